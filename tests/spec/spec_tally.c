/* spec_tally.c - what became of a script's commands, counted.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "spec_tally.h"

#include <stdarg.h>
#include <string.h>

static const char *const kind_names[SPEC_KINDS] = {
    [SPEC_MODULE] = "module",
    [SPEC_ACTION] = "action",
    [SPEC_REGISTER] = "register",
    [SPEC_RETURN] = "assert_return",
    [SPEC_TRAP] = "assert_trap",
    [SPEC_EXHAUSTION] = "assert_exhaustion",
    [SPEC_INVALID] = "assert_invalid",
    [SPEC_MALFORMED] = "assert_malformed",
    [SPEC_UNLINKABLE] = "assert_unlinkable",
    [SPEC_UNINSTANTIABLE] = "assert_uninstantiable",
};

enum spec_kind spec_kind_of(const char *name)
{
    int kind = 0;

    while (kind < SPEC_KINDS && strcmp(kind_names[kind], name) != 0)
        kind++;
    return (enum spec_kind)kind;
}

void spec_tally_pass(struct spec_tally *tally, enum spec_kind kind)
{
    tally->passed[kind]++;
}

/* The entry for `text`.  One too many goes with the last: the counts are
 * right, and the text says that it is not alone. */
static struct spec_reason *reason_of(struct spec_tally *tally, const char *text)
{
    struct spec_reason *reason = tally->reasons;

    for (uint32_t i = 0; i < tally->reason_count; i++, reason++)
        if (strncmp(reason->text, text, SPEC_TEXT_MAX - 1) == 0)
            return reason;
    if (tally->reason_count == SPEC_REASONS_MAX) {
        reason--;
        snprintf(reason->text, SPEC_TEXT_MAX, "various other reasons");
        return reason;
    }
    tally->reason_count++;
    snprintf(reason->text, SPEC_TEXT_MAX, "%s", text);
    return reason;
}

void spec_tally_skip(struct spec_tally *tally, enum spec_kind kind,
                     const char *reason)
{
    tally->skipped[kind]++;
    reason_of(tally, reason)->count[kind]++;
}

void spec_tally_fail(struct spec_tally *tally, enum spec_kind kind,
                     const char *line, const char *format, ...)
{
    char *text;
    int at;
    va_list args;

    tally->failed[kind]++;
    if (tally->failures++ >= SPEC_FAILURES_TOLD)
        return;
    text = tally->told[tally->failures - 1];
    at = snprintf(text, SPEC_TEXT_MAX, "line %s: %s: ", line, kind_names[kind]);
    va_start(args, format);
    if (at > 0 && at < SPEC_TEXT_MAX)
        vsnprintf(text + at, SPEC_TEXT_MAX - (size_t)at, format, args);
    va_end(args);
}

static uint32_t sum(const uint32_t counts[SPEC_KINDS])
{
    uint32_t total = 0;

    for (int kind = 0; kind < SPEC_KINDS; kind++)
        total += counts[kind];
    return total;
}

void spec_tally_print(const struct spec_tally *tally, const char *name,
                      FILE *out)
{
    uint32_t passed = sum(tally->passed);

    if (tally->failures == 0) {
        if (passed > 0)
            fprintf(out, "ok %s\n", name);
        return;
    }
    fprintf(out, "not ok %s - %u of %u commands failed\n", name,
            tally->failures, tally->failures + passed);
    for (uint32_t i = 0; i < tally->failures; i++) {
        if (i == SPEC_FAILURES_TOLD) {
            fprintf(out, "    and %u more\n",
                    tally->failures - SPEC_FAILURES_TOLD);
            break;
        }
        fprintf(out, "    %s\n", tally->told[i]);
    }
}

static void write_counts(const char *what, const uint32_t counts[SPEC_KINDS],
                         const char *target, const char *name, const char *text,
                         FILE *out)
{
    for (int kind = 0; kind < SPEC_KINDS; kind++)
        if (counts[kind] > 0)
            fprintf(out, "%s %s %s %s %u%s%s\n", what, target, name,
                    kind_names[kind], counts[kind], *text ? " " : "", text);
}

void spec_tally_write(const struct spec_tally *tally, const char *target,
                      const char *name, FILE *out)
{
    write_counts("passed", tally->passed, target, name, "", out);
    write_counts("failed", tally->failed, target, name, "", out);
    write_counts("skipped", tally->skipped, target, name, "", out);
    for (uint32_t i = 0; i < tally->reason_count; i++)
        write_counts("reason", tally->reasons[i].count, target, name,
                     tally->reasons[i].text, out);
}
