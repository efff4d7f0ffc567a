/* test_vfs_fd_stat.c - what guests do to what is open: sizes, times, entries.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs_fixture.h"

static uint32_t fd;

static void begin(uint64_t rights)
{
    fixture_with_memory();
    fixture_put(0, "a", "0123456789");
    fd = fixture_open(0, "a", 0, rights);
}

static struct vfs_stat stat_of(uint32_t which)
{
    struct vfs_stat stat;

    EXPECT_EQ_INT(vfs_fd_stat(&fixture_vfs, which, &stat), 0);
    return stat;
}

TEST(sizes_are_set_with_the_right_to)
{
    begin(FIXTURE_BOTH);
    EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, fd, 3), 0);
    EXPECT_EQ_INT(stat_of(fd).bytes, 3);
    EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, fd, UINT64_MAX), VFS_EINVAL);
    EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, 0, 0), VFS_EISDIR);
    EXPECT_EQ_INT(vfs_fd_set_rights(&fixture_vfs, fd, VFS_RIGHT_WRITE, 0), 0);
    EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, fd, 0), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(vfs_fd_allocate(&fixture_vfs, fd, 0, 1), VFS_ENOTCAPABLE);
    fd = fixture_open(0, "a", 0, FIXTURE_READ);
    EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, fd, 0), VFS_EINVAL);
    EXPECT_EQ_INT(vfs_fd_allocate(&fixture_vfs, fd, 0, 1), VFS_EBADF);
    fixture_end();
}

TEST(allocating_makes_a_file_longer_and_never_shorter)
{
    begin(FIXTURE_BOTH);
    EXPECT_EQ_INT(vfs_fd_allocate(&fixture_vfs, fd, 90, 20), 0);
    EXPECT_EQ_INT(stat_of(fd).bytes, 110);
    EXPECT_EQ_INT(vfs_fd_allocate(&fixture_vfs, fd, 10, 10), 0);
    EXPECT_EQ_INT(stat_of(fd).bytes, 110);
    EXPECT_EQ_INT(vfs_fd_allocate(&fixture_vfs, fd, 10, 0), VFS_EINVAL);
    EXPECT_EQ_INT(vfs_fd_allocate(&fixture_vfs, fd, UINT64_MAX, 1), VFS_EINVAL);
    EXPECT_EQ_INT(vfs_fd_allocate(&fixture_vfs, fd, 1, UINT64_MAX), VFS_EINVAL);
    EXPECT_EQ_INT(vfs_fd_allocate(&fixture_vfs, fd, INT64_MAX, 1), VFS_EFBIG);
    EXPECT_EQ_INT(vfs_fd_allocate(&fixture_vfs, fd, 0, 1ull << 40), VFS_ENOSPC);
    EXPECT_EQ_INT(vfs_fd_allocate(&fixture_vfs, 0, 0, 1), VFS_EISDIR);
    fixture_end();
}

TEST(advice_is_checked_and_may_be_ignored)
{
    begin(FIXTURE_BOTH);
    EXPECT_EQ_INT(vfs_fd_advise(&fixture_vfs, fd, 0, 5, VFS_RANDOM), 0);
    EXPECT_EQ_INT(vfs_fd_advise(&fixture_vfs, fd, 0, 5, (enum vfs_advice)6),
                  VFS_EINVAL);
    EXPECT_EQ_INT(vfs_fd_advise(&fixture_vfs, fd, UINT64_MAX, 5, VFS_NORMAL),
                  VFS_EINVAL);
    EXPECT_EQ_INT(vfs_fd_advise(&fixture_vfs, 0, 0, 5, VFS_NORMAL), VFS_EBADF);
    EXPECT_EQ_INT(vfs_fd_sync(&fixture_vfs, fd), 0);
    EXPECT_EQ_INT(vfs_fd_datasync(&fixture_vfs, fd), 0);
    EXPECT_EQ_INT(vfs_fd_sync(&fixture_vfs, 9), VFS_EBADF);
    fixture_end();
}

TEST(times_are_set_to_a_time_or_to_now)
{
    struct vfs_times times = {5, 6};
    struct vfs_stat before, after;

    begin(FIXTURE_BOTH);
    before = stat_of(fd);
    EXPECT_EQ_INT(vfs_fd_set_times(&fixture_vfs, fd, &times,
                                   VFS_SET_ACCESSED | VFS_SET_MODIFIED_NOW),
                  0);
    after = stat_of(fd);
    EXPECT_EQ_INT(after.accessed, 5);
    EXPECT(after.modified > before.modified);
    EXPECT_EQ_INT(vfs_fd_set_times(&fixture_vfs, fd, &times, 0), 0);
    EXPECT_EQ_INT(stat_of(fd).modified, after.modified);
    fixture_end();
}

TEST(times_that_contradict_themselves_are_refused)
{
    static const unsigned wrong[] = {
        VFS_SET_ACCESSED | VFS_SET_ACCESSED_NOW,
        VFS_SET_MODIFIED | VFS_SET_MODIFIED_NOW,
        VFS_SET_MODIFIED_NOW << 1,
        UINT32_MAX,
    };
    struct vfs_times times = {5, 6};
    struct vfs_stat before;

    begin(FIXTURE_BOTH);
    before = stat_of(fd);
    for (int i = 0; i < 4; i++)
        EXPECT_EQ_INT(vfs_fd_set_times(&fixture_vfs, fd, &times, wrong[i]),
                      VFS_EINVAL);
    times.modified = UINT64_MAX;
    EXPECT_EQ_INT(vfs_fd_set_times(&fixture_vfs, fd, &times, VFS_SET_MODIFIED),
                  VFS_EINVAL);
    EXPECT_EQ_INT(stat_of(fd).modified, before.modified);
    EXPECT_EQ_INT(vfs_fd_set_rights(&fixture_vfs, fd, VFS_RIGHT_READ, 0), 0);
    EXPECT_EQ_INT(vfs_fd_set_times(&fixture_vfs, fd, &times, 0),
                  VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(vfs_fd_stat(&fixture_vfs, fd, &before), VFS_ENOTCAPABLE);
    fixture_end();
}

TEST(each_mount_is_a_device)
{
    fixture_init(16 * VFS_BLOCK_BYTES);
    EXPECT_EQ_INT(
        vfs_mount_stream(&fixture_vfs, vfs_pipe_new(VFS_PIPE_IN, 1), NULL), 0);
    EXPECT_EQ_INT(vfs_mount_memory(&fixture_vfs, "/", &fixture_plenty, NULL),
                  0);
    EXPECT_EQ_INT(vfs_mount_memory(&fixture_vfs, "/b", &fixture_plenty, NULL),
                  0);
    fixture_format();
    EXPECT_EQ_INT(stat_of(0).dev, 1);
    EXPECT_EQ_INT(stat_of(0).type, VFS_STREAM);
    EXPECT_EQ_INT(stat_of(1).dev, 2);
    EXPECT_EQ_INT(stat_of(2).dev, 3);
    fixture_end();
}

TEST(only_directories_are_listed)
{
    char text[1024] = "";

    begin(FIXTURE_READ);
    EXPECT_EQ_STR(fixture_list(0), ". .. a ");
    EXPECT_EQ_INT(vfs_fd_list(&fixture_vfs, fd, 0, fixture_take_name, text),
                  VFS_ENOTDIR);
    EXPECT_EQ_INT(vfs_fd_list(&fixture_vfs, 9, 0, fixture_take_name, text),
                  VFS_EBADF);
    EXPECT_EQ_INT(vfs_fd_set_rights(&fixture_vfs, 0, 0, 0), 0);
    EXPECT_EQ_INT(vfs_fd_list(&fixture_vfs, 0, 0, fixture_take_name, text),
                  VFS_ENOTCAPABLE);
    fixture_end();
}

/* What a descriptor says of itself was forged: the node knows better. */
TEST(a_forged_type_is_found_out)
{
    char text[1024] = "";
    struct vfs_slot *slot;

    begin(FIXTURE_BOTH);
    slot = vfs_table_get(&fixture_vfs.arena, fd);
    slot->type = VFS_DIRECTORY;
    slot->rights = UINT64_MAX;
    EXPECT_EQ_INT(vfs_fd_list(&fixture_vfs, fd, 0, fixture_take_name, text),
                  VFS_EBADF);
    EXPECT_EQ_INT(fixture_mkdir(fd, "d"), VFS_ENOTDIR);
    slot = vfs_table_get(&fixture_vfs.arena, 0);
    slot->type = VFS_FILE;
    slot->rights = UINT64_MAX;
    EXPECT_EQ_INT(fixture_write(0, "x"), VFS_EBADF);
    EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, 0, 0), VFS_EBADF);
    fixture_end();
}
