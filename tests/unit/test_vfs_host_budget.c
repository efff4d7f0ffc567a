/* test_vfs_host_budget.c - how much a directory of the host may grow.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* nftw */
#include "vfs/vfs_host_budget.h"

#include "host_fixture.h"
#include "os/os_fail.h"

static void begin(uint64_t bytes, uint64_t files)
{
    struct vfs_host_limits limits = {false, bytes, files};

    host_fixture_mount(&limits);
}

static int64_t bytes_grown(void)
{
    return host_fixture()->bytes_grown;
}

TEST(files_grow_to_the_ceiling_and_not_beyond)
{
    uint32_t a, b;

    begin(10, 10);
    a = fixture_open(0, "a", VFS_OPEN_CREATE, FIXTURE_BOTH);
    b = fixture_open(0, "b", VFS_OPEN_CREATE, FIXTURE_BOTH);
    EXPECT_EQ_INT(fixture_write(a, "123456"), 0);
    EXPECT_EQ_INT(fixture_write(b, "12345"), VFS_ENOSPC);
    EXPECT_EQ_INT(fixture_write(b, "1234"), 0);
    EXPECT_EQ_INT(fixture_write(a, "7"), VFS_ENOSPC);
    EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, a, 7), VFS_ENOSPC);
    EXPECT_EQ_INT(vfs_fd_allocate(&fixture_vfs, a, 0, 7), VFS_ENOSPC);
    EXPECT_EQ_STR(folder_read("a"), "123456");
    EXPECT_EQ_STR(folder_read("b"), "1234");
    EXPECT_EQ_INT(bytes_grown(), 10);
    host_fixture_end();
}

TEST(writing_what_is_there_is_not_growing)
{
    uint64_t at;
    uint32_t fd;

    begin(4, 10);
    folder_write(folder_path("a"), "0123456789");
    fd = fixture_open(0, "a", 0, FIXTURE_BOTH);
    EXPECT_EQ_INT(fixture_write(fd, "abcdefghij"), 0);
    EXPECT_EQ_INT(vfs_fd_seek(&fixture_vfs, fd, 0, VFS_FD_SET, &at), 0);
    EXPECT_EQ_INT(fixture_write(fd, "klmnopqrstuvwx"), 0);
    EXPECT_EQ_INT(bytes_grown(), 4);
    EXPECT_EQ_INT(fixture_write(fd, "y"), VFS_ENOSPC);
    host_fixture_end();
}

TEST(cutting_and_removing_makes_room)
{
    uint32_t fd;

    begin(10, 10);
    fixture_put(0, "a", "0123456789");
    fd = fixture_open(0, "a", 0, FIXTURE_BOTH);
    EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, fd, 4), 0);
    EXPECT_EQ_INT(bytes_grown(), 4);
    fixture_put(0, "b", "012345");
    fixture_put(0, "b", "01");
    EXPECT_EQ_INT(bytes_grown(), 6);
    EXPECT_EQ_INT(fixture_unlink(0, "b"), 0);
    EXPECT_EQ_INT(bytes_grown(), 4);
    EXPECT_EQ_INT(fixture_rename(0, "a", "c"), 0);
    fixture_put(0, "d", "012");
    EXPECT_EQ_INT(fixture_rename(0, "d", "c"), 0);
    EXPECT_EQ_INT(vfs_fd_close(&fixture_vfs, fd), 0);
    EXPECT_EQ_INT(bytes_grown(), 3);
    host_fixture_end();
}

/* A descriptor knew how long its file was; another one cut it. */
TEST(a_file_that_was_cut_grows_anew)
{
    uint64_t at;
    uint32_t a, b;

    begin(10, 10);
    a = fixture_open(0, "a", VFS_OPEN_CREATE, FIXTURE_BOTH);
    b = fixture_open(0, "a", 0, FIXTURE_BOTH);
    EXPECT_EQ_INT(fixture_write(a, "0123456789"), 0);
    EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, b, 0), 0);
    fixture_put(0, "other", "01234");
    EXPECT_EQ_INT(vfs_fd_seek(&fixture_vfs, a, 0, VFS_FD_SET, &at), 0);
    EXPECT_EQ_INT(fixture_write(a, "0123456789"), VFS_ENOSPC);
    EXPECT_EQ_INT(fixture_write(a, "01234"), 0);
    EXPECT_EQ_INT(bytes_grown(), 10);
    host_fixture_end();
}

/* Else a guest could fill the disk with files that have no name. */
TEST(a_file_that_lost_its_name_counts_until_it_is_closed)
{
    uint32_t a, b;

    begin(10, 10);
    a = fixture_open(0, "a", VFS_OPEN_CREATE, FIXTURE_BOTH);
    b = fixture_open(0, "a", 0, FIXTURE_BOTH);
    EXPECT_EQ_INT(fixture_write(a, "0123456789"), 0);
    EXPECT_EQ_INT(fixture_unlink(0, "a"), 0);
    EXPECT_EQ_INT(bytes_grown(), 10);
    EXPECT_EQ_INT(vfs_fd_close(&fixture_vfs, a), 0);
    EXPECT_EQ_INT(bytes_grown(), 10);
    EXPECT_EQ_INT(vfs_fd_close(&fixture_vfs, b), 0);
    EXPECT_EQ_INT(bytes_grown(), 0);
    host_fixture_end();
}

