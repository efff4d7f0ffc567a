/* vfs_fd_stat.c - what guests do to what is open: sizes, times, entries.
 *
 * SECURITY.  Arguments are a guest's, and the slot may have been forged; see
 * vfs_fd.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_fd.h"
#include "vfs/vfs_rights.h"

/* ------------------------------------------------------------------------
 * Sizes.
 */

int vfs_fd_set_bytes(struct vfs *vfs, uint32_t fd, uint64_t bytes)
{
    struct vfs_fd it;
    int error = vfs_fd_find_file(vfs, fd, VFS_RIGHT_SET_BYTES, &it);

    if (error != 0)
        return error == VFS_ESPIPE ? VFS_EINVAL : error;
    if (bytes > VFS_BYTES_MAX || it.mount->ops->set_bytes == NULL)
        return VFS_EINVAL;
    return it.mount->ops->set_bytes(it.mount->fs, it.slot->node, bytes);
}

int vfs_fd_allocate(struct vfs *vfs, uint32_t fd, uint64_t at, uint64_t len)
{
    struct vfs_fd it;
    int error = vfs_fd_find_file(vfs, fd, 0, &it);

    if (error != 0)
        return error;
    if (len == 0 || len > VFS_BYTES_MAX || at > VFS_BYTES_MAX)
        return VFS_EINVAL;
    error = vfs_fd_find_with(vfs, fd, VFS_RIGHT_ALLOCATE, &it);
    if (error != 0)
        return error;
    if (len > VFS_BYTES_MAX - at)
        return VFS_EFBIG;
    if (it.mount->ops->allocate == NULL)
        return VFS_EBADF;
    return it.mount->ops->allocate(it.mount->fs, it.slot->node, at, len);
}

int vfs_fd_advise(struct vfs *vfs, uint32_t fd, uint64_t at, uint64_t len,
                  enum vfs_advice advice)
{
    struct vfs_fd it;
    int error = vfs_fd_find_file(vfs, fd, VFS_RIGHT_ADVISE, &it);

    if (error != 0)
        return error == VFS_EISDIR ? VFS_EBADF : error;
    if (advice > VFS_NOREUSE || at > VFS_BYTES_MAX || len > VFS_BYTES_MAX)
        return VFS_EINVAL;
    if (it.mount->ops->advise == NULL)
        return 0;
    return it.mount->ops->advise(it.mount->fs, it.slot->node, at, len, advice);
}

static int sync_it(struct vfs *vfs, uint32_t fd, uint64_t right, bool data_only)
{
    struct vfs_fd it;
    int error = vfs_fd_find_with(vfs, fd, right, &it);

    if (error != 0)
        return error;
    if (it.mount->ops->sync == NULL)
        return 0;
    return it.mount->ops->sync(it.mount->fs, it.slot->node, data_only);
}

int vfs_fd_sync(struct vfs *vfs, uint32_t fd)
{
    return sync_it(vfs, fd, VFS_RIGHT_SYNC, false);
}

int vfs_fd_datasync(struct vfs *vfs, uint32_t fd)
{
    return sync_it(vfs, fd, VFS_RIGHT_DATASYNC, true);
}

/* ------------------------------------------------------------------------
 * What is known.
 */

void vfs_fd_finish_stat(const struct vfs_fd *fd, struct vfs_stat *stat)
{
    if (stat->dev == 0)
        stat->dev = (uint64_t)fd->slot->mount + 1;
}

int vfs_fd_stat(struct vfs *vfs, uint32_t fd, struct vfs_stat *ret_stat)
{
    struct vfs_fd it;
    int error = vfs_fd_find_with(vfs, fd, VFS_RIGHT_STAT, &it);

    if (error == 0)
        error = it.mount->ops->stat(it.mount->fs, it.slot->node, ret_stat);
    if (error == 0)
        vfs_fd_finish_stat(&it, ret_stat);
    return error;
}

/* One of the two: `set` it to `time`, or to `now`. */
static int one_time(unsigned which, unsigned set, unsigned set_now,
                    uint64_t now, uint64_t *time)
{
    if ((which & set) != 0 && (which & set_now) != 0)
        return VFS_EINVAL;
    if ((which & set_now) != 0)
        *time = now;
    else if ((which & set) == 0)
        *time = VFS_KEEP;
    else if (*time > VFS_BYTES_MAX)
        return VFS_EINVAL; /* beyond what a signed number of ns can say */
    return 0;
}

int vfs_fd_times(const struct vfs *vfs, const struct vfs_times *times,
                 unsigned which, struct vfs_times *ret_times)
{
    uint64_t now = vfs->config.clock.now(vfs->config.clock.cookie);
    int error;

    *ret_times = *times;
    if (which > (VFS_SET_MODIFIED_NOW << 1) - 1)
        return VFS_EINVAL;
    error = one_time(which, VFS_SET_ACCESSED, VFS_SET_ACCESSED_NOW, now,
                     &ret_times->accessed);
    if (error != 0)
        return error;
    return one_time(which, VFS_SET_MODIFIED, VFS_SET_MODIFIED_NOW, now,
                    &ret_times->modified);
}

int vfs_fd_set_times(struct vfs *vfs, uint32_t fd,
                     const struct vfs_times *times, unsigned which)
{
    struct vfs_times set;
    struct vfs_fd it;
    int error = vfs_fd_find_with(vfs, fd, VFS_RIGHT_SET_TIMES, &it);

    if (error == 0)
        error = vfs_fd_times(vfs, times, which, &set);
    if (error != 0)
        return error;
    if (it.mount->ops->set_times == NULL)
        return VFS_EBADF;
    return it.mount->ops->set_times(it.mount->fs, it.slot->node, &set);
}

int vfs_fd_list(struct vfs *vfs, uint32_t fd, uint64_t from, vfs_sink *sink,
                void *cookie)
{
    struct vfs_fd it;
    int error = vfs_fd_find(vfs, fd, &it);

    if (error != 0)
        return error;
    if (it.slot->type != VFS_DIRECTORY || it.mount->ops->list == NULL)
        return VFS_ENOTDIR;
    error = vfs_fd_find_with(vfs, fd, VFS_RIGHT_LIST, &it);
    if (error != 0)
        return error;
    return it.mount->ops->list(it.mount->fs, it.slot->node, from, sink, cookie);
}
