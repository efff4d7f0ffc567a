/* vfs_raise.c - a node of the pack gets an inode of its own.
 *
 * SECURITY.  The arena may have been forged, and the pack may be a stranger's.
 * Parents have lower numbers, so going up ends; it may not take more than
 * VFS_OVERLAY_DEPTH_MAX steps, because it is done again for each step down.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_raise.h"

#include "vfs/vfs_dir.h"
#include "vfs/vfs_raised.h"
#include "vfs/vfs_table.h"

static uint32_t number_of(uint64_t node)
{
    return (uint32_t)node & ~VFS_BELOW;
}

uint64_t vfs_raise_directory_id(const struct vfs_overlay *overlay,
                                uint32_t number)
{
    uint64_t id;

    if (vfs_raised_find(&overlay->memory.store, number, &id))
        return id;
    return VFS_BELOW | (uint64_t)number;
}

/* ------------------------------------------------------------------------
 * One node, whose directory `dir` has been raised.
 */

void vfs_raise_times(struct vfs_store *store, uint64_t id, uint64_t modified)
{
    struct vfs_inode *inode = vfs_inode_get(store, id, VFS_NONE);

    if (inode != NULL)
        inode->accessed = inode->modified = inode->changed = modified;
}

static int new_inode(struct vfs_store *store, uint32_t number,
                     const struct vfs_pack_entry *entry, uint64_t dir,
                     uint64_t *ret_id)
{
    struct vfs_inode *inode;
    int error = vfs_inode_new(store, entry->type, ret_id);

    if (error != 0)
        return error;
    inode = vfs_inode_get(store, *ret_id, VFS_NONE);
    inode->bytes = entry->bytes;
    inode->below = number + 1;
    inode->below_bytes = entry->bytes;
    inode->parent = entry->type == VFS_DIRECTORY ? dir : 0;
    inode->links = 1;
    vfs_raise_times(store, *ret_id, entry->modified);
    return 0;
}

/* An inode with a name that covers that of the pack. */
static int name_inode(struct vfs_store *store, uint32_t number,
                      const struct vfs_pack_entry *entry, uint64_t dir,
                      uint64_t *ret_id)
{
    struct vfs_inode *into = vfs_inode_get(store, dir, VFS_DIRECTORY);
    struct vfs_node node = {0, entry->type};
    int error;

    if (into == NULL || vfs_dir_find(store, into, &entry->name) != NULL)
        return VFS_ENOENT;
    error = new_inode(store, number, entry, dir, &node.id);
    if (error != 0)
        return error;
    error = vfs_dir_add(store, into, &entry->name, node, true);
    if (error == 0)
        *ret_id = node.id;
    else
        vfs_inode_unlink(store, node.id);
    return error;
}

/* What was counted for a name whose inode could not be had after all; nothing
 * covers the pack's any more. */
static void take_back(struct vfs_store *store,
                      const struct vfs_pack_entry *entry, uint64_t dir,
                      uint64_t id)
{
    struct vfs_inode *into = vfs_inode_get(store, dir, VFS_DIRECTORY);
    struct vfs_dir_entry *its =
        into != NULL ? vfs_dir_find(store, into, &entry->name) : NULL;

    if (its != NULL && its->covers) {
        its->covers = 0;
        into->covers--;
        vfs_dir_remove(store, into, its);
    }
    vfs_inode_unlink(store, id);
}

static int raise_one(struct vfs_overlay *overlay, uint32_t number, uint64_t dir,
                     uint64_t *ret_id)
{
    struct vfs_store *store = &overlay->memory.store;
    struct vfs_pack_entry entry;
    struct vfs_inode *inode;
    uint64_t id;
    int error = vfs_pack_get(overlay->pack, number, &entry);

    if (error == 0)
        error = name_inode(store, number, &entry, dir, &id);
    if (error != 0)
        return error;
    if (entry.type == VFS_DIRECTORY)
        error = vfs_raised_add(store, number, id);
    if (error != 0) {
        take_back(store, &entry, dir, id);
        return error;
    }
    inode = vfs_inode_get(store, id, VFS_NONE);
    if (inode == NULL)
        return VFS_EIO;
    inode->opens = vfs_table_replace(store->arena, store->tree,
                                     VFS_BELOW | (uint64_t)number, id);
    *ret_id = id;
    return 0;
}

/* ------------------------------------------------------------------------
 * And the directories above.
 */

/* The highest directory above `number` that was not raised, or `number` itself;
 * `*ret_dir` is the raised one that it is in. */
static int highest(const struct vfs_overlay *overlay, uint32_t number,
                   uint32_t *ret_number, uint64_t *ret_dir)
{
    for (int i = 0; i < VFS_OVERLAY_DEPTH_MAX; i++) {
        struct vfs_pack_entry entry;
        int error = vfs_pack_get(overlay->pack, number, &entry);

        if (error != 0)
            return error;
        if (vfs_raised_find(&overlay->memory.store, entry.parent, ret_dir)) {
            *ret_number = number;
            return 0;
        }
        if (number == 0)
            return VFS_EIO; /* the root is always raised */
        number = entry.parent;
    }
    return VFS_ELOOP;
}

int vfs_raise(struct vfs_overlay *overlay, uint64_t *node)
{
    uint32_t wanted = number_of(*node), number;
    uint64_t dir, id;

    if (!vfs_raise_is_below(*node))
        return 0;
    if (vfs_raised_find(&overlay->memory.store, wanted, node))
        return 0;
    for (int i = 0; i <= VFS_OVERLAY_DEPTH_MAX; i++) {
        int error = highest(overlay, wanted, &number, &dir);

        if (error == 0)
            error = raise_one(overlay, number, dir, &id);
        if (error != 0)
            return error;
        if (number == wanted) {
            *node = id;
            return 0;
        }
    }
    return VFS_EIO;
}
