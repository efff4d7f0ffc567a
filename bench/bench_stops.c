/* bench_stops.c - how late a guest is stopped, and what the deadline costs.
 *
 * Two threads, one for each core of the machines that this is meant for, run
 * guests that never end, of six kinds in turn, each with a limit of a few
 * milliseconds.  The lateness of a stop is the time at which the call has come
 * back less the time at which it should have been stopped: so everything is in
 * it, other threads and other programs too.
 *
 * The peer is the kernel's own stop of a thread that computes: a timer signal
 * to it, whose handler notes the time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* SIGEV_THREAD_ID */
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>

#include "bench.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum { THREADS = 2, KINDS = 6 };

static const char *const kinds[KINDS] = {"loop", "calls", "copy",
                                         "deep", "start", "wait"};

static const char WAT[] =
    "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))"
    " (import \"env\" \"later\" (func $later (param i32) (result i32)))"
    " (memory 2048)"
    " (func (export \"loop\") (param i32) (result i32)"
    "  (loop $l (br $l)) (i32.const 0))"
    " (func (export \"calls\") (param i32) (result i32)"
    "  (loop $l (drop (call $f (i32.const 0))) (br $l)) (i32.const 0))"
    " (func (export \"copy\") (param i32) (result i32)"
    "  (loop $l (memory.copy (i32.const 0) (i32.const 67108864)"
    "   (i32.const 67108864)) (br $l)) (i32.const 0))"
    " (func $deep (param i32) (result i32)"
    "  (if (result i32) (local.get 0)"
    "   (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0)"
    "    (i32.const 1))))) (else (i32.const 0))))"
    " (func (export \"deep\") (param i32) (result i32)"
    "  (loop $l (drop (call $deep (i32.const 50000))) (br $l)) (i32.const 0))"
    " (func (export \"wait\") (param i32) (result i32)"
    "  (call $later (i32.const 0)))"
    " (func (export \"work\") (param i32) (result i32) (local i32)"
    "  (loop $l (local.set 1 (i32.add (i32.mul (local.get 1)"
    "   (i32.const 1664525)) (i32.load (i32.and (local.get 1)"
    "   (i32.const 0xfffc)))))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (local.get 1)))";

static const char START[] = "(module (func $s (loop $l (br $l))) (start $s))";

static const uint8_t I32[] = {VIV_I32};

static viv_module *module, *start_module;
static __thread viv_token *token;

static int answer(viv_host_call *call, const viv_value *args,
                  viv_value *results, void *cookie)
{
    (void)call, (void)args, (void)cookie;
    results[0].i32 = 1;
    return 0;
}

static int later(viv_host_call *call, const viv_value *args, viv_value *results,
                 void *cookie)
{
    (void)args, (void)results, (void)cookie;
    viv_host_call_later(call, &token, NULL);
    return VIV_LATER;
}

static viv_sandbox *make(const viv_limits *limits)
{
    viv_import imports[] = {
        {.module = "env",
         .name = "f",
         .kind = VIV_FUNC,
         .func_type = {I32, I32, 1, 1},
         .func = answer},
        {.module = "env",
         .name = "later",
         .kind = VIV_FUNC,
         .func_type = {I32, I32, 1, 1},
         .func = later},
    };

    return bench_sandbox(module, imports, 2, limits);
}

/* ------------------------------------------------------------------------
 * Stops.
 */

struct worker {
    pthread_t thread;
    unsigned seed;
    size_t count;      /* stops to be made */
    uint64_t *late_ns; /* of each */
    unsigned *kind;    /* of each */
};

static uint64_t stop_start(const viv_limits *limits)
{
    viv_sandbox *sandbox;
    viv_outcome outcome;
    uint64_t before = bench_now();

    if (viv_sandbox_new(start_module, NULL, 0, limits, &sandbox, &outcome,
                        NULL) < 0 ||
        outcome.kind != VIV_SPENT)
        bench_die("a start function was not stopped");
    return bench_now() - before;
}

static uint64_t stop_wait(viv_sandbox *sandbox)
{
    uint64_t before = bench_now();
    viv_value result;
    viv_outcome outcome;

    if (bench_call(sandbox, "wait", 0, NULL) != VIV_WAITING ||
        viv_call_wait(sandbox, VIV_ENDLESS, NULL) < 0 ||
        viv_call_resume(sandbox, &result, 1, &outcome, NULL) < 0 ||
        outcome.kind != VIV_SPENT)
        bench_die("a wait was not stopped");
    before = bench_now() - before;
    viv_token_free(token);
    return before;
}

static uint64_t stop_call(viv_sandbox *sandbox, const char *name)
{
    uint64_t before = bench_now();

    if (bench_call(sandbox, name, 0, NULL) != VIV_SPENT)
        bench_die("%s was not stopped", name);
    return bench_now() - before;
}

/* Limits that differ, so that no two stops keep step. */
static uint64_t one_stop(struct worker *worker, unsigned kind)
{
    uint64_t ns = 2000000 + (uint64_t)rand_r(&worker->seed) % 3000000, took;
    viv_sandbox *sandbox = NULL;
    viv_limits limits;

    viv_limits_default(&limits);
    limits.stack_bytes = 16 << 20;
    if (kind == 5)
        limits.wall_ns = ns;
    else
        limits.run_ns = ns;
    if (kind != 4)
        sandbox = make(&limits);
    took = kind == 4   ? stop_start(&limits)
           : kind == 5 ? stop_wait(sandbox)
                       : stop_call(sandbox, kinds[kind]);
    if (sandbox != NULL &&
        (viv_sandbox_reset(sandbox, NULL) < 0 || viv_sandbox_free(sandbox) < 0))
        bench_die("a stopped sandbox cannot be reset");
    return took > ns ? took - ns : 0;
}

