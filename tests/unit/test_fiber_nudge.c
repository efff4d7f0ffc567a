/* test_fiber_nudge.c - what runs on a fiber is stopped or paused from outside.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* single_step.h */
#include "fiber/fiber_nudge.h"

#include <errno.h>

#include "judge_tools.h"
#include "lost_nudge.h"
#include "single_step.h"

static struct step_path path;

/* ------------------------------------------------------------------------
 * Nothing is lost, wherever a nudge comes: on the way into a fiber, out to the
 * host, back again.  What runs would run for ever.
 */

#define LONG (1000 * MS)

static enum fiber_end how_it_ended;
static uint64_t wanted_at;

/* Somebody wants it to stop, and says so by a nudge. */
static void want_stop(uintptr_t pc)
{
    (void)pc;
    verdict = verdict_at_entry = FIBER_STOP;
    wanted_at = os_clock_now();
    nudge_self();
}

/* The way in ends here; what has begun is to be stopped. */
static bool is_in_code(uintptr_t pc)
{
    if (pc < fiber.code_at || pc >= fiber.code_end)
        return false;
    want_stop(pc);
    return true;
}

static void prepare_it(void (*prepare)(void))
{
    verdict = verdict_at_entry = FIBER_GO_ON;
    prepare();
    os_nudge_at(OS_NUDGE_NEVER); /* so that it has to be set each time */
    gap = LONG;
    verdict = FIBER_STOP;
}

/* Until it goes the same way twice: the dynamic linker has to find things, the
 * clock is read twice at times. */
static void record(void (*prepare)(void), void (*func)(void))
{
    size_t before = 0;

    for (int i = 0; i < 20 && (path.count == 0 || path.count != before); i++) {
        before = path.count;
        prepare_it(prepare);
        step_record(&path, is_in_code);
        func();
        step_end();
    }
    EXPECT(path.count > 50);
}

static void expect_stop_everywhere(void (*prepare)(void), void (*func)(void))
{
    size_t missed = 0;

    if (!step_is_possible())
        SKIP("no trap flag there");
    begin();
    hammer_fill(true);
    record(prepare, func);
    for (size_t i = 0; i < path.count; i++) {
        prepare_it(prepare);
        step_plant(&path, i, want_stop);
        func();
        EXPECT_EQ_INT(how_it_ended, FIBER_STOPPED);
        EXPECT_EQ_INT(fiber.state, FIBER_IDLE);
        if (!step_pull())
            missed++; /* and it was due */
        else
            EXPECT(os_clock_now() - wanted_at < LONG / 2);
    }
    EXPECT(missed <= 10); /* some are those of step_record() */
    end();
}

static void from_the_start(void)
{
}

static void run_for_ever(void)
{
    how_it_ended = run(hammer_run);
}

TEST(a_nudge_anywhere_on_the_way_in_is_not_lost)
{
    expect_stop_everywhere(from_the_start, run_for_ever);
}

static void from_a_pause(void)
{
    verdict = FIBER_PAUSE;
    gap = 10 * US;
    EXPECT_EQ_INT(run(hammer_run), FIBER_WAITS);
}

static void resume_for_ever(void)
{
    how_it_ended = resume();
}

TEST(nor_anywhere_on_the_way_back_from_a_pause)
{
    expect_stop_everywhere(from_a_pause, resume_for_ever);
}

static int do_nothing(void *unused)
{
    (void)unused;
    return FIBER_FINISHED;
}

static void call_host_and_hammer(void *unused)
{
    fiber_call_host(&fiber, do_nothing, NULL);
    hammer_run(unused);
}

static void run_with_host_call(void)
{
    how_it_ended = run(call_host_and_hammer);
}

TEST(nor_anywhere_in_a_host_call)
{
    expect_stop_everywhere(from_the_start, run_with_host_call);
}

/* A nudge of no consequence does not hide the time at which it is due. */
TEST(nor_does_one_hide_another)
{
    if (!step_is_possible())
        SKIP("no trap flag there");
    begin();
    hammer_fill(true);
    record(from_the_start, run_for_ever);
    for (size_t i = 0; i < path.count; i++) {
        prepare_it(from_the_start);
        gap = MS;
        step_plant(&path, i, nudge_here);
        run_for_ever();
        step_pull();
        EXPECT_EQ_INT(how_it_ended, FIBER_STOPPED);
    }
    end();
}

