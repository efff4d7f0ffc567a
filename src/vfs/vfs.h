/* vfs.h - the files of one sandbox.
 *
 * Floor 2.  A guest has MOUNTS - file systems, each at a guest path - and
 * DESCRIPTORS, of which the first are given: the streams, and one for each
 * mount, by which it begins.  What it opens lies in a mount that it has a
 * descriptor of; no path goes from one mount to another.
 *
 *     vfs_init --> vfs_mount_... --> vfs_format --> vfs_fd_..., vfs_at_...
 *                       |              ^
 *                       |              +-- a region that is new
 *                       +----> vfs_attach
 *                                      ^
 *                                      +-- one that comes from an image
 *
 * What the guest can change is in the ARENA (vfs_arena.h), a stretch of the
 * sandbox's region.  What the host decides - mounts, ceilings, the clock - and
 * what it has open is in struct vfs.  When the region goes back to its image,
 * the arena goes with it, and vfs_reset() closes what the host had open.
 *
 * Functions that can be failed by a guest return 0 or a VFS_E error, those that
 * only the host calls 0 or a VIV_E code and a sentence.  One thread at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VFS_H
#define VFS_H

#include "vfs/vfs_arena.h"
#include "vfs/vfs_mount.h"
#include "vfs/vfs_store.h"
#include "vivarium.h"

struct vfs_config {
    uint32_t descriptors;   /* that can be open at once */
    uint64_t arena_bytes;   /* for files in memory, of all mounts together */
    struct vfs_clock clock; /* `now` NULL: the wall's */
};

struct vfs {
    struct vfs_config config;
    struct vfs_arena arena;
    uint32_t mount_count;
    struct vfs_mount mounts[VFS_MOUNTS_MAX];
};

/* No mounts yet, and no arena.  It must not be moved from now on, until
 * vfs_fini(). */
void vfs_init(struct vfs *vfs, const struct vfs_config *config);
void vfs_fini(struct vfs *vfs);

/* How large an arena it takes: whole blocks, and so whole pages. */
uint64_t vfs_bytes(const struct vfs *vfs);

/* Make the first state of the files in the arena at `at`, which is aligned to a
 * page, vfs_bytes() long, and zeros: memories are empty, and the descriptors
 * are given, in the order of the mounts.  Borrows it.  Fails with VIV_EINVAL
 * when there are more mounts than descriptors, or no room for a root. */
int vfs_format(struct vfs *vfs, void *at, viv_error *err);

/* Is the arena at `at` one that was formatted with the same mounts, or with the
 * first of them?  Fails with VIV_EFORMAT, VIV_EVERSION when it is not; anything
 * else in it may be wrong and does no harm.  Changes nothing. */
int vfs_check(const struct vfs *vfs, void *at, viv_error *err);

/* Go on with the files in the arena at `at`.  Mounts that it was formatted
 * without are added: empty, each with the lowest descriptor that is free.
 * Fails as the two above. */
int vfs_attach(struct vfs *vfs, void *at, viv_error *err);

/* The arena went back to what it was at another time: close what was open on
 * the host.  The streams are the host's to clear. */
void vfs_reset(struct vfs *vfs);

/* May an image be taken now?  Fails with VIV_EUNSUPPORTED when a file of the
 * host is open, and names it. */
int vfs_check_image(const struct vfs *vfs, viv_error *err);

#endif /* VFS_H */
