/* vfs_raised.c - which directories of the pack have one of their own.
 *
 * SECURITY.  All that is read here may have been forged.  What is found is a
 * directory that lies over the one asked for, or it counts as not found.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_raised.h"

#include "vfs/vfs_cell.h"
#include "vfs/vfs_index.h"

/* A cell in the tree's index `raised`; its key is the number. */
struct raised {
    struct vfs_index_node index;
    uint64_t id;
};

bool vfs_raised_find(const struct vfs_store *store, uint32_t number,
                     uint64_t *ret_id)
{
    uint32_t root = vfs_store_tree(store)->raised;
    uint32_t cell = vfs_index_find(store->arena, root, number);
    const struct raised *raised = vfs_cell(store->arena, cell);
    const struct vfs_inode *inode;

    if (raised == NULL)
        return false;
    inode = vfs_inode_get(store, raised->id, VFS_DIRECTORY);
    if (inode == NULL || inode->below != number + 1)
        return false;
    *ret_id = raised->id;
    return true;
}

int vfs_raised_add(struct vfs_store *store, uint32_t number, uint64_t id)
{
    uint32_t cell = vfs_store_take_cell(store);
    struct raised *raised = vfs_cell(store->arena, cell);

    if (raised == NULL)
        return VFS_ENOSPC;
    raised->id = id;
    if (vfs_index_add(store->arena, &vfs_store_tree(store)->raised, cell,
                      number))
        return 0;
    vfs_store_give_cell(store, cell);
    return VFS_EIO;
}

void vfs_raised_remove(struct vfs_store *store, uint32_t number)
{
    uint32_t cell =
        vfs_index_remove(store->arena, &vfs_store_tree(store)->raised, number);

    if (cell != 0)
        vfs_store_give_cell(store, cell);
}
