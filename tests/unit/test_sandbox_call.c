/* test_sandbox_call.c - a call: begun, stopped, paused, resumed, over.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/sandbox_call.h"

#include <pthread.h>
#include <unistd.h>

#include "fiber/fiber_nudge.h"
#include "os/os_nudge.h"
#include "sandbox_tools.h"

static pthread_t thread;

/* ------------------------------------------------------------------------
 * Stopping.
 */

static void expect_stop(const char *name)
{
    uint64_t before = os_clock_now(), took;

    EXPECT_EQ_INT(start(name, 0), VIV_SPENT);
    took = os_clock_now() - before;
    EXPECT_EQ_INT(guest.outcome.limit, VIV_LIMIT_RUN_TIME);
    EXPECT(took >= 20 * MS);
    EXPECT(took < 2000 * MS);
    EXPECT(guest.outcome.used.run_ns >= 20 * MS);
    EXPECT_EQ_INT(state(), VIV_STOPPED);
    reset();
    EXPECT_EQ_INT(guest_ask(&guest, "get", 0), 7);
    EXPECT_EQ_INT(viv_memory_bytes(guest.sandbox), 65536);
}

TEST(whatever_never_ends_is_stopped)
{
    viv_limits_default(&limits);
    limits.run_ns = 20 * MS;
    begin(twice);
    expect_stop("loop");
    expect_stop("ask_for_ever");
    expect_stop("deep_for_ever");
    expect_stop("copy_for_ever");
    expect_stop("fill_for_ever");
    end();
}

static void *cancel_soon(void *unused)
{
    (void)unused;
    sleep_for(20 * MS);
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
    return NULL;
}

TEST(a_running_call_is_cancelled_from_another_thread)
{
    static const char *const NAMES[] = {"loop", "ask_for_ever", "copy_for_ever",
                                        "fill_for_ever", "deep_for_ever"};

    begin(twice);
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        EXPECT_EQ_INT(pthread_create(&thread, NULL, cancel_soon, NULL), 0);
        EXPECT_EQ_INT(start(NAMES[i], 0), VIV_CANCELLED);
        EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
        EXPECT_EQ_INT(state(), VIV_STOPPED);
        reset();
    }
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), VIV_ENOCALL);
    EXPECT_EQ_INT(guest_ask(&guest, "ask", 3), 7);
    end();
}

/* ------------------------------------------------------------------------
 * Judging.
 */

/* What the judge says of a call that is paused, at this time. */
static enum fiber_verdict judge_at(uint64_t now, bool can_pause)
{
    struct sandbox *sandbox = inside(&guest);

    memset(&sandbox->instance.end, 0, sizeof(sandbox->instance.end));
    return sandbox_call_judge(&sandbox->instance.fiber, now, can_pause);
}

TEST(the_judge_knows_which_end_comes_first)
{
    struct sandbox *sandbox;
    struct engine_end *said;

    begin(later);
    sandbox = inside(&guest);
    said = &sandbox->instance.end;
    EXPECT_EQ_INT(start("ask", 0), VIV_WAITING);
    sandbox->call.slice_end = 10;
    sandbox->call.run_end = 20;
    sandbox->call.wall_end = 30;
    EXPECT_EQ_INT(judge_at(9, true), FIBER_GO_ON);
    EXPECT_EQ_INT(sandbox->instance.fiber.due, 10);
    EXPECT_EQ_INT(judge_at(10, true), FIBER_PAUSE);
    EXPECT_EQ_INT(said->kind, VIV_PAUSED);
    EXPECT_EQ_INT(judge_at(10, false), FIBER_STOP);
    EXPECT_EQ_INT(said->trap, VIV_TRAP_STACK);
    EXPECT_EQ_INT(judge_at(20, true), FIBER_STOP);
    EXPECT_EQ_INT(said->limit, VIV_LIMIT_RUN_TIME);
    EXPECT_EQ_INT(judge_at(30, true), FIBER_STOP);
    EXPECT_EQ_INT(said->limit, VIV_LIMIT_WALL_TIME);
    sandbox->call.slice_end = OS_NUDGE_NEVER;
    EXPECT_EQ_INT(judge_at(19, true), FIBER_GO_ON);
    EXPECT_EQ_INT(sandbox->instance.fiber.due, 20);
    sandbox->call.run_end = OS_NUDGE_NEVER;
    EXPECT_EQ_INT(judge_at(29, true), FIBER_GO_ON);
    EXPECT_EQ_INT(sandbox->instance.fiber.due, 30);
    sandbox->call.wall_end = OS_NUDGE_NEVER;
    EXPECT_EQ_INT(judge_at(OS_NUDGE_NEVER - 1, true), FIBER_GO_ON);
    EXPECT_EQ_INT(sandbox->instance.fiber.due, OS_NUDGE_NEVER);
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
    EXPECT_EQ_INT(judge_at(0, true), FIBER_STOP);
    EXPECT_EQ_INT(said->kind, VIV_CANCELLED);
    EXPECT_EQ_INT(sandbox->runner, os_nudge_self());
    sandbox->runner = 0;
    end();
}

