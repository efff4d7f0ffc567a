/* test_vfs_arena.c - what a guest can change about its files, in one stretch.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs_fixture.h"

static struct vfs_arena *arena = &fixture_arena;

TEST(blocks_are_given_out_until_there_are_none)
{
    fixture_begin(3);
    for (uint32_t i = 0; i < 3; i++)
        EXPECT_EQ_INT(vfs_arena_take(arena, true), arena->first + i);
    EXPECT_EQ_INT(vfs_arena_take(arena, true), 0);
    EXPECT_EQ_INT(fixture_used(), 3);
}

TEST(what_is_given_back_is_given_out_again_first)
{
    uint32_t a, b;

    fixture_begin(4);
    a = vfs_arena_take(arena, true);
    b = vfs_arena_take(arena, true);
    vfs_arena_give(arena, a);
    vfs_arena_give(arena, b);
    EXPECT_EQ_INT(fixture_used(), 0);
    EXPECT_EQ_INT(vfs_arena_take(arena, true), b);
    EXPECT_EQ_INT(vfs_arena_take(arena, true), a);
    EXPECT_EQ_INT(vfs_arena_take(arena, true), b + 1);
}

TEST(a_block_of_zeros_is_one_whatever_it_held)
{
    static const char zeros[VFS_BLOCK_BYTES];
    uint32_t number;

    fixture_begin(1);
    number = vfs_arena_take(arena, true);
    memset(vfs_arena_block(arena, number), 'x', VFS_BLOCK_BYTES);
    vfs_arena_give(arena, number);
    EXPECT_EQ_INT(vfs_arena_take(arena, true), number);
    EXPECT_EQ_MEM(vfs_arena_block(arena, number), zeros, VFS_BLOCK_BYTES);
}

TEST(a_number_that_is_no_block_is_none)
{
    fixture_begin(2);
    EXPECT(vfs_arena_block(arena, 0) == NULL);
    EXPECT(vfs_arena_block(arena, arena->first - 1) == NULL);
    EXPECT(vfs_arena_block(arena, arena->first) != NULL);
    EXPECT(vfs_arena_block(arena, arena->blocks - 1) != NULL);
    EXPECT(vfs_arena_block(arena, arena->blocks) == NULL);
    EXPECT(vfs_arena_block(arena, UINT32_MAX) == NULL);
    vfs_arena_give(arena, 0);
    vfs_arena_give(arena, UINT32_MAX);
    EXPECT_EQ_INT(vfs_arena_head(arena)->free, 0);
}

TEST(forged_lists_lead_nowhere)
{
    uint32_t number;

    fixture_begin(2);
    number = vfs_arena_take(arena, true);
    vfs_arena_give(arena, number);
    memset(vfs_arena_block(arena, number), 0xff, 4);
    EXPECT_EQ_INT(vfs_arena_take(arena, false), number);
    EXPECT_EQ_INT(vfs_arena_take(arena, false), number + 1);
    EXPECT_EQ_INT(vfs_arena_take(arena, false), 0);
    vfs_arena_head(arena)->fresh = UINT32_MAX;
    vfs_arena_head(arena)->free = 1;
    EXPECT_EQ_INT(vfs_arena_take(arena, true), 0);
    vfs_arena_head(arena)->fresh = 0;
    EXPECT_EQ_INT(vfs_arena_take(arena, true), 0);
}

TEST(a_list_that_comes_round_gives_the_same_block_again)
{
    uint32_t number;

    fixture_begin(1);
    number = vfs_arena_take(arena, true);
    vfs_arena_give(arena, number);
    vfs_arena_give(arena, number);
    for (int i = 0; i < 1000; i++)
        EXPECT_EQ_INT(vfs_arena_take(arena, false), number);
}

TEST(an_arena_is_known_by_its_head)
{
    struct vfs_arena other;
    viv_error err;

    fixture_begin(2);
    EXPECT_EQ_INT(vfs_arena_check(arena, &err), 0);
    other = *arena;
    other.blocks--;
    EXPECT_EQ_INT(vfs_arena_check(&other, &err), VIV_EVERSION);
    EXPECT_HAS_STR(err.text, "in 4 blocks with 8 descriptors");
    other = *arena;
    other.descriptors++;
    EXPECT_EQ_INT(vfs_arena_check(&other, &err), VIV_EVERSION);
    vfs_arena_head(arena)->version++;
    EXPECT_EQ_INT(vfs_arena_check(arena, &err), VIV_EVERSION);
    vfs_arena_head(arena)->magic++;
    EXPECT_EQ_INT(vfs_arena_check(arena, &err), VIV_EFORMAT);
}

TEST(what_is_used_is_counted_in_bytes)
{
    fixture_begin(5);
    EXPECT_EQ_INT(vfs_arena_used_bytes(arena), 2 * VFS_BLOCK_BYTES);
    vfs_arena_take(arena, true);
    EXPECT_EQ_INT(vfs_arena_used_bytes(arena), 3 * VFS_BLOCK_BYTES);
    vfs_arena_head(arena)->used = UINT32_MAX;
    EXPECT_EQ_INT(vfs_arena_used_bytes(arena), 7 * VFS_BLOCK_BYTES);
}

TEST(an_arena_of_more_blocks_than_numbers_has_as_many_as_numbers)
{
    static char page[VFS_BLOCK_BYTES] __attribute__((aligned(4096)));
    struct vfs_arena huge;

    vfs_arena_init(&huge, page, UINT64_MAX, 1);
    EXPECT_EQ_INT(huge.blocks, VFS_BLOCKS_MAX);
}
