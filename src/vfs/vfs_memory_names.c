/* vfs_memory_names.c - files in the arena: names.
 *
 * Each function changes all or nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_data.h"
#include "vfs/vfs_dir.h"
#include "vfs/vfs_memory.h"
#include "vfs/vfs_pack.h"

static struct vfs_store *store_of(void *fs)
{
    struct vfs_memory *memory = fs;

    return &memory->store;
}

/* ------------------------------------------------------------------------
 * Looking.
 */

int vfs_memory_find(void *fs, uint64_t dir, const struct vfs_name *name,
                    struct vfs_node *ret_node)
{
    const struct vfs_store *store = store_of(fs);
    const struct vfs_inode *inode = vfs_inode_get(store, dir, VFS_DIRECTORY);
    const struct vfs_dir_entry *entry;

    if (inode == NULL)
        return VFS_ENOTDIR;
    entry = vfs_dir_find(store, inode, name);
    if (entry == NULL || entry->type == VFS_NONE)
        return VFS_ENOENT;
    *ret_node = (struct vfs_node){entry->id, entry->type};
    return 0;
}

int vfs_memory_parent(void *fs, uint64_t dir, uint64_t *ret_dir)
{
    const struct vfs_inode *inode =
        vfs_inode_get(store_of(fs), dir, VFS_DIRECTORY);

    if (inode == NULL)
        return VFS_EIO;
    *ret_dir = inode->parent;
    return 0;
}

/* How many entries shows the directory of the pack that `dir` lies over? */
static uint32_t count_below(const struct vfs_store *store,
                            const struct vfs_inode *dir)
{
    struct vfs_pack_entry entry;

    if (dir->below == 0 || store->below == NULL ||
        vfs_pack_get(store->below, dir->below - 1, &entry) != 0)
        return 0;
    return entry.count;
}

bool vfs_memory_is_empty(void *fs, uint64_t dir)
{
    const struct vfs_store *store = store_of(fs);
    const struct vfs_inode *inode = vfs_inode_get(store, dir, VFS_DIRECTORY);

    return inode != NULL && inode->live == 0 &&
           count_below(store, inode) <= inode->covers;
}

/* Is there something of this name in the directory of the pack that `dir` lies
 * over? */
static bool is_below(const struct vfs_store *store, const struct vfs_inode *dir,
                     const struct vfs_name *name)
{
    uint32_t number;

    return dir->below != 0 && store->below != NULL &&
           vfs_pack_find(store->below, dir->below - 1, name, &number) == 0;
}

/* ------------------------------------------------------------------------
 * Making.
 */

/* What a new inode is born with.  Fails with VFS_ENOSPC. */
static int fill(struct vfs_store *store, uint64_t id, uint64_t dir,
                const struct vfs_path *target)
{
    struct vfs_inode *inode = vfs_inode_get(store, id, VFS_NONE);
    struct iovec part;
    struct vfs_io io = {.parts = &part, .count = 1};

    if (inode->type == VFS_DIRECTORY)
        inode->parent = dir;
    if (target == NULL)
        return 0;
    part = (struct iovec){(void *)target->text, target->len};
    return vfs_data_write(store, inode, &io);
}

int vfs_memory_make(void *fs, uint64_t dir, const struct vfs_name *name,
                    enum vfs_type type, const struct vfs_path *target,
                    struct vfs_node *ret_node)
{
    struct vfs_node node = {0, (uint8_t)type};
    struct vfs_store *store = store_of(fs);
    int error = vfs_inode_new(store, type, &node.id);

    if (error != 0)
        return error;
    error = fill(store, node.id, dir, target);
    if (error == 0)
        error = vfs_memory_add(fs, node, dir, name);
    if (error != 0)
        vfs_inode_close(store, node.id); /* neither open nor named: gone */
    else
        *ret_node = node;
    return error;
}

