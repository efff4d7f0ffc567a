/* vfs_tree.c - file systems whose paths we walk ourselves.
 *
 * What may be done to what is decided in the order in which Linux decides it,
 * because programs look at the error.  tests/vfs/ compares the two.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_tree.h"

#include "vfs/vfs_walk.h"

/* No directory that lies deeper is moved: whether it would go into itself takes
 * a look at each directory above. */
#define DEPTH_MAX 65536

static bool is_there(const struct vfs_place *place)
{
    return place->node.type != VFS_NONE;
}

static bool is_directory(const struct vfs_place *place)
{
    return place->node.type == VFS_DIRECTORY;
}

/* Nothing is there: what to say of that. */
static int absence(const struct vfs_place *place)
{
    return place->refusal != 0 ? place->refusal : VFS_ENOENT;
}

/* The place of something; with slashes behind it, of a directory. */
static int find_at(struct vfs_tree *tree, uint64_t at,
                   const struct vfs_path *path, bool follow,
                   struct vfs_place *place)
{
    int error = vfs_walk(tree, at, path,
                         follow ? VFS_WALK_FOLLOW : VFS_WALK_NOFOLLOW, place);

    if (error != 0)
        return error;
    if (!is_there(place))
        return absence(place);
    return place->is_slashed && !is_directory(place) ? VFS_ENOTDIR : 0;
}

/* ------------------------------------------------------------------------
 * Opening.
 */

static int make_file(struct vfs_tree *tree, const struct vfs_how *how,
                     struct vfs_place *place)
{
    if (!how->create || place->refusal != 0)
        return absence(place);
    if (tree->ops->make == NULL)
        return VFS_EROFS;
    return tree->ops->make(tree, place->dir, &place->name, VFS_FILE, NULL,
                           &place->node);
}

/* Something is there: may it be opened like that? */
static int check_open(struct vfs_tree *tree, const struct vfs_how *how,
                      const struct vfs_place *place)
{
    bool is_written = how->write || how->truncate;

    if (how->create && how->exclusive)
        return VFS_EEXIST;
    if (place->node.type == VFS_SYMLINK)
        return how->directory ? VFS_ENOTDIR : VFS_ELOOP;
    if (is_directory(place))
        return how->create || is_written ? VFS_EISDIR : 0;
    if (how->directory || place->is_slashed)
        return VFS_ENOTDIR;
    return is_written && tree->ops->make == NULL ? VFS_EROFS : 0;
}

static int hold(struct vfs_tree *tree, const struct vfs_how *how,
                struct vfs_node *node)
{
    bool is_written = how->write || how->truncate;
    int error = 0;

    if (tree->ops->hold != NULL)
        error = tree->ops->hold(tree, node, is_written);
    return error;
}

/* What is to be made, and nothing else may be there, is not looked for behind a
 * link. */
static enum vfs_walk_mode mode_of(const struct vfs_how *how)
{
    if (how->create)
        return how->follow && !how->exclusive ? VFS_WALK_MAKE : VFS_WALK_NAME;
    return how->follow ? VFS_WALK_FOLLOW : VFS_WALK_NOFOLLOW;
}

int vfs_tree_open(void *fs, uint64_t at, const struct vfs_path *path,
                  const struct vfs_how *how, struct vfs_node *ret_node)
{
    struct vfs_tree *tree = fs;
    struct vfs_place place;
    bool was_there;
    int error;

    error = vfs_walk(tree, at, path, mode_of(how), &place);
    if (error == 0 && how->create && place.is_slashed)
        error = VFS_EISDIR;
    if (error != 0)
        return error;
    was_there = is_there(&place);
    error = was_there ? check_open(tree, how, &place)
                      : make_file(tree, how, &place);
    if (error == 0)
        error = hold(tree, how, &place.node);
    if (error == 0 && how->truncate && was_there)
        error = tree->ops->set_bytes(tree, place.node.id, 0);
    if (error == 0)
        *ret_node = place.node;
    return error;
}

/* ------------------------------------------------------------------------
 * Looking, and times.
 */

