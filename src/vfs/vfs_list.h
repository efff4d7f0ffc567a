/* vfs_list.h - directories, entry by entry, in an order that stays.
 *
 * Floor 2.  Each entry has a place: 0 is `.`, 1 is `..`, 2 and on are the
 * entries of the pack, in its order, and from VFS_DIR_KEYS on come those that
 * only the arena has, by their keys.  An entry of the arena that covers one of
 * the pack is listed in its place.  The cookie behind an entry is its place
 * and 1, so listing goes on with the first whose place is not below the cookie.
 *
 * So names that are there all the while are listed once, also when files are
 * raised, removed and made between one look and the next.  Cookies made up give
 * some of the entries.  All fit 31 bits.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_LIST_H
#define VFS_LIST_H

#include "vfs/vfs_inode.h"

struct vfs_pack;

/* A listing under way. */
struct vfs_list {
    uint64_t from;
    vfs_sink *sink;
    void *cookie;
    bool goes_on; /* true at first; false: the sink has enough */
};

/* `.` and `..`, by their inode numbers. */
void vfs_list_dots(struct vfs_list *list, uint64_t ino, uint64_t parent_ino);

/* What is in the pack's directory `number`.  If `dir` is not NULL, it lies over
 * that one: what it covers is listed as it has it, or not at all.  Fails with
 * VFS_EIO. */
int vfs_list_below(struct vfs_list *list, const struct vfs_pack *pack,
                   uint32_t number, const struct vfs_store *store,
                   const struct vfs_inode *dir);

/* What `dir` has and does not cover. */
void vfs_list_own(struct vfs_list *list, const struct vfs_store *store,
                  const struct vfs_inode *dir);

#endif /* VFS_LIST_H */
