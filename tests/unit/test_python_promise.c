/* test_python_promise.c - the right to answer a question, once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/python_promise.h"

#include <pthread.h>

#include "base/base_alloc.h"
#include "data/data_read.h"
#include "door_tools.h"

static const uint8_t FIVE[] = {0x05};

static viv_sandbox *outside(void)
{
    return (viv_sandbox *)sandbox;
}

/* A run that asks function 0, which answers later, and gives what it got. */
static void ask_and_wait(void)
{
    host = later;
    play(ASK(0, DATA, put_args(DATA), ANSWER, 100),
         SAY(REPLY, put_returned(REPLY, 1)));
    EXPECT_EQ_INT(run(), VIV_WAITING);
}

/* A run that asks functions 1 to come, for `count` ids, and parks; it collects
 * one answer when it goes on. */
static void begin_and_park(int count)
{
    struct step steps[20];
    uint32_t len = put_args(DATA), at = 0;

    host = later;
    for (int i = 0; i < count; i++)
        steps[at++] = (struct step)BEGIN((uint32_t)i + 1, 1, DATA, len);
    steps[at++] = (struct step)PARK(-1);
    steps[at++] = (struct step)SAY(0, 0);
    steps[at++] = (struct step)COLLECT(ANSWER, 100);
    steps[at++] = (struct step)SAY(REPLY, put_returned(REPLY, 1));
    play_steps(steps, at);
    EXPECT_EQ_INT(run(), VIV_WAITING);
}

/* ------------------------------------------------------------------------
 * What the call waits for.
 */

TEST(one_that_is_kept_is_the_answer)
{
    begin();
    ask_and_wait();
    EXPECT_EQ_INT(sandbox_state(sandbox), SANDBOX_WAITING);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    keep(0, 9);
    EXPECT_EQ_INT(viv_call_wait(outside(), 0, NULL), 0);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[0, 9]");
    EXPECT_EQ_INT(result.outcome.used.waits, 1);
    end();
}

TEST(one_that_is_broken_is_an_exception)
{
    begin();
    ask_and_wait();
    EXPECT_EQ_INT(viv_promise_break(promises[0], "ValueError", "no"), 0);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[1, 'ValueError', 'no']");
    end();
}

TEST(one_that_is_given_back_is_broken)
{
    begin();
    ask_and_wait();
    viv_promise_free(promises[0]);
    promised = 0;
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[1, '', 'the host gave the question up']");
    viv_promise_free(NULL);
    end();
}

TEST(no_bytes_are_none)
{
    begin();
    ask_and_wait();
    EXPECT_EQ_INT(viv_promise_keep(promises[0], NULL, 0), 0);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[0, None]");
    end();
}

TEST(what_is_no_answer_leaves_it_open)
{
    static const uint8_t two[] = {0x05, 0x05}, half[] = {0x82, 0x05};

    begin();
    ask_and_wait();
    EXPECT_EQ_INT(viv_promise_keep(promises[0], two, 2), VIV_EFORMAT);
    EXPECT_EQ_INT(viv_promise_keep(promises[0], half, 2), VIV_EFORMAT);
    EXPECT_EQ_INT(viv_promise_keep(promises[0], NULL, 2), VIV_EINVAL);
    EXPECT_EQ_INT(viv_promise_break(promises[0], "\xff", ""), VIV_EINVAL);
    EXPECT_EQ_INT(viv_promise_break(promises[0], NULL, ""), VIV_EINVAL);
    EXPECT_EQ_INT(viv_promise_break(NULL, "", ""), VIV_EINVAL);
    EXPECT_EQ_INT(viv_promise_keep(NULL, FIVE, 1), VIV_EINVAL);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    keep(0, 9);
    EXPECT_EQ_INT(viv_promise_keep(promises[0], FIVE, 1), VIV_ETOKEN);
    EXPECT_EQ_INT(viv_promise_break(promises[0], "", ""), VIV_ETOKEN);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(viv_promise_keep(promises[0], FIVE, 1), VIV_ETOKEN);
    end();
}

static int keep_at_once(viv_question *question, viv_reader *args, size_t count,
                        viv_writer *answer, void *cookie)
{
    int code = later(question, args, count, answer, cookie);

    keep(promised - 1, 8);
    return code;
}

TEST(it_may_be_kept_before_the_function_returns)
{
    begin();
    host = keep_at_once;
    play(ASK(0, DATA, put_args(DATA), ANSWER, 100),
         SAY(REPLY, put_returned(REPLY, 1)));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[0, 8]");
    EXPECT_EQ_INT(result.outcome.used.waits, 0);
    end();
}