int vfs_tree_stat_at(void *fs, uint64_t at, const struct vfs_path *path,
                     bool follow, struct vfs_stat *ret_stat)
{
    struct vfs_tree *tree = fs;
    struct vfs_place place;
    int error = find_at(tree, at, path, follow, &place);

    return error != 0 ? error : tree->ops->stat(tree, place.node.id, ret_stat);
}

int vfs_tree_set_times_at(void *fs, uint64_t at, const struct vfs_path *path,
                          bool follow, const struct vfs_times *times)
{
    struct vfs_tree *tree = fs;
    struct vfs_place place;
    int error = find_at(tree, at, path, follow, &place);

    if (error != 0)
        return error;
    if (tree->ops->set_times == NULL)
        return VFS_EROFS;
    return tree->ops->set_times(tree, place.node.id, times);
}

int vfs_tree_read_link(void *fs, uint64_t at, const struct vfs_path *path,
                       struct vfs_path *ret_target)
{
    struct vfs_tree *tree = fs;
    struct vfs_place place;
    int error = find_at(tree, at, path, false, &place);

    if (error != 0)
        return error;
    if (place.node.type != VFS_SYMLINK)
        return VFS_EINVAL;
    return tree->ops->read_link(tree, place.node.id, ret_target);
}

/* ------------------------------------------------------------------------
 * New names.
 */

/* A place where nothing is, for a new name; slashes may be behind it if it is
 * to be a directory. */
static int find_free(struct vfs_tree *tree, uint64_t at,
                     const struct vfs_path *path, bool may_be_slashed,
                     struct vfs_place *place)
{
    int error = vfs_walk(tree, at, path, VFS_WALK_NAME, place);

    if (error != 0)
        return error;
    if (is_there(place))
        return VFS_EEXIST;
    if (place->refusal != 0)
        return place->refusal;
    if (place->is_slashed && !may_be_slashed)
        return VFS_ENOENT;
    return tree->ops->make == NULL ? VFS_EROFS : 0;
}

int vfs_tree_make_directory(void *fs, uint64_t at, const struct vfs_path *path)
{
    struct vfs_tree *tree = fs;
    struct vfs_place place;
    int error = find_free(tree, at, path, true, &place);

    if (error != 0)
        return error;
    return tree->ops->make(tree, place.dir, &place.name, VFS_DIRECTORY, NULL,
                           &place.node);
}

int vfs_tree_symlink(void *fs, uint64_t at, const struct vfs_path *path,
                     const struct vfs_path *target)
{
    struct vfs_tree *tree = fs;
    struct vfs_place place;
    int error = find_free(tree, at, path, false, &place);

    if (error != 0)
        return error;
    return tree->ops->make(tree, place.dir, &place.name, VFS_SYMLINK, target,
                           &place.node);
}

int vfs_tree_link(void *fs, uint64_t old_at, const struct vfs_path *old,
                  uint64_t at, const struct vfs_path *path)
{
    struct vfs_tree *tree = fs;
    struct vfs_place from, to;
    int error = find_at(tree, old_at, old, false, &from);

    if (error == 0)
        error = find_free(tree, at, path, false, &to);
    if (error != 0)
        return error;
    if (is_directory(&from))
        return VFS_EPERM;
    return tree->ops->add(tree, from.node, to.dir, &to.name);
}

/* ------------------------------------------------------------------------
 * Names that go.
 */

int vfs_tree_unlink(void *fs, uint64_t at, const struct vfs_path *path)
{
    struct vfs_tree *tree = fs;
    struct vfs_place place;
    int error = vfs_walk(tree, at, path, VFS_WALK_NAME, &place);

    if (error != 0)
        return error;
    if (!is_there(&place))
        return absence(&place);
    if (is_directory(&place))
        return VFS_EISDIR;
    if (place.is_slashed)
        return VFS_ENOTDIR;
    if (tree->ops->remove == NULL)
        return VFS_EROFS;
    return tree->ops->remove(tree, place.dir, &place.name);
}

