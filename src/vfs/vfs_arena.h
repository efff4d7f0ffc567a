/* vfs_arena.h - what a guest can change about its files, in one stretch.
 *
 * Floor 2.  The stretch lies in the sandbox's region, among the pages that no
 * guest address reaches.  It holds numbers and bytes, never pointers: so it can
 * be reset, forked, dumped and loaded with the pages it is in, and go on at
 * another address, in another process.
 *
 *     block 0     1 ...                  first ...                    blocks
 *     [ head     ][ table of descriptors ][ blocks                    ]
 *
 * A BLOCK is 4 KiB: bytes of a file, part of its map, or CELLS (vfs_cell.h).
 * Blocks have numbers; 0 is none.  Those that were never given out lie behind
 * `fresh` and cost no memory.
 *
 * Nobody trusts what is in the stretch: it may come from a file.  How large it
 * is and where its parts are, the host says, in struct vfs_arena, which is not
 * in it; every number that comes out of it is compared with that before it
 * becomes an address.  So the worst that a forged stretch does is to hold
 * other files than it should.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_ARENA_H
#define VFS_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vivarium.h"

#define VFS_BLOCK_BYTES 4096

/* Cells are numbered in 31 bits, 32 to a block (vfs_index.h needs the last
 * bit): 256 GiB. */
#define VFS_BLOCKS_MAX (1u << 26)

/* File systems that can have their trees in one arena. */
#define VFS_TREES_MAX 16

/* What the host knows of it. */
struct vfs_arena {
    char *at;             /* borrowed */
    uint32_t blocks;      /* all of them, block 0 too */
    uint32_t first;       /* the first behind the table */
    uint32_t descriptors; /* that the table has room for */
};

/* One tree, in the head. */
struct vfs_arena_tree {
    uint64_t cells; /* that it uses; a block counts for 32 */
    uint32_t files; /* names in it */
    uint32_t root;  /* cell of the root's inode */
    uint32_t root_serial;
    uint32_t raised;   /* index of the directories that were raised */
    uint32_t kind;     /* enum vfs_mount_kind; 0: no mount */
    uint8_t below[16]; /* what it lies over: digest of a pack */
};

/* Block 0. */
struct vfs_arena_head {
    uint64_t magic;
    uint32_t version;
    uint32_t blocks, descriptors; /* as the host's, when it was made */
    uint32_t fresh;               /* blocks from here on were never given out */
    uint32_t free;   /* the first that was given back; it names the next */
    uint32_t used;   /* how many are given out */
    uint32_t cells;  /* the first block of cells with one to spare */
    uint32_t serial; /* of the next inode */
    uint32_t lowest; /* no descriptor below is free */
    struct vfs_arena_tree trees[VFS_TREES_MAX];
};

/* How many bytes an arena needs for so many descriptors and so many bytes of
 * blocks, in whole blocks. */
uint64_t vfs_arena_bytes(uint32_t descriptors, uint64_t bytes);

/* Describe the arena at `at`, which is `bytes` long and aligned to a block:
 * what vfs_arena_bytes() said, or more.  Looks at nothing in it. */
void vfs_arena_init(struct vfs_arena *arena, void *at, uint64_t bytes,
                    uint32_t descriptors);

/* Make it an empty one.  Before: it is all zeros. */
void vfs_arena_format(struct vfs_arena *arena);

/* Is this an arena of that shape?  Fails with VIV_EFORMAT, VIV_EVERSION. */
int vfs_arena_check(const struct vfs_arena *arena, viv_error *err);

/* Block 0.  What is in it is not to be trusted. */
static inline struct vfs_arena_head *
vfs_arena_head(const struct vfs_arena *arena)
{
    return (struct vfs_arena_head *)arena->at;
}

static inline void *vfs_arena_table(const struct vfs_arena *arena)
{
    return arena->at + VFS_BLOCK_BYTES;
}

/* Block `number`, or NULL if there is no such block behind the table. */
static inline void *vfs_arena_block(const struct vfs_arena *arena,
                                    uint32_t number)
{
    if (number < arena->first || number >= arena->blocks)
        return NULL;
    return arena->at + (size_t)number * VFS_BLOCK_BYTES;
}

/* A block that nobody has; 0 when there is none.  Of zeros if `is_zero`, else
 * it may hold what it held before.  Costs the same whatever the number of
 * blocks. */
uint32_t vfs_arena_take(struct vfs_arena *arena, bool is_zero);

/* Give it back.  A number that is none is ignored. */
void vfs_arena_give(struct vfs_arena *arena, uint32_t number);

/* Bytes of blocks that are given out, and of the table and the head. */
uint64_t vfs_arena_used_bytes(const struct vfs_arena *arena);

#endif /* VFS_ARENA_H */
