/* vfs_map.c - where the bytes of a file are.
 *
 * SECURITY.  All that is read here may have been forged.  The height is bounded
 * before it is used, numbers of blocks go through vfs_arena_block().  Cutting
 * visits no more blocks than there are, however often they are named.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_map.h"

#include <stddef.h>

#define SPAN (1u << VFS_MAP_SPAN_BITS)

static unsigned height_of(const struct vfs_inode *inode)
{
    return inode->height <= VFS_MAP_HEIGHT_MAX ? inode->height
                                               : VFS_MAP_HEIGHT_MAX;
}

/* How many blocks a map of this height speaks of. */
static uint64_t reach(unsigned height)
{
    return (uint64_t)1 << height * VFS_MAP_SPAN_BITS;
}

/* Which number of a map of this height leads to block `n`. */
static uint32_t place_of(uint64_t n, unsigned height)
{
    return (uint32_t)(n >> (height - 1) * VFS_MAP_SPAN_BITS) % SPAN;
}

char *vfs_map_find(const struct vfs_store *store, const struct vfs_inode *inode,
                   uint64_t n)
{
    unsigned height = height_of(inode);
    uint32_t link = inode->map;

    if (n >= reach(height))
        return NULL;
    for (; height > 0; height--) {
        const uint32_t *links = vfs_arena_block(store->arena, link);

        if (links == NULL)
            return NULL;
        link = links[place_of(n, height)];
    }
    return vfs_arena_block(store->arena, link);
}

/* A map over the map, until it reaches block `n`. */
static bool rise(struct vfs_store *store, struct vfs_inode *inode, uint64_t n)
{
    while (n >= reach(height_of(inode))) {
        uint32_t above;

        if (height_of(inode) == VFS_MAP_HEIGHT_MAX)
            return false;
        if (inode->map != 0) {
            above = vfs_store_take_block(store, true);
            if (above == 0)
                return false;
            *(uint32_t *)vfs_arena_block(store->arena, above) = inode->map;
            inode->map = above;
        }
        inode->height++;
    }
    return true;
}

/* The block that `link` names; if it names none, a new one. */
static void *follow_or_make(struct vfs_store *store, uint32_t *link,
                            bool is_zero, bool *ret_was_hole)
{
    void *block = vfs_arena_block(store->arena, *link);
    uint32_t number;

    *ret_was_hole = block == NULL;
    if (block != NULL)
        return block;
    number = vfs_store_take_block(store, is_zero);
    if (number == 0)
        return NULL;
    *link = number;
    return vfs_arena_block(store->arena, number);
}

/* A failure may leave maps of holes behind.  They count as charged and go with
 * the file. */
char *vfs_map_fill(struct vfs_store *store, struct vfs_inode *inode, uint64_t n,
                   bool is_zero, bool *ret_was_hole)
{
    uint32_t *link = &inode->map;

    if (!rise(store, inode, n))
        return NULL;
    for (unsigned height = height_of(inode); height > 0; height--) {
        uint32_t *links = follow_or_make(store, link, true, ret_was_hole);

        if (links == NULL)
            return NULL;
        link = &links[place_of(n, height)];
    }
    return follow_or_make(store, link, is_zero, ret_was_hole);
}

/* Cut the map of this height that `link` names, from its block `n` on.  `left`
 * is how many blocks may still be visited. */
static void cut(struct vfs_store *store, uint32_t *link, unsigned height,
                uint64_t n, uint32_t *left)
{
    uint32_t *links = vfs_arena_block(store->arena, *link);
    uint32_t number = *link;

    if (links == NULL || *left == 0)
        return;
    --*left;
    if (height > 0) {
        uint32_t place = place_of(n, height);
        uint64_t inside = n % reach(height - 1);

        for (; place < SPAN; place++, inside = 0)
            cut(store, &links[place], height - 1, inside, left);
    }
    if (n == 0) {
        *link = 0;
        vfs_store_give_block(store, number);
    }
}

void vfs_map_cut(struct vfs_store *store, struct vfs_inode *inode, uint64_t n)
{
    unsigned height = height_of(inode);
    uint32_t left = store->arena->blocks;

    if (n >= reach(height))
        return;
    cut(store, &inode->map, height, n, &left);
    if (n == 0)
        inode->height = 0;
}
