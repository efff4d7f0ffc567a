/* vfs_index.h - cells in the order of their keys.
 *
 * Floor 2.  A set of cells, each with a key of 31 bits of its own: the entries
 * of a directory.  It is a tree of bits (a crit-bit tree): an inner node names
 * the highest bit in which the keys of its two halves differ.
 *
 *                 bit 4
 *               /       \
 *          bit 1         10110        keys 00001, 00010, 10110
 *         /     \
 *     00001     00010
 *
 * A set of n cells has n - 1 inner nodes, and each cell has room for one, so
 * adding a cell takes no other memory.  On the way down the bits only fall: no
 * path is longer than 31 steps, whatever the keys and whoever wrote the arena;
 * that is why it is this tree and not a balanced one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_INDEX_H
#define VFS_INDEX_H

#include "vfs/vfs_arena.h"

#define VFS_KEY_BITS 31
#define VFS_KEY_MAX  ((1u << VFS_KEY_BITS) - 1)

/* How a cell in an index begins. */
struct vfs_index_node {
    uint32_t key;
    uint32_t halves[2]; /* the inner node that this cell has room for */
    uint8_t bit;        /* of that inner node */
};

/* A `root` is 0 for an empty set. */

/* The cell with this key; 0 if there is none. */
uint32_t vfs_index_find(const struct vfs_arena *arena, uint32_t root,
                        uint32_t key);

/* The cell with the lowest key that is not below `key`; 0 if there is none. */
uint32_t vfs_index_next(const struct vfs_arena *arena, uint32_t root,
                        uint32_t key);

/* Add `cell` with this key.  Before: it begins with a struct vfs_index_node,
 * and the set does not have the key.  `root` may be in the arena.  False if the
 * set is damaged; then it is as it was. */
bool vfs_index_add(struct vfs_arena *arena, uint32_t *root, uint32_t cell,
                   uint32_t key);

/* Remove the cell with this key and return it; 0 if there is none. */
uint32_t vfs_index_remove(struct vfs_arena *arena, uint32_t *root,
                          uint32_t key);

#endif /* VFS_INDEX_H */
