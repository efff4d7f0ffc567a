/* vfs_mount.c - which file system is where.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_mount.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"
#include "base/base_text.h"
#include "base/base_utf8.h"
#include "vfs/vfs.h"
#include "vfs/vfs_inode.h"
#include "vfs/vfs_overlay.h"

/* ------------------------------------------------------------------------
 * Guest paths.
 */

static int check_path(const struct vfs *vfs, const char *guest_path,
                      viv_error *err)
{
    size_t len = strlen(guest_path);

    if (len == 0 || len >= VFS_PATH_BYTES ||
        !base_utf8_is_valid((const uint8_t *)guest_path, len))
        return base_error(err, VIV_EINVAL,
                          "'%s' cannot be a guest path: from 1 to %d bytes of "
                          "UTF-8",
                          guest_path, VFS_PATH_BYTES - 1);
    for (uint32_t i = 0; i < vfs->mount_count; i++) {
        const char *taken = vfs->mounts[i].guest_path;

        if (taken != NULL && strcmp(taken, guest_path) == 0)
            return base_error(err, VIV_EINVAL,
                              "something is mounted at '%s' already",
                              guest_path);
    }
    return 0;
}

/* A mount that `guest_path` leads to, if it is not NULL: it has a copy. */
static int begin(const struct vfs *vfs, const char *guest_path,
                 struct vfs_mount *ret_mount, viv_error *err)
{
    int code = guest_path != NULL ? check_path(vfs, guest_path, err) : 0;

    CHECK(vfs->arena.at == NULL); /* mounts come before the arena */
    if (code == 0 && vfs->mount_count == VFS_MOUNTS_MAX)
        code = base_error(err, VIV_EINVAL,
                          "there are %d mounts already, the most there can be",
                          VFS_MOUNTS_MAX);
    if (code < 0)
        return code;
    *ret_mount = (struct vfs_mount){0};
    if (guest_path == NULL)
        return 0;
    ret_mount->guest_path = base_text_copy(guest_path);
    return ret_mount->guest_path != NULL ? 0 : base_error_memory(err);
}

/* `fs` is NULL when memory ran out. */
static int end(struct vfs *vfs, struct vfs_mount *mount, viv_error *err)
{
    if (mount->fs == NULL) {
        base_free(mount->guest_path);
        return base_error_memory(err);
    }
    vfs->mounts[vfs->mount_count++] = *mount;
    return 0;
}

/* ------------------------------------------------------------------------
 * Mounting.
 */

int vfs_mount_stream(struct vfs *vfs, struct vfs_pipe *pipe, viv_error *err)
{
    struct vfs_mount mount;
    int code = begin(vfs, NULL, &mount, err);

    if (code < 0)
        return code;
    mount.kind = VFS_MOUNT_STREAM;
    mount.ops = &vfs_pipe_ops;
    mount.fs = pipe;
    return end(vfs, &mount, err);
}

int vfs_mount_memory(struct vfs *vfs, const char *guest_path,
                     const struct vfs_memory_limits *limits, viv_error *err)
{
    struct vfs_mount mount;
    int code = begin(vfs, guest_path, &mount, err);

    if (code < 0)
        return code;
    mount.kind = VFS_MOUNT_MEMORY;
    mount.ops = &vfs_memory_ops;
    mount.fs = vfs_memory_new(&vfs->arena, &vfs->config.clock, vfs->mount_count,
                              limits);
    return end(vfs, &mount, err);
}

int vfs_mount_pack(struct vfs *vfs, const char *guest_path,
                   struct vfs_pack *pack, viv_error *err)
{
    struct vfs_mount mount;
    int code = begin(vfs, guest_path, &mount, err);

    if (code < 0)
        return code;
    mount.kind = VFS_MOUNT_PACK;
    mount.ops = &vfs_pack_ops;
    mount.fs = vfs_pack_ref(pack);
    mount.pack = pack;
    return end(vfs, &mount, err);
}

int vfs_mount_overlay(struct vfs *vfs, const char *guest_path,
                      struct vfs_pack *pack,
                      const struct vfs_memory_limits *limits, viv_error *err)
{
    struct vfs_mount mount;
    int code = begin(vfs, guest_path, &mount, err);

    if (code < 0)
        return code;
    mount.kind = VFS_MOUNT_OVERLAY;
    mount.ops = &vfs_overlay_ops;
    mount.pack = pack;
    mount.fs = vfs_overlay_new(&vfs->arena, &vfs->config.clock,
                               vfs->mount_count, limits, pack);
    return end(vfs, &mount, err);
}

int vfs_mount_host(struct vfs *vfs, const char *guest_path,
                   const char *host_path, const struct vfs_host_limits *limits,
                   viv_error *err)
{
    struct vfs_mount mount;
    struct vfs_host *host;
    int code = begin(vfs, guest_path, &mount, err);

    if (code < 0)
        return code;
    code = vfs_host_new(host_path, limits, vfs->config.descriptors, &host, err);
    if (code < 0) {
        base_free(mount.guest_path);
        return code;
    }
    mount.kind = VFS_MOUNT_HOST;
    mount.ops = &vfs_host_ops;
    mount.fs = host;
    return end(vfs, &mount, err);
}

/* ------------------------------------------------------------------------
 * And the arena.
 */

uint64_t vfs_mount_root(const struct vfs_mount *mount)
{
    switch (mount->kind) {
    case VFS_MOUNT_STREAM:
    case VFS_MOUNT_HOST:
        return 0;
    case VFS_MOUNT_PACK:
        return VFS_BELOW;
    case VFS_MOUNT_MEMORY:
    case VFS_MOUNT_OVERLAY:
        return vfs_memory_root(mount->fs);
    }
    UNREACHABLE("every mount has a kind");
}

int vfs_mount_format(struct vfs_mount *mount)
{
    if (mount->kind == VFS_MOUNT_MEMORY)
        return vfs_memory_format(mount->fs, 0);
    if (mount->kind == VFS_MOUNT_OVERLAY)
        return vfs_overlay_format(mount->fs);
    return 0;
}

void vfs_mount_sign(const struct vfs_mount *mount, struct vfs_arena_tree *tree)
{
    tree->kind = mount->kind;
    memset(tree->below, 0, sizeof(tree->below));
    if (mount->pack != NULL)
        memcpy(tree->below, mount->pack->digest, sizeof(tree->below));
}

bool vfs_mount_is_signed(const struct vfs_mount *mount,
                         const struct vfs_arena_tree *tree)
{
    struct vfs_arena_tree wanted;

    vfs_mount_sign(mount, &wanted);
    return tree->kind == wanted.kind &&
           memcmp(tree->below, wanted.below, sizeof(wanted.below)) == 0;
}

void vfs_mount_fini(struct vfs_mount *mount)
{
    mount->ops->free(mount->fs);
    base_free(mount->guest_path);
    *mount = (struct vfs_mount){0};
}
