/* spec_state.c - a script in progress: finding, counting, judging.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "spec_state.h"

#include <string.h>

#include "spec_host.h"
#include "spec_json.h"

struct spec_instance *spec_state_find(struct spec_state *state,
                                      const char *name)
{
    struct spec_instance *instance = state->instances;

    while (name != NULL && instance != NULL &&
           (instance->name == NULL || strcmp(instance->name, name) != 0))
        instance = instance->next;
    return instance;
}

void spec_state_pass(struct spec_state *state)
{
    spec_tally_pass(state->tally, state->kind);
}

void spec_state_skip(struct spec_state *state, const char *reason)
{
    spec_tally_skip(state->tally, state->kind, reason);
}

/* Is the trap the one that scripts describe by `text`?  Scripts add details
 * to the words, such as the index of the element. */
static bool is_trap(uint32_t trap, const char *text)
{
    static const struct {
        uint32_t trap;
        const char *text;
    } traps[] = {
        {VIV_TRAP_UNREACHABLE, "unreachable"},
        {VIV_TRAP_MEMORY, "out of bounds memory access"},
        {VIV_TRAP_TABLE, "out of bounds table access"},
        {VIV_TRAP_TABLE, "undefined element"},
        {VIV_TRAP_NULL_FUNC, "uninitialized element"},
        {VIV_TRAP_FUNC_TYPE, "indirect call type mismatch"},
        {VIV_TRAP_DIVIDE_BY_ZERO, "integer divide by zero"},
        {VIV_TRAP_INT_OVERFLOW, "integer overflow"},
        {VIV_TRAP_BAD_CONVERSION, "invalid conversion to integer"},
        {VIV_TRAP_STACK, "call stack exhausted"},
    };

    for (size_t i = 0; i < sizeof(traps) / sizeof(*traps); i++)
        if (strncmp(text, traps[i].text, strlen(traps[i].text)) == 0)
            return traps[i].trap == trap;
    return false;
}

void spec_state_judge_trap(struct spec_state *state, const viv_outcome *outcome)
{
    const char *text = spec_json_text(state->command, "text", "?");
    uint32_t trap = spec_host_trap(outcome);

    if (trap == 0)
        spec_state_fail(state, "no trap, not %s", text);
    else if (!is_trap(trap, text))
        spec_state_fail(state, "trap: %s, not %s", viv_trap_text(trap), text);
    else
        spec_state_pass(state);
}
