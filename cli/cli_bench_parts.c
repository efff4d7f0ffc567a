/* cli_bench_parts.c - the parts of `viv bench` that take time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>

#include "cli.h"
#include "cli_bench.h"
#include "cli_bench_crew.h"
#include "cli_interrupt.h"
#include "cli_python.h"

/* Shares of the whole, in percent. */
enum {
    SHARE_LOAD = 5,
    SHARE_RATES = 40,
    SHARE_RUN = 15,
    SHARE_CALL = 10,
    SHARE_ASK = 5,
    SHARE_STOPS = 15
};

/* How often a moving line is drawn. */
#define LIVE_NS (100 * UINT64_C(1000000))

static const struct {
    const char *name; /* in JSON */
    const char *text;
    unsigned per_mille;
} quantiles[] = {
    {"p50_ns", "p50", 500},      {"p90_ns", "p90", 900},
    {"p99_ns", "p99", 990},      {"p999_ns", "p99.9", 999},
    {"worst_ns", "worst", 1000},
};

#define QUANTILE_COUNT (sizeof(quantiles) / sizeof(quantiles[0]))

/* ------------------------------------------------------------------------
 * Times, as a line and as an object.
 */

static void say_times(struct cli_bench *bench, const char *name,
                      const char *label, struct cli_bench_times *times)
{
    struct cli_json *json = &bench->report.json;
    char line[200];
    int len = 0;

    if (times->count == 0)
        return;
    cli_bench_times_sort(times);
    cli_json_open(json, name, '{');
    cli_json_number(json, "count", (int64_t)times->count);
    for (size_t i = 0; i < QUANTILE_COUNT; i++) {
        uint64_t ns = cli_bench_times_at(times, quantiles[i].per_mille);

        cli_json_number(json, quantiles[i].name, (int64_t)ns);
        len += snprintf(line + len, sizeof(line) - (size_t)len, "%s%s %s",
                        i > 0 ? ", " : "", quantiles[i].text,
                        cli_bench_time_text((double)ns).text);
    }
    cli_json_close(json, '}');
    cli_bench_say(&bench->report, label, "%s", line);
}

/* ------------------------------------------------------------------------
 * How long it takes to have the image.
 */

int cli_bench_load(struct cli_bench *bench)
{
    uint64_t end = cli_bench_clock() + cli_bench_share(bench, SHARE_LOAD);
    struct cli_bench_times times = {0};
    uint64_t ns;
    int r = CLI_OK;

    while (bench->guest.call.start != NULL && cli_bench_goes_on(bench, end)) {
        uint64_t begin = cli_bench_clock();
        viv_image *image = NULL;

        r = cli_python_load(&image);
        if (r != CLI_OK)
            break;
        cli_bench_times_add(&times, cli_bench_clock() - begin);
        viv_image_unref(image);
    }
    if (times.count > 0) {
        cli_bench_times_sort(&times);
        ns = cli_bench_times_at(&times, 500);
        cli_json_number(&bench->report.json, "load_ns", (int64_t)ns);
        cli_bench_say(&bench->report, "load the image", "%s",
                      cli_bench_time_text((double)ns).text);
    }
    cli_bench_times_free(&times);
    return r;
}

/* ------------------------------------------------------------------------
 * How many per second.
 */

/* Doubled, and in the end all of them; 0: there is no other. */
static uint32_t next_threads(uint32_t threads, uint32_t most)
{
    if (threads == most)
        return 0;
    return 2 * threads < most ? 2 * threads : most;
}

static int rate(struct cli_bench *bench, uint32_t threads, uint64_t ns,
                double *first)
{
    struct cli_json *json = &bench->report.json;
    char label[40];
    struct cli_bench_crew crew = {
        .pool = bench->pool,
        .task = &bench->guest.run,
        .threads = threads,
        .wanted = VIV_RETURNED,
        .label = label,
    };
    double per_second;
    int r;

    snprintf(label, sizeof(label), "fresh, %" PRIu32 " thread%s", threads,
             threads == 1 ? "" : "s");
    r = cli_bench_crew_run(bench, &crew, ns);
    if (r != CLI_OK)
        return r;
    per_second = (double)crew.count * 1e9 / (double)crew.ns;
    if (threads == 1)
        *first = per_second;
    cli_json_open(json, NULL, '{');
    cli_json_number(json, "threads", threads);
    cli_json_number(json, "count", (int64_t)crew.count);
    cli_json_number(json, "per_second", (int64_t)per_second);
    cli_json_close(json, '}');
    if (threads == 1)
        cli_bench_say(&bench->report, label, "%s per second",
                      cli_bench_count_text(per_second).text);
    else
        cli_bench_say(
            &bench->report, label, "%s per second, %.2f times one thread",
            cli_bench_count_text(per_second).text, per_second / *first);
    return CLI_OK;
}

