/* soak_wasm.c - a guest in WebAssembly, its programs and its host.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "soak.h"

/* `touch` leaves its argument wherever a guest can leave something; `seen` is
 * what of it is left: 0 in a fresh one. */
static const char WAT[] =
    "(module"
    " (type $f (func (param i32) (result i32)))"
    " (import \"env\" \"now\" (func $now (type $f)))"
    " (import \"env\" \"exit\" (func $exit (type $f)))"
    " (import \"env\" \"fail\" (func $fail (type $f)))"
    " (import \"env\" \"owe\" (func $owe (type $f)))"
    " (import \"env\" \"sleep\" (func $sleep (type $f)))"
    " (import \"env\" \"race\" (func $race (type $f)))"
    " (import \"env\" \"misuse\" (func $misuse (type $f)))"
    " (memory (export \"memory\") 2 64)"
    " (table $t 2 50 funcref)"
    " (elem declare func $seen)"
    " (global $g (mut i32) (i32.const 0))"
    " (func (export \"sum\") (type $f) (local i32)"
    "  (loop $l (local.set 1 (i32.add (local.get 1) (local.get 0)))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (local.get 1))"
    " (func (export \"touch\") (type $f)"
    "  (global.set $g (local.get 0))"
    "  (i32.store (i32.const 8) (local.get 0))"
    "  (memory.fill (i32.const 65536) (local.get 0) (i32.const 65536))"
    "  (drop (table.grow $t (ref.func $seen) (i32.const 7)))"
    "  (table.set $t (i32.const 1) (ref.func $seen))"
    "  (if (i32.ne (memory.grow (i32.const 3)) (i32.const -1)) (then"
    "   (i32.store (i32.sub (i32.mul (memory.size) (i32.const 65536))"
    "    (i32.const 4)) (local.get 0))))"
    "  (i32.const 5))"
    " (func $seen (export \"seen\") (type $f)"
    "  (i32.or (i32.or (global.get $g) (i32.load (i32.const 8)))"
    "   (i32.or (i32.load (i32.const 100000))"
    "    (i32.or (i32.sub (memory.size) (i32.const 2))"
    "     (i32.sub (table.size $t) (i32.const 2))))))"
    " (func (export \"count\") (type $f)"
    "  (i32.store (i32.const 16) (i32.add (i32.load (i32.const 16))"
    "   (i32.const 1)))"
    "  (i32.load (i32.const 16)))"
    " (func (export \"grow\") (type $f)"
    "  (loop $l (br_if $l"
    "   (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))"
    "  (memory.size))"
    " (func (export \"loop\") (type $f) (loop $l (br $l)) (i32.const 0))"
    " (func (export \"copy\") (type $f)"
    "  (loop $l (memory.copy (i32.const 65536) (i32.const 65537)"
    "   (i32.const 65000)) (br $l)) (i32.const 0))"
    " (func (export \"calls\") (type $f)"
    "  (loop $l (drop (call $now (i32.const 0))) (br $l)) (i32.const 0))"
    " (func $deep (export \"deep\") (type $f)"
    "  (i32.add (call $deep (local.get 0)) (i32.const 1)))"
    " (func (export \"load\") (type $f) (i32.load (i32.const 0x7fffffff)))"
    " (func (export \"divide\") (type $f)"
    "  (i32.div_u (i32.const 1) (i32.const 0)))"
    " (func (export \"stop\") (type $f) unreachable)"
    " (func (export \"table\") (type $f)"
    "  (call_indirect $t (type $f) (i32.const 0) (i32.const 50)))"
    " (func (export \"null\") (type $f)"
    "  (call_indirect $t (type $f) (i32.const 0) (i32.const 0)))"
    " (func (export \"now\") (type $f) (call $now (local.get 0)))"
    " (func (export \"exit\") (type $f) (call $exit (local.get 0)))"
    " (func (export \"fail\") (type $f) (call $fail (local.get 0)))"
    " (func (export \"owe\") (type $f) (call $owe (local.get 0)))"
    " (func (export \"owe2\") (type $f)"
    "  (i32.add (call $owe (local.get 0)) (call $owe (local.get 0))))"
    " (func (export \"sleep\") (type $f) (call $sleep (local.get 0)))"
    " (func (export \"race\") (type $f) (call $race (local.get 0)))"
    " (func (export \"misuse\") (type $f) (call $misuse (local.get 0))))";

/* ------------------------------------------------------------------------
 * Its host.
 */

static int now(viv_host_call *call, const viv_value *args, viv_value *results,
               void *cookie)
{
    (void)call, (void)cookie;
    results[0].i32 = args[0].i32 + 1;
    return 0;
}

static int leave(viv_host_call *call, const viv_value *args, viv_value *results,
                 void *cookie)
{
    (void)results, (void)cookie;
    return viv_host_call_exit(call, (int32_t)args[0].i32);
}

static int fail(viv_host_call *call, const viv_value *args, viv_value *results,
                void *cookie)
{
    (void)call, (void)args, (void)results, (void)cookie;
    return -77;
}

/* The argument is a plan, and 100 for each ms that it takes. */
static int owe(viv_host_call *call, const viv_value *args, viv_value *results,
               void *cookie)
{
    struct soak_debt debt = {
        .plan = args[0].i32 % 100,
        .value = 7,
        .due =
            args[0].i32 < 100 ? 0 : bench_now() + args[0].i32 / 100 * SOAK_MS,
    };

    (void)results, (void)cookie;
    if (viv_host_call_later(call, &debt.token, NULL) < 0)
        return -78;
    soak_answer_owe(&debt);
    return VIV_LATER;
}

