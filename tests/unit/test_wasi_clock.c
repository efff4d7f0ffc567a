/* test_wasi_clock.c - what time a guest is told.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_clock.h"

#include <unistd.h>

#include "os/os_clock.h"
#include "wasi_tools.h"

#define MS UINT64_C(1000000)

static void begin_clock(uint32_t clock, uint64_t start_ns)
{
    viv_wasi said;

    viv_wasi_default(&said);
    said.clock = clock;
    said.clock_start_ns = start_ns;
    begin(&said);
}

TEST(a_fine_clock_is_the_hosts)
{
    uint64_t before = os_clock_wall(), now;

    begin_clock(VIV_CLOCK_FINE, 0);
    now = wasi_clock_now(wasi, WASI_CLOCK_WALL);
    EXPECT(now >= before && now <= os_clock_wall());
    EXPECT_EQ_INT(wasi_clock_resolution(wasi), 1);
    now = wasi_clock_now(wasi, WASI_CLOCK_MONOTONIC);
    usleep(2000);
    EXPECT(wasi_clock_now(wasi, WASI_CLOCK_MONOTONIC) >= now + 2 * MS);
    end();
}

TEST(a_coarse_clock_goes_by_milliseconds)
{
    begin_clock(VIV_CLOCK_COARSE, 0);
    for (int i = 0; i < 100; i++)
        for (uint32_t clock = 0; clock < WASI_CLOCK_COUNT; clock++)
            EXPECT_EQ_INT(wasi_clock_now(wasi, clock) % MS, 0);
    EXPECT_EQ_INT(wasi_clock_resolution(wasi), MS);
    end();
}

TEST(how_long_the_machine_is_up_is_not_told)
{
    uint64_t now;

    begin_clock(VIV_CLOCK_FINE, 0);
    now = wasi_clock_now(wasi, WASI_CLOCK_MONOTONIC);
    EXPECT(now >= VIV_NS_PER_S && now < 2 * VIV_NS_PER_S);
    now = wasi_clock_now(wasi, WASI_CLOCK_WORK);
    EXPECT(now >= VIV_NS_PER_S && now < 2 * VIV_NS_PER_S);
    end();
}

TEST(a_frozen_clock_stands_still)
{
    begin_clock(VIV_CLOCK_FROZEN, 12345);
    for (int i = 0; i < 3; i++) {
        EXPECT_EQ_INT(wasi_clock_now(wasi, WASI_CLOCK_WALL), 12345);
        EXPECT_EQ_INT(wasi_clock_now(wasi, WASI_CLOCK_MONOTONIC), VIV_NS_PER_S);
        EXPECT_EQ_INT(wasi_clock_now(wasi, WASI_CLOCK_THREAD), VIV_NS_PER_S);
        wasi_clock_slept(wasi, 1000);
    }
    end();
}

TEST(a_clock_of_steps_goes_when_it_is_looked_at_and_by_sleep)
{
    begin_clock(VIV_CLOCK_STEPS, 5000000);
    EXPECT_EQ_INT(wasi_clock_now(wasi, WASI_CLOCK_WALL), 5001000);
    EXPECT_EQ_INT(wasi_clock_now(wasi, WASI_CLOCK_MONOTONIC),
                  VIV_NS_PER_S + 2000);
    EXPECT_EQ_INT(wasi_clock_wall(wasi),
                  5002000); /* does not count as a look */
    wasi_clock_slept(wasi, 7);
    EXPECT_EQ_INT(wasi_clock_now(wasi, WASI_CLOCK_WALL), 5003007);
    EXPECT_EQ_INT(wasi_clock_resolution(wasi), 1000);
    end();
}

TEST(time_until_a_time)
{
    begin_clock(VIV_CLOCK_FROZEN, 1000);
    EXPECT_EQ_INT(wasi_clock_until(wasi, WASI_CLOCK_WALL, 1500), 500);
    EXPECT_EQ_INT(wasi_clock_until(wasi, WASI_CLOCK_WALL, 1000), 0);
    EXPECT_EQ_INT(wasi_clock_until(wasi, WASI_CLOCK_WALL, 1), 0);
    EXPECT_EQ_INT(wasi_clock_until(wasi, WASI_CLOCK_WALL, UINT64_MAX),
                  UINT64_MAX - 1000);
    end();
}

/* Whoever loads it elsewhere goes on from what the guest has seen. */
TEST(what_a_guest_has_seen_is_in_its_store)
{
    uint64_t seen;

    begin_clock(VIV_CLOCK_FINE, 0);
    wasi_clock_now(wasi, WASI_CLOCK_MONOTONIC);
    usleep(10);
    seen = wasi_clock_now(wasi, WASI_CLOCK_MONOTONIC);
    EXPECT_EQ_INT(wasi_head(wasi)->seen[WASI_SEEN_MONOTONIC], seen);
    wasi_head(wasi)->seen[WASI_SEEN_MONOTONIC] = 500 * VIV_NS_PER_S;
    EXPECT_EQ_INT(viv_wasi_apply(guest.sandbox, NULL, NULL), 0);
    EXPECT_EQ_INT(wasi_of((struct sandbox *)guest.sandbox, &wasi, NULL), 0);
    EXPECT(wasi_clock_now(wasi, WASI_CLOCK_MONOTONIC) >= 500 * VIV_NS_PER_S);
    EXPECT_EQ_INT(viv_sandbox_reset(guest.sandbox, NULL), 0);
    EXPECT(wasi_clock_now(wasi, WASI_CLOCK_MONOTONIC) < 2 * VIV_NS_PER_S);
    end();
}

TEST(a_forged_store_makes_odd_times_and_nothing_worse)
{
    begin_clock(VIV_CLOCK_FINE, 0);
    wasi_head(wasi)->seen[WASI_SEEN_MONOTONIC] = UINT64_MAX;
    wasi_head(wasi)->ticks = UINT64_MAX;
    wasi_clock_now(wasi, WASI_CLOCK_MONOTONIC);
    end();
    begin_clock(VIV_CLOCK_STEPS, UINT64_MAX);
    wasi_head(wasi)->ticks = UINT64_MAX;
    wasi_clock_now(wasi, WASI_CLOCK_WALL);
    end();
}

/* Its clocks are there, but forget. */
TEST(without_a_store_there_is_time_too)
{
    viv_limits limits;
    viv_wasi said;

    viv_limits_default(&limits);
    limits.file_bytes = 0;
    viv_wasi_default(&said);
    begin_with(WAT, &said, &limits);
    EXPECT(wasi_head(wasi) == NULL);
    EXPECT(wasi_clock_now(wasi, WASI_CLOCK_MONOTONIC) >= VIV_NS_PER_S);
    end();
    said.clock = VIV_CLOCK_STEPS;
    begin_with(WAT, &said, &limits);
    EXPECT_EQ_INT(wasi_clock_now(wasi, WASI_CLOCK_MONOTONIC), VIV_NS_PER_S);
    end();
}
