/* test_pool_job.c - a task that was handed in, until it is done.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_job.h"

#include "executor_tools.h"

static struct job_call calls[64];
static pthread_t threads[8];

/* ------------------------------------------------------------------------
 * How it goes.
 */

TEST(a_call_that_returns_has_its_result_and_its_times)
{
    open_executor(1, 1);
    submit(&calls[0], "count", 1000);
    EXPECT_EQ_INT(end_of(&calls[0]), VIV_RETURNED);
    EXPECT_EQ_INT(calls[0].result.i32, 3000);
    EXPECT(calls[0].end.queue_ns > 0);
    EXPECT(calls[0].end.run_ns > 0);
    EXPECT_EQ_INT(calls[0].end.outcome.used.calls, 1);
    close_executor();
}

TEST(a_call_that_waits_has_no_thread_and_goes_on_when_answered)
{
    open_executor(1, 3);
    submit(&calls[0], "ask", 0);
    submit(&calls[1], "ask", 1);
    submit(&calls[2], "count", 1); /* on the only thread */
    EXPECT_EQ_INT(end_of(&calls[2]), VIV_RETURNED);
    UNTIL(waiting, 2);
    sleep_for(20 * MS);
    answer_to(1, 5);
    EXPECT_EQ_INT(end_of(&calls[1]), VIV_RETURNED);
    EXPECT_EQ_INT(calls[1].result.i32, 6);
    EXPECT(calls[1].end.wait_ns >= 20 * MS);
    EXPECT(calls[1].end.run_ns < 20 * MS);
    answer_to(0, 6);
    EXPECT_EQ_INT(end_of(&calls[0]), VIV_RETURNED);
    close_executor();
}

TEST(a_call_that_sleeps_is_woken_in_time)
{
    open_executor(1, 8);
    for (uint32_t n = 0; n < 8; n++)
        submit(&calls[n], "ask", TOKENS + 80 - 10 * n);
    for (uint32_t n = 0; n < 8; n++) {
        EXPECT_EQ_INT(end_of(&calls[n]), VIV_RETURNED);
        EXPECT(calls[n].end.wait_ns >= (80 - 10 * n - 1) * MS);
    }
    close_executor();
}

TEST(limits_hold_for_what_computes_and_for_what_waits)
{
    viv_limits_default(&limits);
    limits.run_ns = 20 * MS;
    limits.wall_ns = 300 * MS;
    config.limits = &limits;
    viv_pool_config_default(&config);
    config.limits = &limits;
    open_executor(1, 2);
    submit(&calls[0], "loop", 0);
    submit(&calls[1], "ask", 0);
    EXPECT_EQ_INT(end_of(&calls[0]), VIV_SPENT);
    EXPECT_EQ_INT(calls[0].end.outcome.limit, VIV_LIMIT_RUN_TIME);
    EXPECT_EQ_INT(end_of(&calls[1]), VIV_SPENT);
    EXPECT_EQ_INT(calls[1].end.outcome.limit, VIV_LIMIT_WALL_TIME);
    close_executor();
}

TEST(what_cannot_be_called_is_a_failure_with_words)
{
    open_executor(1, 1);
    submit(&calls[0], "no such thing", 0);
    EXPECT_EQ_INT(viv_job_wait(calls[0].job, VIV_ENDLESS, &calls[0].end), 0);
    EXPECT_EQ_INT(calls[0].end.code, VIV_ENOTFOUND);
    EXPECT_HAS_STR(calls[0].end.err.text, "no such thing");
    viv_job_free(calls[0].job);
    look_at_work();
    EXPECT_EQ_INT(work.failed, 1);
    close_executor();
}

TEST(a_job_nobody_owns_is_done_all_the_same)
{
    open_executor(1, 1);
    prepare_call(&calls[0], "count", 5);
    EXPECT_EQ_INT(viv_submit(executor, pool, &calls[0].task, NULL, &err), 0);
    submit(&calls[1], "count", 5);
    viv_job_free(calls[1].job);
    EXPECT_EQ_INT(viv_executor_close(executor, VIV_ENDLESS, &work), 0);
    EXPECT_EQ_INT(work.finished, 2);
    EXPECT_EQ_INT(calls[0].result.i32, 15);
    close_executor();
}

