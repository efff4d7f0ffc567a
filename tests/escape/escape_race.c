/* escape_race.c - the attack: be too late.
 *
 * A stop that is on its way when the call ends must not hit the next call on
 * that thread; a cancel must hit the call that it was meant for or none; and
 * whoever comes between two threads is refused.  Each is raced as often as the
 * machine allows.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

#include "host.h"

static const char WAT[] =
    "(module"
    " (import \"env\" \"later\" (func $later (param i32) (result i32)))"
    " (memory (export \"memory\") 1)"
    " (func (export \"work\") (param i32) (result i32) (local i32)"
    "  (loop $l (local.set 1 (i32.add (local.get 1) (i32.const 3)))"
    "   (i32.store (i32.const 8) (local.get 1))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (local.get 1))"
    " (func (export \"for_ever\") (param i32) (result i32) (loop $l (br $l))"
    "  (i32.const 0))"
    " (func (export \"wait\") (param i32) (result i32)"
    "  (call $later (local.get 0))))";

static viv_module *module;
static viv_token *token;

static int answer_later(viv_host_call *call, const viv_value *args,
                        viv_value *results, void *cookie)
{
    (void)args, (void)results, (void)cookie;
    EXPECT_EQ_INT(viv_host_call_later(call, &token, NULL), 0);
    return VIV_LATER;
}

static viv_sandbox *with(uint64_t run_ns)
{
    viv_import import = HOST_IMPORT("later", answer_later, NULL);
    viv_limits limits = host_limits();

    if (module == NULL)
        module = host_module(WAT);
    limits.run_ns = run_ns;
    limits.wall_ns = VIV_ENDLESS;
    return host_sandbox(module, &import, 1, &limits);
}

/* ------------------------------------------------------------------------
 * A deadline that comes as the call ends.
 */

/* Turns of the loop that take about as long as the deadline. */
static uint32_t turns_of(viv_sandbox *sandbox, uint64_t ns)
{
    uint64_t best = UINT64_MAX, began;
    int i;

    for (i = 0; i < 20; i++) {
        began = host_now();
        host_ask(sandbox, "work", 100000);
        began = host_now() - began;
        best = began < best ? began : best;
    }
    return (uint32_t)(ns * 100000 / best);
}

/* The one races its deadline; the other has none, and must never notice. */
TEST(a_deadline_that_comes_too_late_does_not_hit_the_next_call)
{
    viv_sandbox *brief = with(20 * US), *endless = with(VIV_ENDLESS);
    uint32_t turns = turns_of(endless, 20 * US), stops = 0, i;
    uint32_t rounds = host_rounds(100000);

    for (i = 0; i < rounds || stops == 0; i++) {
        uint32_t n = turns * (50 + i % 100) / 100 + 1;
        viv_outcome outcome = host_call(brief, "work", n);

        if (outcome.kind != VIV_RETURNED) {
            EXPECT_SPENT(outcome, VIV_LIMIT_RUN_TIME);
            host_reset(brief);
            stops++;
        }
        EXPECT_EQ_INT(host_ask(endless, "work", 1 + i % 50), 3 * (1 + i % 50));
    }
    EXPECT(stops < rounds);
}

/* ------------------------------------------------------------------------
 * A cancel that comes as the call ends.
 */

static viv_sandbox *victim;
static _Atomic bool is_over;
static _Atomic uint64_t hits; /* cancels that found a call */

static void *cancel_always(void *unused)
{
    while (!atomic_load(&is_over)) {
        if (viv_call_cancel(victim) == 0)
            atomic_fetch_add(&hits, 1);
        host_spin(1 * US);
    }
    return unused;
}

TEST(a_cancel_that_comes_too_late_does_not_hit_the_next_call)
{
    viv_sandbox *other = with(VIV_ENDLESS);
    uint32_t rounds = host_rounds(100000), cancels = 0, i;
    pthread_t thread;

    victim = with(VIV_ENDLESS);
    thread = host_thread(cancel_always, NULL);
    for (i = 0; i < rounds || cancels == 0; i++) {
        viv_outcome outcome = host_call(victim, "work", 1 + i % 3000);

        if (outcome.kind != VIV_RETURNED) {
            EXPECT_EQ_INT(outcome.kind, VIV_CANCELLED);
            host_reset(victim);
            cancels++;
        }
        EXPECT_EQ_INT(host_ask(other, "work", 1 + i % 50), 3 * (1 + i % 50));
    }
    atomic_store(&is_over, true);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    EXPECT(cancels <= atomic_load(&hits));
}

/* One cancel for each call, which would go on for ever: whenever the cancel
 * says that it found a call, that call ends. */
static _Atomic uint32_t wanted; /* calls to be cancelled, so far */

static void *cancel_each(void *unused)
{
    uint32_t done = 0;

    while (!atomic_load(&is_over)) {
        if (done == atomic_load(&wanted)) {
            sched_yield();
            continue;
        }
        done++;
        while (viv_call_cancel(victim) == VIV_ENOCALL && !atomic_load(&is_over))
            ;
    }
    return unused;
}

