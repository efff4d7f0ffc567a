/* vfs_raised.h - which directories of the pack have one of their own.
 *
 * Floor 2.  A directory of the pack below that was RAISED has an inode, which
 * may have another name and another place by now.  What is in the directory of
 * the pack is in that one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_RAISED_H
#define VFS_RAISED_H

#include "vfs/vfs_inode.h"

/* The inode of the pack's directory `number`; false if it was not raised. */
bool vfs_raised_find(const struct vfs_store *store, uint32_t number,
                     uint64_t *ret_id);

/* It has this inode now.  Fails with VFS_ENOSPC, VFS_EIO. */
int vfs_raised_add(struct vfs_store *store, uint32_t number, uint64_t id);

/* It has none any more. */
void vfs_raised_remove(struct vfs_store *store, uint32_t number);

#endif /* VFS_RAISED_H */
