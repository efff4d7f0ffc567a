/* test_pool_submit.c - jobs that are handed in, and those that are given out.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_executor.h"

#include <poll.h>

#include "executor_tools.h"

static struct job_call calls[8];
static struct job_call short_call;

TEST(what_cannot_be_handed_in_for_want_of_memory_is_not)
{
    open_executor(1, 1);
    submit(&calls[0], "count", 1);
    EXPECT_EQ_INT(end_of(&calls[0]), VIV_RETURNED);
    viv_executor_close(executor, VIV_ENDLESS, NULL);
    EXPECT_EQ_INT(viv_executor_free(executor), 0);
    EXPECT_EQ_INT(viv_executor_new(&executor_config, &executor, &err), 0);
    prepare_call(&calls[0], "count", 1);
    for (uint64_t n = 1; n <= 2; n++) {
        base_alloc_fail_at(n);
        EXPECT_EQ_INT(hand_in(&calls[0]), VIV_ENOMEM);
        base_alloc_fail_at(0);
    }
    EXPECT_EQ_INT(hand_in(&calls[0]), 0);
    EXPECT_EQ_INT(end_of(&calls[0]), VIV_RETURNED);
    close_executor();
}

TEST(the_queue_is_full_at_its_size_and_not_before)
{
    viv_executor_config_default(&executor_config);
    executor_config.queue_max = 2;
    open_executor(1, 1);
    submit(&calls[0], "ask", 0);
    UNTIL(waiting, 1);
    submit(&calls[1], "count", 1);
    submit(&calls[2], "count", 1);
    prepare_call(&calls[3], "count", 1);
    EXPECT_EQ_INT(hand_in(&calls[3]), VIV_EFULL);
    EXPECT_EQ_STR(err.text, "2 jobs are in the queue already");
    look_at_work();
    EXPECT_EQ_INT(work.refused, 1);
    EXPECT_EQ_INT(work.queued, 2);
    answer_to(0, 1);
    for (int n = 0; n < 3; n++)
        EXPECT_EQ_INT(end_of(&calls[n]), VIV_RETURNED);
    EXPECT_EQ_INT(hand_in(&calls[3]), 0);
    EXPECT_EQ_INT(end_of(&calls[3]), VIV_RETURNED);
    close_executor();
}

static bool is_announced(void)
{
    struct pollfd wait = {.fd = viv_executor_fd(executor), .events = POLLIN};

    return poll(&wait, 1, 0) == 1;
}

TEST(what_is_to_be_announced_can_be_polled_and_fetched_once)
{
    viv_job *job;

    open_executor(1, 2);
    EXPECT(!is_announced());
    for (int n = 0; n < 3; n++) {
        prepare_call(&calls[n], "count", 1);
        calls[n].task.announced = n > 0;
        EXPECT_EQ_INT(viv_submit(executor, pool, &calls[n].task, NULL, &err),
                      0);
    }
    EXPECT_EQ_INT(viv_executor_close(executor, VIV_ENDLESS, NULL), 0);
    for (int n = 0; n < 2; n++) {
        EXPECT(is_announced());
        job = viv_executor_next(executor);
        EXPECT_EQ_INT(viv_job_result_of(job, &short_call.end), 0);
        EXPECT_EQ_INT(short_call.end.outcome.kind, VIV_RETURNED);
        viv_job_free(job);
    }
    EXPECT(!is_announced());
    EXPECT(viv_executor_next(executor) == NULL);
    close_executor();
}

TEST(what_nobody_fetches_is_given_back)
{
    open_executor(1, 1);
    prepare_call(&calls[0], "count", 1);
    calls[0].task.announced = 1;
    EXPECT_EQ_INT(viv_submit(executor, pool, &calls[0].task, NULL, &err), 0);
    EXPECT_EQ_INT(viv_executor_close(executor, VIV_ENDLESS, NULL), 0);
    close_executor();
}

/* ------------------------------------------------------------------------
 * Meters.  How far they go up with workers is in test_crew.c.
 */

static int find_itself(viv_sandbox *sandbox, void *cookie,
                       viv_outcome *ret_outcome, viv_error *ret_err)
{
    (void)sandbox, (void)cookie, (void)ret_err;
    EXPECT(calls[0].job != NULL);
    EXPECT_EQ_INT(viv_job_cancel(calls[0].job), 0);
    *ret_outcome = (viv_outcome){.kind = VIV_RETURNED};
    return 0;
}

TEST(a_task_finds_its_job_where_it_was_to_be_put)
{
    open_executor(1, 1);
    for (int n = 0; n < 100; n++) {
        prepare_call(&calls[0], "count", 1);
        calls[0].task.start = find_itself;
        calls[0].job = NULL;
        EXPECT_EQ_INT(hand_in(&calls[0]), 0);
        EXPECT_EQ_INT(end_of(&calls[0]), VIV_RETURNED);
    }
    close_executor();
}

TEST(jobs_of_a_pool_that_is_closed_fail_and_say_so)
{
    open_executor(1, 1);
    submit(&calls[0], "ask", 0);
    UNTIL(waiting, 1);
    submit(&calls[1], "count", 1);
    viv_pool_close(pool);
    EXPECT_EQ_INT(viv_job_wait(calls[1].job, VIV_ENDLESS, &calls[1].end), 0);
    EXPECT_EQ_INT(calls[1].end.code, VIV_ECLOSED);
    viv_job_free(calls[1].job);
    answer_to(0, 1);
    EXPECT_EQ_INT(end_of(&calls[0]), VIV_RETURNED);
    close_executor();
}