/* ------------------------------------------------------------------------
 * Limits of time.
 */

static uint32_t kind_with(uint64_t run_ns, uint64_t wall_ns)
{
    uint32_t kind;

    viv_limits_default(&limits);
    limits.run_ns = run_ns;
    limits.wall_ns = wall_ns;
    begin(twice);
    kind = start("ask", 3);
    EXPECT_EQ_INT(host_calls, kind == VIV_RETURNED);
    host_calls = 0;
    end();
    return kind;
}

TEST(no_time_is_enough_for_nothing_and_endless_time_for_anything)
{
    EXPECT_EQ_INT(kind_with(0, VIV_ENDLESS), VIV_SPENT);
    EXPECT_EQ_INT(guest.outcome.limit, VIV_LIMIT_RUN_TIME);
    EXPECT_EQ_INT(kind_with(VIV_ENDLESS, 0), VIV_SPENT);
    EXPECT_EQ_INT(guest.outcome.limit, VIV_LIMIT_WALL_TIME);
    EXPECT_EQ_INT(kind_with(0, 0), VIV_SPENT);
    EXPECT_EQ_INT(kind_with(VIV_ENDLESS, VIV_ENDLESS), VIV_RETURNED);
    EXPECT_EQ_INT(kind_with(UINT64_MAX, UINT64_MAX), VIV_RETURNED);
    EXPECT_EQ_INT(kind_with(VIV_ENDLESS - 1, VIV_ENDLESS - 1), VIV_RETURNED);
}

TEST(a_call_that_never_ran_used_nothing)
{
    begin(twice);
    EXPECT_EQ_INT(start("ask_twice", 3), VIV_RETURNED);
    EXPECT_EQ_INT(guest.outcome.used.host_calls, 2);
    inside(&guest)->limits.run_ns = 0;
    EXPECT_EQ_INT(start("ask_twice", 3), VIV_SPENT);
    EXPECT_EQ_INT(guest.outcome.used.host_calls, 0);
    EXPECT_EQ_INT(guest.outcome.used.fuel, 0);
    EXPECT_EQ_INT(guest.outcome.used.calls, 1);
    EXPECT_EQ_INT(guest.outcome.trap, 0);
    EXPECT_EQ_INT(state(), VIV_STOPPED);
    reset();
    end();
}