TEST(a_cancel_that_found_a_call_ends_it)
{
    uint32_t rounds = host_rounds(4000), i;
    pthread_t thread;

    victim = with(10 * VIV_NS_PER_S);
    thread = host_thread(cancel_each, NULL);
    for (i = 0; i < rounds; i++) {
        atomic_fetch_add(&wanted, 1);
        EXPECT_EQ_INT(host_call(victim, "for_ever", 0).kind, VIV_CANCELLED);
        host_reset(victim);
    }
    atomic_store(&is_over, true);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
}

/* And at every moment of its beginning, by this thread itself, which interrupts
 * itself somewhere on its way: the nudge comes before any instruction more. */
static timer_t timer;

static void interrupt_in(uint64_t ns)
{
    struct itimerspec spec = {.it_value = {.tv_nsec = (long)ns}};

    timer_settime(timer, 0, &spec, NULL);
}

static void cancel_here(int signal)
{
    (void)signal;
    if (viv_call_cancel(victim) == VIV_ENOCALL)
        interrupt_in(50 * US);
}

static void make_timer(void)
{
    struct sigaction action = {.sa_handler = cancel_here,
                               .sa_flags = SA_ONSTACK | SA_RESTART};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = SIGUSR1};

    sigaction(SIGUSR1, &action, NULL);
    EXPECT_EQ_INT(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
}

TEST(a_cancel_at_any_moment_of_the_way_in_ends_the_call_at_once)
{
    uint32_t rounds = host_rounds(20000), i;

    if (host_is_mode("tsan"))
        SKIP("the thread sanitizer holds signals back");
    make_timer();
    victim = with(10 * VIV_NS_PER_S);
    for (i = 0; i < rounds; i++) {
        viv_outcome outcome;

        interrupt_in(50 * US);
        host_spin(30 * US + i * 7 % 50000);
        outcome = host_call(victim, "for_ever", 0);
        EXPECT_EQ_INT(outcome.kind, VIV_CANCELLED);
        EXPECT(outcome.used.run_ns < 10 * VIV_NS_PER_S);
        host_reset(victim);
    }
}

/* ------------------------------------------------------------------------
 * Two threads want the same sandbox.
 */

static pthread_barrier_t barrier;
static _Atomic uint32_t returned, refused;

static void *want_it(void *rounds)
{
    uint32_t i;

    for (i = 0; i < (uint32_t)(uintptr_t)rounds; i++) {
        viv_outcome outcome;
        uint32_t result;
        int code;

        pthread_barrier_wait(&barrier);
        code = host_try_call(victim, "work", 200, &result, &outcome);
        if (code == 0) {
            EXPECT_EQ_INT(outcome.kind, VIV_RETURNED);
            EXPECT_EQ_INT(result, 600);
            atomic_fetch_add(&returned, 1);
        } else {
            EXPECT_EQ_INT(code, VIV_EBUSY);
            atomic_fetch_add(&refused, 1);
        }
    }
    return NULL;
}

TEST(of_two_threads_that_call_at_once_one_may_be_refused_and_none_is_wrong)
{
    uint32_t rounds = host_rounds(50000);
    pthread_t thread;

    victim = with(VIV_ENDLESS);
    pthread_barrier_init(&barrier, NULL, 2);
    thread = host_thread(want_it, (void *)(uintptr_t)rounds);
    want_it((void *)(uintptr_t)rounds);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    EXPECT_EQ_INT(returned + refused, 2 * rounds);
    EXPECT(returned >= rounds);
}

/* A call that waits was answered; who resumes it? */
static void *resume_it(void *rounds)
{
    uint32_t i;

    for (i = 0; i < (uint32_t)(uintptr_t)rounds; i++) {
        viv_value result = {.i32 = 0};
        viv_outcome outcome;
        int code;

        pthread_barrier_wait(&barrier);
        code = viv_call_resume(victim, &result, 1, &outcome, NULL);
        if (code == 0) {
            EXPECT_EQ_INT(outcome.kind, VIV_RETURNED);
            EXPECT_EQ_INT(result.i32, i);
            atomic_fetch_add(&returned, 1);
        } else {
            EXPECT(code == VIV_EBUSY || code == VIV_ENOCALL);
        }
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}

TEST(of_two_threads_that_resume_at_once_exactly_one_does)
{
    uint32_t rounds = host_rounds(20000), i;
    void *arg = (void *)(uintptr_t)rounds;
    pthread_t threads[2];

    victim = with(VIV_ENDLESS);
    pthread_barrier_init(&barrier, NULL, 3);
    threads[0] = host_thread(resume_it, arg);
    threads[1] = host_thread(resume_it, arg);
    for (i = 0; i < rounds; i++) {
        EXPECT_EQ_INT(host_call(victim, "wait", i).kind, VIV_WAITING);
        EXPECT_EQ_INT(viv_token_answer(token, &(viv_value){.i32 = i}, 1), 0);
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
        EXPECT_EQ_INT(returned, i + 1);
        viv_token_free(token);
    }
    EXPECT_EQ_INT(pthread_join(threads[0], NULL), 0);
    EXPECT_EQ_INT(pthread_join(threads[1], NULL), 0);
}
