/* escape_deadline.c - the attack: be there when time is over.
 *
 * A timeout that frees the caller and leaves the guest running; a deadline that
 * is armed for the first call only, or not where one call is inside another;
 * waiting that is charged as running, or the other way round.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host.h"

/* The word at 0 counts, so that one can see from outside that it lives. */
static const char WAT[] =
    "(module"
    " (import \"env\" \"now\" (func $now (param i32) (result i32)))"
    " (import \"env\" \"later\" (func $later (param i32) (result i32)))"
    " (memory (export \"memory\") 8)"
    " (table $t 10000 funcref)"
    " (func (export \"echo\") (param i32) (result i32) (local.get 0))"
    " (func (export \"trap\") (param i32) (result i32) unreachable)"
    " (func (export \"count\") (param i32) (result i32)"
    "  (loop $l (i32.store (i32.const 0) (i32.add (i32.const 1)"
    "   (i32.load (i32.const 0)))) (br $l)) (i32.const 0))"
    " (func (export \"fill\") (param i32) (result i32)"
    "  (loop $l (memory.fill (i32.const 0) (i32.const 0) (i32.const 0x40000))"
    "   (br $l)) (i32.const 0))"
    " (func (export \"copy\") (param i32) (result i32)"
    "  (loop $l (memory.copy (i32.const 1) (i32.const 0) (i32.const 0x40000))"
    "   (br $l)) (i32.const 0))"
    " (func (export \"fill_table\") (param i32) (result i32)"
    "  (loop $l (table.fill $t (i32.const 0) (ref.null func)"
    "   (i32.const 10000)) (br $l)) (i32.const 0))"
    " (func (export \"copy_table\") (param i32) (result i32)"
    "  (loop $l (table.copy $t $t (i32.const 0) (i32.const 1)"
    "   (i32.const 9999)) (br $l)) (i32.const 0))"
    " (func (export \"grow\") (param i32) (result i32)"
    "  (loop $l (drop (memory.grow (i32.const 0))) (br $l)) (i32.const 0))"
    " (func $ask (export \"ask\") (param i32) (result i32)"
    "  (local.set 0 (call $now (local.get 0)))"
    "  (i32.store (i32.const 4) (i32.const 1)) (local.get 0))"
    " (func (export \"ask_and_count\") (param i32) (result i32)"
    "  (drop (call $now (local.get 0)))"
    "  (loop $l (i32.store (i32.const 0) (i32.add (i32.const 1)"
    "   (i32.load (i32.const 0)))) (br $l)) (i32.const 0))"
    " (func (export \"wait\") (param i32) (result i32)"
    "  (call $later (local.get 0)))"
    /* arg times: compute a while, then wait */
    " (func $work (local i32) (local.set 0 (i32.const 10000000))"
    "  (loop $l (i32.store (i32.const 8) (local.get 0))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))"
    " (func (export \"work\") (param i32) (result i32)"
    "  (loop $l (call $work) (drop (call $later (i32.const 0)))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (i32.const 7)))";

/* ------------------------------------------------------------------------
 * The host.
 */

static viv_module *module;
static viv_token *token;
static int (*host_func)(uint32_t arg); /* what the guest asks for */

static int answer_now(viv_host_call *call, const viv_value *args,
                      viv_value *results, void *cookie)
{
    (void)call, (void)cookie;
    if (host_func != NULL)
        return host_func(args[0].i32);
    results[0].i32 = args[0].i32 + 1;
    return 0;
}

static int answer_later(viv_host_call *call, const viv_value *args,
                        viv_value *results, void *cookie)
{
    (void)args, (void)results, (void)cookie;
    viv_token_free(token);
    EXPECT_EQ_INT(viv_host_call_later(call, &token, NULL), 0);
    return VIV_LATER;
}

static viv_sandbox *with(uint64_t run_ns, uint64_t wall_ns)
{
    viv_import imports[] = {HOST_IMPORT("now", answer_now, NULL),
                            HOST_IMPORT("later", answer_later, NULL)};
    viv_limits limits = host_limits();

    if (module == NULL)
        module = host_module(WAT);
    limits.run_ns = run_ns;
    limits.wall_ns = wall_ns;
    return host_sandbox(module, imports, 2, &limits);
}