/* Of a directory without a name: did the path end in `.` or in `..`? */
static int removal_of_dots(const struct vfs_path *path)
{
    struct vfs_path_last last = vfs_path_last(path);

    return last.len == 1 ? VFS_EINVAL : VFS_ENOTEMPTY;
}

int vfs_tree_remove_directory(void *fs, uint64_t at,
                              const struct vfs_path *path)
{
    struct vfs_tree *tree = fs;
    struct vfs_place place;
    int error = vfs_walk(tree, at, path, VFS_WALK_NAME, &place);

    if (error != 0)
        return error;
    if (!is_there(&place))
        return absence(&place);
    if (!is_directory(&place))
        return VFS_ENOTDIR;
    if (place.name.len == 0)
        return removal_of_dots(path);
    if (tree->ops->remove == NULL)
        return VFS_EROFS;
    if (!tree->ops->is_empty(tree, place.node.id))
        return VFS_ENOTEMPTY;
    return tree->ops->remove(tree, place.dir, &place.name);
}

/* ------------------------------------------------------------------------
 * Names that change.
 */

/* Is `node` the directory `dir`, or one above it? */
static int is_above(struct vfs_tree *tree, uint64_t node, uint64_t dir,
                    bool *ret_is)
{
    for (int i = 0; i < DEPTH_MAX; i++) {
        uint64_t above;
        int error;

        *ret_is = dir == node;
        if (*ret_is)
            return 0;
        error = tree->ops->parent(tree, dir, &above);
        if (error != 0 || above == dir)
            return error;
        dir = above;
    }
    return VFS_ELOOP;
}

/* What is moved, and where to, are known: do they go together? */
static int check_kinds(struct vfs_tree *tree, const struct vfs_place *from,
                       const struct vfs_place *to)
{
    if (!is_directory(from))
        return is_directory(to) ? VFS_EISDIR : 0;
    if (!is_there(to))
        return 0;
    if (!is_directory(to))
        return VFS_ENOTDIR;
    return tree->ops->is_empty(tree, to->node.id) ? 0 : VFS_ENOTEMPTY;
}

/* A directory goes neither into itself nor over one that it is in. */
static int check_inside(struct vfs_tree *tree, const struct vfs_place *from,
                        const struct vfs_place *to)
{
    bool is_inside = false;
    int error = 0;

    if (is_directory(from))
        error = is_above(tree, from->node.id, to->dir, &is_inside);
    if (error != 0 || is_inside)
        return error != 0 ? error : VFS_EINVAL;
    if (is_directory(to))
        error = is_above(tree, to->node.id, from->dir, &is_inside);
    return error == 0 && is_inside ? VFS_ENOTEMPTY : error;
}

static int move(struct vfs_tree *tree, const struct vfs_place *from,
                const struct vfs_place *to)
{
    int error;

    if (!is_there(from))
        return absence(from);
    if (to->refusal != 0)
        return to->refusal;
    if (!is_directory(from) && (from->is_slashed || to->is_slashed))
        return VFS_ENOTDIR;
    error = check_inside(tree, from, to);
    if (error != 0)
        return error;
    if (is_there(to) && from->node.id == to->node.id)
        return 0;
    error = check_kinds(tree, from, to);
    if (error != 0)
        return error;
    return tree->ops->move(tree, from->dir, &from->name, to->dir, &to->name);
}

int vfs_tree_rename(void *fs, uint64_t old_at, const struct vfs_path *old,
                    uint64_t at, const struct vfs_path *path)
{
    struct vfs_tree *tree = fs;
    struct vfs_place from, to;
    int error;

    error = vfs_walk(tree, old_at, old, VFS_WALK_NAME, &from);
    if (error == 0)
        error = vfs_walk(tree, at, path, VFS_WALK_NAME, &to);
    if (error != 0)
        return error;
    if (from.name.len == 0 || to.name.len == 0)
        return VFS_EBUSY;
    return tree->ops->move == NULL ? VFS_EROFS : move(tree, &from, &to);
}
