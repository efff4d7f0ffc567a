/* cli_bench_report.h - what `viv bench` says, for people or for programs.
 *
 * A part is a member of an object of JSON, with numbers; for people it is a
 * line, printed when the part has ended.  On a terminal there is a line before
 * that which changes as numbers come in.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_BENCH_REPORT_H
#define CLI_BENCH_REPORT_H

#include <stdbool.h>

#include "cli_json.h"

struct cli_bench_report {
    bool as_json;
    bool is_live; /* there is a terminal */
    struct cli_json json;
    char *text; /* of JSON, until it is whole */
    size_t text_len;
};

/* False: no memory. */
bool cli_bench_report_begin(struct cli_bench_report *report, bool as_json);

/* The JSON, if that is wanted, unless what was measured is no good. */
void cli_bench_report_end(struct cli_bench_report *report, bool is_good);

/* A line for people, for now: the next one takes its place. */
void cli_bench_now(struct cli_bench_report *report, const char *label,
                   const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for good. */
void cli_bench_say(struct cli_bench_report *report, const char *label,
                   const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif /* CLI_BENCH_REPORT_H */
