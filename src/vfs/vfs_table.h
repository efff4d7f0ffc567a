/* vfs_table.h - the guest's descriptors.
 *
 * Floor 2.  A DESCRIPTOR is a number: the place of a SLOT in the table, which
 * lies in the arena.  A slot that is used names a mount and a node of its file
 * system, and holds what the guest's operations change: position, flags,
 * rights.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_TABLE_H
#define VFS_TABLE_H

#include "vfs/vfs_arena.h"
#include "vfs/vfs_error.h"

#define VFS_DESCRIPTORS_MAX 65536

enum vfs_slot_state {
    VFS_SLOT_FREE = 0,
    VFS_SLOT_OPEN,
    VFS_SLOT_PREOPEN /* given by the host, under the mount's guest path */
};

/* Flags of a slot: preview 1's. */
enum {
    VFS_FLAG_APPEND = 1 << 0,
    VFS_FLAG_DATASYNC = 1 << 1,
    VFS_FLAG_NONBLOCK = 1 << 2,
    VFS_FLAG_READSYNC = 1 << 3,
    VFS_FLAG_SYNC = 1 << 4,
    VFS_FLAGS = (1 << 5) - 1
};

struct vfs_slot {
    uint64_t node;
    uint64_t offset;
    uint64_t rights, rights_inheriting; /* vfs_rights.h */
    uint16_t mount;
    uint16_t flags;
    uint8_t state; /* enum vfs_slot_state */
    uint8_t type;  /* enum vfs_type */
    uint16_t unused;
};

/* The slot of `descriptor`, or NULL if it is not used. */
struct vfs_slot *vfs_table_get(const struct vfs_arena *arena,
                               uint32_t descriptor);

/* Is there a descriptor that is not used? */
bool vfs_table_has_room(struct vfs_arena *arena);

/* Put `slot` at the lowest descriptor that is not used.  Fails with
 * VFS_EMFILE. */
int vfs_table_add(struct vfs_arena *arena, const struct vfs_slot *slot,
                  uint32_t *ret_descriptor);

/* Before: it is used. */
void vfs_table_remove(struct vfs_arena *arena, uint32_t descriptor);

/* What was node `old` of the mount is `node` now; returns in how many slots. */
uint32_t vfs_table_replace(struct vfs_arena *arena, uint32_t mount,
                           uint64_t old, uint64_t node);

#endif /* VFS_TABLE_H */
