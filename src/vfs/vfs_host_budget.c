/* vfs_host_budget.c - how much a directory of the host may grow.
 *
 * Growth is measured: the size behind a write, minus the size before.  A slot
 * remembers how long its file is at least, so that writing what is there
 * already takes no look at it; when a file is cut, all slots forget that.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_host_budget.h"

static bool is_unlimited(const struct vfs_host *host)
{
    return host->limits.bytes_max == UINT64_MAX;
}

/* May `grown`, which is at most `max`, become so much more? */
static bool fits(int64_t grown, uint64_t more, uint64_t max)
{
    uint64_t limit = max < INT64_MAX ? max : INT64_MAX;

    if (grown < 0)
        limit += (uint64_t)-grown;
    else
        limit = limit > (uint64_t)grown ? limit - (uint64_t)grown : 0;
    return more <= limit;
}

bool vfs_host_budget_has_ceiling(const struct vfs_host *host)
{
    return !is_unlimited(host) || host->limits.files_max != UINT64_MAX;
}

bool vfs_host_budget_has_name(const struct vfs_host *host)
{
    return fits(host->files_grown, 1, host->limits.files_max);
}

int vfs_host_budget_name(struct vfs_host *host)
{
    if (!vfs_host_budget_has_name(host))
        return VFS_ENOSPC;
    host->files_grown++;
    return 0;
}

void vfs_host_budget_unname(struct vfs_host *host)
{
    host->files_grown--;
}

int vfs_host_budget_grow(struct vfs_host *host, struct vfs_host_slot *slot,
                         uint64_t end, uint64_t *ret_growth)
{
    struct os_fd_facts facts;
    int code;

    *ret_growth = 0;
    if (end > host->file_bytes_max)
        return VFS_EFBIG;
    if (end <= slot->bytes || is_unlimited(host))
        return 0;
    code = os_fd_examine(slot->fd, &facts);
    if (code < 0)
        return vfs_error_of_errno(code);
    slot->bytes = facts.bytes;
    if (end <= facts.bytes)
        return 0;
    if (!fits(host->bytes_grown, end - facts.bytes, host->limits.bytes_max))
        return VFS_ENOSPC;
    *ret_growth = end - facts.bytes;
    host->bytes_grown += (int64_t)*ret_growth;
    slot->bytes = end;
    return 0;
}

void vfs_host_budget_refund(struct vfs_host *host, struct vfs_host_slot *slot,
                            uint64_t growth)
{
    host->bytes_grown -= (int64_t)growth;
    slot->bytes -= growth;
}

/* ------------------------------------------------------------------------
 * What becomes less.
 */

static bool is_same(const struct vfs_host_slot *slot,
                    const struct os_fd_facts *facts)
{
    return slot->generation != 0 && slot->dev == facts->dev &&
           slot->ino == facts->ino;
}

void vfs_host_budget_cut(struct vfs_host *host, const struct os_fd_facts *facts,
                         uint64_t bytes)
{
    if (is_unlimited(host) || bytes >= facts->bytes)
        return;
    host->bytes_grown -= (int64_t)(facts->bytes - bytes);
    for (uint32_t i = 0; i < host->slots_max; i++)
        if (is_same(&host->slots[i], facts))
            host->slots[i].bytes = 0;
}

void vfs_host_budget_lost_name(struct vfs_host *host,
                               const struct os_fd_facts *facts)
{
    bool is_open = false;

    host->files_grown--;
    if (facts->type != OS_FD_FILE || facts->links > 1 || is_unlimited(host))
        return;
    for (uint32_t i = 0; i < host->slots_max; i++) {
        if (is_same(&host->slots[i], facts)) {
            host->slots[i].is_nameless = true;
            is_open = true;
        }
    }
    if (!is_open)
        host->bytes_grown -= (int64_t)facts->bytes;
}

/* Only the last of several slots gives the bytes free. */
void vfs_host_budget_close(struct vfs_host *host, struct vfs_host_slot *slot)
{
    struct os_fd_facts facts;

    if (!slot->is_nameless || os_fd_examine(slot->fd, &facts) < 0)
        return;
    for (uint32_t i = 0; i < host->slots_max; i++)
        if (&host->slots[i] != slot && is_same(&host->slots[i], &facts))
            return;
    host->bytes_grown -= (int64_t)facts.bytes;
}
