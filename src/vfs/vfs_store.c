/* vfs_store.c - one tree's share of the arena.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_store.h"

#include "vfs/vfs_cell.h"

static uint64_t cells_left(const struct vfs_store *store)
{
    uint64_t max = store->bytes_max / VFS_CELL_BYTES;
    uint64_t used = vfs_store_tree(store)->cells;

    return used < max ? max - used : 0;
}

static void refund(struct vfs_store *store, uint32_t cells)
{
    struct vfs_arena_tree *tree = vfs_store_tree(store);

    tree->cells -= tree->cells < cells ? tree->cells : cells;
}

uint32_t vfs_store_take_block(struct vfs_store *store, bool is_zero)
{
    uint32_t block = 0;

    if (cells_left(store) >= VFS_BLOCK_CELLS)
        block = vfs_arena_take(store->arena, is_zero);
    if (block != 0)
        vfs_store_tree(store)->cells += VFS_BLOCK_CELLS;
    return block;
}

uint32_t vfs_store_take_cell(struct vfs_store *store)
{
    uint32_t cell = 0;

    if (cells_left(store) >= 1)
        cell = vfs_cell_take(store->arena);
    if (cell != 0)
        vfs_store_tree(store)->cells += 1;
    return cell;
}

void vfs_store_give_block(struct vfs_store *store, uint32_t block)
{
    if (vfs_arena_block(store->arena, block) == NULL)
        return;
    vfs_arena_give(store->arena, block);
    refund(store, VFS_BLOCK_CELLS);
}

void vfs_store_give_cell(struct vfs_store *store, uint32_t cell)
{
    if (vfs_cell(store->arena, cell) == NULL)
        return;
    vfs_cell_give(store->arena, cell);
    refund(store, 1);
}

bool vfs_store_charge_file(struct vfs_store *store)
{
    struct vfs_arena_tree *tree = vfs_store_tree(store);

    if (tree->files >= store->files_max)
        return false;
    tree->files++;
    return true;
}

void vfs_store_refund_file(struct vfs_store *store)
{
    struct vfs_arena_tree *tree = vfs_store_tree(store);

    if (tree->files > 0)
        tree->files--;
}

uint64_t vfs_store_blocks_left(const struct vfs_store *store)
{
    return cells_left(store) / VFS_BLOCK_CELLS;
}
