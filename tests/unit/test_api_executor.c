/* test_api_executor.c - vivarium.h: executors, jobs and tasks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "executor_tools.h"

static struct job_call calls[1];

TEST(what_is_missing_is_refused)
{
    viv_job_result result;

    open_executor(1, 1);
    prepare_call(&calls[0], "count", 1);
    EXPECT_EQ_INT(viv_executor_new(NULL, NULL, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_submit(NULL, pool, &calls[0].task, NULL, &err),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_submit(executor, NULL, &calls[0].task, NULL, &err),
                  VIV_EINVAL);
    EXPECT_EQ_INT(viv_submit(executor, pool, NULL, NULL, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_job_wait(NULL, 0, &result), VIV_EINVAL);
    EXPECT_EQ_INT(viv_job_result_of(NULL, &result), VIV_EINVAL);
    EXPECT_EQ_INT(viv_job_cancel(NULL), VIV_EINVAL);
    EXPECT_EQ_INT(viv_executor_close(NULL, 0, NULL), VIV_EINVAL);
    EXPECT_EQ_INT(viv_executor_fd(NULL), VIV_EINVAL);
    close_executor();
}

TEST(nothing_is_nothing_to_do)
{
    viv_job_free(NULL);
    EXPECT_EQ_INT(viv_executor_free(NULL), 0);
    EXPECT(viv_executor_next(NULL) == NULL);
    viv_executor_meters_of(NULL, &work);
    EXPECT_EQ_INT(work.queued, 0);
}

static int hand_in_with(size_t size, uint32_t priority, const char *key)
{
    prepare_call(&calls[0], "count", 1);
    calls[0].task.size = size;
    calls[0].task.priority = priority;
    calls[0].task.key = key;
    return hand_in(&calls[0]);
}

TEST(a_task_that_cannot_be_is_refused)
{
    open_executor(1, 1);
    EXPECT_EQ_INT(hand_in_with(sizeof(viv_task) - 1, 0, NULL), VIV_EINVAL);
    EXPECT_EQ_INT(hand_in_with(sizeof(viv_task), 2, NULL), VIV_EINVAL);
    EXPECT_EQ_INT(hand_in_with(sizeof(viv_task), 1, "a"), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "keeps no sessions");
    EXPECT_EQ_INT(hand_in_with(sizeof(viv_task), 1, NULL), 0);
    EXPECT_EQ_INT(end_of(&calls[0]), VIV_RETURNED);
    calls[0].task.start = NULL;
    EXPECT_EQ_INT(hand_in(&calls[0]), VIV_EINVAL);
    close_executor();
}

TEST(without_a_config_there_is_the_usual_one)
{
    EXPECT_EQ_INT(viv_executor_new(NULL, &executor, &err), 0);
    EXPECT(viv_executor_fd(executor) >= 0);
    EXPECT_EQ_INT(viv_executor_free(executor), 0);
}

/* What Python does with it is in test_api_executor_python.c. */
TEST(a_task_of_python_needs_a_python)
{
    viv_python_task run = {.source = "1", .len = 1};
    viv_task task;
    viv_job *job;
    viv_job_result result;

    open_executor(1, 1);
    viv_task_of_python(&run, &task);
    EXPECT_EQ_INT(viv_submit(executor, pool, &task, &job, &err), 0);
    EXPECT_EQ_INT(viv_job_wait(job, VIV_ENDLESS, &result), 0);
    EXPECT_EQ_INT(result.code, VIV_EINVAL);
    viv_job_free(job);
    close_executor();
}
