/* test_sandbox_call_park.c - calls of several functions, parked in between.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/sandbox_call.h"

#include <pthread.h>

#include "sandbox/sandbox_wait.h"
#include "sandbox_tools.h"

static uint64_t park_until = OS_NUDGE_NEVER;
static viv_outcome outcome;
static viv_value value;
static viv_error err;

static int park_it(viv_host_call *call, const viv_value *args,
                   viv_value *results, void *cookie)
{
    (void)cookie;
    results[0].i32 = args[0].i32;
    sandbox_call_park(call->sandbox, park_until);
    return 0;
}

static int park_and_take(viv_host_call *call, const viv_value *args,
                         viv_value *results, void *cookie)
{
    park_it(call, args, results, cookie);
    return later(call, args, results, cookie);
}

static uint32_t index_of(const char *name)
{
    return engine_module_find(inside(&guest)->instance.module, name,
                              strlen(name))
        ->index;
}

/* Go on with function `name`. */
static uint32_t go_on(const char *name, uint32_t arg)
{
    viv_value args = {.i32 = arg};

    EXPECT_EQ_INT(sandbox_call_take(inside(&guest), SANDBOX_IN(SANDBOX_PARKED),
                                    NULL, &err),
                  0);
    sandbox_put(inside(&guest),
                sandbox_call_go_on(inside(&guest), index_of(name), &args,
                                   &value, &outcome));
    return outcome.kind;
}

static void poke(void)
{
    sandbox_wait_poke(inside(&guest));
}

static enum sandbox_state inner_state(void)
{
    return sandbox_state(inside(&guest));
}

/* ------------------------------------------------------------------------
 * Parked, and gone on with.
 */

TEST(a_function_that_says_so_is_parked_when_it_returns)
{
    begin(park_it);
    EXPECT_EQ_INT(start("ask", 5), VIV_WAITING);
    EXPECT_EQ_INT(guest.results[0].i32, 6); /* what it returned is there */
    EXPECT_EQ_INT(inner_state(), SANDBOX_PARKED);
    EXPECT_EQ_INT(state(), VIV_IS_WAITING);
    EXPECT_EQ_INT(go_on("get", 0), VIV_WAITING);
    poke();
    EXPECT_EQ_INT(go_on("get", 0), VIV_RETURNED);
    EXPECT_EQ_INT(value.i32, 7);
    EXPECT_EQ_INT(state(), VIV_IDLE);
    end();
}

TEST(each_time_anew)
{
    begin(park_it);
    EXPECT_EQ_INT(start("ask", 5), VIV_WAITING);
    for (uint32_t i = 0; i < 3; i++) {
        poke();
        EXPECT_EQ_INT(go_on("ask", i), VIV_WAITING);
        EXPECT_EQ_INT(value.i32, i + 1);
        EXPECT_EQ_INT(go_on("ask", 99), VIV_WAITING); /* nobody poked */
        EXPECT_EQ_INT(value.i32, i + 1);
    }
    poke();
    EXPECT_EQ_INT(go_on("get", 0), VIV_RETURNED);
    end();
}

TEST(a_poke_before_it_is_parked_is_not_lost)
{
    begin(park_it);
    EXPECT_EQ_INT(start("ask", 5), VIV_WAITING);
    poke();
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, 0, &err), 0);
    EXPECT_EQ_INT(go_on("ask", 1), VIV_WAITING); /* which used it up */
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, MS, &err), VIV_ETIME);
    end();
}

TEST(time_wakes_it_too)
{
    begin(park_it);
    park_until = os_clock_now() + 20 * MS;
    EXPECT_EQ_INT(start("ask", 5), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, MS, &err), VIV_ETIME);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, 10 * VIV_NS_PER_S, &err), 0);
    EXPECT(os_clock_now() >= park_until);
    EXPECT_EQ_INT(go_on("get", 0), VIV_RETURNED);
    end();
}

