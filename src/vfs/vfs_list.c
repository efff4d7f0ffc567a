/* vfs_list.c - directories, entry by entry, in an order that stays.
 *
 * SECURITY.  The arena and the pack may have been forged.  Loops go up in
 * places, of which there are as many as there are entries.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_list.h"

#include "vfs/vfs_dir.h"
#include "vfs/vfs_pack.h"

#define PLACE_BELOW 2
#define PLACE_OWN   VFS_DIR_KEYS

static void say(struct vfs_list *list, uint64_t place,
                const struct vfs_name *name, struct vfs_node node)
{
    struct vfs_entry entry = {
        .name = *name,
        .ino = node.id,
        .next = place + 1,
        .type = node.type,
    };

    if (list->goes_on && place >= list->from)
        list->goes_on = list->sink(list->cookie, &entry);
}

void vfs_list_dots(struct vfs_list *list, uint64_t ino, uint64_t parent_ino)
{
    static const struct vfs_name dot = {".", 1}, dot_dot = {"..", 2};

    say(list, 0, &dot, (struct vfs_node){ino, VFS_DIRECTORY});
    say(list, 1, &dot_dot, (struct vfs_node){parent_ino, VFS_DIRECTORY});
}

/* What stat says of it. */
static uint64_t ino_of(const struct vfs_store *store, uint64_t id)
{
    const struct vfs_inode *inode = vfs_inode_get(store, id, VFS_NONE);

    return inode != NULL && inode->below != 0 ? vfs_inode_below(inode->below)
                                              : id;
}

static void say_one_below(struct vfs_list *list, uint64_t place,
                          const struct vfs_name *name, struct vfs_node node,
                          const struct vfs_store *store,
                          const struct vfs_inode *dir)
{
    const struct vfs_dir_entry *over =
        dir != NULL ? vfs_dir_find(store, dir, name) : NULL;

    if (over != NULL) {
        node.type = over->type;
        node.id = ino_of(store, over->id);
    }
    if (node.type != VFS_NONE)
        say(list, place, name, node);
}

int vfs_list_below(struct vfs_list *list, const struct vfs_pack *pack,
                   uint32_t number, const struct vfs_store *store,
                   const struct vfs_inode *dir)
{
    uint64_t skip = list->from > PLACE_BELOW ? list->from - PLACE_BELOW : 0;
    struct vfs_pack_entry entry, child;
    int error = vfs_pack_get(pack, number, &entry);

    if (error != 0)
        return error;
    for (uint64_t i = skip; i < entry.count && list->goes_on; i++) {
        uint32_t at = entry.first + (uint32_t)i;

        error = vfs_pack_get(pack, at, &child);
        if (error != 0)
            return error;
        say_one_below(list, PLACE_BELOW + i, &child.name,
                      (struct vfs_node){VFS_BELOW | (uint64_t)at, child.type},
                      store, dir);
    }
    return 0;
}

void vfs_list_own(struct vfs_list *list, const struct vfs_store *store,
                  const struct vfs_inode *dir)
{
    const struct vfs_dir_entry *entry;
    char text[VFS_NAME_MAX];
    uint32_t key = 0;

    if (list->from >= (uint64_t)PLACE_OWN + VFS_DIR_KEYS)
        return;
    if (list->from > PLACE_OWN)
        key = (uint32_t)(list->from - PLACE_OWN);
    while (list->goes_on && (entry = vfs_dir_next(store, dir, key)) != NULL) {
        struct vfs_node node = {ino_of(store, entry->id), entry->type};
        struct vfs_name name = vfs_dir_name(store, entry, text);

        if (!entry->covers && entry->type != VFS_NONE)
            say(list, (uint64_t)PLACE_OWN + entry->index.key, &name, node);
        key = entry->index.key + 1;
    }
}
