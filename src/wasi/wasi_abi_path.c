/* wasi_abi_path.c - preview 1: files by their paths.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "vfs/vfs_at.h"
#include "wasi/wasi_abi.h"
#include "wasi/wasi_layout.h"

#define FOLLOW 1u /* the only flag of a look-up */

/* Of a path no more is looked at than the longest has, and one byte. */
static size_t cut(uint32_t len)
{
    return len < VFS_PATH_BYTES ? len : VFS_PATH_BYTES;
}

/* The path of `len` bytes at `address`, from the descriptor `fd`. */
static int take_path(struct wasi *wasi, uint32_t fd, uint32_t address,
                     uint32_t len, struct vfs_at *ret_at)
{
    char *bytes;
    int code = wasi_guest_span(&wasi->guest, wasi_at(address), len, &bytes);

    if (code == 0)
        *ret_at = (struct vfs_at){.fd = fd, .bytes = bytes, .len = cut(len)};
    return code;
}

/* The same, with flags before the path. */
static int take_flagged(struct wasi *wasi, const viv_value *args,
                        struct vfs_at *ret_at)
{
    int code = take_path(wasi, args[0].i32, args[2].i32, args[3].i32, ret_at);

    if (code != 0)
        return code;
    ret_at->follow = args[1].i32 == FOLLOW;
    return args[1].i32 <= FOLLOW ? 0 : WASI_EINVAL;
}

/* The functions of one path and nothing else. */
static int with_path(struct wasi *wasi, const viv_value *args,
                     int (*func)(struct vfs *vfs, const struct vfs_at *at))
{
    struct vfs_at at;
    int code = take_path(wasi, args[0].i32, args[1].i32, args[2].i32, &at);

    return code != 0 ? code : wasi_errno_of(func(&wasi->files.vfs, &at));
}

int wasi_abi_path_create_directory(struct wasi *wasi, const viv_value *args)
{
    return with_path(wasi, args, vfs_at_make_directory);
}

int wasi_abi_path_remove_directory(struct wasi *wasi, const viv_value *args)
{
    return with_path(wasi, args, vfs_at_remove_directory);
}

int wasi_abi_path_unlink_file(struct wasi *wasi, const viv_value *args)
{
    return with_path(wasi, args, vfs_at_unlink);
}

/* ------------------------------------------------------------------------
 * Opening.
 */

/* Flags of preview 1, which are 16 bits wide, that there are. */
#define OPEN_FLAGS                                                             \
    (VFS_OPEN_CREATE | VFS_OPEN_DIRECTORY | VFS_OPEN_EXCLUSIVE |               \
     VFS_OPEN_TRUNCATE)

int wasi_abi_path_open(struct wasi *wasi, const viv_value *args)
{
    struct vfs_open open = {
        .flags = args[4].i32,
        .fd_flags = args[7].i32,
        .rights = args[5].i64,
        .rights_inheriting = args[6].i64,
    };
    struct wasi_at ret_fd = wasi_at(args[8].i32);
    struct vfs_at at;
    uint32_t fd;
    char *span;
    int code = wasi_guest_span(&wasi->guest, ret_fd, sizeof(fd), &span);

    if (code == 0)
        code = take_flagged(wasi, args, &at);
    if (code == 0 && ((open.flags & ~OPEN_FLAGS) != 0 ||
                      (open.fd_flags & ~(unsigned)VFS_FLAGS) != 0))
        code = WASI_EINVAL;
    if (code == 0)
        code = wasi_errno_of(vfs_at_open(&wasi->files.vfs, &at, &open, &fd));
    return code != 0 ? code : wasi_guest_put_u32(&wasi->guest, ret_fd, fd);
}

/* ------------------------------------------------------------------------
 * What is known of it.
 */

int wasi_abi_path_filestat_get(struct wasi *wasi, const viv_value *args)
{
    struct vfs_stat stat;
    struct vfs_at at;
    int code = take_flagged(wasi, args, &at);

    if (code == 0)
        code = wasi_errno_of(vfs_at_stat(&wasi->files.vfs, &at, &stat));
    if (code != 0)
        return code;
    return wasi_put_stat(wasi, wasi_at(args[4].i32), &stat,
                         wasi_filetype_of(stat.type));
}

int wasi_abi_path_filestat_set_times(struct wasi *wasi, const viv_value *args)
{
    struct vfs_times times = {args[4].i64, args[5].i64};
    struct vfs_at at;
    int code = take_flagged(wasi, args, &at);

    return code != 0 ? code
                     : wasi_errno_of(vfs_at_set_times(&wasi->files.vfs, &at,
                                                      &times, args[6].i32));
}

/* ------------------------------------------------------------------------
 * Links and names.
 */

int wasi_abi_path_symlink(struct wasi *wasi, const viv_value *args)
{
    struct vfs_at at;
    char *target;
    int code = wasi_guest_span(&wasi->guest, wasi_at(args[0].i32), args[1].i32,
                               &target);

    if (code == 0)
        code = take_path(wasi, args[2].i32, args[3].i32, args[4].i32, &at);
    if (code != 0)
        return code;
    return wasi_errno_of(
        vfs_at_symlink(&wasi->files.vfs, target, cut(args[1].i32), &at));
}

/* Cut to the guest's buffer; no NUL is added. */
int wasi_abi_path_readlink(struct wasi *wasi, const viv_value *args)
{
    struct wasi_at ret_used = wasi_at(args[5].i32);
    uint32_t size = args[4].i32;
    struct vfs_path target;
    struct vfs_at at;
    char *to, *span;
    int code = take_path(wasi, args[0].i32, args[1].i32, args[2].i32, &at);

    if (code == 0)
        code = wasi_guest_span(&wasi->guest, wasi_at(args[3].i32), size, &to);
    if (code == 0)
        code = wasi_guest_span(&wasi->guest, ret_used, sizeof(uint32_t), &span);
    if (code == 0)
        code = wasi_errno_of(vfs_at_read_link(&wasi->files.vfs, &at, &target));
    if (code != 0)
        return code;
    if (size > target.len)
        size = target.len;
    memcpy(to, target.text, size);
    return wasi_guest_put_u32(&wasi->guest, ret_used, size);
}

int wasi_abi_path_link(struct wasi *wasi, const viv_value *args)
{
    struct vfs_at old, at;
    int code = take_flagged(wasi, args, &old);

    if (code == 0)
        code = take_path(wasi, args[4].i32, args[5].i32, args[6].i32, &at);
    return code != 0 ? code
                     : wasi_errno_of(vfs_at_link(&wasi->files.vfs, &old, &at));
}

int wasi_abi_path_rename(struct wasi *wasi, const viv_value *args)
{
    struct vfs_at old, at;
    int code = take_path(wasi, args[0].i32, args[1].i32, args[2].i32, &old);

    if (code == 0)
        code = take_path(wasi, args[3].i32, args[4].i32, args[5].i32, &at);
    return code != 0
               ? code
               : wasi_errno_of(vfs_at_rename(&wasi->files.vfs, &old, &at));
}
