/* bench_workers.c - guests in processes of their own, against threads.
 *
 * The same jobs, by an executor of workers and by one of threads that take
 * turns: one at a time, from handing it in to its result, as a quantile; and
 * many at once, by the second, on one worker or thread and on two.  An empty
 * call, and a fresh Python that adds two numbers.  Last, what it takes from
 * killing the worker until a job that was handed in then has returned, which
 * has no peer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "bench_python.h"

#include <dirent.h>
#include <signal.h>

#define WINDOW 64

static const char WAT[] =
    "(module (memory 1) (func (export \"nothing\") (result i32)"
    " (i32.const 1)))";

/* An executor, its pool, and what it is asked to do. */
struct side {
    viv_executor *executor;
    viv_pool *pool;
    bool is_python;
};

static viv_value result;
static viv_call_task call = {"nothing", 7, NULL, 0, &result, 1};
static viv_python_task run = {.source = "x = 1 + 1", .len = 9};

/* ------------------------------------------------------------------------
 * Jobs.
 */

static viv_job *hand_in(const struct side *side)
{
    viv_error err = {0};
    viv_task task;
    viv_job *job;

    if (side->is_python)
        viv_task_of_python(&run, &task);
    else
        viv_task_of_call(&call, &task);
    if (viv_submit(side->executor, side->pool, &task, &job, &err) < 0)
        bench_die("%s", err.text);
    return job;
}

/* Returns its outcome. */
static uint32_t wait_for(viv_job *job)
{
    viv_job_result end;

    if (viv_job_wait(job, VIV_ENDLESS, &end) < 0 || end.code < 0)
        bench_die("a job failed: %s", end.err.text);
    viv_job_free(job);
    return end.outcome.kind;
}

static void expect_returned(viv_job *job)
{
    if (wait_for(job) != VIV_RETURNED)
        bench_die("a job did not return");
}

static double one_at_a_time(const struct side *side, size_t count,
                            unsigned per_mille)
{
    uint64_t *times = calloc(count, sizeof(*times));
    double us;

    for (size_t i = 0; i < count; i++) {
        times[i] = bench_now();
        expect_returned(hand_in(side));
        times[i] = bench_now() - times[i];
    }
    us = (double)bench_quantile(times, count, per_mille) / 1000;
    free(times);
    return us;
}

/* In a second. */
static double many_at_once(const struct side *side, size_t count)
{
    viv_job *jobs[WINDOW] = {NULL};
    uint64_t began = bench_now();

    for (size_t i = 0; i < count + WINDOW; i++) {
        if (jobs[i % WINDOW] != NULL)
            expect_returned(jobs[i % WINDOW]);
        jobs[i % WINDOW] = i < count ? hand_in(side) : NULL;
    }
    return (double)count * 1e9 / (double)(bench_now() - began);
}

/* ------------------------------------------------------------------------
 * Sides.
 */

static struct side open_side(viv_image *image, bool is_python, uint32_t threads,
                             const char *worker)
{
    struct side side = {.is_python = is_python};
    viv_executor_config work;
    viv_pool_config config;
    viv_error err = {0};

    viv_pool_config_default(&config);
    viv_executor_config_default(&work);
    work.threads = threads;
    work.worker = worker;
    if (viv_pool_new(image, &config, &side.pool, &err) < 0 ||
        viv_executor_new(&work, &side.executor, &err) < 0)
        bench_die("%s", err.text);
    for (int i = 0; i < 200; i++)
        expect_returned(hand_in(&side));
    return side;
}

static void close_side(struct side *side)
{
    viv_executor_free(side->executor);
    viv_pool_unref(side->pool);
}

/* ------------------------------------------------------------------------
 * Rows.
 */

static void compare(viv_image *image, bool is_python, uint32_t threads,
                    const char *worker)
{
    struct side workers = open_side(image, is_python, threads, worker);
    struct side own = open_side(image, is_python, threads, NULL);
    size_t count = bench_rounds(is_python ? 4000 : 20000, 50);
    const char *what = is_python ? "fresh Python" : "empty call";
    double ours = 0, theirs = 0, value;
    char name[80];

    for (uint64_t round = 0; round < bench_rounds(5, 1); round++) {
        value = many_at_once(&workers, count);
        ours = value > ours ? value : ours;
        value = many_at_once(&own, count);
        theirs = value > theirs ? value : theirs;
    }
    snprintf(name, sizeof(name), "%s, many at once, %u", what, threads);
    bench_row_peer(name, ours, "jobs/s", "threads", theirs);
    if (threads == 1) {
        snprintf(name, sizeof(name), "%s, one at a time, p50", what);
        bench_row_peer(name, one_at_a_time(&workers, count, 500), "us",
                       "threads", one_at_a_time(&own, count, 500));
        snprintf(name, sizeof(name), "%s, one at a time, p99", what);
        bench_row_peer(name, one_at_a_time(&workers, count, 990), "us",
                       "threads", one_at_a_time(&own, count, 990));
    }
    close_side(&own);
    close_side(&workers);
}

/* The first child of thread `thread` of this process; 0: there is none. */
static pid_t child_of(const char *thread)
{
    char path[80];
    int child = 0;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/self/task/%.20s/children", thread);
    file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%d", &child) != 1)
        child = 0;
    if (file != NULL)
        fclose(file);
    return child;
}

/* The second is the one that will take its place. */
static void kill_worker(void)
{
    DIR *folder = opendir("/proc/self/task");
    struct dirent *entry;
    pid_t child = 0;

    while (child == 0 && (entry = readdir(folder)) != NULL)
        child = child_of(entry->d_name);
    closedir(folder);
    if (child == 0 || kill(child, SIGKILL) != 0)
        bench_die("no worker to kill");
}

static void recover(viv_image *image, bool is_python, const char *worker)
{
    struct side side = open_side(image, is_python, 1, worker);
    size_t count = bench_rounds(50, 3);
    uint64_t *times = calloc(count, sizeof(*times));
    char name[80];

    for (size_t i = 0; i < count; i++) {
        kill_worker();
        times[i] = bench_now();
        while (wait_for(hand_in(&side)) != VIV_RETURNED)
            continue;
        times[i] = bench_now() - times[i];
        usleep(100000); /* until there is a spare again */
    }
    snprintf(name, sizeof(name), "%s, after a kill, p50",
             is_python ? "fresh Python" : "empty call");
    bench_row(name, (double)bench_quantile(times, count, 500) / 1e6, "ms");
    free(times);
    close_side(&side);
}

int main(int argc, char **argv)
{
    const char *worker = getenv("VIV");
    viv_image *images[2];
    viv_sandbox *sandbox;
    viv_error err = {0};

    bench_begin(argc, argv,
                "guests in processes of their own, against threads");
    if (worker == NULL)
        worker = "build/viv";
    images[1] = bench_python(NULL, 0);
    sandbox = bench_sandbox(bench_module(WAT), NULL, 0, NULL);
    if (viv_image_new(sandbox, &images[0], &err) < 0)
        bench_die("%s", err.text);
    for (int is_python = 0; is_python < 2; is_python++) {
        for (uint32_t threads = 1; threads <= 2; threads++)
            compare(images[is_python], is_python, threads, worker);
        recover(images[is_python], is_python, worker);
    }
    return 0;
}
