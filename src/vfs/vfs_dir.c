/* vfs_dir.c - names in a directory of the arena.
 *
 * SECURITY.  All that is read here may have been forged.  A name is as long as
 * a byte says, and of cells behind an entry as many are followed as that takes;
 * loops over entries end after as many steps as there can be entries.
 *
 * In an arena that was not forged, of a directory:
 *     1. no two entries have the same name
 *     2. an entry's key is the number of its name, or up to 15 more
 *     3. live: entries whose type is not VFS_NONE; covers: those that cover
 *     4. an entry of type VFS_NONE covers
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_dir.h"

#include <string.h>

#include "vfs/vfs_cell.h"

_Static_assert(sizeof(struct vfs_dir_entry) <= VFS_CELL_BYTES,
               "an entry is one cell");

#define NEIGHBOURS 16

/* The rest of a name. */
struct rest {
    uint32_t more;
    char text[VFS_CELL_BYTES - sizeof(uint32_t)];
};

/* FNV-1a, stirred, because neighbours in the index should not be neighbours in
 * the alphabet: a directory of a1, a2, a3... would be one crowd. */
static uint32_t number_of(const struct vfs_name *name)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (uint32_t i = 0; i < name->len; i++)
        hash = (hash ^ (unsigned char)name->text[i]) * 0x100000001b3u;
    hash ^= hash >> 32;
    hash *= 0x9e3779b97f4a7c15u;
    return (uint32_t)(hash >> 32) % (VFS_DIR_KEYS - NEIGHBOURS);
}

/* ------------------------------------------------------------------------
 * Names.
 */

struct vfs_name vfs_dir_name(const struct vfs_store *store,
                             const struct vfs_dir_entry *entry,
                             char to[VFS_NAME_MAX])
{
    uint32_t len = entry->len, more = entry->more, done;
    const struct rest *rest;

    done = len < VFS_DIR_TEXT ? len : VFS_DIR_TEXT;
    memcpy(to, entry->text, done);
    while (done < len && (rest = vfs_cell(store->arena, more)) != NULL) {
        uint32_t part = len - done;

        if (part > sizeof(rest->text))
            part = sizeof(rest->text);
        memcpy(to + done, rest->text, part);
        done += part;
        more = rest->more;
    }
    return (struct vfs_name){to, done};
}

static bool is_named(const struct vfs_store *store,
                     const struct vfs_dir_entry *entry,
                     const struct vfs_name *name)
{
    char text[VFS_NAME_MAX];
    struct vfs_name its;

    if (entry->len != name->len)
        return false;
    if (entry->len <= VFS_DIR_TEXT)
        return memcmp(entry->text, name->text, name->len) == 0;
    its = vfs_dir_name(store, entry, text);
    return its.len == name->len && memcmp(text, name->text, name->len) == 0;
}

/* Give back the cells of a name behind its entry, and the entry. */
static void give_entry(struct vfs_store *store, uint32_t cell)
{
    const struct vfs_dir_entry *entry = vfs_cell(store->arena, cell);
    uint32_t more = entry->more;
    uint32_t done = VFS_DIR_TEXT, len = entry->len;

    vfs_store_give_cell(store, cell);
    for (; done < len; done += sizeof(((struct rest *)NULL)->text)) {
        const struct rest *rest = vfs_cell(store->arena, more);
        uint32_t next = rest != NULL ? rest->more : 0;

        vfs_store_give_cell(store, more);
        more = next;
    }
}

/* Cells for what of `name` does not fit its entry, the last first, so that each
 * can name the next.  False when there are not enough: then none is taken. */
static bool take_rest(struct vfs_store *store, const struct vfs_name *name,
                      uint32_t from, uint32_t *ret_more)
{
    struct rest *rest;
    uint32_t part, cell, more = 0;

    if (from >= name->len) {
        *ret_more = 0;
        return true;
    }
    part = name->len - from;
    if (part > sizeof(rest->text))
        part = sizeof(rest->text);
    if (!take_rest(store, name, from + part, &more))
        return false;
    cell = vfs_store_take_cell(store);
    rest = vfs_cell(store->arena, cell);
    if (rest == NULL) {
        vfs_store_give_cell(store, more);
        return false;
    }
    rest->more = more;
    memcpy(rest->text, name->text + from, part);
    *ret_more = cell;
    return true;
}

