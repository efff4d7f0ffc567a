/* os_enter.h - what a thread needs before it can run guests.
 *
 * Floor 1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_ENTER_H
#define OS_ENTER_H

#include "vivarium.h"

/* Make this thread fit for guests:
 *   - an alternate signal stack, unless it has one that is large enough, for
 *     faults on a stack that has ended;
 *   - SIGSEGV, SIGBUS, SIGFPE and nudges unblocked, because a fault whose
 *     signal is blocked ends the process, and a nudge would not come;
 *   - a timer for nudges.
 * What it takes is given back when the thread ends.  Later calls do nothing and
 * cost next to nothing.  Fails with VIV_ENOMEM or VIV_EIO. */
int os_enter_thread(viv_error *err);

#endif /* OS_ENTER_H */
