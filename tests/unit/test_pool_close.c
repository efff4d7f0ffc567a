/* test_pool_close.c - an executor is looked at, and closed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_executor.h"

#include "executor_tools.h"

static struct job_call calls[8];
static struct job_call short_call;
static pthread_t threads[8];

static uint64_t sum_of(const viv_histogram *histogram)
{
    uint64_t sum = 0;

    for (int n = 0; n < VIV_HISTOGRAM_BUCKETS; n++)
        sum += histogram->buckets[n];
    EXPECT_EQ_INT(sum, histogram->count);
    return sum;
}

/* One waits for 30 ms and another for its sandbox as long, one computes for 20
 * ms and is cancelled, one is cancelled before it begins, one fails. */
TEST(what_the_time_of_jobs_went_into_is_counted_when_they_are_done)
{
    open_executor(1, 1);
    submit(&calls[0], "ask", TOKENS + 30);
    submit(&calls[1], "count", 10);
    EXPECT_EQ_INT(end_of(&calls[0]), VIV_RETURNED);
    EXPECT_EQ_INT(end_of(&calls[1]), VIV_RETURNED);
    submit(&calls[2], "loop", 0);
    UNTIL(running, 1);
    submit(&calls[3], "count", 1);
    submit(&calls[4], "nothing", 1);
    EXPECT_EQ_INT(viv_job_cancel(calls[3].job), 0);
    sleep_for(20 * MS);
    EXPECT_EQ_INT(viv_job_cancel(calls[2].job), 0);
    EXPECT_EQ_INT(end_of(&calls[2]), VIV_CANCELLED);
    EXPECT_EQ_INT(end_of(&calls[3]), VIV_CANCELLED);
    EXPECT_EQ_INT(viv_job_wait(calls[4].job, VIV_ENDLESS, &calls[4].end), 0);
    viv_job_free(calls[4].job);
    EXPECT_EQ_INT(calls[4].end.code, VIV_ENOTFOUND);
    EXPECT_EQ_INT(viv_executor_close(executor, VIV_ENDLESS, &work), 0);
    EXPECT_EQ_INT(work.finished, 2);
    EXPECT_EQ_INT(work.cancelled, 2);
    EXPECT_EQ_INT(work.failed, 1);
    EXPECT(work.slices > 0);
    EXPECT_EQ_INT(sum_of(&work.queue), 5);
    EXPECT_EQ_INT(sum_of(&work.wait), 4); /* one has never begun */
    EXPECT_EQ_INT(sum_of(&work.run), 4);
    EXPECT(work.queue.sum_ns >= 30 * MS); /* of the second */
    EXPECT(work.wait.sum_ns >= 30 * MS);
    EXPECT(work.run.sum_ns >= MS);
    close_executor();
}

TEST(closing_waits_for_what_ends_and_cancels_what_does_not)
{
    open_executor(2, 4);
    submit(&calls[0], "loop", 0);
    submit(&calls[1], "ask", TOKENS + 30);
    submit(&calls[2], "ask", 0);
    submit(&calls[3], "count", 1);
    submit(&calls[4], "loop", 0);
    EXPECT_EQ_INT(viv_executor_close(executor, 200 * MS, &work), 0);
    EXPECT_EQ_INT(work.finished, 2);
    EXPECT_EQ_INT(work.cancelled, 3);
    EXPECT_EQ_INT(work.queued + work.running + work.waiting, 0);
    prepare_call(&short_call, "count", 1);
    EXPECT_EQ_INT(hand_in(&short_call), VIV_ECLOSED);
    EXPECT_EQ_STR(err.text, "the executor is closed");
    EXPECT_EQ_INT(viv_executor_close(executor, VIV_ENDLESS, &work), 0);
    EXPECT_EQ_INT(work.finished, 2);
    for (int n = 0; n < 5; n++)
        end_of(&calls[n]);
    EXPECT_EQ_INT(calls[1].end.outcome.kind, VIV_RETURNED);
    EXPECT_EQ_INT(calls[2].end.outcome.kind, VIV_CANCELLED);
    look();
    EXPECT_EQ_INT(meters.held, 0);
    close_executor();
}

/* However long a slice is: those that run are stopped, not asked. */
TEST(closing_stops_what_runs_at_once)
{
    static viv_limits endless;
    uint64_t began;

    viv_limits_default(&endless);
    endless.run_ns = endless.wall_ns = VIV_ENDLESS;
    viv_pool_config_default(&config);
    config.limits = &endless;
    viv_executor_config_default(&executor_config);
    executor_config.slice_ns = VIV_ENDLESS;
    open_executor(2, 2);
    for (int n = 0; n < 3; n++)
        submit(&calls[n], "loop", 0);
    UNTIL(running, 2);
    began = os_clock_now();
    EXPECT_EQ_INT(viv_executor_close(executor, 10 * MS, &work), 0);
    EXPECT(os_clock_now() - began < 10 * VIV_NS_PER_S);
    EXPECT_EQ_INT(work.cancelled, 3);
    for (int n = 0; n < 3; n++)
        EXPECT_EQ_INT(end_of(&calls[n]), VIV_CANCELLED);
    close_executor();
}

static void *submit_many(void *unused)
{
    struct job_call mine = {0};

    prepare_call(&mine, "count", 10);
    while (hand_in(&mine) == 0)
        EXPECT(end_of(&mine) == VIV_RETURNED ||
               mine.end.outcome.kind == VIV_CANCELLED);
    return unused;
}

static void *close_it(void *unused)
{
    EXPECT_EQ_INT(viv_executor_close(executor, 0, NULL), 0);
    return unused;
}

TEST(closing_by_two_while_six_hand_in)
{
    for (int round = 0; round < 10; round++) {
        open_executor(2, 3);
        for (int n = 0; n < 6; n++)
            pthread_create(&threads[n], NULL, submit_many, NULL);
        sleep_for(5 * MS);
        for (int n = 6; n < 8; n++)
            pthread_create(&threads[n], NULL, close_it, NULL);
        for (int n = 0; n < 8; n++)
            pthread_join(threads[n], NULL);
        look_at_work();
        EXPECT_EQ_INT(work.queued + work.running + work.waiting, 0);
        EXPECT(work.refused >= 6);
        close_executor();
    }
}

/* ------------------------------------------------------------------------
 * At the same moment.
 */
