/* os_file.h - regular files, whole and in part.
 *
 * Floor 1.  Sentences name the path.  Codes: VIV_EIO when the system said no
 * or the path is not a regular file, VIV_EFORMAT when the file is shorter than
 * what is asked of it, VIV_ENOMEM.  Any thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_FILE_H
#define OS_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "vivarium.h"

/* A file that is open for reading. */
struct os_file {
    int fd;
    uint64_t bytes; /* its size when it was opened */
    uint64_t id;    /* tells files apart that exist at the same time */
    int is_ours;    /* only root or this user can write to it: 1, else 0 */
};

/* Open a regular file for reading.  Never waits: a FIFO or a device is refused
 * like a folder.  The descriptor is not inherited by other programs.  The
 * caller owns `*ret_file` until os_file_close(). */
int os_file_open(const char *path, struct os_file *ret_file, viv_error *err);

/* Read `len` bytes from offset `at`, all or none.  `path` is for the sentence.
 */
int os_file_read(const struct os_file *file, const char *path, uint64_t at,
                 void *to, size_t len, viv_error *err);

void os_file_close(struct os_file *file);

/* Read a whole file of at most `max` bytes.  More is refused with VIV_EFORMAT
 * and both numbers.  The caller owns `*ret_bytes` until base_free(); it is
 * never NULL, even for an empty file. */
int os_file_read_all(const char *path, uint64_t max, uint8_t **ret_bytes,
                     size_t *ret_len, viv_error *err);

/* Make `path` a file that holds these bytes, with what the process's umask
 * leaves of the permissions `mode`, as one step: whoever opens `path`, even
 * after a crash, finds what was there before or all of the new.  What was
 * there is replaced.  A failure leaves nothing behind. */
int os_file_write(const char *path, const void *bytes, size_t len,
                  unsigned mode, viv_error *err);

#endif /* OS_FILE_H */