static void *work(void *arg)
{
    struct worker *worker = arg;
    size_t i;

    for (i = 0; i < worker->count; i++) {
        worker->kind[i] = (unsigned)(i % KINDS);
        worker->late_ns[i] = one_stop(worker, worker->kind[i]);
    }
    return NULL;
}

/* ------------------------------------------------------------------------
 * The peer.
 */

static volatile uint64_t signalled;

static void note(int signal)
{
    (void)signal;
    signalled = bench_now();
}

static void make_timer(timer_t *ret_timer)
{
    struct sigaction action = {.sa_handler = note};
    struct sigevent event = {0};

    sigaction(SIGUSR1, &action, NULL);
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGUSR1;
    event.sigev_notify_thread_id = (int)syscall(SYS_gettid);
    if (timer_create(CLOCK_MONOTONIC, &event, ret_timer) != 0)
        bench_die("no timer");
}

/* Signals to a thread that computes, as late as they come. */
static void *signal_peer(void *arg)
{
    struct worker *worker = arg;
    timer_t timer;
    size_t i;

    make_timer(&timer);
    for (i = 0; i < worker->count; i++) {
        uint64_t due =
            bench_now() + 2000000 + (uint64_t)rand_r(&worker->seed) % 3000000;
        struct itimerspec spec = {
            .it_value = {(time_t)(due / 1000000000), (long)(due % 1000000000)}};

        signalled = 0;
        timer_settime(timer, TIMER_ABSTIME, &spec, NULL);
        while (signalled == 0)
            ;
        worker->late_ns[i] = signalled - due;
    }
    timer_delete(timer);
    return NULL;
}

/* ------------------------------------------------------------------------
 * Both.
 */

static uint64_t late[THREADS * 4096];
static unsigned kind_of[THREADS * 4096];

/* Run `func` on all threads at once, `count` stops each. */
static void run(void *(*func)(void *), size_t count)
{
    struct worker workers[THREADS];
    int i;

    for (i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){
            .seed = (unsigned)i + 1,
            .count = count,
            .late_ns = late + (size_t)i * count,
            .kind = kind_of + (size_t)i * count,
        };
        if (pthread_create(&workers[i].thread, NULL, func, &workers[i]) != 0)
            bench_die("no thread");
    }
    for (i = 0; i < THREADS; i++)
        pthread_join(workers[i].thread, NULL);
}

static void stops(size_t count)
{
    size_t all = count * THREADS, i, some;
    uint64_t peer50, peer99, mine[THREADS * 4096];
    char name[64];
    unsigned kind;

    run(signal_peer, count);
    peer50 = bench_quantile(late, all, 500);
    peer99 = bench_quantile(late, all, 990);
    run(work, count);
    for (kind = 0; kind < KINDS; kind++) {
        for (i = some = 0; i < all; i++)
            if (kind_of[i] == kind)
                mine[some++] = late[i];
        snprintf(name, sizeof(name), "late, %s, p99", kinds[kind]);
        bench_row(name, (double)bench_quantile(mine, some, 990) / 1000, "us");
    }
    bench_row("stops", (double)all, "stops");
    bench_row_peer("late, p50", (double)bench_quantile(late, all, 500) / 1000,
                   "us", "signal to C, p50", (double)peer50 / 1000);
    bench_row_peer("late, p99", (double)bench_quantile(late, all, 990) / 1000,
                   "us", "signal to C, p99", (double)peer99 / 1000);
    bench_row("late, worst", (double)late[all - 1] / 1000, "us");
}

/* The same work with limits of time and without, in turns. */
static void cost(void)
{
    uint32_t rounds = (uint32_t)bench_rounds(2000000, 10000), turn;
    uint64_t best[2] = {UINT64_MAX, UINT64_MAX};
    viv_sandbox *sandboxes[2];
    viv_limits limits;
    int i;

    viv_limits_default(&limits);
    sandboxes[0] = make(&limits);
    limits.run_ns = limits.wall_ns = VIV_ENDLESS;
    sandboxes[1] = make(&limits);
    for (turn = 0; turn < bench_rounds(100, 2); turn++)
        for (i = 0; i < 2; i++) {
            uint64_t before = bench_now();

            bench_call(sandboxes[i], "work", rounds, NULL);
            before = bench_now() - before;
            if (before < best[i])
                best[i] = before;
        }
    bench_row_peer("work with a deadline", (double)best[0] / rounds, "ns",
                   "without one", (double)best[1] / rounds);
    viv_sandbox_free(sandboxes[0]);
    viv_sandbox_free(sandboxes[1]);
}

int main(int argc, char **argv)
{
    bench_begin(argc, argv,
                "how late guests are stopped while all cores are busy, and "
                "what a deadline costs");
    module = bench_module(WAT);
    start_module = bench_module(START);
    stops(bench_rounds(504, 12));
    cost();
    viv_module_unref(module);
    viv_module_unref(start_module);
    return 0;
}
