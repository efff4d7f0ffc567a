/* fiber.c - code on a stack of its own, which may be abandoned at any moment.
 *
 *                fiber_run                  fiber_call_host
 *       IDLE ----------------> RUNNING -------------------> CALLING
 *        ^                     |  |  ^ ^                    |  |  |
 *        |   the function      |  |  | |      FINISHED      |  |  |
 *        +---- has returned ---+  |  | +--------------------+  |  |
 *        |                        |  |                         |  |
 *        +---- fiber_stop --------+  |         STOPPED         |  |
 *        +---- a fault, a nudge -/   |   +---------------------+  |
 *        +---------------------------|---+                        |
 *        |                           |         WAITS              |
 *        |      fiber_forget         | fiber_resume               |
 *        +--------------------- PAUSED <--------------------------+
 *
 * A nudge that pauses makes the fiber call the host, wherever it is.
 *
 * Invariants:
 *     1. `innermost` is the fiber of this thread that is RUNNING or CALLING
 *        and was run or resumed last; `parent` leads to the one before it,
 *        which is CALLING
 *     2. while RUNNING, sw.host_sp is where the host stands; while CALLING or
 *        PAUSED, sw.fiber_sp is where the fiber stands
 *     3. thread-local storage is read and written on the host's stack only, so
 *        that a fiber may go on on another thread; fiber_nudge_pause() reads it
 *        once, before it leaves
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fiber/fiber.h"

#include <string.h>

#include "base/base_check.h"
#include "fiber/fiber_nudge.h"
#include "os/os_clock.h"
#include "os/os_nudge.h"
#include "os/os_signal.h"

/* Read by a signal handler, where nothing may be allocated: hence the model. */
static __thread struct fiber *volatile innermost
    __attribute__((tls_model("initial-exec")));

void fiber_init(struct fiber *fiber, char *at, size_t bytes)
{
    memset(fiber, 0, sizeof(*fiber));
    fiber->due = OS_NUDGE_NEVER;
    fiber->stack.at = at;
    fiber->stack.bytes = bytes;
    fiber->stack.valgrind_id = fiber_tools_register(at, at + bytes);
}

void fiber_fini(struct fiber *fiber)
{
    if (fiber->stack.at == NULL)
        return;
    CHECK(fiber->state == FIBER_IDLE || fiber->state == FIBER_PAUSED);
    fiber_tools_fini(&fiber->tools);
    fiber_tools_forget(fiber->stack.valgrind_id);
    memset(fiber, 0, sizeof(*fiber));
}

/* ------------------------------------------------------------------------
 * On the host.
 */

/* A nudge finds the fiber from here on.  Whatever came before it is for the
 * judge to find. */
static enum fiber_end enter(struct fiber *fiber)
{
    int end = FIBER_FINISHED;

    fiber->parent = innermost;
    fiber->state = FIBER_RUNNING;
    innermost = fiber;
    if (fiber->judge != NULL)
        end = fiber_nudge_answer(fiber, fiber->entered);
    if (end == FIBER_FINISHED)
        fiber_tools_leave_host(&fiber->tools, fiber->stack.at,
                               fiber->stack.bytes);
    else
        fiber->state = FIBER_CALLING;
    return (enum fiber_end)end;
}

static enum fiber_end leave(struct fiber *fiber, enum fiber_end end)
{
    if (fiber->state == FIBER_RUNNING)
        fiber_tools_reach_host(&fiber->tools);
    innermost = fiber->parent;
    fiber->state = end == FIBER_WAITS ? FIBER_PAUSED : FIBER_IDLE;
    if (end == FIBER_STOPPED)
        fiber_tools_wipe(&fiber->tools, fiber->stack.at, fiber->stack.bytes);
    if (end == FIBER_FINISHED)
        fiber->place = FIBER_NOWHERE;
    return end;
}

/* The outermost frame on the fiber. */
static void outermost(void *arg)
{
    struct fiber *fiber = arg;

    fiber_tools_reach_fiber(&fiber->tools);
    fiber->func(fiber->arg);
    fiber_tools_leave_fiber(&fiber->tools);
}

enum fiber_end fiber_run(struct fiber *fiber, fiber_func *func, void *arg)
{
    enum fiber_end end;

    CHECK(fiber->state == FIBER_IDLE);
    fiber->func = func;
    fiber->arg = arg;
    fiber->place = FIBER_NOWHERE;
    end = enter(fiber);
    CHECK(end != FIBER_WAITS);
    if (end == FIBER_FINISHED)
        end = (enum fiber_end)fiber_switch_run(&fiber->sw, outermost, fiber,
                                               fiber_stack_top(&fiber->stack));
    return leave(fiber, end);
}

enum fiber_end fiber_resume(struct fiber *fiber)
{
    enum fiber_end end;

    CHECK(fiber->state == FIBER_PAUSED);
    end = enter(fiber);
    if (end == FIBER_FINISHED)
        end = (enum fiber_end)fiber_switch_resume(&fiber->sw);
    return leave(fiber, end);
}

