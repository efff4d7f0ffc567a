/* worker_kill.c - workers are killed at random, and nothing is lost but what
 * they had.
 *
 *     worker_kill WORKER MODULE FOLDER KILLS
 *
 * Two workers of the program WORKER carry calls of `run` in MODULE, which
 * appends the number that it is called with to the file `log` in FOLDER, works
 * for a while, and returns the number.  Some calls are cancelled.  Meanwhile a
 * thread kills one of the workers again and again, KILLS times, by SIGKILL.
 *
 * Each call must end once; one that returned has run once, and any other at
 * most once, as the log says; no process and no descriptor is left.  Prints the
 * figures, the last of which is how long it took from a kill until a call that
 * began after it had returned from the worker in the same place.
 *
 * Which worker is where: each has a thread that keeps it, on which its calls
 * end, and whose child it is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* gettid */
#include <dirent.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vivarium.h"

#define WORKERS     2
#define CALLS_MAX   4000000
#define OUTSTANDING 48
#define MS          UINT64_C(1000000)
#define LIMIT_NS    (100 * MS)

struct call {
    viv_call_task call;
    viv_task task;
    viv_value args[2], result;
    uint64_t submitted;
    viv_job *job;
    _Atomic uint32_t ends;
    uint32_t kind;
};

/* Where a worker is, and when it was killed; 0: it is well. */
struct place {
    _Atomic long thread;
    _Atomic uint64_t killed;
};

static struct call *calls;
static uint8_t *runs; /* how often the log has a number */
static uint32_t count;
static sem_t room;
static struct place places[WORKERS];
static uint64_t *recoveries;
static _Atomic uint32_t recovered;
static _Atomic bool is_over;
static _Atomic uint64_t kinds[VIV_LOST + 1];
static viv_executor *executor;
static viv_pool *pool;
static uint32_t kills_wanted, kills;
static int failures;

static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * VIV_NS_PER_S + (uint64_t)time.tv_nsec;
}

static uint32_t random_below(uint32_t *state, uint32_t bound)
{
    *state = *state * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)*state * bound >> 32);
}

static void complain(const char *what, uint64_t number)
{
    printf("not ok worker.kill - %s: %llu\n", what, (unsigned long long)number);
    failures++;
}

static void die(const char *what, const viv_error *err)
{
    fprintf(stderr, "worker_kill: %s: %s\n", what, err->text);
    exit(1);
}

/* ------------------------------------------------------------------------
 * Calls.
 */

static struct place *place_of(long thread)
{
    for (int n = 0; n < WORKERS; n++)
        if (atomic_load(&places[n].thread) == thread)
            return &places[n];
    return NULL;
}

static void note_recovery(const struct call *call, const viv_job_result *end)
{
    struct place *place = place_of(gettid());
    uint64_t killed = place != NULL ? atomic_load(&place->killed) : 0;

    if (killed == 0 || call->submitted + end->queue_ns <= killed)
        return;
    recoveries[atomic_fetch_add(&recovered, 1)] = now() - killed;
    atomic_store(&place->killed, 0);
}

static void done(viv_job *job, void *cookie)
{
    viv_call_task *task = cookie;
    struct call *call = (struct call *)task;
    viv_job_result end;

    (void)viv_job_result_of(job, &end);
    if (end.code < 0)
        die("a call failed", &end.err);
    call->kind = end.outcome.kind;
    atomic_fetch_add(&kinds[call->kind], 1);
    if (atomic_fetch_add(&call->ends, 1) > 0)
        complain("ended twice", (uint64_t)(call - calls));
    if (call->kind == VIV_RETURNED)
        note_recovery(call, &end);
    sem_post(&room);
}

static void submit(uint32_t number, uint32_t *state)
{
    struct call *call = &calls[number];
    viv_error err;

    call->args[0].i32 = number;
    call->args[1].i32 =
        random_below(state, 16) == 0 ? 3000000 : random_below(state, 300);
    call->call = (viv_call_task){"run", 3, call->args, 2, &call->result, 1};
    viv_task_of_call(&call->call, &call->task);
    call->task.done = done;
    call->task.priority = random_below(state, 4) == 0;
    call->submitted = now();
    if (viv_submit(executor, pool, &call->task, &call->job, &err) < 0)
        die("a call was refused", &err);
    if (random_below(state, 100) == 0)
        (void)viv_job_cancel(call->job);
    viv_job_free(call->job);
}

