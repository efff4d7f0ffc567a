/* clock.c - clocks: which there are, and which way they go.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <time.h>

#include "check.h"

#define CLOCKS 4

static uint64_t now(uint32_t clock)
{
    uint64_t ns = 0;

    EXPECT_EQ(raw_clock_time_get(clock, 0, &ns), ER_OK);
    return ns;
}

static void check_each(uint32_t clock)
{
    uint64_t ns = 0, before, after;

    EXPECT_EQ(raw_clock_res_get(clock, &ns), ER_OK);
    EXPECT(ns > 0 && ns <= 1000000000);
    before = now(clock);
    EXPECT(before > 0);
    for (int i = 0; i < 10000; i++) {
        after = now(clock);
        EXPECT(after >= before || clock == 0);
        before = after;
    }
    EXPECT_EQ(raw_clock_res_get(clock, NOWHERE(uint64_t *)), ER_FAULT);
    EXPECT_EQ(raw_clock_time_get(clock, 0, NOWHERE(uint64_t *)), ER_FAULT);
}

/* Time goes on while we work. */
static void check_progress(uint32_t clock)
{
    uint64_t before = now(clock);
    volatile uint64_t work = 0;

    while (now(clock) < before + 5000000)
        work++;
    EXPECT(work > 0);
}

int main(void)
{
    uint64_t ns;

    for (uint32_t clock = 0; clock < CLOCKS; clock++)
        check_each(clock);
    for (uint32_t clock = 1; clock < CLOCKS; clock++)
        check_progress(clock);
    EXPECT_EQ(raw_clock_res_get(CLOCKS, &ns), ER_INVAL);
    EXPECT_EQ(raw_clock_time_get(CLOCKS, 0, &ns), ER_INVAL);
    EXPECT_EQ(raw_clock_time_get(UINT32_MAX, 0, &ns), ER_INVAL);
    EXPECT(time(NULL) > 1700000000); /* the year 2023 */
    return 0;
}