/* An entry with this name, that is in no directory; 0 when there is no room. */
static uint32_t take_entry(struct vfs_store *store, const struct vfs_name *name)
{
    uint32_t cell = vfs_store_take_cell(store), more = 0;
    struct vfs_dir_entry *entry = vfs_cell(store->arena, cell);

    if (entry == NULL)
        return 0;
    if (!take_rest(store, name, VFS_DIR_TEXT, &more)) {
        vfs_store_give_cell(store, cell);
        return 0;
    }
    entry->more = more;
    entry->len = (uint8_t)name->len;
    memcpy(entry->text, name->text,
           name->len < VFS_DIR_TEXT ? name->len : VFS_DIR_TEXT);
    return cell;
}

/* ------------------------------------------------------------------------
 * Finding.
 */

struct vfs_dir_entry *vfs_dir_find(const struct vfs_store *store,
                                   const struct vfs_inode *dir,
                                   const struct vfs_name *name)
{
    uint32_t first = number_of(name), key = first;

    for (int i = 0; i < NEIGHBOURS; i++) {
        struct vfs_dir_entry *entry = vfs_dir_next(store, dir, key);

        if (entry == NULL || entry->index.key - first >= NEIGHBOURS)
            return NULL;
        if (is_named(store, entry, name))
            return entry;
        key = entry->index.key + 1;
    }
    return NULL;
}

struct vfs_dir_entry *vfs_dir_next(const struct vfs_store *store,
                                   const struct vfs_inode *dir, uint32_t key)
{
    uint32_t cell = vfs_index_next(store->arena, dir->map, key);
    struct vfs_dir_entry *entry = vfs_cell(store->arena, cell);

    return entry != NULL && entry->index.key >= key ? entry : NULL;
}

/* ------------------------------------------------------------------------
 * Coming and going.
 */

static void name_node(struct vfs_inode *dir, struct vfs_dir_entry *entry,
                      struct vfs_node node)
{
    entry->id = node.id;
    entry->type = node.type;
    dir->live++;
}

/* A key that the directory does not have, for a name of this number; none when
 * they are all taken. */
static bool free_key(const struct vfs_store *store, const struct vfs_inode *dir,
                     uint32_t number, uint32_t *ret_key)
{
    for (uint32_t i = 0; i < NEIGHBOURS; i++) {
        if (vfs_index_find(store->arena, dir->map, number + i) == 0) {
            *ret_key = number + i;
            return true;
        }
    }
    return false;
}

static int insert(struct vfs_store *store, struct vfs_inode *dir, uint32_t cell,
                  const struct vfs_name *name)
{
    uint32_t key;

    if (!free_key(store, dir, number_of(name), &key))
        return VFS_ENOSPC;
    return vfs_index_add(store->arena, &dir->map, cell, key) ? 0 : VFS_EIO;
}

int vfs_dir_add(struct vfs_store *store, struct vfs_inode *dir,
                const struct vfs_name *name, struct vfs_node node, bool covers)
{
    struct vfs_dir_entry *entry = vfs_dir_find(store, dir, name);
    uint32_t cell;
    int error;

    if (!vfs_store_charge_file(store))
        return VFS_ENOSPC;
    if (entry != NULL) {
        name_node(dir, entry, node);
        return 0;
    }
    cell = take_entry(store, name);
    error = cell == 0 ? VFS_ENOSPC : insert(store, dir, cell, name);
    if (error != 0) {
        if (cell != 0)
            give_entry(store, cell);
        vfs_store_refund_file(store);
        return error;
    }
    entry = vfs_cell(store->arena, cell);
    entry->covers = covers;
    if (covers)
        dir->covers++;
    name_node(dir, entry, node);
    return 0;
}

void vfs_dir_remove(struct vfs_store *store, struct vfs_inode *dir,
                    struct vfs_dir_entry *entry)
{
    uint32_t cell;

    if (dir->live > 0)
        dir->live--;
    vfs_store_refund_file(store);
    if (entry->covers) {
        entry->type = VFS_NONE;
        entry->id = 0;
        return;
    }
    cell = vfs_index_remove(store->arena, &dir->map, entry->index.key);
    if (cell != 0)
        give_entry(store, cell);
}

void vfs_dir_clear(struct vfs_store *store, struct vfs_inode *dir)
{
    uint64_t left = (uint64_t)store->arena->blocks * VFS_BLOCK_CELLS;
    struct vfs_dir_entry *entry;

    while (left-- > 0 && (entry = vfs_dir_next(store, dir, 0)) != NULL) {
        uint32_t cell =
            vfs_index_remove(store->arena, &dir->map, entry->index.key);

        if (cell == 0)
            break;
        give_entry(store, cell);
    }
    dir->map = 0;
}