TEST(run_time_is_spent_over_all_periods)
{
    uint64_t left;

    viv_limits_default(&limits);
    limits.run_ns = 400 * MS; /* which no other program takes at once */
    begin(twice);
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 40 * MS), 0);
    EXPECT_EQ_INT(start("loop", 0), VIV_PAUSED);
    sleep_for(100 * MS); /* is not charged */
    for (int i = 0; guest.outcome.kind == VIV_PAUSED; i++) {
        EXPECT(i < 20);
        left = guest.outcome.used.run_ns;
        resume();
        EXPECT(guest.outcome.used.run_ns > left);
    }
    EXPECT_EQ_INT(guest.outcome.kind, VIV_SPENT);
    EXPECT_EQ_INT(guest.outcome.limit, VIV_LIMIT_RUN_TIME);
    EXPECT(guest.outcome.used.run_ns >= 400 * MS);
    EXPECT(guest.outcome.used.wall_ns >= guest.outcome.used.run_ns + 100 * MS);
    reset();
    end();
}

static int spin_later(viv_host_call *call, const viv_value *args,
                      viv_value *results, void *cookie)
{
    spin_for(30 * MS);
    return later(call, args, results, cookie);
}

/* Nobody was there to be stopped: it is when it would go on. */
TEST(run_time_that_ends_in_a_host_function_that_waits_ends_the_call_later)
{
    viv_limits_default(&limits);
    limits.run_ns = 20 * MS;
    begin(spin_later);
    EXPECT_EQ_INT(start("ask", 0), VIV_WAITING);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    answer(1);
    EXPECT_EQ_INT(resume(), VIV_SPENT);
    EXPECT_EQ_INT(guest.outcome.limit, VIV_LIMIT_RUN_TIME);
    reset();
    end();
}

TEST(wall_time_ends_a_call_that_waits_or_is_paused_when_it_is_resumed)
{
    viv_limits_default(&limits);
    limits.wall_ns = 30 * MS;
    begin(later);
    EXPECT_EQ_INT(start("ask", 0), VIV_WAITING);
    sleep_for(40 * MS);
    answer(1);
    EXPECT_EQ_INT(resume(), VIV_SPENT);
    EXPECT_EQ_INT(guest.outcome.limit, VIV_LIMIT_WALL_TIME);
    EXPECT(guest.outcome.used.wall_ns >= 40 * MS);
    reset();
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 100000), 0);
    EXPECT_EQ_INT(start("loop", 0), VIV_PAUSED);
    sleep_for(40 * MS);
    EXPECT_EQ_INT(resume(), VIV_SPENT);
    EXPECT_EQ_INT(guest.outcome.limit, VIV_LIMIT_WALL_TIME);
    reset();
    end();
}

/* ------------------------------------------------------------------------
 * Limits of numbers.
 */

static uint32_t kind_asking(uint64_t calls, uint64_t waits, viv_host_func *func)
{
    uint32_t kind;

    viv_limits_default(&limits);
    limits.host_calls = calls;
    limits.waits = waits;
    begin(func);
    for (kind = start("ask_twice", 1); kind == VIV_WAITING; kind = resume())
        answer(1);
    if (state() == VIV_STOPPED)
        reset();
    host = twice;
    EXPECT_EQ_INT(start("get", 0), VIV_RETURNED);
    end();
    return kind;
}

TEST(host_calls_are_limited_to_the_last_one)
{
    EXPECT_EQ_INT(kind_asking(2, 0, twice), VIV_RETURNED);
    EXPECT_EQ_INT(host_calls, 2);
    EXPECT_EQ_INT(kind_asking(1, 0, twice), VIV_SPENT);
    EXPECT_EQ_INT(host_calls, 3);
    EXPECT_EQ_INT(kind_asking(0, 0, twice), VIV_SPENT);
    EXPECT_EQ_INT(host_calls, 3);
    EXPECT_EQ_INT(kind_asking(UINT64_MAX, 0, twice), VIV_RETURNED);
}

TEST(waits_are_limited_to_the_last_one)
{
    EXPECT_EQ_INT(kind_asking(2, 2, later), VIV_RETURNED);
    EXPECT_EQ_INT(kind_asking(2, 1, later), VIV_SPENT);
    EXPECT_EQ_INT(kind_asking(2, 0, later), VIV_SPENT);
    EXPECT_EQ_INT(kind_asking(2, VIV_ENDLESS, later), VIV_RETURNED);
}

