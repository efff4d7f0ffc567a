/* vfs_store.h - one tree's share of the arena.
 *
 * Floor 2.  A STORE takes from the arena for one file system and counts what it
 * took.  The ceilings are the host's; the counts are in the arena, so that a
 * reset takes them back, too.  Forged counts get a guest beyond its ceilings,
 * but never beyond the arena.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_STORE_H
#define VFS_STORE_H

#include "vfs/vfs_arena.h"

/* Opaque types. */
struct vfs_pack;

/* What time it is, by the host's choice: nanoseconds since 1970. */
struct vfs_clock {
    uint64_t (*now)(void *cookie);
    void *cookie;
};

struct vfs_store {
    struct vfs_arena *arena;
    const struct vfs_clock *clock;
    uint32_t tree;                /* its place in the head */
    uint32_t files_max;           /* names, but for the root */
    uint64_t bytes_max;           /* everything: bytes, maps, inodes, names */
    const struct vfs_pack *below; /* what files can show through to, or NULL */
};

static inline struct vfs_arena_tree *
vfs_store_tree(const struct vfs_store *store)
{
    return &vfs_arena_head(store->arena)->trees[store->tree];
}

static inline uint64_t vfs_store_now(const struct vfs_store *store)
{
    return store->clock->now(store->clock->cookie);
}

/* As vfs_arena_take() and vfs_cell_take(), and charge the tree; 0 also at the
 * ceiling. */
uint32_t vfs_store_take_block(struct vfs_store *store, bool is_zero);
uint32_t vfs_store_take_cell(struct vfs_store *store);

/* Give back, and refund. */
void vfs_store_give_block(struct vfs_store *store, uint32_t block);
void vfs_store_give_cell(struct vfs_store *store, uint32_t cell);

/* One name more, unless there are as many as may be; one less. */
bool vfs_store_charge_file(struct vfs_store *store);
void vfs_store_refund_file(struct vfs_store *store);

/* How many blocks may still be charged. */
uint64_t vfs_store_blocks_left(const struct vfs_store *store);

#endif /* VFS_STORE_H */
