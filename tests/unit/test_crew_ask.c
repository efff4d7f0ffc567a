/* test_crew_ask.c - functions of the host that guests in a worker call.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crew/crew_ask.h"

#include "base/base_alloc.h"
#include "crew/crew_keeper.h"
#include "data/data_check.h"
#include "os/os_event.h"
#include "python/python_box.h"
#include "python/python_promise.h"
#include "test.h"

static struct crew_keeper keeper;
static struct crew_asks asks;
static struct base_buf ask, out;
static viv_promise *promises[3];
static int promised;

static int answer_it(viv_question *question, viv_reader *reader, size_t count,
                     viv_writer *answer, void *cookie)
{
    (void)question;
    (void)cookie;
    EXPECT_EQ_INT(count, 1);
    EXPECT_EQ_INT(viv_read_skip(reader, NULL), 0);
    viv_write_int(answer, 7);
    return 0;
}

static int promise_it(viv_question *question, viv_reader *reader, size_t count,
                      viv_writer *answer, void *cookie)
{
    (void)reader;
    (void)count;
    (void)answer;
    (void)cookie;
    return viv_question_later(question, &promises[promised++], NULL) < 0
               ? VIV_ENOMEM
               : VIV_LATER;
}

static viv_python_function functions[] = {
    {"host", "answer", "(x)", "", 0, answer_it, NULL},
    {"host", "promise", "(x)", "", 0, promise_it, NULL},
};

static const struct python_host host = {.functions = functions,
                                        .function_count = 2};

static void begin(void)
{
    viv_writer writer;
    const void *bytes;
    size_t len;

    EXPECT_EQ_INT(os_event_new(&keeper.event_fd, NULL), 0);
    keeper.has_thread = true;
    crew_ask_init(&asks, &keeper);
    base_buf_init(&ask, SIZE_MAX);
    base_buf_init(&out, SIZE_MAX);
    viv_writer_init(&writer, NULL, 100);
    viv_write_tuple(&writer, 1);
    viv_write_int(&writer, 5);
    EXPECT_EQ_INT(viv_writer_end(&writer, &bytes, &len, NULL), 0);
    EXPECT(crew_ask_put(&ask, 9, 3, 0, false, bytes, len));
    viv_writer_fini(&writer);
}

static void end(void)
{
    crew_ask_fini(&asks);
    base_buf_fini(&ask);
    base_buf_fini(&out);
}

static bool hear(uint32_t function, uint64_t number, size_t cut)
{
    ask.at[CREW_HEAD_BYTES + 8] = (char)function;
    return crew_ask_hear(&asks, &host, number,
                         (const uint8_t *)ask.at + CREW_HEAD_BYTES,
                         ask.len - CREW_HEAD_BYTES - cut, &out);
}

/* The only message is an answer to `number`, which is a value. */
static void expect_answer(uint64_t number)
{
    struct crew_head head = crew_message_head(out.at);

    EXPECT_EQ_INT(head.kind, CREW_ANSWER);
    EXPECT_EQ_INT(head.id, number);
    EXPECT_EQ_INT(head.len, out.len - CREW_HEAD_BYTES);
    EXPECT_EQ_INT(viv_data_check(out.at + CREW_HEAD_BYTES, head.len, NULL), 0);
    base_buf_clear(&out);
}

TEST(whose_question_it_is_is_said)
{
    uint64_t job;

    begin();
    EXPECT(crew_ask_job((uint8_t *)ask.at + CREW_HEAD_BYTES, 8, &job));
    EXPECT_EQ_INT(job, 3);
    EXPECT(!crew_ask_job((uint8_t *)ask.at + CREW_HEAD_BYTES, 7, &job));
    end();
}

TEST(what_is_answered_at_once_is_there_at_once)
{
    begin();
    EXPECT(hear(0, 9, 0));
    expect_answer(9);
    EXPECT_EQ_INT(asks.count, 0);
    end();
}

TEST(what_is_promised_is_there_when_it_is_kept)
{
    begin();
    EXPECT(hear(1, 9, 0));
    EXPECT(hear(1, 10, 0));
    EXPECT_EQ_INT(out.len, 0);
    EXPECT_EQ_INT(asks.count, 2);
    EXPECT_EQ_INT(viv_promise_keep(promises[1], "\x01", 1), 0);
    crew_ask_send(&asks, &out);
    expect_answer(10);
    EXPECT_EQ_INT(asks.count, 1);
    EXPECT_EQ_INT(viv_promise_break(promises[0], "E", "m"), 0);
    crew_ask_send(&asks, &out);
    expect_answer(9);
    viv_promise_free(promises[0]);
    viv_promise_free(promises[1]);
    end();
}

TEST(what_nobody_waits_for_is_forgotten)
{
    begin();
    EXPECT(hear(1, 9, 0));
    EXPECT(hear(1, 10, 0));
    EXPECT_EQ_INT(viv_promise_keep(promises[0], "\x01", 1), 0);
    crew_ask_forget(&asks);
    EXPECT_EQ_INT(viv_promise_keep(promises[1], "\x01", 1), VIV_ETOKEN);
    crew_ask_send(&asks, &out);
    EXPECT_EQ_INT(out.len, 0);
    viv_promise_free(promises[0]);
    viv_promise_free(promises[1]);
    end();
}

TEST(questions_that_make_no_sense_are_refused_or_raise)
{
    begin();
    for (size_t cut = 1; cut < ask.len - CREW_HEAD_BYTES; cut++)
        EXPECT(!hear(0, 9, cut));
    EXPECT(hear(2, 9, 0)); /* no such function */
    expect_answer(9);
    ask.at[ask.len - 1] = (char)0xff; /* arguments that are no value */
    EXPECT(hear(0, 9, 0));
    expect_answer(9);
    asks.count = PYTHON_OPEN_MAX;
    EXPECT(!hear(0, 9, 0));
    asks.count = 0;
    end();
}

TEST(no_memory_loses_nothing_but_the_question)
{
    bool is_good = false;

    begin();
    for (uint64_t n = 1; !is_good; n++) {
        base_alloc_fail_at(n);
        is_good = hear(0, 9, 0);
        base_alloc_fail_at(0);
        EXPECT_EQ_INT(asks.count, 0);
    }
    base_buf_clear(&out);
    EXPECT(hear(1, 9, 0));
    base_alloc_fail_at(2);
    EXPECT_EQ_INT(viv_promise_keep(promises[0], "\x01", 1), VIV_ENOMEM);
    base_alloc_fail_at(0);
    EXPECT_EQ_INT(viv_promise_keep(promises[0], "\x01", 1), 0);
    viv_promise_free(promises[0]);
    end();
}
