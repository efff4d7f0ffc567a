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

static viv_pool_config config;

/* A pool of guests that do what play() said. */
static void open_all(void)
{
    if (config.size == 0)
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

static viv_job_result result_of_run(void)
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
    return got;
}

static uint32_t outcome_of_run(void)
{
    viv_job_result got = result_of_run();

    if (got.code < 0)
        test_fail(TEST_AT, "%s", got.err.text);
    return got.outcome.kind;
}

static int code_of_run(void)
{
    return result_of_run().code;
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

/* ------------------------------------------------------------------------
 * Where state stays, a guest goes on with the next step, one that was reset
 * begins again.
 */

static uint32_t put_reply(int kind, int number)
{
    viv_writer writer;

    viv_writer_init(&writer, NULL, 1000);
    viv_write_list(&writer, 2);
    viv_write_int(&writer, kind);
    viv_write_int(&writer, number);
    return put_written(REPLY, &writer);
}

static void open_recycled(void)
{
    viv_pool_config_default(&config);
    config.policy = VIV_POOL_RECYCLED;
    config.max = 1;
    open_all();
}

TEST(one_that_exits_does_not_come_back_as_it_was)
{
    begin();
    play(SAY(REPLY, put_reply(PYTHON_DOOR_EXITED, 3)), TRAP());
    open_recycled();
    for (int n = 0; n < 3; n++)
        EXPECT_EQ_INT(outcome_of_run(), VIV_EXITED);
    close_all();
}

/* What it raised is its own affair: it goes on with the next step. */
TEST(one_that_raises_comes_back_as_it_was_and_is_counted)
{
    viv_pool_meters meters;

    begin();
    play(SAY(REPLY, put_raised(REPLY, "ValueError", "no")),
         SAY(REPLY + 500, put_returned(REPLY + 500, 42)));
    open_recycled();
    EXPECT_EQ_INT(outcome_of_run(), VIV_RAISED);
    EXPECT_EQ_INT(outcome_of_run(), VIV_RETURNED);
    EXPECT_EQ_INT(taken, 42);
    viv_pool_meters_of(pool, &meters);
    EXPECT_EQ_INT(meters.raised, 1);
    EXPECT_EQ_INT(meters.returned, 1);
    EXPECT_EQ_INT(meters.resets, 0);
    close_all();
}

TEST(one_that_makes_no_sense_does_not_come_back_as_it_was)
{
    begin();
    play(SAY(REPLY, put_reply(99, 3)), TRAP());
    open_recycled();
    for (int n = 0; n < 3; n++)
        EXPECT_EQ_INT(code_of_run(), VIV_EFORMAT);
    close_all();
}

static viv_sandbox *acquire_one(void)
{
    viv_sandbox *held;

    EXPECT_EQ_INT(viv_pool_acquire(pool, NULL, 0, &held, &err), 0);
    return held;
}

TEST(one_that_makes_no_sense_is_reset_whoever_ran_it)
{
    viv_sandbox *held;

    begin();
    play(SAY(REPLY, put_reply(99, 3)), TRAP());
    open_recycled();
    for (int n = 0; n < 3; n++) {
        held = acquire_one();
        EXPECT_EQ_INT(viv_python_run(held, "x", 1, NULL, 0, &result, &err),
                      VIV_EFORMAT);
        EXPECT_EQ_INT(viv_sandbox_state(held), VIV_STOPPED);
        viv_pool_release(pool, held);
    }
    close_all();
}

TEST(one_that_exits_is_reset_whoever_ran_it)
{
    viv_pool_meters meters;
    viv_sandbox *held;

    begin();
    play(SAY(REPLY, put_reply(PYTHON_DOOR_EXITED, 3)), TRAP());
    open_recycled();
    for (int n = 0; n < 3; n++) {
        held = acquire_one();
        EXPECT_EQ_INT(viv_python_run(held, "x", 1, NULL, 0, &result, &err), 0);
        EXPECT_EQ_INT(result.outcome.kind, VIV_EXITED);
        EXPECT_EQ_INT(result.outcome.exit_code, 3);
        viv_pool_release(pool, held);
    }
    viv_pool_meters_of(pool, &meters);
    EXPECT_EQ_INT(meters.exited, 3);
    EXPECT_EQ_INT(meters.recycled_bad, 3);
    close_all();
}
