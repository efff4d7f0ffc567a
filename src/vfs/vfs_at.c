/* vfs_at.c - what guests do by path.
 *
 * SECURITY.  Arguments are a guest's, and the slot may have been forged; see
 * vfs_fd.c.  Paths are copied first, then looked at.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_at.h"

#include "base/base_utf8.h"
#include "vfs/vfs_rights.h"

/* A path that was taken, and the directory that it begins in. */
struct start {
    struct vfs_fd fd;
    struct vfs_path path;
};

static int begin(const struct vfs *vfs, const struct vfs_at *at, uint64_t right,
                 struct start *ret_start)
{
    int error = vfs_fd_find(vfs, at->fd, &ret_start->fd);

    if (error != 0)
        return error;
    if (ret_start->fd.slot->type != VFS_DIRECTORY ||
        ret_start->fd.mount->ops->open == NULL)
        return VFS_ENOTDIR;
    if ((ret_start->fd.slot->rights & right) != right)
        return VFS_ENOTCAPABLE;
    return vfs_path_take(&ret_start->path, at->bytes, at->len);
}

/* ------------------------------------------------------------------------
 * Opening.
 */

static int check_open(const struct vfs_open *open, const struct vfs_slot *dir)
{
    uint64_t right = VFS_RIGHT_PATH_OPEN;

    if (open->flags > (VFS_OPEN_TRUNCATE << 1) - 1 ||
        open->fd_flags > VFS_FLAGS)
        return VFS_EINVAL;
    if ((open->flags & VFS_OPEN_CREATE) != 0 &&
        (open->flags & VFS_OPEN_DIRECTORY) != 0)
        return VFS_EINVAL;
    if ((open->flags & VFS_OPEN_CREATE) != 0)
        right |= VFS_RIGHT_PATH_MAKE_FILE;
    if ((open->flags & VFS_OPEN_TRUNCATE) != 0)
        right |= VFS_RIGHT_PATH_SET_BYTES;
    if ((dir->rights & right) != right ||
        (open->rights & ~dir->rights_inheriting) != 0 ||
        (open->rights_inheriting & ~dir->rights_inheriting) != 0)
        return VFS_ENOTCAPABLE;
    return 0;
}

static struct vfs_how how_of(const struct vfs_at *at,
                             const struct vfs_open *open)
{
    return (struct vfs_how){
        .read = (open->rights & VFS_RIGHTS_READING) != 0,
        .write = (open->rights & VFS_RIGHTS_WRITING) != 0,
        .create = (open->flags & VFS_OPEN_CREATE) != 0,
        .exclusive = (open->flags & VFS_OPEN_EXCLUSIVE) != 0,
        .truncate = (open->flags & VFS_OPEN_TRUNCATE) != 0,
        .directory = (open->flags & VFS_OPEN_DIRECTORY) != 0,
        .follow = at->follow,
        .sync = (open->fd_flags & (VFS_FLAG_SYNC | VFS_FLAG_READSYNC)) != 0,
        .datasync = (open->fd_flags & VFS_FLAG_DATASYNC) != 0,
    };
}

static struct vfs_slot slot_of(const struct start *start,
                               const struct vfs_open *open,
                               struct vfs_node node)
{
    uint64_t sense =
        node.type == VFS_DIRECTORY ? VFS_RIGHTS_DIRECTORY : VFS_RIGHTS_FILE;

    return (struct vfs_slot){
        .node = node.id,
        .rights = open->rights & sense,
        .rights_inheriting = open->rights_inheriting,
        .mount = start->fd.slot->mount,
        .flags = (uint16_t)open->fd_flags,
        .state = VFS_SLOT_OPEN,
        .type = node.type,
    };
}

int vfs_at_open(struct vfs *vfs, const struct vfs_at *at,
                const struct vfs_open *open, uint32_t *ret_fd)
{
    struct vfs_how how = how_of(at, open);
    const struct vfs_mount *mount;
    struct vfs_node node;
    struct vfs_slot slot;
    struct start start;
    int error = begin(vfs, at, 0, &start);

    if (error == 0)
        error = check_open(open, start.fd.slot);
    if (error == 0 && !vfs_table_has_room(&vfs->arena))
        error = VFS_EMFILE;
    if (error != 0)
        return error;
    mount = start.fd.mount;
    error = mount->ops->open(mount->fs, start.fd.slot->node, &start.path, &how,
                             &node);
    if (error != 0)
        return error;
    slot = slot_of(&start, open, node);
    return vfs_table_add(&vfs->arena, &slot, ret_fd);
}

/* ------------------------------------------------------------------------
 * What is known.
 */

int vfs_at_stat(struct vfs *vfs, const struct vfs_at *at,
                struct vfs_stat *ret_stat)
{
    const struct vfs_mount *mount;
    struct start start;
    int error = begin(vfs, at, VFS_RIGHT_PATH_STAT, &start);

    if (error != 0)
        return error;
    mount = start.fd.mount;
    error = mount->ops->stat_at(mount->fs, start.fd.slot->node, &start.path,
                                at->follow, ret_stat);
    if (error == 0)
        vfs_fd_finish_stat(&start.fd, ret_stat);
    return error;
}

