/* test_sandbox_call_slice.c - calls that run in slices of time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/sandbox_call.h"

#include <pthread.h>

#include "os/os_gs.h"
#include "os/os_nudge.h"
#include "sandbox_tools.h"

static pthread_t thread;

/* Every kind of value, in registers and on the stack; the result is the bits of
 * all of it. */
static const char COMPUTES[] =
    "(module (memory 1)"
    " (func $fib (param i32) (result i64)"
    "  (if (result i64) (i32.lt_u (local.get 0) (i32.const 2))"
    "   (then (i64.extend_i32_u (local.get 0)))"
    "   (else (i64.add (call $fib (i32.sub (local.get 0) (i32.const 1)))"
    "    (call $fib (i32.sub (local.get 0) (i32.const 2)))))))"
    " (func $deep (param i32 f64 v128) (result f64)"
    "  (if (result f64) (local.get 0)"
    "   (then (f64.add (f64.mul (local.get 1) (f64.const 0.5))"
    "    (call $deep (i32.sub (local.get 0) (i32.const 1))"
    "     (f64.add (local.get 1) (f64.const 0.1))"
    "     (f32x4.add (local.get 2) (local.get 2)))))"
    "   (else (f64.promote_f32 (f32x4.extract_lane 2 (local.get 2))))))"
    " (func (export \"compute\") (param i32) (result i64 f64 v128 f32)"
    "  (local $i i64) (local $d f64) (local $v v128) (local $f f32)"
    "  (local.set $d (f64.const 1.5)) (local.set $f (f32.const 0.25))"
    "  (local.set $v (v128.const f32x4 1 2 3 4))"
    "  (loop $l"
    "   (local.set $i (i64.add (i64.mul (local.get $i)"
    "     (i64.const 6364136223846793005)) (i64.const 1442695040888963407)))"
    "   (local.set $d (f64.add (f64.sqrt (f64.mul (local.get $d)"
    "     (f64.const 1.000001))) (f64.convert_i32_u (local.get 0))))"
    "   (local.set $f (f32.div (f32.demote_f64 (local.get $d))"
    "     (f32.const 3)))"
    "   (local.set $v (f32x4.add (f32x4.mul (local.get $v)"
    "     (f32x4.splat (f32.const 0.999))) (f32x4.splat (local.get $f))))"
    "   (i64.store (i32.and (i32.wrap_i64 (local.get $i))"
    "     (i32.const 0xfff8)) (local.get $i))"
    "   (local.set $v (i64x2.add (local.get $v)"
    "     (i64x2.splat (i64.load (i32.const 8)))))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (i64.add (local.get $i) (call $fib (i32.const 22)))"
    "  (f64.add (local.get $d) (call $deep (i32.const 3000)"
    "    (local.get $d) (local.get $v)))"
    "  (local.get $v) (local.get $f)))";

static viv_value expected[4];
static uint32_t pauses;

static void *resume_there(void *unused)
{
    if (viv_call_resume(guest.sandbox, guest.results, 4, &guest.outcome,
                        &guest.err) < 0)
        test_fail(TEST_AT, "%s", guest.err.text);
    return unused;
}

/* Each pause but every other goes on on a new thread. */
static void compute_in_slices(uint32_t rounds, uint64_t slice)
{
    uint32_t kind;

    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, slice), 0);
    kind = guest_call(&guest, "compute", GUEST_ARGS(GUEST_I32(rounds)), 1, 4);
    for (pauses = 0; kind == VIV_PAUSED; pauses++) {
        EXPECT_EQ_INT(guest.outcome.used.slices, pauses + 1);
        if (pauses % 2 == 0) {
            pthread_create(&thread, NULL, resume_there, NULL);
            pthread_join(thread, NULL);
        } else {
            resume_there(NULL);
        }
        kind = guest.outcome.kind;
    }
    EXPECT_EQ_INT(kind, VIV_RETURNED);
    EXPECT_EQ_INT(guest.outcome.used.slices, pauses);
}

static void expect_computed(void)
{
    EXPECT_EQ_INT(guest.results[0].i64, expected[0].i64);
    EXPECT_EQ_INT(guest.results[1].i64, expected[1].i64);
    EXPECT_EQ_MEM(guest.results[2].v128, expected[2].v128, 16);
    EXPECT_EQ_INT(guest.results[3].i32, expected[3].i32);
}

TEST(a_guest_in_slices_computes_what_it_would_have)
{
    uint32_t rounds = mode_is("valgrind") ? 20000 : 1000000;

    guest = guest_start(COMPUTES);
    compute_in_slices(rounds, 0);
    memcpy(expected, guest.results, sizeof(expected));
    for (uint64_t slice = 10000; slice <= 160000; slice *= 4) {
        reset();
        compute_in_slices(rounds, slice);
        EXPECT(pauses > 3 || mode_is("valgrind"));
        expect_computed();
    }
    guest_end(&guest);
}

