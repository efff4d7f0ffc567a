/* test_python_question.c - what Python asks the host, also if it means harm.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/python_question.h"

#include "base/base_alloc.h"
#include "data/data_read.h"
#include "door_tools.h"
#include "nudge_tools.h"
#include "os/os_clock.h"

/* Steps after which the run returns 1. */
#define PLAY(...) play(__VA_ARGS__, SAY(REPLY, put_returned(REPLY, 1)))

static uint32_t run_asking(viv_python_func *func)
{
    host = func;
    PLAY(ASK(0, DATA, put_args(DATA), ANSWER, 100));
    return run();
}

/* The guest did what it may not: its host function failed, and nothing else. */
static void expect_fault(void)
{
    EXPECT_EQ_INT(run(), VIV_TRAPPED);
    EXPECT_EQ_INT(result.outcome.trap, VIV_TRAP_HOST);
    EXPECT_EQ_INT(asked, 0);
    reset();
}

/* ------------------------------------------------------------------------
 * Answers of the host.
 */

static int echo(viv_question *question, viv_reader *args, size_t count,
                viv_writer *answer, void *cookie)
{
    viv_item item;

    (void)cookie;
    EXPECT_EQ_INT(count, 1);
    EXPECT(!viv_question_is_again(question));
    EXPECT_EQ_INT(viv_read(args, &item, NULL), 0);
    viv_write_int(answer, item.integer + 1);
    return 0;
}

