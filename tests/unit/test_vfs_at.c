/* test_vfs_at.c - what guests do by path.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_at.h"

#include "vfs_fixture.h"

static uint32_t fd;

static int open_with(uint32_t dir, const char *path, unsigned flags,
                     uint64_t rights, uint64_t inheriting)
{
    struct vfs_at at = fixture_at(dir, path);
    struct vfs_open open = {flags, 0, rights, inheriting};

    return vfs_at_open(&fixture_vfs, &at, &open, &fd);
}

static uint64_t rights_of(uint32_t which)
{
    struct vfs_slot slot;

    EXPECT_EQ_INT(vfs_fd_get(&fixture_vfs, which, &slot), 0);
    return slot.rights;
}

TEST(rights_come_from_the_directory_and_as_far_as_they_make_sense)
{
    fixture_with_memory();
    fixture_put(0, "a", "");
    EXPECT_EQ_INT(open_with(0, "a", 0, VFS_RIGHT_READ | VFS_RIGHT_LIST, 0), 0);
    EXPECT_EQ_INT(rights_of(fd), VFS_RIGHT_READ);
    EXPECT_EQ_INT(
        open_with(0, ".", 0, VFS_RIGHT_SEEK | VFS_RIGHT_LIST, VFS_RIGHT_READ),
        0);
    EXPECT_EQ_INT(rights_of(fd), VFS_RIGHT_LIST);
    EXPECT_EQ_INT(open_with(fd, "a", 0, 0, 0), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(open_with(0, "a", 0, VFS_RIGHT_ACCEPT, 0), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(open_with(0, "a", 0, 0, VFS_RIGHT_ACCEPT), VFS_ENOTCAPABLE);
    fixture_end();
}

TEST(what_a_directory_passes_on_is_the_most_there_is)
{
    uint32_t dir;

    fixture_with_memory();
    fixture_put(0, "a", "text");
    EXPECT_EQ_INT(open_with(0, ".", 0, VFS_RIGHT_PATH_OPEN, VFS_RIGHT_READ), 0);
    dir = fd;
    EXPECT_EQ_INT(open_with(dir, "a", 0, VFS_RIGHT_READ, 0), 0);
    EXPECT_EQ_INT(open_with(dir, "a", 0, VFS_RIGHT_WRITE, 0), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(open_with(dir, "b", VFS_OPEN_CREATE, 0, 0), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(open_with(dir, "a", VFS_OPEN_TRUNCATE, 0, 0),
                  VFS_ENOTCAPABLE);
    EXPECT_EQ_STR(fixture_text(0, "a"), "text");
    fixture_end();
}

TEST(a_file_is_cut_without_a_right_to_write_but_with_that_to_cut)
{
    fixture_with_memory();
    fixture_put(0, "a", "text");
    EXPECT_EQ_INT(open_with(0, "a", VFS_OPEN_TRUNCATE, 0, 0), 0);
    EXPECT_EQ_STR(fixture_text(0, "a"), "");
    EXPECT_EQ_INT(fixture_write(fd, "x"), VFS_EBADF);
    fixture_end();
}

TEST(flags_that_are_none_are_refused)
{
    struct vfs_at at = fixture_at(0, "a");
    struct vfs_open open = {0, VFS_FLAGS + 1, 0, 0};

    fixture_with_memory();
    EXPECT_EQ_INT(open_with(0, "a", 1 << 4, 0, 0), VFS_EINVAL);
    EXPECT_EQ_INT(open_with(0, "a", VFS_OPEN_CREATE | VFS_OPEN_DIRECTORY, 0, 0),
                  VFS_EINVAL);
    EXPECT_EQ_INT(vfs_at_open(&fixture_vfs, &at, &open, &fd), VFS_EINVAL);
    fixture_end();
}

TEST(without_descriptors_nothing_is_made)
{
    struct vfs_stat stat;

    fixture_with_memory();
    for (int i = 1; i < 16; i++)
        fixture_open(0, ".", 0, FIXTURE_READ);
    EXPECT_EQ_INT(open_with(0, "a", VFS_OPEN_CREATE, 0, 0), VFS_EMFILE);
    EXPECT_EQ_INT(fixture_stat(0, "a", &stat), VFS_ENOENT);
    EXPECT_EQ_INT(vfs_fd_close(&fixture_vfs, 7), 0);
    EXPECT_EQ_INT(open_with(0, "a", VFS_OPEN_CREATE, 0, 0), 0);
    EXPECT_EQ_INT(fd, 7);
    fixture_end();
}

TEST(a_path_begins_at_a_directory)
{
    fixture_with_memory();
    fixture_put(0, "a", "");
    fd = fixture_open(0, "a", 0, FIXTURE_READ);
    EXPECT_EQ_INT(fixture_mkdir(fd, "d"), VFS_ENOTDIR);
    EXPECT_EQ_INT(fixture_mkdir(9, "d"), VFS_EBADF);
    EXPECT_EQ_INT(fixture_mkdir(0, ""), VFS_ENOENT);
    EXPECT_EQ_INT(fixture_mkdir(0, "/d"), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(fixture_mkdir(0, "d\xff"), VFS_EILSEQ);
    fixture_end();
}

TEST(a_stream_that_was_forged_to_be_a_directory_is_none)
{
    fixture_init(0);
    EXPECT_EQ_INT(
        vfs_mount_stream(&fixture_vfs, vfs_pipe_new(VFS_PIPE_IN, 1), NULL), 0);
    fixture_format();
    vfs_table_get(&fixture_vfs.arena, 0)->type = VFS_DIRECTORY;
    vfs_table_get(&fixture_vfs.arena, 0)->rights = UINT64_MAX;
    EXPECT_EQ_INT(fixture_mkdir(0, "d"), VFS_ENOTDIR);
    EXPECT_EQ_INT(vfs_fd_list(&fixture_vfs, 0, 0, fixture_take_name, NULL),
                  VFS_ENOTDIR);
    fixture_end();
}

/* Each function, with all rights but its own. */
TEST(each_function_has_a_right_of_its_own)
{
    struct vfs_stat stat;
    struct vfs_times times = {0, 0};
    struct vfs_path target;
    struct vfs_at at = fixture_at(0, "a");

    fixture_with_memory();
    fixture_put(0, "a", "");
#define EXPECT_WITHOUT(right, call)                                            \
    do {                                                                       \
        vfs_table_get(&fixture_vfs.arena, 0)->rights &= ~(right);              \
        EXPECT_EQ_INT(call, VFS_ENOTCAPABLE);                                  \
        vfs_table_get(&fixture_vfs.arena, 0)->rights |= (right);               \
    } while (0)
    EXPECT_WITHOUT(VFS_RIGHT_PATH_OPEN, open_with(0, "a", 0, 0, 0));
    EXPECT_WITHOUT(VFS_RIGHT_PATH_STAT, fixture_stat(0, "a", &stat));
    EXPECT_WITHOUT(VFS_RIGHT_PATH_SET_TIMES,
                   vfs_at_set_times(&fixture_vfs, &at, &times, 0));
    EXPECT_WITHOUT(VFS_RIGHT_PATH_MAKE_DIRECTORY, fixture_mkdir(0, "d"));
    EXPECT_WITHOUT(VFS_RIGHT_PATH_REMOVE_DIRECTORY, fixture_rmdir(0, "d"));
    EXPECT_WITHOUT(VFS_RIGHT_PATH_UNLINK, fixture_unlink(0, "a"));
    EXPECT_WITHOUT(VFS_RIGHT_PATH_SYMLINK, fixture_symlink(0, "a", "l"));
    EXPECT_WITHOUT(VFS_RIGHT_PATH_READ_LINK,
                   vfs_at_read_link(&fixture_vfs, &at, &target));
    EXPECT_WITHOUT(VFS_RIGHT_PATH_LINK_SOURCE, fixture_link(0, "a", "b"));
    EXPECT_WITHOUT(VFS_RIGHT_PATH_LINK_TARGET, fixture_link(0, "a", "b"));
    EXPECT_WITHOUT(VFS_RIGHT_PATH_RENAME_SOURCE, fixture_rename(0, "a", "b"));
    EXPECT_WITHOUT(VFS_RIGHT_PATH_RENAME_TARGET, fixture_rename(0, "a", "b"));
    EXPECT_EQ_STR(fixture_list(0), ". .. a ");
    fixture_end();
}

TEST(a_link_leads_to_a_relative_path)
{
    fixture_with_memory();
    EXPECT_EQ_INT(fixture_symlink(0, "/", "l"), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(fixture_symlink(0, "/etc/passwd", "l"), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(fixture_symlink(0, "", "l"), VFS_ENOENT);
    EXPECT_EQ_INT(fixture_symlink(0, "../..", "l"), 0);
    fixture_end();
}

TEST(a_hard_link_follows_nothing)
{
    struct vfs_at old = fixture_at(0, "l"), at = fixture_at(0, "x");

    fixture_with_memory();
    EXPECT_EQ_INT(fixture_symlink(0, "a", "l"), 0);
    EXPECT_EQ_INT(vfs_at_link(&fixture_vfs, &old, &at), VFS_EINVAL);
    fixture_end();
}

TEST(times_that_contradict_themselves_are_refused)
{
    struct vfs_at at = fixture_at(0, ".");
    struct vfs_times times = {0, 0};

    fixture_with_memory();
    EXPECT_EQ_INT(vfs_at_set_times(&fixture_vfs, &at, &times,
                                   VFS_SET_MODIFIED | VFS_SET_MODIFIED_NOW),
                  VFS_EINVAL);
    fixture_end();
}
