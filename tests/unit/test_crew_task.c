/* test_crew_task.c - a job on its way to a worker.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crew/crew_task.h"

#include "base/base_alloc.h"
#include "test.h"

static struct base_buf buf;
static struct crew_task task;
static struct pool_job job;
static viv_value args[2] = {{.i32 = 5}, {.i64 = 6}}, result;
static viv_call_task call = {"name", 4, args, 2, &result, 1};
static viv_python_task run = {
    .source = "a\0b", .len = 3, .name = "file", .flags = 6};

static int read_cut(size_t len)
{
    struct crew_head head = crew_message_head(buf.at);

    return crew_task_read((enum crew_kind)head.kind,
                          (const uint8_t *)buf.at + CREW_HEAD_BYTES, len,
                          &task);
}

static void put(enum pool_job_kind kind, void *cookie, char *key)
{
    job.kind = kind;
    job.task.cookie = cookie;
    job.task.priority = VIV_BATCH;
    job.key = key;
    base_buf_init(&buf, SIZE_MAX);
    EXPECT(crew_task_put(&buf, &job, 77));
    EXPECT_EQ_INT(crew_message_head(buf.at).id, 77);
}

TEST(a_call_arrives)
{
    put(POOL_JOB_CALL, &call, NULL);
    EXPECT_EQ_INT(read_cut(buf.len - CREW_HEAD_BYTES), 0);
    EXPECT_EQ_INT(task.priority, VIV_BATCH);
    EXPECT(task.key == NULL);
    EXPECT_EQ_INT(task.call.name_len, 4);
    EXPECT_EQ_MEM(task.call.name, "name", 4);
    EXPECT_EQ_INT(task.call.arg_count, 2);
    EXPECT_EQ_INT(task.call.args[1].i64, 6);
    EXPECT_EQ_INT(task.call.result_count, 1);
    task.call.results[0].i32 = 1;
    crew_task_fini(&task);
    base_buf_fini(&buf);
}

TEST(a_run_arrives)
{
    char key[] = "key";

    put(POOL_JOB_PYTHON, &run, key);
    EXPECT_EQ_INT(read_cut(buf.len - CREW_HEAD_BYTES), 0);
    EXPECT_EQ_STR(task.key, "key");
    EXPECT_EQ_INT(task.python.len, 3);
    EXPECT_EQ_MEM(task.python.source, "a\0b", 3);
    EXPECT_EQ_STR(task.python.name, "file");
    EXPECT_EQ_INT(task.python.flags, 6);
    EXPECT(task.call.name == NULL);
    crew_task_fini(&task);
    base_buf_fini(&buf);
}

TEST(what_is_missing_is_nothing)
{
    viv_call_task bare = {0};
    viv_python_task empty = {0};

    put(POOL_JOB_CALL, &bare, NULL);
    EXPECT_EQ_INT(read_cut(buf.len - CREW_HEAD_BYTES), 0);
    EXPECT_EQ_INT(task.call.name_len + task.call.arg_count, 0);
    crew_task_fini(&task);
    base_buf_fini(&buf);
    put(POOL_JOB_PYTHON, &empty, NULL);
    EXPECT_EQ_INT(read_cut(buf.len - CREW_HEAD_BYTES), 0);
    EXPECT_EQ_INT(task.python.len, 0);
    EXPECT(task.python.name == NULL);
    base_buf_fini(&buf);
}

TEST(whatever_is_cut_off_it_makes_no_sense)
{
    char key[] = "key";

    for (int kind = POOL_JOB_CALL; kind <= POOL_JOB_PYTHON; kind++) {
        put((enum pool_job_kind)kind,
            kind == POOL_JOB_CALL ? (void *)&call : (void *)&run, key);
        for (size_t len = 0; len < buf.len - CREW_HEAD_BYTES; len++)
            EXPECT_EQ_INT(read_cut(len), VIV_EFORMAT);
        base_buf_char(&buf, 'x');
        EXPECT_EQ_INT(read_cut(buf.len - CREW_HEAD_BYTES), VIV_EFORMAT);
        base_buf_fini(&buf);
    }
}

TEST(no_memory_is_said_on_both_sides)
{
    put(POOL_JOB_CALL, &call, NULL);
    base_alloc_fail_at(1);
    EXPECT_EQ_INT(read_cut(buf.len - CREW_HEAD_BYTES), VIV_ENOMEM);
    base_buf_fini(&buf);
    base_buf_init(&buf, SIZE_MAX);
    EXPECT(!crew_task_put(&buf, &job, 1));
    EXPECT_EQ_INT(buf.len, 0);
    base_alloc_fail_at(0);
}
