/* test_vfs_host_bytes.c - a directory of the host: bytes of open files.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* nftw */
#include <sys/resource.h>

#include "host_fixture.h"
#include "os/os_fail.h"

static uint32_t fd;

static void begin(void)
{
    host_fixture_begin();
    fixture_put(0, "a", "0123456789");
    fd = fixture_open(0, "a", 0, FIXTURE_BOTH);
}

TEST(the_position_is_the_descriptors_and_not_the_hosts)
{
    uint64_t at;

    begin();
    EXPECT_EQ_STR(fixture_read(fd), "0123456789");
    EXPECT_EQ_INT(vfs_fd_tell(&fixture_vfs, fd, &at), 0);
    EXPECT_EQ_INT(at, 10);
    EXPECT_EQ_INT(vfs_fd_seek(&fixture_vfs, fd, -3, VFS_FD_END, &at), 0);
    EXPECT_EQ_INT(fixture_write(fd, "xy"), 0);
    EXPECT_EQ_STR(folder_read("a"), "0123456xy9");
    EXPECT_EQ_STR(fixture_read(fd), "9");
    EXPECT_EQ_INT(
        lseek(vfs_host_fd(host_fixture(), host_fixture_node(fd)), 0, SEEK_CUR),
        0);
    host_fixture_end();
}

TEST(appending_finds_the_end_though_others_write)
{
    uint64_t at;

    begin();
    EXPECT_EQ_INT(vfs_fd_set_flags(&fixture_vfs, fd, VFS_FLAG_APPEND), 0);
    EXPECT_EQ_INT(fixture_write(fd, "a"), 0);
    folder_write(folder_path("a"), "others wrote this");
    EXPECT_EQ_INT(fixture_write(fd, "b"), 0);
    EXPECT_EQ_STR(folder_read("a"), "others wrote thisb");
    EXPECT_EQ_INT(vfs_fd_tell(&fixture_vfs, fd, &at), 0);
    EXPECT_EQ_INT(at, 18);
    host_fixture_end();
}

TEST(sizes_and_advice_reach_the_file)
{
    begin();
    EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, fd, 4), 0);
    EXPECT_EQ_STR(folder_read("a"), "0123");
    EXPECT_EQ_INT(vfs_fd_allocate(&fixture_vfs, fd, 2, 4), 0);
    EXPECT_EQ_INT(vfs_fd_advise(&fixture_vfs, fd, 0, 4, VFS_WILLNEED), 0);
    EXPECT_EQ_INT(vfs_fd_sync(&fixture_vfs, fd), 0);
    EXPECT_EQ_INT(vfs_fd_datasync(&fixture_vfs, fd), 0);
    EXPECT_EQ_INT(vfs_fd_sync(&fixture_vfs, 0), 0);
    host_fixture_end();
}

TEST(more_parts_than_the_kernel_takes_are_done_in_part)
{
    static char bytes[2000];
    static struct iovec parts[2000];
    size_t done;

    begin();
    for (int i = 0; i < 2000; i++)
        parts[i] = (struct iovec){bytes + i, 1};
    EXPECT_EQ_INT(vfs_fd_write(&fixture_vfs, fd, parts, 2000, &done), 0);
    EXPECT_EQ_INT(done, 1024);
    EXPECT_EQ_INT(vfs_fd_pread(&fixture_vfs, fd, parts, 2000, 0, &done), 0);
    EXPECT_EQ_INT(done, 1024);
    host_fixture_end();
}

/* The kernel would end the process. */
TEST(the_processs_limit_on_files_is_an_error_and_not_a_signal)
{
    struct rlimit limit = {12, RLIM_INFINITY};

    EXPECT_EQ_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
    begin();
    EXPECT_EQ_INT(fixture_write(fd, "0123456789ab"), 0);
    EXPECT_EQ_INT(fixture_write(fd, "c"), VFS_EFBIG);
    EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, fd, 13), VFS_EFBIG);
    EXPECT_EQ_INT(vfs_fd_allocate(&fixture_vfs, fd, 0, 13), VFS_EFBIG);
    EXPECT_EQ_STR(folder_read("a"), "0123456789ab");
    host_fixture_end();
}

TEST(what_fails_says_so_and_has_done_nothing)
{
    struct iovec part = {(char[]){'x'}, 1};
    struct vfs_stat stat;
    size_t done = 77;

    begin();
    os_fail_at(1);
    EXPECT_EQ_INT(vfs_fd_pread(&fixture_vfs, fd, &part, 1, 0, &done),
                  VFS_ENOMEM);
    EXPECT_EQ_INT(vfs_fd_pwrite(&fixture_vfs, fd, &part, 1, 0, &done),
                  VFS_ENOMEM);
    EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, fd, 0), VFS_ENOMEM);
    EXPECT_EQ_INT(vfs_fd_allocate(&fixture_vfs, fd, 0, 1), VFS_ENOMEM);
    EXPECT_EQ_INT(vfs_fd_advise(&fixture_vfs, fd, 0, 1, VFS_NORMAL),
                  VFS_ENOMEM);
    EXPECT_EQ_INT(vfs_fd_sync(&fixture_vfs, fd), VFS_ENOMEM);
    EXPECT_EQ_INT(vfs_fd_stat(&fixture_vfs, fd, &stat), VFS_ENOMEM);
    os_fail_at(2);
    EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, fd, 0), VFS_ENOMEM);
    EXPECT_EQ_INT(vfs_fd_set_flags(&fixture_vfs, fd, VFS_FLAG_APPEND), 0);
    os_fail_at(2);
    EXPECT_EQ_INT(fixture_write(fd, "x"), VFS_ENOMEM);
    os_fail_at(0);
    EXPECT_EQ_INT(done, 77);
    EXPECT_EQ_STR(folder_read("a"), "0123456789");
    host_fixture_end();
}
