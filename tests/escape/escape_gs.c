/* escape_gs.c - the attack: what the CPU remembers between host and guest.
 *
 * Compiled guests address their memory by %gs, and compute with floating-point
 * control words of their own.  A host may have its own of either: it must find
 * them again after calls, traps, stops, pauses and waits, on whichever thread
 * they go on, and in its host functions; and a guest must find its own after
 * whatever the host did to them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <asm/prctl.h>
#include <sys/syscall.h>
#include <xmmintrin.h>

#include "host.h"

static const char WAT[] =
    "(module"
    " (import \"env\" \"now\" (func $now (param i32) (result i32)))"
    " (import \"env\" \"later\" (func $later (param i32) (result i32)))"
    " (memory (export \"memory\") 1) (global $g (mut i32) (i32.const 0))"
    " (func (export \"trap\") (param i32) (result i32)"
    "  (i32.load (i32.const 0x10000)))"
    /* ask or wait, and see whether memory and globals are still there */
    " (func (export \"ask\") (param i32) (result i32)"
    "  (i32.store (i32.const 16) (local.get 0)) (global.set $g (local.get 0))"
    "  (drop (call $now (local.get 0)))"
    "  (i32.add (i32.load (i32.const 16)) (global.get $g)))"
    " (func (export \"wait\") (param i32) (result i32)"
    "  (i32.store (i32.const 16) (local.get 0)) (global.set $g (local.get 0))"
    "  (drop (call $later (local.get 0)))"
    "  (i32.add (i32.load (i32.const 16)) (global.get $g)))"
    " (func (export \"spin\") (param i32) (result i32)"
    "  (i32.store (i32.const 16) (local.get 0)) (global.set $g (i32.const 0))"
    "  (loop $l (global.set $g (i32.add (global.get $g) (i32.const 1)))"
    "   (br_if $l (i32.lt_u (global.get $g) (local.get 0))))"
    "  (i32.add (i32.load (i32.const 16)) (global.get $g)))"
    " (func (export \"for_ever\") (param i32) (result i32) (loop $l (br $l))"
    "  (i32.const 0))"
    /* 1/3 to the nearest, and a number that is flushed to 0 or is not */
    " (func (export \"round\") (param i32) (result i32)"
    "  (i32.reinterpret_f32 (f32.div (f32.convert_i32_u (local.get 0))"
    "   (f32.const 3))))"
    " (func (export \"ask_and_round\") (param i32) (result i32)"
    "  (drop (call $now (local.get 0)))"
    "  (i32.reinterpret_f32 (f32.div (f32.convert_i32_u (local.get 0))"
    "   (f32.const 3)))))";

static viv_module *module;
static viv_token *token;
static void (*host_func)(void);

/* ------------------------------------------------------------------------
 * What the host has in %gs: an address of its own, or none.
 */

static char own[2][64];

/* By the system call, which needs no CPU flag. */
static uint64_t get_gs(void)
{
    uint64_t base = 1;

    EXPECT_EQ_INT(syscall(SYS_arch_prctl, ARCH_GET_GS, &base), 0);
    return base;
}

static void set_gs(const char *base)
{
    EXPECT_EQ_INT(syscall(SYS_arch_prctl, ARCH_SET_GS, (uint64_t)base), 0);
}

static const char *expected; /* inside host functions, if there is one */

