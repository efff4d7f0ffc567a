/* vfs_map.h - where the bytes of a file are.
 *
 * Floor 2.  The MAP of a file says for each 4 KiB of it which block holds them.
 * Of height 0 it is that block; of height 1 a block of 1,024 numbers of blocks,
 * and so on up to height 3 and 4 TiB.  0 stands for a HOLE: what was never
 * written.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_MAP_H
#define VFS_MAP_H

#include "vfs/vfs_inode.h"

#define VFS_MAP_HEIGHT_MAX 3
#define VFS_MAP_SPAN_BITS  10

/* No file in the arena is larger. */
#define VFS_MAP_BYTES_MAX                                                      \
    ((uint64_t)VFS_BLOCK_BYTES << VFS_MAP_HEIGHT_MAX * VFS_MAP_SPAN_BITS)

/* The block that holds the `n`-th 4 KiB of the file, or NULL for a hole. */
char *vfs_map_find(const struct vfs_store *store, const struct vfs_inode *inode,
                   uint64_t n);

/* The same, but a hole becomes a block: of zeros if `is_zero`, else of
 * anything; `*ret_was_hole` says if it was one.  NULL when there is no block to
 * be had; then the file is as it was. */
char *vfs_map_fill(struct vfs_store *store, struct vfs_inode *inode, uint64_t n,
                   bool is_zero, bool *ret_was_hole);

/* Make holes of the `n`-th and all behind it, and give their blocks back. */
void vfs_map_cut(struct vfs_store *store, struct vfs_inode *inode, uint64_t n);

#endif /* VFS_MAP_H */
