/* test_api_executor_python.c - vivarium.h: runs of Python as jobs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "door_tools.h"

#define MS UINT64_C(1000000)

static viv_image *image;
static viv_pool *pool;
static viv_executor *executor;
static int64_t taken;
static int takes;

static int prepare(viv_sandbox *made, void *cookie, viv_error *ret_err)
{
    (void)cookie;
    return viv_wasi_apply(made, NULL, ret_err);
}

static void take(viv_sandbox *from, const viv_python_result *got, void *cookie)
{
    viv_reader reader;
    viv_item item = {0};

    EXPECT(from != NULL && cookie == &taken);
    takes++;
    if (got->outcome.kind != VIV_RETURNED)
        return;
    viv_reader_init(&reader, got->value, got->value_len);
    EXPECT_EQ_INT(viv_read(&reader, &item, NULL), 0);
    taken = item.integer;
}

/* A pool of guests that do what play() said. */
static void open_all(void)
{
    viv_pool_config config;

    viv_pool_config_default(&config);
    config.prepare = prepare;
    EXPECT_EQ_INT(viv_image_new((viv_sandbox *)sandbox, &image, &err), 0);
    EXPECT_EQ_INT(viv_pool_new(image, &config, &pool, &err), 0);
    EXPECT_EQ_INT(viv_executor_new(NULL, &executor, &err), 0);
}

static void close_all(void)
{
    EXPECT_EQ_INT(viv_executor_free(executor), 0);
    viv_pool_unref(pool);
    viv_image_unref(image);
    end();
}

static uint32_t outcome_of_run(void)
{
    viv_python_task run_x = {.source = "x",
                             .len = 1,
                             .flags = VIV_PYTHON_VALUE,
                             .take = take,
                             .cookie = &taken};
    viv_task task;
    viv_job *job;
    viv_job_result got;

    viv_task_of_python(&run_x, &task);
    EXPECT_EQ_INT(viv_submit(executor, pool, &task, &job, &err), 0);
    EXPECT_EQ_INT(viv_job_wait(job, VIV_ENDLESS, &got), 0);
    viv_job_free(job);
    if (got.code < 0)
        test_fail(TEST_AT, "%s", got.err.text);
    return got.outcome.kind;
}

TEST(a_run_that_waits_is_taken_once_when_it_is_done)
{
    begin();
    play(WAIT(20 * MS), SAY(REPLY, put_returned(REPLY, 42)));
    open_all();
    EXPECT_EQ_INT(outcome_of_run(), VIV_RETURNED);
    EXPECT_EQ_INT(takes, 1);
    EXPECT_EQ_INT(taken, 42);
    close_all();
}

TEST(one_that_traps_is_taken_too_and_the_next_is_fresh)
{
    begin();
    play(TRAP());
    open_all();
    for (int n = 1; n < 4; n++) {
        EXPECT_EQ_INT(outcome_of_run(), VIV_TRAPPED);
        EXPECT_EQ_INT(takes, n);
    }
    close_all();
}
