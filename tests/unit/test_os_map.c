/* test_os_map.c - address space and the pages behind it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_map.h"

#include <signal.h>
#include <string.h>

#include "os/os_fail.h"
#include "os/os_memfd.h"
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

/* Every second of `count` pages is discarded, the others stay. */
static void discard_every_second(size_t count)
{
    struct os_map_part parts[OS_MAP_PARTS_MAX];

    mapping = os_map_take(2 * OS_MAP_PARTS_MAX * OS_PAGE_BYTES);
    memset(mapping, 7, 2 * OS_MAP_PARTS_MAX * OS_PAGE_BYTES);
    for (size_t i = 0; i < count; i++)
        parts[i] = (struct os_map_part){mapping + 2 * i * OS_PAGE_BYTES,
                                        OS_PAGE_BYTES};
    EXPECT_EQ_INT(os_map_discard_all(parts, count), 0);
    for (size_t i = 0; i < OS_MAP_PARTS_MAX; i++) {
        EXPECT_EQ_INT(mapping[2 * i * OS_PAGE_BYTES], i < count ? 0 : 7);
        EXPECT_EQ_INT(mapping[(2 * i + 1) * OS_PAGE_BYTES], 7);
    }
    os_map_release(mapping, 2 * OS_MAP_PARTS_MAX * OS_PAGE_BYTES);
}

TEST(many_parts_can_be_discarded_at_once)
{
    discard_every_second(0);
    discard_every_second(1);
    discard_every_second(2);
    discard_every_second(OS_MAP_PARTS_MAX);
}

static void discard_too_many(void)
{
    static struct os_map_part parts[OS_MAP_PARTS_MAX + 1];

    (void)os_map_discard_all(parts, OS_MAP_PARTS_MAX + 1);
}

TEST(too_many_parts_are_our_own_mistake)
{
    EXPECT_DIES(SIGABRT, discard_too_many);
}

/* At most three calls for two parts: for both, and if that fails, for each. */
TEST(parts_that_cannot_be_discarded_are_an_error)
{
    struct os_map_part parts[2];

    mapping = os_map_take(3 * OS_PAGE_BYTES);
    parts[0] = (struct os_map_part){mapping, OS_PAGE_BYTES};
    parts[1] = (struct os_map_part){mapping + 2 * OS_PAGE_BYTES, OS_PAGE_BYTES};
    os_fail_at(1);
    EXPECT_EQ_INT(os_map_discard_all(parts, 2), VIV_EIO);
    os_fail_at(4);
    EXPECT_EQ_INT(os_map_discard_all(parts, 2), 0);
    os_fail_at(0);
    os_map_release(mapping, 3 * OS_PAGE_BYTES);
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

/* One page of 'a', one of 'b'. */
static int two_pages(void)
{
    int fd = -1;

    EXPECT_EQ_INT(os_memfd_open("test", 2 * OS_PAGE_BYTES, &fd, NULL), 0);
    EXPECT_EQ_INT(os_memfd_write(fd, 0, "a", 1, NULL), 0);
    EXPECT_EQ_INT(os_memfd_write(fd, OS_PAGE_BYTES, "b", 1, NULL), 0);
    return fd;
}

TEST(a_private_mapping_keeps_what_is_written_to_itself)
{
    int fd = two_pages();
    char *other = os_map_reserve(2 * OS_PAGE_BYTES);

    mapping = os_map_reserve(4 * OS_PAGE_BYTES);
    EXPECT_EQ_INT(
        os_map_private(mapping + OS_PAGE_BYTES, 2 * OS_PAGE_BYTES, fd, 0), 0);
    EXPECT_EQ_INT(os_map_private(other, 2 * OS_PAGE_BYTES, fd, 0), 0);
    os_memfd_close(fd);
    EXPECT_EQ_INT(mapping[OS_PAGE_BYTES], 'a');
    mapping[OS_PAGE_BYTES] = 'c';
    mapping[2 * OS_PAGE_BYTES] = 'd';
    EXPECT_EQ_INT(other[0], 'a');
    EXPECT_EQ_INT(other[OS_PAGE_BYTES], 'b');
    EXPECT_DIES(SIGSEGV, write_first_byte);
    EXPECT_EQ_INT(os_map_discard(mapping + OS_PAGE_BYTES, OS_PAGE_BYTES), 0);
    EXPECT_EQ_INT(mapping[OS_PAGE_BYTES], 'a');
    os_map_release(mapping, 4 * OS_PAGE_BYTES);
    os_map_release(other, 2 * OS_PAGE_BYTES);
}

TEST(a_view_can_be_read_and_not_written)
{
    int fd = two_pages();

    EXPECT_EQ_INT(os_memfd_seal(fd, NULL), 0);
    mapping = (char *)os_map_view(2 * OS_PAGE_BYTES, fd, 0);
    EXPECT(mapping != NULL);
    os_memfd_close(fd);
    EXPECT_EQ_INT(mapping[0], 'a');
    EXPECT_DIES(SIGSEGV, write_first_byte);
    os_map_release(mapping, 2 * OS_PAGE_BYTES);
}

TEST(what_is_closed_is_as_if_it_had_never_been_opened)
{
    mapping = os_map_reserve(3 * OS_PAGE_BYTES);
    EXPECT_EQ_INT(os_map_commit(mapping, 3 * OS_PAGE_BYTES), 0);
    memset(mapping, 7, 3 * OS_PAGE_BYTES);
    EXPECT_EQ_INT(os_map_close(mapping, 2 * OS_PAGE_BYTES), 0);
    EXPECT_DIES(SIGSEGV, read_first_byte);
    EXPECT_EQ_INT(mapping[2 * OS_PAGE_BYTES], 7);
    EXPECT_EQ_INT(os_map_commit(mapping, OS_PAGE_BYTES), 0);
    EXPECT_EQ_INT(mapping[0], 0);
    os_map_release(mapping, 3 * OS_PAGE_BYTES);
}

TEST(every_call_that_can_fail_does_when_asked)
{
    int fd = two_pages();

    mapping = os_map_take(OS_PAGE_BYTES);
    os_fail_at(1);
    EXPECT(os_map_reserve(OS_PAGE_BYTES) == NULL);
    EXPECT(os_map_take(OS_PAGE_BYTES) == NULL);
    EXPECT_EQ_INT(os_map_commit(mapping, OS_PAGE_BYTES), VIV_ENOMEM);
    EXPECT_EQ_INT(os_map_guard(mapping, OS_PAGE_BYTES), VIV_ENOMEM);
    EXPECT_EQ_INT(os_map_discard(mapping, OS_PAGE_BYTES), VIV_EIO);
    EXPECT_EQ_INT(os_map_private(mapping, OS_PAGE_BYTES, fd, 0), VIV_ENOMEM);
    EXPECT(os_map_view(OS_PAGE_BYTES, fd, 0) == NULL);
    EXPECT_EQ_INT(os_map_close(mapping, OS_PAGE_BYTES), VIV_ENOMEM);
    os_fail_at(0);
    os_memfd_close(fd);
    os_map_release(mapping, OS_PAGE_BYTES);
}

TEST(nothing_is_done_for_no_bytes)
{
    EXPECT_EQ_INT(os_map_commit(NULL, 0), 0);
    EXPECT_EQ_INT(os_map_discard(NULL, 0), 0);
    EXPECT_EQ_INT(os_map_private(NULL, 0, -1, 0), 0);
    EXPECT_EQ_INT(os_map_close(NULL, 0), 0);
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
