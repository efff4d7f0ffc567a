/* os_nudge.h - make a thread look up from what it is doing.
 *
 * Floor 1.  A nudge is a signal to one thread, from a timer of its own or from
 * another thread.  The hook of os_signal.h hears of it and looks at whatever
 * it finds: a nudge carries no message, so one that comes late, or twice, or to
 * the wrong thread, does no harm.
 *
 * The signal is SIGURG, which by default is ignored, and which system calls
 * that can be are started again after.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_NUDGE_H
#define OS_NUDGE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "vivarium.h"

#define OS_NUDGE_SIGNAL SIGURG

#define OS_NUDGE_NEVER UINT64_MAX

/* Give this thread a timer, which is not set.  Fails with VIV_EIO: the system
 * has no more.  Later calls do nothing.
 *
 * After a fork the child's thread has a timer of its own, not set either,
 * unless the system has no more; and it is nudged, so that whoever had set the
 * old one looks up. */
int os_nudge_open(viv_error *err);

/* Give it back. */
void os_nudge_close(void);

/* By what number this thread can be nudged.  Before: os_nudge_open().  Costs
 * next to nothing. */
int os_nudge_self(void);

/* Nudge this thread at `when`, by os_clock_now(), at the latest; at once if
 * that is over.  Costs next to nothing if it is to be nudged between `now` and
 * then anyway.  Before: os_nudge_open(), unless `when` is OS_NUDGE_NEVER.
 *
 * True: nudges that came until now may have been lost, and the next is not
 * soon. Whoever waits for one has to look for what it would have told. */
bool os_nudge_by(uint64_t when, uint64_t now);

/* In the handler of a nudge: do so at `when`, and not when it was to be done
 * before; OS_NUDGE_NEVER: not at all.  And soon, if others came meanwhile,
 * which may have been lost. */
void os_nudge_at(uint64_t when);

/* When this thread's timer will go off, or OS_NUDGE_NEVER. */
uint64_t os_nudge_when(void);

/* Nudge a thread of this process now, by its os_nudge_self().  One that is gone
 * is nobody.  Any thread. */
void os_nudge_send(int thread);

/* For the handler: was this sent by the two functions above, and by this copy
 * of the library? */
bool os_nudge_is_ours(const siginfo_t *info);

#endif /* OS_NUDGE_H */
