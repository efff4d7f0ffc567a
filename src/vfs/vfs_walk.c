/* vfs_walk.c - from a path to a place in a tree.
 *
 * What is left of the path stands at the right end of a buffer, and is eaten
 * from its left.  A link puts its target before what is left, into the room
 * that has become free:
 *
 *     [...........................a/link/b/c]      path
 *     [..................................b/c]      eaten: a, link
 *     [..........................target//b/c]      link -> target/
 *
 * SECURITY.  Paths and targets are a guest's, and the tree may have been
 * forged.  Each step eats a byte at least, and no more than 40 targets of 4,095
 * bytes are added: the walk ends.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_walk.h"

#include <string.h>

/* A path and a target fit whole, whatever the path's length. */
#define BUFFER_BYTES (2 * VFS_PATH_BYTES)

struct walk {
    struct vfs_tree *tree;
    uint64_t start, at; /* directories */
    enum vfs_walk_mode mode;
    unsigned links;
    uint32_t from; /* what is left begins here */
    char text[BUFFER_BYTES];
};

/* ------------------------------------------------------------------------
 * What is left of the path.
 */

static bool is_slash(const struct walk *walk, uint32_t at)
{
    return at < BUFFER_BYTES && walk->text[at] == '/';
}

static uint32_t behind_slashes(const struct walk *walk, uint32_t at)
{
    while (is_slash(walk, at))
        at++;
    return at;
}

/* Eat the next component; its `len` is 0 when there is none. */
static struct vfs_name eat(struct walk *walk)
{
    uint32_t end = walk->from = behind_slashes(walk, walk->from);
    struct vfs_name name;

    while (end < BUFFER_BYTES && walk->text[end] != '/')
        end++;
    name = (struct vfs_name){walk->text + walk->from, end - walk->from};
    walk->from = end;
    return name;
}

static bool is_last(const struct walk *walk)
{
    return behind_slashes(walk, walk->from) == BUFFER_BYTES;
}

static int put_before(struct walk *walk, const struct vfs_path *path)
{
    if (path->len == 0)
        return VFS_ENOENT;
    if (path->text[0] == '/')
        return VFS_ENOTCAPABLE;
    if (path->len > walk->from)
        return VFS_ELOOP;
    walk->from -= path->len;
    memcpy(walk->text + walk->from, path->text, path->len);
    return 0;
}

/* ------------------------------------------------------------------------
 * Steps.
 */

static bool is_dot(const struct vfs_name *name)
{
    return name->len == 1 && name->text[0] == '.';
}

static bool is_dot_dot(const struct vfs_name *name)
{
    return name->len == 2 && memcmp(name->text, "..", 2) == 0;
}

static int go_up(struct walk *walk)
{
    if (walk->at == walk->start)
        return VFS_ENOTCAPABLE;
    return walk->tree->ops->parent(walk->tree, walk->at, &walk->at);
}

static int expand(struct walk *walk, uint64_t link)
{
    struct vfs_path target;
    int error;

    if (walk->links++ >= VFS_WALK_LINKS_MAX)
        return VFS_ELOOP;
    error = walk->tree->ops->read_link(walk->tree, link, &target);
    return error != 0 ? error : put_before(walk, &target);
}

/* Why there can be nothing of this name; 0 if there can.  In a directory that
 * was removed nobody looks at names. */
static int refusal_of(const struct walk *walk, const struct vfs_name *name)
{
    struct vfs_stat stat;
    int error = walk->tree->ops->stat(walk->tree, walk->at, &stat);

    if (error != 0)
        return error;
    if (stat.links == 0)
        return VFS_ENOENT;
    return name->len > VFS_NAME_MAX ? VFS_ENAMETOOLONG : 0;
}

/* A component that is not the last: to the directory that it names. */
static int go_down(struct walk *walk, const struct vfs_name *name)
{
    struct vfs_node node;
    int error;

    if (name->len > VFS_NAME_MAX)
        return refusal_of(walk, name);
    error = walk->tree->ops->find(walk->tree, walk->at, name, &node);
    if (error != 0)
        return error;
    if (node.type == VFS_SYMLINK)
        return expand(walk, node.id);
    if (node.type != VFS_DIRECTORY)
        return VFS_ENOTDIR;
    walk->at = node.id;
    return 0;
}

static bool follows_last(const struct walk *walk)
{
    bool is_slashed = is_slash(walk, walk->from);

    return walk->mode == VFS_WALK_FOLLOW ||
           walk->mode == (is_slashed ? VFS_WALK_NOFOLLOW : VFS_WALK_MAKE);
}

static int find(const struct walk *walk, const struct vfs_name *name,
                struct vfs_node *ret_node)
{
    if (name->len > VFS_NAME_MAX)
        return VFS_ENOENT;
    return walk->tree->ops->find(walk->tree, walk->at, name, ret_node);
}

static void fill_place(const struct walk *walk, const struct vfs_name *name,
                       struct vfs_node node, struct vfs_place *place)
{
    uint32_t len = name->len <= VFS_NAME_MAX ? name->len : VFS_NAME_MAX;

    place->node = node;
    place->dir = walk->at;
    place->is_slashed = is_slash(walk, walk->from);
    place->refusal = node.type == VFS_NONE ? refusal_of(walk, name) : 0;
    memcpy(place->text, name->text, len);
    place->name = (struct vfs_name){place->text, len};
}

/* The last component.  `*ret_is_there` stays false when it was a link that is
 * followed: then there is more to walk. */
static int arrive(struct walk *walk, const struct vfs_name *name,
                  struct vfs_place *place, bool *ret_is_there)
{
    struct vfs_node node = {0, VFS_NONE};
    int error = find(walk, name, &node);

    if (error != 0 && error != VFS_ENOENT)
        return error;
    if (error == 0 && node.type == VFS_SYMLINK && follows_last(walk))
        return expand(walk, node.id);
    fill_place(walk, name, node, place);
    *ret_is_there = true;
    return 0;
}

/* A directory without a name. */
static void arrive_here(const struct walk *walk, struct vfs_place *place)
{
    place->node = (struct vfs_node){walk->at, VFS_DIRECTORY};
    place->dir = walk->at;
    place->is_slashed = false;
    place->refusal = 0;
    place->name = (struct vfs_name){place->text, 0};
}

static int step(struct walk *walk, struct vfs_place *place, bool *ret_is_there)
{
    struct vfs_name name = eat(walk);

    if (name.len == 0) {
        arrive_here(walk, place);
        *ret_is_there = true;
        return 0;
    }
    if (is_dot(&name))
        return 0;
    if (is_dot_dot(&name))
        return go_up(walk);
    if (is_last(walk))
        return arrive(walk, &name, place, ret_is_there);
    return go_down(walk, &name);
}

int vfs_walk(struct vfs_tree *tree, uint64_t at, const struct vfs_path *path,
             enum vfs_walk_mode mode, struct vfs_place *place)
{
    struct walk walk; /* not cleared: 8 KiB, which are written before read */
    bool is_there = false;
    int error;

    walk.tree = tree;
    walk.start = walk.at = at;
    walk.mode = mode;
    walk.links = 0;
    walk.from = BUFFER_BYTES;
    error = put_before(&walk, path);
    while (error == 0 && !is_there)
        error = step(&walk, place, &is_there);
    return error;
}
