/* bench_calls.c - what it costs to cross the border.
 *
 * The peer of each crossing is the cheapest way that plain C has to do the
 * same: an indirect call of a function that the compiler cannot see.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "bench.h"

static const char WAT[] =
    "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))"
    " (memory 1)"
    " (func (export \"loop\") (param i32) (result i32) (local i32)"
    "  (loop $l (local.set 1 (call $f (local.get 1)))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (local.get 1))"
    " (func (export \"id\") (param i32) (result i32) (local.get 0)))";

static const uint8_t I32[] = {VIV_I32};

static viv_token *token;

static int add_one(viv_host_call *call, const viv_value *args,
                   viv_value *results, void *cookie)
{
    (void)call, (void)cookie;
    results[0].i32 = args[0].i32 + 1;
    return 0;
}

static int later(viv_host_call *call, const viv_value *args, viv_value *results,
                 void *cookie)
{
    (void)args, (void)results, (void)cookie;
    viv_host_call_later(call, &token, NULL);
    return VIV_LATER;
}

static viv_sandbox *make(viv_module *module, viv_host_func *func)
{
    viv_import import = {
        .module = "env",
        .name = "f",
        .kind = VIV_FUNC,
        .func_type = {I32, I32, 1, 1},
        .func = func,
    };
    viv_limits limits;

    viv_limits_default(&limits);
    limits.host_calls = limits.waits = VIV_ENDLESS;
    return bench_sandbox(module, &import, 1, &limits);
}

/* ------------------------------------------------------------------------
 * Plain C.
 */

static __attribute__((noinline)) uint32_t plain_add_one(uint32_t n)
{
    __asm__ volatile("" : "+r"(n));
    return n + 1;
}

static uint32_t (*volatile plain)(uint32_t) = plain_add_one;

static double plain_ns(uint32_t rounds)
{
    uint32_t (*func)(uint32_t) = plain;
    uint64_t before = bench_now();
    uint32_t n = 0, i;

    __asm__ volatile("" : "+r"(func));
    for (i = 0; i < rounds; i++)
        n = func(n);
    __asm__ volatile("" : : "r"(n));
    return (double)(bench_now() - before) / rounds;
}

/* ------------------------------------------------------------------------
 * Ours.
 */

static double host_call_ns(viv_sandbox *sandbox, uint32_t rounds)
{
    uint64_t before = bench_now();
    uint32_t n;

    if (bench_call(sandbox, "loop", rounds, &n) != VIV_RETURNED || n != rounds)
        bench_die("the loop of host calls does not return");
    return (double)(bench_now() - before) / rounds;
}

/* Wait, be answered, go on: as often as the guest asks. */
static double suspend_ns(viv_sandbox *sandbox, uint32_t rounds)
{
    uint64_t before = bench_now();
    uint32_t kind = bench_call(sandbox, "loop", rounds, NULL), n = 0;
    viv_value answer, result = {.i32 = 0};
    viv_outcome outcome;

    while (kind == VIV_WAITING) {
        answer.i32 = ++n;
        if (viv_token_answer(token, &answer, 1) < 0)
            bench_die("the answer is not taken");
        viv_token_free(token);
        if (viv_call_resume(sandbox, &result, 1, &outcome, NULL) < 0)
            bench_die("the call cannot be resumed");
        kind = outcome.kind;
    }
    if (kind != VIV_RETURNED || result.i32 != rounds)
        bench_die("the loop of answers does not return");
    return (double)(bench_now() - before) / rounds;
}

static double call_ns(viv_sandbox *sandbox, uint32_t rounds)
{
    uint64_t before = bench_now();
    uint32_t i;

    for (i = 0; i < rounds; i++)
        if (bench_call(sandbox, "id", i, NULL) != VIV_RETURNED)
            bench_die("the call does not return");
    return (double)(bench_now() - before) / rounds;
}

static double least(double a, double b)
{
    return a == 0 || b < a ? b : a;
}

int main(int argc, char **argv)
{
    double host = 0, suspend = 0, call = 0, c = 0;
    uint32_t rounds = (uint32_t)bench_rounds(200000, 1000), i;
    viv_sandbox *now, *then;
    viv_module *module;

    bench_begin(argc, argv,
                "calls, host calls, waiting and going on, against an indirect "
                "call in C");
    module = bench_module(WAT);
    now = make(module, add_one);
    then = make(module, later);
    for (i = 0; i < bench_rounds(40, 2); i++) {
        c = least(c, plain_ns(rounds));
        host = least(host, host_call_ns(now, rounds));
        suspend = least(suspend, suspend_ns(then, rounds / 10));
        call = least(call, call_ns(now, rounds / 10));
    }
    bench_row_peer("host call there and back", host, "ns", "indirect C call",
                   c);
    bench_row("beyond the C call", host - c, "ns");
    bench_row_peer("wait, be answered, go on", suspend, "ns", "indirect C call",
                   c);
    bench_row_peer("call of a guest function", call, "ns", "indirect C call",
                   c);
    viv_sandbox_free(now);
    viv_sandbox_free(then);
    viv_module_unref(module);
    return 0;
}
