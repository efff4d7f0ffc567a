/* test_python_run.c - requests to the guest, and going on with them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/python_run.h"

#include "base/base_alloc.h"
#include "data/data_read.h"
#include "door_tools.h"
#include "nudge_tools.h"
#include "os/os_clock.h"

/* What the guest was asked to do, as text. */
static const char *request_text(void)
{
    return text_of(at(REQUEST), word_at(12));
}

/* ------------------------------------------------------------------------
 * Requests.
 */

TEST(a_run_is_a_request_and_its_reply_the_result)
{
    begin();
    play(SAY(REPLY, put_returned(REPLY, 42)));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_INT(number(), 42);
    EXPECT_EQ_STR(request_text(), "[1, 3, '<run>', 'x']");
    EXPECT(result.text == NULL && result.type == NULL);
    end();
}

TEST(only_the_first_one_is_fresh)
{
    begin();
    play(SAY(REPLY, put_returned(REPLY, 1)), GO_TO(0));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_STR(request_text(), "[1, 2, '<run>', 'x']");
    reset();
    play(SAY(REPLY, put_returned(REPLY, 1)));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_STR(request_text(), "[1, 3, '<run>', 'x']");
    end();
}

TEST(a_call_names_module_and_function_and_brings_arguments)
{
    static const uint8_t list[] = {0x81, 0x05}, dict[] = {0xa0};

    begin();
    play(SAY(REPLY, put_returned(REPLY, 1)), GO_TO(0));
    EXPECT_EQ_INT(
        python_call(sandbox, "m", "f", list, 2, dict, 1, 4, &result, &err), 0);
    EXPECT_EQ_STR(request_text(), "[2, 5, 'm', 'f', [5], {}]");
    EXPECT_EQ_INT(
        python_call(sandbox, "m", "f", NULL, 0, NULL, 0, 255, &result, &err),
        0);
    EXPECT_EQ_STR(request_text(), "[2, 4, 'm', 'f', [], {}]");
    end();
}

TEST(what_is_no_value_or_no_text_is_not_sent)
{
    static const uint8_t half[] = {0x82, 0x05};

    begin();
    play(SAY(REPLY, put_returned(REPLY, 1)));
    EXPECT_EQ_INT(
        python_call(sandbox, "m", "f", half, 2, NULL, 0, 0, &result, &err),
        VIV_EFORMAT);
    EXPECT_EQ_INT(
        python_call(sandbox, "m", "f", NULL, 0, half, 2, 0, &result, &err),
        VIV_EFORMAT);
    EXPECT_EQ_INT(python_run(sandbox, "\xff", 1, NULL, 0, &result, &err),
                  VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "not UTF-8");
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_STR(request_text(), "[1, 3, '<run>', 'x']"); /* still fresh */
    end();
}

TEST(functions_are_declared_in_their_order)
{
    begin();
    play(SAY(REPLY, put_returned(REPLY, 1)));
    EXPECT_EQ_INT(python_declare(sandbox, &err), 0);
    EXPECT_EQ_STR(request_text(),
                  "[3, 0, [['host', 'f', '(n)', 'Does f.', False], "
                  "['host', 'g', '(n)', '', True]]]");
    end();
}

TEST(a_declaration_that_fails_has_pythons_words)
{
    begin();
    play(SAY(REPLY, put_raised(REPLY, "SyntaxError", "invalid syntax")),
         TRAP());
    EXPECT_EQ_INT(python_declare(sandbox, &err), VIV_EINVAL);
    EXPECT_EQ_STR(err.text, "SyntaxError: invalid syntax");
    EXPECT_EQ_INT(python_declare(sandbox, &err), VIV_EIO);
    end();
}

/* ------------------------------------------------------------------------
 * Room for them.
 */

TEST(a_guest_without_memory_for_a_request_is_told_apart)
{
    begin();
    play(SAY(REPLY, put_returned(REPLY, 1)));
    play_room(SAY(0, 0), SAY(0, REQUEST));
    EXPECT_EQ_INT(try_run(), VIV_ENOMEM);
    EXPECT_HAS_STR(err.text, "no memory for");
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_STR(request_text(), "[1, 3, '<run>', 'x']");
    end();
}

