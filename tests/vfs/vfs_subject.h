/* vfs_subject.h - what operations are done to.
 *
 * There are four: our memory, our host directory, our overlay, and the kernel.
 * The same operations must have the same results.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_SUBJECT_H
#define VFS_SUBJECT_H

#include "vfs_op.h"

struct vfs_subject {
    const char *name;
    void (*apply)(struct vfs_subject *subject, const struct vfs_op *op,
                  struct vfs_op_result *result);
    /* Close all handles but the root. */
    void (*close_all)(struct vfs_subject *subject);
    void (*free)(struct vfs_subject *subject);
};

/* The kernel, and our host directory, in the folder `path`. */
struct vfs_subject *vfs_subject_kernel(const char *path);
struct vfs_subject *vfs_subject_host(const char *path);

struct vfs_subject *vfs_subject_memory(void);

/* Over a pack, which is made in the file `pack` of the folder `path`. */
struct vfs_subject *vfs_subject_overlay(const char *path, const char *pack);

/* Facts of something, as they are compared: times count only if somebody set
 * them to be long ago. */
uint64_t vfs_subject_facts(unsigned type, uint64_t bytes, uint64_t links,
                           uint64_t modified);

#define VFS_SUBJECT_LONG_AGO 1000000000000000u /* 1970-01-12, in ns */

/* The names in a directory, in whatever order. */
struct vfs_subject_names {
    uint64_t digest;
    uint64_t count;
};
void vfs_subject_add_name(struct vfs_subject_names *names, const char *name,
                          size_t len, unsigned type);

#endif /* VFS_SUBJECT_H */
