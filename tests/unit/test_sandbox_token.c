/* test_sandbox_token.c - the right to answer one host call, once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/sandbox_token.h"

#include <pthread.h>

#include "base/base_alloc.h"
#include "sandbox_tools.h"

static viv_token *first;
static viv_error err;

/* ------------------------------------------------------------------------
 * Answers.
 */

TEST(an_answer_is_given_once)
{
    viv_value value = GUEST_I32(41);

    begin(later);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    EXPECT_EQ_INT(state(), VIV_IS_WAITING);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    answer(41);
    EXPECT_EQ_INT(viv_token_answer(token, &value, 1), VIV_ETOKEN);
    EXPECT_EQ_INT(viv_token_fail(token, -1), VIV_ETOKEN);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 42);
    EXPECT_EQ_INT(viv_token_answer(token, &value, 1), VIV_ETOKEN);
    EXPECT_EQ_INT(viv_token_fail(token, -1), VIV_ETOKEN);
    end();
}

TEST(a_failure_traps_like_that_of_a_host_function)
{
    begin(later);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    EXPECT_EQ_INT(viv_token_fail(token, 0), VIV_EINVAL);
    EXPECT_EQ_INT(viv_token_fail(token, 1), VIV_EINVAL);
    EXPECT_EQ_INT(viv_token_fail(token, INT32_MIN), 0);
    EXPECT_EQ_INT(resume(), VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.trap, VIV_TRAP_HOST);
    EXPECT_EQ_INT(guest.outcome.host_code, INT32_MIN);
    EXPECT_EQ_INT(state(), VIV_IDLE);
    end();
}

TEST(the_count_of_values_is_that_of_the_type)
{
    viv_value values[2] = {GUEST_I32(41), GUEST_I32(42)};

    begin(later);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    EXPECT_EQ_INT(viv_token_answer(token, values, 0), VIV_EINVAL);
    EXPECT_EQ_INT(viv_token_answer(token, values, 2), VIV_EINVAL);
    EXPECT_EQ_INT(viv_token_answer(token, NULL, 1), VIV_EINVAL);
    EXPECT_EQ_INT(viv_token_answer(NULL, values, 1), VIV_EINVAL);
    EXPECT_EQ_INT(viv_token_fail(NULL, -1), VIV_EINVAL);
    viv_token_free(NULL);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(viv_token_answer(token, values, 1), 0);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    end();
}

static int later_any(viv_host_call *call, const viv_value *args,
                     viv_value *results, void *cookie)
{
    return later(call, args, results, cookie);
}

static const uint8_t MANY[] = {VIV_I64, VIV_F64, VIV_V128, VIV_I32};
static const uint8_t FUNCREF[] = {VIV_FUNCREF};

/* What the results are held in comes from the heap, and is as long as they. */
TEST(many_values_and_none_are_answered)
{
    viv_import imports[] = {
        GUEST_FUNC("many", NULL, 0, MANY, 4, later_any, NULL),
        GUEST_FUNC("none", NULL, 0, NULL, 0, later_any, NULL)};
    viv_value values[4] = {GUEST_I64(UINT64_C(5) << 40),
                           GUEST_F64(-0.5),
                           {.v128 = {[15] = 9}},
                           GUEST_I32(7)};

    guest = guest_start_with(
        "(module (import \"env\" \"many\" (func $many (result i64 f64 v128"
        "  i32))) (import \"env\" \"none\" (func $none))"
        " (func (export \"many\") (result i64 f64 v128 i32) (call $many))"
        " (func (export \"none\") (call $none)))",
        imports, 2);
    EXPECT_EQ_INT(guest_call(&guest, "many", NULL, 0, 4), VIV_WAITING);
    EXPECT_EQ_INT(viv_token_answer(token, values, 4), 0);
    EXPECT_EQ_INT(
        viv_call_resume(guest.sandbox, guest.results, 4, &guest.outcome, NULL),
        0);
    EXPECT_EQ_INT(guest.outcome.kind, VIV_RETURNED);
    EXPECT_EQ_MEM(guest.results[2].v128, values[2].v128, 16);
    EXPECT_EQ_INT(guest.results[0].i64, values[0].i64);
    EXPECT_EQ_INT(guest.results[3].i32, 7);
    EXPECT_EQ_INT(guest_call(&guest, "none", NULL, 0, 0), VIV_WAITING);
    EXPECT_EQ_INT(viv_token_answer(token, NULL, 0), 0);
    EXPECT_EQ_INT(viv_call_resume(guest.sandbox, NULL, 0, &guest.outcome, NULL),
                  0);
    EXPECT_EQ_INT(guest.outcome.kind, VIV_RETURNED);
    end();
}