TEST(the_function_reads_arguments_and_writes_the_answer)
{
    begin();
    EXPECT_EQ_INT(run_asking(echo), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[0, 6]");
    end();
}

static int say; /* what the function returns */

static int nothing(viv_question *question, viv_reader *args, size_t count,
                   viv_writer *answer, void *cookie)
{
    (void)question, (void)args, (void)count, (void)answer, (void)cookie;
    return say;
}

TEST(nothing_written_is_none_and_a_failure_is_named)
{
    begin();
    EXPECT_EQ_INT(run_asking(nothing), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[0, None]");
    say = VIV_EIO;
    EXPECT_EQ_INT(run_asking(nothing), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[1, '', 'the host failed: -3, VIV_EIO']");
    say = -77777;
    EXPECT_EQ_INT(run_asking(nothing), VIV_RETURNED);
    EXPECT_HAS_STR(answer_text(), "the host failed: -77777");
    say = VIV_LATER;
    EXPECT_EQ_INT(run_asking(nothing), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[1, '', 'the host promised nothing']");
    end();
}

static int write_half(viv_question *question, viv_reader *args, size_t count,
                      viv_writer *answer, void *cookie)
{
    (void)question, (void)args, (void)count, (void)cookie;
    viv_write_list(answer, 2);
    return say;
}

static int write_two(viv_question *question, viv_reader *args, size_t count,
                     viv_writer *answer, void *cookie)
{
    (void)question, (void)args, (void)count, (void)cookie;
    viv_write_int(answer, 2);
    viv_write_int(answer, 2);
    return say;
}

TEST(what_is_not_one_value_is_an_exception)
{
    static const char words[] =
        "[1, '', 'the host wrote what is not one value']";

    begin();
    EXPECT_EQ_INT(run_asking(write_half), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), words);
    EXPECT_EQ_INT(run_asking(write_two), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), words);
    say = -1;
    EXPECT_EQ_INT(run_asking(write_half), VIV_RETURNED);
    EXPECT_HAS_STR(answer_text(), "the host failed: -1");
    end();
}

static const char *raise_type, *raise_message;

static int raise_it(viv_question *question, viv_reader *args, size_t count,
                    viv_writer *answer, void *cookie)
{
    (void)args, (void)count, (void)cookie;
    viv_write_int(answer, 1);
    return viv_question_raise(question, raise_type, raise_message);
}

TEST(an_exception_takes_the_place_of_what_was_written)
{
    begin();
    raise_type = "KeyError";
    raise_message = "k";
    EXPECT_EQ_INT(run_asking(raise_it), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[1, 'KeyError', 'k']");
    raise_type = "\xff";
    EXPECT_EQ_INT(run_asking(raise_it), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(),
                  "[1, '', 'the host wrote what is not one value']");
    raise_type = NULL; /* a mistake of the host's, which is a failure */
    EXPECT_EQ_INT(run_asking(raise_it), VIV_RETURNED);
    EXPECT_HAS_STR(answer_text(), "VIV_EINVAL");
    end();
}

static int take_twice(viv_question *question, viv_reader *args, size_t count,
                      viv_writer *answer, void *cookie)
{
    viv_promise *second;
    int code = later(question, args, count, answer, cookie);

    EXPECT_EQ_INT(viv_question_later(question, &second, &err), VIV_EINVAL);
    return code;
}

TEST(a_promise_is_taken_once)
{
    begin();
    EXPECT_EQ_INT(run_asking(take_twice), VIV_WAITING);
    keep(0, 2);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[0, 2]");
    end();
}

static int take_and_answer(viv_question *question, viv_reader *args,
                           size_t count, viv_writer *answer, void *cookie)
{
    later(question, args, count, answer, cookie);
    viv_write_int(answer, 3);
    return say;
}

TEST(who_took_a_promise_may_answer_all_the_same)
{
    static const uint8_t five[] = {0x05};

    begin();
    EXPECT_EQ_INT(run_asking(take_and_answer), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[0, 3]");
    EXPECT_EQ_INT(viv_promise_keep(promises[0], five, 1), VIV_ETOKEN);
    say = -1;
    EXPECT_EQ_INT(run_asking(take_and_answer), VIV_RETURNED);
    EXPECT_HAS_STR(answer_text(), "the host failed");
    say = 0;
    PLAY(BEGIN(1, 1, DATA, put_args(DATA)), COLLECT(ANSWER, 100));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[1, 0, 3]");
    EXPECT_EQ_INT(box()->open_count, 0);
    end();
}

/* ------------------------------------------------------------------------
 * Arguments of a guest that means harm.
 */

TEST(arguments_beyond_the_memory_are_a_fault)
{
    static const struct {
        uint32_t at, len;
    } spans[] = {{DOOR_BYTES, 1},           {DOOR_BYTES - 1, 2},
                 {0, DOOR_BYTES + 1},       {UINT32_MAX, 1},
                 {UINT32_MAX, UINT32_MAX},  {1, UINT32_MAX},
                 {0x80000000u, 0x80000000u}};

    begin();
    for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
        PLAY(ASK(0, spans[i].at, spans[i].len, ANSWER, 100));
        expect_fault();
        PLAY(BEGIN(1, 0, spans[i].at, spans[i].len));
        expect_fault();
    }
    end();
}

static void expect_no_function(const void *bytes, size_t len)
{
    put_bytes(DATA, bytes, len);
    PLAY(ASK(0, DATA, (uint32_t)len, ANSWER, 100));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_HAS_STR(answer_text(), "[1, 'SystemError', ");
    EXPECT_EQ_INT(asked, 0);
}

TEST(arguments_that_are_no_tuple_of_values_reach_no_function)
{
    uint8_t deep[1000];

    begin();
    expect_no_function("", 0);
    expect_no_function("\xff", 1);             /* begins nothing */
    expect_no_function("\x05", 1);             /* 5 */
    expect_no_function("\x81\x05", 2);         /* [5] */
    expect_no_function("\xd8\x40\x82\x05", 4); /* an unknown tag */
    expect_no_function("\x9b\xff\xff\xff\xff\xff\xff\xff\xff", 9);
    expect_no_function("\x5b\x7f\xff\xff\xff\xff\xff\xff\xff", 9);
    memset(deep, 0x81, sizeof(deep));
    expect_no_function(deep, sizeof(deep));
    end();
}

TEST(a_function_that_does_not_exist_is_not_called)
{
    static const uint32_t indices[] = {2, 3, 65536, 0x7fffffff, UINT32_MAX};

    begin();
    for (size_t i = 0; i < 5; i++) {
        PLAY(ASK(indices[i], DATA, put_args(DATA), ANSWER, 200));
        EXPECT_EQ_INT(run(), VIV_RETURNED);
        EXPECT_HAS_STR(answer_text(), "no such function");
        PLAY(BEGIN(7, indices[i], DATA, put_args(DATA)), COLLECT(ANSWER, 200));
        EXPECT_EQ_INT(run(), VIV_RETURNED);
        EXPECT_HAS_STR(answer_text(), "[7, 1, 'SystemError'");
    }
    EXPECT_EQ_INT(asked, 0);
    end();
}

/* What the guest does to its arguments later is nothing to the function. */
static int change_and_read(viv_question *question, viv_reader *args,
                           size_t count, viv_writer *answer, void *cookie)
{
    memset(at(DATA), 0xff, 100);
    return echo(question, args, count, answer, cookie);
}

TEST(the_function_reads_a_copy)
{
    begin();
    EXPECT_EQ_INT(run_asking(change_and_read), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[0, 6]");
    end();
}

/* ------------------------------------------------------------------------
 * Handing over.
 */

static int write_much(viv_question *question, viv_reader *args, size_t count,
                      viv_writer *answer, void *cookie)
{
    static const char many[5000];

    (void)question, (void)args, (void)count, (void)cookie;
    viv_write_bytes(answer, many, sizeof(many));
    return 0;
}

TEST(what_has_no_room_is_fetched)
{
    begin();
    host = write_much;
    memset(at(ANSWER), 0xaa, 6000);
    PLAY(ASK(0, DATA, put_args(DATA), ANSWER, 5004));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_INT(word_at(8), 5005);
    EXPECT_EQ_INT(*at(ANSWER), (char)0xaa);
    PLAY(ASK(0, DATA, put_args(DATA), 0, 0), FETCH(ANSWER));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_INT(word_at(8), 5005);
    EXPECT_EQ_MEM(at(ANSWER), "\x82\x00\x59\x13\x88\x00", 6);
    PLAY(ASK(0, DATA, put_args(DATA), ANSWER, 5005));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_MEM(at(ANSWER), "\x82\x00\x59\x13\x88\x00", 6);
    end();
}

TEST(an_answer_goes_nowhere_but_into_the_guests_memory)
{
    static const uint32_t places[] = {DOOR_BYTES - 2, DOOR_BYTES, UINT32_MAX,
                                      0x80000000u};

    begin();
    for (size_t i = 0; i < 4; i++) {
        PLAY(ASK(0, DATA, put_args(DATA), places[i], 100));
        EXPECT_EQ_INT(run(), VIV_TRAPPED);
        EXPECT_EQ_INT(result.outcome.trap, VIV_TRAP_HOST);
        reset();
        PLAY(ASK(0, DATA, put_args(DATA), 0, 0), FETCH(places[i]));
        EXPECT_EQ_INT(run(), VIV_TRAPPED);
        reset();
        PLAY(BEGIN(1, 0, DATA, put_args(DATA)), COLLECT(places[i], 100));
        EXPECT_EQ_INT(run(), VIV_TRAPPED);
        reset();
    }
    end();
}

TEST(there_may_be_nothing_to_fetch)
{
    begin();
    PLAY(FETCH(ANSWER), FETCH(UINT32_MAX), COLLECT(UINT32_MAX, UINT32_MAX));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_INT(word_at(8), 0);
    end();
}

TEST(a_collected_answer_without_room_is_fetched_too)
{
    begin();
    PLAY(BEGIN(300, 0, DATA, put_args(DATA)), COLLECT(0, 0), FETCH(ANSWER));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[300, 0, 7]");
    end();
}

/* ------------------------------------------------------------------------
 * How much the host keeps.
 */

TEST(a_guest_that_asks_and_never_collects_is_stopped)
{
    begin();
    PLAY(BEGIN(1, 1, DATA, put_args(DATA)), GO_TO(0));
    EXPECT_EQ_INT(run(), VIV_TRAPPED);
    EXPECT_EQ_INT(result.outcome.trap, VIV_TRAP_HOST);
    EXPECT_EQ_INT(asked, PYTHON_OPEN_MAX);
    EXPECT_EQ_INT(box()->done_count, 0); /* and none is kept */
    end();
}

TEST(so_is_one_whose_answers_are_never_given)
{
    uint32_t len;

    begin();
    host = nothing;
    len = put_args(DATA);
    box()->open_count = PYTHON_OPEN_MAX - 1; /* as if there were */
    PLAY(BEGIN(1, 1, DATA, len));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_INT(asked, 1);
    PLAY(BEGIN(2, 1, DATA, len));
    EXPECT_EQ_INT(run(), VIV_TRAPPED);
    EXPECT_EQ_INT(asked, 1);
    box()->open_count = 0;
    end();
}

/* ------------------------------------------------------------------------
 * Waiting.
 */

TEST(who_waits_is_woken_by_time)
{
    begin();
    PLAY(WAIT(20 * MS));
    EXPECT_EQ_INT(run(), VIV_WAITING);
    EXPECT_EQ_INT(sandbox_state(sandbox), SANDBOX_WAITING);
    EXPECT_EQ_INT(
        viv_call_wait((viv_sandbox *)sandbox, 10 * VIV_NS_PER_S, NULL), 0);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT(result.outcome.used.wall_ns >= 20 * MS);
    end();
}

TEST(or_by_an_answer_and_not_at_all_if_there_is_one)
{
    begin();
    PLAY(BEGIN(1, 1, DATA, put_args(DATA)), WAIT(-1), COLLECT(ANSWER, 100));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_INT(result.outcome.used.waits, 0);
    host = later;
    PLAY(BEGIN(1, 1, DATA, put_args(DATA)), WAIT(-1), COLLECT(ANSWER, 100));
    EXPECT_EQ_INT(run(), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_wait((viv_sandbox *)sandbox, MS, NULL), VIV_ETIME);
    keep(0, 4);
    EXPECT_EQ_INT(viv_call_wait((viv_sandbox *)sandbox, MS, NULL), 0);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[1, 0, 4]");
    end();
}

/* Whoever resumes for nothing makes the guest look for nothing, once. */
TEST(a_wait_ends_by_any_resume_and_each_is_one_of_the_limit)
{
    limits.size = 0;
    viv_limits_default(&limits);
    limits.waits = 3;
    begin();
    PLAY(WAIT(-1), GO_TO(0));
    EXPECT_EQ_INT(run(), VIV_WAITING);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(result.outcome.used.waits, 3);
    EXPECT_EQ_INT(resume(), VIV_SPENT);
    EXPECT_EQ_INT(result.outcome.limit, VIV_LIMIT_WAITS);
    end();
}

TEST(who_waits_for_nothing_waits_until_its_wall_time_is_over)
{
    static const int64_t ever[] = {-1, INT64_MIN, INT64_MAX, INT64_MAX / 2};

    limits.size = 0;
    viv_limits_default(&limits);
    limits.wall_ns = 5 * MS;
    begin();
    for (int i = 0; i < 4; i++) {
        uint64_t park = (uint64_t)ever[i];

        if (i % 2 == 0)
            PLAY(WAIT(ever[i]));
        else
            PLAY(PARK(park));
        EXPECT_EQ_INT(run(), VIV_WAITING);
        EXPECT_EQ_INT(
            viv_call_wait((viv_sandbox *)sandbox, 10 * VIV_NS_PER_S, NULL), 0);
        EXPECT_EQ_INT(resume(), VIV_SPENT);
        EXPECT_EQ_INT(result.outcome.limit, VIV_LIMIT_WALL_TIME);
        reset();
    }
    end();
}

/* A poke for what is awaited is none for what the call waits for, and is not
 * lost either. */
TEST(an_answer_to_a_task_does_not_answer_the_call)
{
    begin();
    host = later;
    PLAY(BEGIN(1, 1, DATA, put_args(DATA)),
         ASK(0, DATA, put_args(DATA), ANSWER, 100), WAIT(-1),
         COLLECT(ANSWER, 100));
    EXPECT_EQ_INT(run(), VIV_WAITING);
    keep(0, 4);
    EXPECT_EQ_INT(viv_call_wait((viv_sandbox *)sandbox, 0, NULL), 0);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    keep(1, 5);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[1, 0, 4]");
    end();
}

/* ------------------------------------------------------------------------
 * Asked again, and out of memory.
 */

static int is_again_seen;

static int look_again(viv_question *question, viv_reader *args, size_t count,
                      viv_writer *answer, void *cookie)
{
    is_again_seen = viv_question_is_again(question);
    return seven(question, args, count, answer, cookie);
}

TEST(a_question_says_that_it_is_asked_again)
{
    begin();
    host = look_again;
    PLAY(BEGIN(1, 1 | PYTHON_DOOR_AGAIN, DATA, put_args(DATA)),
         COLLECT(ANSWER, 100));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_INT(is_again_seen, 1);
    EXPECT_EQ_STR(answer_text(), "[1, 0, 7]");
    EXPECT_EQ_INT(viv_question_is_again(NULL), 0);
    EXPECT(viv_question_sandbox(NULL) == NULL);
    end();
}

TEST(every_failing_allocation_is_survived)
{
    bool is_good = false;
    int n;

    for (n = 1; !is_good; n++) {
        promised = 0;
        begin();
        host = take_and_answer;
        PLAY(ASK(0, DATA, put_args(DATA), ANSWER, 1), FETCH(ANSWER),
             BEGIN(1, 1, DATA, put_args(DATA)), COLLECT(ANSWER, 1));
        host = echo;
        base_alloc_fail_at((uint64_t)n);
        if (try_run() < 0)
            result.outcome.kind = 0;
        base_alloc_fail_at(0);
        is_good = result.outcome.kind == VIV_RETURNED;
        EXPECT(is_good || result.outcome.kind == 0 ||
               result.outcome.kind == VIV_TRAPPED);
        end();
    }
    EXPECT(n > 6);
}