TEST(the_result_is_not_there_before_the_end)
{
    open_executor(1, 1);
    submit(&calls[0], "ask", 0);
    UNTIL(waiting, 1);
    EXPECT_EQ_INT(viv_job_result_of(calls[0].job, &calls[0].end), VIV_EBUSY);
    EXPECT_EQ_INT(viv_job_wait(calls[0].job, 0, &calls[0].end), VIV_ETIME);
    EXPECT_EQ_INT(viv_job_wait(calls[0].job, MS, &calls[0].end), VIV_ETIME);
    answer_to(0, 1);
    EXPECT_EQ_INT(viv_job_wait(calls[0].job, VIV_ENDLESS, &calls[0].end), 0);
    EXPECT_EQ_INT(viv_job_result_of(calls[0].job, &calls[0].end), 0);
    EXPECT_EQ_INT(end_of(&calls[0]), VIV_RETURNED);
    close_executor();
}

TEST(sessions_are_for_jobs_too_and_one_is_never_two_at_once)
{
    viv_pool_config_default(&config);
    config.policy = VIV_POOL_KEPT;
    open_executor(2, 2);
    for (int n = 0; n < 20; n++) {
        prepare_call(&calls[n], n % 2 ? "get" : "set", (uint32_t)n + 100);
        calls[n].task.key = "a";
        EXPECT_EQ_INT(hand_in(&calls[n]), 0);
    }
    for (int n = 0; n < 20; n++)
        EXPECT_EQ_INT(end_of(&calls[n]), VIV_RETURNED);
    for (uint32_t n = 0; n < 20; n++)
        EXPECT_EQ_INT(calls[n].result.i32, n / 2 * 2 + 100);
    close_executor();
}

TEST(a_job_gets_a_session_that_has_become_too_old)
{
    viv_pool_config_default(&config);
    config.policy = VIV_POOL_KEPT;
    config.idle_ns = 40 * MS;
    open_executor(1, 1);
    prepare_call(&calls[0], "set", 5);
    calls[0].task.key = "a";
    EXPECT_EQ_INT(hand_in(&calls[0]), 0);
    EXPECT_EQ_INT(end_of(&calls[0]), VIV_RETURNED);
    prepare_call(&calls[1], "get", 5);
    calls[1].task.key = "b";
    EXPECT_EQ_INT(hand_in(&calls[1]), 0);
    EXPECT_EQ_INT(end_of(&calls[1]), VIV_RETURNED);
    EXPECT_EQ_INT(calls[1].result.i32, 7);
    EXPECT(calls[1].end.queue_ns >= 30 * MS);
    close_executor();
}

static void submit_to(int n, const char *key, const char *name, uint32_t arg)
{
    prepare_call(&calls[n], name, arg);
    calls[n].task.key = key;
    EXPECT_EQ_INT(hand_in(&calls[n]), 0);
}

TEST(a_job_gets_a_session_that_becomes_idle_and_too_old_while_it_waits)
{
    viv_pool_config_default(&config);
    config.policy = VIV_POOL_KEPT;
    config.idle_ns = 100 * MS;
    open_executor(2, 1);
    submit_to(0, "a", "ask", 0);
    UNTIL(waiting, 1);
    for (int n = 1; n < 4; n++) {
        submit_to(n, n < 3 ? "b" : NULL, "get", 0);
        wait_until_queued((uint64_t)n);
    }
    answer_to(0, 1);
    EXPECT_EQ_INT(end_of(&calls[0]), VIV_RETURNED);
    EXPECT_EQ_INT(viv_job_cancel(calls[1].job), 0); /* it was to look out */
    EXPECT_EQ_INT(end_of(&calls[1]), VIV_CANCELLED);
    for (int n = 2; n < 4; n++) {
        EXPECT_EQ_INT(end_of(&calls[n]), VIV_RETURNED);
        EXPECT_EQ_INT(calls[n].result.i32, 7);
        EXPECT(calls[n].end.queue_ns > (uint64_t)(n - 1) * 100 * MS);
    }
    close_executor();
}

#define MANY 200

