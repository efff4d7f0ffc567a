/* test_pool_check.c - the invariants of a pool, broken one by one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <signal.h>

#include "pool_tools.h"

static struct pool *inner;

static void check(void)
{
    pool_check(inner);
}

static void open_with_two(void)
{
    viv_sandbox *first;

    open_pool(2);
    inner = (struct pool *)pool;
    first = acquire_one();
    acquire_one();
    release(held);
    release(first);
    check();
}

TEST(a_wrong_count_is_found)
{
    open_with_two();
    inner->meters.live++;
    EXPECT_DIES(SIGABRT, check);
    inner->meters.live--;
    check();
    close_pool();
}

TEST(so_is_a_wrong_order)
{
    open_with_two();
    inner->clean.first->idle_since = 0;
    EXPECT_DIES(SIGABRT, check);
    close_pool();
}

TEST(so_is_a_slot_in_a_list_that_is_not_idle)
{
    open_with_two();
    inner->clean.first->state = POOL_SLOT_HELD;
    EXPECT_DIES(SIGABRT, check);
    inner->clean.first->state = POOL_SLOT_IDLE;
    close_pool();
}

TEST(so_is_what_is_idle_in_a_closed_pool)
{
    open_with_two();
    inner->is_closed = true;
    EXPECT_DIES(SIGABRT, check);
    close_pool();
}
