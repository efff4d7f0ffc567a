/* test_pool_acquire.c - wanting a sandbox, and having it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "pool_tools.h"

static pthread_t threads[32];

/* ------------------------------------------------------------------------
 * Waiting for one.
 */

TEST(who_waits_in_vain_waits_as_long_as_was_said)
{
    uint64_t began;
    viv_sandbox *first;

    open_pool(1);
    first = acquire_one();
    began = os_clock_now();
    EXPECT_EQ_INT(acquire(30 * MS), VIV_ETIME);
    EXPECT(os_clock_now() - began >= 30 * MS);
    look();
    EXPECT_EQ_INT(meters.late, 1);
    EXPECT_EQ_INT(meters.queued, 0);
    release(first);
    EXPECT_EQ_INT(acquire(30 * MS), 0);
    release(held);
    close_pool();
}

static int order[32];
static _Atomic int served;

static void *stand_in_line(void *number)
{
    viv_sandbox *mine;

    EXPECT_EQ_INT(viv_pool_acquire(pool, NULL, VIV_ENDLESS, &mine, NULL), 0);
    order[served++] = (int)(intptr_t)number;
    viv_pool_release(pool, mine);
    return NULL;
}

TEST(first_come_first_served)
{
    viv_sandbox *first;

    open_pool(1);
    first = acquire_one();
    for (intptr_t n = 0; n < 8; n++) {
        pthread_create(&threads[n], NULL, stand_in_line, (void *)n);
        wait_until_queued((uint64_t)n + 1);
    }
    EXPECT_EQ_INT(acquire(0), VIV_ETIME);
    release(first);
    for (int n = 0; n < 8; n++)
        pthread_join(threads[n], NULL);
    for (int n = 0; n < 8; n++)
        EXPECT_EQ_INT(order[n], n);
    close_pool();
}

static _Atomic int slow_makers;

static int slowly(viv_sandbox *sandbox, void *cookie, viv_error *ret_err)
{
    (void)sandbox, (void)cookie, (void)ret_err;
    if (slow_makers++ == 1)
        sleep_for(300 * MS);
    return 0;
}

static void *acquire_slowly(void *unused)
{
    viv_sandbox *mine;

    EXPECT_EQ_INT(viv_pool_acquire(pool, NULL, 0, &mine, NULL), 0);
    viv_pool_release(pool, mine);
    return unused;
}

TEST(nobody_waits_for_a_sandbox_that_is_being_made)
{
    viv_sandbox *first;

    make_image(later);
    config.prepare = slowly;
    open_pool(2);
    first = acquire_one();
    pthread_create(&threads[0], NULL, acquire_slowly, NULL);
    while (slow_makers < 2)
        sched_yield();
    for (int n = 0; n < 100; n++) {
        release(first);
        first = acquire_one();
    }
    look();
    EXPECT_EQ_INT(meters.made, 1); /* the other is still at it */
    pthread_join(threads[0], NULL);
    release(first);
    close_pool();
}

static _Atomic int holders, most;

static void *hold_and_let_go(void *unused)
{
    for (int n = 0; n < 200; n++) {
        viv_sandbox *mine;
        int now, before = most;

        EXPECT_EQ_INT(viv_pool_acquire(pool, NULL, VIV_ENDLESS, &mine, NULL),
                      0);
        now = ++holders;
        while (now > before &&
               !atomic_compare_exchange_weak(&most, &before, now))
            ;
        EXPECT_EQ_INT(ask(mine, "get", 1), 7);
        ask(mine, "set", 99);
        holders--;
        viv_pool_release(pool, mine);
    }
    return unused;
}

TEST(thirty_two_threads_on_four_sandboxes_never_hold_five)
{
    open_pool(4);
    for (int n = 0; n < 32; n++)
        pthread_create(&threads[n], NULL, hold_and_let_go, NULL);
    for (int n = 0; n < 32; n++)
        pthread_join(threads[n], NULL);
    EXPECT(most <= 4);
    look();
    EXPECT_EQ_INT(meters.acquired, 6400);
    EXPECT_EQ_INT(meters.released, 6400);
    EXPECT_EQ_INT(meters.returned, 6400);
    EXPECT(meters.made <= 4);
    pool_check((struct pool *)pool);
    close_pool();
}

/* ------------------------------------------------------------------------
 * Sessions.
 */

static void open_kept(uint32_t max, uint64_t idle_ns)
{
    make_image(later);
    config.policy = VIV_POOL_KEPT;
    config.idle_ns = idle_ns;
    open_pool(max);
}

TEST(a_session_has_its_state_and_nobody_elses)
{
    open_kept(3, VIV_NS_PER_S * 60);
    ask(acquire_session("a"), "set", 1);
    release(held);
    ask(acquire_session("b"), "set", 2);
    release(held);
    EXPECT_EQ_INT(ask(acquire_session("a"), "get", 0), 1);
    release(held);
    EXPECT_EQ_INT(ask(acquire_session("b"), "get", 0), 2);
    release(held);
    ask(acquire_one(), "set", 3);
    release(held);
    EXPECT_EQ_INT(ask(acquire_one(), "get", 0), 7);
    release(held);
    look();
    EXPECT_EQ_INT(meters.sessions, 2);
    EXPECT_EQ_INT(meters.live, 3);
    close_pool();
}

TEST(who_wants_a_session_that_is_held_holds_up_nobody)
{
    viv_sandbox *a;

    open_kept(2, VIV_NS_PER_S * 60);
    a = acquire_session("a");
    EXPECT_EQ_INT(acquire_for("a", 0), VIV_ETIME);
    acquire_session("b");
    release(held);
    release(a);
    acquire_session("a");
    release(held);
    close_pool();
}