static void expect_spent(uint64_t calls, uint64_t waits, uint32_t limit)
{
    viv_limits_default(&limits);
    limits.host_calls = calls;
    limits.waits = waits;
    begin(later);
    EXPECT_EQ_INT(start("ask", 1), VIV_SPENT);
    EXPECT_EQ_INT(guest.outcome.limit, limit);
    EXPECT_EQ_INT(guest.outcome.trap, 0);
    EXPECT_EQ_INT(guest.outcome.host_code, 0);
    EXPECT_EQ_INT(guest.outcome.used.host_calls, calls);
    EXPECT_EQ_INT(guest.outcome.used.waits, 0);
    end();
}

TEST(the_outcome_says_which_limit_was_spent)
{
    expect_spent(0, 1, VIV_LIMIT_HOST_CALLS);
    expect_spent(1, 0, VIV_LIMIT_WAITS);
}

/* ------------------------------------------------------------------------
 * Ends.
 */

TEST(a_guest_may_leave)
{
    begin(leave_now);
    EXPECT_EQ_INT(start("ask", (uint32_t)-3), VIV_EXITED);
    EXPECT_EQ_INT(guest.outcome.exit_code, -3);
    EXPECT_EQ_INT(state(), VIV_IDLE);
    end();
}

static int leave_but_stay(viv_host_call *call, const viv_value *args,
                          viv_value *results, void *cookie)
{
    EXPECT_EQ_INT(viv_host_call_exit(call, 99), VIV_EXIT);
    return twice(call, args, results, cookie);
}

static int fail_the_second_time(viv_host_call *call, const viv_value *args,
                                viv_value *results, void *cookie)
{
    if (host_calls == 1)
        return leave_but_stay(call, args, results, cookie);
    return VIV_EXIT;
}

/* Each outcome has the fields of its kind, and nothing of what came before. */
TEST(an_exit_that_was_not_meant_leaves_no_trace)
{
    begin(leave_but_stay);
    EXPECT_EQ_INT(start("ask", 4), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 9);
    EXPECT_EQ_INT(guest.outcome.exit_code, 0);
    host_calls = 0;
    host = fail_the_second_time;
    EXPECT_EQ_INT(start("ask_twice", 4), VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.trap, VIV_TRAP_HOST);
    EXPECT_EQ_INT(guest.outcome.host_code, VIV_EINVAL);
    EXPECT_EQ_INT(guest.outcome.exit_code, 0);
    end();
}

TEST(a_trap_has_no_code_of_a_host_function_that_did_not_fail)
{
    viv_import imports[] = {
        GUEST_FUNC("f", I32, 1, I32, 1, leave_but_stay, NULL)};

    guest = guest_start_with(
        "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))"
        " (func (export \"f\") (drop (call $f (i32.const 1))) unreachable))",
        imports, 1);
    EXPECT_EQ_INT(guest_call(&guest, "f", NULL, 0, 0), VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.trap, VIV_TRAP_UNREACHABLE);
    EXPECT_EQ_INT(guest.outcome.host_code, 0);
    EXPECT_EQ_INT(guest.outcome.exit_code, 0);
    EXPECT_EQ_INT(guest.outcome.has_address, 0);
    guest_end(&guest);
}

TEST(after_a_failure_of_the_host_the_sandbox_may_be_called_again)
{
    begin(fail_now);
    EXPECT_EQ_INT(start("ask", 4), VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.host_code, -77);
    EXPECT_EQ_INT(state(), VIV_IDLE);
    EXPECT_EQ_INT(start("trap", 0), VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.host_code, 0);
    host = twice;
    EXPECT_EQ_INT(guest_ask(&guest, "ask", 4), 9);
    end();
}