/* ------------------------------------------------------------------------
 * Nor when the kernel loses it, because the timer is being set.
 */

static void want_stop_unheard(void)
{
    want_stop(0);
}

TEST(a_nudge_that_the_kernel_loses_on_the_way_in_is_made_up_for)
{
    begin();
    hammer_fill(true);
    for (int i = 0; i < 20; i++) {
        prepare_it(from_the_start);
        lost_func = want_stop_unheard;
        EXPECT_EQ_INT(run(hammer_run), FIBER_STOPPED);
        EXPECT(os_clock_now() - wanted_at < LONG / 2);
    }
    EXPECT_EQ_INT(lost_count, 20);
    end();
}

/* Its time has come, and it may go on for long. */
static void lose_in_handler(void *unused)
{
    gap = LONG;
    lost_func = want_stop_unheard;
    hammer_run(unused);
}

TEST(and_one_that_it_loses_in_the_handler)
{
    begin();
    hammer_fill(true);
    for (int i = 0; i < 20; i++) {
        prepare_it(from_the_start);
        verdict = FIBER_GO_ON;
        gap = MS;
        EXPECT_EQ_INT(run(lose_in_handler), FIBER_STOPPED);
        EXPECT(os_clock_now() - wanted_at < LONG / 2);
    }
    EXPECT_EQ_INT(lost_count, 20);
    end();
}

static void finish(void *unused)
{
    (void)unused;
}

/* What runs inside has to be judged sooner, so the timer is set. */
static int run_inside(void *unused)
{
    (void)unused;
    gap = LONG / 2;
    lost_func = want_stop_unheard;
    other.entered = os_clock_now();
    fiber_run(&other, finish, NULL);
    return FIBER_FINISHED;
}

static void call_inside_and_hammer(void *unused)
{
    fiber_call_host(&fiber, run_inside, NULL);
    hammer_run(unused);
}

TEST(and_one_for_the_fiber_that_is_further_out)
{
    begin();
    hammer_fill(true);
    for (int i = 0; i < 20; i++) {
        prepare_it(from_the_start);
        EXPECT_EQ_INT(run(call_inside_and_hammer), FIBER_STOPPED);
        EXPECT(os_clock_now() - wanted_at < LONG / 4);
    }
    EXPECT_EQ_INT(lost_count, 20);
    end();
}

/* ------------------------------------------------------------------------
 * Where there is no guest's code.
 */

static volatile int steps;
static volatile bool was_nudged;

static void wait_for_nudge(void)
{
    uint64_t end = os_clock_now() + 20000 * MS;

    while (!fiber.is_nudged)
        EXPECT(os_clock_now() < end);
}

static int be_nudged_on_host(void *unused)
{
    (void)unused;
    judged = 0;
    nudge_self();
    wait_for_nudge();
    EXPECT_EQ_INT(judged, 0);
    EXPECT(fiber_innermost() == &fiber && fiber_current() == NULL);
    return FIBER_FINISHED;
}

static void call_host(void *unused)
{
    (void)unused;
    fiber_call_host(&fiber, be_nudged_on_host, NULL);
    steps++;
}

TEST(in_a_host_function_it_is_judged_when_that_returns)
{
    begin();
    EXPECT_EQ_INT(run(call_host), FIBER_FINISHED);
    EXPECT_EQ_INT(steps, 1);
    EXPECT_EQ_INT(judged, 1);
    verdict = FIBER_STOP;
    EXPECT_EQ_INT(run(call_host), FIBER_STOPPED);
    EXPECT_EQ_INT(steps, 1);
    verdict = FIBER_PAUSE;
    EXPECT_EQ_INT(run(call_host), FIBER_WAITS);
    EXPECT_EQ_INT(steps, 1);
    EXPECT(could_pause);
    EXPECT_EQ_INT(resume(), FIBER_FINISHED);
    EXPECT_EQ_INT(steps, 2);
    end();
}

