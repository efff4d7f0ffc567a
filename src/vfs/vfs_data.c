/* vfs_data.c - the bytes of a file in the arena.
 *
 * In an arena that was not forged, of a file:
 *     1. below_bytes <= bytes
 *     2. in the block where the file ends, the bytes behind its end are zeros
 *     3. no block lies wholly behind the end, but for what was allocated
 *
 * SECURITY.  All that is read here may have been forged.  What is copied is as
 * long as the caller's parts say, in steps of a block at most; the size of the
 * file, whatever it is, only makes that less.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_data.h"

#include <string.h>

#include "vfs/vfs_map.h"
#include "vfs/vfs_pack.h"

/* How much of [at, at + len) lies in the block of `at`. */
static size_t in_block(uint64_t at, size_t len)
{
    size_t left = VFS_BLOCK_BYTES - (size_t)(at % VFS_BLOCK_BYTES);

    return len < left ? len : left;
}

/* What shows through at [at, at + len), and zeros behind it. */
static void read_below(const struct vfs_store *store,
                       const struct vfs_inode *inode, uint64_t at, char *to,
                       size_t len)
{
    size_t done = 0;

    if (inode->below != 0 && store->below != NULL && at < inode->below_bytes) {
        uint64_t left = inode->below_bytes - at;

        done = vfs_pack_copy(store->below, inode->below - 1, at, to,
                             left < len ? (size_t)left : len);
    }
    memset(to + done, 0, len - done);
}

static void read_part(const struct vfs_store *store,
                      const struct vfs_inode *inode, uint64_t at, char *to,
                      size_t len)
{
    while (len > 0) {
        const char *block = vfs_map_find(store, inode, at / VFS_BLOCK_BYTES);
        size_t step = in_block(at, len);

        if (block != NULL)
            memcpy(to, block + at % VFS_BLOCK_BYTES, step);
        else
            read_below(store, inode, at, to, step);
        at += step;
        to += step;
        len -= step;
    }
}

void vfs_data_read(const struct vfs_store *store, const struct vfs_inode *inode,
                   struct vfs_io *io)
{
    uint64_t bytes = inode->bytes;
    uint64_t left = bytes > io->at ? bytes - io->at : 0;

    io->done = 0;
    for (uint32_t i = 0; i < io->count && left > 0; i++) {
        size_t len = io->parts[i].iov_len;

        if (len > left)
            len = (size_t)left;
        read_part(store, inode, io->at + io->done, io->parts[i].iov_base, len);
        io->done += len;
        left -= len;
    }
}

/* The block of `at`, of which `len` bytes from there will be written: the
 * others are what they were.  NULL when there is no room. */
static char *block_for(struct vfs_store *store, struct vfs_inode *inode,
                       uint64_t at, size_t len)
{
    uint64_t n = at / VFS_BLOCK_BYTES;
    bool is_whole = len == VFS_BLOCK_BYTES, was_hole;
    char *block = vfs_map_fill(store, inode, n, !is_whole, &was_hole);

    if (block != NULL && was_hole && !is_whole && inode->below != 0)
        read_below(store, inode, n * VFS_BLOCK_BYTES, block, VFS_BLOCK_BYTES);
    return block;
}

/* Returns how much was written. */
static size_t write_part(struct vfs_store *store, struct vfs_inode *inode,
                         uint64_t at, const char *from, size_t len)
{
    size_t done = 0;

    while (done < len) {
        size_t step = in_block(at, len - done);
        char *block = block_for(store, inode, at, step);

        if (block == NULL)
            break;
        memcpy(block + at % VFS_BLOCK_BYTES, from + done, step);
        at += step;
        done += step;
    }
    return done;
}

static void grow_to(struct vfs_inode *inode, uint64_t bytes)
{
    if (inode->bytes < bytes)
        inode->bytes = bytes;
}

int vfs_data_write(struct vfs_store *store, struct vfs_inode *inode,
                   struct vfs_io *io)
{
    size_t wanted = 0;

    if (io->at == VFS_END)
        io->at = inode->bytes;
    io->done = 0;
    for (uint32_t i = 0; i < io->count && io->done == wanted; i++) {
        uint64_t at = io->at + io->done;
        size_t len = io->parts[i].iov_len;

        wanted += len;
        io->done += write_part(store, inode, at, io->parts[i].iov_base, len);
    }
    if (io->done == 0 && wanted > 0)
        return io->at >= VFS_MAP_BYTES_MAX ? VFS_EFBIG : VFS_ENOSPC;
    if (wanted == 0)
        return 0;
    grow_to(inode, io->at + io->done);
    vfs_inode_touch(store, inode, true);
    return 0;
}

/* Zeros from the end of the file to the end of its block. */
static void clear_tail(struct vfs_store *store, struct vfs_inode *inode,
                       uint64_t bytes)
{
    size_t inside = (size_t)(bytes % VFS_BLOCK_BYTES);
    char *block;

    if (inside == 0)
        return;
    block = vfs_map_find(store, inode, bytes / VFS_BLOCK_BYTES);
    if (block != NULL)
        memset(block + inside, 0, VFS_BLOCK_BYTES - inside);
}

int vfs_data_set_bytes(struct vfs_store *store, struct vfs_inode *inode,
                       uint64_t bytes)
{
    if (bytes > VFS_MAP_BYTES_MAX)
        return VFS_EFBIG;
    if (bytes < inode->bytes) {
        vfs_map_cut(store, inode,
                    bytes / VFS_BLOCK_BYTES + (bytes % VFS_BLOCK_BYTES != 0));
        clear_tail(store, inode, bytes);
        if (inode->below_bytes > bytes)
            inode->below_bytes = bytes;
    }
    inode->bytes = bytes;
    vfs_inode_touch(store, inode, true);
    return 0;
}

int vfs_data_allocate(struct vfs_store *store, struct vfs_inode *inode,
                      uint64_t at, uint64_t len)
{
    uint64_t end = at + len, n = at / VFS_BLOCK_BYTES, holes = 0;
    uint64_t behind = (end + VFS_BLOCK_BYTES - 1) / VFS_BLOCK_BYTES;

    if (at > VFS_MAP_BYTES_MAX || len > VFS_MAP_BYTES_MAX - at)
        return VFS_EFBIG;
    if (behind - n > store->arena->blocks)
        return VFS_ENOSPC;
    for (uint64_t i = n; i < behind; i++)
        holes += vfs_map_find(store, inode, i) == NULL;
    if (holes > vfs_store_blocks_left(store))
        return VFS_ENOSPC;
    for (uint64_t i = n; i < behind; i++)
        if (block_for(store, inode, i * VFS_BLOCK_BYTES, 0) == NULL)
            return VFS_ENOSPC;
    grow_to(inode, end);
    vfs_inode_touch(store, inode, true);
    return 0;
}
