/* vfs_at.h - what guests do by path.
 *
 * Floor 2.  As vfs_fd.h: one function for each that preview 1 has.  A path is
 * relative to the directory that the descriptor `fd` stands for; where it may
 * lead vfs_path.h and vfs_walk.h say.  `bytes` may be guest memory: it is
 * copied once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_AT_H
#define VFS_AT_H

#include "vfs/vfs_fd.h"

/* A path as the guest gives it. */
struct vfs_at {
    uint32_t fd;
    bool follow; /* a link at the end */
    const char *bytes;
    size_t len;
};

/* What a path is opened for, in preview 1's numbers. */
enum {
    VFS_OPEN_CREATE = 1 << 0,
    VFS_OPEN_DIRECTORY = 1 << 1,
    VFS_OPEN_EXCLUSIVE = 1 << 2,
    VFS_OPEN_TRUNCATE = 1 << 3
};

struct vfs_open {
    unsigned flags;    /* VFS_OPEN_... */
    unsigned fd_flags; /* VFS_FLAG_... */
    uint64_t rights, rights_inheriting;
};

/* Open it, at the lowest descriptor that is free.  Rights must be among those
 * that the directory's descriptor passes on; what makes no sense for what was
 * opened is left out.  Whether it is opened to be read or written follows from
 * the rights. */
int vfs_at_open(struct vfs *vfs, const struct vfs_at *at,
                const struct vfs_open *open, uint32_t *ret_fd);

int vfs_at_stat(struct vfs *vfs, const struct vfs_at *at,
                struct vfs_stat *ret_stat);
int vfs_at_set_times(struct vfs *vfs, const struct vfs_at *at,
                     const struct vfs_times *times, unsigned which);

int vfs_at_make_directory(struct vfs *vfs, const struct vfs_at *at);
int vfs_at_remove_directory(struct vfs *vfs, const struct vfs_at *at);
int vfs_at_unlink(struct vfs *vfs, const struct vfs_at *at);

/* A link cannot lead to an absolute path: VFS_ENOTCAPABLE.  Nor is the target
 * told of one that does. */
int vfs_at_symlink(struct vfs *vfs, const char *target, size_t target_len,
                   const struct vfs_at *at);
int vfs_at_read_link(struct vfs *vfs, const struct vfs_at *at,
                     struct vfs_path *ret_target);

/* From one mount to another: VFS_EXDEV.  When a link is made, `old->follow` is
 * VFS_EINVAL: what it would lead to could be swapped meanwhile. */
int vfs_at_link(struct vfs *vfs, const struct vfs_at *old,
                const struct vfs_at *at);
int vfs_at_rename(struct vfs *vfs, const struct vfs_at *old,
                  const struct vfs_at *at);

#endif /* VFS_AT_H */