static uint32_t word_at(viv_sandbox *sandbox, uint64_t address)
{
    uint32_t word;

    EXPECT_EQ_INT(viv_memory_read(sandbox, address, &word, 4), 0);
    return word;
}

/* It is stopped at `ns`: not before, and not much later. */
static void expect_stopped(viv_sandbox *sandbox, const char *name, uint64_t ns,
                           uint32_t limit)
{
    uint64_t began = host_now(), took;

    EXPECT_SPENT(host_call(sandbox, name, 0), limit);
    took = host_now() - began;
    EXPECT(took >= ns && took < ns + host_patience(50 * MS));
    EXPECT_EQ_INT(viv_sandbox_state(sandbox), VIV_STOPPED);
    host_reset(sandbox);
}

/* ------------------------------------------------------------------------
 * Dead is dead.
 */

TEST(a_guest_that_was_stopped_does_not_run_on)
{
    viv_sandbox *sandbox = with(50 * MS, VIV_ENDLESS);
    uint32_t count;

    EXPECT_SPENT(host_call(sandbox, "count", 0), VIV_LIMIT_RUN_TIME);
    count = word_at(sandbox, 0);
    EXPECT(count > 0);
    host_sleep(50 * MS);
    EXPECT_EQ_INT(word_at(sandbox, 0), count);
    EXPECT_EQ_INT(host_try_call(sandbox, "echo", 1, NULL, &(viv_outcome){0}),
                  VIV_ESTOPPED);
}

/* On the thread that is left behind when another one cancels. */
static void *run_until_cancelled(void *sandbox)
{
    EXPECT_EQ_INT(host_call(sandbox, "count", 0).kind, VIV_CANCELLED);
    return NULL;
}

TEST(a_guest_that_was_cancelled_does_not_run_on)
{
    viv_sandbox *sandbox = with(VIV_ENDLESS, VIV_ENDLESS);
    pthread_t thread = host_thread(run_until_cancelled, sandbox);
    uint32_t count;

    while (viv_call_cancel(sandbox) == VIV_ENOCALL)
        host_sleep(1 * MS);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    count = word_at(sandbox, 0);
    host_sleep(50 * MS);
    EXPECT_EQ_INT(word_at(sandbox, 0), count);
    EXPECT_EQ_INT(viv_sandbox_state(sandbox), VIV_STOPPED);
}

/* ------------------------------------------------------------------------
 * Armed each time.
 */

TEST(the_deadline_holds_for_the_second_third_and_thousandth_call)
{
    viv_sandbox *sandbox = with(20 * MS, VIV_ENDLESS);
    uint32_t calls = 0, stops[] = {1, 2, 3, 1000};
    size_t i;

    for (i = 0; i < 4; i++) {
        while (++calls < stops[i])
            EXPECT_EQ_INT(host_ask(sandbox, "echo", calls), calls);
        expect_stopped(sandbox, "count", 20 * MS, VIV_LIMIT_RUN_TIME);
    }
}

TEST(the_deadline_holds_after_whatever_the_last_call_did)
{
    viv_sandbox *sandbox = with(20 * MS, 20 * VIV_NS_PER_S);
    int round;

    for (round = 0; round < 5; round++) {
        EXPECT_TRAP(host_call(sandbox, "trap", 0), VIV_TRAP_UNREACHABLE);
        expect_stopped(sandbox, "count", 20 * MS, VIV_LIMIT_RUN_TIME);
        EXPECT_EQ_INT(host_call(sandbox, "wait", 0).kind, VIV_WAITING);
        EXPECT_EQ_INT(viv_call_drop(sandbox), 0);
        host_reset(sandbox);
        expect_stopped(sandbox, "count", 20 * MS, VIV_LIMIT_RUN_TIME);
        EXPECT_EQ_INT(host_ask(sandbox, "ask", 1), 2);
        expect_stopped(sandbox, "count", 20 * MS, VIV_LIMIT_RUN_TIME);
    }
}

/* The timer is set for the longer one when the shorter one comes, and the other
 * way round; and when the call for which it is set is over. */
