/* sandbox_tools.h - a guest that does everything, for tests of sandboxes.
 *
 *     begin(later);
 *     EXPECT_EQ_INT(start("ask", 20), VIV_WAITING);
 *     answer(20);
 *     EXPECT_EQ_INT(resume(), VIV_RETURNED);
 *     EXPECT_EQ_INT(guest.results[0].i32, 21);
 *     end();
 *
 * Every function that it exports takes and returns an i32, as does the one that
 * it imports, which is `host` at the time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SANDBOX_TOOLS_H
#define SANDBOX_TOOLS_H

#include "guest.h"
#include "nudge_tools.h"
#include "os/os_clock.h"
#include "sandbox/sandbox.h"

/* Offset 8: what `count` has counted to; a global, 7 at first. */
static const char WAT[] =
    "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))"
    " (memory 1) (global $g (export \"g\") (mut i32) (i32.const 7))"
    " (table $t 1 100 funcref) (elem declare func $get)"
    " (data $d \"abcdefgh\")"
    " (func (export \"loop\") (param i32) (result i32)"
    "  (loop $l (result i32) (br $l)))"
    " (func (export \"ask\") (param i32) (result i32)"
    "  (i32.add (i32.const 1) (call $f (local.get 0))))"
    " (func (export \"ask_twice\") (param i32) (result i32)"
    "  (i32.add (call $f (local.get 0)) (call $f (local.get 0))))"
    " (func (export \"ask_for_ever\") (param i32) (result i32)"
    "  (loop $l (result i32) (drop (call $f (i32.const 0))) (br $l)))"
    " (func (export \"copy_for_ever\") (param i32) (result i32)"
    "  (drop (memory.grow (i32.const 2048)))"
    "  (loop $l (result i32) (memory.copy (i32.const 0) (i32.const 67108864)"
    "   (i32.const 67108864)) (br $l)))"
    " (func (export \"fill_for_ever\") (param i32) (result i32)"
    "  (drop (memory.grow (i32.const 2048)))"
    "  (loop $l (result i32) (memory.fill (i32.const 0) (i32.const 5)"
    "   (i32.const 134217728)) (br $l)))"
    " (func $deep (export \"deep\") (param i32) (result i32)"
    "  (if (result i32) (local.get 0)"
    "   (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0)"
    "    (i32.const 1))))) (else (i32.const 0))))"
    " (func (export \"deep_for_ever\") (param i32) (result i32)"
    "  (loop $l (result i32) (drop (call $deep (i32.const 1000))) (br $l)))"
    " (func $endless (export \"endless\") (param i32) (result i32)"
    "  (i32.add (call $endless (local.get 0)) (i32.const 1)))"
    " (func (export \"count\") (param i32) (result i32) (local i32)"
    "  (loop $l (local.set 1 (i32.add (local.get 1) (i32.const 3)))"
    "   (i32.store (i32.const 8) (local.get 1))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (local.get 1))"
    " (func (export \"set\") (param i32) (result i32)"
    "  (global.set $g (local.get 0))"
    "  (i32.store (i32.const 60000) (local.get 0)) (global.get $g))"
    " (func (export \"get\") (param i32) (result i32) (global.get $g))"
    " (func (export \"load\") (param i32) (result i32)"
    "  (i32.load (local.get 0)))"
    " (func (export \"grow\") (param i32) (result i32)"
    "  (memory.grow (local.get 0)))"
    " (func (export \"size\") (param i32) (result i32) (memory.size))"
    " (func (export \"grow_table\") (param i32) (result i32)"
    "  (table.grow $t (ref.func $get) (local.get 0)))"
    " (func (export \"table_size\") (param i32) (result i32)"
    "  (table.size $t))"
    " (func (export \"indirect\") (param i32) (result i32)"
    "  (call_indirect $t (param i32) (result i32) (i32.const 0)"
    "   (local.get 0)))"
    " (func (export \"init\") (param i32) (result i32)"
    "  (memory.init $d (i32.const 100) (i32.const 0) (local.get 0))"
    "  (i32.load (i32.const 100)))"
    " (func $get (param i32) (result i32) (global.get $g))"
    " (func (export \"drop\") (param i32) (result i32)"
    "  (data.drop $d) (i32.const 0))"
    " (func (export \"bulk\") (param i32) (result i32)"
    "  (drop (memory.grow (i32.const 2)))"
    "  (memory.fill (i32.const 65536) (i32.const 7) (i32.const 3000))"
    "  (memory.copy (i32.const 65540) (i32.const 65536) (i32.const 2000))"
    "  (memory.init $d (i32.const 100) (i32.const 0) (i32.const 8))"
    "  (drop (table.grow $t (ref.func $get) (i32.const 20)))"
    "  (table.fill $t (i32.const 0) (ref.func $get) (i32.const 21))"
    "  (table.copy $t $t (i32.const 1) (i32.const 0) (i32.const 10))"
    "  (i32.add (i32.load (i32.const 65600)) (i32.add"
    "   (i32.load (i32.const 100)) (call_indirect $t (param i32)"
    "    (result i32) (i32.const 0) (i32.const 5)))))"
    " (func (export \"trap\") (param i32) (result i32) unreachable))";

