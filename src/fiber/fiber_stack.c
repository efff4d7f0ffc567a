/* fiber_stack.c - a stack with a guard below.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fiber/fiber_stack.h"

#include <string.h>

#include "base/base_error.h"
#include "fiber/fiber_tools.h"
#include "os/os_map.h"

int fiber_stack_init(struct fiber_stack *stack, size_t bytes, viv_error *err)
{
    size_t whole = os_map_round(bytes);
    char *low = NULL;

    if (whole >= bytes && whole <= SIZE_MAX - FIBER_STACK_GUARD_BYTES)
        low = os_map_take(FIBER_STACK_GUARD_BYTES + whole);
    if (low == NULL)
        return base_error(err, VIV_ENOMEM, "no room for a stack of %zu bytes",
                          bytes);
    if (os_map_guard(low, FIBER_STACK_GUARD_BYTES) < 0) {
        os_map_release(low, FIBER_STACK_GUARD_BYTES + whole);
        return base_error(err, VIV_ENOMEM, "no memory for a stack of %zu bytes",
                          bytes);
    }
    os_map_small_pages(low + FIBER_STACK_GUARD_BYTES, whole);
    stack->at = low + FIBER_STACK_GUARD_BYTES;
    stack->bytes = whole;
    stack->valgrind_id =
        fiber_tools_register(stack->at, stack->at + stack->bytes);
    return 0;
}

void fiber_stack_fini(struct fiber_stack *stack)
{
    if (stack->at == NULL)
        return;
    fiber_tools_forget(stack->valgrind_id);
    os_map_release(stack->at - FIBER_STACK_GUARD_BYTES,
                   FIBER_STACK_GUARD_BYTES + stack->bytes);
    memset(stack, 0, sizeof(*stack));
}
