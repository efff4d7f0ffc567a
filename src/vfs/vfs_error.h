/* vfs_error.h - what a guest is told when its files say no.
 *
 * Floor 2.  These are answers to guests, not failures of the host: functions of
 * this folder that a guest can cause return 0 or one of them, which is positive
 * and never a VIV_E code.  The names are those of POSIX; WASI has a number of
 * its own for each.
 *
 * Two are not POSIX's.  VFS_ENOTCAPABLE: the path leaves the directory, or the
 * descriptor lacks the right.  VFS_ELIMIT: a stream has reached its ceiling;
 * that is no answer to a guest but the end of its call.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_ERROR_H
#define VFS_ERROR_H

/* X(NAME, words) */
#define VFS_ERRORS(X)                                                          \
    X(EACCES, "permission denied")                                             \
    X(EAGAIN, "nothing there now")                                             \
    X(EBADF, "no such descriptor, or not open for that")                       \
    X(EBUSY, "in use")                                                         \
    X(EEXIST, "there already")                                                 \
    X(EFBIG, "too large a file")                                               \
    X(EILSEQ, "a name that is not UTF-8")                                      \
    X(EINVAL, "a wrong argument")                                              \
    X(EIO, "damaged, or the system failed")                                    \
    X(EISDIR, "a directory")                                                   \
    X(ELOOP, "too many symbolic links, or one that is not to be followed")     \
    X(EMFILE, "too many open descriptors")                                     \
    X(EMLINK, "too many names for one file")                                   \
    X(ENAMETOOLONG, "too long a name")                                         \
    X(ENFILE, "the host has no descriptors left")                              \
    X(ENODEV, "a FIFO, a socket or a device")                                  \
    X(ENOENT, "no such file or directory")                                     \
    X(ENOMEM, "out of memory")                                                 \
    X(ENOSPC, "no space left, or the ceiling is reached")                      \
    X(ENOTDIR, "not a directory")                                              \
    X(ENOTEMPTY, "a directory that is not empty")                              \
    X(ENOTSUP, "not to be had here")                                           \
    X(ENXIO, "nothing behind it")                                              \
    X(EOVERFLOW, "too large a number")                                         \
    X(EPERM, "not permitted")                                                  \
    X(EPIPE, "nobody reads it any more")                                       \
    X(EROFS, "a file system to be read only")                                  \
    X(ESPIPE, "a stream has no positions")                                     \
    X(ETXTBSY, "a program that is running")                                    \
    X(EXDEV, "another file system")                                            \
    X(ENOTCAPABLE, "outside of the directory, or without the right")           \
    X(ELIMIT, "the stream's ceiling is reached")

#define VFS_ERROR_NUMBER(name, words) VFS_##name,
enum vfs_error { VFS_OK = 0, VFS_ERRORS(VFS_ERROR_NUMBER) VFS_ERROR_COUNT };
#undef VFS_ERROR_NUMBER

/* "ENOENT", and "no such file or directory"; "?" if there is no such error. */
const char *vfs_error_name(int error);
const char *vfs_error_words(int error);

/* The error for a negative errno of the system, VFS_EIO for those that a guest
 * has no use for; 0 for 0. */
int vfs_error_of_errno(int code);

#endif /* VFS_ERROR_H */
