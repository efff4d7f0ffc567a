/* vfs_walk.h - from a path to a place in a tree.
 *
 * Floor 2.  Walks as the kernel does: one component after another, `..` to the
 * directory that a directory is in by then, links where they are met.  It never
 * goes above the directory it started from, so neither do links and `..`
 * together: VFS_ENOTCAPABLE.
 *
 * It ends after 40 links, or when what is left has grown beyond 8 KiB through
 * links (VFS_ELOOP), and takes no memory but the caller's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_WALK_H
#define VFS_WALK_H

#include "vfs/vfs_tree.h"

#define VFS_WALK_LINKS_MAX 40

/* What to do with a link that is the last component. */
enum vfs_walk_mode {
    VFS_WALK_NAME,     /* the name is what matters: never follow */
    VFS_WALK_NOFOLLOW, /* follow if slashes are behind it */
    VFS_WALK_FOLLOW,
    VFS_WALK_MAKE /* follow, unless slashes are behind it: no file is made of
                     such a name */
};

/* Where a walk ended.  If the last component was `.` or `..`, or nothing is
 * left of a link that was followed, the place is a directory without a name. */
struct vfs_place {
    struct vfs_node node; /* type VFS_NONE: nothing is there */
    uint64_t dir;         /* the directory that the name is in */
    struct vfs_name name; /* len 0: none */
    bool is_slashed;      /* slashes behind the name */
    int refusal;          /* nothing is there and can be: why; or 0 */
    char text[VFS_NAME_MAX];
};

/* Walk `path` from the directory `at`.  Fails when a directory on the way does
 * not exist or is none; that nothing is at the end, or nothing can be, is no
 * failure yet. */
int vfs_walk(struct vfs_tree *tree, uint64_t at, const struct vfs_path *path,
             enum vfs_walk_mode mode, struct vfs_place *place);

#endif /* VFS_WALK_H */
