/* vfs_fd.c - what guests do to what is open: the descriptors themselves.
 *
 * Bytes are in vfs_fd_io.c, what is known of a file in vfs_fd_stat.c.
 *
 * SECURITY.  Arguments are a guest's, and the slot may have been forged.  Its
 * mount is compared with the host's number of them, and what it says of type
 * and rights decides only what the guest is told: whether a node can be read,
 * written or listed its file system finds out again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_fd.h"

#include "vfs/vfs_rights.h"

int vfs_fd_find(const struct vfs *vfs, uint32_t fd, struct vfs_fd *ret_fd)
{
    struct vfs_slot *slot = vfs_table_get(&vfs->arena, fd);

    if (slot == NULL || slot->mount >= vfs->mount_count)
        return VFS_EBADF;
    *ret_fd = (struct vfs_fd){slot, &vfs->mounts[slot->mount]};
    return 0;
}

/* What Linux says of a descriptor that was not opened for it; what only WASI
 * can take away, in WASI's word. */
static int lack_of(const struct vfs_slot *slot, uint64_t right)
{
    bool is_written = (slot->rights & VFS_RIGHTS_WRITING) != 0;

    if (right == VFS_RIGHT_READ || right == VFS_RIGHT_WRITE)
        return VFS_EBADF;
    if (right == VFS_RIGHT_ALLOCATE && !is_written)
        return VFS_EBADF;
    if (right == VFS_RIGHT_SET_BYTES && !is_written)
        return VFS_EINVAL;
    return VFS_ENOTCAPABLE;
}

int vfs_fd_find_with(const struct vfs *vfs, uint32_t fd, uint64_t right,
                     struct vfs_fd *ret_fd)
{
    int error = vfs_fd_find(vfs, fd, ret_fd);

    if (error != 0)
        return error;
    return (ret_fd->slot->rights & right) == right
               ? 0
               : lack_of(ret_fd->slot, right);
}

/* Something with bytes at positions: no directory, no stream. */
int vfs_fd_find_file(const struct vfs *vfs, uint32_t fd, uint64_t right,
                     struct vfs_fd *ret_fd)
{
    int error = vfs_fd_find(vfs, fd, ret_fd);

    if (error != 0)
        return error;
    if (ret_fd->slot->type == VFS_DIRECTORY)
        return VFS_EISDIR;
    if (ret_fd->slot->type == VFS_STREAM)
        return VFS_ESPIPE;
    return vfs_fd_find_with(vfs, fd, right, ret_fd);
}

int vfs_fd_close(struct vfs *vfs, uint32_t fd)
{
    struct vfs_fd it;
    uint64_t node;
    int error = vfs_fd_find(vfs, fd, &it);

    if (error != 0)
        return error;
    node = it.slot->node;
    vfs_table_remove(&vfs->arena, fd);
    if (it.mount->ops->close != NULL)
        it.mount->ops->close(it.mount->fs, node);
    return 0;
}

int vfs_fd_renumber(struct vfs *vfs, uint32_t from, uint32_t to)
{
    struct vfs_fd old, new;
    int error = vfs_fd_find(vfs, from, &old);

    if (error == 0)
        error = vfs_fd_find(vfs, to, &new);
    if (error != 0 || from == to)
        return error;
    error = vfs_fd_close(vfs, to);
    *new.slot = *old.slot;
    vfs_table_remove(&vfs->arena, from);
    return error;
}

/* ------------------------------------------------------------------------
 * The descriptor itself.
 */

int vfs_fd_get(const struct vfs *vfs, uint32_t fd, struct vfs_slot *ret_slot)
{
    struct vfs_fd it;
    int error = vfs_fd_find(vfs, fd, &it);

    if (error == 0)
        *ret_slot = *it.slot;
    return error;
}

int vfs_fd_set_flags(struct vfs *vfs, uint32_t fd, unsigned flags)
{
    const unsigned may = VFS_FLAG_APPEND | VFS_FLAG_NONBLOCK;
    struct vfs_fd it;
    int error = vfs_fd_find_with(vfs, fd, VFS_RIGHT_SET_FLAGS, &it);

    if (error != 0)
        return error;
    if (flags > VFS_FLAGS)
        return VFS_EINVAL;
    if (((flags ^ it.slot->flags) & ~may & VFS_FLAGS) != 0)
        return VFS_ENOTSUP;
    it.slot->flags = (uint16_t)flags;
    return 0;
}

int vfs_fd_set_rights(struct vfs *vfs, uint32_t fd, uint64_t rights,
                      uint64_t inheriting)
{
    struct vfs_fd it;
    int error = vfs_fd_find(vfs, fd, &it);

    if (error != 0)
        return error;
    if ((rights & ~it.slot->rights) != 0 ||
        (inheriting & ~it.slot->rights_inheriting) != 0)
        return VFS_ENOTCAPABLE;
    it.slot->rights = rights;
    it.slot->rights_inheriting = inheriting;
    return 0;
}

int vfs_fd_guest_path(const struct vfs *vfs, uint32_t fd, const char **ret_path)
{
    struct vfs_fd it;
    int error = vfs_fd_find(vfs, fd, &it);

    if (error != 0)
        return error;
    if (it.slot->state != VFS_SLOT_PREOPEN || it.mount->guest_path == NULL)
        return VFS_EBADF;
    *ret_path = it.mount->guest_path;
    return 0;
}

struct vfs_pipe *vfs_fd_pipe(const struct vfs *vfs, uint32_t fd)
{
    struct vfs_fd it;

    if (vfs_fd_find(vfs, fd, &it) != 0 || it.mount->kind != VFS_MOUNT_STREAM)
        return NULL;
    return it.mount->fs;
}
