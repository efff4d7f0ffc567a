/* test_crew_result.c - how a job ended, on its way back from a worker.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crew/crew_result.h"

#include "base/base_alloc.h"
#include "data/data_write.h"
#include "test.h"

static struct base_buf buf, part;
static struct crew_result got;
static viv_job_result end;
static viv_python_result python;
static viv_value five = {.i64 = 5};
static viv_call_task call = {.results = &five, .result_count = 1};
static const viv_python_frame frames[] = {{"a.py", "f", 3}, {"b.py", "g", 4}};

static int read_cut(size_t len)
{
    return crew_result_read((const uint8_t *)buf.at + CREW_HEAD_BYTES, len,
                            &got);
}

static int read_all(void)
{
    return read_cut(buf.len - CREW_HEAD_BYTES);
}

static void put(const viv_call_task *of, bool is_python)
{
    base_buf_init(&buf, SIZE_MAX);
    base_buf_init(&part, SIZE_MAX);
    if (is_python)
        crew_result_put_python(&part, &python);
    EXPECT(crew_result_put(&buf, 9, &end, of, &part));
    EXPECT_EQ_INT(crew_message_head(buf.at).kind, CREW_RESULT);
    EXPECT_EQ_INT(crew_message_head(buf.at).id, 9);
}

static void forget(void)
{
    crew_result_fini(&got);
    base_buf_fini(&buf);
    base_buf_fini(&part);
}

static void set_python(uint32_t kind)
{
    end = (viv_job_result){.outcome = {.kind = kind}, .run_ns = 7};
    python = (viv_python_result){
        .output = "out", .output_len = 3, .errors = "", .errors_len = 0};
}

static void set_returned(void)
{
    set_python(VIV_RETURNED);
    python.value = "\x01"; /* the number 1 */
    python.value_len = 1;
    python.text = "1";
    python.text_len = 1;
}

static void set_raised(void)
{
    set_python(VIV_RAISED);
    python.type = "ValueError";
    python.message = "no";
    python.traceback = "Traceback";
    python.frames = frames;
    python.frame_count = 2;
}

TEST(a_call_that_returned)
{
    end = (viv_job_result){.outcome = {.kind = VIV_RETURNED},
                           .queue_ns = 1,
                           .wait_ns = 2,
                           .run_ns = 3};
    end.outcome.used.fuel = 99;
    put(&call, false);
    EXPECT_EQ_INT(read_all(), 0);
    EXPECT_EQ_INT(got.end.outcome.kind, VIV_RETURNED);
    EXPECT_EQ_INT(got.end.outcome.used.fuel, 99);
    EXPECT_EQ_INT(got.end.run_ns, 3);
    EXPECT_EQ_INT(got.value_count, 1);
    EXPECT_EQ_MEM(got.values, &five, sizeof(five));
    EXPECT(!got.has_python);
    forget();
}

TEST(a_call_that_trapped_and_one_that_failed)
{
    end = (viv_job_result){.outcome = {.kind = VIV_TRAPPED,
                                       .trap = VIV_TRAP_MEMORY,
                                       .has_address = 1,
                                       .address = 4096}};
    put(&call, false);
    EXPECT_EQ_INT(read_all(), 0);
    EXPECT_EQ_INT(got.end.outcome.address, 4096);
    EXPECT(got.values == NULL);
    forget();
    end = (viv_job_result){.code = VIV_ENOTFOUND,
                           .err = {VIV_ENOTFOUND, "there is none"}};
    put(&call, false);
    EXPECT_EQ_INT(read_all(), 0);
    EXPECT_EQ_INT(got.end.code, VIV_ENOTFOUND);
    EXPECT_EQ_STR(got.end.err.text, "there is none");
    forget();
}

TEST(a_run_that_returned)
{
    set_returned();
    put(NULL, true);
    EXPECT_EQ_INT(read_all(), 0);
    EXPECT(got.has_python);
    EXPECT_EQ_INT(got.python.outcome.kind, VIV_RETURNED);
    EXPECT_EQ_INT(got.python.value_len, 1);
    EXPECT_EQ_STR(got.python.text, "1");
    EXPECT_EQ_INT(got.python.text_len, 1);
    EXPECT_EQ_INT(got.python.output_len, 3);
    EXPECT_EQ_MEM(got.python.output, "out", 3);
    EXPECT_EQ_INT(got.python.errors_len, 0);
    EXPECT(got.python.frames == NULL && got.python.type == NULL);
    forget();
}

