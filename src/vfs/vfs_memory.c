/* vfs_memory.c - files in the arena: what is done to nodes.
 *
 * Names are in vfs_memory_names.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_memory.h"

#include "base/base_alloc.h"
#include "vfs/vfs_data.h"
#include "vfs/vfs_inode.h"
#include "vfs/vfs_list.h"
#include "vfs/vfs_raised.h"

static const struct vfs_tree_ops tree_ops;

/* ------------------------------------------------------------------------
 * Its life.
 */

struct vfs_memory *vfs_memory_new(struct vfs_arena *arena,
                                  const struct vfs_clock *clock, uint32_t tree,
                                  const struct vfs_memory_limits *limits)
{
    struct vfs_memory *memory = base_alloc_zero(1, sizeof(*memory));

    if (memory == NULL)
        return NULL;
    memory->tree.ops = &tree_ops;
    memory->store = (struct vfs_store){
        .arena = arena,
        .clock = clock,
        .tree = tree,
        .files_max = limits->files_max,
        .bytes_max = limits->bytes_max,
    };
    return memory;
}

int vfs_memory_format(struct vfs_memory *memory, uint32_t below)
{
    struct vfs_store *store = &memory->store;
    struct vfs_arena_tree *tree = vfs_store_tree(store);
    struct vfs_inode *root;
    uint64_t id;
    int error = vfs_inode_new(store, VFS_DIRECTORY, &id);

    if (error != 0)
        return error;
    root = vfs_inode_get(store, id, VFS_DIRECTORY);
    root->links = 1;
    root->parent = id;
    root->below = below;
    tree->root = vfs_inode_cell(id);
    tree->root_serial = root->serial;
    return below != 0 ? vfs_raised_add(store, below - 1, id) : 0;
}

uint64_t vfs_memory_root(const struct vfs_memory *memory)
{
    const struct vfs_arena_tree *tree = vfs_store_tree(&memory->store);

    return tree->root | (uint64_t)tree->root_serial << 32;
}

void vfs_memory_free(void *fs)
{
    base_free(fs);
}

/* ------------------------------------------------------------------------
 * Nodes.
 */

static struct vfs_inode *get(void *fs, uint64_t node, enum vfs_type type)
{
    const struct vfs_memory *memory = fs;

    return vfs_inode_get(&memory->store, node, type);
}

static struct vfs_store *store_of(void *fs)
{
    struct vfs_memory *memory = fs;

    return &memory->store;
}

int vfs_memory_hold(void *fs, struct vfs_node *node, bool is_written)
{
    (void)is_written;
    vfs_inode_open(store_of(fs), node->id);
    return 0;
}

void vfs_memory_close(void *fs, uint64_t node)
{
    vfs_inode_close(store_of(fs), node);
}

int vfs_memory_stat(void *fs, uint64_t node, struct vfs_stat *ret_stat)
{
    const struct vfs_inode *inode = get(fs, node, VFS_NONE);

    if (inode == NULL)
        return VFS_EBADF;
    vfs_inode_stat(inode, node, ret_stat);
    return 0;
}

int vfs_memory_set_times(void *fs, uint64_t node, const struct vfs_times *times)
{
    struct vfs_inode *inode = get(fs, node, VFS_NONE);

    if (inode == NULL)
        return VFS_EBADF;
    vfs_inode_touch(store_of(fs), inode, false);
    if (times->accessed != VFS_KEEP)
        inode->accessed = times->accessed;
    if (times->modified != VFS_KEEP)
        inode->modified = times->modified;
    return 0;
}

int vfs_memory_read_link(void *fs, uint64_t node, struct vfs_path *ret_target)
{
    const struct vfs_inode *inode = get(fs, node, VFS_SYMLINK);
    struct iovec part = {ret_target->text, VFS_PATH_BYTES - 1};
    struct vfs_io io = {.parts = &part, .count = 1};

    if (inode == NULL)
        return VFS_EINVAL;
    vfs_data_read(store_of(fs), inode, &io);
    ret_target->len = (uint32_t)io.done;
    ret_target->text[io.done] = '\0';
    return 0;
}

int vfs_memory_read(void *fs, uint64_t node, struct vfs_io *io)
{
    const struct vfs_inode *inode = get(fs, node, VFS_FILE);

    io->done = 0;
    if (inode == NULL)
        return VFS_EBADF;
    vfs_data_read(store_of(fs), inode, io);
    return 0;
}

int vfs_memory_write(void *fs, uint64_t node, struct vfs_io *io)
{
    struct vfs_inode *inode = get(fs, node, VFS_FILE);

    io->done = 0;
    return inode != NULL ? vfs_data_write(store_of(fs), inode, io) : VFS_EBADF;
}

int vfs_memory_set_bytes(void *fs, uint64_t node, uint64_t bytes)
{
    struct vfs_inode *inode = get(fs, node, VFS_FILE);

    return inode != NULL ? vfs_data_set_bytes(store_of(fs), inode, bytes)
                         : VFS_EBADF;
}

int vfs_memory_allocate(void *fs, uint64_t node, uint64_t at, uint64_t len)
{
    struct vfs_inode *inode = get(fs, node, VFS_FILE);

    return inode != NULL ? vfs_data_allocate(store_of(fs), inode, at, len)
                         : VFS_EBADF;
}

static int list(void *fs, uint64_t node, uint64_t from, vfs_sink *sink,
                void *cookie)
{
    struct vfs_list list = {from, sink, cookie, true};
    const struct vfs_inode *dir = get(fs, node, VFS_DIRECTORY);

    if (dir == NULL)
        return VFS_EBADF;
    if (dir->links == 0)
        return VFS_ENOENT; /* it was removed */
    vfs_list_dots(&list, node, dir->parent);
    vfs_list_own(&list, store_of(fs), dir);
    return 0;
}

static const struct vfs_tree_ops tree_ops = {
    .find = vfs_memory_find,
    .parent = vfs_memory_parent,
    .read_link = vfs_memory_read_link,
    .stat = vfs_memory_stat,
    .hold = vfs_memory_hold,
    .make = vfs_memory_make,
    .add = vfs_memory_add,
    .remove = vfs_memory_remove,
    .move = vfs_memory_move,
    .is_empty = vfs_memory_is_empty,
    .set_times = vfs_memory_set_times,
    .set_bytes = vfs_memory_set_bytes,
};

const struct vfs_ops vfs_memory_ops = {
    .open = vfs_tree_open,
    .stat_at = vfs_tree_stat_at,
    .set_times_at = vfs_tree_set_times_at,
    .make_directory = vfs_tree_make_directory,
    .remove_directory = vfs_tree_remove_directory,
    .unlink = vfs_tree_unlink,
    .symlink = vfs_tree_symlink,
    .read_link = vfs_tree_read_link,
    .link = vfs_tree_link,
    .rename = vfs_tree_rename,
    .close = vfs_memory_close,
    .stat = vfs_memory_stat,
    .set_times = vfs_memory_set_times,
    .read = vfs_memory_read,
    .write = vfs_memory_write,
    .set_bytes = vfs_memory_set_bytes,
    .allocate = vfs_memory_allocate,
    .list = list,
    .free = vfs_memory_free,
};