TEST(what_traps_is_not_parked)
{
    begin(park_it);
    EXPECT_EQ_INT(start("ask", 5), VIV_WAITING);
    poke();
    EXPECT_EQ_INT(go_on("trap", 0), VIV_TRAPPED);
    EXPECT_EQ_INT(state(), VIV_IDLE);
    EXPECT_EQ_INT(start("get", 0), VIV_RETURNED); /* nothing is left of it */
    end();
}

TEST(what_waits_first_is_parked_when_it_returns)
{
    begin(park_and_take);
    EXPECT_EQ_INT(start("ask", 5), VIV_WAITING);
    EXPECT_EQ_INT(inner_state(), SANDBOX_WAITING);
    answer(20);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(inner_state(), SANDBOX_PARKED);
    EXPECT_EQ_INT(guest.results[0].i32, 21);
    EXPECT_EQ_INT(guest.outcome.used.waits, 2);
    end();
}

TEST(the_token_of_what_is_parked_is_dead)
{
    viv_value late = {.i32 = 1};

    begin(park_and_take);
    EXPECT_EQ_INT(start("ask", 5), VIV_WAITING);
    answer(20);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(viv_token_answer(token, &late, 1), VIV_ETOKEN);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, 0, &err), VIV_ETIME);
    end();
}

/* ------------------------------------------------------------------------
 * What may be done meanwhile.
 */

TEST(nothing_else_begins_and_it_is_not_reset_or_freed)
{
    viv_outcome other;

    begin(park_it);
    EXPECT_EQ_INT(start("ask", 5), VIV_WAITING);
    EXPECT_EQ_INT(
        viv_call(guest.sandbox, "get", 3, &value, 1, &value, 1, &other, &err),
        VIV_EWAITING);
    EXPECT_HAS_STR(err.text, "a call that waits");
    EXPECT_EQ_INT(viv_call_resume(guest.sandbox, &value, 1, &other, &err),
                  VIV_EWAITING);
    EXPECT_EQ_INT(viv_sandbox_reset(guest.sandbox, &err), VIV_EWAITING);
    EXPECT_EQ_INT(viv_sandbox_free(guest.sandbox), VIV_EWAITING);
    EXPECT_EQ_INT(viv_call_drop(guest.sandbox), 0);
    EXPECT_EQ_INT(state(), VIV_STOPPED);
    reset();
    EXPECT_EQ_INT(start("get", 0), VIV_RETURNED);
    end();
}

TEST(an_image_is_taken_and_the_call_goes_on)
{
    viv_image *image;
    viv_sandbox *other;
    void *bytes;
    size_t len;

    begin(park_it);
    EXPECT_EQ_INT(start("set", 70), VIV_RETURNED);
    EXPECT_EQ_INT(start("ask", 5), VIV_WAITING);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, &err), 0);
    EXPECT_EQ_INT(viv_sandbox_dump(guest.sandbox, NULL, &bytes, &len, &err), 0);
    viv_free(bytes);
    EXPECT_EQ_INT(inner_state(), SANDBOX_PARKED);
    EXPECT_EQ_INT(viv_sandbox_from(image, NULL, &other, &err), 0);
    EXPECT_EQ_INT(viv_sandbox_state(other), VIV_IDLE);
    viv_image_unref(image);
    EXPECT_EQ_INT(
        viv_call(other, "get", 3, &value, 1, &value, 1, &outcome, &err), 0);
    EXPECT_EQ_INT(value.i32, 70);
    EXPECT_EQ_INT(viv_sandbox_free(other), 0);
    poke();
    EXPECT_EQ_INT(go_on("get", 0), VIV_RETURNED);
    EXPECT_EQ_INT(value.i32, 70);
    end();
}

/* ------------------------------------------------------------------------
 * Limits and meters.
 */

