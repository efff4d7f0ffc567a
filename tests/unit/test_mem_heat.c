/* test_mem_heat.c - how long shall a page stay in memory?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_heat.h"

#include <signal.h>

#include "base/base_alloc.h"
#include "test.h"

static struct mem_heat heat;

static void begin(void)
{
    EXPECT(mem_heat_init(&heat, 10));
}

static void wait_for(int resets)
{
    for (int i = 0; i < resets; i++)
        mem_heat_tick(&heat);
}

/* It goes, and comes back after `resets`. */
static uint32_t back_after(size_t page, int resets)
{
    mem_heat_go(&heat, page);
    wait_for(resets);
    return mem_heat_come(&heat, page);
}

TEST(a_page_that_comes_for_the_first_time_stays_shortly)
{
    begin();
    EXPECT_EQ_INT(mem_heat_come(&heat, 0), 1);
    wait_for(1000);
    EXPECT_EQ_INT(mem_heat_come(&heat, 9), 1);
    mem_heat_fini(&heat);
}

TEST(each_time_that_it_is_soon_back_it_stays_longer)
{
    static const uint32_t patience[] = {4, 16, 64, 256, 1024, 1024, 1024};

    begin();
    mem_heat_come(&heat, 3);
    for (size_t i = 0; i < sizeof(patience) / sizeof(patience[0]); i++)
        EXPECT_EQ_INT(back_after(3, 1), patience[i]);
    EXPECT_EQ_INT(mem_heat_come(&heat, 4), 1);
    mem_heat_fini(&heat);
}

TEST(soon_is_within_sixty_four_resets)
{
    begin();
    mem_heat_come(&heat, 3);
    EXPECT_EQ_INT(back_after(3, 64), 4);
    EXPECT_EQ_INT(back_after(3, 64), 16);
    EXPECT_EQ_INT(back_after(3, 80), 1);
    EXPECT_EQ_INT(back_after(3, 200), 1);
    EXPECT_EQ_INT(back_after(3, 430), 1);
    EXPECT_EQ_INT(back_after(3, 1), 4);
    mem_heat_fini(&heat);
}

TEST(what_changes_while_it_is_kept_stays_for_some_time)
{
    begin();
    mem_heat_come(&heat, 3);
    EXPECT_EQ_INT(mem_heat_change(&heat, 3), 4);
    EXPECT_EQ_INT(mem_heat_change(&heat, 3), 16);
    EXPECT_EQ_INT(mem_heat_change(&heat, 3), 16);
    EXPECT_EQ_INT(back_after(3, 1), 64);
    EXPECT_EQ_INT(mem_heat_change(&heat, 3), 64);
    mem_heat_fini(&heat);
}

static void come_beyond(void)
{
    mem_heat_come(&heat, 10);
}

TEST(a_page_beyond_the_last_is_our_own_mistake)
{
    begin();
    EXPECT_DIES(SIGABRT, come_beyond);
    mem_heat_fini(&heat);
}

TEST(without_memory_there_is_none)
{
    base_alloc_fail_at(1);
    EXPECT(!mem_heat_init(&heat, 10));
    base_alloc_fail_at(0);
    mem_heat_tick(&heat);
    mem_heat_fini(&heat);
}
