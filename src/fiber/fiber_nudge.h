/* fiber_nudge.h - what runs on a fiber is stopped or paused from outside.
 *
 * Floor 2.  Guest code has no counters and no polls.  Each thread that runs
 * guests has a timer, set to the time at which its fiber is due; when that
 * comes, or when another thread nudges this one, a signal handler asks the
 * fiber's judge, and does what it says, on one condition: the thread is in the
 * code that may be left anywhere, which is the guest's own.  In a helper, or in
 * a host function, a mark is left instead:
 *
 *     in guest code          judged at once, in the handler
 *     in a host function     judged when it returns
 *     in a helper            judged when it polls, or a moment later
 *
 * A nudge has no meaning of its own - the judge looks at clocks and flags - so
 * one that comes late finds nothing to do.
 *
 * Setting the timer is a system call, so it is avoided: a timer that will go
 * off earlier than needed is left alone, and set anew by the handler.  A
 * thousand short calls with the same limit set it once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FIBER_NUDGE_H
#define FIBER_NUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "fiber/fiber.h"

/* Room on the fiber's stack that it takes to pause it between any two
 * instructions: the registers, and the way to the host. */
#ifdef FIBER_TOOLS_ASAN
#define FIBER_NUDGE_BYTES ((uintptr_t)32768)
#else
#define FIBER_NUDGE_BYTES ((uintptr_t)8192)
#endif

/* Find out what registers there are.  Idempotent, any thread; before the first
 * fiber that has a judge. */
void fiber_nudge_init(void);

/* On the host's stack: have the fiber judged, and do what that says as far as
 * it can be done here: the answer of a fiber_host_func. */
int fiber_nudge_answer(struct fiber *fiber, uint64_t now);

/* On the fiber, in a helper that may take long, between two steps: the place
 * to be stopped or paused at. */
void fiber_nudge_poll(struct fiber *fiber);

/* In the signal handler: the thread was nudged.  Always true. */
bool fiber_nudge_take(struct os_fault *fault);

#endif /* FIBER_NUDGE_H */
