/* vfs.c - the files of one sandbox: its life.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs.h"

#include <limits.h>

#include "base/base_check.h"
#include "base/base_error.h"
#include "os/os_clock.h"
#include "vfs/vfs_rights.h"
#include "vfs/vfs_table.h"

static uint64_t wall_clock(void *cookie)
{
    (void)cookie;
    return os_clock_wall();
}

void vfs_init(struct vfs *vfs, const struct vfs_config *config)
{
    CHECK(config->descriptors <= VFS_DESCRIPTORS_MAX);
    *vfs = (struct vfs){.config = *config};
    if (vfs->config.clock.now == NULL)
        vfs->config.clock.now = wall_clock;
}

void vfs_fini(struct vfs *vfs)
{
    while (vfs->mount_count > 0)
        vfs_mount_fini(&vfs->mounts[--vfs->mount_count]);
    *vfs = (struct vfs){0};
}

uint64_t vfs_bytes(const struct vfs *vfs)
{
    return vfs_arena_bytes(vfs->config.descriptors, vfs->config.arena_bytes);
}

/* ------------------------------------------------------------------------
 * The arena.
 */

/* The descriptor by which the guest has the mount. */
static int give_descriptor(struct vfs *vfs, uint32_t number)
{
    const struct vfs_mount *mount = &vfs->mounts[number];
    struct vfs_slot slot = {
        .node = vfs_mount_root(mount),
        .mount = (uint16_t)number,
    };
    uint32_t descriptor;

    if (mount->kind == VFS_MOUNT_STREAM) {
        slot.state = VFS_SLOT_OPEN;
        slot.type = VFS_STREAM;
        slot.rights = VFS_RIGHTS_STREAM;
    } else {
        slot.state = VFS_SLOT_PREOPEN;
        slot.type = VFS_DIRECTORY;
        slot.rights = VFS_RIGHTS_DIRECTORY;
        slot.rights_inheriting = VFS_RIGHTS_DIRECTORY | VFS_RIGHTS_FILE;
    }
    return vfs_table_add(&vfs->arena, &slot, &descriptor);
}

/* One mount more in an arena that is being formatted. */
static int format_mount(struct vfs *vfs, uint32_t number, viv_error *err)
{
    struct vfs_arena_head *head = vfs_arena_head(&vfs->arena);
    struct vfs_mount *mount = &vfs->mounts[number];

    vfs_mount_sign(mount, &head->trees[number]);
    if (vfs_mount_format(mount) != 0)
        return base_error(err, VIV_EINVAL,
                          "%llu bytes for files in memory do not hold even the "
                          "directory '%s'",
                          (unsigned long long)vfs->config.arena_bytes,
                          mount->guest_path);
    if (give_descriptor(vfs, number) != 0)
        return base_error(err, VIV_EINVAL,
                          "%u mounts need as many descriptors; there are %u",
                          vfs->mount_count, vfs->config.descriptors);
    return 0;
}

int vfs_format(struct vfs *vfs, void *at, viv_error *err)
{
    int code = 0;

    vfs_arena_init(&vfs->arena, at, vfs_bytes(vfs), vfs->config.descriptors);
    vfs_arena_format(&vfs->arena);
    for (uint32_t i = 0; code == 0 && i < vfs->mount_count; i++)
        code = format_mount(vfs, i, err);
    if (code < 0)
        vfs->arena = (struct vfs_arena){0};
    return code;
}

/* Are these the mounts that the arena was formatted with, or more? */
static int check_mounts(const struct vfs *vfs,
                        const struct vfs_arena_head *head, viv_error *err)
{
    for (uint32_t i = 0; i < VFS_MOUNTS_MAX; i++) {
        const struct vfs_mount *mount = &vfs->mounts[i];
        bool is_mount = i < vfs->mount_count;

        if (head->trees[i].kind == 0 ||
            (is_mount && vfs_mount_is_signed(mount, &head->trees[i])))
            continue;
        return base_error(err, VIV_EVERSION,
                          "the image was taken with another mount %u than "
                          "'%s': another kind, or another pack",
                          i,
                          is_mount && mount->guest_path != NULL
                              ? mount->guest_path
                              : "none or a stream");
    }
    return 0;
}

int vfs_check(const struct vfs *vfs, void *at, viv_error *err)
{
    struct vfs_arena arena;
    int code;

    vfs_arena_init(&arena, at, vfs_bytes(vfs), vfs->config.descriptors);
    code = vfs_arena_check(&arena, err);
    return code < 0 ? code : check_mounts(vfs, vfs_arena_head(&arena), err);
}

/* A hostile arena may lack any of the mounts, and gets those, too. */
static int add_mounts(struct vfs *vfs, viv_error *err)
{
    const struct vfs_arena_head *head = vfs_arena_head(&vfs->arena);
    int code = 0;

    for (uint32_t i = 0; code == 0 && i < vfs->mount_count; i++)
        if (head->trees[i].kind == 0)
            code = format_mount(vfs, i, err);
    return code;
}

int vfs_attach(struct vfs *vfs, void *at, viv_error *err)
{
    int code = vfs_check(vfs, at, err);

    if (code < 0)
        return code;
    vfs_arena_init(&vfs->arena, at, vfs_bytes(vfs), vfs->config.descriptors);
    code = add_mounts(vfs, err);
    if (code < 0)
        vfs->arena = (struct vfs_arena){0};
    return code;
}

void vfs_reset(struct vfs *vfs)
{
    for (uint32_t i = 0; i < vfs->mount_count; i++)
        if (vfs->mounts[i].ops->forget != NULL)
            vfs->mounts[i].ops->forget(vfs->mounts[i].fs);
}

int vfs_check_image(const struct vfs *vfs, viv_error *err)
{
    char path[PATH_MAX];

    for (uint32_t i = 0; i < vfs->mount_count; i++) {
        const struct vfs_mount *mount = &vfs->mounts[i];

        if (mount->ops->busy != NULL &&
            mount->ops->busy(mount->fs, path, sizeof(path)))
            return base_error(err, VIV_EUNSUPPORTED,
                              "no image can be taken while the guest has "
                              "'%s' of the host open, beneath its '%s'",
                              path, mount->guest_path);
    }
    return 0;
}
