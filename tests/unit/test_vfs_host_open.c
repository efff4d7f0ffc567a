/* test_vfs_host_open.c - a directory of the host: opening.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* nftw */
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include "host_fixture.h"
#include "os/os_fail.h"

static uint32_t fd;

static int try(const char *path, unsigned flags, uint64_t rights)
{
    return fixture_try(0, path, flags, rights, &fd);
}

TEST(files_are_made_read_and_written)
{
    host_fixture_begin();
    EXPECT_EQ_INT(try("a", 0, FIXTURE_READ), VFS_ENOENT);
    fixture_put(0, "a", "text");
    EXPECT_EQ_STR(folder_read("a"), "text");
    EXPECT_EQ_STR(fixture_text(0, "a"), "text");
    EXPECT_EQ_INT(try("a", VFS_OPEN_CREATE | VFS_OPEN_EXCLUSIVE, FIXTURE_READ),
                  VFS_EEXIST);
    EXPECT_EQ_INT(try("a/", 0, FIXTURE_READ), VFS_ENOTDIR);
    EXPECT_EQ_INT(try("b/", VFS_OPEN_CREATE, FIXTURE_WRITE), VFS_EISDIR);
    EXPECT_EQ_INT(try("no/b/", VFS_OPEN_CREATE, FIXTURE_WRITE), VFS_ENOENT);
    EXPECT_EQ_INT(try("a", VFS_OPEN_TRUNCATE, FIXTURE_READ), 0);
    EXPECT_EQ_STR(folder_read("a"), "");
    host_fixture_end();
}

/* Each class of way out that section 6 of the blueprint has. */
TEST(no_path_leads_outside)
{
    static const char *const paths[] = {"..",           "../outside",
                                        "../in/a",      "d/../../outside",
                                        "up",           "up/",
                                        "link-up",      "link-up/outside",
                                        "d/deep",       "d/deep/outside",
                                        "absolute",     "absolute/passwd",
                                        "root/etc",     "./../outside",
                                        "d/./../..",    "d//..//../outside",
                                        "chain",        "magic",
                                        "magic/outside"};

    host_fixture_begin();
    EXPECT_EQ_INT(mkdir(folder_path("d"), 0777), 0);
    EXPECT_EQ_INT(symlink("../outside", folder_path("up")), 0);
    EXPECT_EQ_INT(symlink("..", folder_path("link-up")), 0);
    EXPECT_EQ_INT(symlink("../..", folder_path("d/deep")), 0);
    EXPECT_EQ_INT(symlink("/etc", folder_path("absolute")), 0);
    EXPECT_EQ_INT(symlink("/", folder_path("root")), 0);
    EXPECT_EQ_INT(symlink("d/../up", folder_path("chain")), 0);
    EXPECT_EQ_INT(symlink("/proc/self/cwd", folder_path("magic")), 0);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        EXPECT_EQ_INT(try(paths[i], 0, FIXTURE_READ), VFS_ENOTCAPABLE);
        EXPECT(try(paths[i], VFS_OPEN_CREATE | VFS_OPEN_TRUNCATE,
                   FIXTURE_BOTH) != 0);
        EXPECT(try(paths[i], VFS_OPEN_DIRECTORY, FIXTURE_READ) != 0);
    }
    host_fixture_end();
}

TEST(a_directory_is_left_by_no_path_that_begins_there)
{
    uint32_t d;

    host_fixture_begin();
    EXPECT_EQ_INT(fixture_mkdir(0, "d"), 0);
    fixture_put(0, "a", "");
    d = fixture_open(0, "d", 0, FIXTURE_READ);
    EXPECT_EQ_INT(fixture_try(d, "../a", 0, FIXTURE_READ, &fd),
                  VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(fixture_try(d, ".", 0, FIXTURE_READ, &fd), 0);
    host_fixture_end();
}

static void make_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);

    strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
    EXPECT_EQ_INT(bind(listener, (struct sockaddr *)&address, sizeof(address)),
                  0);
    close(listener);
}

TEST(special_files_are_refused_untouched_and_at_once)
{
    static const char *const names[] = {"fifo", "socket", "to-fifo"};
    struct vfs_stat stat;

    host_fixture_begin();
    EXPECT_EQ_INT(mkfifo(folder_path("fifo"), 0666), 0);
    make_socket(folder_path("socket"));
    EXPECT_EQ_INT(symlink("fifo", folder_path("to-fifo")), 0);
    for (size_t i = 0; i < 3; i++) {
        EXPECT_EQ_INT(try(names[i], 0, FIXTURE_READ), VFS_ENODEV);
        EXPECT_EQ_INT(try(names[i], 0, FIXTURE_WRITE), VFS_ENODEV);
        EXPECT_EQ_INT(try(names[i], VFS_OPEN_CREATE, FIXTURE_BOTH), VFS_ENODEV);
        EXPECT_EQ_INT(try(names[i], VFS_OPEN_DIRECTORY, FIXTURE_READ),
                      VFS_ENOTDIR);
    }
    EXPECT_EQ_INT(
        try("fifo", VFS_OPEN_CREATE | VFS_OPEN_EXCLUSIVE, FIXTURE_BOTH),
        VFS_EEXIST);
    EXPECT_EQ_INT(fixture_stat(0, "fifo", &stat), 0);
    EXPECT_EQ_INT(stat.type, VFS_NONE);
    EXPECT_EQ_INT(fixture_unlink(0, "fifo"), 0);
    host_fixture_end();
}