TEST(room_beyond_the_memory_is_refused)
{
    begin();
    play(SAY(REPLY, put_returned(REPLY, 1)));
    play_room(SAY(0, DOOR_BYTES - 2));
    EXPECT_EQ_INT(try_run(), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "tampered");
    EXPECT_EQ_INT(try_run(), VIV_ESTOPPED);
    reset();
    play(SAY(REPLY, put_returned(REPLY, 1)));
    play_room(SAY(0, UINT32_MAX - 2));
    EXPECT_EQ_INT(try_run(), VIV_EFORMAT);
    end();
}

TEST(a_trap_where_room_is_made_is_the_outcome)
{
    begin();
    play(SAY(REPLY, put_returned(REPLY, 1)));
    play_room(TRAP());
    EXPECT_EQ_INT(run(), VIV_TRAPPED);
    EXPECT_EQ_INT(result.outcome.trap, VIV_TRAP_UNREACHABLE);
    EXPECT_EQ_INT(try_run(), VIV_ESTOPPED);
    end();
}

/* A guest of ours does none of this there, but it may take long. */
TEST(what_waits_or_parks_where_room_is_made_goes_on_to_the_request)
{
    begin();
    host = later;
    play(SAY(REPLY, put_returned(REPLY, 5)));
    play_room(ASK(0, DATA, put_args(DATA), ANSWER, 100), SAY(0, REQUEST));
    EXPECT_EQ_INT(run(), VIV_WAITING);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    keep(0, 9);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(number(), 5);
    EXPECT_EQ_STR(request_text(), "[1, 3, '<run>', 'x']");
    play(SAY(REPLY, put_returned(REPLY, 6)));
    play_room(PARK(0), SAY(0, REQUEST));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_INT(number(), 6);
    EXPECT_EQ_STR(request_text(), "[1, 2, '<run>', 'x']");
    end();
}

TEST(a_slice_may_end_where_room_is_made)
{
    begin();
    EXPECT_EQ_INT(viv_call_slice((viv_sandbox *)sandbox, 2 * MS), 0);
    play(SAY(REPLY, put_returned(REPLY, 5)));
    play_room({9, ROOM_STEPS}, SAY(0, REQUEST));
    EXPECT_EQ_INT(run(), VIV_PAUSED);
    put_word(ROOM_STEPS + 4, ROOM_STEPS + 32);
    while (resume() == VIV_PAUSED)
        ;
    EXPECT_EQ_INT(result.outcome.kind, VIV_RETURNED);
    EXPECT_EQ_INT(number(), 5);
    EXPECT_EQ_STR(request_text(), "[1, 3, '<run>', 'x']");
    end();
}

TEST(a_slice_may_end_at_work)
{
    begin();
    EXPECT_EQ_INT(viv_call_slice((viv_sandbox *)sandbox, 2 * MS), 0);
    play(GO_TO(0), SAY(REPLY, put_returned(REPLY, 5)));
    EXPECT_EQ_INT(run(), VIV_PAUSED);
    EXPECT_EQ_INT(try_run(), VIV_EWAITING);
    put_word(STEPS + 4, STEPS + 32);
    while (resume() == VIV_PAUSED)
        ;
    EXPECT_EQ_INT(number(), 5);
    end();
}

/* It is one run: what making room took is of it. */
TEST(limits_and_meters_are_those_of_both_functions_together)
{
    viv_meters last, sum;

    limits.size = 0;
    viv_limits_default(&limits);
    limits.host_calls = 2;
    begin();
    play(ASK(0, DATA, put_args(DATA), ANSWER, 100),
         SAY(REPLY, put_returned(REPLY, 5)));
    play_room(ASK(0, DATA, put_args(DATA), ANSWER, 100), SAY(0, REQUEST));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_INT(result.outcome.used.host_calls, 2);
    viv_sandbox_meters((viv_sandbox *)sandbox, &last, &sum);
    EXPECT_EQ_INT(sum.calls, 1);
    EXPECT_EQ_INT(last.host_calls, 2);
    play(ASK(0, DATA, put_args(DATA), ANSWER, 100),
         ASK(0, DATA, put_args(DATA), ANSWER, 100),
         SAY(REPLY, put_returned(REPLY, 5)));
    play_room(ASK(0, DATA, put_args(DATA), ANSWER, 100), SAY(0, REQUEST));
    EXPECT_EQ_INT(run(), VIV_SPENT);
    EXPECT_EQ_INT(result.outcome.limit, VIV_LIMIT_HOST_CALLS);
    end();
}

