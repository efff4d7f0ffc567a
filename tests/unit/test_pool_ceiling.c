/* test_pool_ceiling.c - at most so many sandboxes in all pools.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_ceiling.h"

#include "pool_tools.h"

static viv_pool *other;
static pthread_t thread;

static void open_two(void)
{
    open_pool(4);
    EXPECT_EQ_INT(viv_pool_new(image, &config, &other, &err), 0);
}

static void close_two(void)
{
    viv_pool_unref(other);
    close_pool();
}

TEST(no_pool_makes_more_than_the_ceiling_has_room_for)
{
    viv_sandbox *all[2], *unused;

    open_two();
    viv_pool_ceiling(2);
    all[0] = acquire_one();
    EXPECT_EQ_INT(viv_pool_acquire(other, NULL, 0, &all[1], NULL), 0);
    EXPECT_EQ_INT(acquire(0), VIV_ETIME);
    EXPECT_EQ_INT(viv_pool_acquire(other, NULL, 0, &unused, NULL), VIV_ETIME);
    viv_pool_ceiling(3);
    acquire_one();
    release(held);
    release(all[0]);
    viv_pool_release(other, all[1]);
    close_two();
}

TEST(what_is_idle_elsewhere_makes_room)
{
    open_two();
    viv_pool_ceiling(1);
    EXPECT_EQ_INT(viv_pool_acquire(other, NULL, 0, &held, NULL), 0);
    viv_pool_release(other, held);
    acquire_one();
    viv_pool_meters_of(other, &meters);
    EXPECT_EQ_INT(meters.live, 0);
    EXPECT_EQ_INT(meters.freed, 1);
    release(held);
    close_two();
}

TEST(but_not_what_is_a_minimum)
{
    viv_pool *least;

    open_two();
    config.min = 1;
    EXPECT_EQ_INT(viv_pool_new(image, &config, &least, &err), 0);
    viv_pool_ceiling(1);
    EXPECT_EQ_INT(acquire(0), VIV_ETIME);
    EXPECT_EQ_INT(viv_pool_new(image, &config, &pool, &err), VIV_ENOMEM);
    EXPECT_HAS_STR(err.text, "ceiling");
    viv_pool_unref(least);
    acquire_one();
    release(held);
    close_two();
}

static void *raise_it_soon(void *unused)
{
    sleep_for(20 * MS);
    viv_pool_ceiling(1);
    return unused;
}

TEST(who_waits_below_a_ceiling_is_served_when_it_is_raised)
{
    open_two();
    viv_pool_ceiling(0);
    pthread_create(&thread, NULL, raise_it_soon, NULL);
    EXPECT_EQ_INT(acquire(VIV_ENDLESS), 0);
    pthread_join(thread, NULL);
    release(held);
    close_two();
}

static void *release_it_soon(void *unused)
{
    sleep_for(20 * MS);
    viv_pool_release(other, held);
    viv_pool_close(other);
    return unused;
}

TEST(and_when_another_pool_frees_one)
{
    viv_sandbox *mine;

    open_two();
    viv_pool_ceiling(1);
    EXPECT_EQ_INT(viv_pool_acquire(other, NULL, 0, &held, NULL), 0);
    pthread_create(&thread, NULL, release_it_soon, NULL);
    EXPECT_EQ_INT(viv_pool_acquire(pool, NULL, VIV_ENDLESS, &mine, NULL), 0);
    pthread_join(thread, NULL);
    release(mine);
    close_two();
}
