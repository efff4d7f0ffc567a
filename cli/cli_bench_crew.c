/* cli_bench_crew.c - threads that do the same task again and again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli_bench_crew.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "cli_interrupt.h"

#define LIVE_MS 100

struct work;

/* A row of jobs, one after the other. */
struct row {
    _Alignas(64) struct work *work;
    atomic_uint_fast64_t count;
    uint64_t begun, ended; /* of the latest job, without its reset */
};

struct work {
    struct cli_bench_crew *crew;
    viv_executor *executor;
    struct row *rows;
    uint32_t row_count;
    atomic_bool is_over;
    pthread_mutex_t lock; /* of all below, and of the times */
    int code;             /* of what went wrong first, or 0 */
    viv_error err;
    viv_outcome outcome; /* that was not wanted; kind 0: there is none */
};

/* ------------------------------------------------------------------------
 * On the threads of the executor.
 */

static int start(viv_sandbox *sandbox, void *cookie, viv_outcome *ret_outcome,
                 viv_error *err)
{
    struct row *row = cookie;
    const viv_task *task = row->work->crew->task;
    int code;

    row->begun = cli_bench_clock();
    code = task->start(sandbox, task->cookie, ret_outcome, err);
    row->ended = cli_bench_clock();
    return code;
}

static int resume(viv_sandbox *sandbox, void *cookie, viv_outcome *ret_outcome,
                  viv_error *err)
{
    struct row *row = cookie;
    const viv_task *task = row->work->crew->task;
    int code = task->resume(sandbox, task->cookie, ret_outcome, err);

    row->ended = cli_bench_clock();
    return code;
}

/* Something is wrong: all rows end.  When it is over already, jobs are refused
 * and cancelled. */
static void note_wrong(struct work *work, int code, const viv_error *err,
                       const viv_outcome *outcome)
{
    if (atomic_exchange(&work->is_over, true) &&
        (code == VIV_ECLOSED || (code == 0 && outcome->kind == VIV_CANCELLED)))
        return;
    pthread_mutex_lock(&work->lock);
    if (code < 0 && work->code == 0) {
        work->code = code;
        work->err = *err;
    } else if (code == 0) {
        work->outcome = *outcome;
    }
    pthread_mutex_unlock(&work->lock);
}

static void note_time(struct work *work, uint64_t ns)
{
    pthread_mutex_lock(&work->lock);
    cli_bench_times_add(work->crew->times, ns);
    pthread_mutex_unlock(&work->lock);
}

static void done(viv_job *job, void *cookie);

static void hand_in(struct row *row)
{
    struct work *work = row->work;
    viv_task task = {
        .size = sizeof(task),
        .start = start,
        .resume = resume,
        .cookie = row,
        .done = done,
    };
    viv_error err;
    int code = viv_submit(work->executor, work->crew->pool, &task, NULL, &err);

    if (code < 0)
        note_wrong(work, code, &err, NULL);
}

static void done(viv_job *job, void *cookie)
{
    struct row *row = cookie;
    struct work *work = row->work;
    viv_job_result result;
    int code = viv_job_result_of(job, &result);

    if (code == 0)
        code = result.code;
    if (code < 0 || result.outcome.kind != work->crew->wanted) {
        note_wrong(work, code, &result.err, &result.outcome);
        return;
    }
    atomic_fetch_add_explicit(&row->count, 1, memory_order_relaxed);
    if (work->crew->times != NULL)
        note_time(work, row->ended - row->begun);
    if (!atomic_load(&work->is_over))
        hand_in(row);
}

/* ------------------------------------------------------------------------
 * On the thread that wants it.
 */

static uint64_t count_of(struct work *work)
{
    uint64_t count = 0;

    for (uint32_t i = 0; i < work->row_count; i++)
        count +=
            atomic_load_explicit(&work->rows[i].count, memory_order_relaxed);
    return count;
}

/* Until it is time, or something else ends it. */
static void look_on(struct cli_bench *bench, struct work *work, uint64_t begin,
                    uint64_t ns)
{
    struct pollfd fd = {.fd = cli_interrupt_fd(), .events = POLLIN};

    while (cli_bench_goes_on(bench, begin + ns) &&
           !atomic_load(&work->is_over)) {
        uint64_t now = cli_bench_clock(), left = begin + ns - now;

        poll(&fd, 1,
             left < LIVE_MS * 1000000u ? (int)(left / 1000000u) + 1 : LIVE_MS);
        now = cli_bench_clock() - begin;
        cli_bench_now(
            &bench->report, work->crew->label, "%s per second",
            cli_bench_count_text((double)count_of(work) * 1e9 / (double)now)
                .text);
    }
    atomic_store(&work->is_over, true);
}

static int verdict(const struct cli_bench *bench, const struct work *work)
{
    if (work->code < 0)
        return cli_fail(&work->err);
    return work->outcome.kind != 0 ? cli_bench_wrong(bench, &work->outcome)
                                   : CLI_OK;
}

/* It is closed, and all that it did is done. */
static void note_executor(struct cli_bench *bench, viv_executor *executor,
                          const char *name)
{
    struct cli_bench_executor *of = &bench->executors[bench->executor_count];
    size_t size = viv_executor_text(executor, NULL, 0) + 1;

    if (bench->executor_count == CLI_BENCH_EXECUTORS_MAX)
        return;
    bench->executor_count++;
    snprintf(of->name, sizeof(of->name), "%s", name);
    viv_executor_meters_of(executor, &of->meters);
    of->text = malloc(size);
    if (of->text != NULL)
        viv_executor_text(executor, of->text, size);
}

static int go(struct cli_bench *bench, struct work *work, uint64_t ns)
{
    struct cli_bench_crew *crew = work->crew;
    viv_executor_config config;
    viv_error err;
    uint64_t begin;

    viv_executor_config_default(&config);
    config.name = crew->label;
    config.threads = crew->threads;
    config.queue_max = work->row_count;
    if (crew->slice_ns != 0)
        config.slice_ns = crew->slice_ns;
    if (viv_executor_new(&config, &work->executor, &err) < 0)
        return cli_fail(&err);
    begin = cli_bench_clock();
    for (uint32_t i = 0; i < work->row_count; i++)
        hand_in(&work->rows[i]);
    look_on(bench, work, begin, ns);
    viv_executor_close(work->executor, bench->was_interrupted ? 0 : VIV_ENDLESS,
                       NULL);
    crew->ns = cli_bench_clock() - begin;
    crew->count = count_of(work);
    note_executor(bench, work->executor, crew->label);
    viv_executor_free(work->executor);
    return verdict(bench, work);
}

int cli_bench_crew_run(struct cli_bench *bench, struct cli_bench_crew *crew,
                       uint64_t ns)
{
    uint32_t count = CLI_BENCH_JOBS_EACH * crew->threads;
    struct work work = {
        .crew = crew,
        .rows = aligned_alloc(64, count * sizeof(struct row)),
        .row_count = count,
        .lock = PTHREAD_MUTEX_INITIALIZER,
    };
    int r = CLI_FAILED;

    if (work.rows != NULL) {
        for (uint32_t i = 0; i < count; i++)
            work.rows[i] = (struct row){.work = &work};
        r = go(bench, &work, ns);
    }
    free(work.rows);
    return r;
}
