/* test_vfs_host_names.c - a directory of the host: names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* nftw */
#include "host_fixture.h"
#include "os/os_fail.h"

TEST(names_come_change_and_go)
{
    host_fixture_begin();
    EXPECT_EQ_INT(fixture_mkdir(0, "d/"), 0);
    fixture_put(0, "d/a", "text");
    EXPECT_EQ_INT(fixture_link(0, "d/a", "b"), 0);
    EXPECT_EQ_INT(fixture_rename(0, "b", "d/c"), 0);
    EXPECT_EQ_STR(folder_read("d/c"), "text");
    EXPECT_EQ_INT(fixture_symlink(0, "d/c", "l"), 0);
    EXPECT_EQ_STR(fixture_text(0, "l"), "text");
    EXPECT_EQ_INT(fixture_unlink(0, "l"), 0);
    EXPECT_EQ_INT(fixture_unlink(0, "d/c"), 0);
    EXPECT_EQ_INT(fixture_rmdir(0, "d"), VFS_ENOTEMPTY);
    EXPECT_EQ_INT(fixture_unlink(0, "d/a"), 0);
    EXPECT_EQ_INT(fixture_rmdir(0, "d/"), 0);
    EXPECT(!host_fixture_is_there("d"));
    host_fixture_end();
}

/* With the secret beside the root, and links to it. */
static void begin_with_ways_out(void)
{
    host_fixture_begin();
    EXPECT_EQ_INT(mkdir(folder_path("d"), 0777), 0);
    folder_write(folder_path("a"), "text");
    EXPECT_EQ_INT(symlink("..", folder_path("up")), 0);
    EXPECT_EQ_INT(symlink("../outside", folder_path("secret")), 0);
    EXPECT_EQ_INT(symlink("/", folder_path("root")), 0);
}

