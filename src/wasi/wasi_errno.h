/* wasi_errno.h - what a guest is told, in preview 1's numbers.
 *
 * Floor 6.  The functions of wasi_abi.h return one of these, or one of the
 * negative WASI_ codes below, which are for wasi_imports.c only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASI_ERRNO_H
#define WASI_ERRNO_H

/* X(NAME), in the order of their numbers, from 0. */
#define WASI_ERRNOS(X)                                                         \
    X(SUCCESS)                                                                 \
    X(E2BIG)                                                                   \
    X(EACCES)                                                                  \
    X(EADDRINUSE)                                                              \
    X(EADDRNOTAVAIL)                                                           \
    X(EAFNOSUPPORT)                                                            \
    X(EAGAIN)                                                                  \
    X(EALREADY)                                                                \
    X(EBADF)                                                                   \
    X(EBADMSG)                                                                 \
    X(EBUSY)                                                                   \
    X(ECANCELED)                                                               \
    X(ECHILD)                                                                  \
    X(ECONNABORTED)                                                            \
    X(ECONNREFUSED)                                                            \
    X(ECONNRESET)                                                              \
    X(EDEADLK)                                                                 \
    X(EDESTADDRREQ)                                                            \
    X(EDOM)                                                                    \
    X(EDQUOT)                                                                  \
    X(EEXIST)                                                                  \
    X(EFAULT)                                                                  \
    X(EFBIG)                                                                   \
    X(EHOSTUNREACH)                                                            \
    X(EIDRM)                                                                   \
    X(EILSEQ)                                                                  \
    X(EINPROGRESS)                                                             \
    X(EINTR)                                                                   \
    X(EINVAL)                                                                  \
    X(EIO)                                                                     \
    X(EISCONN)                                                                 \
    X(EISDIR)                                                                  \
    X(ELOOP)                                                                   \
    X(EMFILE)                                                                  \
    X(EMLINK)                                                                  \
    X(EMSGSIZE)                                                                \
    X(EMULTIHOP)                                                               \
    X(ENAMETOOLONG)                                                            \
    X(ENETDOWN)                                                                \
    X(ENETRESET)                                                               \
    X(ENETUNREACH)                                                             \
    X(ENFILE)                                                                  \
    X(ENOBUFS)                                                                 \
    X(ENODEV)                                                                  \
    X(ENOENT)                                                                  \
    X(ENOEXEC)                                                                 \
    X(ENOLCK)                                                                  \
    X(ENOLINK)                                                                 \
    X(ENOMEM)                                                                  \
    X(ENOMSG)                                                                  \
    X(ENOPROTOOPT)                                                             \
    X(ENOSPC)                                                                  \
    X(ENOSYS)                                                                  \
    X(ENOTCONN)                                                                \
    X(ENOTDIR)                                                                 \
    X(ENOTEMPTY)                                                               \
    X(ENOTRECOVERABLE)                                                         \
    X(ENOTSOCK)                                                                \
    X(ENOTSUP)                                                                 \
    X(ENOTTY)                                                                  \
    X(ENXIO)                                                                   \
    X(EOVERFLOW)                                                               \
    X(EOWNERDEAD)                                                              \
    X(EPERM)                                                                   \
    X(EPIPE)                                                                   \
    X(EPROTO)                                                                  \
    X(EPROTONOSUPPORT)                                                         \
    X(EPROTOTYPE)                                                              \
    X(ERANGE)                                                                  \
    X(EROFS)                                                                   \
    X(ESPIPE)                                                                  \
    X(ESRCH)                                                                   \
    X(ESTALE)                                                                  \
    X(ETIMEDOUT)                                                               \
    X(ETXTBSY)                                                                 \
    X(EXDEV)                                                                   \
    X(ENOTCAPABLE)

#define WASI_ERRNO_NUMBER(name) WASI_##name,
enum wasi_errno { WASI_ERRNOS(WASI_ERRNO_NUMBER) WASI_ERRNO_COUNT };
#undef WASI_ERRNO_NUMBER

/* The number for an error of src/vfs, or 0 for 0.  VFS_ELIMIT is no answer: who
 * can be told that looks at it first. */
int wasi_errno_of(int vfs_error);

/* No answer: what became of the call instead. */
enum {
    WASI_EXITED = -1, /* the guest is done, with wasi->exit_code */
    WASI_SPENT = -2,  /* the limit wasi->spent ends the call */
    WASI_AGAIN = -3   /* to be asked again, at wasi->wakes_at at the latest */
};

#endif /* WASI_ERRNO_H */
