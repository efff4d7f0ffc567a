/* wasi_layout.c - preview 1's structures, as they lie in guest memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_layout.h"

#include <string.h>

uint8_t wasi_filetype_of(uint8_t type)
{
    switch (type) {
    case VFS_DIRECTORY:
        return WASI_FILETYPE_DIRECTORY;
    case VFS_FILE:
        return WASI_FILETYPE_REGULAR_FILE;
    case VFS_SYMLINK:
        return WASI_FILETYPE_SYMBOLIC_LINK;
    default:
        return WASI_FILETYPE_UNKNOWN;
    }
}

/* To programs a character device that cannot seek is a terminal. */
uint8_t wasi_filetype(const struct wasi *wasi, uint32_t fd, uint8_t type)
{
    int stream = type == VFS_STREAM ? wasi_files_stream(&wasi->files, fd) : -1;

    if (stream >= 0 && (wasi->grant.said.terminals >> stream & 1) != 0)
        return WASI_FILETYPE_CHARACTER_DEVICE;
    return wasi_filetype_of(type);
}

int wasi_put_stat(const struct wasi *wasi, struct wasi_at at,
                  const struct vfs_stat *stat, uint8_t filetype)
{
    struct wasi_filestat filestat;

    memset(&filestat, 0, sizeof(filestat));
    filestat.dev = stat->dev;
    filestat.ino = stat->ino;
    filestat.filetype = filetype;
    filestat.links = stat->links;
    filestat.bytes = stat->bytes;
    filestat.accessed = stat->accessed;
    filestat.modified = stat->modified;
    filestat.changed = stat->changed;
    return wasi_guest_put(&wasi->guest, at, &filestat, sizeof(filestat));
}