TEST(an_answer_cannot_forge_a_function)
{
    viv_import imports[] = {
        GUEST_FUNC("f", NULL, 0, FUNCREF, 1, later_any, NULL)};
    viv_value good, forged = GUEST_REF(UINT64_C(1) << 32 | 70000);

    guest = guest_start_with(
        "(module (import \"env\" \"f\" (func $f (result funcref)))"
        " (table 1 funcref) (func $h (result i32) (i32.const 5))"
        " (elem declare func $h)"
        " (func (export \"h\") (result funcref) (ref.func $h))"
        " (func (export \"f\") (result i32)"
        "  (table.set 0 (i32.const 0) (call $f))"
        "  (call_indirect (result i32) (i32.const 0))))",
        imports, 1);
    EXPECT_EQ_INT(guest_call(&guest, "h", NULL, 0, 1), VIV_RETURNED);
    good = guest.results[0];
    EXPECT_EQ_INT(guest_call(&guest, "f", NULL, 0, 1), VIV_WAITING);
    EXPECT_EQ_INT(viv_token_answer(token, &forged, 1), VIV_EINVAL);
    forged.ref = good.ref + 1;
    EXPECT_EQ_INT(viv_token_answer(token, &forged, 1), VIV_EINVAL);
    EXPECT_EQ_INT(viv_token_answer(token, &good, 1), 0);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 5);
    end();
}

/* ------------------------------------------------------------------------
 * Before the host function has returned.
 */

static int answer_itself(viv_host_call *call, const viv_value *args,
                         viv_value *results, void *cookie)
{
    int code = later(call, args, results, cookie);

    answer(args[0].i32 + 100);
    return code;
}

TEST(an_answer_may_come_before_the_host_function_returns)
{
    begin(answer_itself);
    EXPECT_EQ_INT(start("ask_twice", 1), VIV_WAITING);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, 0, NULL), 0);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 202);
    EXPECT_EQ_INT(guest.outcome.used.waits, 2);
    end();
}

static int give_up_itself(viv_host_call *call, const viv_value *args,
                          viv_value *results, void *cookie)
{
    int code = later(call, args, results, cookie);

    viv_token_free(token);
    token = NULL;
    return code;
}

TEST(so_may_giving_the_token_back_which_is_a_failure)
{
    begin(give_up_itself);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, 0, NULL), 0);
    EXPECT_EQ_INT(resume(), VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.trap, VIV_TRAP_HOST);
    EXPECT_EQ_INT(guest.outcome.host_code, VIV_ETOKEN);
    end();
}

static int take_two(viv_host_call *call, const viv_value *args,
                    viv_value *results, void *cookie)
{
    EXPECT_EQ_INT(viv_host_call_later(call, &first, NULL), 0);
    return later(call, args, results, cookie);
}

TEST(of_two_tokens_of_one_host_call_the_later_counts)
{
    viv_value value = GUEST_I32(1);

    begin(take_two);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    EXPECT_EQ_INT(viv_token_answer(first, &value, 1), VIV_ETOKEN);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    viv_token_free(first);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    answer(3);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 4);
    end();
}

/* ------------------------------------------------------------------------
 * A token that is not needed, and none that would be.
 */

static int say; /* what the host function returns */

static int take_and_say(viv_host_call *call, const viv_value *args,
                        viv_value *results, void *cookie)
{
    later(call, args, results, cookie);
    results[0].i32 = 20;
    return say == VIV_EXIT ? viv_host_call_exit(call, 5) : say;
}

TEST(a_host_function_that_takes_a_token_may_answer_all_the_same)
{
    viv_value value = GUEST_I32(1);

    begin(take_and_say);
    EXPECT_EQ_INT(start("ask", 1), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 21);
    EXPECT_EQ_INT(viv_token_answer(token, &value, 1), VIV_ETOKEN);
    EXPECT_EQ_INT(guest.outcome.used.waits, 0);
    say = -3;
    EXPECT_EQ_INT(start("ask", 1), VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.host_code, -3);
    EXPECT_EQ_INT(viv_token_answer(token, &value, 1), VIV_ETOKEN);
    say = VIV_EXIT;
    EXPECT_EQ_INT(start("ask", 1), VIV_EXITED);
    EXPECT_EQ_INT(guest.outcome.exit_code, 5);
    EXPECT_EQ_INT(viv_token_answer(token, &value, 1), VIV_ETOKEN);
    end();
}

static int say_later(viv_host_call *call, const viv_value *args,
                     viv_value *results, void *cookie)
{
    (void)call, (void)args, (void)results, (void)cookie;
    return VIV_LATER;
}

TEST(later_without_a_token_is_a_failure)
{
    begin(say_later);
    EXPECT_EQ_INT(start("ask", 1), VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.trap, VIV_TRAP_HOST);
    EXPECT_EQ_INT(guest.outcome.host_code, VIV_EINVAL);
    end();
}

