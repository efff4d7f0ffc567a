/* os_spawn.h - a program that has nothing but a socket.
 *
 * Floor 1.  For a process that is to have none of what this one has: its
 * memory, its open files, its environment.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_SPAWN_H
#define OS_SPAWN_H

#include <stdbool.h>

#include "os/os_process.h"
#include "vivarium.h"

/* Where the program finds its end of the socket. */
#define OS_SPAWN_FD 3

/* Start the program in the file `path` with the arguments `argv`, NULL at the
 * end.  `fd`, of this process, is its descriptor OS_SPAWN_FD; 0, 1 and 2 are
 * /dev/null, and nothing else is open.  Of the environment it gets what the
 * dynamic linker and sanitizers need, and a mark.  It is killed when the thread
 * that calls this ends, and begins with all signals blocked: os_spawn_begin()
 * unblocks them.
 *
 * This process is not copied, however much memory it has; the calling thread
 * stands still until the program has begun.  The caller owns `*ret_process`,
 * until os_process_kill().  Fails with VIV_EIO. */
int os_spawn(const char *path, const char *const *argv, int fd,
             struct os_process *ret_process, viv_error *err);

/* In a program that was started so, first of all.  Signals that ask it to end
 * are ignored from then on: they are for its parent. */
void os_spawn_begin(void);

/* Is this a program that was started so?  By its environment. */
bool os_spawn_is_child(void);

#endif /* OS_SPAWN_H */
