/* engine_trap.c - how guest code ends before its time.
 *
 * By itself: generated code and helpers call engine_trap_raise() on the fiber.
 * By a fault: the CPU refuses an access, the kernel sends a signal, and the
 * hook below decides on the alternate stack whether it was the guest's:
 *
 *     1. this thread is executing on a fiber, not on a host function for it
 *     2. the stack pointer is in that fiber's stack
 *     3. the address is in the fiber's own region, above base, or in the guard
 *        of its stack
 *
 * If so it notes why and makes the interrupted thread continue where fibers
 * are left.  If not, the fault is somebody else's and goes on to them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_trap.h"

#include <stddef.h>

#include "fiber/fiber_nudge.h"
#include "os/os_signal.h"

#define SAME(name)                                                             \
    _Static_assert((int)ENGINE_TRAP_##name == (int)VIV_TRAP_##name, #name)

SAME(UNREACHABLE);
SAME(MEMORY);
SAME(TABLE);
SAME(NULL_FUNC);
SAME(FUNC_TYPE);
SAME(DIVIDE_BY_ZERO);
SAME(INT_OVERFLOW);
SAME(BAD_CONVERSION);
SAME(STACK);
SAME(HOST);

_Static_assert(offsetof(struct engine_instance, fiber) == 0,
               "a fiber leads to its instance");

/* The kernel needs this much of the stack to deliver a signal to a handler
 * that has asked for no stack of its own: all registers that there are. */
#define SIGNAL_FRAME_BYTES ((uintptr_t)32768)

static struct engine_refusal refusal_of(const struct engine_instance *instance,
                                        const struct os_fault *fault)
{
    const struct fiber_stack *stack = &instance->fiber.stack;
    struct engine_refusal refusal = {0};

    if (fault->kind == OS_FAULT_DIVIDE) {
        refusal.trap = ENGINE_TRAP_DIVIDE_BY_ZERO;
    } else if (fault->kind == OS_FAULT_UNKNOWN) {
        if (fault->sp < (uintptr_t)stack->at + SIGNAL_FRAME_BYTES)
            refusal.trap = ENGINE_TRAP_STACK;
    } else if (fiber_stack_is_guard(stack, fault->address)) {
        refusal.trap = ENGINE_TRAP_STACK;
    } else if (mem_region_has(&instance->region, fault->address)) {
        refusal.trap = ENGINE_TRAP_MEMORY;
        refusal.has_address = true;
        refusal.address = fault->address - (uintptr_t)instance->region.base;
    }
    return refusal;
}

static bool on_fault(struct os_fault *fault)
{
    struct fiber *fiber = fiber_current();
    struct engine_instance *instance = (struct engine_instance *)fiber;
    struct engine_refusal refusal;

    if (fault->kind == OS_FAULT_NUDGE)
        return fiber_nudge_take(fault);
    if (fiber == NULL || !fiber_stack_has(&fiber->stack, fault->sp))
        return false;
    refusal = refusal_of(instance, fault);
    if (refusal.trap == 0)
        return false;
    engine_trap_note(instance, refusal);
    fiber_stop_fault(fiber, fault);
    return true;
}

int engine_trap_install(viv_error *err)
{
    return os_signal_install(on_fault, err);
}

void engine_trap_note(struct engine_instance *instance,
                      struct engine_refusal refusal)
{
    if (refusal.trap == ENGINE_TRAP_FUEL)
        instance->end = (struct engine_end){
            .kind = VIV_SPENT,
            .limit = VIV_LIMIT_FUEL,
        };
    else
        instance->end = (struct engine_end){
            .kind = VIV_TRAPPED,
            .trap = refusal.trap,
            .address = refusal.address,
            .has_address = refusal.has_address,
        };
}

void engine_trap_raise(struct engine_instance *instance,
                       struct engine_refusal refusal)
{
    if (refusal.trap == 0)
        return;
    engine_trap_note(instance, refusal);
    fiber_stop(&instance->fiber);
}

void engine_trap_helper(char *base, uint32_t trap)
{
    struct engine_instance *instance = engine_instance_of(base);
    struct engine_refusal refusal = {.trap = trap};

    engine_trap_note(instance, refusal);
    fiber_stop(&instance->fiber);
}