TEST(resuming_asks_for_the_results_of_its_function)
{
    viv_value results[2] = {GUEST_I32(5), GUEST_I32(6)};

    begin(later);
    EXPECT_EQ_INT(start("ask", 4), VIV_WAITING);
    answer(1);
    EXPECT_EQ_INT(
        viv_call_resume(guest.sandbox, results, 2, &guest.outcome, &guest.err),
        VIV_EINVAL);
    EXPECT_EQ_STR(guest.err.text,
                  "the call returns 1 values; there is room for 2");
    EXPECT_EQ_INT(state(), VIV_IS_WAITING);
    EXPECT_EQ_INT(
        viv_call_resume(guest.sandbox, results, 0, &guest.outcome, &guest.err),
        VIV_EINVAL);
    EXPECT_EQ_INT(results[0].i32, 5);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    end();
}

/* ------------------------------------------------------------------------
 * Sleeping.
 */

TEST(a_call_sleeps_and_no_thread_with_it)
{
    uint64_t before = os_clock_now();

    begin(sleep_ms);
    EXPECT_EQ_INT(start("ask", 500), VIV_WAITING);
    EXPECT(viv_call_due(guest.sandbox) > 0);
    EXPECT(viv_call_due(guest.sandbox) <= 500 * MS);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, 1000, NULL), VIV_ETIME);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, VIV_ENDLESS, NULL), 0);
    EXPECT(os_clock_now() - before >= 500 * MS);
    EXPECT_EQ_INT(viv_call_due(guest.sandbox), 0);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 42);
    EXPECT_EQ_INT(viv_call_due(guest.sandbox), UINT64_MAX);
    end();
}

TEST(sleep_is_cut_by_wall_time)
{
    viv_limits_default(&limits);
    limits.wall_ns = 20 * MS;
    begin(sleep_ms);
    EXPECT_EQ_INT(start("ask", 1000000), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, VIV_ENDLESS, NULL), 0);
    EXPECT_EQ_INT(resume(), VIV_SPENT);
    EXPECT_EQ_INT(guest.outcome.limit, VIV_LIMIT_WALL_TIME);
    end();
}

/* ------------------------------------------------------------------------
 * Meters.
 */

TEST(meters_count_what_their_rows_say)
{
    viv_meters last, sum, *used = &guest.outcome.used;

    begin(later);
    EXPECT_EQ_INT(start("ask_twice", 1), VIV_WAITING);
    EXPECT_EQ_INT(used->calls, 0);
    EXPECT_EQ_INT(used->host_calls, 1);
    EXPECT_EQ_INT(used->waits, 1);
    EXPECT_EQ_INT(used->memory_bytes, 65536);
    sleep_for(20 * MS);
    answer(1);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(used->waits, 2);
    answer(1);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(used->calls, 1);
    EXPECT_EQ_INT(used->host_calls, 2);
    EXPECT(used->wall_ns >= 20 * MS);
    EXPECT(used->run_ns > 0 && used->run_ns + 20 * MS <= used->wall_ns);
    viv_sandbox_meters(guest.sandbox, &last, NULL);
    EXPECT_EQ_MEM(&last, used, sizeof(last));
    host = twice;
    EXPECT_EQ_INT(start("grow", 3), VIV_RETURNED);
    EXPECT_EQ_INT(used->memory_bytes, 4 * 65536);
    EXPECT_EQ_INT(used->host_calls, 0);
    viv_sandbox_meters(guest.sandbox, &last, &sum);
    EXPECT_EQ_INT(last.calls, 1);
    EXPECT_EQ_INT(sum.calls, 2);
    EXPECT_EQ_INT(sum.host_calls, 2);
    EXPECT_EQ_INT(sum.waits, 2);
    EXPECT_EQ_INT(sum.memory_bytes, 4 * 65536);
    EXPECT(sum.wall_ns > last.wall_ns && sum.run_ns > last.run_ns);
    reset();
    EXPECT_EQ_INT(start("get", 3), VIV_RETURNED);
    EXPECT_EQ_INT(used->memory_bytes, 65536);
    viv_sandbox_meters(guest.sandbox, &last, &sum);
    EXPECT_EQ_INT(last.resets, 0);
    EXPECT_EQ_INT(sum.resets, 1);
    EXPECT_EQ_INT(sum.memory_bytes, 4 * 65536);
    end();
}

