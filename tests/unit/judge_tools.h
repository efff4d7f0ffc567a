/* judge_tools.h - fibers that are judged, for tests of nudges.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JUDGE_TOOLS_H
#define JUDGE_TOOLS_H

#include <pthread.h>

#include "fiber/fiber_nudge.h"
#include "nudge_tools.h"
#include "os/os_clock.h"
#include "os/os_enter.h"
#include "os/os_map.h"
#include "os/os_nudge.h"
#include "os/os_signal.h"
#include "register_hammer.h"

#define STACK 262144
#define US    UINT64_C(1000)

static struct fiber fiber, other;

/* The judge's: what it says, and what it was asked. */
static volatile enum fiber_verdict verdict, verdict_at_entry;
static volatile uint64_t gap; /* until it wants to be asked again */
static volatile bool could_pause;
static volatile int judged, entries;

static inline enum fiber_verdict judge(struct fiber *asked, uint64_t now,
                                       bool can_pause)
{
    enum fiber_verdict said = verdict;

    EXPECT(fiber_innermost() == asked || asked != &fiber);
    if (now == asked->entered) {
        entries++;
        said = verdict_at_entry;
    } else {
        judged++;
        could_pause = can_pause;
        if (said == FIBER_PAUSE && !can_pause)
            said = FIBER_STOP;
    }
    asked->due = gap == 0 ? OS_NUDGE_NEVER : os_clock_now() + gap;
    return said;
}

/* How long the handler of a nudge takes on top of what it needs. */
static volatile uint64_t handler_ns;

static inline bool on_fault(struct os_fault *fault)
{
    struct fiber *current = fiber_current();

    if (fault->kind == OS_FAULT_NUDGE) {
        fiber_nudge_take(fault);
        spin_for(handler_ns);
        return true;
    }
    if (current == NULL || !fiber_stack_has(&current->stack, fault->sp))
        return false;
    fiber_stop_fault(current, fault);
    return true;
}

static inline void begin_one(struct fiber *f)
{
    char *low = os_map_take(FIBER_STACK_GUARD_BYTES + STACK);

    EXPECT(low != NULL);
    EXPECT_EQ_INT(os_map_guard(low, FIBER_STACK_GUARD_BYTES), 0);
    fiber_init(f, low + FIBER_STACK_GUARD_BYTES, STACK);
    f->judge = judge;
    f->code_at = (uintptr_t)hammer_code;
    f->code_end = (uintptr_t)hammer_end;
}

static inline void begin(void)
{
    verdict = verdict_at_entry = FIBER_GO_ON;
    gap = 0;
    EXPECT_EQ_INT(os_signal_install(on_fault, NULL), 0);
    EXPECT_EQ_INT(os_enter_thread(NULL), 0);
    fiber_nudge_init();
    begin_one(&fiber);
    begin_one(&other);
}

static inline void end_one(struct fiber *f)
{
    char *low = f->stack.at - FIBER_STACK_GUARD_BYTES;

    fiber_fini(f);
    os_map_release(low, FIBER_STACK_GUARD_BYTES + STACK);
}

static inline void end(void)
{
    EXPECT(fiber_innermost() == NULL);
    end_one(&fiber);
    end_one(&other);
}

static inline enum fiber_end run(void (*func)(void *))
{
    fiber.entered = os_clock_now();
    return fiber_run(&fiber, func, NULL);
}

static inline enum fiber_end resume(void)
{
    fiber.entered = os_clock_now();
    return fiber_resume(&fiber);
}

static inline void nudge_self(void)
{
    os_nudge_send(os_nudge_self());
}

static inline int many(int count)
{
    return mode_is("valgrind") ? count / 100
           : mode_is("asan")   ? count / 10
                               : count;
}

static volatile int storm_target, storm_is_over;

static inline void *nudge_all_the_time(void *unused)
{
    while (!storm_is_over) {
        os_nudge_send(storm_target);
        if (mode_is("valgrind"))
            sched_yield();
    }
    return unused;
}

static inline void nudge_here(uintptr_t pc)
{
    (void)pc;
    nudge_self();
}

#endif /* JUDGE_TOOLS_H */
