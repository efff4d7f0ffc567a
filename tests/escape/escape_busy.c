/* escape_busy.c - the attack: come at the wrong time.
 *
 * Reset, free, fork, freeze or call a sandbox while its call runs, from inside
 * its own host function and from another thread: whoever does is refused at
 * once, waits for nobody, and the call goes on as if nothing had happened.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdatomic.h>

#include "host.h"

static const char WAT[] =
    "(module"
    " (import \"env\" \"now\" (func $now (param i32) (result i32)))"
    " (import \"env\" \"later\" (func $later (param i32) (result i32)))"
    " (memory (export \"memory\") 1) (global (export \"g\") i32 (i32.const 9))"
    " (func (export \"echo\") (param i32) (result i32) (local.get 0))"
    " (func (export \"ask\") (param i32) (result i32) (local i32)"
    "  (i32.store (i32.const 0) (i32.const 77))"
    "  (local.set 1 (call $now (local.get 0)))"
    "  (i32.add (local.get 1) (i32.load (i32.const 0))))"
    " (func (export \"wait\") (param i32) (result i32)"
    "  (call $later (local.get 0)))"
    " (func (export \"for_ever\") (param i32) (result i32) (loop $l (br $l))"
    "  (i32.const 0)))";

static viv_module *module;
static viv_token *token;
static int (*host_func)(viv_sandbox *sandbox);

static int answer_now(viv_host_call *call, const viv_value *args,
                      viv_value *results, void *cookie)
{
    (void)cookie;
    results[0].i32 = args[0].i32;
    return host_func != NULL ? host_func(viv_host_call_sandbox(call)) : 0;
}

static int answer_later(viv_host_call *call, const viv_value *args,
                        viv_value *results, void *cookie)
{
    (void)args, (void)results, (void)cookie;
    viv_token_free(token);
    EXPECT_EQ_INT(viv_host_call_later(call, &token, NULL), 0);
    return VIV_LATER;
}

static viv_sandbox *make(void)
{
    viv_import imports[] = {HOST_IMPORT("now", answer_now, NULL),
                            HOST_IMPORT("later", answer_later, NULL)};

    if (module == NULL)
        module = host_module(WAT);
    return host_sandbox(module, imports, 2, NULL);
}

/* ------------------------------------------------------------------------
 * All that can be refused.
 */

/* Nothing that is refused writes to where it would return something. */
static void expect_refused(viv_sandbox *sandbox, int code)
{
    viv_sandbox *fork = (viv_sandbox *)&module;
    viv_image *image = (viv_image *)&module;
    uint32_t result = 4711;
    viv_outcome outcome;
    void *bytes = &module;
    viv_error err = {0};
    size_t len;

    EXPECT_EQ_INT(host_try_call(sandbox, "echo", 1, &result, &outcome), code);
    EXPECT_EQ_INT(viv_sandbox_reset(sandbox, &err), code);
    EXPECT_EQ_INT(err.code, code);
    EXPECT(strlen(err.text) > 10);
    EXPECT_EQ_INT(viv_sandbox_free(sandbox), code);
    EXPECT_EQ_INT(viv_sandbox_fork(sandbox, 1, &fork, &err), code);
    EXPECT_EQ_INT(viv_image_new(sandbox, &image, &err), code);
    EXPECT_EQ_INT(viv_sandbox_dump(sandbox, NULL, &bytes, &len, &err), code);
    EXPECT_EQ_INT(result, 4711);
    EXPECT((void *)fork == &module && (void *)image == &module &&
           bytes == &module);
}

/* Of a call that runs and not of one that is halted. */
static void expect_not_halted(viv_sandbox *sandbox, int code)
{
    viv_value result;
    viv_outcome outcome;

    EXPECT_EQ_INT(viv_call_resume(sandbox, &result, 1, &outcome, NULL), code);
    EXPECT_EQ_INT(viv_call_drop(sandbox), code);
    EXPECT_EQ_INT(viv_call_wait(sandbox, VIV_ENDLESS, NULL), code);
}

