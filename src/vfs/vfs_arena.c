/* vfs_arena.c - what a guest can change about its files, in one stretch.
 *
 * SECURITY.  All that is read here may have been forged.  `fresh` and `free`
 * are compared with the host's numbers before they are used; there is no loop;
 * a list that leads nowhere is a list that has ended.
 *
 * In an arena that was not forged:
 *     1. blocks [first, fresh) are given out or in the list of free ones
 *     2. used == fresh - first - length of that list
 *     3. blocks [fresh, blocks) are zeros
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_arena.h"

#include <string.h>

#include "base/base_check.h"
#include "base/base_error.h"
#include "vfs/vfs_table.h"

#define MAGIC   0x616e65726173665bull /* "[vfsarena" */
#define VERSION 1

_Static_assert(sizeof(struct vfs_arena_head) <= VFS_BLOCK_BYTES,
               "the head is one block");

static uint32_t table_blocks(uint32_t descriptors)
{
    uint64_t bytes = (uint64_t)descriptors * sizeof(struct vfs_slot);

    return (uint32_t)((bytes + VFS_BLOCK_BYTES - 1) / VFS_BLOCK_BYTES);
}

uint64_t vfs_arena_bytes(uint32_t descriptors, uint64_t bytes)
{
    uint64_t blocks = bytes / VFS_BLOCK_BYTES + (bytes % VFS_BLOCK_BYTES != 0);

    return (1 + table_blocks(descriptors) + blocks) * VFS_BLOCK_BYTES;
}

void vfs_arena_init(struct vfs_arena *arena, void *at, uint64_t bytes,
                    uint32_t descriptors)
{
    uint64_t blocks = bytes / VFS_BLOCK_BYTES;

    CHECK((uintptr_t)at % VFS_BLOCK_BYTES == 0);
    CHECK(descriptors <= VFS_DESCRIPTORS_MAX);
    CHECK(bytes >= vfs_arena_bytes(descriptors, 0));
    *arena = (struct vfs_arena){
        .at = at,
        .blocks = (uint32_t)(blocks < VFS_BLOCKS_MAX ? blocks : VFS_BLOCKS_MAX),
        .first = 1 + table_blocks(descriptors),
        .descriptors = descriptors,
    };
}

void vfs_arena_format(struct vfs_arena *arena)
{
    *vfs_arena_head(arena) = (struct vfs_arena_head){
        .magic = MAGIC,
        .version = VERSION,
        .blocks = arena->blocks,
        .descriptors = arena->descriptors,
        .fresh = arena->first,
        .serial = 1,
    };
}

int vfs_arena_check(const struct vfs_arena *arena, viv_error *err)
{
    const struct vfs_arena_head *head = vfs_arena_head(arena);

    if (head->magic != MAGIC)
        return base_error(err, VIV_EFORMAT,
                          "the image holds no files: there should be a head of "
                          "them, and there is 0x%llx",
                          (unsigned long long)head->magic);
    if (head->version != VERSION)
        return base_error(err, VIV_EVERSION,
                          "the image holds files of version %u; this library "
                          "has version %d",
                          head->version, VERSION);
    if (head->blocks != arena->blocks ||
        head->descriptors != arena->descriptors)
        return base_error(err, VIV_EVERSION,
                          "the image holds files in %u blocks with %u "
                          "descriptors; this sandbox has %u and %u",
                          head->blocks, head->descriptors, arena->blocks,
                          arena->descriptors);
    return 0;
}

static uint32_t take_fresh(struct vfs_arena *arena)
{
    struct vfs_arena_head *head = vfs_arena_head(arena);
    uint32_t number = head->fresh;

    if (vfs_arena_block(arena, number) == NULL)
        return 0;
    head->fresh = number + 1;
    return number;
}

/* A block that was given back begins with the number of the next. */
static uint32_t take_free(struct vfs_arena *arena, bool is_zero)
{
    struct vfs_arena_head *head = vfs_arena_head(arena);
    uint32_t number = head->free, next;
    char *block = vfs_arena_block(arena, number);

    if (block == NULL)
        return 0;
    memcpy(&next, block, sizeof(next));
    head->free = next;
    if (is_zero)
        memset(block, 0, VFS_BLOCK_BYTES);
    return number;
}

uint32_t vfs_arena_take(struct vfs_arena *arena, bool is_zero)
{
    uint32_t number = take_free(arena, is_zero);

    if (number == 0)
        number = take_fresh(arena);
    if (number != 0)
        vfs_arena_head(arena)->used++;
    return number;
}

void vfs_arena_give(struct vfs_arena *arena, uint32_t number)
{
    struct vfs_arena_head *head = vfs_arena_head(arena);
    char *block = vfs_arena_block(arena, number);

    if (block == NULL)
        return;
    memcpy(block, &head->free, sizeof(head->free));
    head->free = number;
    if (head->used > 0)
        head->used--;
}

uint64_t vfs_arena_used_bytes(const struct vfs_arena *arena)
{
    uint64_t used = vfs_arena_head(arena)->used;

    if (used > arena->blocks - arena->first)
        used = arena->blocks - arena->first;
    return (used + arena->first) * VFS_BLOCK_BYTES;
}
