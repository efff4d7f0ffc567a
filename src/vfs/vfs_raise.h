/* vfs_raise.h - a node of the pack gets an inode of its own.
 *
 * Floor 2.  See vfs_overlay.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_RAISE_H
#define VFS_RAISE_H

#include "vfs/vfs_inode.h"
#include "vfs/vfs_overlay.h"

static inline bool vfs_raise_is_below(uint64_t node)
{
    return node >> 32 == 0 && (node & VFS_BELOW) != 0;
}

/* Make `*node`, if it is of the pack, one of the arena, and the directories it
 * is in; descriptors that stand for it follow.  Fails with VFS_ENOSPC,
 * VFS_ELOOP, VFS_EIO, and with VFS_ENOENT when it is not in its directory any
 * more; some directories above may have been raised by then. */
int vfs_raise(struct vfs_overlay *overlay, uint64_t *node);

/* As if it were the pack's: last changed at `modified`. */
void vfs_raise_times(struct vfs_store *store, uint64_t id, uint64_t modified);

/* The id by which the directory `number` of the pack goes now. */
uint64_t vfs_raise_directory_id(const struct vfs_overlay *overlay,
                                uint32_t number);

#endif /* VFS_RAISE_H */
