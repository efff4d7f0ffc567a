/* soak_label.c - how something ended, in words.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "soak.h"

__attribute__((format(printf, 2, 3))) static void set(struct soak_label *label,
                                                      const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(label->words, sizeof(label->words), format, args);
    va_end(args);
    label->detail[0] = '\0';
}

static void set_detail(struct soak_label *label, const char *what,
                       const char *bytes, size_t len)
{
    size_t begin =
        (size_t)snprintf(label->detail, sizeof(label->detail), "%s", what);
    size_t room = sizeof(label->detail) - begin - 1;

    len = len < room ? len : room;
    memcpy(label->detail + begin, bytes, len);
    label->detail[begin + len] = '\0';
}

void soak_label_outcome(const viv_outcome *outcome, struct soak_label *label)
{
    switch (outcome->kind) {
    case VIV_RETURNED:
        set(label, "returned");
        break;
    case VIV_TRAPPED:
        set(label, "trapped: %s", viv_trap_text(outcome->trap));
        break;
    case VIV_SPENT:
        set(label, "spent %s", viv_limit_name(outcome->limit));
        break;
    case VIV_EXITED:
        set(label, "exited %d", outcome->exit_code);
        break;
    case VIV_CANCELLED:
        set(label, "cancelled");
        break;
    case VIV_RAISED:
        set(label, "raised");
        break;
    case VIV_WAITING:
        set(label, "waiting");
        break;
    case VIV_PAUSED:
        set(label, "paused");
        break;
    default:
        set(label, "outcome %u", outcome->kind);
    }
}

/* ------------------------------------------------------------------------
 * Returned, but what?
 */

static void compare(const char *wanted, const char *got, size_t len,
                    struct soak_label *label)
{
    if (strlen(wanted) == len && memcmp(wanted, got, len) == 0)
        return;
    set(label, "returned otherwise");
    set_detail(label, "", got, len);
}

static void compare_value(const struct soak_program *program,
                          const viv_python_result *result,
                          struct soak_label *label)
{
    char text[1000] = "";
    size_t len = 0;

    if (result->value != NULL)
        len =
            viv_data_text(result->value, result->value_len, text, sizeof(text));
    compare(program->value, text, len < sizeof(text) ? len : sizeof(text) - 1,
            label);
}

static void compare_output(const struct soak_program *program,
                           viv_sandbox *sandbox, struct soak_label *label)
{
    size_t len;
    const char *output = viv_wasi_output(sandbox, 1, &len);

    compare(program->value, output, len, label);
}

void soak_label_python(const struct soak_program *program, viv_sandbox *sandbox,
                       const viv_python_result *result,
                       struct soak_label *label)
{
    soak_label_outcome(&result->outcome, label);
    if (result->outcome.kind == VIV_RAISED) {
        set(label, "raised %.50s", result->type);
        set_detail(label, "", result->traceback, strlen(result->traceback));
    }
    if (result->value != NULL &&
        viv_data_check(result->value, result->value_len, NULL) < 0)
        set(label, "returned no value");
    if (result->outcome.kind == VIV_RETURNED && program->kind == SOAK_PROGRAM)
        compare_output(program, sandbox, label);
    else if (result->outcome.kind == VIV_RETURNED && program->value != NULL)
        compare_value(program, result, label);
}

void soak_label_wasm(const struct soak_program *program,
                     const viv_outcome *outcome, const viv_value *value,
                     struct soak_label *label)
{
    char text[16];
    int len = snprintf(text, sizeof(text), "%u", value->i32);

    soak_label_outcome(outcome, label);
    if (outcome->kind == VIV_TRAPPED)
        snprintf(label->detail, sizeof(label->detail), "host code %d",
                 outcome->host_code);
    if (outcome->kind == VIV_RETURNED && program->value != NULL)
        compare(program->value, text, (size_t)len, label);
}