TEST(a_run_that_raised)
{
    set_raised();
    put(NULL, true);
    EXPECT_EQ_INT(read_all(), 0);
    EXPECT_EQ_STR(got.python.type, "ValueError");
    EXPECT_EQ_STR(got.python.message, "no");
    EXPECT_EQ_STR(got.python.traceback, "Traceback");
    EXPECT_EQ_INT(got.python.frame_count, 2);
    EXPECT_EQ_STR(got.python.frames[1].file, "b.py");
    EXPECT_EQ_STR(got.python.frames[1].function, "g");
    EXPECT_EQ_INT(got.python.frames[1].line, 4);
    forget();
}

TEST(whatever_is_cut_off_it_makes_no_sense)
{
    set_raised();
    put(NULL, true);
    for (size_t len = 0; len < buf.len - CREW_HEAD_BYTES; len++)
        EXPECT_EQ_INT(read_cut(len), VIV_EFORMAT);
    base_buf_char(&buf, 'x');
    EXPECT_EQ_INT(read_all(), VIV_EFORMAT);
    forget();
}

static void expect_no_outcome(viv_outcome outcome)
{
    end = (viv_job_result){.outcome = outcome};
    put(NULL, false);
    EXPECT_EQ_INT(read_all(), VIV_EFORMAT);
    forget();
}

TEST(outcomes_that_no_job_has_make_no_sense)
{
    expect_no_outcome((viv_outcome){.kind = 0});
    expect_no_outcome((viv_outcome){.kind = VIV_WAITING});
    expect_no_outcome((viv_outcome){.kind = VIV_PAUSED});
    expect_no_outcome((viv_outcome){.kind = VIV_LOST});
    expect_no_outcome((viv_outcome){.kind = VIV_TRAPPED});
    expect_no_outcome((viv_outcome){.kind = VIV_TRAPPED, .trap = 11});
    expect_no_outcome((viv_outcome){.kind = VIV_SPENT});
    expect_no_outcome((viv_outcome){.kind = VIV_SPENT, .limit = VIV_LIMIT_END});
    expect_no_outcome((viv_outcome){.kind = VIV_EXITED, .has_address = 2});
    end = (viv_job_result){.code = VIV_EFULL - 1};
    put(NULL, false);
    EXPECT_EQ_INT(read_all(), VIV_EFORMAT);
    forget();
    end = (viv_job_result){.code = 1};
    put(NULL, false);
    EXPECT_EQ_INT(read_all(), VIV_EFORMAT);
    forget();
}

static void expect_no_python(void)
{
    put(NULL, true);
    EXPECT_EQ_INT(read_all(), VIV_EFORMAT);
    forget();
}

TEST(results_of_python_that_cannot_be_make_no_sense)
{
    set_returned(), python.value = "\xff", expect_no_python();
    set_returned(), python.value_len = 0, expect_no_python();
    set_returned(), python.type = "E", expect_no_python();
    set_returned(), python.text = "\xff", expect_no_python();
    set_returned(), python.output = NULL, expect_no_python();
    set_returned(), python.frames = frames, python.frame_count = 1;
    expect_no_python();
    set_raised(), python.type = NULL, expect_no_python();
    set_raised(), python.message = "\xc3", expect_no_python();
    set_raised(), python.value = "\x01", python.value_len = 1;
    expect_no_python();
    set_returned(), end.outcome.kind = VIV_EXITED, expect_no_python();
}

/* The count is the first of four bytes behind the texts: of many frames, of
 * which there are two. */
TEST(a_count_of_frames_is_not_believed)
{
    size_t at;

    set_raised();
    put(NULL, true);
    at = buf.len - (8 + 3) - 8 - 2 * (4 + 8 + 5 + 8 + 2) - 4;
    EXPECT_EQ_INT(buf.at[at], 2);
    memset(buf.at + at, 0xff, 4);
    EXPECT_EQ_INT(read_all(), VIV_EFORMAT);
    forget();
}

TEST(no_memory_is_said_on_both_sides)
{
    set_raised();
    put(NULL, true);
    base_alloc_fail_at(1);
    EXPECT_EQ_INT(read_all(), VIV_ENOMEM);
    base_buf_fini(&buf);
    base_buf_init(&buf, SIZE_MAX);
    EXPECT(!crew_result_put(&buf, 1, &end, NULL, &part));
    base_alloc_fail_at(0);
    forget();
}
