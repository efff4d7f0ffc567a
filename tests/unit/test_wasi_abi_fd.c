/* test_wasi_abi_fd.c - preview 1: descriptors, whatever they stand for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi_tools.h"

TEST(what_is_closed_is_gone)
{
    uint32_t fd;

    begin_memory();
    fd = make_file("f", "text");
    EXPECT_EQ_INT(fd, 4);
    EXPECT_EQ_INT(ASK(fd_close, I(fd)), 0);
    EXPECT_EQ_INT(ASK(fd_close, I(fd)), WASI_EBADF);
    EXPECT_EQ_INT(ASK(fd_close, I(UINT32_MAX)), WASI_EBADF);
    end();
}

TEST(descriptors_change_places)
{
    uint32_t fd;

    begin_memory();
    fd = make_file("f", "text");
    EXPECT_EQ_INT(ASK(fd_renumber, I(fd), I(2)), 0);
    EXPECT_EQ_INT(ASK(fd_close, I(fd)), WASI_EBADF);
    EXPECT_EQ_INT(ASK(fd_tell, I(2), I(0)), 0);
    EXPECT_EQ_INT(long_at(0), 4);
    EXPECT_EQ_INT(ASK(fd_renumber, I(2), I(77)), WASI_EBADF);
    end();
}

TEST(flags_and_rights_are_told_and_changed)
{
    uint32_t fd;

    begin_memory();
    fd = make_file("f", "text");
    EXPECT_EQ_INT(ASK(fd_fdstat_set_flags, I(fd), I(VFS_FLAG_APPEND)), 0);
    memset(at(0), 0xff, 24);
    EXPECT_EQ_INT(ASK(fd_fdstat_get, I(fd), I(0)), 0);
    EXPECT_EQ_INT(word_at(0), 4 | VFS_FLAG_APPEND << 16);
    EXPECT_EQ_INT(word_at(4), 0);
    EXPECT_EQ_INT(long_at(8), VFS_RIGHTS_FILE);
    EXPECT_EQ_INT(long_at(16), 0);
    EXPECT_EQ_INT(ASK(fd_fdstat_set_rights, I(fd), L(VFS_RIGHT_TELL), L(0)), 0);
    EXPECT_EQ_INT(ASK(fd_fdstat_get, I(fd), I(0)), 0);
    EXPECT_EQ_INT(long_at(8), VFS_RIGHT_TELL);
    EXPECT_EQ_INT(ASK(fd_fdstat_set_rights, I(fd), L(VFS_RIGHT_READ), L(0)),
                  WASI_ENOTCAPABLE);
    EXPECT_EQ_INT(ASK(fd_fdstat_get, I(fd), I(BEYOND)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(fd_fdstat_get, I(5), I(0)), WASI_EBADF);
    end();
}

TEST(mounts_are_told_by_their_guest_paths)
{
    begin_memory();
    memset(at(0), 0xff, 16);
    EXPECT_EQ_INT(ASK(fd_prestat_get, I(3), I(0)), 0);
    EXPECT_EQ_INT(long_at(0), UINT64_C(2) << 32);
    EXPECT_EQ_INT(ASK(fd_prestat_get, I(2), I(0)), WASI_EBADF);
    EXPECT_EQ_INT(ASK(fd_prestat_get, I(4), I(0)), WASI_EBADF);
    EXPECT_EQ_INT(ASK(fd_prestat_get, I(3), I(BEYOND)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(fd_prestat_dir_name, I(3), I(100), I(1)),
                  WASI_ENAMETOOLONG);
    EXPECT_EQ_INT(ASK(fd_prestat_dir_name, I(3), I(100), I(9)), 0);
    EXPECT_EQ_STR(at(100), "/m");
    EXPECT_EQ_INT(ASK(fd_prestat_dir_name, I(4), I(100), I(9)), WASI_EBADF);
    EXPECT_EQ_INT(ASK(fd_prestat_dir_name, I(3), I(BEYOND), I(2)), WASI_EFAULT);
    end();
}
