/* spec_action.c - calls what a script calls, and compares what comes back.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "spec_host.h"
#include "spec_json.h"
#include "spec_state.h"
#include "spec_value.h"

/* How an action ended, if it could be carried out at all. */
struct answer {
    viv_outcome outcome;
    viv_value *values;
    const uint8_t *types;
    uint32_t count;
};

static bool read_args(struct spec_state *state, const struct spec_json *action,
                      viv_value *args)
{
    const struct spec_json *list = spec_json_get(action, "args");
    struct spec_value value;
    viv_error err;

    list = list != NULL ? list->first : NULL;
    for (; list != NULL; list = list->next) {
        if (spec_value_read(list, &value, &err) != 0) {
            spec_state_fail(state, "%s", err.text);
            return false;
        }
        *args++ = value.value;
    }
    return true;
}

static bool get_global(struct spec_state *state, struct spec_instance *instance,
                       const struct spec_json *field, struct answer *ret_answer)
{
    uint8_t *type = base_arena_alloc(&state->arena, 1, 1);
    viv_value *value = base_arena_alloc(&state->arena, 1, sizeof(*value));
    uint32_t its_type;

    if (type == NULL || value == NULL ||
        viv_global_get(instance->sandbox, field->text, field->len, value,
                       &its_type) != 0) {
        spec_state_fail(state, "no global %s", field->text);
        return false;
    }
    *type = (uint8_t)its_type;
    *ret_answer = (struct answer){.outcome = {.kind = VIV_RETURNED},
                                  .values = value,
                                  .types = type,
                                  .count = 1};
    return true;
}

static bool call_func(struct spec_state *state, struct spec_instance *instance,
                      const struct spec_json *field,
                      const struct spec_json *action, struct answer *ret_answer)
{
    size_t arg_count = spec_json_count(spec_json_get(action, "args"));
    viv_value *args = base_arena_alloc(&state->arena, arg_count, sizeof(*args));
    viv_func_type type;
    viv_error err;

    if (viv_func_type_of(instance->module, field->text, field->len, &type) !=
        0) {
        spec_state_fail(state, "no function %s", field->text);
        return false;
    }
    ret_answer->types = type.results;
    ret_answer->count = type.result_count;
    ret_answer->values =
        base_arena_alloc(&state->arena, type.result_count, sizeof(viv_value));
    if (args == NULL || ret_answer->values == NULL) {
        spec_state_fail(state, "out of memory");
        return false;
    }
    if (!read_args(state, action, args))
        return false;
    if (viv_call(instance->sandbox, field->text, field->len, args, arg_count,
                 ret_answer->values, ret_answer->count, &ret_answer->outcome,
                 &err) != 0) {
        spec_state_fail(state, "%s: %s", field->text, err.text);
        return false;
    }
    return true;
}

/* Carry out the action of the command. */
static bool act(struct spec_state *state, struct answer *ret_answer)
{
    const struct spec_json *action = spec_json_get(state->command, "action");
    const struct spec_json *field = spec_json_get(action, "field");
    struct spec_instance *instance =
        spec_state_find(state, spec_json_text(action, "module", NULL));

    if (instance == NULL || field == NULL) {
        spec_state_fail(state, "no module to act on");
    } else if (instance->skip != NULL) {
        spec_state_skip(state, instance->skip);
    } else if (instance->sandbox == NULL) {
        spec_state_fail(state, "its module is broken");
    } else if (strcmp(spec_json_text(action, "type", "?"), "get") == 0) {
        return get_global(state, instance, field, ret_answer);
    } else {
        return call_func(state, instance, field, action, ret_answer);
    }
    return false;
}

/* Did the action return?  If not, say what it did. */
static bool has_returned(struct spec_state *state, const struct answer *answer)
{
    const struct spec_json *action = spec_json_get(state->command, "action");

    if (answer->outcome.kind == VIV_RETURNED)
        return true;
    spec_state_fail(state, "%s: trap: %s", spec_json_text(action, "field", "?"),
                    viv_trap_text(spec_host_trap(&answer->outcome)));
    return false;
}

void spec_action_run(struct spec_state *state)
{
    struct answer answer;

    if (act(state, &answer) && has_returned(state, &answer))
        spec_state_pass(state);
}

/* Compare one result; false if it is not what the script asks for. */
static bool compare(struct spec_state *state, const struct spec_json *json,
                    uint8_t type, const viv_value *actual)
{
    const struct spec_json *action = spec_json_get(state->command, "action");
    char want[SPEC_VALUE_TEXT], got[SPEC_VALUE_TEXT];
    struct spec_value expected;
    viv_error err;

    if (spec_value_read(json, &expected, &err) != 0) {
        spec_state_fail(state, "%s", err.text);
        return false;
    }
    if (expected.type == type && spec_value_matches(&expected, actual))
        return true;
    spec_value_show(&expected, want);
    spec_value_show_actual(type, actual, got);
    spec_state_fail(state, "%s: %s, not %s",
                    spec_json_text(action, "field", "?"), got, want);
    return false;
}

void spec_action_return(struct spec_state *state)
{
    const struct spec_json *list = spec_json_get(state->command, "expected");
    struct answer answer;

    if (!act(state, &answer) || !has_returned(state, &answer))
        return;
    if (list == NULL || spec_json_count(list) != answer.count) {
        spec_state_fail(state, "%u results", answer.count);
        return;
    }
    list = list->first;
    for (uint32_t i = 0; i < answer.count; i++, list = list->next)
        if (!compare(state, list, answer.types[i], &answer.values[i]))
            return;
    spec_state_pass(state);
}

void spec_action_trap(struct spec_state *state)
{
    struct answer answer;

    if (act(state, &answer))
        spec_state_judge_trap(state, &answer.outcome);
}
