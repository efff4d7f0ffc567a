/* vfs_pipe.c - streams between host and guest: standard input, output, error.
 *
 * Invariants
 *     1. taken <= buf.len
 *     2. bytes_done <= bytes_max
 *     3. with a sink the buffer is empty
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_pipe.h"

#include "base/base_alloc.h"
#include "base/base_check.h"

struct vfs_pipe *vfs_pipe_new(enum vfs_pipe_direction direction,
                              uint64_t bytes_max)
{
    struct vfs_pipe *pipe = base_alloc_zero(1, sizeof(*pipe));

    if (pipe == NULL)
        return NULL;
    pipe->direction = direction;
    pipe->bytes_max = bytes_max;
    base_buf_init(&pipe->buf, SIZE_MAX);
    return pipe;
}

void vfs_pipe_free(void *pipe)
{
    struct vfs_pipe *it = pipe;

    if (it == NULL)
        return;
    base_buf_fini(&it->buf);
    base_free(it);
}

void vfs_pipe_clear(struct vfs_pipe *pipe)
{
    base_buf_clear(&pipe->buf);
    pipe->taken = 0;
    pipe->bytes_done = 0;
    pipe->is_ended = false;
    pipe->is_full = false;
}

/* ------------------------------------------------------------------------
 * The buffer.
 */

/* What was read already goes first, if that is most of it: so a buffer that is
 * read as fast as it is filled stays small. */
static void compact(struct vfs_pipe *pipe)
{
    struct base_buf *buf = &pipe->buf;

    if (pipe->taken < buf->len - pipe->taken)
        return;
    memmove(buf->at, buf->at + pipe->taken, buf->len - pipe->taken);
    buf->len -= pipe->taken;
    pipe->taken = 0;
}

static bool put(struct vfs_pipe *pipe, const void *bytes, size_t len)
{
    char *to;

    if (pipe->taken > 0)
        compact(pipe);
    to = base_buf_room(&pipe->buf, len);
    if (to == NULL) {
        pipe->buf.failed = false; /* there may be memory the next time */
        return false;
    }
    memcpy(to, bytes, len);
    pipe->buf.len += len;
    return true;
}

const char *vfs_pipe_waiting(const struct vfs_pipe *pipe, size_t *ret_len)
{
    *ret_len = pipe->buf.len - pipe->taken;
    return pipe->buf.at != NULL ? pipe->buf.at + pipe->taken : "";
}

void vfs_pipe_took(struct vfs_pipe *pipe, size_t len)
{
    CHECK(len <= pipe->buf.len - pipe->taken);
    pipe->taken += len;
}

/* ------------------------------------------------------------------------
 * To the guest.
 */

bool vfs_pipe_feed(struct vfs_pipe *pipe, const void *bytes, size_t len)
{
    CHECK(pipe->direction == VFS_PIPE_IN);
    if (len == 0)
        return true;
    if (len > pipe->bytes_max - pipe->bytes_done || !put(pipe, bytes, len))
        return false;
    pipe->bytes_done += len;
    return true;
}

void vfs_pipe_end(struct vfs_pipe *pipe)
{
    CHECK(pipe->direction == VFS_PIPE_IN);
    pipe->is_ended = true;
}

static size_t wanted(const struct vfs_io *io)
{
    size_t sum = 0;

    for (uint32_t i = 0; i < io->count; i++)
        sum += io->parts[i].iov_len;
    return sum;
}

static int read_pipe(void *fs, uint64_t node, struct vfs_io *io)
{
    struct vfs_pipe *pipe = fs;
    const char *from;
    size_t left;

    (void)node;
    io->done = 0;
    if (pipe->direction != VFS_PIPE_IN)
        return VFS_EBADF;
    from = vfs_pipe_waiting(pipe, &left);
    if (left == 0 && !pipe->is_ended && wanted(io) > 0)
        return VFS_EAGAIN;
    for (uint32_t i = 0; i < io->count && left > 0; i++) {
        size_t len = io->parts[i].iov_len;

        if (len > left)
            len = left;
        memcpy(io->parts[i].iov_base, from + io->done, len);
        io->done += len;
        left -= len;
    }
    vfs_pipe_took(pipe, io->done);
    return 0;
}

/* ------------------------------------------------------------------------
 * From the guest.
 */

/* As much of one part as the ceiling lets through. */
static int write_part(struct vfs_pipe *pipe, const struct iovec *part,
                      struct vfs_io *io)
{
    uint64_t left = pipe->bytes_max - pipe->bytes_done;
    size_t len = part->iov_len < left ? part->iov_len : (size_t)left;

    if (len > 0) {
        if (pipe->sink != NULL) {
            if (!pipe->sink(pipe->cookie, part->iov_base, len))
                return VFS_EPIPE;
        } else if (!put(pipe, part->iov_base, len)) {
            return VFS_ENOMEM;
        }
    }
    pipe->bytes_done += len;
    io->done += len;
    if (len == part->iov_len)
        return 0;
    pipe->is_full = true;
    return VFS_ELIMIT;
}

static int write_pipe(void *fs, uint64_t node, struct vfs_io *io)
{
    struct vfs_pipe *pipe = fs;
    int error = 0;

    (void)node;
    io->done = 0;
    if (pipe->direction != VFS_PIPE_OUT)
        return VFS_EBADF;
    for (uint32_t i = 0; i < io->count && error == 0; i++)
        error = write_part(pipe, &io->parts[i], io);
    if (error == VFS_ELIMIT)
        return error;
    return io->done > 0 ? 0 : error;
}

/* ------------------------------------------------------------------------
 * As a file system.
 */

static int stat_pipe(void *fs, uint64_t node, struct vfs_stat *ret_stat)
{
    (void)fs, (void)node;
    *ret_stat = (struct vfs_stat){.ino = 1, .links = 1, .type = VFS_STREAM};
    return 0;
}

const struct vfs_ops vfs_pipe_ops = {
    .stat = stat_pipe,
    .read = read_pipe,
    .write = write_pipe,
    .free = vfs_pipe_free,
};
