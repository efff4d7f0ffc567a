/* test_sandbox_wait.c - waiting for an answer, and being told of it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* single_step.h */
#include "sandbox/sandbox_wait.h"

#include <pthread.h>

#include "os/os_nudge.h"
#include "sandbox_tools.h"
#include "single_step.h"

static viv_error err;
static pthread_t thread;
static uint64_t began;

static int wait_for(uint64_t ns)
{
    began = os_clock_now();
    return viv_call_wait(guest.sandbox, ns, &err);
}

static void begin_waiting(void)
{
    begin(later);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
}

/* ------------------------------------------------------------------------
 * Waiting.
 */

TEST(an_answer_that_is_there_is_not_waited_for)
{
    begin_waiting();
    answer(1);
    EXPECT_EQ_INT(wait_for(0), 0);
    EXPECT_EQ_INT(wait_for(VIV_ENDLESS), 0);
    EXPECT_EQ_INT(viv_call_due(guest.sandbox), 0);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(wait_for(0), VIV_ENOCALL);
    end();
}

TEST(who_waits_too_long_is_told_how_long)
{
    begin_waiting();
    EXPECT_EQ_INT(wait_for(0), VIV_ETIME);
    EXPECT_EQ_STR(err.text, "no answer came within 0 ns");
    EXPECT_EQ_INT(wait_for(20 * MS), VIV_ETIME);
    EXPECT(os_clock_now() - began >= 20 * MS);
    EXPECT_EQ_STR(err.text, "no answer came within 20000000 ns");
    EXPECT_EQ_INT(state(), VIV_IS_WAITING);
    end();
}

static void *do_soon(void *what)
{
    sleep_for(20 * MS);
    if (what == NULL)
        EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
    else
        answer(1);
    return NULL;
}

TEST(an_answer_from_another_thread_wakes_who_waits)
{
    begin_waiting();
    pthread_create(&thread, NULL, do_soon, &guest);
    EXPECT_EQ_INT(wait_for(UINT64_MAX), 0);
    pthread_join(thread, NULL);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    end();
}

TEST(so_does_a_cancel)
{
    begin_waiting();
    pthread_create(&thread, NULL, do_soon, NULL);
    EXPECT_EQ_INT(wait_for(UINT64_MAX), 0);
    pthread_join(thread, NULL);
    EXPECT_EQ_INT(viv_call_due(guest.sandbox), 0);
    EXPECT_EQ_INT(resume(), VIV_CANCELLED);
    end();
}

TEST(wall_time_ends_the_waiting)
{
    viv_limits_default(&limits);
    limits.wall_ns = 100 * MS;
    begin_waiting();
    EXPECT_EQ_INT(wait_for(MS), VIV_ETIME);
    EXPECT(viv_call_due(guest.sandbox) <= 100 * MS);
    EXPECT_EQ_INT(wait_for(VIV_ENDLESS), 0);
    EXPECT_EQ_INT(viv_call_due(guest.sandbox), 0);
    EXPECT_EQ_INT(wait_for(0), 0);
    EXPECT_EQ_INT(resume(), VIV_SPENT);
    EXPECT(guest.outcome.used.wall_ns >= 100 * MS);
    end();
}

TEST(without_wall_time_nothing_is_ever_due)
{
    viv_limits_default(&limits);
    limits.wall_ns = UINT64_MAX;
    begin_waiting();
    EXPECT_EQ_INT(viv_call_due(guest.sandbox), UINT64_MAX);
    EXPECT_EQ_INT(wait_for(MS), VIV_ETIME);
    end();
}

TEST(what_is_paused_is_ready)
{
    begin(twice);
    EXPECT_EQ_INT(viv_call_due(guest.sandbox), UINT64_MAX);
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 10000), 0);
    EXPECT_EQ_INT(start("loop", 1), VIV_PAUSED);
    EXPECT_EQ_INT(wait_for(VIV_ENDLESS), 0);
    EXPECT_EQ_INT(viv_call_due(guest.sandbox), 0);
    EXPECT_EQ_INT(viv_call_drop(guest.sandbox), 0);
    EXPECT_EQ_INT(wait_for(0), VIV_ENOCALL);
    EXPECT_EQ_INT(viv_call_due(guest.sandbox), UINT64_MAX);
    end();
}

