/* test_wasi_abi_sched.c - preview 1: making room for others.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi_tools.h"

TEST(who_makes_room_is_thanked)
{
    begin(NULL);
    EXPECT_EQ_INT(wasi_abi_sched_yield(wasi, NULL), 0);
    EXPECT_EQ_INT(guest_ask(&guest, "yield", 0), 0);
    end();
}
