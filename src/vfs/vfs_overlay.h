/* vfs_overlay.h - files of the sandbox's own, over a pack.
 *
 * Floor 2.  A memory (vfs_memory.h) whose directories lie over those of a pack:
 * a guest sees both, and what it changes is in the arena.
 *
 *     pack                 arena                      seen
 *     /lib/a  "one"        /lib/   over the pack's    /lib/a  "one"
 *     /lib/b  "two"        /lib/b  whiteout           /lib/c  "new"
 *                          /lib/c  "new"
 *
 * A node of the pack that is to be changed is RAISED first: it gets an inode,
 * and its directory an entry that covers it, and so do the directories above
 * it.  That takes 256 bytes for each of them and copies no contents: they go on
 * showing through, and a write fills only the blocks that it touches.
 *
 * Renaming, linking and removing work for what is from the pack as for anything
 * else.  Numbers of inodes stay when something is raised.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_OVERLAY_H
#define VFS_OVERLAY_H

#include "vfs/vfs_memory.h"
#include "vfs/vfs_pack.h"

struct vfs_overlay {
    struct vfs_memory memory;
    struct vfs_pack *pack; /* one reference */
};

/* Directories of a pack that lie deeper cannot be changed: VFS_ELOOP. */
#define VFS_OVERLAY_DEPTH_MAX 256

/* As vfs_memory_new(); shares `pack`.  Its tree has the number of the mount,
 * whose descriptors follow what is raised. */
struct vfs_overlay *vfs_overlay_new(struct vfs_arena *arena,
                                    const struct vfs_clock *clock,
                                    uint32_t mount,
                                    const struct vfs_memory_limits *limits,
                                    struct vfs_pack *pack);

/* Make it show all of the pack and nothing else.  Before: the arena was
 * formatted.  Fails with VFS_ENOSPC. */
int vfs_overlay_format(struct vfs_overlay *overlay);

extern const struct vfs_ops vfs_overlay_ops;

#endif /* VFS_OVERLAY_H */
