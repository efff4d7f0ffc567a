/* escape_stop.c - the attack: be stopped or paused where it hurts.
 *
 * Inside a bulk operation, between the two steps of growing, at the very end of
 * the stack, on the way in or out: a guest is interrupted as often as it can
 * be, everywhere, and must neither bring down the host nor compute something
 * else than it does when nobody interrupts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* tgkill, gettid */
#include <signal.h>
#include <sys/syscall.h>

#include "host.h"

static const char WAT[] =
    "(module"
    " (import \"env\" \"now\" (func $now (param i32) (result i32)))"
    " (memory (export \"memory\") 32)"
    " (table $t 1 100000 funcref)"
    " (global $depth (mut i32) (i32.const 0))"
    /* the sum of all words of [1 MiB, 2 MiB) */
    " (func $sum (result i32) (local i32 i32) (local.set 0"
    "  (i32.const 0x100000))"
    "  (loop $l (local.set 1 (i32.add (i32.mul (local.get 1) (i32.const 31))"
    "   (i32.load (local.get 0))))"
    "   (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0)"
    "    (i32.const 4))) (i32.const 0x200000)))) (local.get 1))"
    /* fill, copy up and down over itself, and sum, arg times */
    " (func (export \"bulk\") (param i32) (result i32) (local i32)"
    "  (loop $l"
    "   (memory.fill (i32.const 0x100000) (local.get 0) (i32.const 0x80001))"
    "   (i32.store (i32.const 0x100000) (local.get 1))"
    "   (memory.copy (i32.const 0x100003) (i32.const 0x100000)"
    "    (i32.const 0xffffd))"
    "   (memory.copy (i32.const 0x100000) (i32.const 0x100007)"
    "    (i32.const 0xffff0))"
    "   (local.set 1 (i32.add (local.get 1) (call $sum)))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (local.get 1))"
    /* grow by one, arg times, and write to the last word; how often it was */
    /* what it should be */
    " (func (export \"grow\") (param i32) (result i32) (local i32 i32)"
    "  (loop $l"
    "   (local.set 1 (memory.grow (i32.const 1)))"
    "   (if (i32.eq (memory.size) (i32.add (local.get 1) (i32.const 1)))"
    "    (then (i32.store (i32.sub (i32.mul (memory.size) (i32.const 65536))"
    "     (i32.const 4)) (local.get 1))"
    "     (local.set 2 (i32.add (local.get 2) (i32.const 1)))))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (local.get 2))"
    " (func (export \"widen\") (param i32) (result i32) (local i32 i32)"
    "  (loop $l"
    "   (local.set 1 (table.grow $t (ref.null func) (i32.const 1000)))"
    "   (if (i32.eq (table.size $t) (i32.add (local.get 1)"
    "    (i32.const 1000)))"
    "    (then (local.set 2 (i32.add (local.get 2) (i32.const 1)))))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (local.get 2))"
    /* down to the end of the stack, and no further: what is called there? */
    " (func $deep (export \"deep\") (param i32) (result i32)"
    "  (global.set $depth (i32.add (global.get $depth) (i32.const 1)))"
    "  (if (result i32) (local.get 0)"
    "   (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0)"
    "    (i32.const 1))))) (else (i32.const 0))))"
    " (func $grow_deep (export \"grow_deep\") (param i32) (result i32)"
    "  (if (result i32) (local.get 0)"
    "   (then (i32.add (i32.const 1) (call $grow_deep (i32.sub (local.get 0)"
    "    (i32.const 1))))) (else"
    "    (drop (memory.grow (i32.const 1))) (i32.const 0))))"
    " (func $ask_deep (export \"ask_deep\") (param i32) (result i32)"
    "  (if (result i32) (local.get 0)"
    "   (then (i32.add (i32.const 1) (call $ask_deep (i32.sub (local.get 0)"
    "    (i32.const 1))))) (else (call $now (i32.const 0)))))"
    /* floats and vectors that live in registers all the time */
    " (func (export \"registers\") (param i32) (result i32)"
    "  (local f64 f64 v128 i64)"
    "  (local.set 1 (f64.const 1)) (local.set 2 (f64.const 0.5))"
    "  (local.set 3 (v128.const i32x4 1 2 3 4))"
    "  (loop $l"
    "   (local.set 1 (f64.add (f64.mul (local.get 1) (f64.const 0.99))"
    "    (local.get 2)))"
    "   (local.set 2 (f64.sqrt (f64.add (local.get 1) (f64.const 2))))"
    "   (local.set 3 (i32x4.add (i32x4.mul (local.get 3)"
    "    (v128.const i32x4 3 5 7 9)) (v128.const i32x4 1 1 1 1)))"
    "   (local.set 4 (i64.add (i64.mul (local.get 4)"
    "    (i64.const 6364136223846793005)) (i64.const 1)))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (i32.xor (i32.xor (i32.wrap_i64 (i64.reinterpret_f64 (local.get 1)))"
    "   (i32x4.extract_lane 2 (local.get 3)))"
    "   (i32.wrap_i64 (i64.shr_u (local.get 4) (i64.const 32)))))"
    " (func (export \"poke\") (param i32) (result i32)"
    "  (i32.store8 (i32.mul (memory.size) (i32.const 65536)) (i32.const 1))"
    "  (i32.const 0))"
    " (func (export \"depth\") (param i32) (result i32) (global.get $depth)))";

