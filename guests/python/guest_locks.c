/* guest_locks.c - locks of files, which SQLite asks for.
 *
 * One guest is one process, and nobody else has its files: every lock can be
 * had.  What connections of one process do to each other SQLite itself keeps
 * account of, but only where it believes that there are locks; without them it
 * takes the whole file for each.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#undef fcntl /* where SQLite is compiled this is its name for ours */

#include "guest_locks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>

/* As SQLite numbers them for WASI, whose C library has none. */
#define GET_LOCK 12
#define SET_LOCK 13
#define UNLOCKED 2

static int answer(struct flock *lock, int command)
{
    if (command == GET_LOCK)
        lock->l_type = UNLOCKED;
    return 0;
}

int guest_locks_fcntl(int fd, int command, ...)
{
    va_list args;
    int result;

    va_start(args, command);
    switch (command) {
    case GET_LOCK:
    case SET_LOCK:
        result = answer(va_arg(args, struct flock *), command);
        break;
    case F_SETFD:
    case F_SETFL:
        result = fcntl(fd, command, va_arg(args, int));
        break;
    default:
        result = fcntl(fd, command);
    }
    va_end(args);
    return result;
}
