/* test_fiber_nudge.c - what runs on a fiber is stopped or paused from outside.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* REG_RIP */
#include "fiber/fiber_nudge.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include "nudge_tools.h"
#include "os/os_clock.h"
#include "os/os_enter.h"
#include "os/os_map.h"
#include "os/os_nudge.h"
#include "os/os_signal.h"
#include "register_hammer.h"
#include "single_step.h"

#define STACK 262144
#define US    UINT64_C(1000)

static struct fiber fiber, other;

/* The judge's: what it says, and what it was asked. */
static volatile enum fiber_verdict verdict, verdict_at_entry;
static volatile uint64_t gap; /* until it wants to be asked again */
static volatile bool could_pause;
static volatile int judged, entries;

static enum fiber_verdict judge(struct fiber *asked, uint64_t now,
                                bool can_pause)
{
    enum fiber_verdict said = verdict;

    EXPECT(fiber_innermost() == asked || asked != &fiber);
    if (now == asked->entered) {
        entries++;
        said = verdict_at_entry;
    } else {
        judged++;
        could_pause = can_pause;
        if (said == FIBER_PAUSE && !can_pause)
            said = FIBER_STOP;
    }
    asked->due = gap == 0 ? OS_NUDGE_NEVER : os_clock_now() + gap;
    return said;
}

static bool on_fault(struct os_fault *fault)
{
    struct fiber *current = fiber_current();

    if (fault->kind == OS_FAULT_NUDGE)
        return fiber_nudge_take(fault);
    if (current == NULL || !fiber_stack_has(&current->stack, fault->sp))
        return false;
    fiber_stop_fault(current, fault);
    return true;
}

static void begin_one(struct fiber *f)
{
    char *low = os_map_take(FIBER_STACK_GUARD_BYTES + STACK);

    EXPECT(low != NULL);
    EXPECT_EQ_INT(os_map_guard(low, FIBER_STACK_GUARD_BYTES), 0);
    fiber_init(f, low + FIBER_STACK_GUARD_BYTES, STACK);
    f->judge = judge;
    f->code_at = (uintptr_t)hammer_code;
    f->code_end = (uintptr_t)hammer_end;
}

static void begin(void)
{
    verdict = verdict_at_entry = FIBER_GO_ON;
    gap = 0;
    EXPECT_EQ_INT(os_signal_install(on_fault, NULL), 0);
    EXPECT_EQ_INT(os_enter_thread(NULL), 0);
    fiber_nudge_init();
    begin_one(&fiber);
    begin_one(&other);
}

static void end_one(struct fiber *f)
{
    char *low = f->stack.at - FIBER_STACK_GUARD_BYTES;

    fiber_fini(f);
    os_map_release(low, FIBER_STACK_GUARD_BYTES + STACK);
}

static void end(void)
{
    EXPECT(fiber_innermost() == NULL);
    end_one(&fiber);
    end_one(&other);
}

static enum fiber_end run(void (*func)(void *))
{
    fiber.entered = os_clock_now();
    return fiber_run(&fiber, func, NULL);
}

static enum fiber_end resume(void)
{
    fiber.entered = os_clock_now();
    return fiber_resume(&fiber);
}

static void nudge_self(void)
{
    os_nudge_send(os_nudge_self());
}

static int many(int count)
{
    return mode_is("valgrind") ? count / 100
           : mode_is("asan")   ? count / 10
                               : count;
}

/* ------------------------------------------------------------------------
 * Pausing between any two instructions.
 */

/* Be paused every few microseconds, `count` times. */
static void hammer_fiber(int count)
{
    enum fiber_end how = run(hammer_run);

    for (int i = 0; i < count; i++) {
        EXPECT_EQ_INT(how, FIBER_WAITS);
        EXPECT_EQ_INT(fiber.state, FIBER_PAUSED);
        hammer_trash();
        gap = 1 + hammer_random() % (20 * US);
        how = resume();
    }
    EXPECT_EQ_INT(how, FIBER_WAITS);
    hammer.rounds = 1;
    while (how == FIBER_WAITS)
        how = resume();
    EXPECT_EQ_INT(how, FIBER_FINISHED);
}

TEST(a_pause_keeps_every_register_and_the_red_zone)
{
    begin();
    for (int flags = 0; flags < 2; flags++) {
        hammer_fill(flags);
        verdict = FIBER_PAUSE;
        gap = 10 * US;
        hammer_fiber(many(20000));
        hammer_expect_good();
    }
    end();
}

TEST(wherever_the_stack_pointer_stands)
{
    begin();
    for (uint64_t drop = 0; drop < 64; drop += 8) {
        hammer_fill(drop % 16 == 0);
        hammer.drop = drop + drop / 8; /* the CPU does not mind */
        verdict = FIBER_PAUSE;
        gap = 10 * US;
        hammer_fiber(many(1000));
        hammer_expect_good();
    }
    end();
}

static struct step_path path;

/* All instructions of one round, those that repeat themselves once. */
static void record_hammer(bool flags)
{
    size_t i, count = 0;

    hammer_fill(flags);
    hammer.rounds = 1;
    hammer.put.flags |= STEP_TRAP_FLAG; /* which is not compared */
    step_record(&path, NULL);
    hammer_run(NULL);
    step_end();
    hammer.put.flags &= ~(uint64_t)STEP_TRAP_FLAG;
    for (i = 0; i < path.count; i++)
        if (path.pcs[i] >= fiber.code_at && path.pcs[i] < fiber.code_end &&
            step_occurrence(&path, i) == 0)
            path.pcs[count++] = path.pcs[i];
    path.count = count;
    EXPECT(count > 200);
}

static void nudge_here(uintptr_t pc)
{
    (void)pc;
    nudge_self();
}

