/* wasi_abi_fd_io.c - preview 1: bytes in and out, and where they are.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_fd.h"
#include "wasi/wasi_abi.h"
#include "wasi/wasi_stream.h"

/* The list of buffers that args[1] and args[2] say, and the place for how many
 * bytes were moved, which must be there before any are. */
static int take_list(struct wasi *wasi, const viv_value *args,
                     struct wasi_at ret_at, struct wasi_parts *parts)
{
    char *span;
    int code = wasi_guest_span(&wasi->guest, ret_at, sizeof(uint32_t), &span);

    return code != 0 ? code
                     : wasi_guest_parts(&wasi->guest, wasi_at(args[1].i32),
                                        args[2].i32, parts);
}

static int put_done(struct wasi *wasi, struct wasi_at at, int code, size_t done)
{
    return code != 0 ? code
                     : wasi_guest_put_u32(&wasi->guest, at, (uint32_t)done);
}

int wasi_abi_fd_read(struct wasi *wasi, const viv_value *args)
{
    struct wasi_at ret_done = wasi_at(args[3].i32);
    size_t done = 0;
    int code = take_list(wasi, args, ret_done, &wasi->parts);

    if (code == 0)
        code = wasi_stream_read(wasi, args[0].i32, &wasi->parts, &done);
    return put_done(wasi, ret_done, code, done);
}

int wasi_abi_fd_write(struct wasi *wasi, const viv_value *args)
{
    struct wasi_at ret_done = wasi_at(args[3].i32);
    size_t done = 0;
    int code = take_list(wasi, args, ret_done, &wasi->parts);

    if (code == 0)
        code = wasi_stream_write(wasi, args[0].i32, &wasi->parts, &done);
    return put_done(wasi, ret_done, code, done);
}

int wasi_abi_fd_pread(struct wasi *wasi, const viv_value *args)
{
    struct wasi_at ret_done = wasi_at(args[4].i32);
    size_t done = 0;
    int code = take_list(wasi, args, ret_done, &wasi->parts);

    if (code == 0)
        code = wasi_errno_of(vfs_fd_pread(&wasi->files.vfs, args[0].i32,
                                          wasi->parts.parts, wasi->parts.count,
                                          args[3].i64, &done));
    return put_done(wasi, ret_done, code, done);
}

int wasi_abi_fd_pwrite(struct wasi *wasi, const viv_value *args)
{
    struct wasi_at ret_done = wasi_at(args[4].i32);
    size_t done = 0;
    int code = take_list(wasi, args, ret_done, &wasi->parts);

    if (code == 0)
        code = wasi_errno_of(vfs_fd_pwrite(&wasi->files.vfs, args[0].i32,
                                           wasi->parts.parts, wasi->parts.count,
                                           args[3].i64, &done));
    return put_done(wasi, ret_done, code, done);
}

/* ------------------------------------------------------------------------
 * Positions.
 */

int wasi_abi_fd_seek(struct wasi *wasi, const viv_value *args)
{
    struct wasi_at ret_at = wasi_at(args[3].i32);
    uint64_t at;
    char *span;
    int code = wasi_guest_span(&wasi->guest, ret_at, sizeof(at), &span);

    if (code != 0)
        return code;
    if (args[2].i32 > VFS_FD_END)
        return WASI_EINVAL;
    code = wasi_errno_of(vfs_fd_seek(&wasi->files.vfs, args[0].i32,
                                     (int64_t)args[1].i64,
                                     (enum vfs_fd_whence)args[2].i32, &at));
    return code != 0 ? code : wasi_guest_put_u64(&wasi->guest, ret_at, at);
}

int wasi_abi_fd_tell(struct wasi *wasi, const viv_value *args)
{
    uint64_t at;
    int error = vfs_fd_tell(&wasi->files.vfs, args[0].i32, &at);

    if (error != 0)
        return wasi_errno_of(error);
    return wasi_guest_put_u64(&wasi->guest, wasi_at(args[1].i32), at);
}