TEST(wall_time_runs_on_and_run_time_does_not)
{
    limits.size = 0;
    viv_limits_default(&limits);
    limits.wall_ns = 30 * MS;
    begin(park_it);
    EXPECT_EQ_INT(start("ask", 5), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, 10 * VIV_NS_PER_S, &err), 0);
    poke();
    EXPECT_EQ_INT(go_on("get", 0), VIV_SPENT);
    EXPECT_EQ_INT(outcome.limit, VIV_LIMIT_WALL_TIME);
    EXPECT(outcome.used.wall_ns >= 30 * MS);
    EXPECT(outcome.used.run_ns < 30 * MS);
    EXPECT_EQ_INT(state(), VIV_STOPPED);
    end();
}

TEST(run_time_is_of_all_its_functions_together)
{
    limits.size = 0;
    viv_limits_default(&limits);
    limits.run_ns = 100 * MS;
    begin(park_it);
    EXPECT_EQ_INT(start("ask", 5), VIV_WAITING);
    inside(&guest)->call.used.run_ns = 60 * MS; /* as if it had */
    poke();
    EXPECT_EQ_INT(go_on("loop", 0), VIV_SPENT);
    EXPECT_EQ_INT(outcome.limit, VIV_LIMIT_RUN_TIME);
    EXPECT(outcome.used.run_ns >= 100 * MS);
    EXPECT(outcome.used.wall_ns >= 40 * MS);
    end();
}

TEST(so_are_host_calls_and_the_call_is_counted_once)
{
    viv_meters last, sum;

    limits.size = 0;
    viv_limits_default(&limits);
    limits.host_calls = 3;
    begin(park_it);
    EXPECT_EQ_INT(start("ask", 5), VIV_WAITING);
    poke();
    EXPECT_EQ_INT(go_on("ask_twice", 5), VIV_WAITING);
    EXPECT_EQ_INT(outcome.used.host_calls, 3);
    poke();
    EXPECT_EQ_INT(go_on("ask", 5), VIV_SPENT);
    EXPECT_EQ_INT(outcome.limit, VIV_LIMIT_HOST_CALLS);
    viv_sandbox_meters(guest.sandbox, &last, &sum);
    EXPECT_EQ_INT(sum.calls, 1);
    EXPECT_EQ_INT(last.host_calls, 3);
    end();
}

TEST(to_be_parked_is_to_wait_of_which_there_is_a_limit)
{
    limits.size = 0;
    viv_limits_default(&limits);
    limits.waits = 2;
    begin(park_it);
    EXPECT_EQ_INT(start("ask", 5), VIV_WAITING);
    poke();
    EXPECT_EQ_INT(go_on("ask", 5), VIV_WAITING);
    EXPECT_EQ_INT(outcome.used.waits, 2);
    poke();
    EXPECT_EQ_INT(go_on("ask", 5), VIV_SPENT);
    EXPECT_EQ_INT(outcome.limit, VIV_LIMIT_WAITS);
    EXPECT_EQ_INT(state(), VIV_STOPPED);
    end();
}

/* ------------------------------------------------------------------------
 * Cancelled.
 */

TEST(one_that_is_cancelled_ends_when_it_is_gone_on_with)
{
    begin(park_it);
    EXPECT_EQ_INT(start("ask", 5), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, 0, &err), 0);
    EXPECT_EQ_INT(go_on("get", 0), VIV_CANCELLED);
    EXPECT_EQ_INT(state(), VIV_STOPPED);
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), VIV_ENOCALL);
    end();
}

static void *cancel_soon(void *cookie)
{
    (void)cookie;
    sleep_for(10 * MS);
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
    return NULL;
}

TEST(and_one_that_runs_on_while_it_is_cancelled)
{
    pthread_t thread;

    begin(park_it);
    EXPECT_EQ_INT(start("ask", 5), VIV_WAITING);
    poke();
    EXPECT_EQ_INT(pthread_create(&thread, NULL, cancel_soon, NULL), 0);
    EXPECT_EQ_INT(go_on("loop", 0), VIV_CANCELLED);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    end();
}

/* ------------------------------------------------------------------------
 * A caller that has more to do.
 */

