/* vfs_fd.h - what guests do to what is open.
 *
 * Floor 2.  One function for each that preview 1 has, and nothing of how it
 * passes arguments.  `fd` is the guest's descriptor.  All return 0 or a VFS_E
 * error, and change nothing when they fail, unless they say so; VFS_EBADF when
 * there is no such descriptor, VFS_ENOTCAPABLE when it lacks the right.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_FD_H
#define VFS_FD_H

#include "vfs/vfs.h"
#include "vfs/vfs_table.h"

/* No more is read or written at once, as in Linux. */
#define VFS_FD_BYTES_MAX ((size_t)0x7ffff000)

int vfs_fd_close(struct vfs *vfs, uint32_t fd);

/* Make what is `from` now `to`, which is closed.  Before: both are open. */
int vfs_fd_renumber(struct vfs *vfs, uint32_t from, uint32_t to);

/* Read at the descriptor's position and move it; or at `at`.  `*ret_done` is 0
 * at the end.  A stream that has nothing now, but may have later, says
 * VFS_EAGAIN. */
int vfs_fd_read(struct vfs *vfs, uint32_t fd, const struct iovec *parts,
                uint32_t count, size_t *ret_done);
int vfs_fd_pread(struct vfs *vfs, uint32_t fd, const struct iovec *parts,
                 uint32_t count, uint64_t at, size_t *ret_done);

/* Write, at the descriptor's position or, if it appends, at the end, and move
 * it; or at `at`.  What was written may be less than asked for, but not
 * nothing.  VFS_ELIMIT: a stream took what it may, and the call is to end. */
int vfs_fd_write(struct vfs *vfs, uint32_t fd, const struct iovec *parts,
                 uint32_t count, size_t *ret_done);
int vfs_fd_pwrite(struct vfs *vfs, uint32_t fd, const struct iovec *parts,
                  uint32_t count, uint64_t at, size_t *ret_done);

enum vfs_fd_whence { VFS_FD_SET, VFS_FD_CUR, VFS_FD_END };
int vfs_fd_seek(struct vfs *vfs, uint32_t fd, int64_t by,
                enum vfs_fd_whence whence, uint64_t *ret_at);
int vfs_fd_tell(struct vfs *vfs, uint32_t fd, uint64_t *ret_at);

int vfs_fd_stat(struct vfs *vfs, uint32_t fd, struct vfs_stat *ret_stat);
int vfs_fd_set_bytes(struct vfs *vfs, uint32_t fd, uint64_t bytes);
int vfs_fd_allocate(struct vfs *vfs, uint32_t fd, uint64_t at, uint64_t len);
int vfs_fd_advise(struct vfs *vfs, uint32_t fd, uint64_t at, uint64_t len,
                  enum vfs_advice advice);
int vfs_fd_sync(struct vfs *vfs, uint32_t fd);
int vfs_fd_datasync(struct vfs *vfs, uint32_t fd);

/* Which times are set, and to what: a sum, of preview 1's numbers. */
enum {
    VFS_SET_ACCESSED = 1 << 0,
    VFS_SET_ACCESSED_NOW = 1 << 1,
    VFS_SET_MODIFIED = 1 << 2,
    VFS_SET_MODIFIED_NOW = 1 << 3
};
int vfs_fd_set_times(struct vfs *vfs, uint32_t fd,
                     const struct vfs_times *times, unsigned which);

/* Entries of a directory, from the cookie `from` on; see vfs_ops.h. */
int vfs_fd_list(struct vfs *vfs, uint32_t fd, uint64_t from, vfs_sink *sink,
                void *cookie);

/* ------------------------------------------------------------------------
 * The descriptor itself.
 */

/* Flags, rights, type: a copy of what there is. */
int vfs_fd_get(const struct vfs *vfs, uint32_t fd, struct vfs_slot *ret_slot);

/* To append or not, to wait or not.  Others cannot be changed: VFS_ENOTSUP. */
int vfs_fd_set_flags(struct vfs *vfs, uint32_t fd, unsigned flags);

/* Give rights up.  More than there are: VFS_ENOTCAPABLE. */
int vfs_fd_set_rights(struct vfs *vfs, uint32_t fd, uint64_t rights,
                      uint64_t inheriting);

/* The guest path of the mount that it was given for; VFS_EBADF if it was not
 * given.  Borrowed, for as long as there is the mount. */
int vfs_fd_guest_path(const struct vfs *vfs, uint32_t fd,
                      const char **ret_path);

/* The stream that it is, to ask how much waits in it; NULL if it is none. */
struct vfs_pipe *vfs_fd_pipe(const struct vfs *vfs, uint32_t fd);

/* ------------------------------------------------------------------------
 * Between the files of this folder.
 */

/* What there is to a descriptor that is used. */
struct vfs_fd {
    struct vfs_slot *slot;
    const struct vfs_mount *mount;
};

int vfs_fd_find(const struct vfs *vfs, uint32_t fd, struct vfs_fd *ret_fd);

/* The same, if it has the right; and if it also has bytes at positions, which a
 * directory and a stream do not. */
int vfs_fd_find_with(const struct vfs *vfs, uint32_t fd, uint64_t right,
                     struct vfs_fd *ret_fd);
int vfs_fd_find_file(const struct vfs *vfs, uint32_t fd, uint64_t right,
                     struct vfs_fd *ret_fd);

/* `which` and `times` as the guest says them become times to set.  Fails with
 * VFS_EINVAL. */
int vfs_fd_times(const struct vfs *vfs, const struct vfs_times *times,
                 unsigned which, struct vfs_times *ret_times);

/* Number what has none by its mount. */
void vfs_fd_finish_stat(const struct vfs_fd *fd, struct vfs_stat *stat);

#endif /* VFS_FD_H */
