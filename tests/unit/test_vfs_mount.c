/* test_vfs_mount.c - which file system is where.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* nftw */
#include "vfs/vfs_mount.h"

#include "base/base_alloc.h"
#include "pack_fixture.h"

static viv_error err;

static int mount(const char *path)
{
    return vfs_mount_memory(&fixture_vfs, path, &fixture_plenty, &err);
}

TEST(a_guest_path_is_taken_once)
{
    fixture_init(0);
    EXPECT_EQ_INT(mount("/"), 0);
    EXPECT_EQ_INT(mount("/tmp"), 0);
    EXPECT_EQ_INT(mount("/"), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "something is mounted at '/' already");
    EXPECT_EQ_INT(fixture_vfs.mount_count, 2);
    fixture_end();
}

TEST(a_guest_path_is_text)
{
    static char longest[VFS_PATH_BYTES + 1];

    fixture_init(0);
    EXPECT_EQ_INT(mount(""), VIV_EINVAL);
    EXPECT_EQ_INT(mount("/\xff"), VIV_EINVAL);
    memset(longest, 'x', VFS_PATH_BYTES - 1);
    EXPECT_EQ_INT(mount(longest), 0);
    longest[VFS_PATH_BYTES - 1] = 'x';
    EXPECT_EQ_INT(mount(longest), VIV_EINVAL);
    EXPECT_EQ_INT(mount("."), 0);
    fixture_end();
}

TEST(sixteen_mounts_are_the_most)
{
    struct vfs_pipe *pipe = vfs_pipe_new(VFS_PIPE_OUT, 10);
    char path[8];

    fixture_init(0);
    for (int i = 0; i < VFS_MOUNTS_MAX; i++) {
        snprintf(path, sizeof(path), "/%d", i);
        EXPECT_EQ_INT(mount(path), 0);
    }
    EXPECT_EQ_INT(mount("/x"), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "16 mounts already");
    EXPECT_EQ_INT(vfs_mount_stream(&fixture_vfs, pipe, &err), VIV_EINVAL);
    vfs_pipe_free(pipe);
    fixture_end();
}

TEST(each_kind_is_mounted_and_has_a_root)
{
    struct vfs_host_limits limits = {true, 0, 0};

    pack_fixture_begin();
    fixture_init(16 * VFS_BLOCK_BYTES);
    EXPECT_EQ_INT(
        vfs_mount_stream(&fixture_vfs, vfs_pipe_new(VFS_PIPE_OUT, 10), &err),
        0);
    EXPECT_EQ_INT(mount("/tmp"), 0);
    EXPECT_EQ_INT(vfs_mount_pack(&fixture_vfs, "/lib", pack_fixture, &err), 0);
    EXPECT_EQ_INT(vfs_mount_overlay(&fixture_vfs, "/", pack_fixture,
                                    &fixture_plenty, &err),
                  0);
    EXPECT_EQ_INT(
        vfs_mount_host(&fixture_vfs, "/data", folder_in, &limits, &err), 0);
    fixture_format();
    EXPECT_EQ_INT(vfs_mount_root(&fixture_vfs.mounts[0]), 0);
    EXPECT_EQ_STR(fixture_list(1), ". .. ");
    EXPECT_EQ_STR(fixture_list(2), ". .. empty lib link z ");
    EXPECT_EQ_STR(fixture_list(3), ". .. empty lib link z ");
    EXPECT_EQ_STR(fixture_text(4, "lib/one"), "one");
    fixture_put(3, "lib/one", "other");
    EXPECT_EQ_STR(fixture_text(2, "lib/one"), "one");
    pack_fixture_overlay_end();
}

TEST(no_path_and_no_name_goes_from_one_mount_to_another)
{
    struct vfs_at from, to;

    fixture_init(16 * VFS_BLOCK_BYTES);
    EXPECT_EQ_INT(mount("/"), 0);
    EXPECT_EQ_INT(mount("/tmp"), 0);
    fixture_format();
    fixture_put(0, "a", "x");
    from = (struct vfs_at){0, false, "a", 1};
    to = (struct vfs_at){1, false, "b", 1};
    EXPECT_EQ_INT(vfs_at_rename(&fixture_vfs, &from, &to), VFS_EXDEV);
    EXPECT_EQ_INT(vfs_at_link(&fixture_vfs, &from, &to), VFS_EXDEV);
    EXPECT_EQ_STR(fixture_list(1), ". .. ");
    fixture_end();
}

TEST(a_mount_that_fails_is_none)
{
    struct vfs_host_limits limits = {true, 0, 0};

    pack_fixture_begin();
    fixture_init(0);
    EXPECT_EQ_INT(vfs_mount_host(&fixture_vfs, "/x", "/nowhere", &limits, &err),
                  VIV_EIO);
    base_alloc_fail_at(1);
    EXPECT_EQ_INT(vfs_mount_pack(&fixture_vfs, "/x", pack_fixture, &err),
                  VIV_ENOMEM);
    EXPECT_EQ_INT(vfs_mount_host(&fixture_vfs, "/x", folder_in, &limits, &err),
                  VIV_ENOMEM);
    base_alloc_fail_at(2);
    EXPECT_EQ_INT(vfs_mount_host(&fixture_vfs, "/x", folder_in, &limits, &err),
                  VIV_ENOMEM);
    base_alloc_fail_at(0);
    EXPECT_EQ_INT(fixture_vfs.mount_count, 0);
    EXPECT_EQ_INT(atomic_load(&pack_fixture->refs), 1);
    pack_fixture_overlay_end();
}

TEST(a_mount_is_known_by_its_kind_and_its_pack)
{
    struct vfs_arena_tree tree = {0};

    pack_fixture_begin();
    fixture_init(0);
    EXPECT_EQ_INT(mount("/"), 0);
    EXPECT_EQ_INT(vfs_mount_pack(&fixture_vfs, "/lib", pack_fixture, &err), 0);
    vfs_mount_sign(&fixture_vfs.mounts[1], &tree);
    EXPECT(vfs_mount_is_signed(&fixture_vfs.mounts[1], &tree));
    EXPECT(!vfs_mount_is_signed(&fixture_vfs.mounts[0], &tree));
    tree.below[3]++;
    EXPECT(!vfs_mount_is_signed(&fixture_vfs.mounts[1], &tree));
    pack_fixture_overlay_end();
}
