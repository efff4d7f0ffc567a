/* vfs_path.c - paths as guests give them.
 *
 * SECURITY.  The bytes are a guest's.  They are copied once, by their length,
 * and all that is asked of them is asked of the copy.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_path.h"

#include <string.h>

#include "base/base_utf8.h"
#include "vfs/vfs_error.h"

int vfs_path_take(struct vfs_path *path, const char *bytes, size_t len)
{
    if (len == 0)
        return VFS_ENOENT;
    if (len >= VFS_PATH_BYTES)
        return VFS_ENAMETOOLONG;
    memcpy(path->text, bytes, len);
    path->text[len] = '\0';
    path->len = (uint32_t)len;
    if (memchr(path->text, '\0', len) != NULL)
        return VFS_EINVAL;
    if (!base_utf8_is_valid((const uint8_t *)path->text, len))
        return VFS_EILSEQ;
    return path->text[0] == '/' ? VFS_ENOTCAPABLE : 0;
}

struct vfs_path_last vfs_path_last(const struct vfs_path *path)
{
    struct vfs_path_last last = {0};
    uint32_t end = path->len;

    while (end > 1 && path->text[end - 1] == '/')
        end--;
    last.is_slashed = end < path->len;
    last.at = end;
    while (last.at > 0 && path->text[last.at - 1] != '/')
        last.at--;
    last.len = end - last.at;
    last.is_dots =
        path->text[last.at] == '.' &&
        (last.len == 1 || (last.len == 2 && path->text[last.at + 1] == '.'));
    return last;
}