/* Of more sessions than there are sandboxes, every fifth one cancelled. */
TEST(jobs_of_many_sessions_all_end)
{
    static const char *const keys[] = {"a", "b", "c", "d", "e", NULL};
    static struct job_call many[MANY];
    int returned = 0;

    viv_pool_config_default(&config);
    config.policy = VIV_POOL_KEPT;
    config.idle_ns = MS;
    open_executor(2, 2);
    for (int n = 0; n < MANY; n++) {
        prepare_call(&many[n], "count", 1);
        many[n].task.key = keys[n * 7 % 6];
        many[n].task.priority = n % 3 ? VIV_INTERACTIVE : VIV_BATCH;
        EXPECT_EQ_INT(hand_in(&many[n]), 0);
    }
    for (int n = 0; n < MANY; n += 5)
        viv_job_cancel(many[n].job);
    for (int n = 0; n < MANY; n++)
        returned += end_of(&many[n]) == VIV_RETURNED;
    EXPECT(returned >= MANY * 4 / 5);
    look_at_work();
    EXPECT_EQ_INT(work.finished, returned);
    EXPECT_EQ_INT(work.cancelled, MANY - returned);
    close_executor();
}

static _Atomic int ended;
static int ends[4];

static void note_end(viv_job *job, void *cookie)
{
    (void)job;
    ends[ended++] = (int)((struct job_call *)cookie - calls);
}

TEST(who_waits_for_a_sandbox_with_a_lower_priority_lets_others_pass)
{
    open_executor(1, 1);
    submit(&calls[0], "ask", 0);
    UNTIL(waiting, 1);
    for (int n = 1; n < 4; n++) {
        prepare_call(&calls[n], "count", 1);
        calls[n].task.priority = n < 3 ? VIV_BATCH : VIV_INTERACTIVE;
        calls[n].task.done = note_end;
        EXPECT_EQ_INT(hand_in(&calls[n]), 0);
        wait_until_queued((uint64_t)n);
    }
    answer_to(0, 1);
    for (int n = 0; n < 4; n++)
        EXPECT_EQ_INT(end_of(&calls[n]), VIV_RETURNED);
    EXPECT_EQ_INT(ends[0], 3);
    EXPECT_EQ_INT(ends[1], 1);
    EXPECT_EQ_INT(ends[2], 2);
    close_executor();
}

/* ------------------------------------------------------------------------
 * Cancelling.
 */

TEST(a_job_is_cancelled_wherever_it_is)
{
    open_executor(1, 2);
    submit(&calls[0], "loop", 0);
    UNTIL(running, 1);
    submit(&calls[1], "ask", 0);
    UNTIL(queued, 0);
    submit(&calls[2], "count", 1); /* no sandbox is left */
    for (int n = 0; n < 3; n++)
        EXPECT_EQ_INT(viv_job_cancel(calls[n].job), 0);
    for (int n = 0; n < 3; n++)
        EXPECT_EQ_INT(end_of(&calls[n]), VIV_CANCELLED);
    EXPECT_EQ_INT(calls[2].result.i32, 0);
    EXPECT_EQ_INT(calls[2].end.run_ns, 0);
    look();
    EXPECT_EQ_INT(meters.held, 0);
    EXPECT_EQ_INT(meters.queued, 0);
    EXPECT_EQ_INT(meters.cancelled, 2);
    close_executor();
}

TEST(what_is_done_is_not_cancelled_any_more)
{
    open_executor(1, 1);
    submit(&calls[0], "count", 1);
    EXPECT_EQ_INT(viv_job_wait(calls[0].job, VIV_ENDLESS, &calls[0].end), 0);
    EXPECT_EQ_INT(viv_job_cancel(calls[0].job), VIV_ENOCALL);
    EXPECT_EQ_INT(end_of(&calls[0]), VIV_RETURNED);
    close_executor();
}

/* Below, a task cancels itself at a moment that one would have to be lucky to
 * meet from outside.  No slice ends: what a cancel misses goes on for ever. */
static viv_task_func *real_start;
static _Atomic(viv_job *) first_job;
static int starts;

static void cancel_this(void)
{
    while (first_job == NULL)
        sched_yield();
    EXPECT_EQ_INT(viv_job_cancel(first_job), 0);
}

static int start_after(viv_sandbox *sandbox, void *cookie,
                       viv_outcome *ret_outcome, viv_error *ret_err)
{
    starts++;
    cancel_this();
    return real_start(sandbox, cookie, ret_outcome, ret_err);
}

static int start_before(viv_sandbox *sandbox, void *cookie,
                        viv_outcome *ret_outcome, viv_error *ret_err)
{
    int code = real_start(sandbox, cookie, ret_outcome, ret_err);

    starts++;
    cancel_this();
    return code;
}

static int cancel_before(viv_sandbox *sandbox, void *cookie, viv_error *ret_err)
{
    (void)sandbox, (void)cookie, (void)ret_err;
    cancel_this();
    return 0;
}

