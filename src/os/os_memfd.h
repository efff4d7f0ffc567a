/* os_memfd.h - files that are memory, and can be sealed.
 *
 * Floor 1.  Such a file has no name, and is gone with its last descriptor and
 * mapping.  Sentences say what for; codes: VIV_ENOMEM when there is no memory
 * or no descriptor, VIV_EIO for whatever else the system says.  Any thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_MEMFD_H
#define OS_MEMFD_H

#include <stddef.h>
#include <stdint.h>

#include "vivarium.h"

/* A file of `bytes` zeros, none of which takes memory yet.  `name` is what
 * /proc shows.  Programs that are started do not inherit the descriptor.  The
 * caller owns `*ret_fd` until os_memfd_close(). */
int os_memfd_open(const char *name, uint64_t bytes, int *ret_fd,
                  viv_error *err);

/* Write `len` bytes at offset `at`, all or none that counts.  Takes memory for
 * the pages that it touches, and for no other. */
int os_memfd_write(int fd, uint64_t at, const void *from, size_t len,
                   viv_error *err);

/* From now on nobody can change what it holds or how long it is. */
int os_memfd_seal(int fd, viv_error *err);

/* A sealed file that holds these bytes, and that nobody but this user can open
 * by another way.  Pages of zeros take no memory. */
int os_memfd_make(const char *name, const void *bytes, size_t len, int *ret_fd,
                  viv_error *err);

/* -1 is ignored. */
void os_memfd_close(int fd);

#endif /* OS_MEMFD_H */
