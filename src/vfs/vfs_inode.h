/* vfs_inode.h - what the arena knows of a file, apart from its names.
 *
 * Floor 2.  An INODE is a cell.  Its id is its cell's number and, 32 bits
 * higher, a serial number that no other inode has: so a descriptor that
 * outlived its file does not find another file that came to the same cell.
 *
 * It lives while it has names or is open.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_INODE_H
#define VFS_INODE_H

#include "vfs/vfs_ops.h"
#include "vfs/vfs_store.h"

struct vfs_inode {
    uint32_t serial; /* never 0 */
    uint8_t type;    /* directory, file or symbolic link */
    uint8_t height;  /* of the map */
    uint16_t unused;
    uint32_t links; /* names; 0 for a directory that was removed, else 1 */
    uint32_t opens; /* descriptors */
    uint64_t bytes;
    uint64_t accessed, modified, changed;
    uint32_t map; /* a file's blocks (vfs_map.h), a directory's entries */

    /* What shows through where there are no blocks or no entries of its own:
     * the node `below - 1` of the store's pack, and of a file as many bytes.
     * 0: nothing. */
    uint32_t below;
    uint64_t below_bytes;

    /* Directories only. */
    uint64_t parent; /* an id; the root's is its own */
    uint32_t live;   /* entries that name something */
    uint32_t covers; /* entries that hide one of below, live or not */
};

/* Ids of nodes of the pack below: no cell has such a number. */
#define VFS_BELOW 0x80000000u

static inline uint64_t vfs_inode_below(uint32_t below)
{
    return VFS_BELOW | (uint64_t)(below - 1);
}

/* A new one, with no name and not open.  Fails with VFS_ENOSPC. */
int vfs_inode_new(struct vfs_store *store, enum vfs_type type,
                  uint64_t *ret_id);

/* The inode with this id, or NULL if there is none; if `type` is not VFS_NONE,
 * also if it is of another type.  Good until something is given back. */
struct vfs_inode *vfs_inode_get(const struct vfs_store *store, uint64_t id,
                                enum vfs_type type);

static inline uint32_t vfs_inode_cell(uint64_t id)
{
    return (uint32_t)id;
}

/* One descriptor more, one less.  With the last one, and without names, the
 * inode is gone, and all it had is given back.  An id that is none is
 * ignored. */
void vfs_inode_open(struct vfs_store *store, uint64_t id);
void vfs_inode_close(struct vfs_store *store, uint64_t id);

/* One name less, in the same sense; a directory loses the only one that it has.
 * Names are added by `links++`. */
void vfs_inode_unlink(struct vfs_store *store, uint64_t id);

/* Everything but `dev`.  `ino` is the id, or that of what it was raised from.
 */
void vfs_inode_stat(const struct vfs_inode *inode, uint64_t id,
                    struct vfs_stat *ret_stat);

/* Its contents changed, or only what is known of it. */
void vfs_inode_touch(struct vfs_store *store, struct vfs_inode *inode,
                     bool is_content);

#endif /* VFS_INODE_H */
