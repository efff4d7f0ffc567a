/* wasi_stream.c - reading and writing, where the other end may be the host.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_stream.h"

#include "os/os_nudge.h"
#include "vfs/vfs_fd.h"
#include "vfs/vfs_pipe.h"

/* What is asked of the host at a time. */
#define INPUT_BYTES ((size_t)16384)

/* ------------------------------------------------------------------------
 * Standard input.
 */

/* A host that says it has copied more than there is room for has overrun our
 * buffer: that is its own mistake, and none of it is believed. */
static int take_input(struct vfs_pipe *in, const char *bytes, int64_t count,
                      size_t most)
{
    if (count == VIV_ETIME)
        return WASI_EAGAIN;
    if (count < 0 || (uint64_t)count > most)
        return WASI_EIO;
    if (count == 0)
        vfs_pipe_end(in);
    else if (!vfs_pipe_feed(in, bytes, (size_t)count))
        return WASI_ENOMEM;
    return 0;
}

int wasi_stream_fill(struct wasi *wasi, size_t most)
{
    const viv_wasi *said = &wasi->grant.said;
    struct vfs_pipe *in = wasi->files.pipes[0];
    char bytes[INPUT_BYTES];
    size_t waiting;

    vfs_pipe_waiting(in, &waiting);
    if (waiting > 0 || in->is_ended)
        return 0;
    if (most > sizeof(bytes))
        most = sizeof(bytes);
    return take_input(in, bytes, said->stdin_func(said->cookie, bytes, most),
                      most);
}

/* Standard input has nothing: let the guest wait, unless it does not want to.
 */
static int wait_for_input(struct wasi *wasi, uint32_t fd)
{
    struct vfs_slot slot;

    if (vfs_fd_get(&wasi->files.vfs, fd, &slot) != 0 ||
        (slot.flags & VFS_FLAG_NONBLOCK) != 0)
        return WASI_EAGAIN;
    wasi->wakes_at = OS_NUDGE_NEVER;
    return WASI_AGAIN;
}

int wasi_stream_read(struct wasi *wasi, uint32_t fd,
                     const struct wasi_parts *parts, size_t *ret_done)
{
    struct vfs *vfs = &wasi->files.vfs;
    int error = vfs_fd_read(vfs, fd, parts->parts, parts->count, ret_done);
    int code;

    if (error != VFS_EAGAIN)
        return wasi_errno_of(error);
    code = wasi_stream_fill(wasi, (size_t)parts->bytes);
    if (code == WASI_EAGAIN)
        return wait_for_input(wasi, fd);
    if (code != 0)
        return code;
    return wasi_errno_of(
        vfs_fd_read(vfs, fd, parts->parts, parts->count, ret_done));
}

/* ------------------------------------------------------------------------
 * Standard output and error.
 */

/* What the pipe may still take: of its own, and of what is left of the limit
 * for both. */
static void set_ceiling(struct wasi *wasi, int stream)
{
    struct vfs_pipe *out = wasi->files.pipes[stream];
    uint64_t limit = wasi->sandbox->limits.output_bytes;
    uint64_t used = wasi->sandbox->call.used.output_bytes;
    uint64_t own =
        stream == 1 ? wasi->grant.said.stdout_max : wasi->grant.said.stderr_max;
    uint64_t all = out->bytes_done + (limit > used ? limit - used : 0);

    out->bytes_max = own < all ? own : all;
}

static int write_stream(struct wasi *wasi, uint32_t fd, int stream,
                        const struct wasi_parts *parts, size_t *ret_done)
{
    struct vfs_pipe *out = wasi->files.pipes[stream];
    uint64_t before = out->bytes_done;
    int error;

    set_ceiling(wasi, stream);
    error = vfs_fd_write(&wasi->files.vfs, fd, parts->parts, parts->count,
                         ret_done);
    wasi->sandbox->call.used.output_bytes += out->bytes_done - before;
    if (error != VFS_ELIMIT)
        return wasi_errno_of(error);
    wasi->spent = VIV_LIMIT_OUTPUT;
    return WASI_SPENT;
}

int wasi_stream_write(struct wasi *wasi, uint32_t fd,
                      const struct wasi_parts *parts, size_t *ret_done)
{
    int stream = wasi_files_stream(&wasi->files, fd);

    if (stream > 0)
        return write_stream(wasi, fd, stream, parts, ret_done);
    return wasi_errno_of(vfs_fd_write(&wasi->files.vfs, fd, parts->parts,
                                      parts->count, ret_done));
}
