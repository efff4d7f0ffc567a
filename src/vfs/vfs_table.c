/* vfs_table.c - the guest's descriptors.
 *
 * SECURITY.  All that is read here may have been forged.  Descriptors are
 * compared with the host's number of slots; `lowest` in the head is where the
 * search begins, and where it ends is the host's.
 *
 * In an arena that was not forged: all slots below `lowest` are used.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_table.h"

#include <stddef.h>

static struct vfs_slot *slots(const struct vfs_arena *arena)
{
    return vfs_arena_table(arena);
}

static bool is_used(const struct vfs_slot *slot)
{
    return slot->state == VFS_SLOT_OPEN || slot->state == VFS_SLOT_PREOPEN;
}

struct vfs_slot *vfs_table_get(const struct vfs_arena *arena,
                               uint32_t descriptor)
{
    struct vfs_slot *slot;

    if (descriptor >= arena->descriptors)
        return NULL;
    slot = slots(arena) + descriptor;
    return is_used(slot) ? slot : NULL;
}

/* From now on all below are known to be used. */
bool vfs_table_has_room(struct vfs_arena *arena)
{
    uint32_t *lowest = &vfs_arena_head(arena)->lowest;

    while (*lowest < arena->descriptors && is_used(slots(arena) + *lowest))
        ++*lowest;
    return *lowest < arena->descriptors;
}

int vfs_table_add(struct vfs_arena *arena, const struct vfs_slot *slot,
                  uint32_t *ret_descriptor)
{
    if (!vfs_table_has_room(arena))
        return VFS_EMFILE;
    *ret_descriptor = vfs_arena_head(arena)->lowest;
    slots(arena)[*ret_descriptor] = *slot;
    return 0;
}

void vfs_table_remove(struct vfs_arena *arena, uint32_t descriptor)
{
    struct vfs_arena_head *head = vfs_arena_head(arena);

    slots(arena)[descriptor] = (struct vfs_slot){0};
    if (descriptor < head->lowest)
        head->lowest = descriptor;
}

uint32_t vfs_table_replace(struct vfs_arena *arena, uint32_t mount,
                           uint64_t old, uint64_t node)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < arena->descriptors; i++) {
        struct vfs_slot *slot = slots(arena) + i;

        if (!is_used(slot) || slot->mount != mount || slot->node != old)
            continue;
        slot->node = node;
        count++;
    }
    return count;
}
