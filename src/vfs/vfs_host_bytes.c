/* vfs_host_bytes.c - a directory of the host: bytes of open files.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_host.h"

#include "vfs/vfs_host_budget.h"

static int count_of(const struct vfs_io *io)
{
    return io->count < OS_FD_PARTS_MAX ? (int)io->count : OS_FD_PARTS_MAX;
}

int vfs_host_read(void *fs, uint64_t node, struct vfs_io *io)
{
    int fd = vfs_host_fd(fs, node);
    int64_t got;

    io->done = 0;
    if (fd < 0)
        return VFS_EBADF;
    got = os_fd_read(fd, io->parts, count_of(io), io->at);
    if (got < 0)
        return vfs_error_of_errno((int)got);
    io->done = (size_t)got;
    return 0;
}

static uint64_t bytes_of(const struct vfs_io *io)
{
    uint64_t sum = 0;

    for (int i = 0; i < count_of(io); i++)
        sum += io->parts[i].iov_len;
    return sum;
}

/* Where a write to this slot would end. */
static int end_of(const struct vfs_host_slot *slot, const struct vfs_io *io,
                  uint64_t *ret_end)
{
    struct os_fd_facts facts;
    int code = 0;

    *ret_end = io->at + bytes_of(io);
    if (io->at == VFS_END) {
        code = os_fd_examine(slot->fd, &facts);
        if (code == 0)
            *ret_end = facts.bytes + bytes_of(io);
    }
    return vfs_error_of_errno(code);
}

static int64_t put(const struct vfs_host_slot *slot, struct vfs_io *io)
{
    uint64_t end;
    int64_t done;

    if (io->at != VFS_END)
        return os_fd_write(slot->fd, io->parts, count_of(io), io->at);
    done = os_fd_append(slot->fd, io->parts, count_of(io), &end);
    if (done >= 0)
        io->at = end - (uint64_t)done;
    return done;
}

int vfs_host_write(void *fs, uint64_t node, struct vfs_io *io)
{
    struct vfs_host *host = fs;
    struct vfs_host_slot *slot = vfs_host_slot(host, node);
    uint64_t growth, missing, end;
    int64_t done;
    int error;

    io->done = 0;
    if (slot == NULL)
        return VFS_EBADF;
    error = end_of(slot, io, &end);
    if (error == 0)
        error = vfs_host_budget_grow(host, slot, end, &growth);
    if (error != 0)
        return error;
    done = put(slot, io);
    missing = bytes_of(io) - (uint64_t)(done > 0 ? done : 0);
    vfs_host_budget_refund(host, slot, missing < growth ? missing : growth);
    if (done < 0)
        return vfs_error_of_errno((int)done);
    io->done = (size_t)done;
    return 0;
}

/* ------------------------------------------------------------------------
 * Sizes, and advice.
 */

int vfs_host_set_bytes(void *fs, uint64_t node, uint64_t bytes)
{
    struct vfs_host *host = fs;
    struct vfs_host_slot *slot = vfs_host_slot(host, node);
    struct os_fd_facts facts;
    uint64_t growth;
    int error, code;

    if (slot == NULL)
        return VFS_EBADF;
    code = os_fd_examine(slot->fd, &facts);
    error = code < 0 ? vfs_error_of_errno(code)
                     : vfs_host_budget_grow(host, slot, bytes, &growth);
    if (error != 0)
        return error;
    code = os_fd_set_bytes(slot->fd, bytes);
    if (code < 0)
        vfs_host_budget_refund(host, slot, growth);
    else
        vfs_host_budget_cut(host, &facts, bytes);
    return vfs_error_of_errno(code);
}

int vfs_host_allocate(void *fs, uint64_t node, uint64_t at, uint64_t len)
{
    struct vfs_host *host = fs;
    struct vfs_host_slot *slot = vfs_host_slot(host, node);
    uint64_t growth;
    int error, code;

    if (slot == NULL)
        return VFS_EBADF;
    error = vfs_host_budget_grow(host, slot, at + len, &growth);
    if (error != 0)
        return error;
    code = os_fd_allocate(slot->fd, at, len);
    if (code < 0)
        vfs_host_budget_refund(host, slot, growth);
    return vfs_error_of_errno(code);
}

int vfs_host_advise(void *fs, uint64_t node, uint64_t at, uint64_t len,
                    enum vfs_advice advice)
{
    int fd = vfs_host_fd(fs, node);

    if (fd < 0)
        return VFS_EBADF;
    return vfs_error_of_errno(
        os_fd_advise(fd, at, len, (enum os_fd_advice)advice));
}

int vfs_host_sync(void *fs, uint64_t node, bool data_only)
{
    int fd = vfs_host_fd(fs, node);

    if (fd < 0)
        return VFS_EBADF;
    return vfs_error_of_errno(data_only ? os_fd_sync_data(fd) : os_fd_sync(fd));
}
