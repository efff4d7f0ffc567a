/* test_sandbox_call.c - a call: begun, stopped, paused, resumed, over.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/sandbox_call.h"

#include <pthread.h>
#include <unistd.h>

#include "guest.h"
#include "os/os_clock.h"

#define MS UINT64_C(1000000)

static const uint8_t I32[] = {VIV_I32};

/* Everything that does not end, and something that does. */
static const char WAT[] =
    "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))"
    " (memory 1) (global $g (mut i32) (i32.const 7))"
    " (func (export \"loop\") (loop $l (br $l)))"
    " (func (export \"ask\") (param i32) (result i32)"
    "  (i32.add (i32.const 1) (call $f (local.get 0))))"
    " (func (export \"ask_for_ever\") (loop $l"
    "  (drop (call $f (i32.const 0))) (br $l)))"
    " (func (export \"copy_for_ever\") (drop (memory.grow (i32.const 2048)))"
    "  (loop $l (memory.copy (i32.const 0) (i32.const 67108864)"
    "   (i32.const 67108864)) (br $l)))"
    " (func $deep (export \"deep\") (param i32) (result i32)"
    "  (if (result i32) (local.get 0)"
    "   (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0)"
    "    (i32.const 1))))) (else (i32.const 0))))"
    " (func (export \"deep_for_ever\") (loop $l"
    "  (drop (call $deep (i32.const 1000))) (br $l)))"
    " (func (export \"count\") (param i32) (result i32) (local i32)"
    "  (loop $l (local.set 1 (i32.add (local.get 1) (i32.const 3)))"
    "   (i32.store (i32.const 8) (local.get 1))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (local.get 1))"
    " (func (export \"set\") (param i32) (result i32) (global.set $g"
    "  (local.get 0)) (global.get $g))"
    " (func (export \"get\") (param i32) (result i32) (global.get $g)))";

static struct guest guest;
static viv_token *token;
static pthread_t thread;

/* ------------------------------------------------------------------------
 * Host functions.
 */

static int answer_now(viv_host_call *call, const viv_value *args,
                      viv_value *results, void *cookie)
{
    (void)call, (void)cookie;
    results[0].i32 = args[0].i32 * 2;
    return 0;
}

static int answer_later(viv_host_call *call, const viv_value *args,
                        viv_value *results, void *cookie)
{
    (void)args, (void)results, (void)cookie;
    viv_token_free(token);
    EXPECT_EQ_INT(viv_host_call_later(call, &token, NULL), 0);
    return VIV_LATER;
}

static int leave_now(viv_host_call *call, const viv_value *args,
                     viv_value *results, void *cookie)
{
    (void)results, (void)cookie;
    return viv_host_call_exit(call, (int32_t)args[0].i32);
}

/* ------------------------------------------------------------------------
 * Steps.
 */

static viv_limits limits;

static void begin_with(viv_host_func *func)
{
    viv_import imports[] = {GUEST_FUNC("f", I32, 1, I32, 1, func, NULL)};
    viv_module *module = guest_load(WAT, false);

    if (limits.size == 0)
        viv_limits_default(&limits);
    guest = guest_of(module, imports, 1, &limits);
    viv_module_unref(module);
}

static void end(void)
{
    viv_token_free(token);
    token = NULL;
    guest_end(&guest);
}

static uint32_t resume(size_t result_count)
{
    if (viv_call_resume(guest.sandbox, guest.results, result_count,
                        &guest.outcome, &guest.err) < 0)
        test_fail(TEST_AT, "%s", guest.err.text);
    return guest.outcome.kind;
}

/* ------------------------------------------------------------------------
 * Stopping.
 */

static void expect_stop(const char *name, size_t args)
{
    uint64_t before = os_clock_now(), took;

    EXPECT_EQ_INT(guest_call(&guest, name, GUEST_ARGS(GUEST_I32(0)), args, 0),
                  VIV_SPENT);
    took = os_clock_now() - before;
    EXPECT_EQ_INT(guest.outcome.limit, VIV_LIMIT_RUN_TIME);
    EXPECT(took >= 20 * MS);
    EXPECT(took < 2000 * MS);
    EXPECT_EQ_INT(viv_sandbox_state(guest.sandbox), VIV_STOPPED);
    EXPECT_EQ_INT(viv_sandbox_reset(guest.sandbox, NULL), 0);
    EXPECT_EQ_INT(guest_ask(&guest, "get", 0), 7);
}

TEST(whatever_never_ends_is_stopped)
{
    viv_limits_default(&limits);
    limits.run_ns = 20 * MS;
    begin_with(answer_now);
    expect_stop("loop", 0);
    expect_stop("ask_for_ever", 0);
    expect_stop("deep_for_ever", 0);
    expect_stop("copy_for_ever", 0);
    end();
}

