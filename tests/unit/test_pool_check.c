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

TEST(so_is_who_does_not_let_others_pass_behind_those_who_do)
{
    struct pool_want wants[3] = {[1].is_patient = true, [2].is_patient = true};
    struct sandbox *sandbox;

    open_pool(1);
    inner = (struct pool *)pool;
    for (int n = 0; n < 3; n++)
        pool_ask(inner, &wants[n]);
    check();
    wants[2].is_patient = false;
    EXPECT_DIES(SIGABRT, check);
    wants[2].is_patient = true;
    pool_withdraw(inner, &wants[1]);
    pool_withdraw(inner, &wants[2]);
    EXPECT_EQ_INT(pool_take(inner, &wants[0], &sandbox, NULL), 0);
    pool_release(inner, sandbox);
    check();
    close_pool();
}

TEST(so_is_a_queue_in_which_nobody_looks_out)
{
    struct pool_want want = {.key = "b"};

    make_image(later);
    config.policy = VIV_POOL_KEPT;
    open_pool(1);
    inner = (struct pool *)pool;
    acquire_session("a");
    release(held);
    EXPECT(!pool_ask(inner, &want));
    check();
    inner->wanted.lookout = NULL;
    EXPECT_DIES(SIGABRT, check);
    inner->wanted.lookout = &want;
    pool_withdraw(inner, &want);
    EXPECT(inner->wanted.lookout == NULL);
    check();
    close_pool();
}