TEST(no_name_is_changed_outside)
{
    static const char *const outside[] = {"../x",       "up/x",    "d/../../x",
                                          "root/tmp/x", "up/in/x", "d/../up/x"};

    begin_with_ways_out();
    for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
        EXPECT_EQ_INT(fixture_mkdir(0, outside[i]), VFS_ENOTCAPABLE);
        EXPECT_EQ_INT(fixture_rmdir(0, outside[i]), VFS_ENOTCAPABLE);
        EXPECT_EQ_INT(fixture_unlink(0, outside[i]), VFS_ENOTCAPABLE);
        EXPECT_EQ_INT(fixture_symlink(0, "a", outside[i]), VFS_ENOTCAPABLE);
        EXPECT_EQ_INT(fixture_link(0, "a", outside[i]), VFS_ENOTCAPABLE);
        EXPECT_EQ_INT(fixture_link(0, outside[i], "x"), VFS_ENOTCAPABLE);
        EXPECT_EQ_INT(fixture_rename(0, "a", outside[i]), VFS_ENOTCAPABLE);
        EXPECT_EQ_INT(fixture_rename(0, outside[i], "x"), VFS_ENOTCAPABLE);
    }
    EXPECT_EQ_INT(fixture_unlink(0, "up/outside"), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(fixture_rename(0, "up/outside", "x"), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(fixture_link(0, "up/outside", "x"), VFS_ENOTCAPABLE);
    host_fixture_end();
}

TEST(dots_leave_or_are_no_name)
{
    begin_with_ways_out();
    EXPECT_EQ_INT(fixture_rmdir(0, ".."), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(fixture_rmdir(0, "d/../.."), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(fixture_rename(0, "..", "x"), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(fixture_rename(0, "a", "d/../.."), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(fixture_unlink(0, "up/.."), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(fixture_mkdir(0, ".."), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(fixture_rmdir(0, "d/.."), VFS_ENOTEMPTY);
    EXPECT_EQ_INT(fixture_rmdir(0, "d/."), VFS_EINVAL);
    EXPECT_EQ_INT(fixture_mkdir(0, "d/."), VFS_EEXIST);
    EXPECT_EQ_INT(fixture_rename(0, "d/.", "x"), VFS_EBUSY);
    EXPECT_EQ_INT(fixture_rename(0, "a", "d/.."), VFS_EBUSY);
    host_fixture_end();
}

TEST(a_link_is_renamed_removed_and_linked_itself)
{
    char target[32] = "";

    begin_with_ways_out();
    EXPECT_EQ_INT(fixture_link(0, "secret", "again"), 0);
    EXPECT_EQ_INT(readlink(folder_path("again"), target, 31), 10);
    EXPECT_EQ_INT(fixture_link(0, "up/", "x"), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(fixture_rename(0, "a", "secret"), 0);
    EXPECT_EQ_STR(folder_read("secret"), "text");
    EXPECT_EQ_INT(fixture_unlink(0, "again"), 0);
    EXPECT_EQ_INT(fixture_rmdir(0, "up"), VFS_ENOTDIR);
    host_fixture_end();
}

TEST(a_directory_has_one_name)
{
    begin_with_ways_out();
    EXPECT_EQ_INT(symlink("d", folder_path("inside")), 0);
    EXPECT_EQ_INT(fixture_link(0, "d", "x"), VFS_EPERM);
    EXPECT_EQ_INT(fixture_link(0, "d/", "x"), VFS_EPERM);
    EXPECT_EQ_INT(fixture_link(0, "inside/", "x"), VFS_EPERM);
    EXPECT_EQ_INT(fixture_link(0, ".", "a"), VFS_EEXIST);
    EXPECT(!host_fixture_is_there("x"));
    host_fixture_end();
}

TEST(what_is_read_only_keeps_its_names)
{
    struct vfs_host_limits limits = {true, 0, 0};

    host_fixture_mount(&limits);
    folder_write(folder_path("a"), "text");
    EXPECT_EQ_INT(mkdir(folder_path("d"), 0777), 0);
    EXPECT_EQ_INT(fixture_mkdir(0, "x"), VFS_EROFS);
    EXPECT_EQ_INT(fixture_mkdir(0, "d"), VFS_EEXIST);
    EXPECT_EQ_INT(fixture_symlink(0, "a", "x"), VFS_EROFS);
    EXPECT_EQ_INT(fixture_link(0, "a", "x"), VFS_EROFS);
    EXPECT_EQ_INT(fixture_link(0, "d", "x"), VFS_EROFS);
    EXPECT_EQ_INT(fixture_unlink(0, "a"), VFS_EROFS);
    EXPECT_EQ_INT(fixture_rmdir(0, "d"), VFS_EROFS);
    EXPECT_EQ_INT(fixture_rename(0, "a", "x"), VFS_EROFS);
    EXPECT(host_fixture_is_there("a") && !host_fixture_is_there("x"));
    host_fixture_end();
}

/* Each path, until nothing fails any more. */
static void fail_until_done(int (*act)(void))
{
    int before = host_fixture_open_count(), error;

    for (uint64_t n = 1;; n++) {
        os_fail_at(n);
        error = act();
        os_fail_at(0);
        EXPECT_EQ_INT(host_fixture_open_count(), before);
        if (error == 0)
            return;
        EXPECT_EQ_INT(error, VFS_ENOMEM);
    }
}

static int make_deep(void)
{
    return fixture_mkdir(0, "d/e");
}

static int move_deep(void)
{
    return fixture_rename(0, "d/e", "d/f");
}

static int link_deep(void)
{
    return fixture_link(0, "d/a", "d/b");
}

static int unlink_deep(void)
{
    return fixture_unlink(0, "d/b");
}

static int remove_deep(void)
{
    return fixture_rmdir(0, "d/f");
}

TEST(every_system_call_may_fail)
{
    host_fixture_begin();
    EXPECT_EQ_INT(fixture_mkdir(0, "d"), 0);
    fixture_put(0, "d/a", "");
    fail_until_done(make_deep);
    fail_until_done(move_deep);
    fail_until_done(link_deep);
    fail_until_done(unlink_deep);
    fail_until_done(remove_deep);
    host_fixture_end();
}
