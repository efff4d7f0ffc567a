/* test_vfs_tree.c - file systems whose paths we walk ourselves.
 *
 * What the errors are is compared with the kernel's by tests/vfs/; here are the
 * rules, one by one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_tree.h"

#include <stdio.h>

#include "vfs_fixture.h"

static uint32_t fd;

static void begin(void)
{
    fixture_with_memory();
    EXPECT_EQ_INT(fixture_mkdir(0, "dir"), 0);
    fixture_put(0, "file", "text");
    EXPECT_EQ_INT(fixture_symlink(0, "file", "link"), 0);
}

static int try(const char *path, unsigned flags, uint64_t rights)
{
    return fixture_try(0, path, flags, rights, &fd);
}

static int try_nofollow(const char *path, unsigned flags)
{
    struct vfs_at at = fixture_at(0, path);
    struct vfs_open open = {.flags = flags, .rights = FIXTURE_READ};

    at.follow = false;
    return vfs_at_open(&fixture_vfs, &at, &open, &fd);
}

TEST(what_is_not_there_is_made_only_when_asked_for)
{
    begin();
    EXPECT_EQ_INT(try("new", 0, FIXTURE_BOTH), VFS_ENOENT);
    EXPECT_EQ_INT(try("new", VFS_OPEN_CREATE, FIXTURE_BOTH), 0);
    EXPECT_EQ_INT(try("new", 0, FIXTURE_READ), 0);
    EXPECT_EQ_INT(
        try("new", VFS_OPEN_CREATE | VFS_OPEN_EXCLUSIVE, FIXTURE_READ),
        VFS_EEXIST);
    EXPECT_EQ_INT(try("other/", VFS_OPEN_CREATE, FIXTURE_READ), VFS_EISDIR);
    fixture_end();
}

TEST(a_file_is_made_through_a_dangling_link_but_not_exclusively)
{
    struct vfs_stat stat;

    begin();
    EXPECT_EQ_INT(fixture_symlink(0, "dir/target", "dangling"), 0);
    EXPECT_EQ_INT(
        try("dangling", VFS_OPEN_CREATE | VFS_OPEN_EXCLUSIVE, FIXTURE_READ),
        VFS_EEXIST);
    EXPECT_EQ_INT(try("dangling", VFS_OPEN_CREATE, FIXTURE_READ), 0);
    EXPECT_EQ_INT(fixture_stat(0, "dir/target", &stat), 0);
    fixture_end();
}

TEST(directories_are_opened_to_be_read)
{
    begin();
    EXPECT_EQ_INT(try("dir", 0, FIXTURE_READ), 0);
    EXPECT_EQ_INT(try("dir/", VFS_OPEN_DIRECTORY, FIXTURE_READ), 0);
    EXPECT_EQ_INT(try("dir", 0, FIXTURE_WRITE), VFS_EISDIR);
    EXPECT_EQ_INT(try("dir", VFS_OPEN_TRUNCATE, FIXTURE_READ), VFS_EISDIR);
    EXPECT_EQ_INT(try("dir", VFS_OPEN_CREATE, FIXTURE_READ), VFS_EISDIR);
    EXPECT_EQ_INT(try("file", VFS_OPEN_DIRECTORY, FIXTURE_READ), VFS_ENOTDIR);
    EXPECT_EQ_INT(try("file/", 0, FIXTURE_READ), VFS_ENOTDIR);
    fixture_end();
}

TEST(a_link_is_not_opened_itself)
{
    begin();
    EXPECT_EQ_INT(try_nofollow("link", 0), VFS_ELOOP);
    EXPECT_EQ_INT(try_nofollow("link", VFS_OPEN_DIRECTORY), VFS_ENOTDIR);
    EXPECT_EQ_INT(try_nofollow("file", 0), 0);
    fixture_end();
}

TEST(truncating_is_done_while_opening)
{
    begin();
    EXPECT_EQ_INT(try("link", VFS_OPEN_TRUNCATE, FIXTURE_READ), 0);
    EXPECT_EQ_STR(fixture_text(0, "file"), "");
    fixture_end();
}

TEST(a_new_name_is_given_where_nothing_is)
{
    begin();
    EXPECT_EQ_INT(fixture_mkdir(0, "dir/sub/"), 0);
    EXPECT_EQ_INT(fixture_mkdir(0, "file"), VFS_EEXIST);
    EXPECT_EQ_INT(fixture_mkdir(0, "link"), VFS_EEXIST);
    EXPECT_EQ_INT(fixture_mkdir(0, "."), VFS_EEXIST);
    EXPECT_EQ_INT(fixture_mkdir(0, "no/sub"), VFS_ENOENT);
    EXPECT_EQ_INT(fixture_symlink(0, "x", "new/"), VFS_ENOENT);
    EXPECT_EQ_INT(fixture_symlink(0, "x", "dir/"), VFS_EEXIST);
    EXPECT_EQ_INT(fixture_link(0, "file", "new/"), VFS_ENOENT);
    EXPECT_EQ_INT(fixture_link(0, "file", "link"), VFS_EEXIST);
    EXPECT_EQ_INT(fixture_link(0, "dir", "new"), VFS_EPERM);
    EXPECT_EQ_INT(fixture_link(0, "no", "new"), VFS_ENOENT);
    fixture_end();
}

TEST(a_link_to_a_link_is_one_more_name_of_the_link)
{
    struct vfs_at at;
    struct vfs_path target;

    begin();
    EXPECT_EQ_INT(fixture_link(0, "link", "second"), 0);
    at = fixture_at(0, "second");
    EXPECT_EQ_INT(vfs_at_read_link(&fixture_vfs, &at, &target), 0);
    EXPECT_EQ_STR(target.text, "file");
    at = fixture_at(0, "file");
    EXPECT_EQ_INT(vfs_at_read_link(&fixture_vfs, &at, &target), VFS_EINVAL);
    fixture_end();
}

TEST(names_of_files_and_of_directories_go_differently)
{
    begin();
    EXPECT_EQ_INT(fixture_unlink(0, "dir"), VFS_EISDIR);
    EXPECT_EQ_INT(fixture_unlink(0, "dir/"), VFS_EISDIR);
    EXPECT_EQ_INT(fixture_unlink(0, "."), VFS_EISDIR);
    EXPECT_EQ_INT(fixture_unlink(0, "file/"), VFS_ENOTDIR);
    EXPECT_EQ_INT(fixture_unlink(0, "no"), VFS_ENOENT);
    EXPECT_EQ_INT(fixture_rmdir(0, "file"), VFS_ENOTDIR);
    EXPECT_EQ_INT(fixture_rmdir(0, "."), VFS_EINVAL);
    EXPECT_EQ_INT(fixture_rmdir(0, "dir/.."), VFS_ENOTEMPTY);
    EXPECT_EQ_INT(fixture_rmdir(0, "no"), VFS_ENOENT);
    EXPECT_EQ_INT(fixture_mkdir(0, "dir/sub"), 0);
    EXPECT_EQ_INT(fixture_rmdir(0, "dir"), VFS_ENOTEMPTY);
    EXPECT_EQ_INT(fixture_rmdir(0, "dir/sub/"), 0);
    EXPECT_EQ_INT(fixture_rmdir(0, "dir"), 0);
    fixture_end();
}

TEST(a_directory_does_not_go_into_itself)
{
    begin();
    EXPECT_EQ_INT(fixture_mkdir(0, "dir/sub"), 0);
    EXPECT_EQ_INT(fixture_rename(0, "dir", "dir/new"), VFS_EINVAL);
    EXPECT_EQ_INT(fixture_rename(0, "dir", "dir/sub/new"), VFS_EINVAL);
    EXPECT_EQ_INT(fixture_rename(0, "dir", "dir"), 0);
    EXPECT_EQ_INT(fixture_rename(0, "dir/sub", "dir"), VFS_ENOTEMPTY);
    EXPECT_EQ_INT(fixture_rename(0, "dir/sub", "sub"), 0);
    fixture_end();
}

TEST(what_is_renamed_takes_the_place_of_its_like)
{
    struct vfs_stat stat;

    begin();
    EXPECT_EQ_INT(fixture_mkdir(0, "empty"), 0);
    EXPECT_EQ_INT(fixture_rename(0, "file", "dir"), VFS_EISDIR);
    EXPECT_EQ_INT(fixture_rename(0, "dir", "file"), VFS_ENOTDIR);
    EXPECT_EQ_INT(fixture_rename(0, "file", "new/"), VFS_ENOTDIR);
    EXPECT_EQ_INT(fixture_rename(0, "file/", "new"), VFS_ENOTDIR);
    EXPECT_EQ_INT(fixture_rename(0, "dir/", "empty/"), 0);
    EXPECT_EQ_INT(fixture_stat(0, "dir", &stat), VFS_ENOENT);
    EXPECT_EQ_INT(fixture_rename(0, "file", "link"), 0);
    EXPECT_EQ_STR(fixture_text(0, "link"), "text");
    EXPECT_EQ_INT(fixture_rename(0, ".", "x"), VFS_EBUSY);
    EXPECT_EQ_INT(fixture_rename(0, "link", "empty/.."), VFS_EBUSY);
    EXPECT_EQ_INT(fixture_rename(0, "no", "x"), VFS_ENOENT);
    fixture_end();
}

TEST(two_names_of_one_file_both_stay)
{
    struct vfs_stat stat;

    begin();
    EXPECT_EQ_INT(fixture_link(0, "file", "second"), 0);
    EXPECT_EQ_INT(fixture_rename(0, "file", "second"), 0);
    EXPECT_EQ_INT(fixture_stat(0, "file", &stat), 0);
    EXPECT_EQ_INT(stat.links, 2);
    fixture_end();
}

TEST(times_are_set_by_path_of_links_too)
{
    struct vfs_times times = {7, 8};
    struct vfs_at at;
    struct vfs_stat stat;

    begin();
    at = fixture_at(0, "link");
    EXPECT_EQ_INT(vfs_at_set_times(&fixture_vfs, &at, &times, VFS_SET_MODIFIED),
                  0);
    at.follow = false;
    times.modified = 9;
    EXPECT_EQ_INT(vfs_at_set_times(&fixture_vfs, &at, &times, VFS_SET_MODIFIED),
                  0);
    EXPECT_EQ_INT(fixture_stat(0, "file", &stat), 0);
    EXPECT_EQ_INT(stat.modified, 8);
    EXPECT_EQ_INT(fixture_stat(0, "link", &stat), 0);
    EXPECT_EQ_INT(stat.modified, 9);
    fixture_end();
}

/* Directories that lie in each other without an end. */
TEST(a_directory_that_is_above_itself_is_not_moved)
{
    struct vfs_memory *memory;
    struct vfs_stat d, sub;

    begin();
    EXPECT_EQ_INT(fixture_mkdir(0, "dir/sub"), 0);
    EXPECT_EQ_INT(fixture_mkdir(0, "other"), 0);
    EXPECT_EQ_INT(fixture_stat(0, "dir", &d), 0);
    EXPECT_EQ_INT(fixture_stat(0, "dir/sub", &sub), 0);
    memory = fixture_vfs.mounts[0].fs;
    vfs_inode_get(&memory->store, d.ino, VFS_DIRECTORY)->parent = sub.ino;
    EXPECT_EQ_INT(fixture_rename(0, "other", "dir/sub/x"), VFS_ELOOP);
    fixture_end();
}
