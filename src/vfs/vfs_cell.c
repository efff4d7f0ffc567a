/* vfs_cell.c - small things in the arena.
 *
 * Blocks with a free cell are in a list that begins in the head; what is taken
 * comes from its first.  A block all of whose cells are free goes back to the
 * arena.
 *
 * SECURITY.  All that is read here may have been forged.  Numbers of blocks go
 * through vfs_arena_block(); there is no loop; bit 0 of the set of free cells
 * is ignored, for cell 0 is where that set is.
 *
 * In an arena that was not forged:
 *     1. a block of cells is in the list exactly if one of its cells is free
 *     2. and then not all of them are
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_cell.h"

#include <string.h>

/* Where cell 0 would be. */
struct block {
    uint32_t free; /* bit n: cell n is */
    uint32_t next, before;
};

#define ALL_FREE 0xfffffffeu

static struct block *block_at(const struct vfs_arena *arena, uint32_t number)
{
    return vfs_arena_block(arena, number);
}

static void list_add(struct vfs_arena *arena, uint32_t number)
{
    struct vfs_arena_head *head = vfs_arena_head(arena);
    struct block *block = block_at(arena, number);
    struct block *next = block_at(arena, head->cells);

    block->before = 0;
    block->next = head->cells;
    if (next != NULL)
        next->before = number;
    head->cells = number;
}

static void list_remove(struct vfs_arena *arena, uint32_t number)
{
    struct block *block = block_at(arena, number);
    uint32_t after = block->next;
    struct block *before = block_at(arena, block->before);
    struct block *next = block_at(arena, after);

    if (next != NULL)
        next->before = block->before;
    if (before != NULL)
        before->next = after;
    else
        vfs_arena_head(arena)->cells = after;
}

/* A new block of free cells, in the list; 0 when there is none. */
static uint32_t add_block(struct vfs_arena *arena)
{
    uint32_t number = vfs_arena_take(arena, false);

    if (number == 0)
        return 0;
    block_at(arena, number)->free = ALL_FREE;
    list_add(arena, number);
    return number;
}

/* The first of the list, if there is a cell to be had in it. */
static uint32_t first_block(const struct vfs_arena *arena)
{
    uint32_t number = vfs_arena_head(arena)->cells;
    const struct block *block = block_at(arena, number);

    return block != NULL && (block->free & ALL_FREE) != 0 ? number : 0;
}

uint32_t vfs_cell_take(struct vfs_arena *arena)
{
    uint32_t number = first_block(arena), place;
    struct block *block;

    if (number == 0)
        number = add_block(arena);
    if (number == 0)
        return 0;
    block = block_at(arena, number);
    place = (uint32_t)__builtin_ctz(block->free & ALL_FREE);
    block->free &= ~(1u << place);
    if ((block->free & ALL_FREE) == 0)
        list_remove(arena, number);
    number = number * VFS_BLOCK_CELLS + place;
    memset(vfs_cell(arena, number), 0, VFS_CELL_BYTES);
    return number;
}

void vfs_cell_give(struct vfs_arena *arena, uint32_t number)
{
    struct block *block = block_at(arena, number / VFS_BLOCK_CELLS);
    uint32_t bit = 1u << number % VFS_BLOCK_CELLS;

    if (vfs_cell(arena, number) == NULL || (block->free & bit) != 0)
        return;
    if ((block->free & ALL_FREE) == 0)
        list_add(arena, number / VFS_BLOCK_CELLS);
    block->free |= bit;
    if ((block->free & ALL_FREE) == ALL_FREE) {
        list_remove(arena, number / VFS_BLOCK_CELLS);
        vfs_arena_give(arena, number / VFS_BLOCK_CELLS);
    }
}