TEST(a_deadline_holds_after_a_longer_and_after_a_shorter_one)
{
    viv_sandbox *lengthy = with(60 * MS, VIV_ENDLESS);
    viv_sandbox *brief = with(15 * MS, VIV_ENDLESS);
    int round;

    for (round = 0; round < 5; round++) {
        EXPECT_EQ_INT(host_ask(lengthy, "echo", 1), 1);
        expect_stopped(brief, "count", 15 * MS, VIV_LIMIT_RUN_TIME);
        EXPECT_EQ_INT(host_ask(brief, "echo", 1), 1);
        expect_stopped(lengthy, "count", 60 * MS, VIV_LIMIT_RUN_TIME);
    }
}

TEST(a_deadline_holds_though_wall_time_is_shorter_or_run_time_is)
{
    expect_stopped(with(20 * MS, 20 * VIV_NS_PER_S), "count", 20 * MS,
                   VIV_LIMIT_RUN_TIME);
    expect_stopped(with(20 * VIV_NS_PER_S, 20 * MS), "count", 20 * MS,
                   VIV_LIMIT_WALL_TIME);
    expect_stopped(with(VIV_ENDLESS, 20 * MS), "count", 20 * MS,
                   VIV_LIMIT_WALL_TIME);
}

/* These are in the library's code nearly all of their time, and back in their
 * own for some nanoseconds every ten microseconds.  Twenty stops: luck would
 * not do. */
TEST(a_guest_is_stopped_in_time_though_it_is_hardly_ever_in_its_own_code)
{
    static const char *const names[] = {"fill", "copy", "fill_table",
                                        "copy_table", "grow"};
    viv_sandbox *sandbox = with(2 * MS, VIV_ENDLESS);
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        uint64_t began = host_now();
        int stop;

        for (stop = 0; stop < 20; stop++)
            expect_stopped(sandbox, names[i], 2 * MS, VIV_LIMIT_RUN_TIME);
        EXPECT(host_now() - began < host_patience(50 * MS));
    }
}

/* A sandbox made here and used on a thread that has run no guest before. */
static void *stop_here(void *sandbox)
{
    expect_stopped(sandbox, "count", 20 * MS, VIV_LIMIT_RUN_TIME);
    return NULL;
}

TEST(a_deadline_holds_on_a_thread_that_is_new)
{
    viv_sandbox *sandbox = with(20 * MS, VIV_ENDLESS);
    int round;

    for (round = 0; round < 5; round++)
        host_elsewhere(stop_here, sandbox);
}

/* When a thread ends, what it had for guests is taken down, and may be needed
 * again by whoever is taken down after it.  The call before has left the timer
 * set to a time that is nearer. */
static pthread_key_t late_key;
static char late_rounds[3]; /* the key's value points to what is left */

static void stop_at_the_end_of_the_thread(void *round)
{
    if (round != late_rounds)
        pthread_setspecific(late_key, (char *)round - 1);
    expect_stopped(with(100 * MS, VIV_ENDLESS), "count", 100 * MS,
                   VIV_LIMIT_RUN_TIME);
}

static void *end_after_a_call(void *unused)
{
    EXPECT_EQ_INT(host_ask(with(50 * MS, VIV_ENDLESS), "echo", 1), 1);
    EXPECT_EQ_INT(pthread_setspecific(late_key, late_rounds + 2), 0);
    return unused;
}

TEST(a_deadline_holds_in_a_destructor_of_the_thread)
{
    if (host_is_mode("tsan"))
        SKIP("the thread sanitizer has left the thread by then");
    host_free(with(1, 1));
    EXPECT_EQ_INT(pthread_key_create(&late_key, stop_at_the_end_of_the_thread),
                  0);
    host_elsewhere(end_after_a_call, NULL);
}

/* ------------------------------------------------------------------------
 * One call inside another.
 */

static viv_sandbox *inner;

static int run_inner(uint32_t is_endless)
{
    if (is_endless == 0)
        EXPECT_EQ_INT(host_ask(inner, "echo", 5), 5);
    else
        expect_stopped(inner, "count", 20 * MS, VIV_LIMIT_RUN_TIME);
    return 0;
}

