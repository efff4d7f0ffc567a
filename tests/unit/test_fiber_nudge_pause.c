/* test_fiber_nudge_pause.c - a pause between any two instructions keeps all.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* single_step.h */
#include "fiber/fiber_nudge.h"

#include <signal.h>

#include "judge_tools.h"
#include "single_step.h"

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

TEST(between_each_two_instructions)
{
    if (!step_is_possible())
        SKIP("no trap flag there");
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
        SKIP("no trap flag there");
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
