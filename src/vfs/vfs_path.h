/* vfs_path.h - paths as guests give them.
 *
 * Floor 2.  A path is relative: to the directory that a descriptor stands for,
 * which it cannot leave.  What it may look like is decided here, once, for all
 * file systems; what it leads to is for them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_PATH_H
#define VFS_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* With the NUL, as in Linux: the longest path has 4,095 bytes, a component
 * 255. */
#define VFS_PATH_BYTES 4096
#define VFS_NAME_MAX   255

/* One component: `len` bytes, from 1 to VFS_NAME_MAX, and no NUL behind them.
 * Borrowed. */
struct vfs_name {
    const char *text;
    uint32_t len;
};

struct vfs_path {
    uint32_t len;
    char text[VFS_PATH_BYTES]; /* ends with a NUL */
};

/* Copy what a guest gave, then look at the copy: `bytes` may be guest memory.
 * Fails, in this order, with
 *     VFS_ENOENT        it is empty
 *     VFS_ENAMETOOLONG  it has more than 4,095 bytes
 *     VFS_EINVAL        a NUL is in it
 *     VFS_EILSEQ        it is not UTF-8
 *     VFS_ENOTCAPABLE   it begins with a slash */
int vfs_path_take(struct vfs_path *path, const char *bytes, size_t len);

/* Where the last component lies. */
struct vfs_path_last {
    uint32_t at;  /* where it begins */
    uint32_t len; /* without the slashes behind it */
    bool is_slashed;
    bool is_dots; /* "." or ".." */
};

/* The path that was taken, without its last component, is the directory that
 * component is in; it is empty when there is only one. */
struct vfs_path_last vfs_path_last(const struct vfs_path *path);

#endif /* VFS_PATH_H */