/* ------------------------------------------------------------------------
 * Being told.
 */

static int told;
static pthread_t told_on;

static void tell(viv_sandbox *sandbox, void *cookie)
{
    EXPECT(sandbox == guest.sandbox);
    EXPECT(cookie == &told);
    told++;
    told_on = pthread_self();
}

static void begin_told(void)
{
    begin(later);
    EXPECT_EQ_INT(viv_call_watch(guest.sandbox, tell, &told), 0);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    EXPECT_EQ_INT(told, 0);
}

TEST(each_answer_is_told_once)
{
    viv_value value = GUEST_I32(1);

    begin_told();
    EXPECT_EQ_INT(viv_token_answer(token, &value, 0), VIV_EINVAL);
    EXPECT_EQ_INT(told, 0);
    answer(1);
    EXPECT_EQ_INT(told, 1);
    EXPECT_EQ_INT(viv_token_answer(token, &value, 1), VIV_ETOKEN);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(viv_token_fail(token, -1), VIV_ETOKEN);
    EXPECT_EQ_INT(told, 1);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    EXPECT_EQ_INT(viv_token_fail(token, -1), 0);
    EXPECT_EQ_INT(told, 2);
    EXPECT_EQ_INT(resume(), VIV_TRAPPED);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    viv_token_free(token);
    token = NULL;
    EXPECT_EQ_INT(told, 3);
    EXPECT_EQ_INT(resume(), VIV_TRAPPED);
    EXPECT_EQ_INT(told, 3);
    end();
}

TEST(so_is_each_cancel_and_no_drop)
{
    begin_told();
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
    EXPECT_EQ_INT(told, 1);
    EXPECT_EQ_INT(resume(), VIV_CANCELLED);
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), VIV_ENOCALL);
    reset();
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_drop(guest.sandbox), 0);
    viv_token_free(token);
    token = NULL;
    EXPECT_EQ_INT(told, 1);
    end();
}

TEST(on_the_thread_that_did_it)
{
    begin_told();
    pthread_create(&thread, NULL, do_soon, &guest);
    EXPECT_EQ_INT(wait_for(VIV_ENDLESS), 0);
    EXPECT(pthread_equal(told_on, thread));
    pthread_join(thread, NULL);
    EXPECT_EQ_INT(told, 1);
    end();
}

TEST(who_watches_no_more_is_not_told)
{
    begin_told();
    EXPECT_EQ_INT(viv_call_watch(guest.sandbox, NULL, NULL), 0);
    answer(1);
    EXPECT_EQ_INT(told, 0);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(viv_call_watch(NULL, tell, NULL), VIV_EINVAL);
    end();
}

/* ------------------------------------------------------------------------
 * Cancelling.
 */

TEST(a_cancel_is_for_its_call_and_not_for_the_next)
{
    begin_waiting();
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
    EXPECT_EQ_INT(resume(), VIV_CANCELLED);
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), VIV_ENOCALL);
    reset();
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), VIV_ENOCALL);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    answer(1);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(guest_ask(&guest, "get", 1), 7);
    end();
}

static void cancel_next(void)
{
    sandbox_wait_cancel_next((struct sandbox *)guest.sandbox);
}

TEST(the_next_call_can_be_cancelled_before_it_begins_and_be_forgiven)
{
    begin(later);
    cancel_next();
    EXPECT_EQ_INT(start("loop", 1), VIV_CANCELLED);
    cancel_next(); /* one that is stopped has no call */
    reset();
    EXPECT_EQ_INT(start("loop", 1), VIV_CANCELLED);
    reset();
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    cancel_next(); /* which is this one */
    EXPECT_EQ_INT(resume(), VIV_CANCELLED);
    reset();
    cancel_next();
    sandbox_wait_forgive((struct sandbox *)guest.sandbox);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    answer(1);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    end();
}

