/* wasi_abi_fd.c - preview 1: descriptors, whatever they stand for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "vfs/vfs_fd.h"
#include "wasi/wasi_abi.h"
#include "wasi/wasi_layout.h"

static struct vfs *vfs_of(struct wasi *wasi)
{
    return &wasi->files.vfs;
}

int wasi_abi_fd_close(struct wasi *wasi, const viv_value *args)
{
    return wasi_errno_of(vfs_fd_close(vfs_of(wasi), args[0].i32));
}

int wasi_abi_fd_renumber(struct wasi *wasi, const viv_value *args)
{
    return wasi_errno_of(
        vfs_fd_renumber(vfs_of(wasi), args[0].i32, args[1].i32));
}

/* ------------------------------------------------------------------------
 * Flags and rights.
 */

int wasi_abi_fd_fdstat_get(struct wasi *wasi, const viv_value *args)
{
    struct vfs_slot slot;
    struct wasi_fdstat fdstat;
    int error = vfs_fd_get(vfs_of(wasi), args[0].i32, &slot);

    if (error != 0)
        return wasi_errno_of(error);
    memset(&fdstat, 0, sizeof(fdstat));
    fdstat.filetype = wasi_filetype(wasi, args[0].i32, slot.type);
    fdstat.flags = slot.flags;
    fdstat.rights = slot.rights;
    fdstat.rights_inheriting = slot.rights_inheriting;
    return wasi_guest_put(&wasi->guest, wasi_at(args[1].i32), &fdstat,
                          sizeof(fdstat));
}

int wasi_abi_fd_fdstat_set_flags(struct wasi *wasi, const viv_value *args)
{
    return wasi_errno_of(
        vfs_fd_set_flags(vfs_of(wasi), args[0].i32, args[1].i32));
}

int wasi_abi_fd_fdstat_set_rights(struct wasi *wasi, const viv_value *args)
{
    return wasi_errno_of(
        vfs_fd_set_rights(vfs_of(wasi), args[0].i32, args[1].i64, args[2].i64));
}

/* ------------------------------------------------------------------------
 * What the host gave.
 */

int wasi_abi_fd_prestat_get(struct wasi *wasi, const viv_value *args)
{
    struct wasi_prestat prestat;
    const char *path;
    int error = vfs_fd_guest_path(vfs_of(wasi), args[0].i32, &path);

    if (error != 0)
        return wasi_errno_of(error);
    memset(&prestat, 0, sizeof(prestat)); /* the tag 0 is a directory's */
    prestat.name_len = (uint32_t)strlen(path);
    return wasi_guest_put(&wasi->guest, wasi_at(args[1].i32), &prestat,
                          sizeof(prestat));
}

/* No NUL is added. */
int wasi_abi_fd_prestat_dir_name(struct wasi *wasi, const viv_value *args)
{
    const char *path;
    int error = vfs_fd_guest_path(vfs_of(wasi), args[0].i32, &path);

    if (error != 0)
        return wasi_errno_of(error);
    if (args[2].i32 < strlen(path))
        return WASI_ENAMETOOLONG;
    return wasi_guest_put(&wasi->guest, wasi_at(args[1].i32), path,
                          strlen(path));
}
