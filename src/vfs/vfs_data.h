/* vfs_data.h - the bytes of a file in the arena.
 *
 * Floor 2.  Reads and writes through the map (vfs_map.h).  In a hole the file
 * shows through to what is below, as far as that goes, and is zeros beyond; a
 * write fills a hole by as much of it as it does not write itself.
 *
 * In all of these `inode` is a file or a symbolic link.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_DATA_H
#define VFS_DATA_H

#include "vfs/vfs_inode.h"

/* Read from `io->at` on, to the end of the file at most. */
void vfs_data_read(const struct vfs_store *store, const struct vfs_inode *inode,
                   struct vfs_io *io);

/* Write at `io->at`, or at the end.  When the room ends in the middle, what was
 * written counts and is all; fails with VFS_ENOSPC only when that is nothing,
 * and with VFS_EFBIG when `io->at` is beyond what a map can say. */
int vfs_data_write(struct vfs_store *store, struct vfs_inode *inode,
                   struct vfs_io *io);

/* Make it so long; what is added is zeros and takes no room.  Fails with
 * VFS_EFBIG. */
int vfs_data_set_bytes(struct vfs_store *store, struct vfs_inode *inode,
                       uint64_t bytes);

/* Have room for a part of the file, which grows if it must.  Fails with
 * VFS_ENOSPC, VFS_EFBIG; then the file is as it was, but may have some of the
 * room. */
int vfs_data_allocate(struct vfs_store *store, struct vfs_inode *inode,
                      uint64_t at, uint64_t len);

#endif /* VFS_DATA_H */