TEST(a_cancelled_call_ends_though_it_was_answered_or_paused)
{
    begin_waiting();
    answer(1);
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
    EXPECT_EQ_INT(resume(), VIV_CANCELLED);
    EXPECT_EQ_INT(state(), VIV_STOPPED);
    reset();
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 10000), 0);
    EXPECT_EQ_INT(start("loop", 1), VIV_PAUSED);
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
    EXPECT_EQ_INT(resume(), VIV_CANCELLED);
    reset();
    end();
}

static int cancel_and_wait(viv_host_call *call, const viv_value *args,
                           viv_value *results, void *cookie)
{
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
    return later(call, args, results, cookie);
}

TEST(one_that_is_cancelled_before_it_waits_is_ready_at_once)
{
    begin(cancel_and_wait);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    EXPECT_EQ_INT(wait_for(0), 0);
    EXPECT_EQ_INT(resume(), VIV_CANCELLED);
    end();
}

static struct step_path path;

static void record_cancel(void)
{
    for (int i = 0; i < 3; i++) {
        EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
        step_record(&path, NULL);
        EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
        step_end();
        EXPECT_EQ_INT(resume(), VIV_CANCELLED);
        reset();
    }
}

static bool is_locked(void)
{
    pthread_mutex_t *lock = &inside(&guest)->lock;

    if (pthread_mutex_trylock(lock) != 0)
        return true;
    pthread_mutex_unlock(lock);
    return false;
}

/* The first call is over, there is another, and that is cancelled as well. */
static void next_call(uintptr_t pc)
{
    (void)pc;
    if (is_locked())
        return;
    EXPECT_EQ_INT(viv_call_drop(guest.sandbox), 0);
    reset();
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
}

TEST(who_found_an_earlier_call_takes_no_cancel_back)
{
    if (!step_is_possible())
        SKIP("no trap flag there");
    begin(later);
    record_cancel();
    for (size_t i = 0; i < path.count; i++) {
        EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
        step_plant(&path, i, next_call);
        viv_call_cancel(guest.sandbox);
        step_pull();
        EXPECT_EQ_INT(resume(), VIV_CANCELLED);
        reset();
    }
    end();
}

static volatile int is_done;

static void *resume_elsewhere(void *unused)
{
    EXPECT_EQ_INT(resume(), VIV_CANCELLED);
    is_done = 1;
    return unused;
}

/* The call goes on, on another thread, and is soon in the middle of it. */
static void go_on_elsewhere(uintptr_t pc)
{
    (void)pc;
    pthread_create(&thread, NULL, resume_elsewhere, NULL);
    while (inside(&guest)->runner == 0 && !is_done)
        ;
}

/* Its host call is answered at once from the second time on. */
static int wait_once(viv_host_call *call, const viv_value *args,
                     viv_value *results, void *cookie)
{
    if (host_calls == 1)
        return later(call, args, results, cookie);
    results[0].i32 = 1;
    return 0;
}

TEST(a_call_that_goes_on_while_it_is_cancelled_is_cancelled)
{
    if (!step_is_possible())
        SKIP("no trap flag there");
    begin(later);
    record_cancel();
    host = wait_once;
    for (size_t i = 0; i < path.count; i++) {
        host_calls = is_done = 0;
        EXPECT_EQ_INT(start("ask_for_ever", 1), VIV_WAITING);
        answer(1);
        step_plant(&path, i, go_on_elsewhere);
        EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
        if (step_pull()) {
            pthread_join(thread, NULL);
            EXPECT(guest.outcome.used.run_ns < 2 * VIV_NS_PER_S);
        } else {
            EXPECT_EQ_INT(resume(), VIV_CANCELLED);
        }
        reset();
    }
    end();
}