static void expect_busy(viv_sandbox *sandbox)
{
    uint64_t began = host_now();

    EXPECT_EQ_INT(viv_sandbox_state(sandbox), VIV_RUNNING);
    expect_refused(sandbox, VIV_EBUSY);
    expect_not_halted(sandbox, VIV_EBUSY);
    EXPECT(host_now() - began < host_patience(10 * MS));
}

/* ------------------------------------------------------------------------
 * From inside.
 */

static int refuse_all(viv_sandbox *sandbox)
{
    expect_busy(sandbox);
    return 0;
}

TEST(a_host_function_cannot_touch_the_sandbox_that_asks)
{
    viv_sandbox *sandbox = make();
    uint32_t i;

    host_func = refuse_all;
    for (i = 0; i < 100; i++)
        EXPECT_EQ_INT(host_ask(sandbox, "ask", i), 77 + i);
    host_func = NULL;
    host_reset(sandbox);
    EXPECT_EQ_INT(host_ask(sandbox, "echo", 3), 3);
    host_free(sandbox);
}

/* By a way round: another sandbox's host function, inside. */
static viv_sandbox *first, *second;

static int ask_the_other(viv_sandbox *sandbox)
{
    if (sandbox == first)
        EXPECT_EQ_INT(host_ask(second, "ask", 5), 77 + 5);
    expect_busy(first);
    if (sandbox == second)
        expect_busy(second);
    else
        EXPECT_EQ_INT(host_ask(second, "echo", 8), 8);
    return 0;
}

TEST(a_way_round_leads_to_nothing_else)
{
    first = make();
    second = make();
    host_func = ask_the_other;
    EXPECT_EQ_INT(host_ask(first, "ask", 1), 77 + 1);
}

/* What may be done from there. */
static int look(viv_sandbox *sandbox)
{
    uint32_t word, type;
    viv_value value;

    EXPECT_EQ_INT(viv_memory_read(sandbox, 0, &word, 4), 0);
    EXPECT_EQ_INT(word, 77);
    word = 100;
    EXPECT_EQ_INT(viv_memory_write(sandbox, 0, &word, 4), 0);
    EXPECT_EQ_INT(viv_global_get(sandbox, "g", 1, &value, &type), 0);
    EXPECT_EQ_INT(value.i32, 9);
    EXPECT_EQ_INT(viv_memory_bytes(sandbox), WASM_PAGE);
    return 0;
}

TEST(a_host_function_may_look_and_write)
{
    viv_sandbox *sandbox = make();

    host_func = look;
    EXPECT_EQ_INT(host_ask(sandbox, "ask", 1), 101);
}

static int cancel_own(viv_sandbox *sandbox)
{
    EXPECT_EQ_INT(viv_call_cancel(sandbox), 0);
    EXPECT_EQ_INT(viv_call_cancel(sandbox), 0);
    return 0;
}

TEST(a_host_function_may_cancel_its_own_call)
{
    viv_sandbox *sandbox = make();
    viv_outcome outcome;

    if (host_is_mode("valgrind"))
        SKIP("valgrind lets a signal to oneself wait");
    host_func = cancel_own;
    outcome = host_call(sandbox, "ask", 1);
    EXPECT_EQ_INT(outcome.kind, VIV_CANCELLED);
    EXPECT_EQ_INT(viv_sandbox_state(sandbox), VIV_STOPPED);
}

/* ------------------------------------------------------------------------
 * From another thread.
 */

static _Atomic bool is_inside, may_return;

static int stay(viv_sandbox *sandbox)
{
    (void)sandbox;
    atomic_store(&is_inside, true);
    while (!atomic_load(&may_return))
        host_sleep(1 * MS);
    return 0;
}

static void *run_ask(void *sandbox)
{
    EXPECT_EQ_INT(host_ask(sandbox, "ask", 4), 77 + 4);
    return NULL;
}