TEST(devices_are_refused)
{
    host_fixture_begin();
    if (mknod(folder_path("zero"), S_IFCHR | 0666, makedev(1, 5)) != 0)
        SKIP("devices take root");
    EXPECT_EQ_INT(try("zero", 0, FIXTURE_READ), VFS_ENODEV);
    EXPECT_EQ_INT(try("zero", VFS_OPEN_TRUNCATE, FIXTURE_BOTH), VFS_ENODEV);
    host_fixture_end();
}

TEST(what_is_to_be_read_only_is_not_written)
{
    struct vfs_host_limits limits = {true, 0, 0};

    host_fixture_mount(&limits);
    folder_write(folder_path("a"), "text");
    EXPECT_EQ_INT(mkdir(folder_path("d"), 0777), 0);
    EXPECT_EQ_STR(fixture_text(0, "a"), "text");
    EXPECT_EQ_INT(try("a", VFS_OPEN_CREATE, FIXTURE_READ), 0);
    EXPECT_EQ_INT(try("a", 0, FIXTURE_WRITE), VFS_EROFS);
    EXPECT_EQ_INT(try("a", VFS_OPEN_TRUNCATE, FIXTURE_READ), VFS_EROFS);
    EXPECT_EQ_INT(try("new", VFS_OPEN_CREATE, FIXTURE_READ), VFS_EROFS);
    EXPECT_EQ_INT(try("d", 0, FIXTURE_WRITE), VFS_EISDIR);
    EXPECT_EQ_INT(try("../x", VFS_OPEN_CREATE, FIXTURE_READ), VFS_ENOTCAPABLE);
    EXPECT_EQ_INT(try("a/x", VFS_OPEN_CREATE, FIXTURE_READ), VFS_ENOTDIR);
    EXPECT_EQ_STR(folder_read("a"), "text");
    host_fixture_end();
}

/* The guest forges a descriptor that may write. */
TEST(rights_that_were_forged_do_not_write_to_what_is_read_only)
{
    struct vfs_host_limits limits = {true, 0, 0};
    struct vfs_slot *slot;

    host_fixture_mount(&limits);
    folder_write(folder_path("a"), "text");
    fd = fixture_open(0, "a", 0, FIXTURE_READ);
    slot = vfs_table_get(&fixture_vfs.arena, fd);
    slot->rights = UINT64_MAX;
    EXPECT(fixture_write(fd, "x") != 0);
    EXPECT(vfs_fd_set_bytes(&fixture_vfs, fd, 0) != 0);
    EXPECT(vfs_fd_allocate(&fixture_vfs, fd, 0, 100) != 0);
    EXPECT_EQ_STR(folder_read("a"), "text");
    host_fixture_end();
}

TEST(sync_reaches_the_kernel)
{
    struct vfs_at at;
    struct vfs_open open = {VFS_OPEN_CREATE, VFS_FLAG_SYNC, VFS_RIGHT_WRITE, 0};
    int flags;

    host_fixture_begin();
    at = fixture_at(0, "a");
    EXPECT_EQ_INT(vfs_at_open(&fixture_vfs, &at, &open, &fd), 0);
    flags = fcntl(vfs_host_fd(host_fixture(), host_fixture_node(fd)), F_GETFL);
    EXPECT_EQ_INT(flags & O_SYNC, O_SYNC);
    host_fixture_end();
}

TEST(every_system_call_may_fail)
{
    int before, error;

    host_fixture_begin();
    folder_write(folder_path("a"), "text");
    before = host_fixture_open_count();
    for (uint64_t n = 1;; n++) {
        os_fail_at(n);
        error = try("a", VFS_OPEN_TRUNCATE, FIXTURE_BOTH);
        os_fail_at(0);
        if (error == 0)
            break;
        EXPECT_EQ_INT(error, VFS_ENOMEM);
        EXPECT_EQ_INT(host_fixture_open_count(), before);
        EXPECT_EQ_INT(host_fixture()->open_count, 0);
        EXPECT_EQ_STR(folder_read("a"), "text");
    }
    EXPECT_EQ_STR(folder_read("a"), "");
    host_fixture_end();
}