TEST(a_dropped_and_a_stopped_call_are_counted_too)
{
    viv_meters last, sum;

    begin(later);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    sleep_for(10 * MS);
    EXPECT_EQ_INT(viv_call_drop(guest.sandbox), 0);
    viv_sandbox_meters(guest.sandbox, &last, &sum);
    EXPECT_EQ_INT(sum.calls, 1);
    EXPECT_EQ_INT(last.waits, 1);
    EXPECT(last.wall_ns >= 10 * MS && last.run_ns < last.wall_ns);
    reset();
    viv_sandbox_meters(guest.sandbox, &last, NULL);
    EXPECT_EQ_INT(last.resets, 1);
    EXPECT(last.reset_ns > 0 && last.pages_dirtied > 0);
    end();
}

/* ------------------------------------------------------------------------
 * One inside the other.
 */

static struct guest inner;
static uint32_t inner_kind;
static const char *inner_name;

static int call_inner(viv_host_call *call, const viv_value *args,
                      viv_value *results, void *cookie)
{
    (void)call, (void)cookie;
    inner_kind = guest_call(&inner, inner_name, args, 1, 1);
    results[0].i32 = inner.results[0].i32;
    return 0;
}

static void begin_nested(uint64_t outer_ns, uint64_t inner_ns, const char *name)
{
    host = twice;
    viv_limits_default(&limits);
    limits.run_ns = inner_ns;
    inner = guest_with(ask_host);
    inner_name = name;
    limits.run_ns = outer_ns;
    guest = guest_with(call_inner);
}

static void end_nested(void)
{
    guest_end(&inner);
    guest_end(&guest);
}

TEST(the_inner_guest_is_stopped_and_the_outer_goes_on)
{
    begin_nested(10000 * MS, 20 * MS, "loop");
    EXPECT_EQ_INT(start("ask", 1), VIV_RETURNED);
    EXPECT_EQ_INT(inner_kind, VIV_SPENT);
    EXPECT_EQ_INT(guest.results[0].i32, 1);
    end_nested();
}

TEST(the_outer_guest_is_stopped_when_the_inner_is_done)
{
    begin_nested(20 * MS, 100 * MS, "loop");
    EXPECT_EQ_INT(start("ask", 1), VIV_SPENT);
    EXPECT_EQ_INT(guest.outcome.limit, VIV_LIMIT_RUN_TIME);
    EXPECT_EQ_INT(inner_kind, VIV_SPENT);
    EXPECT(guest.outcome.used.run_ns >= 100 * MS);
    end_nested();
}

TEST(the_outer_guest_keeps_its_time_when_the_inner_has_less)
{
    uint64_t before;

    begin_nested(100 * MS, 10 * MS, "get");
    before = os_clock_now();
    EXPECT_EQ_INT(start("ask_for_ever", 1), VIV_SPENT);
    EXPECT(os_clock_now() - before >= 100 * MS);
    EXPECT_EQ_INT(inner_kind, VIV_RETURNED);
    EXPECT(guest.outcome.used.host_calls > 10);
    end_nested();
}

static int cancel_outer(viv_host_call *call, const viv_value *args,
                        viv_value *results, void *cookie)
{
    (void)call, (void)cookie;
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
    results[0] = args[0];
    return 0;
}

TEST(an_outer_guest_that_is_cancelled_from_within_ends_when_the_host_returns)
{
    if (mode_is("valgrind"))
        SKIP("valgrind delivers signals late, also to oneself");
    begin_nested(10000 * MS, 10000 * MS, "ask");
    host = cancel_outer;
    EXPECT_EQ_INT(start("ask", 1), VIV_CANCELLED);
    EXPECT_EQ_INT(inner_kind, VIV_RETURNED);
    EXPECT_EQ_INT(viv_sandbox_state(inner.sandbox), VIV_IDLE);
    end_nested();
}