TEST(another_thread_is_refused_while_a_host_function_runs)
{
    viv_sandbox *sandbox = make();
    pthread_t thread;
    int i;

    host_func = stay;
    thread = host_thread(run_ask, sandbox);
    while (!atomic_load(&is_inside))
        ;
    for (i = 0; i < 100; i++)
        expect_busy(sandbox);
    atomic_store(&may_return, true);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    host_free(sandbox);
}

static void *run_for_ever(void *sandbox)
{
    EXPECT_EQ_INT(host_call(sandbox, "for_ever", 0).kind, VIV_CANCELLED);
    return NULL;
}

TEST(another_thread_is_refused_while_the_guest_computes)
{
    viv_sandbox *sandbox = make();
    pthread_t thread = host_thread(run_for_ever, sandbox);
    int i;

    while (viv_sandbox_state(sandbox) != VIV_RUNNING)
        ;
    for (i = 0; i < 100; i++)
        expect_busy(sandbox);
    EXPECT_EQ_INT(viv_call_cancel(sandbox), 0);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    host_reset(sandbox);
    EXPECT_EQ_INT(host_ask(sandbox, "echo", 6), 6);
    host_free(sandbox);
}

/* ------------------------------------------------------------------------
 * While a call is halted, and when there is none.
 */

TEST(a_call_that_waits_is_in_the_way)
{
    viv_sandbox *sandbox = make();
    uint32_t result;

    EXPECT_EQ_INT(host_call(sandbox, "wait", 0).kind, VIV_WAITING);
    EXPECT_EQ_INT(viv_sandbox_state(sandbox), VIV_IS_WAITING);
    expect_refused(sandbox, VIV_EWAITING);
    EXPECT_EQ_INT(viv_call_wait(sandbox, 1 * MS, NULL), VIV_ETIME);
    EXPECT_EQ_INT(viv_token_answer(token, &(viv_value){.i32 = 8}, 1), 0);
    EXPECT_EQ_INT(host_resume(sandbox, &result).kind, VIV_RETURNED);
    EXPECT_EQ_INT(result, 8);
    host_free(sandbox);
}

TEST(a_call_that_is_paused_is_in_the_way)
{
    viv_sandbox *sandbox = make();

    EXPECT_EQ_INT(viv_call_slice(sandbox, 10 * US), 0);
    EXPECT_EQ_INT(host_call(sandbox, "for_ever", 0).kind, VIV_PAUSED);
    EXPECT_EQ_INT(viv_sandbox_state(sandbox), VIV_IS_PAUSED);
    expect_refused(sandbox, VIV_EWAITING);
    EXPECT_EQ_INT(viv_call_drop(sandbox), 0);
    EXPECT_EQ_INT(viv_sandbox_state(sandbox), VIV_STOPPED);
    host_free(sandbox);
}

TEST(without_a_call_there_is_nothing_to_go_on_with)
{
    viv_sandbox *sandbox = make();

    expect_not_halted(sandbox, VIV_ENOCALL);
    EXPECT_EQ_INT(viv_call_cancel(sandbox), VIV_ENOCALL);
    EXPECT_EQ_INT(host_ask(sandbox, "echo", 1), 1);
    expect_not_halted(sandbox, VIV_ENOCALL);
    EXPECT_EQ_INT(viv_call_cancel(sandbox), VIV_ENOCALL);
    EXPECT_EQ_INT(viv_call_slice(sandbox, 10 * US), 0);
    EXPECT_EQ_INT(host_call(sandbox, "for_ever", 0).kind, VIV_PAUSED);
    EXPECT_EQ_INT(viv_call_drop(sandbox), 0);
    expect_not_halted(sandbox, VIV_ENOCALL);
    EXPECT_EQ_INT(viv_call_cancel(sandbox), VIV_ENOCALL);
    host_free(sandbox);
}
