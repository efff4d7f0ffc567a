/* vfs_memory.h - files in the arena: they are the sandbox's own.
 *
 * Floor 2.  Directories, files with holes, symbolic links, hard links.  What it
 * holds is part of the region, and so of images and forks, and goes back with a
 * reset.  Everything it takes is counted and has a ceiling (vfs_store.h).
 *
 * An overlay (vfs_overlay.h) is one with a pack below: hence these functions
 * know that a directory may lie over another.  They are functions of struct
 * vfs_tree_ops and struct vfs_ops, for nodes of the arena only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_MEMORY_H
#define VFS_MEMORY_H

#include "vfs/vfs_store.h"
#include "vfs/vfs_tree.h"

struct vfs_memory {
    struct vfs_tree tree;
    struct vfs_store store;
};

/* What it may take at most. */
struct vfs_memory_limits {
    uint64_t bytes_max;
    uint32_t files_max;
};

/* A memory as tree number `tree` of the arena, of which nothing is touched yet.
 * Borrows `arena` and `clock`.  NULL when memory ran out; else the caller owns
 * it until vfs_memory_ops.free(). */
struct vfs_memory *vfs_memory_new(struct vfs_arena *arena,
                                  const struct vfs_clock *clock, uint32_t tree,
                                  const struct vfs_memory_limits *limits);

/* Make it an empty one, with a root.  `below` is what the root lies over, and 1
 * more, or 0.  Before: the arena was formatted.  Fails with VFS_ENOSPC. */
int vfs_memory_format(struct vfs_memory *memory, uint32_t below);

/* The root's id, as the arena has it. */
uint64_t vfs_memory_root(const struct vfs_memory *memory);

extern const struct vfs_ops vfs_memory_ops;

int vfs_memory_find(void *fs, uint64_t dir, const struct vfs_name *name,
                    struct vfs_node *ret_node);
int vfs_memory_parent(void *fs, uint64_t dir, uint64_t *ret_dir);
int vfs_memory_read_link(void *fs, uint64_t node, struct vfs_path *ret_target);
int vfs_memory_hold(void *fs, struct vfs_node *node, bool is_written);
int vfs_memory_make(void *fs, uint64_t dir, const struct vfs_name *name,
                    enum vfs_type type, const struct vfs_path *target,
                    struct vfs_node *ret_node);
int vfs_memory_add(void *fs, struct vfs_node node, uint64_t dir,
                   const struct vfs_name *name);
int vfs_memory_remove(void *fs, uint64_t dir, const struct vfs_name *name);
int vfs_memory_move(void *fs, uint64_t old_dir, const struct vfs_name *old,
                    uint64_t dir, const struct vfs_name *name);
bool vfs_memory_is_empty(void *fs, uint64_t dir);

void vfs_memory_close(void *fs, uint64_t node);
int vfs_memory_stat(void *fs, uint64_t node, struct vfs_stat *ret_stat);
int vfs_memory_set_times(void *fs, uint64_t node,
                         const struct vfs_times *times);
int vfs_memory_read(void *fs, uint64_t node, struct vfs_io *io);
int vfs_memory_write(void *fs, uint64_t node, struct vfs_io *io);
int vfs_memory_set_bytes(void *fs, uint64_t node, uint64_t bytes);
int vfs_memory_allocate(void *fs, uint64_t node, uint64_t at, uint64_t len);
void vfs_memory_free(void *fs);

#endif /* VFS_MEMORY_H */
