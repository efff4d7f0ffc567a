/* test_vfs_fd.c - what guests do to what is open: the descriptors themselves.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_fd.h"

#include "vfs_fixture.h"

static struct vfs_slot get(uint32_t fd)
{
    struct vfs_slot slot;

    EXPECT_EQ_INT(vfs_fd_get(&fixture_vfs, fd, &slot), 0);
    return slot;
}

static bool is_open(uint32_t fd)
{
    struct vfs_slot slot;

    return vfs_fd_get(&fixture_vfs, fd, &slot) == 0;
}

TEST(what_is_closed_is_not_open)
{
    uint32_t fd;

    fixture_with_memory();
    fd = fixture_open(0, ".", 0, FIXTURE_READ);
    EXPECT_EQ_INT(vfs_fd_close(&fixture_vfs, fd), 0);
    EXPECT_EQ_INT(vfs_fd_close(&fixture_vfs, fd), VFS_EBADF);
    EXPECT_EQ_INT(vfs_fd_close(&fixture_vfs, UINT32_MAX), VFS_EBADF);
    EXPECT_EQ_INT(vfs_fd_close(&fixture_vfs, 0), 0);
    EXPECT(!is_open(0));
    fixture_end();
}

TEST(renumbering_closes_what_was_there)
{
    uint32_t a, b;

    fixture_with_memory();
    a = fixture_open(0, "a", VFS_OPEN_CREATE, FIXTURE_BOTH);
    b = fixture_open(0, "b", VFS_OPEN_CREATE, FIXTURE_BOTH);
    EXPECT_EQ_INT(fixture_write(a, "text"), 0);
    EXPECT_EQ_INT(fixture_unlink(0, "b"), 0);
    EXPECT_EQ_INT(vfs_fd_renumber(&fixture_vfs, a, b), 0);
    EXPECT(!is_open(a));
    EXPECT_EQ_INT(get(b).offset, 4);
    EXPECT_EQ_INT(vfs_fd_renumber(&fixture_vfs, b, a), VFS_EBADF);
    EXPECT_EQ_INT(vfs_fd_renumber(&fixture_vfs, a, b), VFS_EBADF);
    EXPECT_EQ_INT(vfs_fd_renumber(&fixture_vfs, b, b), 0);
    EXPECT(is_open(b));
    fixture_end();
}

TEST(renumbering_over_everything_leaves_one)
{
    fixture_with_memory();
    for (int i = 0; i < 10; i++)
        fixture_open(0, "a", VFS_OPEN_CREATE, FIXTURE_BOTH);
    for (uint32_t from = 10; from > 0; from--)
        EXPECT_EQ_INT(vfs_fd_renumber(&fixture_vfs, from, from - 1), 0);
    EXPECT_EQ_INT(get(0).type, VFS_FILE);
    for (uint32_t fd = 1; fd < 16; fd++)
        EXPECT(!is_open(fd));
    fixture_end();
}

TEST(rights_are_given_up_and_not_taken)
{
    uint32_t fd;

    fixture_with_memory();
    fd = fixture_open(0, "a", VFS_OPEN_CREATE, FIXTURE_BOTH);
    EXPECT_EQ_INT(vfs_fd_set_rights(&fixture_vfs, fd,
                                    get(fd).rights & ~VFS_RIGHT_READ, 0),
                  0);
    EXPECT_EQ_INT(get(fd).rights & VFS_RIGHT_READ, 0);
    EXPECT(get(fd).rights & VFS_RIGHT_WRITE);
    EXPECT_EQ_INT(
        vfs_fd_set_rights(&fixture_vfs, fd, get(fd).rights | VFS_RIGHT_READ, 0),
        VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(vfs_fd_set_rights(&fixture_vfs, fd, 0, VFS_RIGHT_READ),
                  VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(vfs_fd_set_rights(&fixture_vfs, 9, 0, 0), VFS_EBADF);
    EXPECT_EQ_INT(vfs_fd_set_rights(&fixture_vfs, fd, 0, 0), 0);
    EXPECT_EQ_INT(vfs_fd_set_flags(&fixture_vfs, fd, 0), VFS_ENOTCAPABLE);
    fixture_end();
}

TEST(two_flags_can_be_changed)
{
    uint32_t fd;

    fixture_with_memory();
    fd = fixture_open(0, "a", VFS_OPEN_CREATE, FIXTURE_BOTH);
    EXPECT_EQ_INT(
        vfs_fd_set_flags(&fixture_vfs, fd, VFS_FLAG_APPEND | VFS_FLAG_NONBLOCK),
        0);
    EXPECT_EQ_INT(get(fd).flags, VFS_FLAG_APPEND | VFS_FLAG_NONBLOCK);
    EXPECT_EQ_INT(vfs_fd_set_flags(&fixture_vfs, fd, VFS_FLAG_SYNC),
                  VFS_ENOTSUP);
    EXPECT_EQ_INT(vfs_fd_set_flags(&fixture_vfs, fd, VFS_FLAGS + 1),
                  VFS_EINVAL);
    EXPECT_EQ_INT(vfs_fd_set_flags(&fixture_vfs, fd, 0), 0);
    fixture_end();
}

TEST(a_forged_mount_is_none)
{
    const char *path;

    fixture_with_memory();
    vfs_table_get(&fixture_vfs.arena, 0)->mount = 1;
    EXPECT(!is_open(0));
    EXPECT_EQ_INT(vfs_fd_guest_path(&fixture_vfs, 0, &path), VFS_EBADF);
    EXPECT(vfs_fd_pipe(&fixture_vfs, 0) == NULL);
    vfs_table_get(&fixture_vfs.arena, 0)->mount = UINT16_MAX;
    EXPECT_EQ_INT(fixture_mkdir(0, "d"), VFS_EBADF);
    fixture_end();
}