/* ------------------------------------------------------------------------
 * Kills.
 */

/* Child number `which` of a thread of this process: 0 is the worker, 1, which
 * is younger, the one that will take its place.  0: there is none. */
static pid_t child_of(long thread, int which)
{
    int children[2] = {0, 0};
    char path[80];
    FILE *file;

    snprintf(path, sizeof(path), "/proc/self/task/%ld/children", thread);
    file = fopen(path, "r");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%d %d", &children[0], &children[1]) < 1)
        children[0] = 0;
    fclose(file);
    return children[which];
}

/* All threads that have a child. */
static void find_places(void)
{
    DIR *folder = opendir("/proc/self/task");
    struct dirent *entry;
    int found = 0;

    while ((entry = readdir(folder)) != NULL) {
        long thread = strtol(entry->d_name, NULL, 10);

        if (thread > 0 && found < WORKERS && child_of(thread, 0) > 0)
            atomic_store(&places[found++].thread, thread);
    }
    closedir(folder);
    if (found != WORKERS) {
        printf("not ok worker.kill - %d workers are to be seen\n", found);
        exit(1);
    }
}

static void sleep_ns(uint64_t ns)
{
    struct timespec time = {(time_t)(ns / VIV_NS_PER_S),
                            (long)(ns % VIV_NS_PER_S)};

    nanosleep(&time, NULL);
}

static bool kill_one(struct place *place, int which)
{
    pid_t child = child_of(atomic_load(&place->thread), which);

    if (child == 0 || (which == 0 && atomic_load(&place->killed) != 0))
        return false;
    if (which == 0)
        atomic_store(&place->killed, now());
    return kill(child, SIGKILL) == 0;
}

/* One in eight is a spare. */
static void *kill_them(void *arg)
{
    uint32_t state = 77;

    (void)arg;
    while (kills < kills_wanted) {
        sleep_ns(random_below(&state, 50) * MS + random_below(&state, MS));
        kills += kill_one(&places[random_below(&state, WORKERS)],
                          random_below(&state, 8) == 0);
    }
    atomic_store(&is_over, true);
    return NULL;
}

/* ------------------------------------------------------------------------
 * All of it.
 */

static void open_all(const char *worker, const char *module_path,
                     const char *folder, viv_wasi *wasi, viv_mount *mount,
                     viv_prepare_func *prepare)
{
    viv_executor_config work;
    viv_pool_config config;
    viv_sandbox *sandbox;
    viv_module *module;
    viv_image *image = NULL;
    viv_outcome outcome;
    viv_error err;
    size_t rows;
    const viv_import *imports = viv_wasi_imports(&rows);

    *mount = (viv_mount){"/out", folder,      VIV_MOUNT_HOST,
                         1,      VIV_ENDLESS, VIV_ENDLESS};
    viv_wasi_default(wasi);
    wasi->mounts = mount;
    wasi->mount_count = 1;
    if (viv_module_load(module_path, &module, &err) < 0)
        die("the module", &err);
    if (viv_sandbox_new(module, imports, rows, NULL, &sandbox, &outcome, &err) <
            0 ||
        viv_image_new(sandbox, &image, &err) < 0)
        die("the image", &err);
    viv_pool_config_default(&config);
    config.prepare = prepare;
    config.cookie = wasi;
    config.max = 32;
    if (viv_pool_new(image, &config, &pool, &err) < 0)
        die("the pool", &err);
    viv_executor_config_default(&work);
    work.threads = WORKERS;
    work.worker = worker;
    if (viv_executor_new(&work, &executor, &err) < 0)
        die("the executor", &err);
    viv_image_unref(image);
    viv_sandbox_free(sandbox);
    viv_module_unref(module);
}

static int prepare(viv_sandbox *sandbox, void *cookie, viv_error *err)
{
    return viv_wasi_apply(sandbox, cookie, err);
}

