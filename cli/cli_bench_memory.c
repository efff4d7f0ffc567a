/* cli_bench_memory.c - how many sandboxes go into a gigabyte; and the meters.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "cli.h"
#include "cli_bench.h"
#include "cli_bench_times.h"
#include "cli_proc.h"

/* At most so many, and at least so many for a mean that means something. */
#define SANDBOXES_MAX 2000
#define SANDBOXES_MIN 10

#define SHARE_MEMORY 10

/* How often a moving line is drawn: each so many. */
#define LIVE_COUNT 50

/* What this process has, each page counted as often as it is mapped by an nth
 * of its n mappings; and the tables of pages, which are no less real. */
static uint64_t memory_now(void)
{
    return (cli_proc_number("/proc/self/smaps_rollup", "Pss:") +
            cli_proc_number("/proc/self/status", "VmPTE:"))
           << 10;
}

static uint64_t memory_left(void)
{
    return cli_proc_number("/proc/meminfo", "MemAvailable:") << 10;
}

/* ------------------------------------------------------------------------
 * Sandboxes.
 */

/* One more, which has run; false: no more can be had. */
static bool add_one(struct cli_bench *bench, viv_sandbox **ret_sandbox)
{
    const viv_task *run = &bench->guest.run;
    viv_outcome outcome;
    viv_error err;

    if (viv_sandbox_from(bench->guest.image, NULL, ret_sandbox, &err) < 0)
        return false;
    if (cli_bench_guest_do(run, *ret_sandbox, &outcome, &err) == 0 &&
        outcome.kind == VIV_RETURNED)
        return true;
    viv_sandbox_free(*ret_sandbox);
    return false;
}

/* Until there are enough, time is over, or half of what was left is used. */
static size_t add_all(struct cli_bench *bench, viv_sandbox **sandboxes,
                      uint64_t before)
{
    uint64_t end = cli_bench_clock() + cli_bench_share(bench, SHARE_MEMORY);
    uint64_t most = before + memory_left() / 2;
    size_t count = 0;

    while (count < SANDBOXES_MAX && cli_bench_goes_on(bench, end) &&
           add_one(bench, &sandboxes[count])) {
        count++;
        if (count % LIVE_COUNT != 0)
            continue;
        cli_bench_now(&bench->report, "memory", "%zu sandboxes", count);
        if (memory_now() > most)
            break;
    }
    return count;
}

static void say(struct cli_bench *bench, size_t count, uint64_t bytes)
{
    double each = (double)bytes / (double)count;
    struct cli_json *json = &bench->report.json;
    double per_gigabyte = 1e9 / each;

    cli_json_open(json, "memory", '{');
    cli_json_number(json, "sandboxes", (int64_t)count);
    cli_json_number(json, "each_bytes", (int64_t)each);
    cli_json_number(json, "per_gigabyte", (int64_t)per_gigabyte);
    cli_json_close(json, '}');
    cli_bench_say(&bench->report, "memory",
                  "%s sandboxes per gigabyte, %.0f KB each, of %zu that ran",
                  cli_bench_count_text(per_gigabyte).text, each / 1e3, count);
}

int cli_bench_memory(struct cli_bench *bench)
{
    viv_sandbox **sandboxes = calloc(SANDBOXES_MAX, sizeof(*sandboxes));
    uint64_t before = memory_now(), after;
    size_t count;

    if (sandboxes == NULL)
        return CLI_FAILED;
    count = add_all(bench, sandboxes, before);
    after = memory_now();
    if (count >= SANDBOXES_MIN && after > before)
        say(bench, count, after - before);
    while (count > 0)
        viv_sandbox_free(sandboxes[--count]);
    free(sandboxes);
    return CLI_OK;
}

/* ------------------------------------------------------------------------
 * Meters.
 */

#define SAY_NUMBER(field, meaning)                                             \
    cli_json_number(json, #field, (int64_t)meters->field);
#define SAY_TIME(field, meaning) say_histogram(json, #field, &meters->field);

static void say_histogram(struct cli_json *json, const char *name,
                          const viv_histogram *histogram)
{
    cli_json_open(json, name, '{');
    cli_json_number(json, "count", (int64_t)histogram->count);
    cli_json_number(json, "sum_ns", (int64_t)histogram->sum_ns);
    cli_json_open(json, "buckets", '[');
    for (unsigned i = 0; i < VIV_HISTOGRAM_BUCKETS; i++)
        cli_json_number(json, NULL, (int64_t)histogram->buckets[i]);
    cli_json_close(json, ']');
    cli_json_close(json, '}');
}

static void say_pool(struct cli_json *json, const char *name, viv_pool *pool)
{
    viv_pool_meters of_pool, *meters = &of_pool;

    if (pool == NULL)
        return;
    viv_pool_meters_of(pool, meters);
    cli_json_open(json, name, '{');
    VIV_POOL_METER_ROWS(SAY_NUMBER, SAY_NUMBER, SAY_TIME)
    cli_json_close(json, '}');
}

static void say_executor(struct cli_json *json,
                         const struct cli_bench_executor *executor)
{
    const viv_executor_meters *meters = &executor->meters;

    cli_json_open(json, executor->name, '{');
    VIV_EXECUTOR_METER_ROWS(SAY_NUMBER, SAY_NUMBER, SAY_TIME)
    cli_json_close(json, '}');
}

int cli_bench_meters(struct cli_bench *bench)
{
    struct cli_json *json = &bench->report.json;

    cli_json_open(json, "meters", '{');
    say_pool(json, "runs", bench->pool);
    say_pool(json, "stops", bench->stops);
    cli_json_open(json, "executors", '{');
    for (unsigned n = 0; n < bench->executor_count; n++)
        say_executor(json, &bench->executors[n]);
    cli_json_close(json, '}');
    cli_json_close(json, '}');
    return CLI_OK;
}