/* ------------------------------------------------------------------------
 * Refusals.
 */

static int run_inside(viv_question *question, viv_reader *args, size_t count,
                      viv_writer *answer, void *cookie)
{
    viv_python_result inner;

    (void)args, (void)count, (void)answer, (void)cookie;
    EXPECT(viv_question_sandbox(question) == (viv_sandbox *)sandbox);
    EXPECT_EQ_INT(python_run(sandbox, "x", 1, NULL, 0, &inner, NULL),
                  VIV_EBUSY);
    EXPECT_EQ_INT(
        python_call(sandbox, "m", "f", NULL, 0, NULL, 0, 0, &inner, NULL),
        VIV_EBUSY);
    EXPECT_EQ_INT(python_resume(sandbox, &inner, NULL), VIV_EBUSY);
    EXPECT_EQ_INT(viv_sandbox_free((viv_sandbox *)sandbox), VIV_EBUSY);
    return 0;
}

TEST(nothing_begins_inside_a_run)
{
    begin();
    host = run_inside;
    play(ASK(0, DATA, put_args(DATA), ANSWER, 100),
         SAY(REPLY, put_returned(REPLY, 5)));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_INT(number(), 5);
    EXPECT_EQ_INT(asked, 1);
    end();
}

TEST(after_a_trap_it_must_be_reset)
{
    viv_image *image;

    begin();
    play(TRAP());
    EXPECT_EQ_INT(run(), VIV_TRAPPED);
    EXPECT_EQ_INT(try_run(), VIV_ESTOPPED);
    EXPECT_EQ_INT(python_resume(sandbox, &result, &err), VIV_ESTOPPED);
    EXPECT_EQ_INT(viv_image_new((viv_sandbox *)sandbox, &image, &err),
                  VIV_ESTOPPED);
    reset();
    play(SAY(REPLY, put_returned(REPLY, 5)));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    end();
}

TEST(a_sandbox_of_another_module_is_no_pythons)
{
    struct guest other = guest_start("(module (func (export \"f\")))");

    EXPECT_EQ_INT(python_run((struct sandbox *)other.sandbox, "x", 1, NULL, 0,
                             &result, &err),
                  VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "not one of a Python guest");
    EXPECT_EQ_INT(viv_sandbox_state(other.sandbox), VIV_IDLE);
    guest_end(&other);
}

TEST(there_may_be_nothing_to_go_on_with)
{
    static const uint8_t idle[] = {0x81, PYTHON_DOOR_IDLE};

    begin();
    play(SAY(REPLY, put_bytes(REPLY, idle, 2)), GO_TO(0));
    EXPECT_EQ_INT(python_resume(sandbox, &result, &err), VIV_ENOCALL);
    EXPECT_EQ_STR(request_text(), "[4, 1]");
    EXPECT_EQ_INT(try_run(), VIV_EFORMAT); /* a run cannot say so */
    end();
}

/* ------------------------------------------------------------------------
 * Parked.
 */

TEST(a_parked_run_goes_on_when_its_time_has_come)
{
    begin();
    play(PARK(20 * MS), SAY(0, 0), SAY(REPLY, put_returned(REPLY, 5)));
    EXPECT_EQ_INT(run(), VIV_WAITING);
    EXPECT_EQ_INT(viv_sandbox_state((viv_sandbox *)sandbox), VIV_IS_WAITING);
    EXPECT_EQ_INT(try_run(), VIV_EWAITING);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(
        viv_call_wait((viv_sandbox *)sandbox, 10 * VIV_NS_PER_S, &err), 0);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(word_at(12), 0);
    EXPECT_EQ_INT(number(), 5);
    EXPECT(result.outcome.used.wall_ns >= 20 * MS);
    EXPECT(result.outcome.used.run_ns < 20 * MS);
    end();
}

/* A reply is read of a run that is over, and never of one that is not. */
TEST(what_it_says_when_it_parks_is_not_looked_at)
{
    begin();
    play(PARK(-1), SAY(UINT32_MAX, UINT32_MAX));
    EXPECT_EQ_INT(run(), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_cancel((viv_sandbox *)sandbox), 0);
    EXPECT_EQ_INT(resume(), VIV_CANCELLED);
    EXPECT_EQ_INT(try_run(), VIV_ESTOPPED);
    end();
}

