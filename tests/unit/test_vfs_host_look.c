/* test_vfs_host_look.c - a directory of the host: what is known.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* nftw */
#include <errno.h>

#include "host_fixture.h"
#include "os/os_fail.h"

TEST(what_is_there_is_told_as_the_system_has_it)
{
    struct vfs_stat stat;
    struct stat st;

    host_fixture_begin();
    fixture_put(0, "a", "text");
    EXPECT_EQ_INT(fixture_stat(0, "a", &stat), 0);
    EXPECT_EQ_INT(lstat(folder_path("a"), &st), 0);
    EXPECT_EQ_INT(stat.dev, st.st_dev);
    EXPECT_EQ_INT(stat.ino, st.st_ino);
    EXPECT_EQ_INT(stat.bytes, 4);
    EXPECT_EQ_INT(stat.links, 1);
    EXPECT_EQ_INT(stat.type, VFS_FILE);
    EXPECT_EQ_INT(stat.modified / 1000000000, st.st_mtim.tv_sec);
    EXPECT_EQ_INT(fixture_stat(0, "../outside", &stat), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(fixture_stat(0, "no", &stat), VFS_ENOENT);
    host_fixture_end();
}

/* A name alone, and paths that have to be walked, say the same. */
TEST(what_a_name_leads_to_does_not_depend_on_how_it_is_spelled)
{
    static const char *const spellings[] = {"l", "./l", "d/../l", "l/."};
    struct vfs_stat stat, link;
    struct vfs_at at;

    host_fixture_begin();
    EXPECT_EQ_INT(fixture_mkdir(0, "d"), 0);
    EXPECT_EQ_INT(symlink("d", folder_path("l")), 0);
    EXPECT_EQ_INT(symlink("..", folder_path("out")), 0);
    for (size_t i = 0; i < 4; i++) {
        at = fixture_at(0, spellings[i]);
        EXPECT_EQ_INT(vfs_at_stat(&fixture_vfs, &at, &stat), 0);
        EXPECT_EQ_INT(stat.type, VFS_DIRECTORY);
        at.follow = false;
        EXPECT_EQ_INT(vfs_at_stat(&fixture_vfs, &at, &link), 0);
        EXPECT_EQ_INT(link.type, i < 3 ? VFS_SYMLINK : VFS_DIRECTORY);
        EXPECT_EQ_INT(link.ino == stat.ino, i == 3);
    }
    at = fixture_at(0, "out");
    EXPECT_EQ_INT(vfs_at_stat(&fixture_vfs, &at, &stat), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(fixture_stat(0, "out", &stat), 0);
    EXPECT_EQ_INT(fixture_stat(0, "out/", &stat), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(fixture_stat(0, "..", &stat), VFS_ENOTCAPABLE);
    host_fixture_end();
}

TEST(times_are_set_of_links_or_what_they_lead_to)
{
    struct vfs_times times = {5, 6};
    struct vfs_at at;
    struct vfs_stat stat;

    host_fixture_begin();
    fixture_put(0, "a", "");
    EXPECT_EQ_INT(symlink("a", folder_path("l")), 0);
    at = fixture_at(0, "l");
    EXPECT_EQ_INT(vfs_at_set_times(&fixture_vfs, &at, &times, VFS_SET_MODIFIED),
                  0);
    EXPECT_EQ_INT(fixture_stat(0, "a", &stat), 0);
    EXPECT_EQ_INT(stat.modified, 6);
    at.follow = false;
    times.modified = 7;
    EXPECT_EQ_INT(vfs_at_set_times(&fixture_vfs, &at, &times, VFS_SET_MODIFIED),
                  0);
    EXPECT_EQ_INT(fixture_stat(0, "l", &stat), 0);
    EXPECT_EQ_INT(stat.modified, 7);
    EXPECT_EQ_INT(fixture_stat(0, "a", &stat), 0);
    EXPECT_EQ_INT(stat.modified, 6);
    host_fixture_end();
}

TEST(times_of_what_is_read_only_stay)
{
    struct vfs_host_limits limits = {true, 0, 0};
    struct vfs_times times = {5, 6};
    struct vfs_at at;

    host_fixture_mount(&limits);
    folder_write(folder_path("a"), "");
    at = fixture_at(0, "a");
    EXPECT_EQ_INT(vfs_at_set_times(&fixture_vfs, &at, &times, VFS_SET_MODIFIED),
                  VFS_EROFS);
    EXPECT_EQ_INT(vfs_fd_set_times(&fixture_vfs, 0, &times, VFS_SET_MODIFIED),
                  VFS_EROFS);
    host_fixture_end();
}

static int read_link(const char *path, struct vfs_path *target)
{
    struct vfs_at at = fixture_at(0, path);

    return vfs_at_read_link(&fixture_vfs, &at, target);
}

TEST(links_are_read_but_not_where_the_host_has_its_files)
{
    struct vfs_path target;

    host_fixture_begin();
    fixture_put(0, "a", "");
    EXPECT_EQ_INT(symlink("d/e", folder_path("l")), 0);
    EXPECT_EQ_INT(symlink("/etc/passwd", folder_path("absolute")), 0);
    EXPECT_EQ_INT(symlink("\xff", folder_path("strange")), 0);
    EXPECT_EQ_INT(read_link("l", &target), 0);
    EXPECT_EQ_STR(target.text, "d/e");
    EXPECT_EQ_INT(read_link("absolute", &target), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(read_link("strange", &target), VFS_EILSEQ);
    EXPECT_EQ_INT(read_link("a", &target), VFS_EINVAL);
    EXPECT_EQ_INT(read_link("no", &target), VFS_ENOENT);
    host_fixture_end();
}

TEST(what_leaves_the_directory_is_told_apart)
{
    EXPECT_EQ_INT(vfs_host_walk_error(-EXDEV), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(vfs_host_walk_error(-ENOENT), VFS_ENOENT);
    EXPECT_EQ_INT(vfs_host_walk_error(0), 0);
}

TEST(every_system_call_may_fail)
{
    struct vfs_times times = {5, 6};
    struct vfs_path target;
    struct vfs_stat stat;
    struct vfs_at at;
    int before;

    host_fixture_begin();
    EXPECT_EQ_INT(symlink("a", folder_path("l")), 0);
    before = host_fixture_open_count();
    at = fixture_at(0, "l");
    at.follow = false;
    for (uint64_t n = 1; n <= 3; n++) {
        os_fail_at(n);
        EXPECT_EQ_INT(fixture_stat(0, "l", &stat), n <= 1 ? VFS_ENOMEM : 0);
        os_fail_at(n);
        EXPECT_EQ_INT(fixture_stat(0, "./l", &stat), n <= 2 ? VFS_ENOMEM : 0);
        os_fail_at(n);
        EXPECT_EQ_INT(read_link("l", &target), VFS_ENOMEM);
        os_fail_at(n);
        EXPECT_EQ_INT(
            vfs_at_set_times(&fixture_vfs, &at, &times, VFS_SET_MODIFIED),
            n <= 2 ? VFS_ENOMEM : 0);
        os_fail_at(0);
        EXPECT_EQ_INT(host_fixture_open_count(), before);
    }
    host_fixture_end();
}
