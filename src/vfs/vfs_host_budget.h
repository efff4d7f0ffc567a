/* vfs_host_budget.h - how much a directory of the host may grow.
 *
 * Floor 2.  See vfs_host.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_HOST_BUDGET_H
#define VFS_HOST_BUDGET_H

#include "vfs/vfs_host.h"

/* Is there a ceiling at all?  Without one nobody needs to be told of names that
 * are lost. */
bool vfs_host_budget_has_ceiling(const struct vfs_host *host);

/* May there be one name more? */
bool vfs_host_budget_has_name(const struct vfs_host *host);

/* One name more, if there may be; and taken back. */
int vfs_host_budget_name(struct vfs_host *host);
void vfs_host_budget_unname(struct vfs_host *host);

/* The open file shall be `end` bytes long, if it is shorter; `*ret_growth` is
 * what was charged for that.  Fails with VFS_ENOSPC, with VFS_EFBIG beyond what
 * the process may write, or with what the system says; then nothing was
 * charged. */
int vfs_host_budget_grow(struct vfs_host *host, struct vfs_host_slot *slot,
                         uint64_t end, uint64_t *ret_growth);

/* It did not grow so much: so many bytes less. */
void vfs_host_budget_refund(struct vfs_host *host, struct vfs_host_slot *slot,
                            uint64_t growth);

/* The file of these facts was cut to `bytes`. */
void vfs_host_budget_cut(struct vfs_host *host, const struct os_fd_facts *facts,
                         uint64_t bytes);

/* What had these facts has lost a name.  With the last one its bytes are free,
 * unless it is open; then they are when it is closed. */
void vfs_host_budget_lost_name(struct vfs_host *host,
                               const struct os_fd_facts *facts);

/* The slot is about to be closed. */
void vfs_host_budget_close(struct vfs_host *host, struct vfs_host_slot *slot);

#endif /* VFS_HOST_BUDGET_H */
