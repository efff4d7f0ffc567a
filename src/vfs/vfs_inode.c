/* vfs_inode.c - what the arena knows of a file, apart from its names.
 *
 * SECURITY.  All that is read here may have been forged.  An id is an inode if
 * its cell is one and holds the same serial number; what is in it otherwise is
 * for those who read it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_inode.h"

#include "vfs/vfs_cell.h"
#include "vfs/vfs_dir.h"
#include "vfs/vfs_map.h"
#include "vfs/vfs_raised.h"

_Static_assert(sizeof(struct vfs_inode) <= VFS_CELL_BYTES,
               "an inode is one cell");

/* Serial numbers come round after 4 thousand million inodes. */
static uint32_t next_serial(struct vfs_store *store)
{
    struct vfs_arena_head *head = vfs_arena_head(store->arena);
    uint32_t serial = head->serial != 0 ? head->serial : 1;

    head->serial = serial + 1;
    return serial;
}

int vfs_inode_new(struct vfs_store *store, enum vfs_type type, uint64_t *ret_id)
{
    uint32_t cell = vfs_store_take_cell(store);
    struct vfs_inode *inode = vfs_cell(store->arena, cell);
    uint64_t now;

    if (inode == NULL)
        return VFS_ENOSPC;
    now = vfs_store_now(store);
    *inode = (struct vfs_inode){
        .serial = next_serial(store),
        .type = (uint8_t)type,
        .accessed = now,
        .modified = now,
        .changed = now,
    };
    *ret_id = cell | (uint64_t)inode->serial << 32;
    return 0;
}

struct vfs_inode *vfs_inode_get(const struct vfs_store *store, uint64_t id,
                                enum vfs_type type)
{
    struct vfs_inode *inode = vfs_cell(store->arena, vfs_inode_cell(id));

    if (inode == NULL || inode->serial != id >> 32 || inode->serial == 0)
        return NULL;
    return type == VFS_NONE || inode->type == type ? inode : NULL;
}

static void release(struct vfs_store *store, uint64_t id)
{
    struct vfs_inode *inode = vfs_inode_get(store, id, VFS_NONE);

    if (inode->type != VFS_DIRECTORY) {
        vfs_map_cut(store, inode, 0);
    } else {
        if (inode->below != 0)
            vfs_raised_remove(store, inode->below - 1);
        vfs_dir_clear(store, inode);
    }
    inode->serial = 0;
    vfs_store_give_cell(store, vfs_inode_cell(id));
}

void vfs_inode_open(struct vfs_store *store, uint64_t id)
{
    struct vfs_inode *inode = vfs_inode_get(store, id, VFS_NONE);

    if (inode != NULL)
        inode->opens++;
}

void vfs_inode_close(struct vfs_store *store, uint64_t id)
{
    struct vfs_inode *inode = vfs_inode_get(store, id, VFS_NONE);

    if (inode == NULL)
        return;
    if (inode->opens > 0)
        inode->opens--;
    if (inode->opens == 0 && inode->links == 0)
        release(store, id);
}

void vfs_inode_unlink(struct vfs_store *store, uint64_t id)
{
    struct vfs_inode *inode = vfs_inode_get(store, id, VFS_NONE);

    if (inode == NULL)
        return;
    if (inode->links > 0)
        inode->links--;
    if (inode->opens == 0 && inode->links == 0)
        release(store, id);
    else
        vfs_inode_touch(store, inode, false);
}

void vfs_inode_stat(const struct vfs_inode *inode, uint64_t id,
                    struct vfs_stat *ret_stat)
{
    *ret_stat = (struct vfs_stat){
        .ino = inode->below != 0 ? vfs_inode_below(inode->below) : id,
        .links = inode->links,
        .bytes = inode->bytes,
        .accessed = inode->accessed,
        .modified = inode->modified,
        .changed = inode->changed,
        .type = inode->type,
    };
}

void vfs_inode_touch(struct vfs_store *store, struct vfs_inode *inode,
                     bool is_content)
{
    inode->changed = vfs_store_now(store);
    if (is_content)
        inode->modified = inode->changed;
}
