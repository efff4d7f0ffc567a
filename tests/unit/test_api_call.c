/* test_api_call.c - vivarium.h: calls, host calls, and answers that come later.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>

#include "base/base_alloc.h"
#include "guest.h"
#include "os/os_fail.h"

static const char WAT[] =
    "(module (memory (export \"m\") 1)"
    " (global (export \"i\") (mut i32) (i32.const -1))"
    " (global (export \"v\") v128 (v128.const i64x2 3 4))"
    " (func (export \"id\") (param i32) (result i32) (global.set 0 "
    "   (local.get 0)) (local.get 0)))";

static struct guest guest;
static viv_error err;

static int call(const char *name, size_t len, size_t args, size_t results)
{
    viv_value values[4] = {GUEST_I32(7)};

    return viv_call(guest.sandbox, name, len, values, args, guest.results,
                    results, &guest.outcome, &err);
}

TEST(a_call_names_a_function_and_counts_its_values)
{
    guest = guest_start(WAT);
    EXPECT_EQ_INT(call("id", 2, 1, 1), 0);
    EXPECT_EQ_INT(guest.results[0].i32, 7);
    EXPECT_EQ_INT(call("id", 2, 0, 1), VIV_EINVAL);
    EXPECT_EQ_STR(err.text, "\"id\" takes 1 arguments and returns 1 values; "
                            "the call has 0 and room for 1");
    EXPECT_EQ_INT(call("id", 2, 1, 0), VIV_EINVAL);
    EXPECT_EQ_INT(call("id", 2, 2, 1), VIV_EINVAL);
    EXPECT_EQ_INT(call("i", 1, 1, 1), VIV_ENOTFOUND);
    EXPECT_EQ_STR(err.text, "the export \"i\" is a global, not a function");
    EXPECT_EQ_INT(call("nobody", 6, 1, 1), VIV_ENOTFOUND);
    EXPECT_EQ_STR(err.text, "the module exports nothing called \"nobody\"");
    EXPECT_EQ_INT(call("", 0, 1, 1), VIV_ENOTFOUND);
    EXPECT_EQ_INT(call(NULL, 0, 1, 1), VIV_EINVAL);
    guest_end(&guest);
}

TEST(missing_arguments_are_refused)
{
    viv_value value = GUEST_I32(1);
    viv_outcome outcome;

    guest = guest_start(WAT);
    EXPECT_EQ_INT(viv_call(NULL, "id", 2, &value, 1, &value, 1, &outcome, &err),
                  VIV_EINVAL);
    EXPECT_EQ_INT(
        viv_call(guest.sandbox, "id", 2, NULL, 1, &value, 1, &outcome, &err),
        VIV_EINVAL);
    EXPECT_EQ_INT(
        viv_call(guest.sandbox, "id", 2, &value, 1, NULL, 1, &outcome, &err),
        VIV_EINVAL);
    EXPECT_EQ_INT(
        viv_call(guest.sandbox, "id", 2, &value, 1, &value, 1, NULL, NULL),
        VIV_EINVAL);
    guest_end(&guest);
}

/* A thread that runs its first guest. */
static void *fail_calls(void *unused)
{
    int n, code;

    (void)unused;
    for (n = 1;; n++) {
        os_fail_at((uint64_t)n);
        code = call("id", 2, 1, 1);
        os_fail_at(0);
        if (code == 0)
            break;
        EXPECT(code == VIV_ENOMEM || code == VIV_EIO);
        EXPECT_EQ_INT(err.code, code);
    }
    EXPECT(n > 3);
    base_alloc_fail_at(1); /* a call allocates nothing */
    EXPECT_EQ_INT(call("id", 2, 1, 1), 0);
    base_alloc_fail_at(0);
    return NULL;
}

TEST(every_failing_system_call_in_a_call_is_survived)
{
    pthread_t thread;

    guest = guest_start(WAT);
    EXPECT_EQ_INT(pthread_create(&thread, NULL, fail_calls, NULL), 0);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    guest_end(&guest);
}

TEST(nothing_is_done_to_no_call)
{
    viv_value value = GUEST_I32(1);
    viv_outcome outcome;
    viv_token *token;

    EXPECT_EQ_INT(viv_call_resume(NULL, &value, 1, &outcome, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_call_wait(NULL, 0, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_call_watch(NULL, NULL, NULL), VIV_EINVAL);
    EXPECT_EQ_INT(viv_call_cancel(NULL), VIV_EINVAL);
    EXPECT_EQ_INT(viv_call_drop(NULL), VIV_EINVAL);
    EXPECT_EQ_INT(viv_call_slice(NULL, 0), VIV_EINVAL);
    EXPECT(viv_call_due(NULL) == UINT64_MAX);
    EXPECT(viv_host_call_sandbox(NULL) == NULL);
    EXPECT_EQ_INT(viv_host_call_exit(NULL, 1), VIV_EINVAL);
    EXPECT_EQ_INT(viv_host_call_later(NULL, &token, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_host_call_sleep(NULL, 1, &err), VIV_EINVAL);
    EXPECT_EQ_INT(viv_token_answer(NULL, NULL, 0), VIV_EINVAL);
    EXPECT_EQ_INT(viv_token_fail(NULL, -1), VIV_EINVAL);
    viv_token_free(NULL);
}

TEST(an_idle_sandbox_has_no_call)
{
    viv_outcome outcome;

    guest = guest_start(WAT);
    EXPECT_EQ_INT(
        viv_call_resume(guest.sandbox, guest.results, 1, &outcome, &err),
        VIV_ENOCALL);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, 0, &err), VIV_ENOCALL);
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), VIV_ENOCALL);
    EXPECT_EQ_INT(viv_call_drop(guest.sandbox), VIV_ENOCALL);
    EXPECT(viv_call_due(guest.sandbox) == UINT64_MAX);
    guest_end(&guest);
}

TEST(slices_have_a_least_length)
{
    guest = guest_start(WAT);
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 9999), VIV_EINVAL);
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 10000), 0);
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 0), 0);
    guest_end(&guest);
}