/* How the first job ends, of a pool that keeps what it has done. */
static uint32_t end_of_first(const char *name, viv_task_func *func)
{
    viv_executor_config_default(&executor_config);
    executor_config.slice_ns = VIV_ENDLESS;
    viv_pool_config_default(&config);
    config.policy = VIV_POOL_RECYCLED;
    config.prepare = func == NULL ? cancel_before : NULL;
    open_executor(1, 1);
    prepare_call(&calls[0], name, 5);
    real_start = calls[0].task.start;
    calls[0].task.start = func == NULL ? start_before : func;
    EXPECT_EQ_INT(hand_in(&calls[0]), 0);
    first_job = calls[0].job;
    return end_of(&calls[0]);
}

TEST(a_call_that_is_about_to_begin_is_cancelled_at_once)
{
    EXPECT_EQ_INT(end_of_first("loop", start_after), VIV_CANCELLED);
    EXPECT_EQ_INT(starts, 1);
    close_executor();
}

TEST(and_does_not_begin_if_its_sandbox_is_still_being_made)
{
    EXPECT_EQ_INT(end_of_first("loop", NULL), VIV_CANCELLED);
    EXPECT_EQ_INT(starts, 0);
    look_at_work();
    EXPECT_EQ_INT(work.cancelled, 1);
    close_executor();
}

TEST(who_has_the_sandbox_next_is_not_cancelled)
{
    EXPECT_EQ_INT(end_of_first("set", start_before), VIV_RETURNED);
    EXPECT_EQ_INT(starts, 1);
    submit(&calls[1], "get", 0);
    EXPECT_EQ_INT(end_of(&calls[1]), VIV_RETURNED);
    EXPECT_EQ_INT(calls[1].result.i32, 5);
    look();
    EXPECT_EQ_INT(meters.made, 1);
    EXPECT_EQ_INT(meters.resets, 0);
    close_executor();
}

static void *cancel_all(void *unused)
{
    for (int n = 0; n < 64; n++)
        viv_job_cancel(calls[n].job);
    return unused;
}

/* A cancel that met another's call would end one of the last jobs. */
TEST(a_storm_of_cancels_ends_each_job_once_and_no_other)
{
    static const char *const NAMES[] = {"loop", "ask", "count", "deep"};

    open_executor(2, 5);
    for (int round = 0; round < 20; round++) {
        for (uint32_t n = 0; n < 64; n++)
            submit(&calls[n], NAMES[n % 4], n % 4 == 1 ? TOKENS + 1000 : 900);
        for (int n = 0; n < 8; n++)
            pthread_create(&threads[n], NULL, cancel_all, NULL);
        for (int n = 0; n < 8; n++)
            pthread_join(threads[n], NULL);
        for (int n = 0; n < 64; n++) {
            uint32_t kind = end_of(&calls[n]);

            EXPECT(kind == VIV_CANCELLED ||
                   (kind == VIV_RETURNED && n % 4 > 1));
        }
        submit(&calls[0], "count", 100000);
        EXPECT_EQ_INT(end_of(&calls[0]), VIV_RETURNED);
    }
    look_at_work();
    EXPECT_EQ_INT(work.finished + work.cancelled, 20 * 65);
    close_executor();
}

static void *answer_all(void *unused)
{
    for (int round = 0; round < 2000; round++)
        for (int n = 0; n < 16; n++) {
            viv_value value = {.i32 = 1};
            viv_token *one = atomic_exchange(&tokens[n], NULL);

            if (one == NULL)
                continue;
            viv_token_answer(one, &value, 1);
            viv_token_free(one);
        }
    return unused;
}

TEST(answers_and_cancels_from_many_threads_lose_no_job)
{
    open_executor(2, 16);
    for (int round = 0; round < 10; round++) {
        for (uint32_t n = 0; n < 16; n++)
            submit(&calls[n], "ask", n);
        for (int n = 0; n < 4; n++)
            pthread_create(&threads[n], NULL, answer_all, NULL);
        for (int n = 0; n < 16; n += 2)
            viv_job_cancel(calls[n].job);
        for (int n = 0; n < 4; n++)
            pthread_join(threads[n], NULL);
        for (int n = 1; n < 16; n += 2)
            viv_job_cancel(calls[n].job); /* that came late */
        for (int n = 0; n < 16; n++) {
            uint32_t kind = end_of(&calls[n]);

            EXPECT(kind == VIV_RETURNED || kind == VIV_CANCELLED);
        }
    }
    close_executor();
}
