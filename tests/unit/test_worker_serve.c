/* test_worker_serve.c - jobs come, results go: many at once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crew_tools.h"

#define MANY 2000

static struct {
    viv_call_task call;
    viv_value args[2], result;
    viv_job *job;
} many[MANY];

/* More than can be with a worker, at once. */
TEST(many_jobs_are_answered_each_with_its_own_result)
{
    make_image(WAT);
    work.queue_max = MANY;
    open_crew_with("viv", 2);
    for (uint32_t n = 0; n < MANY; n++) {
        many[n].args[0].i32 = n;
        many[n].args[1].i32 = 1000000;
        many[n].call =
            (viv_call_task){"add", 3, many[n].args, 2, &many[n].result, 1};
        viv_task_of_call(&many[n].call, &task);
        task.priority = n % 3 == 0;
        EXPECT_EQ_INT(viv_submit(executor, pool, &task, &many[n].job, &err), 0);
    }
    for (uint32_t n = 0; n < MANY; n++) {
        job = many[n].job;
        EXPECT_EQ_INT(wait_for_end(), VIV_RETURNED);
        EXPECT_EQ_INT(many[n].result.i32, n + 1000000);
    }
    close_crew();
}

TEST(a_queue_that_is_full_says_so)
{
    make_image(WAT);
    work.queue_max = 1;
    config.max = 1;
    open_crew_with("viv", 1);
    submit("loop", 0, 0);
    while (viv_submit(executor, pool, &task, NULL, &err) == 0)
        continue;
    EXPECT_EQ_INT(err.code, VIV_EFULL);
    close_crew();
    viv_job_free(job);
}