/* The first host call takes a token and answers, the second has none. */
static int take_once(viv_host_call *call, const viv_value *args,
                     viv_value *results, void *cookie)
{
    if (host_calls > 1)
        return VIV_LATER;
    later(call, args, results, cookie);
    return 0;
}

TEST(a_token_is_for_its_own_host_call_only)
{
    begin(take_once);
    EXPECT_EQ_INT(start("ask_twice", 1), VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.host_code, VIV_EINVAL);
    end();
}

/* The first takes a token and answers, the second waits for another one. */
static int keep_and_take(viv_host_call *call, const viv_value *args,
                         viv_value *results, void *cookie)
{
    if (host_calls > 1)
        return later(call, args, results, cookie);
    EXPECT_EQ_INT(viv_host_call_later(call, &first, NULL), 0);
    results[0].i32 = 1;
    return 0;
}

TEST(an_answer_to_a_host_call_that_is_over_is_for_no_other)
{
    viv_value value = GUEST_I32(1000);

    begin(keep_and_take);
    EXPECT_EQ_INT(start("ask_twice", 1), VIV_WAITING);
    EXPECT_EQ_INT(viv_token_answer(first, &value, 1), VIV_ETOKEN);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    answer(2);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 3);
    viv_token_free(first);
    end();
}

/* ------------------------------------------------------------------------
 * Sleeping.
 */

static int sleep_and_say(viv_host_call *call, const viv_value *args,
                         viv_value *results, void *cookie)
{
    if (host_calls > 1)
        return later(call, args, results, cookie);
    EXPECT_EQ_INT(viv_host_call_sleep(call, 0, NULL), 0);
    results[0].i32 = 1;
    return 0;
}

TEST(sleep_of_a_host_call_that_is_over_wakes_no_other)
{
    begin(sleep_and_say);
    EXPECT_EQ_INT(start("ask_twice", 1), VIV_WAITING);
    EXPECT(viv_call_due(guest.sandbox) > VIV_NS_PER_S);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, MS, NULL), VIV_ETIME);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    answer(2);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 3);
    end();
}

static int keep_and_sleep(viv_host_call *call, const viv_value *args,
                          viv_value *results, void *cookie)
{
    (void)args, (void)cookie;
    results[0].i32 = 1;
    if (host_calls == 1) {
        EXPECT_EQ_INT(viv_host_call_later(call, &first, NULL), 0);
        return 0;
    }
    EXPECT_EQ_INT(viv_host_call_sleep(call, 20 * MS, NULL), 0);
    return VIV_LATER;
}

TEST(who_sleeps_hears_no_answer_to_a_host_call_that_is_over)
{
    viv_value value = GUEST_I32(1000);

    begin(keep_and_sleep);
    EXPECT_EQ_INT(start("ask_twice", 1), VIV_WAITING);
    EXPECT_EQ_INT(viv_token_answer(first, &value, 1), VIV_ETOKEN);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, VIV_ENDLESS, NULL), 0);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 2);
    viv_token_free(first);
    end();
}

static int sleep_with_token(viv_host_call *call, const viv_value *args,
                            viv_value *results, void *cookie)
{
    results[0].i32 = 5;
    EXPECT_EQ_INT(viv_host_call_sleep(call, args[0].i32 * MS, NULL), 0);
    return later(call, args, results, cookie);
}

TEST(of_sleep_and_answer_the_first_counts)
{
    viv_value value = GUEST_I32(1);

    begin(sleep_with_token);
    EXPECT_EQ_INT(start("ask", 100000), VIV_WAITING);
    answer(8);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 9);
    EXPECT_EQ_INT(start("ask", 5), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, VIV_ENDLESS, NULL), 0);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 6);
    EXPECT_EQ_INT(viv_token_answer(token, &value, 1), VIV_ETOKEN);
    end();
}

TEST(sleep_can_be_endless_and_none_at_all)
{
    begin(sleep_ms);
    EXPECT_EQ_INT(start("ask", 0), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_due(guest.sandbox), 0);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 42);
    end();
}

/* ------------------------------------------------------------------------
 * When the call ends before.
 */

static void expect_no_answer(void)
{
    viv_value value = GUEST_I32(1);

    EXPECT_EQ_INT(viv_token_answer(token, &value, 1), VIV_ETOKEN);
    EXPECT_EQ_INT(viv_token_fail(token, -1), VIV_ETOKEN);
}

TEST(an_answer_after_a_cancel_that_has_not_been_seen_is_of_no_use)
{
    begin(later);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
    answer(1);
    EXPECT_EQ_INT(resume(), VIV_CANCELLED);
    expect_no_answer();
    reset();
    end();
}

TEST(after_drop_reset_and_free_nobody_waits)
{
    begin(later);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_drop(guest.sandbox), 0);
    expect_no_answer();
    reset();
    expect_no_answer();
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING); /* frees that token */
    EXPECT_EQ_INT(viv_call_drop(guest.sandbox), 0);
    guest_end(&guest); /* with its module */
    expect_no_answer();
    viv_token_free(token);
}

