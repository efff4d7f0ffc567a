/* vfs_dir.h - names in a directory of the arena.
 *
 * Floor 2.  An ENTRY is a cell: a name, and the inode that has it.  The entries
 * of a directory are an index by a number made of the name; names that come to
 * the same number take the next ones, up to 16, and a seventeenth is refused.
 * That is for who makes up such names on purpose.
 *
 * The number is also the entry's cookie.  It stays while the entry is there,
 * and comes and goes with it: whoever goes on from a cookie meets each entry
 * that was there all the while once, whatever else came or went.
 *
 * An entry that COVERS hides one of the same name in the directory below
 * (vfs_overlay.h).  When its inode loses the name, it stays as a WHITEOUT,
 * whose type is VFS_NONE, and goes on hiding.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_DIR_H
#define VFS_DIR_H

#include "vfs/vfs_index.h"
#include "vfs/vfs_inode.h"

/* Bytes of a name that are in its entry; more are in further cells. */
#define VFS_DIR_TEXT 92

struct vfs_dir_entry {
    struct vfs_index_node index;
    uint32_t more;
    uint64_t id; /* of the inode */
    uint8_t type;
    uint8_t covers;
    uint8_t len; /* of the name */
    uint8_t unused;
    char text[VFS_DIR_TEXT];
};

/* Keys are below this: a listing says where it is in 31 bits, also when it
 * lists what is below, first (vfs_list.h). */
#define VFS_DIR_KEYS (1u << 30)

/* In all of these `dir` is a directory. */

/* The entry of this name, which may be a whiteout; NULL if there is none. */
struct vfs_dir_entry *vfs_dir_find(const struct vfs_store *store,
                                   const struct vfs_inode *dir,
                                   const struct vfs_name *name);

/* The entry with the lowest key that is not below `key`; NULL behind the last.
 */
struct vfs_dir_entry *vfs_dir_next(const struct vfs_store *store,
                                   const struct vfs_inode *dir, uint32_t key);

/* The entry's name, copied to `to`. */
struct vfs_name vfs_dir_name(const struct vfs_store *store,
                             const struct vfs_dir_entry *entry,
                             char to[VFS_NAME_MAX]);

/* Let `name` name `node`, and count that in the directory, but not in the
 * inode.  Before: it names nothing, though there may be a whiteout of it.  If
 * `covers`, or if there was one, the entry covers.  Fails with VFS_ENOSPC, then
 * nothing has changed; with VFS_EIO if the arena is damaged. */
int vfs_dir_add(struct vfs_store *store, struct vfs_inode *dir,
                const struct vfs_name *name, struct vfs_node node, bool covers);

/* Let it name nothing. */
void vfs_dir_remove(struct vfs_store *store, struct vfs_inode *dir,
                    struct vfs_dir_entry *entry);

/* Give back all entries: whiteouts, if nobody forged anything. */
void vfs_dir_clear(struct vfs_store *store, struct vfs_inode *dir);

#endif /* VFS_DIR_H */
