/* bench_slices.c - many guests that compute, on one thread.
 *
 * 50 guests of endless work take turns on one thread, in slices of 1 ms and of
 * 200 us, first come first served.  Of each guest: how much work it has done,
 * by its own count.  The peer is the same number of threads of the kernel's on
 * one core, in whose slices it is not: only their shares are compared.
 *
 * What a pause costs is what one guest takes longer in slices than in one
 * piece, by their number.  Its peer is the kernel's part of that, which nobody
 * can leave out: a loop in C that a timer interrupts as often, with a handler
 * that sets the timer again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* CPU_SET, SIGEV_THREAD_ID */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>

#include "bench.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum { GUESTS = 50 };

static const char WAT[] =
    "(module (memory 1)"
    " (func (export \"work\") (param i32) (result i32)"
    "  (loop $l (i64.store (i32.const 8) (i64.add (i64.load (i32.const 8))"
    "    (i64.const 1)))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (i32.const 1)))";

static viv_module *module;

static viv_sandbox *make(uint64_t slice_ns)
{
    viv_sandbox *sandbox;
    viv_limits limits;

    viv_limits_default(&limits);
    limits.run_ns = limits.wall_ns = VIV_ENDLESS;
    sandbox = bench_sandbox(module, NULL, 0, &limits);
    viv_call_slice(sandbox, slice_ns);
    return sandbox;
}

static uint64_t work_of(viv_sandbox *sandbox)
{
    uint64_t count = 0;

    viv_memory_read(sandbox, 8, &count, sizeof(count));
    return count;
}

/* ------------------------------------------------------------------------
 * Shares.
 */

/* The widest distance from the mean, in percent of it. */
static double unfairness(const uint64_t *work, size_t count)
{
    double mean = 0, worst = 0;
    size_t i;

    for (i = 0; i < count; i++)
        mean += (double)work[i] / (double)count;
    for (i = 0; i < count; i++) {
        double off = (double)work[i] / mean - 1;

        off = off < 0 ? -off : off;
        worst = off > worst ? off : worst;
    }
    return worst * 100;
}

static double slice_guests(uint64_t slice_ns, uint64_t ns)
{
    viv_sandbox *sandboxes[GUESTS];
    uint64_t work[GUESTS], end;
    viv_value result;
    viv_outcome outcome;
    int i;

    for (i = 0; i < GUESTS; i++) {
        sandboxes[i] = make(slice_ns);
        if (bench_call(sandboxes[i], "work", 0, NULL) != VIV_PAUSED)
            bench_die("a guest is not paused");
    }
    for (end = bench_now() + ns; bench_now() < end;)
        for (i = 0; i < GUESTS; i++)
            if (viv_call_resume(sandboxes[i], &result, 1, &outcome, NULL) < 0 ||
                outcome.kind != VIV_PAUSED)
                bench_die("a guest is not paused again");
    for (i = 0; i < GUESTS; i++) {
        work[i] = work_of(sandboxes[i]);
        viv_call_drop(sandboxes[i]);
        viv_sandbox_free(sandboxes[i]);
    }
    return unfairness(work, GUESTS);
}

static volatile int is_over;

static void *count_up(void *arg)
{
    volatile uint64_t *count = arg;

    while (!is_over)
        ++*count;
    return NULL;
}

static double slice_threads(uint64_t ns)
{
    static uint64_t work[GUESTS][8]; /* a cache line each */
    pthread_t threads[GUESTS];
    uint64_t plain[GUESTS];
    pthread_attr_t attr;
    cpu_set_t one;
    int i;

    CPU_ZERO(&one);
    CPU_SET(0, &one);
    pthread_attr_init(&attr);
    pthread_attr_setaffinity_np(&attr, sizeof(one), &one);
    is_over = 0;
    for (i = 0; i < GUESTS; i++)
        if (pthread_create(&threads[i], &attr, count_up, work[i]) != 0)
            bench_die("no thread");
    usleep((useconds_t)(ns / 1000));
    is_over = 1;
    for (i = 0; i < GUESTS; i++) {
        pthread_join(threads[i], NULL);
        plain[i] = work[i][0];
    }
    return unfairness(plain, GUESTS);
}

