/* test_mem_region.c - one reserved stretch of address space with guards.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_region.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "os/os_fail.h"
#include "os/os_map.h"
#include "test.h"

#define PAGE OS_PAGE_BYTES

static const struct mem_shape SMALL = {PAGE, 2 * PAGE, 8 * PAGE, 3 * PAGE};
static struct mem_region region;
static char *victim;

static void write_victim(void)
{
    signal(SIGSEGV, SIG_DFL);
    *(volatile char *)victim = 1;
}

static void expect_closed(char *at)
{
    victim = at;
    EXPECT_DIES(SIGSEGV, write_victim);
}

static void begin(size_t linear_bytes)
{
    EXPECT_EQ_INT(mem_region_init(&region, &SMALL, linear_bytes, NULL), 0);
}

TEST(state_and_linear_memory_are_open_and_zero)
{
    begin(2 * PAGE);
    for (char *at = region.base - 2 * PAGE; at < region.base + 2 * PAGE; at++)
        EXPECT_EQ_INT(*at, 0);
    memset(region.base - 2 * PAGE, 1, 4 * PAGE);
    mem_region_check(&region);
    mem_region_fini(&region);
}

TEST(all_around_is_closed_to_the_byte)
{
    begin(2 * PAGE);
    expect_closed(region.base - 2 * PAGE - 1);
    expect_closed(region.low);
    expect_closed(region.base + 2 * PAGE);
    expect_closed(region.base + 8 * PAGE);
    expect_closed(region.low + region.bytes - 1);
    mem_region_fini(&region);
}

TEST(growing_opens_as_much_as_was_asked_for)
{
    begin(0);
    expect_closed(region.base);
    EXPECT_EQ_INT(mem_region_grow(&region, 3 * PAGE), 0);
    region.base[3 * PAGE - 1] = 7;
    expect_closed(region.base + 3 * PAGE);
    EXPECT_EQ_INT(mem_region_grow(&region, 8 * PAGE), 0);
    EXPECT_EQ_INT(region.base[3 * PAGE - 1], 7);
    EXPECT_EQ_INT(region.base[8 * PAGE - 1], 0);
    expect_closed(region.base + 8 * PAGE);
    EXPECT_EQ_INT(mem_region_grow(&region, 8 * PAGE), 0);
    mem_region_fini(&region);
}

static void grow_too_far(void)
{
    (void)mem_region_grow(&region, 9 * PAGE);
}

static void shrink(void)
{
    (void)mem_region_grow(&region, 0);
}

TEST(growing_too_far_or_back_is_our_own_mistake)
{
    begin(PAGE);
    EXPECT_DIES(SIGABRT, grow_too_far);
    EXPECT_DIES(SIGABRT, shrink);
    mem_region_fini(&region);
}

TEST(has_knows_linear_memory_and_its_guard)
{
    begin(PAGE);
    EXPECT(!mem_region_has(&region, (uintptr_t)region.base - 1));
    EXPECT(mem_region_has(&region, (uintptr_t)region.base));
    EXPECT(mem_region_has(&region, (uintptr_t)region.base + 11 * PAGE - 1));
    EXPECT(!mem_region_has(&region, (uintptr_t)region.base + 11 * PAGE));
    mem_region_fini(&region);
}

static bool is_mapped(char *at)
{
    unsigned char there;

    return mincore(at, PAGE, &there) == 0;
}

TEST(all_of_it_is_given_back)
{
    char *low, *base;

    begin(PAGE);
    low = region.low;
    base = region.base;
    mem_region_fini(&region);
    EXPECT(!is_mapped(low));
    EXPECT(!is_mapped(base));
    EXPECT(region.base == NULL);
    mem_region_fini(&region);
}

TEST(failing_system_calls_leave_nothing_and_change_nothing)
{
    viv_error err;

    for (int n = 1; n <= 2; n++) {
        os_fail_at((uint64_t)n);
        EXPECT_EQ_INT(mem_region_init(&region, &SMALL, PAGE, &err), VIV_ENOMEM);
        EXPECT(err.text[0] != '\0');
        os_fail_at(0);
    }
    begin(PAGE);
    os_fail_at(1);
    EXPECT_EQ_INT(mem_region_grow(&region, 2 * PAGE), VIV_ENOMEM);
    os_fail_at(0);
    EXPECT_EQ_INT(region.linear_bytes, PAGE);
    mem_region_check(&region);
    expect_closed(region.base + PAGE);
    mem_region_fini(&region);
}

TEST(more_than_the_machine_has_is_refused)
{
    struct mem_shape huge = SMALL;

    huge.linear_max_bytes = (size_t)1 << 50;
    EXPECT_EQ_INT(mem_region_init(&region, &huge, 0, NULL), VIV_ENOMEM);
}
