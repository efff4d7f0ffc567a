/* vfs_cell.h - small things in the arena.
 *
 * Floor 2.  A CELL is 128 bytes: an inode, an entry of a directory, the rest of
 * a long name.  31 of them share a block, whose first 128 bytes say which are
 * free.  A cell's number is its block's times 32 and its place in it; 0 is
 * none, and there are fewer than 2^31.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_CELL_H
#define VFS_CELL_H

#include "vfs/vfs_arena.h"

#define VFS_CELL_BYTES  128
#define VFS_BLOCK_CELLS (VFS_BLOCK_BYTES / VFS_CELL_BYTES)

/* Cell `number`, or NULL if that is no place where a cell can be.  What is
 * there need not be one: it may be bytes of a file, if somebody forged it. */
static inline void *vfs_cell(const struct vfs_arena *arena, uint32_t number)
{
    char *block = vfs_arena_block(arena, number / VFS_BLOCK_CELLS);
    uint32_t place = number % VFS_BLOCK_CELLS;

    if (block == NULL || place == 0)
        return NULL;
    return block + (size_t)place * VFS_CELL_BYTES;
}

/* A cell of zeros that nobody has; 0 when there is none. */
uint32_t vfs_cell_take(struct vfs_arena *arena);

/* Give it back.  A number that is none is ignored. */
void vfs_cell_give(struct vfs_arena *arena, uint32_t number);

#endif /* VFS_CELL_H */
