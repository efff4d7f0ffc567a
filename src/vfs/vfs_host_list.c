/* vfs_host_list.c - a directory of the host: entries.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "base/base_utf8.h"
#include "os/os_beneath.h"
#include "vfs/vfs_host.h"

/* Entries are read so many bytes at a time: about what WASI libraries ask for
 * at once. */
#define LIST_BYTES 4096

/* Some file systems do not say in their directories what an entry is. */
static uint8_t type_of(int dir, const struct os_fd_entry *entry)
{
    struct os_fd_facts facts = {.type = entry->type};
    int fd = -1;

    if (entry->type == 0)
        fd = os_beneath_open(dir, entry->name,
                             OS_BENEATH_LOOK | OS_BENEATH_NOFOLLOW);
    if (fd >= 0 && os_fd_examine(fd, &facts) < 0)
        facts.type = OS_FD_OTHER;
    os_fd_close(fd);
    return vfs_host_type(facts.type);
}

/* A name that no path can spell is left out.  What lies above the root is no
 * business of the guest's. */
static bool say(const struct vfs_host *host, int dir,
                const struct os_fd_entry *entry, vfs_sink *sink, void *cookie)
{
    size_t len = strlen(entry->name);
    struct vfs_entry said = {
        .name = {entry->name, (uint32_t)len},
        .ino = entry->ino,
        .next = entry->next,
        .type = type_of(dir, entry),
    };

    if (dir == host->root && strcmp(entry->name, "..") == 0)
        said.ino = host->root_ino;
    if (!base_utf8_is_valid((const uint8_t *)entry->name, len))
        return true;
    return sink(cookie, &said);
}

int vfs_host_list(void *fs, uint64_t node, uint64_t from, vfs_sink *sink,
                  void *cookie)
{
    const struct vfs_host *host = fs;
    int dir = vfs_host_fd(host, node);
    _Alignas(8) char buf[LIST_BYTES];
    int64_t len;

    if (dir < 0)
        return VFS_EBADF;
    while ((len = os_fd_list(dir, from, buf, sizeof(buf))) > 0) {
        struct os_fd_entry entry;

        for (size_t at = 0; os_fd_entry(buf, (size_t)len, &at, &entry);) {
            if (!say(host, dir, &entry, sink, cookie))
                return 0;
            from = entry.next;
        }
    }
    return vfs_error_of_errno((int)len);
}