TEST(a_session_is_not_given_up_before_its_time)
{
    uint64_t began;

    open_kept(1, 50 * MS);
    began = os_clock_now();
    ask(acquire_session("a"), "set", 1);
    release(held);
    EXPECT_EQ_INT(acquire_for("b", MS), VIV_ETIME);
    EXPECT_EQ_INT(acquire_for("b", VIV_ENDLESS), 0);
    EXPECT(os_clock_now() - began > 50 * MS);
    EXPECT_EQ_INT(ask(held, "get", 0), 7);
    release(held);
    look();
    EXPECT_EQ_INT(meters.recycled_idle, 1);
    sleep_for(60 * MS);
    EXPECT_EQ_INT(ask(acquire_session("b"), "get", 0), 7);
    release(held);
    look();
    EXPECT_EQ_INT(meters.recycled_idle, 2);
    EXPECT_EQ_INT(meters.made, 1);
    close_pool();
}

struct waiting {
    const char *key;
    uint64_t max_ns;
    int code;
};

static void *wait_for_session(void *arg)
{
    struct waiting *waiting = arg;
    viv_sandbox *mine;

    waiting->code =
        viv_pool_acquire(pool, waiting->key, waiting->max_ns, &mine, NULL);
    if (waiting->code == 0)
        viv_pool_release(pool, mine);
    return NULL;
}

/* When they begin to wait none is idle, so there is no time to wake up at yet;
 * and the first of them gives up before there is. */
TEST(who_waits_when_a_session_begins_to_be_idle_has_it_when_that_is_over)
{
    struct waiting waiting[3] = {
        {"b", 60 * MS, 0}, {"c", 9 * VIV_NS_PER_S, 0}, {NULL, VIV_ENDLESS, 0}};
    uint64_t began, took;

    open_kept(1, 150 * MS);
    acquire_session("a");
    for (int n = 0; n < 3; n++) {
        pthread_create(&threads[n], NULL, wait_for_session, &waiting[n]);
        do {
            look();
        } while (meters.queued + meters.late < (uint64_t)n + 1);
    }
    began = os_clock_now();
    release(held);
    for (int n = 0; n < 3; n++)
        pthread_join(threads[n], NULL);
    took = os_clock_now() - began;
    EXPECT(waiting[0].code == VIV_ETIME);
    EXPECT_EQ_INT(waiting[1].code, 0);
    EXPECT_EQ_INT(waiting[2].code, 0);
    EXPECT(took > 300 * MS && took < 5 * VIV_NS_PER_S);
    close_pool();
}

static void *come_and_go(void *seed)
{
    static const char *const keys[] = {"a", "b", "c", "d", "e", NULL};
    unsigned number = (unsigned)(uintptr_t)seed;

    for (int n = 0; n < 100; n++) {
        struct waiting waiting = {keys[rand_r(&number) % 6], VIV_ENDLESS, 0};

        if (rand_r(&number) % 4 == 0)
            waiting.max_ns = rand_r(&number) % (2 * MS);
        wait_for_session(&waiting);
        EXPECT(waiting.code == 0 || waiting.max_ns < VIV_ENDLESS);
        pool_check((struct pool *)pool);
    }
    return NULL;
}

/* Nobody but they themselves looks at the time. */
TEST(more_sessions_than_sandboxes_leave_nobody_waiting_for_ever)
{
    open_kept(2, MS);
    for (uintptr_t n = 0; n < 8; n++)
        pthread_create(&threads[n], NULL, come_and_go, (void *)(n + 1));
    for (int n = 0; n < 8; n++)
        pthread_join(threads[n], NULL);
    look();
    EXPECT_EQ_INT(meters.acquired, meters.released);
    EXPECT_EQ_INT(meters.acquired + meters.late, 800);
    EXPECT(meters.recycled_idle > 0);
    close_pool();
}

TEST(a_key_is_for_pools_that_keep)
{
    open_pool(1);
    EXPECT_EQ_INT(acquire_for("a", 0), VIV_EINVAL);
    EXPECT_EQ_STR(err.text, "the pool \"pool\" keeps no sessions: no key");
    close_pool();
}

/* ------------------------------------------------------------------------
 * Without blocking.
 */

static int told;

static void count_told(struct pool_want *want)
{
    (void)want;
    told++;
}

TEST(a_want_is_told_taken_or_withdrawn)
{
    struct pool_want one = {.told = count_told}, two = {.told = count_told};
    struct sandbox *sandbox;
    struct pool *inner;

    open_pool(1);
    inner = (struct pool *)pool;
    EXPECT(pool_ask(inner, &one));
    EXPECT(!pool_ask(inner, &two));
    EXPECT_EQ_INT(told, 0);
    EXPECT_EQ_INT(one.state, POOL_WANT_GRANTED);
    EXPECT_EQ_INT(two.state, POOL_WANT_WAITING);
    pool_withdraw(inner, &one); /* though it was granted */
    EXPECT_EQ_INT(told, 1);
    EXPECT_EQ_INT(pool_take(inner, &two, &sandbox, NULL), 0);
    pool_ask(inner, &one);
    pool_withdraw(inner, &one);
    pool_release(inner, sandbox);
    pool_ask(inner, &one);
    EXPECT_EQ_INT(one.slot->state, POOL_SLOT_HELD);
    pool_withdraw(inner, &one);
    pool_check(inner);
    look();
    EXPECT_EQ_INT(meters.raised, 0); /* for there was no call */
    EXPECT_EQ_INT(meters.idle, 1);
    EXPECT_EQ_INT(meters.acquired, 1);
    EXPECT_EQ_INT(meters.released, 1);
    close_pool();
}