TEST(an_inner_guest_may_be_paused_and_go_on_in_the_next_host_call)
{
    begin_nested(10000 * MS, 10000 * MS, "count");
    EXPECT_EQ_INT(viv_call_slice(inner.sandbox, 10000), 0);
    EXPECT_EQ_INT(start("ask", 10000000), VIV_RETURNED);
    EXPECT_EQ_INT(inner_kind, VIV_PAUSED);
    EXPECT_EQ_INT(viv_call_slice(inner.sandbox, 0), 0);
    EXPECT_EQ_INT(
        viv_call_resume(inner.sandbox, inner.results, 1, &inner.outcome, NULL),
        0);
    EXPECT_EQ_INT(inner.results[0].i32, 30000000);
    end_nested();
}

/* ------------------------------------------------------------------------
 * Across fork().
 */

static void *cancel_in_child(void *unused)
{
    (void)unused;
    sleep_for(20 * MS);
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
    return NULL;
}

static bool shall_cancel;

/* The child goes on in the guest, and tells by its exit code how it ended. */
static int fork_here(viv_host_call *call, const viv_value *args,
                     viv_value *results, void *cookie)
{
    pid_t *child = cookie;

    (void)call;
    results[0] = args[0];
    if (*child != 0)
        return 0;
    fflush(NULL);
    *child = fork();
    if (*child == 0 && shall_cancel)
        pthread_create(&thread, NULL, cancel_in_child, NULL);
    return 0;
}

static int outcome_of_child(uint64_t run_ns)
{
    pid_t child = 0;
    viv_import imports[] = {GUEST_FUNC("f", I32, 1, I32, 1, fork_here, &child)};
    viv_module *module = guest_load(
        "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))"
        " (func (export \"f\") (param i32) (result i32)"
        "  (drop (call $f (i32.const 0))) (loop $l (result i32) (br $l))))",
        false);
    int status;

    viv_limits_default(&limits);
    limits.run_ns = run_ns;
    guest = guest_of(module, imports, 1, &limits);
    viv_module_unref(module);
    start("f", 0);
    if (child == 0) {
        if (shall_cancel)
            pthread_join(thread, NULL);
        _exit((int)guest.outcome.kind);
    }
    EXPECT_EQ_INT(guest.outcome.kind, VIV_SPENT);
    EXPECT_EQ_INT(waitpid(child, &status, 0), child);
    EXPECT(WIFEXITED(status));
    reset();
    guest_end(&guest);
    return WEXITSTATUS(status);
}

TEST(a_call_that_runs_across_a_fork_keeps_its_time_in_the_child)
{
    EXPECT_EQ_INT(outcome_of_child(200 * MS), VIV_SPENT);
}

TEST(and_can_be_cancelled_there)
{
    shall_cancel = true;
    EXPECT_EQ_INT(outcome_of_child(3000 * MS), VIV_CANCELLED);
}

/* ------------------------------------------------------------------------
 * Threads that end.
 */

static pthread_key_t key;

static void call_while_ending(void *unused)
{
    (void)unused;
    EXPECT_EQ_INT(start("loop", 0), VIV_SPENT);
    reset();
}

static void *call_and_end(void *unused)
{
    (void)unused;
    EXPECT_EQ_INT(start("get", 0), VIV_RETURNED);
    EXPECT_EQ_INT(pthread_setspecific(key, &key), 0);
    return NULL;
}

/* Its first timer, which had been set, is gone by then. */
TEST(a_guest_in_a_destructor_of_a_thread_is_stopped)
{
    viv_limits_default(&limits);
    limits.run_ns = 50 * MS;
    begin(twice);
    EXPECT_EQ_INT(pthread_key_create(&key, call_while_ending), 0);
    EXPECT_EQ_INT(pthread_create(&thread, NULL, call_and_end, NULL), 0);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    end();
}
