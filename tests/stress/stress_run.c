/* stress_run.c - many guests, many threads, one process, for a while.
 *
 * In rounds, each with threads of its own.  After a round everything is given
 * back, and nothing may be held that was not held after the first one.  The
 * environment says for how many seconds all of it shall last,
 * VIV_STRESS_SECONDS, and may say from what random numbers come,
 * VIV_STRESS_SEED.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <malloc.h>

#include "stress.h"

enum { ROUNDS = 4, WORKERS_MAX = 200 };

#define WORKER_STACK_BYTES (256 * 1024)

static _Atomic bool is_over;
static struct stress_worker workers[WORKERS_MAX];

static uint64_t number_of(const char *variable, uint64_t otherwise)
{
    const char *text = getenv(variable);

    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

/* ------------------------------------------------------------------------
 * Workers.
 */

static uint32_t weight_of_all(const struct stress_step *steps, size_t count)
{
    uint32_t weight = 0;
    size_t i;

    for (i = 0; i < count; i++)
        weight += steps[i].weight;
    return weight;
}

/* The step at this place of a line on which each has its weight. */
static struct stress_step *step_at(uint32_t place)
{
    uint32_t weight = weight_of_all(stress_steps, stress_step_count);
    bool is_halt = place >= weight;
    struct stress_step *step = is_halt ? stress_halts : stress_steps;

    if (is_halt)
        place -= weight;
    while (place >= step->weight)
        place -= step++->weight;
    return step;
}

static void take_step(struct stress_worker *worker)
{
    uint32_t weight = weight_of_all(stress_steps, stress_step_count) +
                      weight_of_all(stress_halts, stress_halt_count);
    struct stress_step *step = step_at(stress_random(worker) % weight);

    atomic_store(&worker->doing, step->name);
    step->take(worker);
    atomic_fetch_add(&step->count, 1);
    atomic_fetch_add(&worker->steps, 1);
}

static void *work(void *arg)
{
    struct stress_worker *worker = arg;

    while (!atomic_load(&is_over))
        take_step(worker);
    atomic_store(&worker->doing, "end");
    stress_box_free(&worker->own);
    return NULL;
}

static void start(uint32_t count, uint64_t seed)
{
    pthread_attr_t attr;
    uint32_t i;

    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, WORKER_STACK_BYTES);
    atomic_store(&is_over, false);
    for (i = 0; i < count; i++) {
        workers[i].number = i;
        workers[i].random = (seed + 1) * 1000003 + i;
        EXPECT_EQ_INT(
            pthread_create(&workers[i].thread, &attr, work, &workers[i]), 0);
    }
    pthread_attr_destroy(&attr);
}

static void finish(uint32_t count)
{
    uint32_t i;

    atomic_store(&is_over, true);
    for (i = 0; i < count; i++)
        EXPECT_EQ_INT(pthread_join(workers[i].thread, NULL), 0);
}

/* ------------------------------------------------------------------------
 * Rounds.
 */

static void play_round(uint32_t count, uint64_t ns, uint64_t seed)
{
    start(count, seed);
    stress_watch_begin(workers, count);
    host_sleep(ns);
    finish(count);
    stress_watch_end();
    stress_halt_drain();
    EXPECT_EQ_INT(stress_box_count(), 0);
    malloc_trim(0);
}

static struct stress_holdings holdings(const char *when, uint32_t round)
{
    struct stress_holdings h = stress_watch_holdings();

    printf("%s %u: %" PRIu64 " KiB resident, %u descriptors, %u regions, "
           "%u timers, %u threads\n",
           when, round, h.rss_bytes / 1024, h.descriptors, h.regions, h.timers,
           h.threads);
    return h;
}

/* What the allocator keeps for later is another matter, and so is what the
 * sanitizers do. */
#define RSS_SLACK_BYTES (UINT64_C(8) << 20)

static void expect_no_more(struct stress_holdings first,
                           struct stress_holdings now)
{
    EXPECT_EQ_INT(now.descriptors, first.descriptors);
    EXPECT_EQ_INT(now.regions, first.regions);
    EXPECT_EQ_INT(now.timers, first.timers);
    EXPECT_EQ_INT(now.threads, first.threads);
    if (host_is_mode("plain"))
        EXPECT(now.rss_bytes <= first.rss_bytes + RSS_SLACK_BYTES);
}

/* Only if there was time for all: each kind of step was taken, and each
 * outcome came. */
static void print_and_check_counts(uint32_t count)
{
    uint64_t outcomes[VIV_PAUSED + 1] = {0}, all = 0;
    uint32_t i, kind;
    size_t k;

    for (i = 0; i < count; i++)
        for (kind = VIV_RETURNED; kind <= VIV_PAUSED; kind++) {
            outcomes[kind] += workers[i].outcomes[kind];
            all += workers[i].outcomes[kind];
        }
    for (k = 0; k < stress_step_count; k++)
        printf("%s: %" PRIu64 "\n", stress_steps[k].name,
               atomic_load(&stress_steps[k].count));
    for (k = 0; k < stress_halt_count; k++)
        printf("%s: %" PRIu64 "\n", stress_halts[k].name,
               atomic_load(&stress_halts[k].count));
    for (kind = VIV_RETURNED; kind <= VIV_PAUSED; kind++) {
        printf("outcome %u: %" PRIu64 "\n", kind, outcomes[kind]);
        EXPECT(all < 20000 || outcomes[kind] > 0);
    }
}

/* What a process and its first thread have for guests, they keep. */
static void use_one(void)
{
    struct stress_box box;

    EXPECT(stress_box_new(STRESS_PLAIN, &box));
    stress_box_check(&box);
    host_reset(box.sandbox);
    stress_box_free(&box);
}

static void play(uint32_t count)
{
    uint64_t ns = number_of("VIV_STRESS_SECONDS", 10) * VIV_NS_PER_S / 2;
    uint64_t seed = number_of("VIV_STRESS_SEED", host_now());
    struct stress_holdings before, first = {0}, now;
    uint32_t round;

    printf("VIV_STRESS_SEED=%" PRIu64 "\n", seed);
    mallopt(M_ARENA_MAX, 4);
    stress_box_init();
    use_one();
    before = holdings("before", 0);
    stress_place_init();
    for (round = 0; round < ROUNDS; round++) {
        play_round(count, ns / ROUNDS, seed + round);
        now = holdings("round", round);
        if (round == 0)
            first = now;
        expect_no_more(first, now);
    }
    print_and_check_counts(count);
    stress_place_fini();
    now = holdings("after", 0);
    EXPECT_EQ_INT(now.regions, before.regions);
    EXPECT_EQ_INT(now.descriptors, before.descriptors);
    EXPECT_EQ_INT(now.timers, before.timers);
}

TEST(two_threads)
{
    play(2);
}

TEST(two_hundred_threads)
{
    play(200);
}