/* A helper: on the fiber, outside of the code that may be left. */
static void poll_thrice(void *unused)
{
    (void)unused;
    for (int i = 0; i < 3; i++) {
        nudge_self();
        wait_for_nudge();
        fiber_nudge_poll(&fiber);
        EXPECT(!fiber.is_nudged || judged > 0);
        steps++;
    }
}

TEST(in_a_helper_it_is_judged_when_that_polls)
{
    begin();
    EXPECT_EQ_INT(run(poll_thrice), FIBER_FINISHED);
    EXPECT_EQ_INT(steps, 3);
    EXPECT(judged >= 3);
    verdict = FIBER_PAUSE;
    steps = 0;
    EXPECT_EQ_INT(run(poll_thrice), FIBER_WAITS);
    EXPECT_EQ_INT(steps, 0);
    EXPECT_EQ_INT(resume(), FIBER_WAITS);
    EXPECT_EQ_INT(steps, 1);
    verdict = FIBER_STOP;
    EXPECT_EQ_INT(resume(), FIBER_STOPPED);
    EXPECT_EQ_INT(steps, 2);
    fiber_nudge_poll(&fiber); /* nobody wants anything of it */
    end();
}

static void be_nudged_and_hammer(void *unused)
{
    nudge_self();
    wait_for_nudge();
    verdict = FIBER_STOP;
    hammer_run(unused);
}

TEST(or_soon_after_it_has_come_back_to_the_code)
{
    begin();
    hammer_fill(true);
    for (int i = 0; i < 20; i++) {
        verdict = FIBER_GO_ON;
        EXPECT_EQ_INT(run(be_nudged_and_hammer), FIBER_STOPPED);
    }
    end();
}

static void help_for_long_and_hammer(void *unused)
{
    nudge_self();
    for (steps = 0; steps < 1000000; steps++)
        ;
    verdict = FIBER_STOP;
    hammer_run(unused);
}

/* Or else the next one would come in the moment in which that handler returns,
 * and so for ever. */
TEST(and_gets_on_though_the_handler_takes_long)
{
    const uint64_t takes[] = {20 * US, 60 * US, 100 * US, 400 * US};

    begin();
    hammer_fill(true);
    for (int i = 0; i < 4; i++) {
        verdict = FIBER_GO_ON;
        handler_ns = takes[i];
        EXPECT_EQ_INT(run(help_for_long_and_hammer), FIBER_STOPPED);
        EXPECT_EQ_INT(steps, 1000000);
    }
    end();
}

/* ------------------------------------------------------------------------
 * One inside the other.
 */

static void note_and_hammer(void *unused)
{
    other.due = OS_NUDGE_NEVER;
    hammer_run(unused);
}

static int run_inner(void *how)
{
    other.entered = os_clock_now();
    EXPECT_EQ_INT(fiber_run(&other, note_and_hammer, NULL), FIBER_STOPPED);
    was_nudged = fiber.is_nudged;
    verdict = (enum fiber_verdict)(uintptr_t)how;
    return FIBER_FINISHED;
}

static void call_inner(void *unused)
{
    (void)unused;
    fiber_call_host(&fiber, run_inner, (void *)(uintptr_t)FIBER_STOP);
    steps++;
}

/* The inner one is stopped in its code, the outer when the host returns. */
TEST(a_nudge_is_for_all_that_the_thread_has_entered)
{
    begin();
    hammer_fill(true);
    gap = 5 * MS;
    verdict = FIBER_STOP;
    EXPECT_EQ_INT(run(call_inner), FIBER_STOPPED);
    EXPECT(was_nudged);
    EXPECT_EQ_INT(steps, 0);
    EXPECT_EQ_INT(other.state, FIBER_IDLE);
    end();
}

static int run_inner_late(void *unused)
{
    (void)unused;
    other.judge = NULL; /* it is due never, and cannot be stopped */
    hammer.rounds = 20000;
    EXPECT_EQ_INT(fiber_run(&other, hammer_run, NULL), FIBER_FINISHED);
    was_nudged = fiber.is_nudged;
    return FIBER_FINISHED;
}

static void call_inner_late(void *unused)
{
    (void)unused;
    fiber_call_host(&fiber, run_inner_late, NULL);
    steps++;
}