TEST(a_deadline_holds_inside_a_host_function_and_after_it)
{
    viv_sandbox *outer = with(100 * MS, VIV_ENDLESS);
    uint32_t is_endless;

    inner = with(20 * MS, VIV_ENDLESS);
    host_func = run_inner;
    for (is_endless = 0; is_endless < 2; is_endless++) {
        EXPECT_EQ_INT(host_ask(outer, "ask", is_endless), 0);
        EXPECT_SPENT(host_call(outer, "ask_and_count", is_endless),
                     VIV_LIMIT_RUN_TIME);
        EXPECT(word_at(outer, 0) > 0);
        host_reset(outer);
    }
}

/* Both are due at the same time; the inner one must not eat the outer one's. */
static int run_inner_long(uint32_t unused)
{
    (void)unused;
    expect_stopped(inner, "count", 60 * MS, VIV_LIMIT_RUN_TIME);
    return 0;
}

TEST(a_deadline_that_passes_inside_a_host_function_holds_after_it)
{
    viv_sandbox *outer = with(20 * MS, VIV_ENDLESS);

    inner = with(60 * MS, VIV_ENDLESS);
    host_func = run_inner_long;
    EXPECT_SPENT(host_call(outer, "ask", 0), VIV_LIMIT_RUN_TIME);
    EXPECT_EQ_INT(word_at(outer, 4), 0);
}

/* ------------------------------------------------------------------------
 * The host sleeps in the kernel.
 */

static int pipe_of_host[2];

static void *write_late(void *unused)
{
    host_sleep(60 * MS);
    EXPECT_EQ_INT(write(pipe_of_host[1], "x", 1), 1);
    return unused;
}

/* A read that a signal must not make fail. */
static int read_pipe(uint32_t unused)
{
    char byte = 0;

    (void)unused;
    EXPECT_EQ_INT(read(pipe_of_host[0], &byte, 1), 1);
    EXPECT_EQ_INT(byte, 'x');
    return 0;
}

static void stop_while_the_host_reads(viv_sandbox *sandbox, uint32_t limit)
{
    pthread_t thread;
    uint64_t began = host_now();

    EXPECT_EQ_INT(pipe(pipe_of_host), 0);
    host_func = read_pipe;
    thread = host_thread(write_late, NULL);
    EXPECT_SPENT(host_call(sandbox, "ask", 0), limit);
    EXPECT(host_now() - began >= 60 * MS);
    EXPECT_EQ_INT(word_at(sandbox, 4), 0); /* no instruction more */
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
}

TEST(run_time_that_ends_while_the_host_sleeps_takes_effect_when_it_returns)
{
    stop_while_the_host_reads(with(10 * MS, VIV_ENDLESS), VIV_LIMIT_RUN_TIME);
}

TEST(wall_time_that_ends_while_the_host_sleeps_takes_effect_when_it_returns)
{
    stop_while_the_host_reads(with(VIV_ENDLESS, 10 * MS), VIV_LIMIT_WALL_TIME);
}

static void *cancel_then_write(void *sandbox)
{
    host_sleep(10 * MS);
    EXPECT_EQ_INT(viv_call_cancel(sandbox), 0);
    return write_late(NULL);
}

TEST(a_cancel_while_the_host_sleeps_takes_effect_when_it_returns)
{
    viv_sandbox *sandbox = with(VIV_ENDLESS, VIV_ENDLESS);
    pthread_t thread;

    EXPECT_EQ_INT(pipe(pipe_of_host), 0);
    host_func = read_pipe;
    thread = host_thread(cancel_then_write, sandbox);
    EXPECT_EQ_INT(host_call(sandbox, "ask", 0).kind, VIV_CANCELLED);
    EXPECT_EQ_INT(word_at(sandbox, 4), 0);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
}

/* ------------------------------------------------------------------------
 * Waiting and running are two things.
 */

TEST(waiting_for_ever_is_cut_by_wall_time)
{
    viv_sandbox *sandbox = with(10 * MS, 50 * MS);
    uint64_t began = host_now();

    EXPECT_EQ_INT(host_call(sandbox, "wait", 0).kind, VIV_WAITING);
    EXPECT_EQ_INT(viv_call_wait(sandbox, VIV_ENDLESS, NULL), 0);
    EXPECT_SPENT(host_resume(sandbox, NULL), VIV_LIMIT_WALL_TIME);
    EXPECT(host_now() - began >= 50 * MS);
    EXPECT(host_now() - began < 50 * MS + host_patience(50 * MS));
    EXPECT_EQ_INT(viv_token_answer(token, &(viv_value){.i32 = 1}, 1),
                  VIV_ETOKEN);
}

