/* fiber_stack.h - a stack with a guard below, which somebody else provides.
 *
 * Floor 2.
 *
 *     low guard                 at                           at + bytes
 *     [ FIBER_STACK_GUARD_BYTES ][ the stack, growing down <-- ]
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FIBER_STACK_H
#define FIBER_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Code that is compiled with -fstack-clash-protection touches every page on
 * its way down; what is not - a function of the C library - needs less than
 * this at a time. */
#define FIBER_STACK_GUARD_BYTES ((size_t)1 << 20)

struct fiber_stack {
    char *at;
    size_t bytes;
    unsigned valgrind_id;
};

static inline char *fiber_stack_top(const struct fiber_stack *stack)
{
    return stack->at + stack->bytes;
}

/* Is this address in the guard?  In the stack or the guard? */
static inline bool fiber_stack_is_guard(const struct fiber_stack *stack,
                                        uintptr_t address)
{
    uintptr_t low = (uintptr_t)stack->at;

    return address < low && address >= low - FIBER_STACK_GUARD_BYTES;
}

static inline bool fiber_stack_has(const struct fiber_stack *stack,
                                   uintptr_t address)
{
    uintptr_t low = (uintptr_t)stack->at;

    return address >= low - FIBER_STACK_GUARD_BYTES &&
           address <= low + stack->bytes;
}

#endif /* FIBER_STACK_H */
