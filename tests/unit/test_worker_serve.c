/* test_worker_serve.c - jobs come, results go: many at once, and of Python.
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

/* ------------------------------------------------------------------------
 * Python.
 */

static struct taken {
    int count;
    char value[100], output[100], message[100];
    size_t value_len, output_len;
} taken;

static void take(viv_sandbox *sandbox, const viv_python_result *got,
                 void *cookie)
{
    struct taken *to = cookie;

    EXPECT(sandbox == NULL);
    to->count++;
    to->value_len = got->value_len;
    to->output_len = got->output_len;
    viv_data_text(got->value, got->value_len, to->value, sizeof(to->value));
    snprintf(to->output, sizeof(to->output), "%.*s|%.*s",
             (int)(got->output_len < 40 ? got->output_len : 40), got->output,
             (int)got->errors_len, got->errors);
    snprintf(to->message, sizeof(to->message), "%s: %s in %s",
             got->type != NULL ? got->type : "",
             got->message != NULL ? got->message : "",
             got->frame_count > 0 ? got->frames[0].file : "");
}

static void open_python(void)
{
    need_workers();
    if (viv_python_load(getenv("VIV_PYTHON"), NULL, 0, &image, &err) < 0)
        SKIP("there is no Python: %s", err.text);
    viv_pool_config_default(&config);
    viv_executor_config_default(&work);
    open_crew_with("viv", 1);
}

static uint32_t run_python(const char *source)
{
    static viv_python_task run;

    run = (viv_python_task){.source = source,
                            .len = strlen(source),
                            .flags = VIV_PYTHON_VALUE,
                            .take = take,
                            .cookie = &taken};
    viv_task_of_python(&run, &task);
    taken = (struct taken){0};
    EXPECT_EQ_INT(hand_in(), 0);
    return wait_for_end();
}

TEST(python_runs_in_a_worker_as_it_does_here)
{
    open_python();
    EXPECT_EQ_INT(run_python("x = 6; print('hi'); x * 7"), VIV_RETURNED);
    EXPECT_EQ_INT(taken.count, 1);
    EXPECT_EQ_STR(taken.value, "42");
    EXPECT_EQ_STR(taken.output, "hi\n|");
    EXPECT_EQ_INT(run_python("x"), VIV_RAISED);
    EXPECT_EQ_STR(taken.message, "NameError: name 'x' is not defined in <run>");
    EXPECT_EQ_INT(run_python("import sys; sys.stderr.write('no'); sys.exit(4)"),
                  VIV_EXITED);
    EXPECT_EQ_INT(end.outcome.exit_code, 4);
    EXPECT_EQ_STR(taken.output, "|no");
    EXPECT_EQ_INT(run_python("import json, re, decimal; json.loads('[1]')"),
                  VIV_RETURNED);
    EXPECT_EQ_STR(taken.value, "[1]");
    close_crew();
}

TEST(large_values_and_outputs_come_whole)
{
    open_python();
    EXPECT_EQ_INT(run_python("print('o' * 3000000); b'v' * 5000000"),
                  VIV_RETURNED);
    EXPECT_EQ_INT(taken.output_len, 3000001);
    EXPECT_EQ_INT(taken.value_len, 5000005);
    EXPECT_EQ_INT(run_python("1"), VIV_RETURNED);
    close_crew();
}

TEST(python_that_waits_or_computes_does_not_hold_up_others)
{
    static viv_python_task sleeps = {.source = "import time; time.sleep(0.3)",
                                     .len = 28};
    viv_job *sleeper;
    uint64_t began;

    open_python();
    EXPECT_EQ_INT(run_python("1"), VIV_RETURNED);
    viv_task_of_python(&sleeps, &task);
    EXPECT_EQ_INT(viv_submit(executor, pool, &task, &sleeper, &err), 0);
    began = os_clock_now();
    EXPECT_EQ_INT(run_python("2"), VIV_RETURNED);
    EXPECT_EQ_STR(taken.value, "2");
    job = sleeper;
    EXPECT_EQ_INT(wait_for_end(), VIV_RETURNED);
    EXPECT(os_clock_now() - began >= 250 * MS);
    close_crew();
}

TEST(python_that_is_stopped_is_taken_too)
{
    open_python();
    EXPECT_EQ_INT(run_python("import os; os._exit(3)"), VIV_EXITED);
    EXPECT_EQ_INT(taken.count, 1);
    EXPECT_EQ_INT(run_python("1 + 1"), VIV_RETURNED);
    EXPECT_EQ_STR(taken.value, "2");
    close_crew();
}
