/* cli_bench.c - `viv bench`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cli.h"
#include "cli_bench_crew.h"
#include "cli_interrupt.h"
#include "cli_outcome.h"
#include "cli_proc.h"
#include "cli_said.h"

#define SECONDS_MAX 3600
#define THREADS_MAX 512

static struct {
    uint64_t seconds, threads; /* CLI_SAID_NOT: not said */
    const char *call;
    bool meters;
} said = {.seconds = 10, .threads = CLI_SAID_NOT};

static const struct cli_option options[] = {
    {"--json", NULL, "all of it as one object of JSON", CLI_FLAG,
     &cli_said.json},
    {"--seconds", "N", "how long it takes, roughly; default 10", CLI_NUMBER,
     &said.seconds},
    {"--threads", "N", "at most so many; default: as many as CPUs", CLI_NUMBER,
     &said.threads},
    {"--meters", NULL, "then the meters, as text for Prometheus", CLI_FLAG,
     &said.meters},
    {"--call", "NAME", "of a module: the exported function to call", CLI_TEXT,
     &said.call},
    CLI_SAID_PYTHON{NULL, NULL, NULL, CLI_FLAG, NULL},
};

static int run(int argc, char **argv);

const struct cli_command cli_bench = {
    .name = "bench",
    .usage = "[OPTIONS] [--call NAME MODULE [ARGUMENTS]]",
    .summary = "Measure what this machine can do with fresh sandboxes",
    .options = options,
    .run = run,
    .runs_guests = true,
};

/* ------------------------------------------------------------------------
 * What the parts share.
 */

uint64_t cli_bench_share(const struct cli_bench *bench, unsigned percent)
{
    return bench->ns / 100 * percent;
}

bool cli_bench_goes_on(struct cli_bench *bench, uint64_t end)
{
    if (cli_interrupt_take())
        bench->was_interrupted = true;
    return !bench->was_interrupted && cli_bench_clock() < end;
}

int cli_bench_pool(struct cli_bench *bench, const char *name, uint64_t run_ns,
                   viv_pool **ret_pool)
{
    viv_pool_config config;
    viv_limits limits;
    viv_error err;

    viv_limits_default(&limits);
    if (run_ns != 0)
        limits.run_ns = run_ns;
    viv_pool_config_default(&config);
    config.name = name;
    config.max = CLI_BENCH_JOBS_EACH * bench->threads;
    config.limits = &limits;
    if (viv_pool_new(bench->guest.image, &config, ret_pool, &err) < 0)
        return cli_fail(&err);
    return CLI_OK;
}

int cli_bench_wrong(const struct cli_bench *bench, const viv_outcome *outcome)
{
    if (outcome->kind == VIV_TRAPPED || outcome->kind == VIV_SPENT)
        cli_outcome_say(bench->guest.name, outcome, NULL);
    else
        fprintf(stderr, "viv: %s does not end as it should\n",
                bench->guest.name);
    return CLI_FAILED;
}

/* ------------------------------------------------------------------------
 * All of it.
 */

static void say_machine(struct cli_bench *bench)
{
    struct cli_json *json = &bench->report.json;
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    struct utsname name = {0};
    char cpu[100];

    (void)uname(&name);
    cli_proc_text("/proc/cpuinfo", "model name", cpu, sizeof(cpu));
    cli_json_text(json, "version", viv_version());
    cli_json_text(json, "guest", bench->guest.name);
    cli_json_text(json, "cpu", cpu[0] != '\0' ? cpu : name.machine);
    cli_json_number(json, "cpus", cpus);
    cli_json_text(json, "kernel", name.release);
    cli_json_number(json, "seconds", (int64_t)said.seconds);
    cli_bench_say(&bench->report, "what runs",
                  "%s, each time in a fresh sandbox", bench->guest.name);
    cli_bench_say(&bench->report, "on", "%ld of %s, %s %s", cpus,
                  cpu[0] != '\0' ? cpu : name.machine, name.sysname,
                  name.release);
}

