/* test_wasi_abi_fd_stat.c - preview 1: what is known of an open file, and its
 * size.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi_tools.h"

TEST(a_file_is_described)
{
    uint32_t fd;

    begin_memory();
    fd = make_file("f", "abcdef");
    EXPECT_EQ_INT(ASK(fd_filestat_set_times, I(fd), L(7), L(8), I(1 | 4)), 0);
    EXPECT_EQ_INT(ASK(fd_filestat_get, I(fd), I(0)), 0);
    EXPECT_EQ_INT(long_at(16), 4); /* a file */
    EXPECT_EQ_INT(long_at(24), 1);
    EXPECT_EQ_INT(long_at(32), 6);
    EXPECT_EQ_INT(long_at(40), 7);
    EXPECT_EQ_INT(long_at(48), 8);
    EXPECT_EQ_INT(ASK(fd_filestat_get, I(fd), I(BEYOND)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(fd_filestat_get, I(9), I(0)), WASI_EBADF);
    EXPECT_EQ_INT(ASK(fd_filestat_get, I(3), I(0)), 0);
    EXPECT_EQ_INT(long_at(16), 3); /* a directory */
    EXPECT_EQ_INT(ASK(fd_filestat_set_times, I(fd), L(7), L(8), I(1 | 2)),
                  WASI_EINVAL);
    end();
}

TEST(a_file_is_cut_and_extended)
{
    uint32_t fd;

    begin_memory();
    fd = make_file("f", "abcdef");
    EXPECT_EQ_INT(ASK(fd_filestat_set_size, I(fd), L(2)), 0);
    EXPECT_EQ_INT(ASK(fd_allocate, I(fd), L(3), L(4)), 0);
    EXPECT_EQ_INT(ASK(fd_filestat_get, I(fd), I(0)), 0);
    EXPECT_EQ_INT(long_at(32), 7);
    EXPECT_EQ_INT(ASK(fd_filestat_set_size, I(fd), L(UINT64_MAX)), WASI_EINVAL);
    EXPECT_EQ_INT(ASK(fd_sync, I(fd)), 0);
    EXPECT_EQ_INT(ASK(fd_datasync, I(fd)), 0);
    EXPECT_EQ_INT(ASK(fd_sync, I(9)), WASI_EBADF);
    EXPECT_EQ_INT(ASK(fd_datasync, I(9)), WASI_EBADF);
    end();
}

TEST(there_are_six_kinds_of_advice)
{
    uint32_t fd;

    begin_memory();
    fd = make_file("f", "abcdef");
    for (uint32_t advice = 0; advice < 6; advice++)
        EXPECT_EQ_INT(ASK(fd_advise, I(fd), L(0), L(1), I(advice)), 0);
    EXPECT_EQ_INT(ASK(fd_advise, I(fd), L(0), L(1), I(6)), WASI_EINVAL);
    EXPECT_EQ_INT(ASK(fd_advise, I(fd), L(0), L(1), I(UINT32_MAX)),
                  WASI_EINVAL);
    end();
}