static enum sandbox_state begin_more(const char *name, uint32_t arg)
{
    viv_value args = {.i32 = arg};

    EXPECT_EQ_INT(sandbox_call_take(inside(&guest), SANDBOX_QUIET, NULL, &err),
                  0);
    return sandbox_call_begin(inside(&guest), index_of(name), &args, true,
                              &value, &outcome);
}

static enum sandbox_state next(const char *name, uint32_t arg)
{
    viv_value args = {.i32 = arg};

    return sandbox_call_next(inside(&guest), index_of(name), &args, &value,
                             &outcome);
}

TEST(two_functions_are_one_call)
{
    viv_meters last, sum;
    uint64_t serial;

    begin(twice);
    EXPECT_EQ_INT(begin_more("ask", 5), SANDBOX_PARKED);
    EXPECT_EQ_INT(outcome.kind, VIV_RETURNED);
    EXPECT_EQ_INT(value.i32, 11);
    EXPECT_EQ_INT(state(), VIV_RUNNING);
    serial = sandbox_serial(inside(&guest));
    sandbox_put(inside(&guest), next("ask", 6));
    EXPECT_EQ_INT(value.i32, 13);
    EXPECT_EQ_INT(sandbox_serial(inside(&guest)), serial);
    EXPECT_EQ_INT(state(), VIV_IDLE);
    viv_sandbox_meters(guest.sandbox, &last, &sum);
    EXPECT_EQ_INT(sum.calls, 1);
    EXPECT_EQ_INT(last.host_calls, 2);
    EXPECT_EQ_INT(last.waits, 0);
    end();
}

TEST(a_cancel_between_them_is_not_lost)
{
    begin(twice);
    EXPECT_EQ_INT(begin_more("ask", 5), SANDBOX_PARKED);
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
    sandbox_put(inside(&guest), next("ask", 6));
    EXPECT_EQ_INT(outcome.kind, VIV_CANCELLED);
    EXPECT_EQ_INT(state(), VIV_STOPPED);
    end();
}

TEST(that_it_parks_is_nothing_to_the_next)
{
    begin(park_it);
    EXPECT_EQ_INT(begin_more("ask", 5), SANDBOX_PARKED);
    EXPECT_EQ_INT(outcome.kind, VIV_RETURNED);
    sandbox_put(inside(&guest), next("get", 6));
    EXPECT_EQ_INT(outcome.kind, VIV_RETURNED);
    EXPECT_EQ_INT(state(), VIV_IDLE);
    end();
}

TEST(the_caller_may_end_it_instead)
{
    viv_meters last, sum;

    begin(twice);
    EXPECT_EQ_INT(begin_more("ask", 5), SANDBOX_PARKED);
    sandbox_put(inside(&guest), sandbox_call_end(inside(&guest)));
    EXPECT_EQ_INT(state(), VIV_IDLE);
    viv_sandbox_meters(guest.sandbox, &last, &sum);
    EXPECT_EQ_INT(sum.calls, 1);
    EXPECT_EQ_INT(start("ask", 5), VIV_RETURNED); /* as any */
    end();
}

TEST(a_first_function_that_traps_or_waits_is_not_parked)
{
    begin(later);
    EXPECT_EQ_INT(begin_more("trap", 5), SANDBOX_IDLE);
    EXPECT_EQ_INT(outcome.kind, VIV_TRAPPED);
    sandbox_put(inside(&guest), SANDBOX_IDLE);
    EXPECT_EQ_INT(begin_more("ask", 5), SANDBOX_WAITING);
    answer(20);
    EXPECT_EQ_INT(
        sandbox_call_more(inside(&guest), SANDBOX_WAITING, &value, &outcome),
        SANDBOX_PARKED); /* but then it is */
    EXPECT_EQ_INT(outcome.kind, VIV_RETURNED);
    sandbox_put(inside(&guest), next("get", 0));
    EXPECT_EQ_INT(state(), VIV_IDLE);
    end();
}
