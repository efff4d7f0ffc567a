/* wasi_abi_fd_stat.c - preview 1: what is known of an open file, and its size.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_fd.h"
#include "wasi/wasi_abi.h"
#include "wasi/wasi_layout.h"

int wasi_abi_fd_filestat_get(struct wasi *wasi, const viv_value *args)
{
    struct vfs_stat stat;
    int error = vfs_fd_stat(&wasi->files.vfs, args[0].i32, &stat);

    if (error != 0)
        return wasi_errno_of(error);
    return wasi_put_stat(wasi, wasi_at(args[1].i32), &stat,
                         wasi_filetype(wasi, args[0].i32, stat.type));
}

int wasi_abi_fd_filestat_set_size(struct wasi *wasi, const viv_value *args)
{
    return wasi_errno_of(
        vfs_fd_set_bytes(&wasi->files.vfs, args[0].i32, args[1].i64));
}

int wasi_abi_fd_filestat_set_times(struct wasi *wasi, const viv_value *args)
{
    struct vfs_times times = {args[1].i64, args[2].i64};

    return wasi_errno_of(
        vfs_fd_set_times(&wasi->files.vfs, args[0].i32, &times, args[3].i32));
}

int wasi_abi_fd_allocate(struct wasi *wasi, const viv_value *args)
{
    return wasi_errno_of(vfs_fd_allocate(&wasi->files.vfs, args[0].i32,
                                         args[1].i64, args[2].i64));
}

/* Preview 1 numbers advice as enum vfs_advice does. */
int wasi_abi_fd_advise(struct wasi *wasi, const viv_value *args)
{
    if (args[3].i32 > VFS_NOREUSE)
        return WASI_EINVAL;
    return wasi_errno_of(vfs_fd_advise(&wasi->files.vfs, args[0].i32,
                                       args[1].i64, args[2].i64,
                                       (enum vfs_advice)args[3].i32));
}

int wasi_abi_fd_sync(struct wasi *wasi, const viv_value *args)
{
    return wasi_errno_of(vfs_fd_sync(&wasi->files.vfs, args[0].i32));
}

int wasi_abi_fd_datasync(struct wasi *wasi, const viv_value *args)
{
    return wasi_errno_of(vfs_fd_datasync(&wasi->files.vfs, args[0].i32));
}