TEST(a_second_question_has_a_promise_of_its_own)
{
    begin();
    host = later;
    play(ASK(0, DATA, put_args(DATA), ANSWER, 100),
         ASK(0, DATA, put_args(DATA), ANSWER, 100),
         SAY(REPLY, put_returned(REPLY, 1)));
    EXPECT_EQ_INT(run(), VIV_WAITING);
    keep(0, 1);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(asked, 2);
    EXPECT_EQ_INT(viv_promise_keep(promises[0], FIVE, 1), VIV_ETOKEN);
    keep(1, 2);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[0, 2]");
    end();
}

/* ------------------------------------------------------------------------
 * What is awaited.
 */

TEST(answers_come_in_the_order_in_which_they_are_given)
{
    begin();
    host = later;
    play(BEGIN(1, 1, DATA, put_args(DATA)), BEGIN(2, 1, DATA, put_args(DATA)),
         BEGIN(3, 1, DATA, put_args(DATA)), PARK(-1), SAY(0, 0),
         COLLECT(ANSWER, 100), COLLECT(ANSWER + 200, 100), COLLECT(0, 0),
         SAY(REPLY, put_returned(REPLY, 1)));
    EXPECT_EQ_INT(run(), VIV_WAITING);
    EXPECT_EQ_INT(box()->open_count, 3);
    keep(2, 13);
    keep(0, 11);
    EXPECT_EQ_INT(box()->done_count, 2);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_STR(text_of(at(ANSWER), 4), "[3, 0, 13]");
    EXPECT_EQ_STR(text_of(at(ANSWER + 200), 4), "[1, 0, 11]");
    EXPECT_EQ_INT(word_at(8), 0);
    EXPECT_EQ_INT(box()->open_count, 1);
    EXPECT_EQ_INT(box()->done_count, 0);
    EXPECT_EQ_INT(box()->done_bytes, 0);
    end();
}

TEST(one_that_is_forgotten_is_nobodys)
{
    begin();
    host = later;
    play(BEGIN(1, 1, DATA, put_args(DATA)), FORGET(1), FORGET(1), FORGET(77),
         FORGET(UINT32_MAX), COLLECT(ANSWER, 100),
         SAY(REPLY, put_returned(REPLY, 1)));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_INT(box()->open_count, 0);
    EXPECT_EQ_INT(viv_promise_keep(promises[0], FIVE, 1), VIV_ETOKEN);
    end();
}

TEST(of_two_with_one_id_the_later_counts)
{
    begin();
    host = later;
    play(BEGIN(1, 1, DATA, put_args(DATA)), BEGIN(1, 1, DATA, put_args(DATA)),
         PARK(-1), SAY(0, 0), COLLECT(ANSWER, 100),
         SAY(REPLY, put_returned(REPLY, 1)));
    EXPECT_EQ_INT(run(), VIV_WAITING);
    EXPECT_EQ_INT(box()->open_count, 1);
    EXPECT_EQ_INT(viv_promise_keep(promises[0], FIVE, 1), VIV_ETOKEN);
    keep(1, 2);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[1, 0, 2]");
    end();
}

/* ------------------------------------------------------------------------
 * When the run is no more.
 */

TEST(a_cancelled_run_is_waited_for_by_nobody)
{
    begin();
    begin_and_park(2);
    EXPECT_EQ_INT(viv_call_cancel(outside()), 0);
    EXPECT_EQ_INT(resume(), VIV_CANCELLED);
    EXPECT_EQ_INT(viv_promise_keep(promises[0], FIVE, 1), VIV_ETOKEN);
    EXPECT_EQ_INT(viv_promise_break(promises[1], "", ""), VIV_ETOKEN);
    end();
}

TEST(a_dropped_run_is_waited_for_by_nobody)
{
    begin();
    begin_and_park(2);
    EXPECT_EQ_INT(viv_call_drop(outside()), 0);
    EXPECT_EQ_INT(box()->open_count, 0);
    EXPECT_EQ_INT(viv_promise_keep(promises[0], FIVE, 1), VIV_ETOKEN);
    EXPECT_EQ_INT(viv_promise_break(promises[1], "", ""), VIV_ETOKEN);
    end();
}

TEST(a_reset_forgets_them_all)
{
    begin();
    begin_and_park(3);
    keep(1, 5);
    EXPECT_EQ_INT(viv_sandbox_reset(outside(), NULL), VIV_EWAITING);
    EXPECT_EQ_INT(viv_sandbox_free(outside()), VIV_EWAITING);
    EXPECT_EQ_INT(viv_call_drop(outside()), 0);
    reset();
    EXPECT_EQ_INT(viv_promise_keep(promises[0], FIVE, 1), VIV_ETOKEN);
    EXPECT_EQ_INT(box()->open_count, 0);
    EXPECT_EQ_INT(box()->done_count, 0);
    play(COLLECT(ANSWER, 100), SAY(REPLY, put_returned(REPLY, 1)));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_INT(word_at(8), 0);
    end();
}