static int answer_now(viv_host_call *call, const viv_value *args,
                      viv_value *results, void *cookie)
{
    (void)call, (void)cookie;
    results[0].i32 = args[0].i32;
    if (expected != NULL)
        EXPECT(get_gs() == (uint64_t)expected);
    if (host_func != NULL)
        host_func();
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

static viv_sandbox *make(void)
{
    viv_import imports[] = {HOST_IMPORT("now", answer_now, NULL),
                            HOST_IMPORT("later", answer_later, NULL)};
    viv_limits limits = host_limits();

    if (module == NULL)
        module = host_module(WAT);
    limits.run_ns = host_patience(5 * MS);
    return host_sandbox(module, imports, 2, &limits);
}

/* ------------------------------------------------------------------------
 * %gs is the host's again.
 */

/* Whatever the call does, `base` is in place afterwards. */
static void expect_kept(viv_sandbox *sandbox, const char *base)
{
    set_gs(base);
    expected = base;
    EXPECT_EQ_INT(host_ask(sandbox, "ask", 21), 42);
    EXPECT(get_gs() == (uint64_t)base);
    EXPECT_TRAP(host_call(sandbox, "trap", 0), VIV_TRAP_MEMORY);
    EXPECT(get_gs() == (uint64_t)base);
    EXPECT_SPENT(host_call(sandbox, "for_ever", 0), VIV_LIMIT_RUN_TIME);
    EXPECT(get_gs() == (uint64_t)base);
    host_reset(sandbox);
    EXPECT_EQ_INT(host_call(sandbox, "wait", 21).kind, VIV_WAITING);
    EXPECT(get_gs() == (uint64_t)base);
    EXPECT_EQ_INT(viv_token_answer(token, &(viv_value){.i32 = 0}, 1), 0);
    EXPECT_EQ_INT(host_resume(sandbox, NULL).kind, VIV_RETURNED);
    EXPECT(get_gs() == (uint64_t)base);
    expected = NULL;
    set_gs(NULL);
}

TEST(the_host_finds_its_segment_base_again)
{
    viv_sandbox *sandbox = make();

    expect_kept(sandbox, NULL);
    expect_kept(sandbox, own[0]);
    expect_kept(sandbox, own[1]);
}

/* ------------------------------------------------------------------------
 * %gs is the guest's again.
 */

static void leave_another(void)
{
    set_gs(own[1]);
}

TEST(a_guest_finds_its_memory_whatever_a_host_function_leaves_behind)
{
    viv_sandbox *sandbox = make();

    host_func = leave_another;
    EXPECT_EQ_INT(host_ask(sandbox, "ask", 21), 42);
    if (host_is_gs()) /* the others leave it alone */
        EXPECT_EQ_INT(get_gs(), 0);
    set_gs(own[0]);
    EXPECT_EQ_INT(host_ask(sandbox, "ask", 4), 8);
    if (host_is_gs())
        EXPECT(get_gs() == (uint64_t)own[0]);
    set_gs(NULL);
}

/* Another guest runs, traps, is stopped and waits inside the host function. */
static viv_sandbox *inner;

static void use_inner(void)
{
    host_func = NULL;
    EXPECT_EQ_INT(host_ask(inner, "ask", 5), 10);
    EXPECT_TRAP(host_call(inner, "trap", 0), VIV_TRAP_MEMORY);
    EXPECT_SPENT(host_call(inner, "for_ever", 0), VIV_LIMIT_RUN_TIME);
    host_reset(inner);
    EXPECT_EQ_INT(host_call(inner, "wait", 5).kind, VIV_WAITING);
    EXPECT_EQ_INT(viv_call_drop(inner), 0);
    host_reset(inner);
}

TEST(a_guest_finds_its_memory_after_other_guests_inside_a_host_function)
{
    viv_sandbox *sandbox;
    viv_limits limits = host_limits();
    viv_import imports[] = {HOST_IMPORT("now", answer_now, NULL),
                            HOST_IMPORT("later", answer_later, NULL)};

    inner = make();
    sandbox = host_sandbox(module, imports, 2, &limits);
    host_func = use_inner;
    EXPECT_EQ_INT(host_ask(sandbox, "ask", 21), 42);
    EXPECT_EQ_INT(get_gs(), 0);
}

/* ------------------------------------------------------------------------
 * From thread to thread.
 */

struct step {
    viv_sandbox *sandbox;
    viv_outcome outcome;
    uint32_t result;
};

static void *resume_here(void *arg)
{
    struct step *step = arg;

    set_gs(own[1]);
    step->outcome = host_resume(step->sandbox, &step->result);
    EXPECT(get_gs() == (uint64_t)own[1]);
    return NULL;
}

TEST(a_guest_that_waits_finds_its_memory_on_another_thread)
{
    struct step step = {.sandbox = make()};

    set_gs(own[0]);
    EXPECT_EQ_INT(host_call(step.sandbox, "wait", 21).kind, VIV_WAITING);
    EXPECT(get_gs() == (uint64_t)own[0]);
    EXPECT_EQ_INT(viv_token_answer(token, &(viv_value){.i32 = 0}, 1), 0);
    host_elsewhere(resume_here, &step);
    EXPECT_EQ_INT(step.outcome.kind, VIV_RETURNED);
    EXPECT_EQ_INT(step.result, 42);
    EXPECT(get_gs() == (uint64_t)own[0]);
    set_gs(NULL);
}

TEST(a_guest_that_is_paused_finds_its_memory_on_another_thread)
{
    struct step step = {.sandbox = make()};
    uint32_t turns = 5000000, i;

    set_gs(own[0]);
    EXPECT_EQ_INT(viv_call_slice(step.sandbox, 20 * US), 0);
    EXPECT_EQ_INT(
        host_try_call(step.sandbox, "spin", turns, &step.result, &step.outcome),
        0);
    for (i = 0; step.outcome.kind == VIV_PAUSED; i++) {
        EXPECT(get_gs() == (uint64_t)own[0]);
        if (i % 2 == 0)
            host_elsewhere(resume_here, &step);
        else
            step.outcome = host_resume(step.sandbox, &step.result);
    }
    EXPECT_EQ_INT(step.outcome.kind, VIV_RETURNED);
    EXPECT_EQ_INT(step.result, 2 * turns);
    EXPECT(i > 2);
    set_gs(NULL);
}

/* ------------------------------------------------------------------------
 * Rounding.
 */

#define ROUND_UP_AND_FLUSH (_MM_ROUND_UP | _MM_FLUSH_ZERO_ON)
#define ROUNDING_MASK      (_MM_ROUND_MASK | _MM_FLUSH_ZERO_MASK)

#define THIRD 0x3eaaaaabu /* 1/3, which lies nearer to what is above it */
#define FIFTH 0x3fd55555u /* 5/3, nearer to what is below */

static uint32_t rounding(void)
{
    return _mm_getcsr() & ROUNDING_MASK;
}

static void round_otherwise(void)
{
    EXPECT_EQ_INT(rounding(), ROUND_UP_AND_FLUSH);
    _mm_setcsr((_mm_getcsr() & ~ROUNDING_MASK) | _MM_ROUND_DOWN);
}

/* The host rounds as it likes, and the guest to the nearest. */
TEST(rounding_is_each_sides_own)
{
    viv_sandbox *sandbox = make();
    uint32_t host = _mm_getcsr();

    if (host_is_mode("valgrind"))
        SKIP("valgrind does not round otherwise");
    _mm_setcsr((host & ~ROUNDING_MASK) | ROUND_UP_AND_FLUSH);
    EXPECT_EQ_INT(host_ask(sandbox, "round", 1), THIRD);
    EXPECT_EQ_INT(host_ask(sandbox, "round", 5), FIFTH);
    EXPECT_EQ_INT(rounding(), ROUND_UP_AND_FLUSH);
    host_func = round_otherwise;
    EXPECT_EQ_INT(host_ask(sandbox, "ask_and_round", 5), FIFTH);
    EXPECT_EQ_INT(rounding(), ROUND_UP_AND_FLUSH);
    EXPECT_TRAP(host_call(sandbox, "trap", 0), VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(rounding(), ROUND_UP_AND_FLUSH);
    EXPECT_SPENT(host_call(sandbox, "for_ever", 0), VIV_LIMIT_RUN_TIME);
    EXPECT_EQ_INT(rounding(), ROUND_UP_AND_FLUSH);
    _mm_setcsr(host);
}
