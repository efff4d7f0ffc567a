/* test_vfs_memory.c - files in the arena: what is done to nodes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_memory.h"

#include "base/base_alloc.h"
#include "vfs_fixture.h"

static struct vfs_memory *memory(void)
{
    return fixture_vfs.mounts[0].fs;
}

TEST(a_new_memory_is_an_empty_directory)
{
    struct vfs_stat stat;

    fixture_with_memory();
    EXPECT_EQ_STR(fixture_list(0), ". .. ");
    EXPECT_EQ_INT(vfs_fd_stat(&fixture_vfs, 0, &stat), 0);
    EXPECT_EQ_INT(stat.type, VFS_DIRECTORY);
    EXPECT_EQ_INT(stat.ino, vfs_memory_root(memory()));
    EXPECT_EQ_INT(stat.dev, 1);
    fixture_end();
}

TEST(what_is_unlinked_stays_as_long_as_it_is_open)
{
    uint64_t used;
    uint32_t fd;

    fixture_with_memory();
    used = vfs_store_tree(&memory()->store)->cells;
    fd = fixture_open(0, "a", VFS_OPEN_CREATE, FIXTURE_BOTH);
    EXPECT_EQ_INT(fixture_write(fd, "text"), 0);
    EXPECT_EQ_INT(fixture_unlink(0, "a"), 0);
    EXPECT_EQ_STR(fixture_list(0), ". .. ");
    EXPECT_EQ_INT(fixture_write(fd, "more"), 0);
    EXPECT_EQ_INT(vfs_fd_close(&fixture_vfs, fd), 0);
    EXPECT_EQ_INT(vfs_store_tree(&memory()->store)->cells, used);
    fixture_end();
}

TEST(a_directory_that_is_removed_while_open_is_empty_for_good)
{
    uint32_t fd;

    fixture_with_memory();
    EXPECT_EQ_INT(fixture_mkdir(0, "d"), 0);
    fd = fixture_open(0, "d", 0, FIXTURE_READ);
    EXPECT_EQ_INT(fixture_rmdir(0, "d"), 0);
    EXPECT_EQ_INT(fixture_mkdir(fd, "sub"), VFS_ENOENT);
    EXPECT_EQ_INT(fixture_try(fd, "f", VFS_OPEN_CREATE, FIXTURE_WRITE, &fd),
                  VFS_ENOENT);
    EXPECT_EQ_INT(vfs_fd_list(&fixture_vfs, fd, 0, fixture_take_name, NULL),
                  VFS_ENOENT);
    fixture_end();
}

TEST(times_are_the_clocks_until_they_are_set)
{
    struct vfs_times times = {5, 6};
    struct vfs_stat before, after;
    uint32_t fd;

    fixture_with_memory();
    fd = fixture_open(0, "a", VFS_OPEN_CREATE, FIXTURE_BOTH);
    EXPECT_EQ_INT(vfs_fd_stat(&fixture_vfs, fd, &before), 0);
    fixture_write(fd, "x");
    EXPECT_EQ_INT(vfs_fd_stat(&fixture_vfs, fd, &after), 0);
    EXPECT(after.modified > before.modified);
    EXPECT_EQ_INT(after.accessed, before.accessed);
    EXPECT_EQ_INT(vfs_fd_set_times(&fixture_vfs, fd, &times, VFS_SET_ACCESSED),
                  0);
    EXPECT_EQ_INT(vfs_fd_stat(&fixture_vfs, fd, &before), 0);
    EXPECT_EQ_INT(before.accessed, 5);
    EXPECT_EQ_INT(before.modified, after.modified);
    EXPECT(before.changed > after.changed);
    fixture_end();
}

TEST(the_ceilings_hold_for_all_that_a_guest_can_make)
{
    struct vfs_memory_limits limits = {2 * VFS_BLOCK_BYTES, 3};
    uint32_t fd;

    fixture_init(64 * VFS_BLOCK_BYTES);
    EXPECT_EQ_INT(vfs_mount_memory(&fixture_vfs, "/", &limits, NULL), 0);
    fixture_format();
    fd = fixture_open(0, "a", VFS_OPEN_CREATE, FIXTURE_WRITE);
    EXPECT_EQ_INT(fixture_write(fd, "x"), 0);
    EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, fd, 1 << 30), 0);
    EXPECT_EQ_INT(vfs_fd_allocate(&fixture_vfs, fd, 0, 1 << 30), VFS_ENOSPC);
    EXPECT_EQ_INT(fixture_symlink(0, "x", "link"), VFS_ENOSPC);
    EXPECT_EQ_INT(fixture_mkdir(0, "b"), 0);
    EXPECT_EQ_INT(fixture_link(0, "a", "c"), 0);
    EXPECT_EQ_INT(fixture_mkdir(0, "d"), VFS_ENOSPC);
    EXPECT_EQ_INT(fixture_rename(0, "b", "d"), 0);
    EXPECT_EQ_INT(fixture_unlink(0, "c"), 0);
    EXPECT_EQ_INT(fixture_mkdir(0, "e"), 0);
    fixture_end();
}

TEST(nodes_that_are_none_are_refused)
{
    char byte;
    struct iovec part = {&byte, 1};
    struct vfs_io io = {&part, 1, 0, 0};
    struct vfs_stat stat;
    struct vfs_times times = {0, 0};
    struct vfs_path target;

    fixture_with_memory();
    EXPECT_EQ_INT(vfs_memory_stat(memory(), 99, &stat), VFS_EBADF);
    EXPECT_EQ_INT(vfs_memory_read(memory(), 99, &io), VFS_EBADF);
    EXPECT_EQ_INT(vfs_memory_write(memory(), 99, &io), VFS_EBADF);
    EXPECT_EQ_INT(vfs_memory_set_bytes(memory(), 99, 0), VFS_EBADF);
    EXPECT_EQ_INT(vfs_memory_allocate(memory(), 99, 0, 1), VFS_EBADF);
    EXPECT_EQ_INT(vfs_memory_set_times(memory(), 99, &times), VFS_EBADF);
    EXPECT_EQ_INT(vfs_memory_read_link(memory(), 99, &target), VFS_EINVAL);
    EXPECT_EQ_INT(vfs_memory_ops.list(memory(), 99, 0, fixture_take_name, NULL),
                  VFS_EBADF);
    vfs_memory_close(memory(), 99);
    fixture_end();
}

/* A directory is not a file, whatever the descriptor says of it. */
TEST(a_node_is_used_as_what_it_is)
{
    char byte;
    struct iovec part = {&byte, 1};
    struct vfs_io io = {&part, 1, 0, 0};
    uint64_t root;

    fixture_with_memory();
    root = vfs_memory_root(memory());
    EXPECT_EQ_INT(vfs_memory_read(memory(), root, &io), VFS_EBADF);
    EXPECT_EQ_INT(vfs_memory_write(memory(), root, &io), VFS_EBADF);
    EXPECT_EQ_INT(vfs_memory_set_bytes(memory(), root, 0), VFS_EBADF);
    fixture_end();
}

TEST(without_memory_there_is_none)
{
    viv_error err;

    fixture_init(0);
    for (uint64_t n = 1; n <= 2; n++) {
        base_alloc_fail_at(n);
        EXPECT_EQ_INT(
            vfs_mount_memory(&fixture_vfs, "/", &fixture_plenty, &err),
            VIV_ENOMEM);
    }
    base_alloc_fail_at(0);
    EXPECT_EQ_INT(fixture_vfs.mount_count, 0);
    fixture_end();
}