static void answer(void)
{
    EXPECT_EQ_INT(viv_token_answer(token, &(viv_value){.i32 = 1}, 1), 0);
}

/* More waiting than there is time to run; and a limit that is not passed. */
TEST(time_waiting_is_not_charged_as_run_time)
{
    viv_sandbox *sandbox = with(40 * MS, VIV_ENDLESS);
    viv_outcome outcome = host_call(sandbox, "wait", 0);

    EXPECT_EQ_INT(outcome.kind, VIV_WAITING);
    host_sleep(100 * MS);
    answer();
    outcome = host_resume(sandbox, NULL);
    EXPECT_EQ_INT(outcome.kind, VIV_RETURNED);
    EXPECT(outcome.used.run_ns < 40 * MS);
    EXPECT(outcome.used.wall_ns >= 100 * MS);
}

/* Enough time that a machine which others use does not take it at once. */
TEST(time_paused_is_not_charged_as_run_time)
{
    viv_sandbox *sandbox = with(400 * MS, VIV_ENDLESS);
    viv_outcome outcome;

    EXPECT_EQ_INT(viv_call_slice(sandbox, 5 * MS), 0);
    outcome = host_call(sandbox, "count", 0);
    EXPECT_EQ_INT(outcome.kind, VIV_PAUSED);
    host_sleep(100 * MS);
    outcome = host_resume(sandbox, NULL);
    EXPECT_EQ_INT(outcome.kind, VIV_PAUSED);
    EXPECT(outcome.used.run_ns < outcome.used.wall_ns - 100 * MS);
    EXPECT_SPENT(host_finish(sandbox, outcome, NULL), VIV_LIMIT_RUN_TIME);
}

/* A guest that waits in between is stopped when the sum is reached. */
TEST(time_running_is_charged_however_often_it_waits)
{
    viv_sandbox *sandbox = with(50 * MS, VIV_ENDLESS);
    viv_outcome outcome = host_call(sandbox, "work", 0);
    uint32_t waits;

    for (waits = 0; outcome.kind == VIV_WAITING; waits++) {
        answer();
        outcome = host_resume(sandbox, NULL);
    }
    EXPECT_SPENT(outcome, VIV_LIMIT_RUN_TIME);
    EXPECT(outcome.used.run_ns >= 50 * MS);
    EXPECT(outcome.used.run_ns < 50 * MS + host_patience(50 * MS));
    EXPECT_EQ_INT(outcome.used.waits, waits);
}

/* Nor does a host function that takes long take its time from nobody. */
static int spin(uint32_t ms)
{
    host_spin(ms * MS);
    return 0;
}

TEST(time_in_a_host_function_is_charged_as_run_time)
{
    viv_sandbox *sandbox = with(VIV_ENDLESS, VIV_ENDLESS);

    host_func = spin;
    EXPECT(host_call(sandbox, "ask", 30).used.run_ns >= 30 * MS);
}

TEST(the_meters_tell_run_time_from_wall_time)
{
    viv_sandbox *sandbox = with(VIV_ENDLESS, VIV_ENDLESS);
    viv_meters last, sum;

    EXPECT_EQ_INT(host_call(sandbox, "wait", 0).kind, VIV_WAITING);
    host_sleep(50 * MS);
    answer();
    EXPECT_EQ_INT(host_resume(sandbox, NULL).kind, VIV_RETURNED);
    host_func = spin;
    EXPECT_EQ_INT(host_call(sandbox, "ask", 20).kind, VIV_RETURNED);
    viv_sandbox_meters(sandbox, &last, &sum);
    EXPECT(last.run_ns >= 20 * MS && last.wall_ns >= last.run_ns);
    EXPECT(sum.run_ns >= 20 * MS && sum.wall_ns >= sum.run_ns + 50 * MS);
    EXPECT_EQ_INT(sum.calls, 2);
    EXPECT_EQ_INT(sum.waits, 1);
}