static int make_guest(struct cli_bench *bench, int argc, char **argv)
{
    int r = argc > 0 ? cli_bench_guest_module(&bench->guest, argv[0], said.call,
                                              argc - 1, argv + 1)
                     : cli_bench_guest_python(&bench->guest);

    if (r == CLI_OK)
        r = cli_bench_pool(bench, "runs", 0, &bench->pool);
    if (r == CLI_OK && bench->guest.endless.start != NULL)
        r = cli_bench_pool(bench, "stops", CLI_BENCH_DEADLINE_NS,
                           &bench->stops);
    return r;
}

static int take_parts(struct cli_bench *bench)
{
    static int (*const parts[])(struct cli_bench * bench) = {
        cli_bench_load,       cli_bench_rates, cli_bench_latencies,
        cli_bench_host_calls, cli_bench_stops, cli_bench_memory,
    };
    int r = CLI_OK;

    say_machine(bench);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (r == CLI_OK && cli_bench_goes_on(bench, UINT64_MAX))
            r = parts[i](bench);
    if (r == CLI_OK)
        r = cli_bench_meters(bench);
    cli_json_bool(&bench->report.json, "interrupted", bench->was_interrupted);
    return r;
}

static void print_text(viv_pool *pool)
{
    size_t size = pool != NULL ? viv_pool_text(pool, NULL, 0) + 1 : 0;
    char *text = malloc(size);

    if (pool != NULL && text != NULL) {
        viv_pool_text(pool, text, size);
        printf("\n%s", text);
    }
    free(text);
}

/* What was said of executors is given back, whether or not it is wanted. */
static void end_executors(struct cli_bench *bench, bool prints)
{
    for (unsigned n = 0; n < bench->executor_count; n++) {
        char *text = bench->executors[n].text;

        if (prints && text != NULL)
            printf("\n%s", text);
        free(text);
    }
}

static int bench_all(int argc, char **argv)
{
    struct cli_bench bench = {
        .ns = said.seconds * VIV_NS_PER_S,
        .threads = (uint32_t)said.threads,
    };
    int r;

    cli_interrupt_begin();
    r = make_guest(&bench, argc, argv);
    if (r == CLI_OK && !cli_bench_report_begin(&bench.report, cli_said.json))
        r = CLI_FAILED;
    else if (r == CLI_OK) {
        r = take_parts(&bench);
        cli_bench_report_end(&bench.report, r == CLI_OK);
    }
    if (r == CLI_OK && said.meters) {
        print_text(bench.pool);
        print_text(bench.stops);
    }
    end_executors(&bench, r == CLI_OK && said.meters);
    viv_pool_unref(bench.pool);
    viv_pool_unref(bench.stops);
    cli_bench_guest_end(&bench.guest);
    return r == CLI_OK && bench.was_interrupted ? CLI_INTERRUPTED : r;
}

static uint64_t cpu_count(void)
{
    uint64_t count = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);

    return count < THREADS_MAX ? count : THREADS_MAX;
}

static int run(int argc, char **argv)
{
    int r = cli_options_parse(&cli_bench, &argc, argv, true);

    if (r != CLI_OK)
        return r;
    if (said.threads == CLI_SAID_NOT)
        said.threads = cpu_count();
    if (said.seconds < 1 || said.seconds > SECONDS_MAX)
        return cli_usage(&cli_bench, "--seconds is from 1 to %d", SECONDS_MAX);
    if (said.threads < 1 || said.threads > THREADS_MAX)
        return cli_usage(&cli_bench, "--threads is from 1 to %d", THREADS_MAX);
    if (argc > 0 && said.call == NULL)
        return cli_usage(&cli_bench, "which function of %s? say --call NAME",
                         argv[0]);
    if (argc == 0 && said.call != NULL)
        return cli_usage(&cli_bench, "--call %s of which module?", said.call);
    if (cli_said.json && said.meters)
        return cli_usage(&cli_bench, "--json has the meters in it");
    return bench_all(argc, argv);
}