TEST(a_token_that_is_freed_without_an_answer_fails)
{
    begin(later);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    viv_token_free(token);
    token = NULL;
    EXPECT_EQ_INT(resume(), VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.host_code, VIV_ETOKEN);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    end(); /* drops it */
}

/* ------------------------------------------------------------------------
 * Where there is nobody to wait, or no memory.
 */

static int refuse_later(viv_host_call *call, const viv_value *args,
                        viv_value *results, void *cookie)
{
    viv_token *none = NULL;

    (void)args, (void)cookie;
    EXPECT_EQ_INT(viv_host_call_later(call, &none, &err), VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text, "start function");
    EXPECT_EQ_INT(viv_host_call_sleep(call, 1, &err), VIV_EUNSUPPORTED);
    EXPECT(none == NULL);
    results[0].i32 = 1;
    return say;
}

static uint32_t begin_start(void)
{
    viv_import imports[] = {
        GUEST_FUNC("f", I32, 1, I32, 1, refuse_later, NULL)};

    guest = guest_start_with(
        "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))"
        " (func $s (drop (call $f (i32.const 0)))) (start $s))",
        imports, 1);
    return guest.outcome.kind;
}

TEST(a_start_function_cannot_wait)
{
    say = VIV_LATER;
    EXPECT_EQ_INT(begin_start(), VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.host_code, VIV_EINVAL);
    EXPECT(guest.sandbox == NULL);
    guest_end(&guest);
    say = 0;
    EXPECT_EQ_INT(begin_start(), VIV_RETURNED);
    guest_end(&guest);
}

static int take_without_memory(viv_host_call *call, const viv_value *args,
                               viv_value *results, void *cookie)
{
    int code;

    base_alloc_fail_at(1);
    code = viv_host_call_later(call, &token, &err);
    base_alloc_fail_at(0);
    EXPECT_EQ_INT(code, VIV_ENOMEM);
    EXPECT_EQ_INT(viv_host_call_later(NULL, &token, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_host_call_later(call, NULL, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_host_call_sleep(NULL, 1, &err), VIV_EINVAL);
    return later(call, args, results, cookie);
}

TEST(without_memory_there_is_no_token_yet)
{
    begin(take_without_memory);
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    answer(1);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    end();
}

/* ------------------------------------------------------------------------
 * Threads.
 */

static void *answer_there(void *taken)
{
    viv_value value = GUEST_I32(1);
    int code = viv_token_answer(taken, &value, 1);

    EXPECT(code == 0 || code == VIV_ETOKEN);
    viv_token_free(taken);
    return code == 0 ? taken : NULL;
}

static pthread_t threads[2];

static int answer_elsewhere(viv_host_call *call, const viv_value *args,
                            viv_value *results, void *cookie)
{
    viv_token *taken;

    (void)args, (void)results, (void)cookie;
    EXPECT_EQ_INT(viv_host_call_later(call, &taken, NULL), 0);
    EXPECT_EQ_INT(pthread_create(&threads[0], NULL, answer_there, taken), 0);
    return VIV_LATER;
}

/* Whenever the other thread comes: before the host function has returned, while
 * the call waits, after it was dropped. */
TEST(answers_come_from_other_threads_at_any_time)
{
    int count = mode_is("valgrind") ? 50 : 1000;

    begin(answer_elsewhere);
    for (int i = 0; i < count; i++) {
        EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
        if (i % 4 == 3) {
            EXPECT_EQ_INT(viv_call_drop(guest.sandbox), 0);
            reset();
        } else {
            EXPECT_EQ_INT(viv_call_wait(guest.sandbox, VIV_ENDLESS, NULL), 0);
            EXPECT_EQ_INT(resume(), VIV_RETURNED);
            EXPECT_EQ_INT(guest.results[0].i32, 2);
        }
        pthread_join(threads[0], NULL);
    }
    end();
}

static void *answer_shared(void *shared)
{
    viv_value value = GUEST_I32(1);

    return viv_token_answer(shared, &value, 1) == 0 ? shared : NULL;
}

TEST(of_two_threads_that_answer_one_is_heard)
{
    int count = mode_is("valgrind") ? 20 : 500;
    void *won[2];

    begin(later);
    for (int i = 0; i < count; i++) {
        EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
        for (int t = 0; t < 2; t++)
            pthread_create(&threads[t], NULL, answer_shared, token);
        for (int t = 0; t < 2; t++)
            pthread_join(threads[t], &won[t]);
        EXPECT((won[0] != NULL) != (won[1] != NULL));
        EXPECT_EQ_INT(resume(), VIV_RETURNED);
    }
    end();
}