TEST(a_file_with_another_name_keeps_its_bytes)
{
    begin(10, 10);
    fixture_put(0, "a", "0123456789");
    EXPECT_EQ_INT(fixture_link(0, "a", "b"), 0);
    EXPECT_EQ_INT(fixture_unlink(0, "a"), 0);
    EXPECT_EQ_INT(bytes_grown(), 10);
    EXPECT_EQ_INT(fixture_unlink(0, "b"), 0);
    EXPECT_EQ_INT(bytes_grown(), 0);
    host_fixture_end();
}

TEST(names_of_every_kind_count)
{
    uint32_t fd;

    begin(100, 4);
    fixture_put(0, "a", "");
    EXPECT_EQ_INT(fixture_mkdir(0, "d"), 0);
    EXPECT_EQ_INT(fixture_symlink(0, "a", "l"), 0);
    EXPECT_EQ_INT(fixture_link(0, "a", "b"), 0);
    EXPECT_EQ_INT(fixture_mkdir(0, "x"), VFS_ENOSPC);
    EXPECT_EQ_INT(fixture_symlink(0, "a", "x"), VFS_ENOSPC);
    EXPECT_EQ_INT(fixture_link(0, "a", "x"), VFS_ENOSPC);
    EXPECT_EQ_INT(fixture_try(0, "x", VFS_OPEN_CREATE, FIXTURE_WRITE, &fd),
                  VFS_ENOSPC);
    EXPECT_EQ_INT(fixture_try(0, "a", VFS_OPEN_CREATE, FIXTURE_WRITE, &fd), 0);
    EXPECT_EQ_INT(fixture_rename(0, "a", "d/a"), 0);
    EXPECT_EQ_INT(fixture_rename(0, "l", "b"), 0);
    EXPECT_EQ_INT(fixture_mkdir(0, "x"), 0);
    EXPECT_EQ_INT(fixture_rmdir(0, "x"), 0);
    EXPECT_EQ_INT(host_fixture()->files_grown, 3);
    host_fixture_end();
}

TEST(what_fails_is_not_charged)
{
    uint32_t fd;

    begin(10, 10);
    fd = fixture_open(0, "a", VFS_OPEN_CREATE, FIXTURE_BOTH);
    EXPECT_EQ_INT(fixture_mkdir(0, "a"), VFS_EEXIST);
    EXPECT_EQ_INT(fixture_try(0, "no/x", VFS_OPEN_CREATE, FIXTURE_WRITE, &fd),
                  VFS_ENOENT);
    EXPECT_EQ_INT(host_fixture()->files_grown, 1);
    for (uint64_t n = 1; n <= 2; n++) {
        os_fail_at(n);
        EXPECT_EQ_INT(fixture_write(fd, "x"), VFS_ENOMEM);
        os_fail_at(n + 1);
        EXPECT_EQ_INT(vfs_fd_set_bytes(&fixture_vfs, fd, 5), VFS_ENOMEM);
        os_fail_at(n);
        EXPECT_EQ_INT(vfs_fd_allocate(&fixture_vfs, fd, 0, 5), VFS_ENOMEM);
        os_fail_at(0);
        EXPECT_EQ_INT(bytes_grown(), 0);
    }
    EXPECT_EQ_INT(fixture_write(fd, "0123456789"), 0);
    host_fixture_end();
}

/* Removing what the host had there lets a guest grow as much beyond. */
/* What is there already is said before that there is no room. */
TEST(without_room_for_a_name_what_is_there_is_there)
{
    const unsigned flags = VFS_OPEN_CREATE | VFS_OPEN_EXCLUSIVE;
    uint32_t fd;

    begin(VIV_ENDLESS, 1);
    EXPECT_EQ_INT(fixture_try(0, "a", flags, FIXTURE_BOTH, &fd), 0);
    EXPECT_EQ_INT(fixture_try(0, "a", flags, FIXTURE_BOTH, &fd), VFS_EEXIST);
    EXPECT_EQ_INT(fixture_try(0, "b", flags, FIXTURE_BOTH, &fd), VFS_ENOSPC);
    EXPECT_EQ_INT(fixture_unlink(0, "a"), 0);
    EXPECT_EQ_INT(fixture_try(0, "b", flags, FIXTURE_BOTH, &fd), 0);
    host_fixture_end();
}

TEST(without_ceilings_nothing_is_counted)
{
    EXPECT(vfs_host_budget_has_ceiling(&(struct vfs_host){
        .limits = {.bytes_max = UINT64_MAX, .files_max = 0}}));
    EXPECT(vfs_host_budget_has_ceiling(&(struct vfs_host){
        .limits = {.bytes_max = 0, .files_max = UINT64_MAX}}));
    EXPECT(!vfs_host_budget_has_ceiling(&(struct vfs_host){
        .limits = {.bytes_max = UINT64_MAX, .files_max = UINT64_MAX}}));
}

TEST(the_ceiling_is_on_growth)
{
    begin(5, 0);
    folder_write(folder_path("a"), "0123456789");
    folder_write(folder_path("b"), "");
    EXPECT_EQ_INT(fixture_unlink(0, "a"), 0);
    EXPECT_EQ_INT(bytes_grown(), -10);
    EXPECT_EQ_INT(host_fixture()->files_grown, -1);
    fixture_put(0, "b", "0123456789abcde");
    EXPECT_EQ_INT(fixture_mkdir(0, "d"), 0);
    EXPECT_EQ_INT(fixture_mkdir(0, "e"), VFS_ENOSPC);
    EXPECT_EQ_INT(bytes_grown(), 5);
    host_fixture_end();
}