TEST(a_paused_call_has_counted_as_far_as_it_came)
{
    uint32_t kind, counted, before = 0;

    begin(twice);
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 100000), 0);
    pauses = 0;
    for (kind = start("count", 30000000); kind == VIV_PAUSED; kind = resume()) {
        EXPECT_EQ_INT(state(), VIV_IS_PAUSED);
        EXPECT_EQ_INT(
            viv_memory_read(guest.sandbox, 8, &counted, sizeof(counted)), 0);
        EXPECT(counted >= before);
        before = counted;
        pauses++;
    }
    EXPECT_EQ_INT(kind, VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 90000000);
    EXPECT(pauses > 10);
    end();
}

static int spin_and_double(viv_host_call *call, const viv_value *args,
                           viv_value *results, void *cookie)
{
    spin_for(MS / 5);
    return twice(call, args, results, cookie);
}

/* Its answer is kept while the guest is paused. */
TEST(a_slice_that_ends_in_a_host_function_pauses_after_it)
{
    uint32_t kind;

    begin(spin_and_double);
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 10000), 0);
    kind = start("ask_twice", 11);
    if (!mode_is("valgrind")) { /* where signals take their time */
        EXPECT_EQ_INT(kind, VIV_PAUSED);
        EXPECT_EQ_INT(host_calls, 1);
    }
    for (pauses = 0; kind == VIV_PAUSED; pauses++)
        kind = resume();
    EXPECT_EQ_INT(kind, VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 44);
    EXPECT_EQ_INT(host_calls, 2);
    EXPECT(pauses >= 2 || mode_is("valgrind"));
    end();
}

TEST(bulk_instructions_are_paused_between_their_steps)
{
    begin(twice);
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 100000), 0);
    EXPECT_EQ_INT(start("fill_for_ever", 0), VIV_PAUSED);
    for (int i = 0; i < 200; i++)
        EXPECT_EQ_INT(resume(), VIV_PAUSED);
    EXPECT_EQ_INT(viv_call_drop(guest.sandbox), 0);
    reset();
    EXPECT_EQ_INT(start("copy_for_ever", 0), VIV_PAUSED);
    for (int i = 0; i < 200; i++)
        EXPECT_EQ_INT(resume(), VIV_PAUSED);
    EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
    EXPECT_EQ_INT(resume(), VIV_CANCELLED);
    reset();
    end();
}

/* However the slices fall: recursion without end is a trap in the end. */
TEST(a_guest_in_slices_runs_out_of_stack_all_the_same)
{
    uint32_t kind;

    viv_limits_default(&limits);
    limits.stack_bytes = 1 << 20;
    begin(twice);
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 10000), 0);
    for (int i = 0; i < 200; i++) {
        for (kind = start("endless", 0); kind == VIV_PAUSED;)
            kind = resume();
        EXPECT_EQ_INT(kind, VIV_TRAPPED);
        EXPECT_EQ_INT(guest.outcome.trap, VIV_TRAP_STACK);
        EXPECT_EQ_INT(state(), VIV_IDLE);
    }
    end();
}

TEST(slices_may_change_while_a_call_is_paused)
{
    begin(twice);
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 10000), 0);
    EXPECT_EQ_INT(start("count", 3000000), VIV_PAUSED);
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 0), 0);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 9000000);
    end();
}

/* ------------------------------------------------------------------------
 * Fuel, which compiled code may keep in a register.
 */

static viv_module *metered;

/* Returns the fuel that it took. */
static uint64_t count_with(uint64_t fuel, uint64_t slice, uint32_t kind)
{
    viv_import imports[] = {GUEST_FUNC("f", I32, 1, I32, 1, twice, NULL)};

    viv_limits_default(&limits);
    limits.fuel = fuel;
    guest = guest_of(metered, imports, 1, &limits);
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, slice), 0);
    start("count", 3000000);
    for (pauses = 0; guest.outcome.kind == VIV_PAUSED; pauses++)
        resume();
    EXPECT_EQ_INT(guest.outcome.kind, kind);
    guest_end(&guest);
    return guest.outcome.used.fuel;
}

