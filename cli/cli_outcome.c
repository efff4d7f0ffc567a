/* cli_outcome.c - how a guest ended: for people, for programs, for the shell.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli_outcome.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli_backtrace.h"
#include "cli_streams.h"

int cli_outcome_code(const viv_outcome *outcome)
{
    switch (outcome->kind) {
    case VIV_RETURNED:
        return CLI_OK;
    case VIV_EXITED:
        return outcome->exit_code & 0xff;
    case VIV_RAISED:
        return CLI_RAISED;
    case VIV_SPENT:
        return CLI_SPENT;
    case VIV_CANCELLED:
        return CLI_INTERRUPTED;
    default:
        return CLI_TRAPPED;
    }
}

void cli_outcome_say(const char *what, const viv_outcome *outcome,
                     const viv_sandbox *sandbox)
{
    switch (outcome->kind) {
    case VIV_SPENT:
        fprintf(stderr, "viv: %s was stopped: its limit of %s is spent\n", what,
                viv_limit_name(outcome->limit));
        break;
    case VIV_CANCELLED:
        fprintf(stderr, "viv: %s was interrupted\n", what);
        return;
    case VIV_TRAPPED:
        fprintf(stderr, "viv: %s trapped: %s", what,
                viv_trap_text(outcome->trap));
        if (outcome->has_address)
            fprintf(stderr, ": 0x%" PRIx64, outcome->address);
        fprintf(stderr, "\n");
        break;
    default:
        return;
    }
    if (sandbox != NULL)
        cli_backtrace(sandbox);
}

/* ------------------------------------------------------------------------
 * JSON.
 */

static const char *kind_name(uint32_t kind)
{
    static const char *const names[] = {
        [VIV_RETURNED] = "returned",   [VIV_TRAPPED] = "trapped",
        [VIV_SPENT] = "spent",         [VIV_EXITED] = "exited",
        [VIV_CANCELLED] = "cancelled", [VIV_WAITING] = "waiting",
        [VIV_PAUSED] = "paused",       [VIV_RAISED] = "raised",
        [VIV_LOST] = "lost",
    };

    return names[kind];
}

static void write_exception(struct cli_json *json,
                            const viv_python_result *result)
{
    cli_json_open(json, "exception", '{');
    cli_json_text(json, "type", result->type);
    cli_json_text(json, "message", result->message);
    cli_json_text(json, "traceback", result->traceback);
    cli_json_open(json, "frames", '[');
    for (size_t i = 0; i < result->frame_count; i++) {
        cli_json_open(json, NULL, '{');
        cli_json_text(json, "file", result->frames[i].file);
        cli_json_number(json, "line", result->frames[i].line);
        cli_json_text(json, "function", result->frames[i].function);
        cli_json_close(json, '}');
    }
    cli_json_close(json, ']');
    cli_json_close(json, '}');
}

static void write_python(struct cli_json *json, const viv_python_result *result)
{
    if (result->outcome.kind == VIV_RETURNED)
        cli_json_bytes(json, "value", result->text, result->text_len);
    else
        cli_json_text(json, "value", NULL);
    if (result->outcome.kind == VIV_RAISED)
        write_exception(json, result);
    else
        cli_json_text(json, "exception", NULL);
}

static void write_stream(struct cli_json *json, const char *name, int fd)
{
    size_t len;
    const char *bytes = cli_streams_kept(fd, &len);

    cli_json_bytes(json, name, bytes, len);
}

#define WRITE_METER(field, unit, meaning)                                      \
    cli_json_number(json, #field, (int64_t)meters->field);

void cli_outcome_meters(struct cli_json *json, const viv_meters *meters)
{
    cli_json_open(json, "meters", '{');
    VIV_METER_ROWS(WRITE_METER)
    cli_json_close(json, '}');
}

void cli_outcome_json(struct cli_json *json, const viv_outcome *outcome,
                      const viv_python_result *python)
{
    cli_json_text(json, "outcome", kind_name(outcome->kind));
    cli_json_number(json, "exit_code", cli_outcome_code(outcome));
    cli_json_text(json, "limit",
                  outcome->kind == VIV_SPENT ? viv_limit_name(outcome->limit)
                                             : NULL);
    cli_json_text(json, "trap",
                  outcome->kind == VIV_TRAPPED ? viv_trap_text(outcome->trap)
                                               : NULL);
    if (python != NULL)
        write_python(json, python);
    write_stream(json, "stdout", 1);
    write_stream(json, "stderr", 2);
    cli_outcome_meters(json, &outcome->used);
}
