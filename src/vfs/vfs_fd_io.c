/* vfs_fd_io.c - what guests do to what is open: bytes and positions.
 *
 * SECURITY.  Arguments are a guest's, and the slot may have been forged; see
 * vfs_fd.c.  The parts were checked to be memory that may be read or written.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_fd.h"
#include "vfs/vfs_rights.h"

/* ------------------------------------------------------------------------
 * Bytes.
 */

/* As many parts as are together not too much; if the first one alone is, a part
 * of it. */
static void limit(struct vfs_io *io, struct iovec *cut)
{
    size_t sum = 0;

    for (uint32_t i = 0; i < io->count; i++) {
        if (io->parts[i].iov_len > VFS_FD_BYTES_MAX - sum) {
            io->count = i;
            break;
        }
        sum += io->parts[i].iov_len;
    }
    if (io->count > 0 || cut->iov_len <= VFS_FD_BYTES_MAX)
        return;
    cut->iov_len = VFS_FD_BYTES_MAX;
    io->parts = cut;
    io->count = 1;
}

/* Nothing is read or written beyond what an offset can say. */
static bool ends_in_range(const struct vfs_io *io)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < io->count; i++)
        sum += io->parts[i].iov_len;
    return io->at <= VFS_BYTES_MAX && sum <= VFS_BYTES_MAX - io->at;
}

typedef int transfer_func(void *fs, uint64_t node, struct vfs_io *io);

static int transfer(const struct vfs_fd *fd, transfer_func *func,
                    struct vfs_io *io, size_t *ret_done)
{
    struct iovec cut = io->count > 0 ? io->parts[0] : (struct iovec){0};
    int error;

    if (func == NULL)
        return VFS_EBADF;
    limit(io, &cut);
    error = func(fd->mount->fs, fd->slot->node, io);
    if (error == 0 || error == VFS_ELIMIT)
        *ret_done = io->done;
    return error;
}

/* Where a descriptor stands; a forged one stands at the end of all. */
static uint64_t offset_of(const struct vfs_slot *slot)
{
    return slot->offset < VFS_BYTES_MAX ? slot->offset : VFS_BYTES_MAX;
}

/* Something with bytes: a file or a stream. */
static int find_bytes(const struct vfs *vfs, uint32_t fd, uint64_t right,
                      struct vfs_fd *ret_fd)
{
    int error = vfs_fd_find(vfs, fd, ret_fd);

    if (error == 0 && ret_fd->slot->type == VFS_DIRECTORY)
        error = VFS_EISDIR;
    return error != 0 ? error : vfs_fd_find_with(vfs, fd, right, ret_fd);
}

int vfs_fd_read(struct vfs *vfs, uint32_t fd, const struct iovec *parts,
                uint32_t count, size_t *ret_done)
{
    struct vfs_io io = {.parts = parts, .count = count};
    struct vfs_fd it;
    int error = find_bytes(vfs, fd, VFS_RIGHT_READ, &it);

    if (error != 0)
        return error;
    io.at = offset_of(it.slot);
    if (!ends_in_range(&io))
        return VFS_EINVAL;
    error = transfer(&it, it.mount->ops->read, &io, ret_done);
    if (error == 0)
        it.slot->offset = io.at + io.done;
    return error;
}

int vfs_fd_pread(struct vfs *vfs, uint32_t fd, const struct iovec *parts,
                 uint32_t count, uint64_t at, size_t *ret_done)
{
    struct vfs_io io = {.parts = parts, .count = count, .at = at};
    struct vfs_fd it;
    int error = vfs_fd_find_file(vfs, fd, VFS_RIGHT_READ, &it);

    if (error == 0 && (it.slot->rights & VFS_RIGHT_SEEK) == 0)
        error = VFS_ENOTCAPABLE;
    if (error == 0 && !ends_in_range(&io))
        error = VFS_EINVAL;
    if (error != 0)
        return error;
    return transfer(&it, it.mount->ops->read, &io, ret_done);
}

static int put(const struct vfs_fd *it, struct vfs_io *io, size_t *ret_done)
{
    if (!ends_in_range(io))
        return VFS_EINVAL;
    if ((it->slot->flags & VFS_FLAG_APPEND) != 0 &&
        it->slot->type != VFS_STREAM)
        io->at = VFS_END;
    return transfer(it, it->mount->ops->write, io, ret_done);
}

int vfs_fd_write(struct vfs *vfs, uint32_t fd, const struct iovec *parts,
                 uint32_t count, size_t *ret_done)
{
    struct vfs_io io = {.parts = parts, .count = count};
    struct vfs_fd it;
    int error = find_bytes(vfs, fd, VFS_RIGHT_WRITE, &it);

    if (error != 0)
        return error;
    if (it.slot->type != VFS_STREAM)
        io.at = offset_of(it.slot);
    error = put(&it, &io, ret_done);
    if (error == 0 && it.slot->type != VFS_STREAM && io.done > 0)
        it.slot->offset = io.at + io.done;
    return error;
}

/* Appends, too, if the descriptor does: as Linux has it. */
int vfs_fd_pwrite(struct vfs *vfs, uint32_t fd, const struct iovec *parts,
                  uint32_t count, uint64_t at, size_t *ret_done)
{
    struct vfs_io io = {.parts = parts, .count = count, .at = at};
    struct vfs_fd it;
    int error = vfs_fd_find_file(vfs, fd, VFS_RIGHT_WRITE, &it);

    if (error == 0 && (it.slot->rights & VFS_RIGHT_SEEK) == 0)
        error = VFS_ENOTCAPABLE;
    return error != 0 ? error : put(&it, &io, ret_done);
}

/* ------------------------------------------------------------------------
 * Positions.
 */

static int base_of(const struct vfs_fd *it, enum vfs_fd_whence whence,
                   uint64_t *ret_base)
{
    struct vfs_stat stat;
    int error;

    switch (whence) {
    case VFS_FD_SET:
        *ret_base = 0;
        return 0;
    case VFS_FD_CUR:
        *ret_base = offset_of(it->slot);
        return 0;
    case VFS_FD_END:
        error = it->mount->ops->stat(it->mount->fs, it->slot->node, &stat);
        if (error == 0)
            *ret_base = stat.bytes;
        return error;
    }
    return VFS_EINVAL;
}

/* Asking where one is takes the right to tell only. */
static uint64_t right_to_seek(int64_t by, enum vfs_fd_whence whence)
{
    return by == 0 && whence == VFS_FD_CUR ? VFS_RIGHT_TELL : VFS_RIGHT_SEEK;
}

int vfs_fd_seek(struct vfs *vfs, uint32_t fd, int64_t by,
                enum vfs_fd_whence whence, uint64_t *ret_at)
{
    uint64_t base = 0, at;
    struct vfs_fd it;
    int error = vfs_fd_find_file(vfs, fd, right_to_seek(by, whence), &it);

    if (error == 0)
        error = base_of(&it, whence, &base);
    if (error != 0)
        return error;
    if (base > VFS_BYTES_MAX || (by < 0 ? base < 0 - (uint64_t)by
                                        : (uint64_t)by > VFS_BYTES_MAX - base))
        return VFS_EINVAL;
    at = base + (uint64_t)by;
    it.slot->offset = at;
    *ret_at = at;
    return 0;
}

int vfs_fd_tell(struct vfs *vfs, uint32_t fd, uint64_t *ret_at)
{
    struct vfs_fd it;
    int error = vfs_fd_find_file(vfs, fd, VFS_RIGHT_TELL, &it);

    if (error == 0)
        *ret_at = offset_of(it.slot);
    return error;
}
