/* wasi_abi_fd_dir.c - preview 1: listing a directory.
 *
 * The guest's buffer is filled with entries, each followed by its name, to the
 * last byte: the last entry may be cut anywhere.  A buffer that is not full
 * says that the directory has no more.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "vfs/vfs_fd.h"
#include "wasi/wasi_abi.h"
#include "wasi/wasi_layout.h"

struct listing {
    char *at; /* in guest memory: it is written only */
    size_t left;
};

/* As much as fits; false when that is not all. */
static bool put(struct listing *listing, const void *bytes, size_t len)
{
    size_t count = len < listing->left ? len : listing->left;

    memcpy(listing->at, bytes, count);
    listing->at += count;
    listing->left -= count;
    return count == len;
}

static bool put_entry(void *cookie, const struct vfs_entry *entry)
{
    struct wasi_dirent dirent;

    memset(&dirent, 0, sizeof(dirent));
    dirent.next = entry->next;
    dirent.ino = entry->ino;
    dirent.name_len = entry->name.len;
    dirent.filetype = wasi_filetype_of(entry->type);
    return put(cookie, &dirent, sizeof(dirent)) &&
           put(cookie, entry->name.text, entry->name.len);
}

int wasi_abi_fd_readdir(struct wasi *wasi, const viv_value *args)
{
    struct wasi_at ret_used = wasi_at(args[4].i32);
    struct listing listing = {.left = args[2].i32};
    char *span;
    int code = wasi_guest_span(&wasi->guest, ret_used, sizeof(uint32_t), &span);

    if (code == 0)
        code = wasi_guest_span(&wasi->guest, wasi_at(args[1].i32), args[2].i32,
                               &listing.at);
    if (code == 0)
        code = wasi_errno_of(vfs_fd_list(&wasi->files.vfs, args[0].i32,
                                         args[3].i64, put_entry, &listing));
    if (code != 0)
        return code;
    return wasi_guest_put_u32(&wasi->guest, ret_used,
                              args[2].i32 - (uint32_t)listing.left);
}
