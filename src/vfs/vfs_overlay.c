/* vfs_overlay.c - files of the sandbox's own, over a pack.
 *
 * In an arena that was not forged:
 *     1. the root is raised
 *     2. what is in a raised directory and of the pack is not raised, if the
 *        directory does not cover it; if it does, what covers it is the only
 *        one that was raised from it
 *     3. no descriptor stands for a node of the pack that was raised
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_overlay.h"

#include "base/base_alloc.h"
#include "vfs/vfs_dir.h"
#include "vfs/vfs_list.h"
#include "vfs/vfs_raise.h"

static const struct vfs_tree_ops tree_ops;

/* ------------------------------------------------------------------------
 * Its life.
 */

struct vfs_overlay *vfs_overlay_new(struct vfs_arena *arena,
                                    const struct vfs_clock *clock,
                                    uint32_t mount,
                                    const struct vfs_memory_limits *limits,
                                    struct vfs_pack *pack)
{
    struct vfs_overlay *overlay = base_alloc_zero(1, sizeof(*overlay));

    if (overlay == NULL)
        return NULL;
    overlay->memory.tree.ops = &tree_ops;
    overlay->memory.store = (struct vfs_store){
        .arena = arena,
        .clock = clock,
        .tree = mount,
        .files_max = limits->files_max,
        .bytes_max = limits->bytes_max,
        .below = pack,
    };
    overlay->pack = vfs_pack_ref(pack);
    return overlay;
}

int vfs_overlay_format(struct vfs_overlay *overlay)
{
    struct vfs_pack_entry root;
    int error = vfs_pack_get(overlay->pack, 0, &root);

    if (error == 0)
        error = vfs_memory_format(&overlay->memory, 1);
    if (error == 0)
        vfs_raise_times(&overlay->memory.store,
                        vfs_memory_root(&overlay->memory), root.modified);
    return error;
}

static void give_back(void *fs)
{
    struct vfs_overlay *overlay = fs;

    vfs_pack_unref(overlay->pack);
    vfs_memory_free(fs);
}

/* ------------------------------------------------------------------------
 * Looking: a node is the pack's or the arena's.
 */

/* What shows through where a raised directory has no entry. */
static int find_through(struct vfs_overlay *overlay,
                        const struct vfs_inode *dir,
                        const struct vfs_name *name, struct vfs_node *ret_node)
{
    struct vfs_pack_entry entry;
    uint32_t number;
    int error;

    if (dir->below == 0)
        return VFS_ENOENT;
    error = vfs_pack_find(overlay->pack, dir->below - 1, name, &number);
    if (error == 0)
        error = vfs_pack_get(overlay->pack, number, &entry);
    if (error == 0)
        *ret_node = (struct vfs_node){VFS_BELOW | (uint64_t)number, entry.type};
    return error;
}

static int find(void *fs, uint64_t dir, const struct vfs_name *name,
                struct vfs_node *ret_node)
{
    struct vfs_overlay *overlay = fs;
    struct vfs_store *store = &overlay->memory.store;
    const struct vfs_inode *inode;

    if (vfs_raise_is_below(dir))
        return overlay->pack->tree.ops->find(overlay->pack, dir, name,
                                             ret_node);
    inode = vfs_inode_get(store, dir, VFS_DIRECTORY);
    if (inode == NULL)
        return VFS_ENOTDIR;
    if (vfs_dir_find(store, inode, name) != NULL)
        return vfs_memory_find(fs, dir, name, ret_node);
    return find_through(overlay, inode, name, ret_node);
}

static int parent(void *fs, uint64_t dir, uint64_t *ret_dir)
{
    struct vfs_overlay *overlay = fs;
    struct vfs_pack_entry entry;
    int error;

    if (!vfs_raise_is_below(dir))
        return vfs_memory_parent(fs, dir, ret_dir);
    error = vfs_pack_get(overlay->pack, (uint32_t)dir & ~VFS_BELOW, &entry);
    if (error == 0)
        *ret_dir = vfs_raise_directory_id(overlay, entry.parent);
    return error;
}

static int read_link(void *fs, uint64_t node, struct vfs_path *ret_target)
{
    struct vfs_overlay *overlay = fs;

    if (vfs_raise_is_below(node))
        return vfs_pack_read_link(overlay->pack, node, ret_target);
    return vfs_memory_read_link(fs, node, ret_target);
}

static int stat_node(void *fs, uint64_t node, struct vfs_stat *ret_stat)
{
    struct vfs_overlay *overlay = fs;

    if (vfs_raise_is_below(node))
        return vfs_pack_stat(overlay->pack, node, ret_stat);
    return vfs_memory_stat(fs, node, ret_stat);
}

static int read_node(void *fs, uint64_t node, struct vfs_io *io)
{
    struct vfs_overlay *overlay = fs;

    if (vfs_raise_is_below(node))
        return vfs_pack_read(overlay->pack, node, io);
    return vfs_memory_read(fs, node, io);
}

