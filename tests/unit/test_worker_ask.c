/* test_worker_ask.c - functions of the host that are not in the worker.
 *
 * Here the parent is the test, at the other end of the line.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "worker/worker_ask.h"

#include "base/base_alloc.h"
#include "crew/crew_message.h"
#include "door_tools.h"
#include "os/os_fd.h"
#include "os/os_socket.h"

static viv_python_function row;
static int fds[2];
static uint8_t body[1000];
static struct crew_head head;

/* A run that asks function 0, and gives what it got. */
static uint32_t begin_and_run(void)
{
    begin();
    EXPECT_EQ_INT(os_socket_pair(fds, &err), 0);
    worker_ask_init(fds[0], &row, 1);
    worker_ask_for(55);
    host = row.func;
    play(ASK(0, DATA, put_args(DATA), ANSWER, 100),
         SAY(REPLY, put_returned(REPLY, 1)));
    return run();
}

static void finish(void)
{
    os_fd_close(fds[0]);
    os_fd_close(fds[1]);
    end();
}

/* The question, which is number `number`. */
static void hear(uint64_t number)
{
    uint8_t bytes[CREW_HEAD_BYTES];

    EXPECT_EQ_INT(os_socket_receive_all(fds[1], bytes, sizeof(bytes)), 0);
    head = crew_message_head(bytes);
    EXPECT_EQ_INT(head.kind, CREW_ASK);
    EXPECT_EQ_INT(head.id, number);
    EXPECT_EQ_INT(os_socket_receive_all(fds[1], body, head.len), 0);
}

TEST(a_question_is_sent_with_its_job_and_all_arguments)
{
    struct base_read read;
    const void *args;
    size_t len;

    EXPECT_EQ_INT(begin_and_run(), VIV_WAITING);
    hear(1);
    base_read_init(&read, body, head.len, 0);
    EXPECT_EQ_INT(base_read_u64le(&read), 55);
    EXPECT_EQ_INT(base_read_u32le(&read), 0);
    EXPECT_EQ_INT(base_read_u32le(&read), 0);
    args = crew_message_get_bytes(&read, &len);
    EXPECT(crew_message_is_done(&read));
    EXPECT_EQ_STR(text_of(args, len), "(5,)");
    finish();
}

TEST(an_answer_goes_to_who_waits_for_it)
{
    EXPECT_EQ_INT(begin_and_run(), VIV_WAITING);
    hear(1);
    worker_ask_answer(2, (const uint8_t *)"\x82\x00\x09", 3);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    worker_ask_answer(1, (const uint8_t *)"\x82\x00\x09", 3);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[0, 9]");
    worker_ask_answer(1, (const uint8_t *)"\x82\x00\x09", 3);
    finish();
}

TEST(an_answer_may_be_an_exception)
{
    EXPECT_EQ_INT(begin_and_run(), VIV_WAITING);
    hear(1);
    worker_ask_answer(1, (const uint8_t *)"\x83\x01\x61\x45\x61\x6d", 6);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[1, 'E', 'm']");
    finish();
}

TEST(an_answer_that_makes_no_sense_is_an_exception)
{
    EXPECT_EQ_INT(begin_and_run(), VIV_WAITING);
    hear(1);
    worker_ask_answer(1, (const uint8_t *)"\xff", 1);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[1, '', '']");
    finish();
}

TEST(a_line_that_is_broken_fails_the_question)
{
    begin();
    EXPECT_EQ_INT(os_socket_pair(fds, &err), 0);
    os_fd_close(fds[1]);
    fds[1] = -1;
    worker_ask_init(fds[0], &row, 1);
    host = row.func;
    play(ASK(0, DATA, put_args(DATA), ANSWER, 200),
         SAY(REPLY, put_returned(REPLY, 1)));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_HAS_STR(answer_text(), "VIV_ENOMEM");
    finish();
}
