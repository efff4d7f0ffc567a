/* test_wasi_abi_clock.c - preview 1: clocks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi_tools.h"

TEST(every_clock_has_a_time_and_a_resolution)
{
    begin(NULL);
    for (uint32_t clock = 0; clock < 4; clock++) {
        EXPECT_EQ_INT(ASK(clock_res_get, I(clock), I(0)), 0);
        EXPECT_EQ_INT(long_at(0), 1000000);
        EXPECT_EQ_INT(ASK(clock_time_get, I(clock), L(1), I(8)), 0);
        EXPECT(long_at(8) > 0);
        EXPECT_EQ_INT(long_at(8) % 1000000, 0);
    }
    end();
}

TEST(other_clocks_are_refused)
{
    begin(NULL);
    EXPECT_EQ_INT(ASK(clock_res_get, I(4), I(0)), WASI_EINVAL);
    EXPECT_EQ_INT(ASK(clock_time_get, I(4), L(0), I(0)), WASI_EINVAL);
    EXPECT_EQ_INT(ASK(clock_time_get, I(UINT32_MAX), L(0), I(0)), WASI_EINVAL);
    end();
}

TEST(addresses_beyond_memory_are_faults)
{
    begin(NULL);
    EXPECT_EQ_INT(ASK(clock_res_get, I(0), I(PAGE_BYTES - 7)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(clock_time_get, I(0), L(0), I(PAGE_BYTES - 7)),
                  WASI_EFAULT);
    EXPECT_EQ_INT(ASK(clock_time_get, I(0), L(0), I(PAGE_BYTES - 8)), 0);
    end();
}