static bool is_empty(void *fs, uint64_t dir)
{
    struct vfs_overlay *overlay = fs;
    struct vfs_pack_entry entry;

    if (!vfs_raise_is_below(dir))
        return vfs_memory_is_empty(fs, dir);
    return vfs_pack_get(overlay->pack, (uint32_t)dir & ~VFS_BELOW, &entry) ==
               0 &&
           entry.count == 0;
}

static int list_raised(struct vfs_overlay *overlay, uint64_t node,
                       struct vfs_list *list)
{
    struct vfs_store *store = &overlay->memory.store;
    const struct vfs_inode *dir = vfs_inode_get(store, node, VFS_DIRECTORY);
    struct vfs_stat self, up;
    int error = 0;

    if (dir == NULL)
        return VFS_EBADF;
    if (dir->links == 0)
        return VFS_ENOENT; /* it was removed */
    vfs_inode_stat(dir, node, &self);
    if (vfs_memory_stat(overlay, dir->parent, &up) != 0)
        up = self;
    vfs_list_dots(list, self.ino, up.ino);
    if (dir->below != 0)
        error = vfs_list_below(list, overlay->pack, dir->below - 1, store, dir);
    if (error == 0)
        vfs_list_own(list, store, dir);
    return error;
}

static int list_node(void *fs, uint64_t node, uint64_t from, vfs_sink *sink,
                     void *cookie)
{
    struct vfs_overlay *overlay = fs;
    struct vfs_list list = {from, sink, cookie, true};

    if (vfs_raise_is_below(node))
        return vfs_pack_list(overlay->pack, node, from, sink, cookie);
    return list_raised(overlay, node, &list);
}

/* ------------------------------------------------------------------------
 * Changing: what is changed is raised first.
 */

static int hold(void *fs, struct vfs_node *node, bool is_written)
{
    int error = is_written ? vfs_raise(fs, &node->id) : 0;

    return error != 0 ? error : vfs_memory_hold(fs, node, is_written);
}

static int make(void *fs, uint64_t dir, const struct vfs_name *name,
                enum vfs_type type, const struct vfs_path *target,
                struct vfs_node *ret_node)
{
    int error = vfs_raise(fs, &dir);

    return error != 0 ? error
                      : vfs_memory_make(fs, dir, name, type, target, ret_node);
}

static int add(void *fs, struct vfs_node node, uint64_t dir,
               const struct vfs_name *name)
{
    int error = vfs_raise(fs, &node.id);

    if (error == 0)
        error = vfs_raise(fs, &dir);
    return error != 0 ? error : vfs_memory_add(fs, node, dir, name);
}

/* Raise what has this name, so that its descriptors keep it when the name goes.
 * It is fine if there is nothing. */
static int raise_named(struct vfs_overlay *overlay, uint64_t dir,
                       const struct vfs_name *name)
{
    struct vfs_node node;
    int error = find(overlay, dir, name, &node);

    if (error == VFS_ENOENT)
        return 0;
    return error != 0 ? error : vfs_raise(overlay, &node.id);
}

static int remove_name(void *fs, uint64_t dir, const struct vfs_name *name)
{
    int error = vfs_raise(fs, &dir);

    if (error == 0)
        error = raise_named(fs, dir, name);
    return error != 0 ? error : vfs_memory_remove(fs, dir, name);
}

static int move(void *fs, uint64_t old_dir, const struct vfs_name *old,
                uint64_t dir, const struct vfs_name *name)
{
    int error = vfs_raise(fs, &old_dir);

    if (error == 0)
        error = vfs_raise(fs, &dir);
    if (error == 0)
        error = raise_named(fs, old_dir, old);
    if (error == 0)
        error = raise_named(fs, dir, name);
    return error != 0 ? error : vfs_memory_move(fs, old_dir, old, dir, name);
}

static int set_times(void *fs, uint64_t node, const struct vfs_times *times)
{
    int error = vfs_raise(fs, &node);

    return error != 0 ? error : vfs_memory_set_times(fs, node, times);
}

static const struct vfs_tree_ops tree_ops = {
    .find = find,
    .parent = parent,
    .read_link = read_link,
    .stat = stat_node,
    .hold = hold,
    .make = make,
    .add = add,
    .remove = remove_name,
    .move = move,
    .is_empty = is_empty,
    .set_times = set_times,
    .set_bytes = vfs_memory_set_bytes,
};

const struct vfs_ops vfs_overlay_ops = {
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
    .stat = stat_node,
    .set_times = set_times,
    .read = read_node,
    .write = vfs_memory_write,
    .set_bytes = vfs_memory_set_bytes,
    .allocate = vfs_memory_allocate,
    .list = list_node,
    .free = give_back,
};