TEST(a_question_that_was_asked_before_a_reset_is_not_answered_after_it)
{
    begin();
    ask_and_wait();
    keep(0, 9);
    EXPECT_EQ_INT(viv_call_drop(outside()), 0);
    reset();
    ask_and_wait();
    EXPECT_EQ_INT(promised, 2);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    keep(1, 3);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_STR(answer_text(), "[0, 3]");
    end();
}

TEST(it_outlives_the_sandbox)
{
    begin();
    begin_and_park(2);
    end(); /* which frees the promises after the sandbox */
}

/* ------------------------------------------------------------------------
 * Failing allocations, and threads.
 */

TEST(every_failing_allocation_is_survived)
{
    int code = -1, n;

    for (n = 1; code < 0; n++) {
        promised = 0;
        begin();
        begin_and_park(2);
        base_alloc_fail_at((uint64_t)n);
        code = viv_promise_keep(promises[1], FIVE, 1);
        base_alloc_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM);
        if (code < 0)
            keep(1, 5);
        EXPECT_EQ_INT(resume(), VIV_RETURNED);
        EXPECT_EQ_STR(answer_text(), "[2, 0, 5]");
        end();
    }
    EXPECT(n > 2);
}

#define THREADS 4

static _Atomic(viv_promise *) offered[THREADS];
static _Atomic int is_over;

/* Keep, break or give back what is offered, whatever has become of its run. */
static void *answer_all(void *arg)
{
    _Atomic(viv_promise *) *place = arg;
    unsigned turn = 0;

    while (!is_over) {
        viv_promise *promise = atomic_exchange(place, NULL);

        if (promise == NULL) {
            usleep(20);
            continue;
        }
        if (turn % 3 == 0)
            viv_promise_keep(promise, FIVE, 1);
        if (turn++ % 3 == 1)
            viv_promise_break(promise, "ValueError", "no");
        viv_promise_free(promise);
    }
    return NULL;
}

static int offer(viv_question *question, viv_reader *args, size_t count,
                 viv_writer *answer, void *cookie)
{
    static unsigned turn;
    viv_promise *promise;

    (void)args, (void)count, (void)answer, (void)cookie;
    EXPECT_EQ_INT(viv_question_later(question, &promise, NULL), 0);
    viv_promise_free(atomic_exchange(&offered[turn++ % THREADS], promise));
    return VIV_LATER;
}

/* One life of a sandbox, that ends in one of several ways. */
static void live(unsigned turn)
{
    uint32_t len = put_args(DATA);

    play(BEGIN(1, 1, DATA, len), BEGIN(2, 1, DATA, len), BEGIN(3, 1, DATA, len),
         ASK(0, DATA, len, ANSWER, 100), PARK(1000), SAY(0, 0),
         COLLECT(ANSWER, 100), BEGIN(4, 1, DATA, len), PARK(-1), SAY(0, 0),
         GO_TO(6));
    EXPECT_EQ_INT(run(), VIV_WAITING);
    for (unsigned i = 0; i < turn % 4; i++) {
        if (result.outcome.kind != VIV_WAITING)
            break;
        viv_call_wait(outside(), 100000, NULL);
        resume();
    }
    if (turn % 2 == 0 && viv_call_cancel(outside()) == 0)
        EXPECT_EQ_INT(resume(), VIV_CANCELLED);
    viv_call_drop(outside());
    if (turn % 5 == 0) {
        EXPECT_EQ_INT(viv_sandbox_free(outside()), 0);
        sandbox = one_more();
    } else {
        reset();
    }
}

TEST(they_are_answered_while_sandboxes_come_and_go)
{
    pthread_t threads[THREADS];

    viv_limits_default(&limits);
    limits.file_bytes = 1 << 18; /* a sanitizer looks at all of it each time */
    begin();
    host = offer;
    for (int i = 0; i < THREADS; i++)
        EXPECT_EQ_INT(
            pthread_create(&threads[i], NULL, answer_all, &offered[i]), 0);
    for (unsigned turn = 0; turn < 600; turn++)
        live(turn);
    is_over = 1;
    for (int i = 0; i < THREADS; i++) {
        EXPECT_EQ_INT(pthread_join(threads[i], NULL), 0);
        viv_promise_free(offered[i]);
    }
    end();
}