TEST(between_each_two_instructions)
{
    if (!step_is_possible())
        SKIP("valgrind knows no trap flag");
    begin();
    for (int flags = 0; flags < 2; flags++) {
        record_hammer(flags);
        for (size_t i = 0; i < path.count; i++) {
            hammer.rounds = 1;
            verdict = FIBER_PAUSE;
            step_plant(&path, i, nudge_here);
            EXPECT_EQ_INT(run(hammer_run), FIBER_WAITS);
            EXPECT(step_pull());
            EXPECT_EQ_INT(fiber.paused_at, path.pcs[i]);
            hammer_trash();
            verdict = FIBER_GO_ON;
            EXPECT_EQ_INT(resume(), FIBER_FINISHED);
            hammer_expect_good();
        }
    }
    end();
}

TEST(and_stopping_there_leaves_a_fiber_that_can_run)
{
    if (!step_is_possible())
        SKIP("valgrind knows no trap flag");
    begin();
    record_hammer(true);
    for (size_t i = 0; i < path.count; i++) {
        hammer.rounds = 1;
        verdict = FIBER_STOP;
        step_plant(&path, i, nudge_here);
        EXPECT_EQ_INT(run(hammer_run), FIBER_STOPPED);
        EXPECT(step_pull());
        EXPECT_EQ_INT(fiber.state, FIBER_IDLE);
        EXPECT_EQ_INT(fiber.due, OS_NUDGE_NEVER);
        hammer.rounds = 1;
        EXPECT_EQ_INT(run(hammer_run), FIBER_FINISHED);
        hammer_expect_good();
    }
    end();
}

static struct sigaction ours;

static void hand_on(int signal, siginfo_t *info, void *context)
{
    ours.sa_sigaction(signal, info, context);
}

/* The handler then runs on the fiber's stack, right below what has to be kept;
 * and goes on there after ours has returned. */
TEST(and_behind_a_handler_that_has_no_stack_of_its_own)
{
    struct sigaction action = {.sa_sigaction = hand_on, .sa_flags = SA_SIGINFO};

    begin();
    sigemptyset(&action.sa_mask);
    EXPECT_EQ_INT(sigaction(OS_NUDGE_SIGNAL, &action, &ours), 0);
    hammer_fill(true);
    verdict = FIBER_PAUSE;
    gap = 10 * US;
    hammer_fiber(many(20000));
    hammer_expect_good();
    end();
}

/* ------------------------------------------------------------------------
 * Near the end of the stack.
 */

/* On the stack before the hammer goes down. */
#define PUSHED_BYTES 128

/* It may be nudged on its way, where there is room. */
static void expect_at_end(uint64_t left, bool can_pause)
{
    enum fiber_end how;

    hammer_fill(true);
    hammer.drop = STACK - left - PUSHED_BYTES;
    verdict = FIBER_PAUSE;
    gap = 20 * US;
    if (can_pause) {
        hammer_fiber(many(500));
        hammer_expect_good();
        return;
    }
    how = run(hammer_run);
    for (int i = 0; i < 5 && how == FIBER_WAITS; i++)
        how = resume();
    EXPECT_EQ_INT(how, FIBER_STOPPED);
    EXPECT(!could_pause);
}

TEST(with_the_least_of_stack_that_it_takes_it_is_paused_and_below_it_is_not)
{
    begin();
    expect_at_end(FIBER_NUDGE_BYTES + PUSHED_BYTES, true);
    expect_at_end(FIBER_NUDGE_BYTES - PUSHED_BYTES, false);
    expect_at_end(256, false);
    expect_at_end(0, false);
    end();
}

/* ------------------------------------------------------------------------
 * On other threads.
 */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t moved = PTHREAD_COND_INITIALIZER;
static int turn, turns;

/* Every other pause is this thread's. */
static void *take_turns(void *which)
{
    int mine = which != NULL;

    EXPECT_EQ_INT(os_enter_thread(NULL), 0);
    pthread_mutex_lock(&lock);
    while (turns > 0) {
        while (turn != mine)
            pthread_cond_wait(&moved, &lock);
        if (turns > 0) {
            EXPECT_EQ_INT(resume(), FIBER_WAITS);
            turns--;
        }
        turn = !mine;
        pthread_cond_broadcast(&moved);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

TEST(and_goes_on_on_another_thread_each_time)
{
    pthread_t threads[2];

    begin();
    hammer_fill(true);
    verdict = FIBER_PAUSE;
    gap = 10 * US;
    turns = many(5000);
    EXPECT_EQ_INT(run(hammer_run), FIBER_WAITS);
    pthread_create(&threads[0], NULL, take_turns, NULL);
    pthread_create(&threads[1], NULL, take_turns, &turn);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    hammer.rounds = 1;
    verdict = FIBER_GO_ON;
    EXPECT_EQ_INT(resume(), FIBER_FINISHED);
    hammer_expect_good();
    end();
}

static volatile int storm_target, storm_is_over;

static void *nudge_all_the_time(void *unused)
{
    while (!storm_is_over) {
        os_nudge_send(storm_target);
        if (mode_is("valgrind"))
            sched_yield();
    }
    return unused;
}

TEST(and_when_another_thread_nudges_it_all_the_time)
{
    pthread_t thread;

    begin();
    hammer_fill(false);
    storm_target = os_nudge_self();
    pthread_create(&thread, NULL, nudge_all_the_time, NULL);
    verdict = FIBER_PAUSE;
    gap = 50 * US;
    hammer_fiber(many(20000));
    storm_is_over = 1;
    pthread_join(thread, NULL);
    hammer_expect_good();
    end();
}

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
        SKIP("valgrind knows no trap flag");
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
        SKIP("valgrind knows no trap flag");
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
    EXPECT_EQ_INT(entries, 1001);
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
