/* cli_bench_report.c - what `viv bench` says, for people or for programs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli_bench_report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LABEL_WIDTH 22

bool cli_bench_report_begin(struct cli_bench_report *report, bool as_json)
{
    *report = (struct cli_bench_report){
        .as_json = as_json,
        .is_live = isatty(STDERR_FILENO) != 0,
    };
    report->json.to = open_memstream(&report->text, &report->text_len);
    if (report->json.to == NULL)
        return false;
    cli_json_open(&report->json, NULL, '{');
    return true;
}

/* Away with the line that changes. */
static void clear(const struct cli_bench_report *report)
{
    if (!report->is_live)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
}

void cli_bench_report_end(struct cli_bench_report *report, bool is_good)
{
    bool is_whole;

    clear(report);
    cli_json_close(&report->json, '}');
    is_whole = fclose(report->json.to) == 0;
    if (report->as_json && is_whole && is_good)
        puts(report->text);
    free(report->text);
}

void cli_bench_now(struct cli_bench_report *report, const char *label,
                   const char *format, ...)
{
    va_list args;

    if (!report->is_live)
        return;
    fprintf(stderr, "\r\033[K%-*s", LABEL_WIDTH, label);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputs(" ...", stderr);
    fflush(stderr);
}

void cli_bench_say(struct cli_bench_report *report, const char *label,
                   const char *format, ...)
{
    va_list args;

    clear(report);
    if (report->as_json)
        return;
    printf("%-*s", LABEL_WIDTH, label);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}