TEST(slices_cost_no_fuel_and_save_none)
{
    uint64_t used;

    metered = guest_load(WAT, true);
    used = count_with(VIV_ENDLESS, 0, VIV_RETURNED);
    EXPECT(used > 3000000);
    EXPECT_EQ_INT(count_with(VIV_ENDLESS, 10000, VIV_RETURNED), used);
    EXPECT(pauses > 5);
    EXPECT_EQ_INT(count_with(used, 10000, VIV_RETURNED), used);
    EXPECT_EQ_INT(count_with(used - 1, 10000, VIV_SPENT), used - 1);
    EXPECT_EQ_INT(guest.outcome.limit, VIV_LIMIT_FUEL);
    viv_module_unref(metered);
}

/* ------------------------------------------------------------------------
 * What is the host's.
 */

#define UPWARD (0x1f80u | 0x4000u)

static unsigned mxcsr(void)
{
    unsigned value;

    __asm__ volatile("stmxcsr %0" : "=m"(value));
    return value & 0xffc0;
}

static void round_like(unsigned value)
{
    __asm__ volatile("ldmxcsr %0" : : "m"(value));
}

static void *resume_rounding_upward(void *unused)
{
    round_like(UPWARD);
    resume_there(unused);
    EXPECT_EQ_INT(mxcsr(), UPWARD);
    return unused;
}

/* The guest rounds to nearest whoever resumes it, and however they round. */
TEST(a_guest_in_slices_does_not_round_like_its_hosts)
{
    uint32_t rounds = mode_is("valgrind") ? 20000 : 1000000;

    guest = guest_start(COMPUTES);
    compute_in_slices(rounds, 0);
    memcpy(expected, guest.results, sizeof(expected));
    reset();
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 20000), 0);
    round_like(UPWARD);
    guest_call(&guest, "compute", GUEST_ARGS(GUEST_I32(rounds)), 1, 4);
    EXPECT_EQ_INT(mxcsr(), UPWARD);
    for (pauses = 0; guest.outcome.kind == VIV_PAUSED; pauses++) {
        if (pauses % 4 == 0) {
            pthread_create(&thread, NULL, resume_rounding_upward, NULL);
            pthread_join(thread, NULL);
        } else {
            round_like(pauses % 2 ? UPWARD : 0x1f80);
            resume_there(NULL);
            EXPECT_EQ_INT(mxcsr(), pauses % 2 ? UPWARD : 0x1f80);
        }
    }
    EXPECT_EQ_INT(guest.outcome.kind, VIV_RETURNED);
    expect_computed();
    guest_end(&guest);
}

static uint64_t gs_in_host;

static int look_at_gs(viv_host_call *call, const viv_value *args,
                      viv_value *results, void *cookie)
{
    gs_in_host = os_gs_get();
    return twice(call, args, results, cookie);
}

/* Another engine in the same process may keep something there. */
TEST(the_hosts_gs_is_its_own_between_slices)
{
    if (!guest_is_gs())
        SKIP("the portable flavour leaves %%gs alone");
    begin(look_at_gs);
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 10000), 0);
    os_gs_set(0x123456000);
    EXPECT_EQ_INT(start("ask_for_ever", 0), VIV_PAUSED);
    for (uint64_t i = 1; i < 100; i++) {
        EXPECT_EQ_INT(os_gs_get(), i == 1 ? 0x123456000 : 4096 * i);
        os_gs_set(4096 * (i + 1));
        EXPECT_EQ_INT(resume(), VIV_PAUSED);
        EXPECT_EQ_INT(gs_in_host, 4096 * (i + 1));
    }
    EXPECT_EQ_INT(viv_call_drop(guest.sandbox), 0);
    EXPECT_EQ_INT(os_gs_get(), 4096 * 100);
    os_gs_set(0);
    reset();
    end();
}

/* ------------------------------------------------------------------------
 * Many on one thread.
 */

#define MANY 20

/* Each has what it would have alone, and about as much of the time. */
TEST(many_guests_take_turns_on_one_thread)
{
    struct guest guests[MANY];
    uint32_t rounds = mode_is("valgrind") ? 100000 : 3000000, left = MANY;

    host = twice;
    for (int i = 0; i < MANY; i++) {
        guests[i] = guest_with(ask_host);
        EXPECT_EQ_INT(viv_call_slice(guests[i].sandbox, 20000), 0);
        guest_call(&guests[i], "count", GUEST_ARGS(GUEST_I32(rounds)), 1, 1);
    }
    while (left > 0) {
        left = 0;
        for (int i = 0; i < MANY; i++) {
            guest = guests[i];
            if (state() == VIV_IS_PAUSED && resume() == VIV_PAUSED)
                left++;
            guests[i] = guest;
        }
    }
    for (int i = 0; i < MANY; i++) {
        EXPECT_EQ_INT(guests[i].outcome.kind, VIV_RETURNED);
        EXPECT_EQ_INT(guests[i].results[0].i32, 3 * rounds);
        guest_end(&guests[i]);
    }
}
