/* test_vfs_store.c - one tree's share of the arena.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_cell.h"
#include "vfs_fixture.h"

static struct vfs_store *store = &fixture_store;

TEST(the_ceiling_in_bytes_is_kept_to_the_cell)
{
    fixture_begin(8);
    store->bytes_max = VFS_BLOCK_BYTES + 2 * VFS_CELL_BYTES;
    EXPECT(vfs_store_take_cell(store) != 0);
    EXPECT(vfs_store_take_block(store, true) != 0);
    EXPECT_EQ_INT(vfs_store_take_block(store, true), 0);
    EXPECT_EQ_INT(vfs_store_blocks_left(store), 0);
    EXPECT(vfs_store_take_cell(store) != 0);
    EXPECT_EQ_INT(vfs_store_take_cell(store), 0);
    EXPECT_EQ_INT(vfs_store_tree(store)->cells, VFS_BLOCK_CELLS + 2);
}

TEST(what_is_given_back_is_refunded)
{
    uint32_t block, cell;

    fixture_begin(8);
    store->bytes_max = VFS_BLOCK_BYTES + VFS_CELL_BYTES;
    block = vfs_store_take_block(store, true);
    cell = vfs_store_take_cell(store);
    EXPECT_EQ_INT(vfs_store_take_cell(store), 0);
    vfs_store_give_block(store, block);
    vfs_store_give_cell(store, cell);
    EXPECT_EQ_INT(vfs_store_tree(store)->cells, 0);
    EXPECT(vfs_store_take_block(store, true) != 0);
}

TEST(what_the_arena_does_not_have_is_not_charged)
{
    fixture_begin(1);
    EXPECT(vfs_store_take_block(store, true) != 0);
    EXPECT_EQ_INT(vfs_store_take_block(store, true), 0);
    EXPECT_EQ_INT(vfs_store_take_cell(store), 0);
    EXPECT_EQ_INT(vfs_store_tree(store)->cells, VFS_BLOCK_CELLS);
}

TEST(what_is_no_block_and_no_cell_is_not_refunded)
{
    fixture_begin(1);
    EXPECT(vfs_store_take_block(store, true) != 0);
    vfs_store_give_block(store, 0);
    vfs_store_give_cell(store, UINT32_MAX);
    EXPECT_EQ_INT(vfs_store_tree(store)->cells, VFS_BLOCK_CELLS);
}

TEST(names_have_a_ceiling_of_their_own)
{
    fixture_begin(1);
    store->files_max = 2;
    EXPECT(vfs_store_charge_file(store));
    EXPECT(vfs_store_charge_file(store));
    EXPECT(!vfs_store_charge_file(store));
    vfs_store_refund_file(store);
    EXPECT(vfs_store_charge_file(store));
    EXPECT(!vfs_store_charge_file(store));
}

TEST(forged_counts_do_not_become_negative)
{
    uint32_t cell;

    fixture_begin(2);
    cell = vfs_store_take_cell(store);
    vfs_store_tree(store)->cells = 0;
    vfs_store_tree(store)->files = 0;
    vfs_store_give_cell(store, cell);
    vfs_store_refund_file(store);
    EXPECT_EQ_INT(vfs_store_tree(store)->cells, 0);
    EXPECT_EQ_INT(vfs_store_tree(store)->files, 0);
    vfs_store_tree(store)->cells = UINT64_MAX;
    EXPECT_EQ_INT(vfs_store_blocks_left(store), 0);
    EXPECT_EQ_INT(vfs_store_take_cell(store), 0);
}
