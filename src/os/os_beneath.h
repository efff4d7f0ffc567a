/* os_beneath.h - open what lies beneath a directory, and nothing else.
 *
 * Floor 1.  For paths that a guest gives.  The kernel walks them, from an open
 * directory, and refuses to leave it: by an absolute path, by `..`, by a
 * symbolic link, by one of the magic links of /proc.  It does so while it
 * walks, so nobody can change a link between a check and its use.
 *
 * Nothing here waits: a FIFO is opened as if by O_NONBLOCK, a terminal never
 * becomes the controlling one.  Descriptors are not inherited by programs.  Any
 * thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_BENEATH_H
#define OS_BENEATH_H

#include "vivarium.h"

/* What to open it for: a sum. */
enum {
    OS_BENEATH_LOOK = 0, /* neither READ nor WRITE: to examine it, or to
                                  go on from there; opens nothing else */
    OS_BENEATH_READ = 1 << 0,
    OS_BENEATH_WRITE = 1 << 1,
    OS_BENEATH_CREATE = 1 << 2,    /* make a file if there is nothing */
    OS_BENEATH_EXCLUSIVE = 1 << 3, /* and only then */
    OS_BENEATH_DIRECTORY = 1 << 4, /* nothing but a directory */
    OS_BENEATH_NOFOLLOW = 1 << 5,  /* a link at the end is not followed */
    OS_BENEATH_SYNC = 1 << 6,
    OS_BENEATH_DATASYNC = 1 << 7
};

/* Open the directory `path` of the host, to be a root.  The caller owns
 * `*ret_fd` until os_fd_close().  Fails with VIV_EIO, and with VIV_EUNSUPPORTED
 * when this kernel has no openat2 (it came with Linux 5.6). */
int os_beneath_root(const char *path, int *ret_fd, viv_error *err);

/* Open `path` beneath the directory `dir`, for a sum of the above.  Returns a
 * descriptor, which the caller owns, or a negative errno; -EXDEV is a path that
 * leaves `dir`.  A file is created with the permissions 0666. */
int os_beneath_open(int dir, const char *path, unsigned how);

#endif /* OS_BENEATH_H */