int cli_bench_rates(struct cli_bench *bench)
{
    uint32_t threads, steps = 0;
    double first = 0;
    uint64_t ns;
    int r = CLI_OK;

    for (threads = 1; threads != 0;
         threads = next_threads(threads, bench->threads))
        steps++;
    ns = cli_bench_share(bench, SHARE_RATES) / steps;
    cli_json_open(&bench->report.json, "rates", '[');
    for (threads = 1; threads != 0 && r == CLI_OK && !bench->was_interrupted;
         threads = next_threads(threads, bench->threads))
        r = rate(bench, threads, ns, &first);
    cli_json_close(&bench->report.json, ']');
    return r;
}

/* ------------------------------------------------------------------------
 * How long each takes: on this thread, from wanting a sandbox to having it
 * fresh again.
 */

static int do_once(struct cli_bench *bench, const viv_task *task)
{
    viv_sandbox *sandbox;
    viv_outcome outcome;
    viv_error err;
    int code;

    if (viv_pool_acquire(bench->pool, NULL, VIV_ENDLESS, &sandbox, &err) < 0)
        return cli_fail(&err);
    cli_interrupt_watch(sandbox);
    code = cli_bench_guest_do(task, sandbox, &outcome, &err);
    cli_interrupt_watch(NULL);
    viv_pool_release(bench->pool, sandbox);
    if (code < 0)
        return cli_fail(&err);
    if (outcome.kind == VIV_CANCELLED)
        return CLI_INTERRUPTED;
    return outcome.kind == VIV_RETURNED ? CLI_OK
                                        : cli_bench_wrong(bench, &outcome);
}

static int latency(struct cli_bench *bench, const char *label,
                   const viv_task *task, unsigned percent,
                   struct cli_bench_times *ret_times)
{
    uint64_t begun = cli_bench_clock(), drawn = begun;
    uint64_t end = begun + cli_bench_share(bench, percent);

    while (task->start != NULL && cli_bench_goes_on(bench, end)) {
        uint64_t begin = cli_bench_clock(), now;
        int r = do_once(bench, task);

        if (r != CLI_OK)
            return r == CLI_INTERRUPTED && !cli_bench_goes_on(bench, end)
                       ? CLI_OK
                       : r;
        now = cli_bench_clock();
        cli_bench_times_add(ret_times, now - begin);
        if (now - drawn < LIVE_NS)
            continue;
        drawn = now;
        cli_bench_now(&bench->report, label, "%s on average of %s",
                      cli_bench_time_text((double)(now - begun) /
                                          (double)ret_times->count)
                          .text,
                      cli_bench_count_text((double)ret_times->count).text);
    }
    return CLI_OK;
}

int cli_bench_latencies(struct cli_bench *bench)
{
    struct cli_bench_times run = {0}, call = {0};
    int r = latency(bench, "a fresh run", &bench->guest.run, SHARE_RUN, &run);

    if (r == CLI_OK) {
        say_times(bench, "run", "a fresh run", &run);
        r = latency(bench, "a fresh call", &bench->guest.call, SHARE_CALL,
                    &call);
    }
    if (r == CLI_OK)
        say_times(bench, "call", "a fresh call", &call);
    cli_bench_times_free(&run);
    cli_bench_times_free(&call);
    return r;
}

int cli_bench_host_calls(struct cli_bench *bench)
{
    struct cli_bench_times times = {0};
    int r = latency(bench, "host calls", &bench->guest.ask, SHARE_ASK, &times);

    if (r == CLI_OK && times.count > 0) {
        uint64_t ns;

        cli_bench_times_sort(&times);
        ns = cli_bench_times_at(&times, 500) / CLI_BENCH_ASKS;
        cli_json_number(&bench->report.json, "host_call_ns", (int64_t)ns);
        cli_bench_say(&bench->report, "a host call", "%s, there and back",
                      cli_bench_time_text((double)ns).text);
    }
    cli_bench_times_free(&times);
    return r;
}

/* ------------------------------------------------------------------------
 * How late what does not end is stopped, on all threads at once.
 */

int cli_bench_stops(struct cli_bench *bench)
{
    struct cli_bench_times times = {0};
    struct cli_bench_crew crew = {
        .pool = bench->stops,
        .task = &bench->guest.endless,
        .threads = bench->threads,
        .slice_ns = VIV_NS_PER_S, /* none of them is paused */
        .wanted = VIV_SPENT,
        .times = &times,
        .label = "endless loops",
    };
    int r = CLI_OK;

    if (bench->stops != NULL)
        r = cli_bench_crew_run(bench, &crew,
                               cli_bench_share(bench, SHARE_STOPS));
    for (size_t i = 0; i < times.count; i++)
        times.ns[i] -= times.ns[i] < CLI_BENCH_DEADLINE_NS
                           ? times.ns[i]
                           : CLI_BENCH_DEADLINE_NS;
    if (r == CLI_OK)
        say_times(bench, "stop_late", "a stop is late by", &times);
    cli_bench_times_free(&times);
    return r;
}
