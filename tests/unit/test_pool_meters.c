/* test_pool_meters.c - what a pool has done, and how it stands.
 *
 * Each row of the table is moved by some test: the counts of releases by
 * test_pool_release.c and test_pool_slot.c, what was made, freed and refused by
 * test_pool.c, those of waiting and of sessions by test_pool_acquire.c, what
 * raised by test_api_executor_python.c, what was lost by test_crew.c, all
 * others here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_meters.h"

#include "pool_tools.h"

TEST(a_bucket_counts_what_took_at_most_so_long)
{
    viv_histogram histogram = {0};

    EXPECT_EQ_INT(pool_meters_bound(0), 1000);
    EXPECT_EQ_INT(pool_meters_bound(1), 4000);
    EXPECT_EQ_INT(pool_meters_bound(12), UINT64_C(16777216000));
    EXPECT(pool_meters_bound(13) == UINT64_MAX);
    pool_meters_time(&histogram, 0);
    pool_meters_time(&histogram, 1000);
    pool_meters_time(&histogram, 1001);
    pool_meters_time(&histogram, UINT64_C(16777216000));
    pool_meters_time(&histogram, UINT64_C(16777216001));
    EXPECT_EQ_INT(histogram.buckets[0], 2);
    EXPECT_EQ_INT(histogram.buckets[1], 1);
    EXPECT_EQ_INT(histogram.buckets[12], 1);
    EXPECT_EQ_INT(histogram.buckets[13], 1);
    EXPECT_EQ_INT(histogram.count, 5);
    EXPECT_EQ_INT(histogram.sum_ns, UINT64_C(33554434002));
}

static int look_inside(viv_host_call *host_call, const viv_value *args,
                       viv_value *results, void *cookie)
{
    (void)host_call, (void)cookie;
    look();
    results[0].i32 = args[0].i32;
    return 0;
}

TEST(levels_go_up_and_down)
{
    make_image(look_inside);
    open_pool(2);
    ask(acquire_one(), "ask", 1);
    EXPECT_EQ_INT(meters.live, 1);
    EXPECT_EQ_INT(meters.held, 1);
    EXPECT_EQ_INT(meters.running, 1);
    EXPECT_EQ_INT(meters.waiting, 0);
    host = later;
    EXPECT_EQ_INT(call(held, "ask", 1, NULL), VIV_WAITING);
    look();
    EXPECT_EQ_INT(meters.running, 0);
    EXPECT_EQ_INT(meters.waiting, 1);
    EXPECT(meters.shared_bytes > 0);
    EXPECT_EQ_INT(meters.private_bytes, 0);
    release(held);
    look();
    EXPECT_EQ_INT(meters.held, 0);
    EXPECT_EQ_INT(meters.waiting, 0);
    EXPECT_EQ_INT(meters.idle, 1);
    EXPECT(meters.private_bytes > 0);
    viv_pool_close(pool);
    look();
    EXPECT_EQ_INT(meters.live, 0);
    EXPECT_EQ_INT(meters.freed, 1);
    close_pool();
}

TEST(counts_and_times_go_up)
{
    open_pool(1);
    for (int n = 0; n < 3; n++) {
        ask(acquire_one(), "set", 5);
        release(held);
    }
    look();
    EXPECT_EQ_INT(meters.made, 1);
    EXPECT_EQ_INT(meters.acquired, 3);
    EXPECT_EQ_INT(meters.released, 3);
    EXPECT_EQ_INT(meters.returned, 3);
    EXPECT_EQ_INT(meters.resets, 3);
    EXPECT_EQ_INT(meters.recycled_use, 3);
    EXPECT(meters.pages_dirtied >= 6);
    EXPECT_EQ_INT(meters.acquire.count, 3);
    EXPECT(meters.acquire.sum_ns > 0);
    EXPECT_EQ_INT(meters.reset.count, 3);
    EXPECT(meters.reset.sum_ns > 0);
    close_pool();
}

/* Each is an outcome of the latest call before a release. */
TEST(outcomes_are_counted_by_kind)
{
    viv_limits few;

    make_image(leave_now);
    viv_limits_default(&few);
    few.run_ns = 5 * MS;
    config.limits = &few;
    open_pool(1);
    EXPECT_EQ_INT(call(acquire_one(), "ask", 3, NULL), VIV_EXITED);
    release(held);
    EXPECT_EQ_INT(call(acquire_one(), "loop", 3, NULL), VIV_SPENT);
    release(held);
    look();
    EXPECT_EQ_INT(meters.exited, 1);
    EXPECT_EQ_INT(meters.spent, 1);
    EXPECT_EQ_INT(meters.recycled_bad, 2);
    close_pool();
}