static const uint8_t I32[] = {VIV_I32};

static struct guest guest;
static viv_limits limits; /* to be changed before begin() */
static viv_token *token;  /* the latest that was taken */
static viv_host_func *host;
static int host_calls; /* of `host` */

/* ------------------------------------------------------------------------
 * Host functions.
 */

static inline int ask_host(viv_host_call *call, const viv_value *args,
                           viv_value *results, void *cookie)
{
    host_calls++;
    return host(call, args, results, cookie);
}

static inline int twice(viv_host_call *call, const viv_value *args,
                        viv_value *results, void *cookie)
{
    (void)call, (void)cookie;
    results[0].i32 = args[0].i32 * 2;
    return 0;
}

static inline int later(viv_host_call *call, const viv_value *args,
                        viv_value *results, void *cookie)
{
    (void)args, (void)results, (void)cookie;
    viv_token_free(token);
    EXPECT_EQ_INT(viv_host_call_later(call, &token, NULL), 0);
    return VIV_LATER;
}

static inline int leave_now(viv_host_call *call, const viv_value *args,
                            viv_value *results, void *cookie)
{
    (void)results, (void)cookie;
    return viv_host_call_exit(call, (int32_t)args[0].i32);
}

static inline int fail_now(viv_host_call *call, const viv_value *args,
                           viv_value *results, void *cookie)
{
    (void)call, (void)args, (void)results, (void)cookie;
    return -77;
}

static inline int sleep_ms(viv_host_call *call, const viv_value *args,
                           viv_value *results, void *cookie)
{
    (void)cookie;
    results[0].i32 = 41;
    EXPECT_EQ_INT(viv_host_call_sleep(call, args[0].i32 * MS, NULL), 0);
    return VIV_LATER;
}

/* ------------------------------------------------------------------------
 * Steps.
 */

static inline struct guest guest_with(viv_host_func *func)
{
    viv_import imports[] = {GUEST_FUNC("f", I32, 1, I32, 1, func, NULL)};
    viv_module *module = guest_load(WAT, false);
    struct guest made;

    if (limits.size == 0)
        viv_limits_default(&limits);
    made = guest_of(module, imports, 1, &limits);
    viv_module_unref(module);
    return made;
}

static inline void begin(viv_host_func *func)
{
    host = func;
    guest = guest_with(ask_host);
}

static inline void end(void)
{
    viv_token_free(token);
    token = NULL;
    viv_call_drop(guest.sandbox);
    guest_end(&guest);
}

static inline uint32_t start(const char *name, uint32_t arg)
{
    return guest_call(&guest, name, GUEST_ARGS(GUEST_I32(arg)), 1, 1);
}

static inline uint32_t resume(void)
{
    if (viv_call_resume(guest.sandbox, guest.results, 1, &guest.outcome,
                        &guest.err) < 0)
        test_fail(TEST_AT, "%s", guest.err.text);
    return guest.outcome.kind;
}

static inline void answer(uint32_t value)
{
    viv_value answer = {.i32 = value};

    EXPECT_EQ_INT(viv_token_answer(token, &answer, 1), 0);
}

static inline void reset(void)
{
    if (viv_sandbox_reset(guest.sandbox, &guest.err) < 0)
        test_fail(TEST_AT, "%s", guest.err.text);
}

static inline uint32_t state(void)
{
    return viv_sandbox_state(guest.sandbox);
}

static inline struct sandbox *inside(const struct guest *of)
{
    return (struct sandbox *)of->sandbox;
}

#endif /* SANDBOX_TOOLS_H */