/* ------------------------------------------------------------------------
 * The host.
 */

static viv_module *module;

static int answer_now(viv_host_call *call, const viv_value *args,
                      viv_value *results, void *cookie)
{
    (void)call, (void)args, (void)cookie;
    results[0].i32 = 0;
    return 0;
}

static viv_sandbox *with(const viv_limits *limits)
{
    viv_import import = HOST_IMPORT("now", answer_now, NULL);

    if (module == NULL)
        module = host_module(WAT);
    return host_sandbox(module, &import, 1, limits);
}

/* ------------------------------------------------------------------------
 * Paused everywhere, it computes the same.
 */

static uint64_t slices;

/* The shortest slices there can be. */
static uint32_t ask_sliced(viv_sandbox *sandbox, const char *name, uint32_t arg)
{
    viv_outcome outcome;
    uint32_t result = 0;

    EXPECT_EQ_INT(viv_call_slice(sandbox, 10 * US), 0);
    EXPECT_EQ_INT(host_try_call(sandbox, name, arg, &result, &outcome), 0);
    outcome = host_finish(sandbox, outcome, &result);
    EXPECT_EQ_INT(outcome.kind, VIV_RETURNED);
    EXPECT_EQ_INT(viv_call_slice(sandbox, 0), 0);
    slices += outcome.used.slices;
    return result;
}

/* The same with slices and without, as often as it takes to be paused. */
static void expect_same(const char *name, uint32_t arg, uint64_t least)
{
    viv_limits limits = host_limits();
    viv_sandbox *sandbox;
    uint32_t result;

    limits.run_ns = limits.wall_ns = VIV_ENDLESS;
    sandbox = with(&limits);
    result = host_ask(sandbox, name, arg);
    for (slices = 0; slices < least;) {
        host_reset(sandbox);
        EXPECT_EQ_INT(ask_sliced(sandbox, name, arg), result);
    }
    host_free(sandbox);
}

TEST(pauses_in_bulk_operations_change_nothing)
{
    expect_same("bulk", host_rounds(20), host_rounds(2000));
}

TEST(pauses_while_memory_grows_change_nothing)
{
    expect_same("grow", 1000, host_rounds(1000));
}

TEST(pauses_while_a_table_grows_change_nothing)
{
    expect_same("widen", 99, host_rounds(100));
}

TEST(pauses_keep_floats_vectors_and_integers)
{
    expect_same("registers", host_rounds(1000000), host_rounds(2000));
}

