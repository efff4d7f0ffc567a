/* vfs_mount.h - which file system is where.
 *
 * Floor 2.  Mounts are made before the arena is formatted or attached, and stay
 * the same from then on; an image of the sandbox goes with the same mounts in
 * the same order.  A guest path is what the guest calls it: it is not looked
 * into, but for being UTF-8 and not taken.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_MOUNT_H
#define VFS_MOUNT_H

#include "vfs/vfs_host.h"
#include "vfs/vfs_memory.h"
#include "vfs/vfs_ops.h"
#include "vfs/vfs_pack.h"
#include "vfs/vfs_pipe.h"
#include "vivarium.h"

struct vfs;

/* As many as an arena has trees for. */
#define VFS_MOUNTS_MAX VFS_TREES_MAX

enum vfs_mount_kind {
    VFS_MOUNT_STREAM = 1,
    VFS_MOUNT_MEMORY,
    VFS_MOUNT_PACK,
    VFS_MOUNT_OVERLAY,
    VFS_MOUNT_HOST
};

struct vfs_mount {
    enum vfs_mount_kind kind;
    const struct vfs_ops *ops;
    void *fs;              /* owned */
    char *guest_path;      /* owned; NULL for a stream */
    struct vfs_pack *pack; /* of a pack or overlay; borrowed from `fs` */
};

/* All of these fail with VIV_EINVAL when there are too many mounts or the path
 * will not do, and with VIV_ENOMEM; then nothing has changed.  Guest paths are
 * copied.
 *
 * A stream is the next descriptor: mount standard input, output and error, in
 * this order, before anything else.  Takes `pipe`, if it succeeds. */
int vfs_mount_stream(struct vfs *vfs, struct vfs_pipe *pipe, viv_error *err);

int vfs_mount_memory(struct vfs *vfs, const char *guest_path,
                     const struct vfs_memory_limits *limits, viv_error *err);

/* Share `pack`. */
int vfs_mount_pack(struct vfs *vfs, const char *guest_path,
                   struct vfs_pack *pack, viv_error *err);
int vfs_mount_overlay(struct vfs *vfs, const char *guest_path,
                      struct vfs_pack *pack,
                      const struct vfs_memory_limits *limits, viv_error *err);

/* Fails also as vfs_host_new() does. */
int vfs_mount_host(struct vfs *vfs, const char *guest_path,
                   const char *host_path, const struct vfs_host_limits *limits,
                   viv_error *err);

/* The root's node, when the arena is there. */
uint64_t vfs_mount_root(const struct vfs_mount *mount);

/* Make its first state in the arena. */
int vfs_mount_format(struct vfs_mount *mount);

/* Write down which mount it is, or compare it with what was. */
void vfs_mount_sign(const struct vfs_mount *mount, struct vfs_arena_tree *tree);
bool vfs_mount_is_signed(const struct vfs_mount *mount,
                         const struct vfs_arena_tree *tree);

/* Only what the mount itself has; `*mount` is zeros then. */
void vfs_mount_fini(struct vfs_mount *mount);

#endif /* VFS_MOUNT_H */