int vfs_at_set_times(struct vfs *vfs, const struct vfs_at *at,
                     const struct vfs_times *times, unsigned which)
{
    const struct vfs_mount *mount;
    struct vfs_times set;
    struct start start;
    int error = begin(vfs, at, VFS_RIGHT_PATH_SET_TIMES, &start);

    if (error == 0)
        error = vfs_fd_times(vfs, times, which, &set);
    if (error != 0)
        return error;
    mount = start.fd.mount;
    return mount->ops->set_times_at(mount->fs, start.fd.slot->node, &start.path,
                                    at->follow, &set);
}

/* ------------------------------------------------------------------------
 * Names.
 */

int vfs_at_make_directory(struct vfs *vfs, const struct vfs_at *at)
{
    const struct vfs_mount *mount;
    struct start start;
    int error = begin(vfs, at, VFS_RIGHT_PATH_MAKE_DIRECTORY, &start);

    if (error != 0)
        return error;
    mount = start.fd.mount;
    return mount->ops->make_directory(mount->fs, start.fd.slot->node,
                                      &start.path);
}

int vfs_at_remove_directory(struct vfs *vfs, const struct vfs_at *at)
{
    const struct vfs_mount *mount;
    struct start start;
    int error = begin(vfs, at, VFS_RIGHT_PATH_REMOVE_DIRECTORY, &start);

    if (error != 0)
        return error;
    mount = start.fd.mount;
    return mount->ops->remove_directory(mount->fs, start.fd.slot->node,
                                        &start.path);
}

int vfs_at_unlink(struct vfs *vfs, const struct vfs_at *at)
{
    const struct vfs_mount *mount;
    struct start start;
    int error = begin(vfs, at, VFS_RIGHT_PATH_UNLINK, &start);

    if (error != 0)
        return error;
    mount = start.fd.mount;
    return mount->ops->unlink(mount->fs, start.fd.slot->node, &start.path);
}

int vfs_at_symlink(struct vfs *vfs, const char *target, size_t target_len,
                   const struct vfs_at *at)
{
    const struct vfs_mount *mount;
    struct vfs_path taken;
    struct start start;
    int error = begin(vfs, at, VFS_RIGHT_PATH_SYMLINK, &start);

    if (error == 0)
        error = vfs_path_take(&taken, target, target_len);
    if (error != 0)
        return error;
    mount = start.fd.mount;
    return mount->ops->symlink(mount->fs, start.fd.slot->node, &start.path,
                               &taken);
}

int vfs_at_read_link(struct vfs *vfs, const struct vfs_at *at,
                     struct vfs_path *ret_target)
{
    const struct vfs_mount *mount;
    struct start start;
    int error = begin(vfs, at, VFS_RIGHT_PATH_READ_LINK, &start);

    if (error != 0)
        return error;
    mount = start.fd.mount;
    error = mount->ops->read_link(mount->fs, start.fd.slot->node, &start.path,
                                  ret_target);
    if (error != 0)
        return error;
    if (ret_target->text[0] == '/')
        return VFS_ENOTCAPABLE;
    return base_utf8_is_valid((const uint8_t *)ret_target->text,
                              ret_target->len)
               ? 0
               : VFS_EILSEQ;
}

/* ------------------------------------------------------------------------
 * Two names.
 */

/* Both paths, in one mount. */
static int begin_two(const struct vfs *vfs, const struct vfs_at *old,
                     struct start *ret_old, const struct vfs_at *at,
                     struct start *ret_start)
{
    int error = begin(vfs, old, 0, ret_old);

    if (error == 0)
        error = begin(vfs, at, 0, ret_start);
    if (error != 0)
        return error;
    return ret_old->fd.slot->mount == ret_start->fd.slot->mount ? 0 : VFS_EXDEV;
}

static bool have_rights(const struct start *old, uint64_t source,
                        const struct start *start, uint64_t target)
{
    return (old->fd.slot->rights & source) == source &&
           (start->fd.slot->rights & target) == target;
}

int vfs_at_link(struct vfs *vfs, const struct vfs_at *old,
                const struct vfs_at *at)
{
    const struct vfs_mount *mount;
    struct start from, to;
    int error = begin_two(vfs, old, &from, at, &to);

    if (error == 0 && old->follow)
        error = VFS_EINVAL;
    if (error != 0)
        return error;
    if (!have_rights(&from, VFS_RIGHT_PATH_LINK_SOURCE, &to,
                     VFS_RIGHT_PATH_LINK_TARGET))
        return VFS_ENOTCAPABLE;
    mount = to.fd.mount;
    return mount->ops->link(mount->fs, from.fd.slot->node, &from.path,
                            to.fd.slot->node, &to.path);
}

int vfs_at_rename(struct vfs *vfs, const struct vfs_at *old,
                  const struct vfs_at *at)
{
    const struct vfs_mount *mount;
    struct start from, to;
    int error = begin_two(vfs, old, &from, at, &to);

    if (error != 0)
        return error;
    if (!have_rights(&from, VFS_RIGHT_PATH_RENAME_SOURCE, &to,
                     VFS_RIGHT_PATH_RENAME_TARGET))
        return VFS_ENOTCAPABLE;
    mount = to.fd.mount;
    return mount->ops->rename(mount->fs, from.fd.slot->node, &from.path,
                              to.fd.slot->node, &to.path);
}
