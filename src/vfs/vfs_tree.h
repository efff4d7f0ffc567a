/* vfs_tree.h - file systems whose paths we walk ourselves.
 *
 * Floor 2.  A memory, a pack and an overlay say what a name in a directory is,
 * and change one name at a time; walking paths and following links, and what
 * may be done to what, are the same for all three and are here.
 *
 * Such a file system begins with a struct vfs_tree.  The functions below are
 * those of struct vfs_ops that take paths.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_TREE_H
#define VFS_TREE_H

#include "vfs/vfs_ops.h"

struct vfs_tree_ops {
    /* What has this name in the directory.  Fails with VFS_ENOENT. */
    int (*find)(void *fs, uint64_t dir, const struct vfs_name *name,
                struct vfs_node *ret_node);

    /* The directory that `dir` is in; the root is in itself. */
    int (*parent)(void *fs, uint64_t dir, uint64_t *ret_dir);

    int (*read_link)(void *fs, uint64_t node, struct vfs_path *ret_target);
    int (*stat)(void *fs, uint64_t node, struct vfs_stat *ret_stat);

    /* A descriptor is about to stand for `node`, to be written to if
     * `is_written`; it may have become another node.  NULL: nothing to do. */
    int (*hold)(void *fs, struct vfs_node *node, bool is_written);

    /* What follows is NULL in a tree to be read only. */

    /* Make a file, a directory, or a link to `target`, where nothing is. */
    int (*make)(void *fs, uint64_t dir, const struct vfs_name *name,
                enum vfs_type type, const struct vfs_path *target,
                struct vfs_node *ret_node);

    /* One more name for `node`, which is no directory, where nothing is. */
    int (*add)(void *fs, struct vfs_node node, uint64_t dir,
               const struct vfs_name *name);

    /* Remove the name of something, or of an empty directory. */
    int (*remove)(void *fs, uint64_t dir, const struct vfs_name *name);

    /* Give what has one name another one.  What has the other loses it; it is
     * something of the same kind, and empty if it is a directory. */
    int (*move)(void *fs, uint64_t old_dir, const struct vfs_name *old,
                uint64_t dir, const struct vfs_name *name);

    bool (*is_empty)(void *fs, uint64_t dir);
    int (*set_times)(void *fs, uint64_t node, const struct vfs_times *times);
    int (*set_bytes)(void *fs, uint64_t node, uint64_t bytes);
};

struct vfs_tree {
    const struct vfs_tree_ops *ops;
};

int vfs_tree_open(void *fs, uint64_t at, const struct vfs_path *path,
                  const struct vfs_how *how, struct vfs_node *ret_node);
int vfs_tree_stat_at(void *fs, uint64_t at, const struct vfs_path *path,
                     bool follow, struct vfs_stat *ret_stat);
int vfs_tree_set_times_at(void *fs, uint64_t at, const struct vfs_path *path,
                          bool follow, const struct vfs_times *times);
int vfs_tree_make_directory(void *fs, uint64_t at, const struct vfs_path *path);
int vfs_tree_remove_directory(void *fs, uint64_t at,
                              const struct vfs_path *path);
int vfs_tree_unlink(void *fs, uint64_t at, const struct vfs_path *path);
int vfs_tree_symlink(void *fs, uint64_t at, const struct vfs_path *path,
                     const struct vfs_path *target);
int vfs_tree_read_link(void *fs, uint64_t at, const struct vfs_path *path,
                       struct vfs_path *ret_target);
int vfs_tree_link(void *fs, uint64_t old_at, const struct vfs_path *old,
                  uint64_t at, const struct vfs_path *path);
int vfs_tree_rename(void *fs, uint64_t old_at, const struct vfs_path *old,
                    uint64_t at, const struct vfs_path *path);

#endif /* VFS_TREE_H */