/* ------------------------------------------------------------------------
 * Stopped anywhere, memory is as large as it says.
 */

/* A handler that did not return has left its own signal blocked. */
static void unblock(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/* Unless something else was in the way. */
static void expect_no_more(viv_sandbox *sandbox)
{
    viv_outcome outcome;

    do {
        unblock();
        outcome = host_call(sandbox, "poke", 0);
        outcome = host_finish(sandbox, outcome, NULL);
    } while (outcome.trap == VIV_TRAP_STACK);
    EXPECT_TRAP(outcome, VIV_TRAP_MEMORY);
}

/* Every byte of what there is can be read, and none beyond, neither by the host
 * nor by the guest. */
static void expect_consistent(viv_sandbox *sandbox)
{
    uint64_t bytes = viv_memory_bytes(sandbox);
    uint32_t word;

    EXPECT_EQ_INT(bytes % WASM_PAGE, 0);
    EXPECT_EQ_INT(viv_memory_read(sandbox, bytes - 4, &word, 4), 0);
    EXPECT_EQ_INT(viv_memory_read(sandbox, bytes, &word, 1), VIV_EINVAL);
    if (viv_sandbox_state(sandbox) == VIV_IDLE)
        expect_no_more(sandbox);
}

static void stop_in(const char *name, uint32_t arg, uint32_t rounds)
{
    viv_limits limits = host_limits();
    viv_sandbox *sandbox;
    uint32_t stops = 0, i;

    for (i = 0; i < rounds; i++) {
        limits.run_ns = 20 * US + i % 50 * 20 * US;
        sandbox = with(&limits);
        stops += host_call(sandbox, name, arg).kind == VIV_SPENT;
        expect_consistent(sandbox);
        host_reset(sandbox);
        EXPECT_EQ_INT(viv_memory_bytes(sandbox), 32 * WASM_PAGE);
        expect_consistent(sandbox);
        host_free(sandbox);
    }
    EXPECT(stops >= rounds / 2);
}

TEST(a_stop_in_a_bulk_operation_leaves_a_sandbox_that_can_be_reset)
{
    stop_in("bulk", 1000, host_rounds(500));
}

TEST(a_stop_while_memory_grows_leaves_size_and_memory_alike)
{
    stop_in("grow", 1000000, host_rounds(500));
}

/* ------------------------------------------------------------------------
 * At the very end of its stack.
 */

static volatile bool is_over;
static volatile uint64_t began, ended; /* of handlers: how many */
static pid_t target;

/* A handler of the host's that has asked for no stack of its own, and uses a
 * good deal of the one on which it is. */
static void use_stack(int signal)
{
    volatile char bytes[40000];

    (void)signal;
    began++;
    for (size_t i = sizeof(bytes); i > 0; i -= 500)
        bytes[i - 500] = 1;
    ended++;
}

static void do_little(int signal)
{
    (void)signal;
    began++;
    ended++;
}

static void *send_signals(void *unused)
{
    while (!is_over) {
        syscall(SYS_tgkill, getpid(), target, SIGUSR1);
        host_spin(5 * US);
    }
    return unused;
}

static void install(void (*handler)(int), bool does_block)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};

    if (host_is_mode("tsan"))
        SKIP("the thread sanitizer holds signals back");
    if (host_is_mode("asan"))
        SKIP("the address sanitizer cannot be left in the middle of a switch");
    if (host_is_mode("valgrind"))
        SKIP("valgrind does not tell of signals that find no room");
    /* a fault whose signal is blocked ends the process, whoever is to blame */
    if (does_block) {
        sigfillset(&action.sa_mask);
        sigdelset(&action.sa_mask, SIGSEGV);
    }
    sigaction(SIGUSR1, &action, NULL);
    target = (pid_t)syscall(SYS_gettid);
}