/* ------------------------------------------------------------------------
 * What it costs: a guest, in slices and in one piece.
 */

static uint64_t run_once(viv_sandbox *sandbox, uint32_t rounds,
                         uint64_t *ret_pauses)
{
    uint64_t before = bench_now();
    uint32_t kind = bench_call(sandbox, "work", rounds, NULL);
    viv_value result;
    viv_outcome outcome = {0};

    while (kind == VIV_PAUSED) {
        if (viv_call_resume(sandbox, &result, 1, &outcome, NULL) < 0)
            bench_die("a guest cannot be resumed");
        kind = outcome.kind;
    }
    *ret_pauses = outcome.used.slices;
    return bench_now() - before;
}

/* ------------------------------------------------------------------------
 * A loop in C, and the same with a timer.
 */

#define SLICE_NS 20000

static volatile int ticks;
static timer_t timer;

static void set_timer(long ns)
{
    struct itimerspec spec = {.it_value = {0, ns}};

    timer_settime(timer, 0, &spec, NULL);
}

static void tick(int signal)
{
    (void)signal;
    ticks++;
    set_timer(SLICE_NS);
}

static void make_timer(void)
{
    struct sigaction action = {.sa_handler = tick};
    struct sigevent event = {0};

    sigaction(SIGUSR1, &action, NULL);
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGUSR1;
    event.sigev_notify_thread_id = (int)syscall(SYS_gettid);
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0)
        bench_die("no timer");
}

static uint64_t count_once(uint32_t rounds, bool is_sliced,
                           uint64_t *ret_pauses)
{
    uint64_t before = bench_now();
    volatile uint64_t count = 0;
    uint32_t i;

    ticks = 0;
    if (is_sliced)
        set_timer(SLICE_NS);
    for (i = 0; i < rounds; i++)
        count++;
    set_timer(0);
    *ret_pauses = (uint64_t)ticks;
    return bench_now() - before;
}

/* ------------------------------------------------------------------------
 * Both, and what the difference is by each pause.
 */

struct best {
    uint64_t ns, pauses;
};

static void keep(struct best *best, uint64_t ns, uint64_t pauses)
{
    if (best->ns == 0 || ns < best->ns)
        *best = (struct best){ns, pauses};
}

static double each_us(const struct best *sliced, const struct best *whole)
{
    if (sliced->pauses == 0 || sliced->ns < whole->ns)
        return 0;
    return (double)(sliced->ns - whole->ns) / (double)sliced->pauses / 1000;
}

static void cost(void)
{
    uint32_t rounds = (uint32_t)bench_rounds(3000000, 100000);
    viv_sandbox *sliced = make(SLICE_NS), *whole = make(0);
    struct best ours[2] = {{0}}, c[2] = {{0}};
    uint64_t i, ns, pauses;

    make_timer();
    for (i = 0; i < bench_rounds(60, 3); i++) {
        ns = run_once(sliced, rounds, &pauses);
        keep(&ours[0], ns, pauses);
        ns = run_once(whole, rounds, &pauses);
        keep(&ours[1], ns, pauses);
        ns = count_once(rounds, true, &pauses);
        keep(&c[0], ns, pauses);
        ns = count_once(rounds, false, &pauses);
        keep(&c[1], ns, pauses);
    }
    bench_row_peer("a pause, and going on", each_us(&ours[0], &ours[1]), "us",
                   "a timer signal in C", each_us(&c[0], &c[1]));
    timer_delete(timer);
    viv_sandbox_free(sliced);
    viv_sandbox_free(whole);
}

int main(int argc, char **argv)
{
    uint64_t ns = bench_rounds(UINT64_C(3000000000), 100000000);
    double threads;

    bench_begin(argc, argv,
                "50 guests that compute, on one thread by slices, against "
                "threads");
    module = bench_module(WAT);
    threads = slice_threads(ns);
    bench_row_peer("unfair by, 1 ms", slice_guests(1000000, ns), "%",
                   "threads on one core", threads);
    bench_row_peer("unfair by, 200 us", slice_guests(200000, ns), "%",
                   "threads on one core", threads);
    cost();
    viv_module_unref(module);
    return 0;
}