static void read_log(const char *folder)
{
    char path[4200];
    uint32_t number;
    FILE *file;

    snprintf(path, sizeof(path), "%s/log", folder);
    file = fopen(path, "rb");
    while (file != NULL && fread(&number, sizeof(number), 1, file) == 1) {
        if (number >= count)
            complain("a number that nobody gave", number);
        else if (++runs[number] > 1)
            complain("ran twice", number);
    }
    if (file != NULL)
        fclose(file);
}

static void check_calls(void)
{
    for (uint32_t n = 0; n < count; n++) {
        const struct call *call = &calls[n];

        if (call->ends != 1)
            complain("has not ended", n);
        if (call->kind == VIV_RETURNED &&
            (runs[n] != 1 || call->result.i32 != n))
            complain("returned, but did not run", n);
    }
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void say_figures(double seconds)
{
    uint32_t samples = recovered;

    qsort(recoveries, samples, sizeof(*recoveries), compare);
    printf("# %u kills in %.1f s, %u calls: %llu returned, %llu cancelled, "
           "%llu lost\n",
           kills, seconds, count, (unsigned long long)kinds[VIV_RETURNED],
           (unsigned long long)kinds[VIV_CANCELLED],
           (unsigned long long)kinds[VIV_LOST]);
    if (samples == 0)
        return;
    printf("# ms until a call returns again: least %.1f, half %.1f, p99 %.1f, "
           "most %.1f (%u times)\n",
           (double)recoveries[0] / 1e6, (double)recoveries[samples / 2] / 1e6,
           (double)recoveries[samples - 1 - samples / 100] / 1e6,
           (double)recoveries[samples - 1] / 1e6, samples);
}

static int count_files(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int files = 0;

    while (readdir(folder) != NULL)
        files++;
    closedir(folder);
    return files;
}

static void run(void)
{
    uint32_t state = 5;
    pthread_t killer;

    /* One call, so that there are workers. */
    sem_wait(&room);
    submit(count++, &state);
    while (atomic_load(&calls[0].ends) == 0)
        sleep_ns(MS);
    sleep_ns(500 * MS);
    find_places();
    pthread_create(&killer, NULL, kill_them, NULL);
    while (!atomic_load(&is_over) && count < CALLS_MAX) {
        sem_wait(&room);
        submit(count++, &state);
    }
    pthread_join(killer, NULL);
}

int main(int argc, char **argv)
{
    viv_executor_meters meters;
    viv_mount mount;
    viv_wasi wasi;
    uint64_t began;
    int code = viv_worker_main(argc, argv), files;

    if (code >= 0)
        return code;
    if (argc != 5)
        return 2;
    kills_wanted = (uint32_t)strtoul(argv[4], NULL, 10);
    calls = calloc(CALLS_MAX, sizeof(*calls));
    runs = calloc(CALLS_MAX, 1);
    recoveries = calloc(kills_wanted + 1, sizeof(*recoveries));
    sem_init(&room, 0, OUTSTANDING);
    files = count_files();
    open_all(argv[1], argv[2], argv[3], &wasi, &mount, prepare);
    began = now();
    run();
    viv_executor_close(executor, 60 * VIV_NS_PER_S, &meters);
    say_figures((double)(now() - began) / 1e9);
    if (meters.finished + meters.cancelled + meters.lost != count ||
        meters.failed + meters.queued + meters.running + meters.waiting != 0)
        complain("are in the meters",
                 meters.finished + meters.cancelled + meters.lost);
    if (meters.lost != kinds[VIV_LOST])
        complain("lost, say the meters", meters.lost);
    viv_executor_free(executor);
    viv_pool_unref(pool);
    read_log(argv[3]);
    check_calls();
    for (int n = 0; n < WORKERS; n++)
        if (child_of(atomic_load(&places[n].thread), 0) > 0)
            complain("a worker is left", 1);
    if (count_files() > files + 2) /* the kernel's pages, a page of zeros */
        complain("descriptors are left", (uint64_t)count_files());
    return failures > 0;
}