static int doze(viv_host_call *call, const viv_value *args, viv_value *results,
                void *cookie)
{
    (void)cookie;
    results[0].i32 = 9;
    return viv_host_call_sleep(call, args[0].i32 * SOAK_MS, NULL) < 0
               ? -79
               : VIV_LATER;
}

/* It sleeps, and is answered the same at about the same time. */
static int race(viv_host_call *call, const viv_value *args, viv_value *results,
                void *cookie)
{
    struct soak_debt debt = {.plan = SOAK_ANSWER, .value = 9};

    debt.due = bench_now() + args[0].i32 * SOAK_MS;
    if (viv_host_call_later(call, &debt.token, NULL) < 0)
        return -78;
    soak_answer_owe(&debt);
    return doze(call, args, results, cookie);
}

static int misuse(viv_host_call *call, const viv_value *args,
                  viv_value *results, void *cookie)
{
    (void)args, (void)cookie;
    results[0].i32 = (uint32_t)soak_host_misuse(viv_host_call_sandbox(call));
    return 0;
}

static const uint8_t I32[] = {VIV_I32};

#define IMPORT(name_, func_)                                                   \
    {                                                                          \
        .module = "env", .name = name_, .kind = VIV_FUNC, .func = func_,       \
        .func_type = {                                                         \
            I32,                                                               \
            I32,                                                               \
            1,                                                                 \
            1                                                                  \
        }                                                                      \
    }

static const viv_import imports[] = {
    IMPORT("now", now),       IMPORT("exit", leave), IMPORT("fail", fail),
    IMPORT("owe", owe),       IMPORT("sleep", doze), IMPORT("race", race),
    IMPORT("misuse", misuse),
};

viv_module *soak_wasm_module(void)
{
    const char *target = getenv("VIV_TARGET");
    char options[64];

    snprintf(options, sizeof(options), "-O2 --target %s",
             target != NULL ? target : "gs");
    return bench_module_with(WAT, options);
}

viv_sandbox *soak_wasm_sandbox(viv_module *module)
{
    viv_limits limits = soak_place_limits(SOAK_WASM);

    return bench_sandbox(module, imports, sizeof(imports) / sizeof(imports[0]),
                         &limits);
}

/* ------------------------------------------------------------------------
 * Programs.
 */

#define FRESH    SOAK_IN(SOAK_WASM)
#define ANYWHERE (FRESH | SOAK_IN(SOAK_WASM_KEPT) | SOAK_IN(SOAK_WASM_RECYCLED))

#define GOOD(name, export, arg, value)                                         \
    {                                                                          \
        name, SOAK_WASM_CALL, ANYWHERE, 8, "returned", export, value, arg      \
    }
#define EVIL(name, expected, export, arg)                                      \
    {                                                                          \
        name, SOAK_WASM_CALL, ANYWHERE, 2, expected, export, NULL, arg         \
    }
#define HANGS(name, expected, export, arg)                                     \
    {                                                                          \
        name, SOAK_WASM_CALL, ANYWHERE, 1, expected, export, NULL, arg         \
    }
#define TRAP(what) "trapped: " what
#define HOST_TRAP  TRAP("host function failed")

const struct soak_program soak_wasm_programs[] = {
    GOOD("wasm sum", "sum", 10, "55"),
    GOOD("wasm long sum", "sum", 1000000, "1784293664"),
    {"wasm seen", SOAK_WASM_CALL, FRESH, 8, "returned", "seen", "0", 0},
    GOOD("wasm touch", "touch", 0xee, "5"),
    GOOD("wasm host", "now", 41, "42"),
    GOOD("wasm answered", "owe", SOAK_ANSWER, "7"),
    GOOD("wasm answered later", "owe", SOAK_ANSWER + 500, "7"),
    GOOD("wasm answered twice", "owe", SOAK_ANSWER_TWICE, "7"),
    GOOD("wasm answered twice later", "owe", SOAK_ANSWER_TWICE + 300, "7"),
    GOOD("wasm answered wrongly", "owe", SOAK_ANSWER_WRONG + 100, "7"),
    GOOD("wasm two answers", "owe2", SOAK_ANSWER + 100, "14"),
    GOOD("wasm sleep", "sleep", 3, "9"),
    GOOD("wasm sleep or answer", "race", 2, "9"),
    GOOD("wasm misuse", "misuse", 0, "12"),
    EVIL("wasm exit", "exited 3", "exit", 3),
    EVIL("wasm host fails", HOST_TRAP, "fail", 0),
    EVIL("wasm answer is a failure", HOST_TRAP, "owe", SOAK_FAIL + 100),
    EVIL("wasm answer is lost", HOST_TRAP, "owe", SOAK_LOSE + 100),
    HANGS("wasm no answer", "spent wall-time|" HOST_TRAP, "owe", SOAK_NEVER),
    HANGS("wasm sleeps for ever", "spent wall-time", "sleep", 1000000),
    EVIL("wasm grow", "returned", "grow", 0),
    EVIL("wasm deep", TRAP("call stack exhausted"), "deep", 0),
    EVIL("wasm load", TRAP("out of bounds memory access"), "load", 0),
    EVIL("wasm divide", TRAP("integer divide by zero"), "divide", 0),
    EVIL("wasm stop", TRAP("unreachable"), "stop", 0),
    EVIL("wasm table", TRAP("out of bounds table access"), "table", 0),
    EVIL("wasm null", TRAP("uninitialized element"), "null", 0),
    EVIL("wasm host calls", "spent host-calls", "calls", 0),
    HANGS("wasm loop", SOAK_LATE, "loop", 0),
    HANGS("wasm copy", SOAK_LATE, "copy", 0),
    {NULL},
};
