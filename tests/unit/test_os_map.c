/* test_os_map.c - address space and the pages behind it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_map.h"

#include <signal.h>
#include <string.h>

#include "os/os_fail.h"
#include "test.h"
#include "vivarium.h"

static char *mapping;

static void read_first_byte(void)
{
    signal(SIGSEGV, SIG_DFL);
    (void)*(volatile char *)mapping;
}

static void write_first_byte(void)
{
    signal(SIGSEGV, SIG_DFL);
    *(volatile char *)mapping = 1;
}

TEST(what_is_reserved_can_be_neither_read_nor_written)
{
    mapping = os_map_reserve(OS_PAGE_BYTES);
    EXPECT(mapping != NULL);
    EXPECT_DIES(SIGSEGV, read_first_byte);
    EXPECT_DIES(SIGSEGV, write_first_byte);
    os_map_release(mapping, OS_PAGE_BYTES);
}

TEST(gigabytes_can_be_reserved)
{
    size_t bytes = (size_t)1 << 33;

    mapping = os_map_reserve(bytes);
    EXPECT(mapping != NULL);
    os_map_release(mapping, bytes);
}

TEST(more_than_there_is_cannot)
{
    EXPECT(os_map_reserve((size_t)1 << 50) == NULL);
    EXPECT(os_map_take((size_t)1 << 50) == NULL);
}

TEST(only_the_committed_part_is_opened)
{
    mapping = os_map_reserve(3 * OS_PAGE_BYTES);
    EXPECT_EQ_INT(os_map_commit(mapping + OS_PAGE_BYTES, OS_PAGE_BYTES), 0);
    EXPECT_EQ_INT(mapping[OS_PAGE_BYTES], 0);
    memset(mapping + OS_PAGE_BYTES, 7, OS_PAGE_BYTES);
    EXPECT_DIES(SIGSEGV, write_first_byte);
    mapping += 2 * OS_PAGE_BYTES;
    EXPECT_DIES(SIGSEGV, write_first_byte);
    os_map_release(mapping - 2 * OS_PAGE_BYTES, 3 * OS_PAGE_BYTES);
}

TEST(committing_again_keeps_what_is_there)
{
    mapping = os_map_reserve(2 * OS_PAGE_BYTES);
    EXPECT_EQ_INT(os_map_commit(mapping, OS_PAGE_BYTES), 0);
    mapping[0] = 7;
    EXPECT_EQ_INT(os_map_commit(mapping, 2 * OS_PAGE_BYTES), 0);
    EXPECT_EQ_INT(mapping[0], 7);
    os_map_release(mapping, 2 * OS_PAGE_BYTES);
}

TEST(what_is_discarded_is_zeros)
{
    mapping = os_map_take(2 * OS_PAGE_BYTES);
    mapping[0] = 7;
    mapping[OS_PAGE_BYTES] = 8;
    EXPECT_EQ_INT(os_map_discard(mapping, OS_PAGE_BYTES), 0);
    EXPECT_EQ_INT(mapping[0], 0);
    EXPECT_EQ_INT(mapping[OS_PAGE_BYTES], 8);
    os_map_release(mapping, 2 * OS_PAGE_BYTES);
}

TEST(a_guard_cannot_be_touched_and_its_neighbour_can)
{
    mapping = os_map_take(2 * OS_PAGE_BYTES);
    EXPECT_EQ_INT(os_map_guard(mapping, OS_PAGE_BYTES), 0);
    mapping[OS_PAGE_BYTES] = 1;
    EXPECT_DIES(SIGSEGV, read_first_byte);
    os_map_small_pages(mapping + OS_PAGE_BYTES, OS_PAGE_BYTES);
    EXPECT_EQ_INT(mapping[OS_PAGE_BYTES], 1);
    os_map_release(mapping, 2 * OS_PAGE_BYTES);
}

TEST(every_call_that_can_fail_does_when_asked)
{
    mapping = os_map_take(OS_PAGE_BYTES);
    os_fail_at(1);
    EXPECT(os_map_reserve(OS_PAGE_BYTES) == NULL);
    EXPECT(os_map_take(OS_PAGE_BYTES) == NULL);
    EXPECT_EQ_INT(os_map_commit(mapping, OS_PAGE_BYTES), VIV_ENOMEM);
    EXPECT_EQ_INT(os_map_guard(mapping, OS_PAGE_BYTES), VIV_ENOMEM);
    EXPECT_EQ_INT(os_map_discard(mapping, OS_PAGE_BYTES), VIV_EIO);
    os_fail_at(0);
    os_map_release(mapping, OS_PAGE_BYTES);
}

TEST(nothing_is_done_for_no_bytes)
{
    EXPECT_EQ_INT(os_map_commit(NULL, 0), 0);
    EXPECT_EQ_INT(os_map_discard(NULL, 0), 0);
    os_map_release(NULL, 0);
}

TEST(sizes_round_up_to_pages)
{
    EXPECT_EQ_INT(os_map_round(0), 0);
    EXPECT_EQ_INT(os_map_round(1), 4096);
    EXPECT_EQ_INT(os_map_round(4096), 4096);
    EXPECT_EQ_INT(os_map_round(4097), 8192);
    EXPECT_EQ_INT(os_map_round(SIZE_MAX), 0);
}
