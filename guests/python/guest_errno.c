/* guest_errno.c - the numbers of errors, as Linux has them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "guest_errno.h"

#include <errno.h>
#include <stddef.h>

/* For numbers that only one side has. */
#define STRANGE 1000

static const struct {
    unsigned char ours, linux_;
} pairs[] = {
    {EPERM, 1},
    {ENOENT, 2},
    {ESRCH, 3},
    {EINTR, 4},
    {EIO, 5},
    {ENXIO, 6},
    {E2BIG, 7},
    {ENOEXEC, 8},
    {EBADF, 9},
    {ECHILD, 10},
    {EAGAIN, 11},
    {ENOMEM, 12},
    {EACCES, 13},
    {EFAULT, 14},
    {EBUSY, 16},
    {EEXIST, 17},
    {EXDEV, 18},
    {ENODEV, 19},
    {ENOTDIR, 20},
    {EISDIR, 21},
    {EINVAL, 22},
    {ENFILE, 23},
    {EMFILE, 24},
    {ENOTTY, 25},
    {ETXTBSY, 26},
    {EFBIG, 27},
    {ENOSPC, 28},
    {ESPIPE, 29},
    {EROFS, 30},
    {EMLINK, 31},
    {EPIPE, 32},
    {EDOM, 33},
    {ERANGE, 34},
    {EDEADLK, 35},
    {ENAMETOOLONG, 36},
    {ENOLCK, 37},
    {ENOSYS, 38},
    {ENOTEMPTY, 39},
    {ELOOP, 40},
    {ENOMSG, 42},
    {EIDRM, 43},
    {ENOLINK, 67},
    {EPROTO, 71},
    {EMULTIHOP, 72},
    {EBADMSG, 74},
    {EOVERFLOW, 75},
    {EILSEQ, 84},
    {ENOTSOCK, 88},
    {EDESTADDRREQ, 89},
    {EMSGSIZE, 90},
    {EPROTOTYPE, 91},
    {ENOPROTOOPT, 92},
    {EPROTONOSUPPORT, 93},
    {ENOTSUP, 95},
    {EAFNOSUPPORT, 97},
    {EADDRINUSE, 98},
    {EADDRNOTAVAIL, 99},
    {ENETDOWN, 100},
    {ENETUNREACH, 101},
    {ENETRESET, 102},
    {ECONNABORTED, 103},
    {ECONNRESET, 104},
    {ENOBUFS, 105},
    {EISCONN, 106},
    {ENOTCONN, 107},
    {ETIMEDOUT, 110},
    {ECONNREFUSED, 111},
    {EHOSTUNREACH, 113},
    {EALREADY, 114},
    {EINPROGRESS, 115},
    {ESTALE, 116},
    {EDQUOT, 122},
    {ECANCELED, 125},
    {EOWNERDEAD, 130},
    {ENOTRECOVERABLE, 131},
};

#define COUNT (sizeof(pairs) / sizeof(pairs[0]))

int guest_errno_out(int number)
{
    for (size_t i = 0; i < COUNT; i++)
        if (pairs[i].ours == number)
            return pairs[i].linux_;
    return number > 0 && number < STRANGE ? number + STRANGE : number;
}

int guest_errno_in(int number)
{
    for (size_t i = 0; i < COUNT; i++)
        if (pairs[i].linux_ == number)
            return pairs[i].ours;
    return number > STRANGE ? number - STRANGE : number + STRANGE;
}
