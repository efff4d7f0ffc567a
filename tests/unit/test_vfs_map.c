/* test_vfs_map.c - where the bytes of a file are.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_map.h"

#include "vfs_fixture.h"

static struct vfs_store *store = &fixture_store;
static struct vfs_inode *inode;

static void begin(uint32_t blocks)
{
    fixture_begin(blocks);
    inode = vfs_inode_get(store, fixture_inode(VFS_FILE), VFS_FILE);
}

static char *fill(uint64_t n)
{
    bool was_hole;
    char *block = vfs_map_fill(store, inode, n, true, &was_hole);

    EXPECT(block == NULL || was_hole);
    return block;
}

TEST(a_new_file_is_a_hole)
{
    begin(4);
    EXPECT(vfs_map_find(store, inode, 0) == NULL);
    EXPECT(vfs_map_find(store, inode, UINT64_MAX) == NULL);
}

TEST(a_small_file_takes_no_more_than_its_block)
{
    bool was_hole;
    char *block;

    begin(2);
    block = fill(0);
    EXPECT(block != NULL);
    EXPECT_EQ_INT(fixture_used(), 2);
    EXPECT(vfs_map_find(store, inode, 0) == block);
    EXPECT(vfs_map_fill(store, inode, 0, true, &was_hole) == block);
    EXPECT(!was_hole);
}

TEST(what_is_found_is_what_was_filled_at_every_height)
{
    static const uint64_t places[] = {0,    1,       1023,    1024,
                                      1025, 1048575, 1048576, 1073741823};
    char *blocks[8];

    begin(64);
    for (int i = 0; i < 8; i++) {
        blocks[i] = fill(places[i]);
        EXPECT(blocks[i] != NULL);
    }
    for (int i = 0; i < 8; i++)
        EXPECT(vfs_map_find(store, inode, places[i]) == blocks[i]);
    EXPECT(vfs_map_find(store, inode, 2) == NULL);
    EXPECT(vfs_map_find(store, inode, 1073741822) == NULL);
    EXPECT_EQ_INT(inode->height, VFS_MAP_HEIGHT_MAX);
}

TEST(beyond_4_tib_there_is_nothing_to_fill)
{
    begin(8);
    EXPECT(fill(1073741823) != NULL);
    EXPECT(fill(1073741824) == NULL);
    EXPECT(vfs_map_find(store, inode, 1073741824) == NULL);
}

TEST(without_room_a_hole_stays_one)
{
    begin(3); /* one has the inode, two would be the map and its block */
    EXPECT(fill(0) != NULL);
    EXPECT(fill(1) == NULL);
    EXPECT(vfs_map_find(store, inode, 0) != NULL);
    EXPECT(vfs_map_find(store, inode, 1) == NULL);
}

TEST(cutting_makes_holes_and_gives_blocks_back)
{
    begin(64);
    for (uint64_t n = 0; n < 40; n++)
        EXPECT(fill(n * 100) != NULL);
    vfs_map_cut(store, inode, 1500);
    for (uint64_t n = 0; n < 40; n++)
        EXPECT_EQ_INT(vfs_map_find(store, inode, n * 100) != NULL, n < 15);
    vfs_map_cut(store, inode, 1);
    EXPECT(vfs_map_find(store, inode, 0) != NULL);
    vfs_map_cut(store, inode, 0);
    EXPECT_EQ_INT(fixture_used(), 1);
    EXPECT_EQ_INT(inode->height, 0);
    EXPECT(fill(0) != NULL);
}

TEST(cutting_behind_the_end_does_nothing)
{
    begin(8);
    EXPECT(fill(0) != NULL);
    vfs_map_cut(store, inode, 1);
    vfs_map_cut(store, inode, UINT64_MAX);
    EXPECT(vfs_map_find(store, inode, 0) != NULL);
}

TEST(a_height_that_is_none_is_the_highest)
{
    begin(16);
    EXPECT(fill(1073741823) != NULL);
    inode->height = 255;
    EXPECT(vfs_map_find(store, inode, 1073741823) != NULL);
    vfs_map_cut(store, inode, 0);
    EXPECT_EQ_INT(fixture_used(), 1);
}

/* A map of which every place leads to itself names 1,024^3 blocks. */
TEST(a_map_that_names_itself_is_cut_in_the_end)
{
    uint32_t *links;

    begin(16);
    EXPECT(fill(1073741823) != NULL);
    links = vfs_arena_block(store->arena, inode->map);
    for (int i = 0; i < 1024; i++)
        links[i] = inode->map;
    vfs_map_cut(store, inode, 0);
    EXPECT(fixture_used() <= 16);
}
