/* test_sandbox_call_step.c - calls are stopped and paused between any two
 * instructions: of the guest, of helpers, of the way between guest and host.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* single_step.h */
#include "sandbox/sandbox_call.h"

#include "engine/engine_instance.h"
#include "fiber/fiber_switch.h"
#include "os/os_nudge.h"
#include "sandbox_tools.h"
#include "single_step.h"

static struct step_path path;
static struct sandbox *sandbox;

static void begin_steps(viv_host_func *func)
{
    if (!step_is_possible())
        SKIP("no trap flag there");
    begin(func);
    sandbox = inside(&guest);
}

static bool is_in_guest(uintptr_t pc)
{
    const struct fiber *fiber = &sandbox->instance.fiber;

    return pc >= fiber->code_at && pc < fiber->code_end;
}

/* ------------------------------------------------------------------------
 * Cancelling: from the moment at which there is a call it ends, and before that
 * nothing is hit.
 */

static int cancel_code;
static uint64_t cancelled_at;

/* One that comes before there is a call lets the call end soon. */
static void cancel_here(uintptr_t pc)
{
    (void)pc;
    cancelled_at = os_clock_now();
    cancel_code = viv_call_cancel(guest.sandbox);
    if (cancel_code == VIV_ENOCALL)
        sandbox->limits.run_ns = MS;
}

static const char *name; /* of a function without an end */
static bool (*is_enough)(uintptr_t pc);

static bool is_enough_and_cancelled(uintptr_t pc)
{
    if (!is_enough(pc))
        return false;
    cancel_here(pc);
    return true;
}

/* Until it goes the same way twice: the dynamic linker has to find things. */
static void record_call(void)
{
    size_t before = 0;

    for (int i = 0; i < 20 && (path.count == 0 || path.count != before); i++) {
        before = path.count;
        host_calls = 0;
        os_nudge_at(OS_NUDGE_NEVER);
        step_record(&path, is_enough_and_cancelled);
        EXPECT_EQ_INT(start(name, 0), VIV_CANCELLED);
        step_end();
        reset();
    }
    EXPECT(path.count > 100);
}

static void expect_cancel_everywhere(void)
{
    size_t hits = 0;

    record_call();
    for (size_t i = 0; i < path.count; i++) {
        sandbox->limits.run_ns = 1000 * MS;
        host_calls = 0;
        os_nudge_at(OS_NUDGE_NEVER);
        step_plant(&path, i, cancel_here);
        EXPECT(start(name, 0) != VIV_RETURNED);
        if (step_pull()) {
            EXPECT_EQ_INT(guest.outcome.kind,
                          cancel_code == 0 ? VIV_CANCELLED : VIV_SPENT);
            EXPECT(os_clock_now() - cancelled_at < 500 * MS);
            hits += cancel_code == 0;
        }
        reset();
        EXPECT_EQ_INT(guest_ask(&guest, "get", 0), 7);
    }
    EXPECT(hits > 50);
    end();
}

TEST(a_cancel_on_the_way_in_hits_its_call_or_none)
{
    begin_steps(twice);
    name = "loop";
    is_enough = is_in_guest;
    expect_cancel_everywhere();
}

static bool has_asked_twice(uintptr_t pc)
{
    return host_calls >= 2 && is_in_guest(pc);
}

TEST(a_cancel_anywhere_in_host_calls_hits_it)
{
    begin_steps(twice);
    name = "ask_for_ever";
    is_enough = has_asked_twice;
    expect_cancel_everywhere();
}

/* ------------------------------------------------------------------------
 * Pausing: the guest computes what it would have.
 */

static void end_slice(uintptr_t pc)
{
    (void)pc;
    sandbox->call.slice_end = os_clock_now();
    os_nudge_send(os_nudge_self());
}

/* Though the pause may come a moment later, or too late. */
static uint32_t call_with_pauses(const char *func, uint32_t arg,
                                 int *ret_pauses)
{
    uint32_t kind = start(func, arg);

    for (*ret_pauses = 0; kind == VIV_PAUSED; ++*ret_pauses) {
        engine_instance_check(&sandbox->instance);
        kind = resume();
    }
    return kind;
}

static bool in_guest_only;

static void record_func(const char *func, uint32_t arg)
{
    size_t count = 0, before = 0;

    for (int i = 0; i < 20 && (path.count == 0 || path.count != before); i++) {
        before = path.count;
        reset();
        step_record(&path, NULL);
        EXPECT_EQ_INT(start(func, arg), VIV_RETURNED);
        step_end();
    }
    for (size_t i = 0; in_guest_only && i < path.count; i++)
        if (is_in_guest(path.pcs[i]))
            path.pcs[count++] = path.pcs[i];
    if (in_guest_only)
        path.count = count;
}

static void expect_pauses(const char *func, uint32_t arg, size_t stride)
{
    uint32_t expected;
    size_t paused = 0;
    int pauses;

    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 60 * VIV_NS_PER_S), 0);
    record_func(func, arg);
    expected = guest.results[0].i32;
    for (size_t i = 0; i < path.count; i += stride) {
        if (step_occurrence(&path, i) > 3)
            continue; /* the middle of a loop */
        reset();
        step_plant(&path, i, end_slice);
        EXPECT_EQ_INT(call_with_pauses(func, arg, &pauses), VIV_RETURNED);
        EXPECT(step_pull() || !in_guest_only);
        EXPECT(pauses == 1 || !in_guest_only);
        EXPECT_EQ_INT(guest.results[0].i32, expected);
        EXPECT_EQ_INT(guest.outcome.used.slices, pauses);
        paused += (size_t)pauses;
    }
    EXPECT(paused > 10);
}

