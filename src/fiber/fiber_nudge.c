/* fiber_nudge.c - what runs on a fiber is stopped or paused from outside.
 *
 * Invariant: of every fiber that this thread has entered and not left one of
 * these holds:
 *     1. the thread's timer will go off when the fiber is due, or before
 *     2. is_nudged is set, and the fiber is CALLING
 *     3. the handler is running
 *
 * That is why the innermost fiber is made known first and the timer is looked
 * at later: a handler that comes in between sees the fiber and sets the timer
 * for it.  For the same reason the judge is asked later: who wanted a nudge
 * before the fiber was known is found by it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fiber/fiber_nudge.h"

#include <pthread.h>

#include "fiber/fiber_switch.h"
#include "os/os_clock.h"
#include "os/os_cpu.h"
#include "os/os_nudge.h"
#include "os/os_signal.h"

/* How long to wait for a thread to come back to guest code from somewhere
 * short: a call of a helper, the way into a guest. */
#define AGAIN_NS UINT64_C(50000)

/* The most that is added to it where it is too short. */
#define AGAIN_LATER_NS UINT64_C(1000000)

/* Once: under a hypervisor each question to the CPU takes some 20 us. */
static void ask_cpu(void)
{
    os_cpu_xsave(&fiber_switch_xsave_mask, &fiber_switch_xsave_bytes);
}

void fiber_nudge_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, ask_cpu);
}

/* ------------------------------------------------------------------------
 * On the host's stack, and on the fiber.
 */

static int ask(struct fiber *fiber, uint64_t now)
{
    fiber->is_nudged = false;
    switch (fiber->judge(fiber, now, true)) {
    case FIBER_STOP:
        return FIBER_STOPPED;
    case FIBER_PAUSE:
        return FIBER_WAITS;
    default:
        return FIBER_FINISHED;
    }
}

/* They are CALLING. */
static void mark_outer(struct fiber *fiber)
{
    for (fiber = fiber->parent; fiber != NULL; fiber = fiber->parent)
        if (fiber->judge != NULL)
            fiber->is_nudged = true;
}

/* A nudge that was lost while the timer was set may have been for any fiber of
 * this thread. */
int fiber_nudge_answer(struct fiber *fiber, uint64_t now)
{
    int end = ask(fiber, now);
    uint64_t later = now;

    while (end == FIBER_FINISHED && os_nudge_by(fiber->due, later)) {
        mark_outer(fiber);
        end = ask(fiber, now);
        later = os_clock_now();
    }
    return end;
}

static int answer(void *fiber)
{
    return fiber_nudge_answer(fiber, os_clock_now());
}

void fiber_nudge_poll(struct fiber *fiber)
{
    if (__builtin_expect(fiber->is_nudged, 0))
        fiber_call_host(fiber, answer, fiber);
}

/* What is to be known is where the guest was, not the way from there to here.
 */
static int wait(void *arg)
{
    struct fiber *fiber = arg;

    fiber->place = FIBER_IN_GUEST;
    return FIBER_WAITS;
}

/* Where fiber_switch_inserted() leads, on the fiber, with all registers kept.
 */
uintptr_t fiber_nudge_pause(void)
{
    struct fiber *fiber = fiber_innermost();

    fiber_call_host(fiber, wait, fiber);
    return fiber->paused_at;
}

/* ------------------------------------------------------------------------
 * In the signal handler.
 */

static bool is_in_guest(const struct fiber *fiber, const struct os_fault *fault)
{
    return fault->pc >= fiber->code_at && fault->pc < fiber->code_end &&
           fiber_stack_has(&fiber->stack, fault->sp);
}

/* Let the fiber call fiber_nudge_pause() between two of its instructions.
 * Nothing is written to its stack from here: a handler of the host's that does
 * without an alternate stack, and hands on, has us run on that. */
static void pause_here(struct fiber *fiber, struct os_fault *fault)
{
    fiber->paused_at = fault->pc;
    fiber->stood = fault->regs;
    os_fault_insert(fault, (uintptr_t)fiber_switch_inserted);
}

static void judge(struct fiber *fiber, struct os_fault *fault, uint64_t now)
{
    bool can_pause =
        fault->sp >= (uintptr_t)fiber->stack.at + FIBER_NUDGE_BYTES;

    fiber->is_nudged = false;
    switch (fiber->judge(fiber, now, can_pause)) {
    case FIBER_STOP:
        fiber->due = OS_NUDGE_NEVER;
        fiber_stop_fault(fiber, fault);
        break;
    case FIBER_PAUSE:
        fiber->due = OS_NUDGE_NEVER;
        pause_here(fiber, fault);
        break;
    default:
        break;
    }
}

/* Where this handler takes longer than AGAIN_NS, in a debugger or an emulator,
 * the next nudge would wait for its end, and the thread never get on.  With
 * twice the time by which that one came late it does. */
static uint64_t again(struct fiber *fiber, const struct os_fault *fault,
                      uint64_t now)
{
    uint64_t when = os_nudge_when(), more = 0;

    if (fault->pc == fiber->passed_at && when < now)
        more = 2 * (now - when);
    fiber->passed_at = fault->pc;
    return now + AGAIN_NS + (more < AGAIN_LATER_NS ? more : AGAIN_LATER_NS);
}

/* Returns when the thread has to be nudged again for this fiber. */
static uint64_t take(struct fiber *fiber, struct os_fault *fault, uint64_t now)
{
    if (fiber->judge == NULL)
        return OS_NUDGE_NEVER;
    if (fiber != fiber_current()) {
        fiber->is_nudged = true;
        return fiber->due > now ? fiber->due : OS_NUDGE_NEVER;
    }
    if (is_in_guest(fiber, fault)) {
        judge(fiber, fault, now);
        return fiber->due;
    }
    fiber->is_nudged = true;
    return again(fiber, fault, now);
}

bool fiber_nudge_take(struct os_fault *fault)
{
    uint64_t now = os_clock_now(), next = OS_NUDGE_NEVER;
    struct fiber *fiber;

    for (fiber = fiber_innermost(); fiber != NULL; fiber = fiber->parent) {
        uint64_t when = take(fiber, fault, now);

        if (when < next)
            next = when;
    }
    os_nudge_at(next);
    return true;
}
