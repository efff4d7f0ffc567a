/* test_pool_slot.c - what is done to the sandbox of a slot.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_slot.h"

#include "pool_tools.h"

static void open_recycled(void)
{
    make_image(later);
    config.policy = VIV_POOL_RECYCLED;
    open_pool(1);
}

/* Use the one sandbox once; returns what it found. */
static uint32_t use(const char *name, uint32_t arg)
{
    uint32_t found = ask(acquire_one(), "get", 0);

    ask(held, name, arg);
    release(held);
    look();
    return found;
}

TEST(below_all_lines_state_stays)
{
    open_recycled();
    EXPECT_EQ_INT(use("set", 99), 7);
    EXPECT_EQ_INT(use("get", 0), 99);
    EXPECT_EQ_INT(meters.resets, 0);
    close_pool();
}

TEST(calls_are_counted_since_it_was_fresh)
{
    make_image(later);
    config.recycle_calls = 6;
    open_recycled();
    for (int round = 0; round < 3; round++) {
        EXPECT_EQ_INT(use("set", 99), 7);
        EXPECT_EQ_INT(use("set", 99), 99);
        EXPECT_EQ_INT(meters.recycled_calls, round);
        EXPECT_EQ_INT(use("set", 99), 99);
        EXPECT_EQ_INT(meters.recycled_calls, round + 1);
    }
    close_pool();
}

TEST(age_is_that_since_it_was_fresh)
{
    make_image(later);
    config.recycle_ns = 30 * MS;
    open_recycled();
    EXPECT_EQ_INT(use("set", 99), 7);
    sleep_for(31 * MS);
    EXPECT_EQ_INT(use("set", 99), 99);
    EXPECT_EQ_INT(meters.recycled_age, 1);
    EXPECT_EQ_INT(use("set", 99), 7);
    close_pool();
}

TEST(memory_that_it_has_grown_by_counts_at_once)
{
    make_image(later);
    config.recycle_bytes = 10 * 65536;
    open_recycled();
    EXPECT_EQ_INT(use("grow", 10), 7);
    EXPECT_EQ_INT(meters.recycled_bytes, 0);
    EXPECT_EQ_INT(use("grow", 1), 7);
    EXPECT_EQ_INT(meters.recycled_bytes, 1);
    EXPECT_EQ_INT(ask(acquire_one(), "size", 0), 1);
    release(held);
    close_pool();
}

TEST(half_of_what_its_limit_lets_it_grow_by_is_a_line_too)
{
    viv_limits narrow;

    make_image(later);
    viv_limits_default(&narrow);
    narrow.memory_bytes = 9 * 65536; /* of which the image has one */
    config.limits = &narrow;
    open_recycled();
    EXPECT_EQ_INT(use("grow", 4), 7);
    EXPECT_EQ_INT(meters.recycled_bytes, 0);
    EXPECT_EQ_INT(use("grow", 1), 7);
    EXPECT_EQ_INT(meters.recycled_bytes, 1);
    EXPECT_EQ_INT(use("grow", 8), 7);
    EXPECT_EQ_INT(meters.recycled_bytes, 2);
    close_pool();
}

TEST(one_that_may_not_grow_is_kept)
{
    viv_limits narrow;

    make_image(later);
    viv_limits_default(&narrow);
    narrow.memory_bytes = 65536;
    config.limits = &narrow;
    open_recycled();
    EXPECT_EQ_INT(use("set", 99), 7);
    EXPECT_EQ_INT(use("get", 0), 99);
    EXPECT_EQ_INT(meters.recycled_bytes, 0);
    close_pool();
}

TEST(and_pages_of_its_own_do_soon)
{
    make_image(later);
    config.recycle_bytes = 2 * 4096;
    open_recycled();
    for (int n = 0; n < 9 && meters.recycled_bytes == 0; n++)
        use("bulk", 0);
    EXPECT_EQ_INT(meters.recycled_bytes, 1);
    EXPECT(meters.pages_dirtied >= 2);
    close_pool();
}

TEST(what_could_not_pass_the_line_is_counted_seldom)
{
    uint64_t first;

    open_recycled();
    use("get", 0);
    first = meters.private_bytes;
    for (int n = 0; n < 63; n++)
        use("bulk", 0);
    EXPECT_EQ_INT(meters.private_bytes, first);
    use("bulk", 0);
    EXPECT(meters.private_bytes > first);
    close_pool();
}

TEST(a_use_that_ran_nothing_has_no_outcome)
{
    open_pool(1);
    acquire_one();
    release(held);
    look();
    EXPECT_EQ_INT(meters.returned, 0);
    EXPECT_EQ_INT(meters.recycled_use, 1);
    close_pool();
}