TEST(the_time_of_the_outer_one_passes_while_the_inner_runs)
{
    begin();
    hammer_fill(true);
    gap = US;
    verdict = FIBER_STOP;
    EXPECT_EQ_INT(run(call_inner_late), FIBER_STOPPED);
    EXPECT(was_nudged);
    EXPECT_EQ_INT(steps, 0);
    hammer_expect_good();
    end();
}

/* ------------------------------------------------------------------------
 * When nothing runs.
 */

TEST(a_nudge_that_comes_late_finds_nobody)
{
    begin();
    hammer_fill(true);
    verdict = FIBER_STOP;
    gap = 100 * US;
    EXPECT_EQ_INT(run(hammer_run), FIBER_STOPPED);
    judged = 0;
    for (int i = 0; i < 100; i++)
        nudge_self();
    spin_for(MS);
    EXPECT_EQ_INT(judged, 0);
    EXPECT(!fiber.is_nudged);
    EXPECT_EQ_INT(os_nudge_when(), OS_NUDGE_NEVER);
    verdict = FIBER_GO_ON;
    gap = 0;
    hammer.rounds = 1;
    EXPECT_EQ_INT(run(hammer_run), FIBER_FINISHED);
    end();
}

TEST(a_fiber_that_the_judge_stops_at_its_entry_never_runs)
{
    begin();
    verdict_at_entry = FIBER_STOP;
    EXPECT_EQ_INT(run(call_host), FIBER_STOPPED);
    EXPECT_EQ_INT(fiber.state, FIBER_IDLE);
    EXPECT_EQ_INT(steps, 0);
    verdict_at_entry = FIBER_GO_ON;
    verdict = FIBER_PAUSE;
    EXPECT_EQ_INT(run(call_host), FIBER_WAITS);
    verdict_at_entry = FIBER_STOP;
    EXPECT_EQ_INT(resume(), FIBER_STOPPED);
    EXPECT_EQ_INT(fiber.state, FIBER_IDLE);
    EXPECT_EQ_INT(steps, 0);
    end();
}

static void do_little(void *unused)
{
    (void)unused;
    steps++;
}

TEST(a_thousand_short_runs_set_the_timer_once)
{
    uint64_t when;

    begin();
    gap = 60000 * MS;
    EXPECT_EQ_INT(run(do_little), FIBER_FINISHED);
    when = os_nudge_when();
    EXPECT(when != OS_NUDGE_NEVER);
    for (int i = 0; i < 1000; i++)
        EXPECT_EQ_INT(run(do_little), FIBER_FINISHED);
    EXPECT_EQ_INT(os_nudge_when(), when);
    EXPECT_EQ_INT(judged, 0);
    EXPECT_EQ_INT(entries, 1002); /* who sets it looks twice */
    end();
}

/* Times of all kinds, among nudges that mean nothing. */
TEST(every_time_is_kept)
{
    pthread_t thread;

    begin();
    hammer_fill(false);
    storm_target = os_nudge_self();
    pthread_create(&thread, NULL, nudge_all_the_time, NULL);
    for (int i = 0; i < many(5000); i++) {
        gap = 1 + hammer_random() % (40 * US);
        verdict = FIBER_GO_ON;
        if (i % 4 == 0)
            EXPECT_EQ_INT(run(do_little), FIBER_FINISHED);
        verdict = FIBER_STOP;
        EXPECT_EQ_INT(run(hammer_run), FIBER_STOPPED);
    }
    storm_is_over = 1;
    pthread_join(thread, NULL);
    end();
}

TEST(errno_and_vectors_of_the_host_are_left_alone)
{
    double before[4] = {1.5, -2.5, 3.25, 4.125}, sum = 0;
    pthread_t thread;

    begin();
    storm_target = os_nudge_self();
    pthread_create(&thread, NULL, nudge_all_the_time, NULL);
    errno = ERANGE;
    for (int i = 0; i < many(2000000); i++) {
        sum += before[i % 4];
        if (errno != ERANGE)
            EXPECT_EQ_INT(errno, ERANGE);
    }
    storm_is_over = 1;
    pthread_join(thread, NULL);
    EXPECT(sum == many(2000000) / 4 * 6.375);
    end();
}
