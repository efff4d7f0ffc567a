/* vfs_index.c - cells in the order of their keys.
 *
 * A link is the number of a cell.  With INNER added it means the inner node
 * that the cell has room for, else the cell itself, as a leaf.
 *
 * In an arena that was not forged:
 *     1. below an inner node, bits are lower than its own
 *     2. all keys below it are equal above its bit; those in halves[0] have a
 *        0 there, those in halves[1] a 1
 *     3. the inner node of a cell is in use or not; if it is, it lies on the
 *        path from the root to that cell
 *
 * SECURITY.  All that is read here may have been forged.  Every loop goes down,
 * and goes on only while the bit falls, so it takes 31 steps at most; every
 * link goes through vfs_cell().
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_index.h"

#include "vfs/vfs_cell.h"

#define INNER 0x80000000u

static struct vfs_index_node *node_at(const struct vfs_arena *arena,
                                      uint32_t link)
{
    return vfs_cell(arena, link & ~INNER);
}

static bool is_inner(uint32_t link)
{
    return (link & INNER) != 0;
}

/* The inner node that `link` means, if it may lie below one of bit `above`;
 * else NULL. */
static struct vfs_index_node *inner_at(const struct vfs_arena *arena,
                                       uint32_t link, unsigned above)
{
    struct vfs_index_node *node = node_at(arena, link);

    return is_inner(link) && node != NULL && node->bit < above ? node : NULL;
}

static unsigned half_of(const struct vfs_index_node *node, uint32_t key)
{
    return key >> node->bit & 1;
}

/* The leaf where the path of `key` ends; NULL if there is none. */
static struct vfs_index_node *leaf_for(const struct vfs_arena *arena,
                                       uint32_t link, uint32_t key)
{
    unsigned above = VFS_KEY_BITS;
    struct vfs_index_node *inner;

    while ((inner = inner_at(arena, link, above)) != NULL) {
        above = inner->bit;
        link = inner->halves[half_of(inner, key)];
    }
    return is_inner(link) ? NULL : node_at(arena, link);
}

/* The highest bit in which two keys differ. */
static unsigned first_difference(uint32_t a, uint32_t b)
{
    return 31 - (unsigned)__builtin_clz(a ^ b);
}

uint32_t vfs_index_find(const struct vfs_arena *arena, uint32_t root,
                        uint32_t key)
{
    unsigned above = VFS_KEY_BITS;
    struct vfs_index_node *node;

    while ((node = inner_at(arena, root, above)) != NULL) {
        above = node->bit;
        root = node->halves[half_of(node, key)];
    }
    node = node_at(arena, root);
    return !is_inner(root) && node != NULL && node->key == key ? root : 0;
}

/* The leaf with the lowest key at or below `link`; 0 if it is damaged. */
static uint32_t lowest(const struct vfs_arena *arena, uint32_t link)
{
    unsigned above = VFS_KEY_BITS;
    struct vfs_index_node *inner;

    while ((inner = inner_at(arena, link, above)) != NULL) {
        above = inner->bit;
        link = inner->halves[0];
    }
    return is_inner(link) || node_at(arena, link) == NULL ? 0 : link;
}

/* `key` leaves the tree at bit `bit`: below that point all keys are higher, if
 * `key` has a 0 there, or all are lower; then those that follow are in the last
 * right half that the path went by. */
static uint32_t next_from(const struct vfs_arena *arena, uint32_t link,
                          uint32_t key, unsigned bit)
{
    unsigned above = VFS_KEY_BITS;
    struct vfs_index_node *inner;
    uint32_t right = 0;

    while ((inner = inner_at(arena, link, above)) != NULL && inner->bit > bit) {
        unsigned half = half_of(inner, key);

        if (half == 0)
            right = inner->halves[1];
        above = inner->bit;
        link = inner->halves[half];
    }
    return lowest(arena, (key >> bit & 1) == 0 ? link : right);
}

uint32_t vfs_index_next(const struct vfs_arena *arena, uint32_t root,
                        uint32_t key)
{
    const struct vfs_index_node *leaf = leaf_for(arena, root, key);

    if (leaf == NULL || key > VFS_KEY_MAX)
        return 0;
    if (leaf->key == key)
        return vfs_index_find(arena, root, key);
    if (leaf->key > VFS_KEY_MAX)
        return 0;
    return next_from(arena, root, key, first_difference(leaf->key, key));
}

bool vfs_index_add(struct vfs_arena *arena, uint32_t *root, uint32_t cell,
                   uint32_t key)
{
    struct vfs_index_node *added = node_at(arena, cell), *leaf, *inner;
    unsigned above = VFS_KEY_BITS, bit, half;
    uint32_t *link = root;

    added->key = key;
    if (*root == 0) {
        *root = cell;
        return true;
    }
    leaf = leaf_for(arena, *root, key);
    if (leaf == NULL || leaf->key == key || leaf->key > VFS_KEY_MAX)
        return false;
    bit = first_difference(leaf->key, key);
    while ((inner = inner_at(arena, *link, above)) != NULL &&
           inner->bit > bit) {
        above = inner->bit;
        link = &inner->halves[half_of(inner, key)];
    }
    half = key >> bit & 1;
    added->bit = (uint8_t)bit;
    added->halves[half] = cell;
    added->halves[!half] = *link;
    *link = cell | INNER;
    return true;
}

/* Where the path to a leaf went by. */
struct path {
    uint32_t *to_leaf;  /* the link to the leaf */
    uint32_t *to_inner; /* the link to the inner node above it, or NULL */
    uint32_t *to_own;   /* the link to the leaf's own inner node, or NULL */
};

static struct path path_to(struct vfs_arena *arena, uint32_t *root,
                           uint32_t leaf, uint32_t key)
{
    struct path path = {.to_leaf = root};
    unsigned above = VFS_KEY_BITS;
    struct vfs_index_node *inner;

    while ((inner = inner_at(arena, *path.to_leaf, above)) != NULL) {
        if (*path.to_leaf == (leaf | INNER))
            path.to_own = path.to_leaf;
        above = inner->bit;
        path.to_inner = path.to_leaf;
        path.to_leaf = &inner->halves[half_of(inner, key)];
    }
    return path;
}

/* The inner node above the leaf goes, and its other half takes its place.  If
 * the leaf's own inner node is another one and in use, it moves to the room
 * that has become free. */
uint32_t vfs_index_remove(struct vfs_arena *arena, uint32_t *root, uint32_t key)
{
    uint32_t leaf = vfs_index_find(arena, *root, key), room;
    struct vfs_index_node *inner, *own;
    struct path path;

    if (leaf == 0)
        return 0;
    path = path_to(arena, root, leaf, key);
    if (path.to_inner == NULL) {
        *root = 0;
        return leaf;
    }
    room = *path.to_inner;
    inner = node_at(arena, room);
    *path.to_inner = inner->halves[!half_of(inner, key)];
    if (path.to_own != NULL && path.to_own != path.to_inner) {
        own = node_at(arena, leaf);
        inner->bit = own->bit;
        inner->halves[0] = own->halves[0];
        inner->halves[1] = own->halves[1];
        *path.to_own = room;
    }
    return leaf;
}
