/* guest_errno.h - the numbers of errors, as Linux has them.
 *
 * WASI numbers errors by its own alphabet; programs, and people who read
 * "[Errno 2] No such file or directory", know those of Linux.  CPython itself
 * compares with the C library's; where numbers are shown to Python, or come
 * from there, they are translated.  Included before every file of CPython.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef GUEST_ERRNO_H
#define GUEST_ERRNO_H

/* Linux's number of the C library's, and back.  What the other does not have is
 * what it was, and a thousand. */
int guest_errno_out(int number);
int guest_errno_in(int number);

#endif /* GUEST_ERRNO_H */