TEST(a_pause_before_each_instruction_of_the_guest)
{
    in_guest_only = true;
    begin_steps(twice);
    expect_pauses("ask_twice", 11, 1);
    expect_pauses("deep", 5, 1);
    expect_pauses("count", 5, 1);
    expect_pauses("bulk", 0, 1);
    end();
}

TEST(and_before_each_of_all_that_happens_in_a_host_call)
{
    begin_steps(twice);
    expect_pauses("ask", 11, 1);
    end();
}

/* Some of the thousands, that is; another few wherever the code changes. */
TEST(and_in_the_middle_of_helpers)
{
    begin_steps(twice);
    expect_pauses("bulk", 0, 7);
    end();
}

/* ------------------------------------------------------------------------
 * What comes while a guest is just being paused or stopped.
 */

static struct step_path way_in, way_out;
static void (*end_it)(uintptr_t pc); /* in the guest: its slice, or its time */
static step_act *meanwhile;
static size_t way_at;

static void end_time(uintptr_t pc)
{
    (void)pc;
    sandbox->call.run_end = 0;
    os_nudge_send(os_nudge_self());
}

static void nudge_here(uintptr_t pc)
{
    (void)pc;
    os_nudge_send(os_nudge_self());
}

/* The address sanitizer wipes all of a stack, which takes a million. */
static bool is_long(uintptr_t pc)
{
    (void)pc;
    return way_out.count == 3000;
}

static void end_and_follow(uintptr_t pc)
{
    end_it(pc);
    step_follow(&way_out, is_long);
}

static void end_and_plant(uintptr_t pc)
{
    end_it(pc);
    step_plant(&way_out, way_at, meanwhile);
}

/* In loops the first rounds will do. */
static size_t next_on_way(void)
{
    size_t at = way_at + 1;

    while (at < way_out.count && step_occurrence(&way_out, at) > 3)
        at++;
    return at;
}

static uint32_t loop_to_its_end(step_act *act)
{
    uint32_t kind;

    os_nudge_at(OS_NUDGE_NEVER);
    step_plant(&way_in, way_in.count - 1, act);
    kind = start("loop", 0);
    step_end();
    return kind;
}

/* The way into the guest, and from its first instruction, at which its end
 * comes, back to the host. */
static void record_ways(void (*ending)(uintptr_t pc))
{
    name = "loop";
    is_enough = is_in_guest;
    end_it = ending;
    path.count = 0;
    record_call();
    way_in = path;
    sandbox->limits.run_ns = 10 * VIV_NS_PER_S;
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 60 * VIV_NS_PER_S), 0);
    for (int i = 0; i < 2; i++) {
        EXPECT(loop_to_its_end(end_and_follow) != VIV_RETURNED);
        viv_call_drop(guest.sandbox);
        reset();
    }
    EXPECT(way_out.count > 50);
}

TEST(a_cancel_while_it_is_being_paused_is_for_later)
{
    begin_steps(twice);
    record_ways(end_slice);
    meanwhile = cancel_here;
    for (way_at = 0; way_at < way_out.count; way_at = next_on_way()) {
        uint32_t kind = loop_to_its_end(end_and_plant);

        EXPECT(kind == VIV_PAUSED || kind == VIV_CANCELLED);
        if (!step_pull() || cancel_code != 0)
            EXPECT_EQ_INT(viv_call_cancel(guest.sandbox), 0);
        if (kind == VIV_PAUSED)
            EXPECT_EQ_INT(resume(), VIV_CANCELLED);
        reset();
    }
    end();
}

TEST(a_nudge_meanwhile_changes_nothing)
{
    begin_steps(twice);
    record_ways(end_slice);
    meanwhile = nudge_here;
    for (way_at = 0; way_at < way_out.count; way_at = next_on_way()) {
        EXPECT_EQ_INT(loop_to_its_end(end_and_plant), VIV_PAUSED);
        step_pull();
        EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 10000), 0);
        EXPECT_EQ_INT(resume(), VIV_PAUSED);
        EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 60 * VIV_NS_PER_S), 0);
        EXPECT_EQ_INT(viv_call_drop(guest.sandbox), 0);
        reset();
    }
    end();
}

/* Unless the judge has not spoken yet; and it never hits the next call. */
TEST(a_cancel_while_it_is_being_stopped_comes_too_late)
{
    int late = 0;

    begin_steps(twice);
    record_ways(end_time);
    meanwhile = cancel_here;
    for (way_at = 0; way_at < way_out.count; way_at = next_on_way()) {
        uint32_t kind = loop_to_its_end(end_and_plant);

        EXPECT(kind == VIV_SPENT || kind == VIV_CANCELLED);
        late += step_pull() && kind == VIV_SPENT;
        EXPECT_EQ_INT(state(), VIV_STOPPED);
        reset();
        EXPECT_EQ_INT(guest_ask(&guest, "get", 0), 7);
    }
    EXPECT(late > 20);
    end();
}
