/* os_scratch.h - a folder for files that nobody shall find later.
 *
 * Floor 1.  A scratch folder is `TMPDIR/vivarium-UID-XXXXXX`, holds plain files
 * only, and is locked as long as its owner lives.  Whoever makes one first
 * removes those of the same user that a killed owner left behind: the kernel
 * gave up their locks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_SCRATCH_H
#define OS_SCRATCH_H

#include <stddef.h>

#include "vivarium.h"

#define OS_SCRATCH_PATH_MAX 512

struct os_scratch {
    int fd; /* of the folder, locked; -1: none */
    char path[OS_SCRATCH_PATH_MAX];
};

/* Make one.  Fails with VIV_EIO when TMPDIR (/tmp) cannot be written. */
int os_scratch_open(struct os_scratch *ret_scratch, viv_error *err);

/* Remove it with all that is in it. */
void os_scratch_close(struct os_scratch *scratch);

/* Take a folder that exists, or make it, as if it were a scratch folder: to
 * write into, not to remove.  os_scratch_release() ends that. */
int os_scratch_adopt(const char *path, struct os_scratch *ret_scratch,
                     viv_error *err);
void os_scratch_release(struct os_scratch *scratch);

/* Write a file into it.  For files that are gone with the folder: no promise
 * about crashes, unlike os_file_write(). */
int os_scratch_write(const struct os_scratch *scratch, const char *name,
                     const void *bytes, size_t len, viv_error *err);

/* The whole path of a file in it.  Before: the name is short. */
void os_scratch_path(const struct os_scratch *scratch, const char *name,
                     char *ret_path, size_t size);

#endif /* OS_SCRATCH_H */
