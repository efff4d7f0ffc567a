/* test_sandbox_again.c - a host function that is asked again, and one that says
 * that a limit is spent.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_nudge.h"
#include "sandbox/sandbox_call.h"
#include "sandbox/sandbox_token.h"
#include "sandbox/sandbox_wait.h"
#include "sandbox_tools.h"

/* Answers only when it is asked for the third time. */
static int third(viv_host_call *call, const viv_value *args, viv_value *results,
                 void *cookie)
{
    (void)cookie;
    if (host_calls % 3 != 0) {
        EXPECT_EQ_INT(sandbox_token_again(call->sandbox, OS_NUDGE_NEVER, NULL),
                      0);
        return VIV_LATER;
    }
    results[0].i32 = args[0].i32 * 2;
    return 0;
}

/* Answers when it is asked again, at its time. */
static int after_ms(viv_host_call *call, const viv_value *args,
                    viv_value *results, void *cookie)
{
    (void)args, (void)results, (void)cookie;
    if (host_calls % 2 == 0)
        return 0;
    EXPECT_EQ_INT(sandbox_token_again(call->sandbox, os_clock_now() + MS, NULL),
                  0);
    return VIV_LATER;
}

/* At once, or when it is asked again. */
static bool waits_first;

static int spend(viv_host_call *call, const viv_value *args, viv_value *results,
                 void *cookie)
{
    (void)args, (void)results, (void)cookie;
    if (waits_first && host_calls % 2 == 1) {
        EXPECT_EQ_INT(sandbox_token_again(call->sandbox, 0, NULL), 0);
        return VIV_LATER;
    }
    return sandbox_call_spend(call->sandbox, VIV_LIMIT_FILES);
}

/* Wants to be asked again, and then answers at once all the same. */
static int undecided(viv_host_call *call, const viv_value *args,
                     viv_value *results, void *cookie)
{
    (void)cookie;
    EXPECT_EQ_INT(sandbox_token_again(call->sandbox, OS_NUDGE_NEVER, NULL), 0);
    results[0] = args[0];
    return 0;
}

TEST(a_host_function_is_asked_again_at_each_resume)
{
    begin(third);
    EXPECT_EQ_INT(start("ask", 20), VIV_WAITING);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 41);
    EXPECT_EQ_INT(host_calls, 3);
    EXPECT_EQ_INT(guest.outcome.used.host_calls, 1);
    EXPECT_EQ_INT(guest.outcome.used.waits, 1);
    end();
}

TEST(each_host_call_is_asked_for_itself)
{
    begin(third);
    EXPECT_EQ_INT(start("ask_twice", 20), VIV_WAITING);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 80);
    EXPECT_EQ_INT(guest.outcome.used.host_calls, 2);
    EXPECT_EQ_INT(guest.outcome.used.waits, 2);
    end();
}

TEST(who_waits_to_ask_again_is_woken_in_time)
{
    begin(after_ms);
    EXPECT_EQ_INT(start("ask", 0), VIV_WAITING);
    EXPECT(viv_call_due(guest.sandbox) <= MS);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, VIV_ENDLESS, NULL), 0);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT(guest.outcome.used.wall_ns >= MS);
    end();
}

TEST(who_waits_to_ask_again_is_woken_by_a_poke)
{
    begin(third);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, MS, NULL), VIV_ETIME);
    sandbox_wait_poke(inside(&guest));
    EXPECT_EQ_INT(viv_call_due(guest.sandbox), 0);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, VIV_ENDLESS, NULL), 0);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, MS, NULL), VIV_ETIME);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    end();
}

/* A poke that nobody waits for wakes nobody who waits for a token. */
TEST(a_poke_is_no_answer)
{
    begin(later);
    sandbox_wait_poke(inside(&guest));
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    sandbox_wait_poke(inside(&guest));
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, MS, NULL), VIV_ETIME);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    answer(5);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 6);
    end();
}

TEST(who_waits_to_ask_again_can_be_dropped_and_cancelled)
{
    begin(third);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_drop(guest.sandbox), 0);
    reset();
    EXPECT_EQ_INT(start("get", 1), VIV_RETURNED);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
    EXPECT_EQ_INT(resume(), VIV_CANCELLED);
    EXPECT_EQ_INT(host_calls, 2);
    reset();
    EXPECT_EQ_INT(start("ask", 1), VIV_RETURNED);
    end();
}

TEST(who_answers_at_once_is_not_asked_again)
{
    begin(undecided);
    EXPECT_EQ_INT(start("ask", 1), VIV_RETURNED);
    host = later;
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(host_calls, 2);
    end();
}

TEST(a_host_function_can_say_that_a_limit_is_spent)
{
    begin(spend);
    for (int i = 0; i < 2; i++) {
        waits_first = i == 1;
        host_calls = 0;
        if (waits_first)
            EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
        EXPECT_EQ_INT(waits_first ? resume() : start("ask", 1), VIV_SPENT);
        EXPECT_EQ_INT(guest.outcome.limit, VIV_LIMIT_FILES);
        EXPECT_EQ_INT(viv_sandbox_state(guest.sandbox), VIV_STOPPED);
        reset();
    }
    end();
}
