/* test_pool_timer.c - what is to happen when, the earliest first.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_timer.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/base_alloc.h"
#include "test.h"
#include "vivarium.h"

#define COUNT 200

static struct pool_timers timers;
static struct pool_timer all[COUNT];

static void begin(void)
{
    EXPECT_EQ_INT(pool_timer_reserve(&timers, COUNT), 0);
    EXPECT(pool_timer_first(&timers) == NULL);
}

static void check(void)
{
    for (size_t n = 1; n <= timers.count; n++) {
        EXPECT_EQ_INT(timers.row[n]->at, n);
        EXPECT(n == 1 || timers.row[n / 2]->when <= timers.row[n]->when);
    }
}

TEST(they_come_in_the_order_of_their_time)
{
    uint64_t last = 0;

    begin();
    for (size_t n = 0; n < COUNT; n++) {
        pool_timer_set(&timers, &all[n], n * 7919 % 1009);
        check();
    }
    for (size_t n = 0; n < COUNT; n++) {
        struct pool_timer *first = pool_timer_first(&timers);

        EXPECT(first->when >= last);
        last = first->when;
        pool_timer_unset(&timers, first);
        check();
    }
    EXPECT(pool_timer_first(&timers) == NULL);
    pool_timer_fini(&timers);
}

TEST(any_can_be_unset_and_set_again)
{
    bool is_set[COUNT] = {false};
    size_t count = 0;

    srand(7);
    begin();
    for (int n = 0; n < 20000; n++) {
        size_t which = (size_t)rand() % COUNT;

        if (is_set[which])
            pool_timer_unset(&timers, &all[which]);
        else
            pool_timer_set(&timers, &all[which], (uint64_t)rand() % 50);
        is_set[which] = !is_set[which];
        count += is_set[which] ? 1 : -1;
        EXPECT_EQ_INT(timers.count, count);
        check();
    }
    pool_timer_fini(&timers);
}

TEST(unsetting_what_is_not_set_does_nothing)
{
    begin();
    pool_timer_unset(&timers, &all[0]);
    pool_timer_set(&timers, &all[1], 5);
    pool_timer_unset(&timers, &all[0]);
    EXPECT_EQ_INT(timers.count, 1);
    pool_timer_fini(&timers);
}

TEST(room_needs_memory_and_stays_without)
{
    base_alloc_fail_at(1);
    EXPECT_EQ_INT(pool_timer_reserve(&timers, 4), VIV_ENOMEM);
    base_alloc_fail_at(0);
    EXPECT_EQ_INT(pool_timer_reserve(&timers, 4), 0);
    base_alloc_fail_at(1);
    EXPECT_EQ_INT(pool_timer_reserve(&timers, 4), 0);
    EXPECT_EQ_INT(pool_timer_reserve(&timers, 5), VIV_ENOMEM);
    base_alloc_fail_at(0);
    EXPECT_EQ_INT(timers.room, 4);
    pool_timer_fini(&timers);
}
