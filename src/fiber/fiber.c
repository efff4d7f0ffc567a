/* fiber.c - code on a stack of its own, which may be abandoned at any moment.
 *
 *                fiber_run                  fiber_call_host
 *       IDLE ----------------> RUNNING -------------------> CALLING
 *        ^                     |  |  ^ ^                    |  |  |
 *        |   the function      |  |  | |      FINISHED      |  |  |
 *        +---- has returned ---+  |  | +--------------------+  |  |
 *        |                        |  |                         |  |
 *        +---- fiber_stop --------+  |         STOPPED         |  |
 *        +---- a fault ----------/   |   +---------------------+  |
 *        +---------------------------|---+                        |
 *        |                           |         WAITS              |
 *        |      fiber_forget         | fiber_resume               |
 *        +--------------------- PAUSED <--------------------------+
 *
 * Invariants:
 *     1. `innermost` is the fiber of this thread that is RUNNING or CALLING
 *        and was run or resumed last; `parent` leads to the one before it,
 *        which is CALLING
 *     2. while RUNNING, sw.host_sp is where the host stands; while CALLING or
 *        PAUSED, sw.fiber_sp is where the fiber stands
 *     3. thread-local storage is read and written on the host's stack only, so
 *        that a fiber may go on on another thread
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fiber/fiber.h"

#include <string.h>

#include "base/base_check.h"
#include "os/os_signal.h"

/* Read by a signal handler, where nothing may be allocated: hence the model. */
static __thread struct fiber *innermost
    __attribute__((tls_model("initial-exec")));

int fiber_init(struct fiber *fiber, size_t stack_bytes, viv_error *err)
{
    memset(fiber, 0, sizeof(*fiber));
    return fiber_stack_init(&fiber->stack, stack_bytes, err);
}

void fiber_fini(struct fiber *fiber)
{
    CHECK(fiber->state == FIBER_IDLE || fiber->state == FIBER_PAUSED);
    fiber_tools_fini(&fiber->tools);
    fiber_stack_fini(&fiber->stack);
}

/* ------------------------------------------------------------------------
 * On the host.
 */

static void enter(struct fiber *fiber)
{
    fiber->parent = innermost;
    innermost = fiber;
    fiber->state = FIBER_RUNNING;
    fiber_tools_leave_host(&fiber->tools, fiber->stack.at, fiber->stack.bytes);
}

static enum fiber_end leave(struct fiber *fiber, enum fiber_end end)
{
    if (fiber->state == FIBER_RUNNING)
        fiber_tools_reach_host(&fiber->tools);
    innermost = fiber->parent;
    fiber->state = end == FIBER_WAITS ? FIBER_PAUSED : FIBER_IDLE;
    if (end == FIBER_STOPPED)
        fiber_tools_wipe(fiber->stack.at, fiber->stack.bytes);
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
    CHECK(fiber->state == FIBER_IDLE);
    fiber->func = func;
    fiber->arg = arg;
    enter(fiber);
    return leave(fiber, (enum fiber_end)fiber_switch_run(
                            &fiber->sw, outermost, fiber,
                            fiber_stack_top(&fiber->stack)));
}

enum fiber_end fiber_resume(struct fiber *fiber)
{
    CHECK(fiber->state == FIBER_PAUSED);
    enter(fiber);
    return leave(fiber, (enum fiber_end)fiber_switch_resume(&fiber->sw));
}

void fiber_forget(struct fiber *fiber)
{
    CHECK(fiber->state == FIBER_PAUSED);
    fiber_tools_wipe(fiber->stack.at, fiber->stack.bytes);
    fiber->state = FIBER_IDLE;
}

/* What fiber_call_host() asked for, on the host's stack. */
static int on_host(void *arg)
{
    struct fiber *fiber = arg;
    int end;

    fiber_tools_reach_host(&fiber->tools);
    end = fiber->host_func(fiber->arg);
    if (end == FIBER_FINISHED) {
        fiber_tools_leave_host(&fiber->tools, fiber->stack.at,
                               fiber->stack.bytes);
        fiber->state = FIBER_RUNNING;
    }
    return end;
}

/* ------------------------------------------------------------------------
 * On the fiber.
 */

void fiber_call_host(struct fiber *fiber, fiber_host_func *func, void *arg)
{
    fiber->host_func = func;
    fiber->arg = arg;
    fiber->state = FIBER_CALLING;
    fiber_tools_leave_fiber(&fiber->tools);
    fiber_switch_call(&fiber->sw, on_host, fiber);
    fiber_tools_reach_fiber(&fiber->tools);
}

void fiber_stop(struct fiber *fiber)
{
    fiber_tools_leave_fiber(&fiber->tools);
    fiber_switch_stop(&fiber->sw, FIBER_STOPPED);
}

void fiber_touch_ahead(size_t bytes)
{
    volatile char *here = __builtin_frame_address(0);

    (void)here[-(ptrdiff_t)bytes];
}

/* ------------------------------------------------------------------------
 * In a signal handler.
 */

struct fiber *fiber_current(void)
{
    if (innermost != NULL && innermost->state == FIBER_RUNNING)
        return innermost;
    return NULL;
}

void fiber_stop_fault(struct fiber *fiber, struct os_fault *fault)
{
    fiber_tools_leave_fiber(&fiber->tools);
    os_fault_land(fault, (uintptr_t)fiber_switch_stop, (uintptr_t)&fiber->sw,
                  FIBER_STOPPED);
}