static void *cancel_soon(void *unused)
{
    (void)unused;
    usleep(20000);
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
    return NULL;
}

TEST(a_running_call_is_cancelled_from_another_thread)
{
    begin_with(answer_now);
    for (int i = 0; i < 5; i++) {
        EXPECT_EQ_INT(pthread_create(&thread, NULL, cancel_soon, NULL), 0);
        EXPECT_EQ_INT(guest_call(&guest, "loop", NULL, 0, 0), VIV_CANCELLED);
        EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
        EXPECT_EQ_INT(viv_sandbox_reset(guest.sandbox, NULL), 0);
    }
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), VIV_ENOCALL);
    EXPECT_EQ_INT(guest_ask(&guest, "ask", 3), 7);
    end();
}

/* ------------------------------------------------------------------------
 * Pausing.
 */

TEST(a_paused_call_computes_what_it_would_have)
{
    uint32_t pauses = 0, kind;

    begin_with(answer_now);
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 100000), 0);
    kind = guest_call(&guest, "count", GUEST_ARGS(GUEST_I32(100000000)), 1, 1);
    while (kind == VIV_PAUSED) {
        EXPECT_EQ_INT(viv_sandbox_state(guest.sandbox), VIV_IS_PAUSED);
        pauses++;
        kind = resume(1);
    }
    EXPECT_EQ_INT(kind, VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 300000000);
    EXPECT(pauses > 10);
    EXPECT_EQ_INT(guest.outcome.used.slices, pauses);
    end();
}

/* ------------------------------------------------------------------------
 * Waiting.
 */

TEST(a_call_waits_for_its_answer)
{
    viv_value answer = {.i32 = 41};

    begin_with(answer_later);
    EXPECT_EQ_INT(guest_call(&guest, "ask", GUEST_ARGS(GUEST_I32(1)), 1, 1),
                  VIV_WAITING);
    EXPECT_EQ_INT(viv_sandbox_state(guest.sandbox), VIV_IS_WAITING);
    EXPECT_EQ_INT(resume(1), VIV_WAITING);
    EXPECT_EQ_INT(viv_token_answer(token, &answer, 1), 0);
    EXPECT_EQ_INT(viv_token_answer(token, &answer, 1), VIV_ETOKEN);
    EXPECT_EQ_INT(resume(1), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 42);
    EXPECT_EQ_INT(viv_token_answer(token, &answer, 1), VIV_ETOKEN);
    EXPECT_EQ_INT(guest.outcome.used.waits, 1);
    end();
}

TEST(a_guest_may_leave)
{
    begin_with(leave_now);
    EXPECT_EQ_INT(guest_call(&guest, "ask", GUEST_ARGS(GUEST_I32(-3)), 1, 1),
                  VIV_EXITED);
    EXPECT_EQ_INT(guest.outcome.exit_code, -3);
    EXPECT_EQ_INT(viv_sandbox_state(guest.sandbox), VIV_IDLE);
    end();
}

static int sleep_a_little(viv_host_call *call, const viv_value *args,
                          viv_value *results, void *cookie)
{
    (void)cookie;
    results[0].i32 = 41;
    EXPECT_EQ_INT(viv_host_call_sleep(call, args[0].i32 * MS, NULL), 0);
    return VIV_LATER;
}

TEST(a_call_sleeps_and_no_thread_with_it)
{
    uint64_t before = os_clock_now();

    begin_with(sleep_a_little);
    EXPECT_EQ_INT(guest_call(&guest, "ask", GUEST_ARGS(GUEST_I32(500)), 1, 1),
                  VIV_WAITING);
    EXPECT(viv_call_due(guest.sandbox) > 0);
    EXPECT(viv_call_due(guest.sandbox) <= 500 * MS);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, 1000, NULL), VIV_ETIME);
    EXPECT_EQ_INT(resume(1), VIV_WAITING);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, VIV_ENDLESS, NULL), 0);
    EXPECT(os_clock_now() - before >= 500 * MS);
    EXPECT_EQ_INT(viv_call_due(guest.sandbox), 0);
    EXPECT_EQ_INT(resume(1), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 42);
    EXPECT_EQ_INT(viv_call_due(guest.sandbox), UINT64_MAX);
    end();
}

TEST(sleep_is_cut_by_wall_time)
{
    viv_limits_default(&limits);
    limits.wall_ns = 20 * MS;
    begin_with(sleep_a_little);
    EXPECT_EQ_INT(
        guest_call(&guest, "ask", GUEST_ARGS(GUEST_I32(1000000)), 1, 1),
        VIV_WAITING);
    EXPECT_EQ_INT(viv_call_wait(guest.sandbox, VIV_ENDLESS, NULL), 0);
    EXPECT_EQ_INT(resume(1), VIV_SPENT);
    EXPECT_EQ_INT(guest.outcome.limit, VIV_LIMIT_WALL_TIME);
    end();
}