int vfs_memory_add(void *fs, struct vfs_node node, uint64_t dir,
                   const struct vfs_name *name)
{
    struct vfs_store *store = store_of(fs);
    struct vfs_inode *into = vfs_inode_get(store, dir, VFS_DIRECTORY);
    struct vfs_inode *inode = vfs_inode_get(store, node.id, VFS_NONE);
    int error;

    if (into == NULL || into->links == 0 || inode == NULL)
        return VFS_ENOENT;
    if (inode->links == UINT32_MAX)
        return VFS_EMLINK;
    error = vfs_dir_add(store, into, name, node, is_below(store, into, name));
    if (error != 0)
        return error;
    inode->links++;
    vfs_inode_touch(store, inode, false);
    vfs_inode_touch(store, into, true);
    return 0;
}

/* ------------------------------------------------------------------------
 * Removing and moving.
 */

/* The entry of something; NULL if there is nothing of this name. */
static struct vfs_dir_entry *live_entry(const struct vfs_store *store,
                                        const struct vfs_inode *dir,
                                        const struct vfs_name *name)
{
    struct vfs_dir_entry *entry =
        dir != NULL ? vfs_dir_find(store, dir, name) : NULL;

    return entry != NULL && entry->type != VFS_NONE ? entry : NULL;
}

int vfs_memory_remove(void *fs, uint64_t dir, const struct vfs_name *name)
{
    struct vfs_store *store = store_of(fs);
    struct vfs_inode *from = vfs_inode_get(store, dir, VFS_DIRECTORY);
    struct vfs_dir_entry *entry = live_entry(store, from, name);
    uint64_t id;

    if (entry == NULL)
        return VFS_ENOENT;
    id = entry->id;
    vfs_dir_remove(store, from, entry);
    vfs_inode_touch(store, from, true);
    vfs_inode_unlink(store, id);
    return 0;
}

/* Let `name` name `node`, whatever it named; with files as many as may be, too,
 * for another name will go. */
static int put_over(struct vfs_store *store, struct vfs_inode *dir,
                    const struct vfs_name *name, struct vfs_node node)
{
    struct vfs_dir_entry *entry = live_entry(store, dir, name);
    uint64_t replaced;
    int error;

    if (entry != NULL) {
        replaced = entry->id;
        entry->id = node.id;
        entry->type = node.type;
        vfs_inode_unlink(store, replaced);
        return 0;
    }
    vfs_store_refund_file(store);
    error = vfs_dir_add(store, dir, name, node, is_below(store, dir, name));
    vfs_store_tree(store)->files++;
    return error;
}

static void set_parent(struct vfs_store *store, uint64_t id, uint64_t dir)
{
    struct vfs_inode *inode = vfs_inode_get(store, id, VFS_NONE);

    if (inode == NULL)
        return;
    if (inode->type == VFS_DIRECTORY)
        inode->parent = dir;
    vfs_inode_touch(store, inode, false);
}

int vfs_memory_move(void *fs, uint64_t old_dir, const struct vfs_name *old,
                    uint64_t dir, const struct vfs_name *name)
{
    struct vfs_store *store = store_of(fs);
    struct vfs_inode *from = vfs_inode_get(store, old_dir, VFS_DIRECTORY);
    struct vfs_inode *into = vfs_inode_get(store, dir, VFS_DIRECTORY);
    struct vfs_dir_entry *entry = live_entry(store, from, old);
    struct vfs_node node;
    int error;

    if (entry == NULL || into == NULL || into->links == 0)
        return VFS_ENOENT;
    node = (struct vfs_node){entry->id, entry->type};
    error = put_over(store, into, name, node);
    if (error != 0)
        return error;
    entry = live_entry(store, from, old);
    if (entry != NULL)
        vfs_dir_remove(store, from, entry);
    set_parent(store, node.id, dir);
    vfs_inode_touch(store, from, true);
    vfs_inode_touch(store, into, true);
    return 0;
}