void fiber_forget(struct fiber *fiber)
{
    CHECK(fiber->state == FIBER_PAUSED);
    fiber_tools_wipe(&fiber->tools, fiber->stack.at, fiber->stack.bytes);
    fiber->state = FIBER_IDLE;
}

/* What a call preserves is on top of the stack. */
static void read_saved(const struct fiber *fiber, struct os_regs *ret_regs)
{
    const struct fiber_switch_saved *saved = fiber->sw.fiber_sp;

    os_regs_set(ret_regs, OS_REG_R15, saved->r15);
    os_regs_set(ret_regs, OS_REG_R14, saved->r14);
    os_regs_set(ret_regs, OS_REG_R13, saved->r13);
    os_regs_set(ret_regs, OS_REG_R12, saved->r12);
    os_regs_set(ret_regs, OS_REG_BX, saved->rbx);
    os_regs_set(ret_regs, OS_REG_BP, saved->rbp);
    os_regs_set(ret_regs, OS_REG_PC, saved->pc);
    os_regs_set(ret_regs, OS_REG_SP, (uintptr_t)(saved + 1));
}

bool fiber_where(const struct fiber *fiber, struct os_regs *ret_regs,
                 bool *ret_at_call)
{
    CHECK(fiber->state != FIBER_RUNNING);
    *ret_regs = (struct os_regs){.known = 0};
    *ret_at_call = fiber->place != FIBER_IN_GUEST;
    if (fiber->place == FIBER_IN_CALL)
        read_saved(fiber, ret_regs);
    else if (fiber->place != FIBER_NOWHERE)
        *ret_regs = fiber->stood;
    return fiber->place != FIBER_NOWHERE;
}

void fiber_lose_place(struct fiber *fiber)
{
    fiber->place = FIBER_NOWHERE;
}

/* The host has done its part.  A nudge that came meanwhile has only left a
 * mark, and one that comes from now on finds the fiber running: so the state is
 * changed before the mark is read. */
static int go_on(struct fiber *fiber)
{
    int end = FIBER_FINISHED;

    fiber->state = FIBER_RUNNING;
    while (__builtin_expect(fiber->is_nudged, 0) && end == FIBER_FINISHED) {
        fiber->state = FIBER_CALLING;
        end = fiber_nudge_answer(fiber, os_clock_now());
        if (end == FIBER_FINISHED)
            fiber->state = FIBER_RUNNING;
    }
    if (end == FIBER_FINISHED)
        fiber_tools_leave_host(&fiber->tools, fiber->stack.at,
                               fiber->stack.bytes);
    return end;
}

/* What fiber_call_host() asked for, on the host's stack.  Until here the fiber
 * is RUNNING, so that a fault on its stack, which may end on the way, is one of
 * the fiber's. */
static int on_host(void *arg)
{
    struct fiber *fiber = arg;
    int end;

    fiber->place = FIBER_IN_CALL;
    fiber->state = FIBER_CALLING;
    fiber_tools_reach_host(&fiber->tools);
    end = fiber->host_func(fiber->arg);
    return end == FIBER_FINISHED ? go_on(fiber) : end;
}

/* ------------------------------------------------------------------------
 * On the fiber.
 */

void fiber_touch_ahead(size_t bytes)
{
    volatile char *here = __builtin_frame_address(0);

    fiber_tools_touch(here - bytes);
    (void)here[-(ptrdiff_t)bytes];
}

/* The sanitizer is told of a switch before it happens, and must not be told
 * twice: so the stack must not end in between. */
void fiber_call_host(struct fiber *fiber, fiber_host_func *func, void *arg)
{
    if (FIBER_TOOLS_BYTES > 0)
        fiber_touch_ahead(FIBER_TOOLS_BYTES);
    fiber->host_func = func;
    fiber->arg = arg;
    fiber_tools_leave_fiber(&fiber->tools);
    fiber_switch_call(&fiber->sw, on_host, fiber);
    fiber_tools_reach_fiber(&fiber->tools);
}

/* Its own frame stays whole on the stack: nothing returns from here. */
void fiber_stop(struct fiber *fiber)
{
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);

    fiber->place = FIBER_IN_STOP;
    fiber->stood.known = 0;
    os_regs_set(&fiber->stood, OS_REG_SP, frame);
    os_regs_set(&fiber->stood, OS_REG_BP, frame);
    fiber_tools_leave_fiber(&fiber->tools);
    fiber_switch_stop(&fiber->sw, FIBER_STOPPED);
}

/* ------------------------------------------------------------------------
 * In a signal handler.
 */

struct fiber *fiber_innermost(void)
{
    return innermost;
}

struct fiber *fiber_current(void)
{
    if (innermost != NULL && innermost->state == FIBER_RUNNING)
        return innermost;
    return NULL;
}

void fiber_stop_fault(struct fiber *fiber, struct os_fault *fault)
{
    fiber->place = FIBER_IN_GUEST;
    fiber->stood = fault->regs;
    fiber_tools_leave_fiber(&fiber->tools);
    os_fault_land(fault, (uintptr_t)fiber_switch_stop, (uintptr_t)&fiber->sw,
                  FIBER_STOPPED);
}
