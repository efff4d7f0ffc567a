/* os_seccomp.h - no system calls but these.
 *
 * Floor 1.  What a process needs that runs guests and talks through a socket it
 * has; with FILES also what reads the host's, with CHANGES what changes them.
 * Any other call ends the process, by SIGSYS.  Where it matters, arguments are
 * looked at, too: no memory becomes code, no signal goes to another process.
 *
 * There is no call here that makes a thread, a process or a socket, that opens
 * anything without FILES, or that names another process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_SECCOMP_H
#define OS_SECCOMP_H

#include <stdbool.h>

#include "vivarium.h"

enum {
    OS_SECCOMP_FILES = 1,  /* open, list, look */
    OS_SECCOMP_CHANGES = 2 /* make, write, remove, rename */
};

/* Can it be had here? */
bool os_seccomp_is_there(void);

/* From now on all threads of this process have these calls only, for good.
 * Before: os_lockdown_begin(), and all threads that there will be have begun,
 * and those that run guests have their timer (os_nudge.h).
 * Fails with VIV_EUNSUPPORTED when it is not to be had here, with VIV_EIO. */
int os_seccomp_enter(unsigned what, viv_error *err);

#endif /* OS_SECCOMP_H */