TEST(one_that_says_it_is_parked_and_is_not_is_tampered_with)
{
    static const uint8_t parked[] = {0x81, PYTHON_DOOR_PARKED};

    begin();
    play(SAY(REPLY, put_bytes(REPLY, parked, 2)));
    EXPECT_EQ_INT(try_run(), VIV_EFORMAT);
    end();
}

TEST(what_parks_and_traps_is_not_parked)
{
    begin();
    play(PARK(0), TRAP());
    EXPECT_EQ_INT(run(), VIV_TRAPPED);
    EXPECT_EQ_INT(sandbox_state(sandbox), SANDBOX_STOPPED);
    reset();
    play(SAY(REPLY, put_returned(REPLY, 5)));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    end();
}

TEST(what_parks_and_then_waits_does_both)
{
    begin();
    host = later;
    play(PARK(0), ASK(0, DATA, put_args(DATA), ANSWER, 100), SAY(0, 0),
         SAY(REPLY, put_returned(REPLY, 5)));
    EXPECT_EQ_INT(run(), VIV_WAITING);
    EXPECT_EQ_INT(sandbox_state(sandbox), SANDBOX_WAITING);
    keep(0, 9);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(sandbox_state(sandbox), SANDBOX_PARKED);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(number(), 5);
    end();
}

TEST(a_parked_run_goes_on_in_a_fork_and_in_itself)
{
    viv_sandbox *copy;
    struct sandbox *first;

    begin();
    play(PARK(0), SAY(0, 0), SAY(REPLY, put_returned(REPLY, 5)));
    EXPECT_EQ_INT(run(), VIV_WAITING);
    EXPECT_EQ_INT(viv_sandbox_fork((viv_sandbox *)sandbox, 1, &copy, &err), 0);
    EXPECT_EQ_INT(viv_sandbox_state((viv_sandbox *)sandbox), VIV_IS_WAITING);
    EXPECT_EQ_INT(viv_sandbox_state(copy), VIV_IDLE);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(word_at(12), 0);
    first = sandbox;
    sandbox = (struct sandbox *)copy;
    EXPECT_EQ_INT(wasi_apply(sandbox, NULL, &err), 0);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_STR(request_text(), "[4, 1]"); /* fresh, and to ask again */
    EXPECT_EQ_INT(viv_sandbox_free(copy), 0);
    sandbox = first;
    end();
}

/* ------------------------------------------------------------------------
 * Out of memory, and many at once.
 */

TEST(every_failing_allocation_is_survived)
{
    int code = -1, n;

    for (n = 1; code < 0; n++) {
        begin();
        play(ASK(0, DATA, put_args(DATA), ANSWER, 1), FETCH(ANSWER),
             SAY(REPLY, put_returned(REPLY, 5)));
        base_alloc_fail_at((uint64_t)n);
        code = try_run();
        base_alloc_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM);
        if (code == 0 && result.outcome.kind != VIV_RETURNED) {
            EXPECT_EQ_INT(result.outcome.kind, VIV_TRAPPED);
            EXPECT_EQ_INT(result.outcome.trap, VIV_TRAP_HOST);
            code = -1;
        }
        if (code == 0)
            EXPECT_EQ_INT(number(), 5);
        end();
    }
    EXPECT(n > 3);
}

static _Atomic int go;

static void *run_too(void *arg)
{
    viv_python_result mine;
    int *refused = arg;

    while (!go)
        ;
    for (int i = 0; i < 2000; i++) {
        int code =
            python_run(sandbox, "x", 1, NULL, VIV_PYTHON_VALUE, &mine, NULL);

        EXPECT(code == 0 || code == VIV_EBUSY);
        if (code == VIV_EBUSY)
            ++*refused;
        else
            EXPECT_EQ_INT(mine.outcome.kind, VIV_RETURNED);
    }
    return NULL;
}

/* What each reads of its result may be another's; nothing is harmed. */
TEST(two_threads_at_once_are_told_apart)
{
    pthread_t other;
    int refused[2] = {0, 0};

    begin();
    play(SAY(REPLY, put_returned(REPLY, 5)), GO_TO(0));
    EXPECT_EQ_INT(run(), VIV_RETURNED);
    EXPECT_EQ_INT(pthread_create(&other, NULL, run_too, &refused[1]), 0);
    go = 1;
    run_too(&refused[0]);
    EXPECT_EQ_INT(pthread_join(other, NULL), 0);
    end();
}