/* What a guest can do there: end by its stack, or come back. */
static void expect_end_of_stack(viv_sandbox *sandbox, const char *name,
                                uint32_t arg)
{
    viv_outcome outcome = host_call(sandbox, name, arg);

    outcome = host_finish(sandbox, outcome, NULL);
    if (outcome.kind != VIV_RETURNED)
        EXPECT_TRAP(outcome, VIV_TRAP_STACK);
    expect_consistent(sandbox);
}

static viv_sandbox *with_small_stack(void)
{
    viv_limits limits = host_limits();

    limits.stack_bytes = 64 * 1024;
    limits.run_ns = limits.wall_ns = VIV_ENDLESS;
    return with(&limits);
}

/* How deep it comes before its stack ends. */
static uint32_t deepest(viv_sandbox *sandbox)
{
    uint32_t depth;

    EXPECT_TRAP(host_call(sandbox, "deep", 100000000), VIV_TRAP_STACK);
    depth = host_ask(sandbox, "depth", 0);
    host_reset(sandbox);
    return depth;
}

TEST(pauses_at_the_end_of_the_stack_are_survived)
{
    viv_sandbox *sandbox = with_small_stack();
    uint32_t i;

    EXPECT_EQ_INT(viv_call_slice(sandbox, 10 * US), 0);
    for (i = 0; i < host_rounds(20000); i++) {
        expect_end_of_stack(sandbox, "deep", 100000000);
        host_reset(sandbox);
    }
}

static void signals_at_the_end(void (*handler)(int), const char *name)
{
    viv_sandbox *sandbox = with_small_stack();
    uint32_t i, depth = deepest(sandbox);
    pthread_t thread;

    install(handler, false);
    thread = host_thread(send_signals, NULL);
    for (i = 0; i < host_rounds(20000); i++) {
        expect_end_of_stack(sandbox, name, depth - i % (depth / 2));
        unblock();
        host_reset(sandbox);
    }
    is_over = true;
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    EXPECT(ended > 0);
}

TEST(signals_without_a_stack_of_their_own_at_the_end_of_the_stack_are_survived)
{
    signals_at_the_end(do_little, "deep");
}

TEST(handlers_that_need_more_stack_than_there_is_left_are_survived)
{
    signals_at_the_end(use_stack, "deep");
}

/* Its stack ends in a handler of the host's that has blocked all signals but
 * that of the fault, and that nobody returns from: guests must still be
 * stopped, and their traps be traps. */
TEST(a_handler_that_the_end_of_the_stack_ends_takes_no_signal_with_it)
{
    viv_sandbox *sandbox = with_small_stack(), *other;
    viv_limits limits = host_limits();
    pthread_t thread;

    limits.run_ns = 20 * MS;
    other = with(&limits);
    install(use_stack, true);
    thread = host_thread(send_signals, NULL);
    while (began == ended) {
        expect_end_of_stack(sandbox, "deep", 100000000);
        host_reset(sandbox);
    }
    EXPECT_TRAP(host_call(other, "poke", 0), VIV_TRAP_MEMORY);
    EXPECT_SPENT(host_call(other, "bulk", 0), VIV_LIMIT_RUN_TIME);
    is_over = true;
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
}

/* With nobody else about: somewhere the stack ends on the way out. */
TEST(a_host_call_from_any_depth_of_the_stack_returns_or_traps)
{
    viv_sandbox *sandbox = with_small_stack();
    uint32_t depth = deepest(sandbox) + 100, traps = 0, returns = 0;

    while (returns < 100) {
        viv_outcome outcome = host_call(sandbox, "ask_deep", --depth);

        if (outcome.kind == VIV_RETURNED) {
            returns++;
        } else {
            EXPECT_TRAP(outcome, VIV_TRAP_STACK);
            traps++;
        }
    }
    EXPECT(traps > 0);
}

TEST(host_calls_from_the_end_of_the_stack_are_survived)
{
    signals_at_the_end(use_stack, "ask_deep");
}

TEST(growing_at_the_end_of_the_stack_leaves_size_and_memory_alike)
{
    signals_at_the_end(use_stack, "grow_deep");
}
