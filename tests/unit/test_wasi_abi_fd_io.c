/* test_wasi_abi_fd_io.c - preview 1: bytes in and out, and where they are.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi_tools.h"

TEST(bytes_go_out_and_come_back)
{
    uint32_t fd;

    begin_memory();
    fd = make_file("f", "abcdef");
    put_part(0, 100, 2);
    put_part(8, 200, 9);
    EXPECT_EQ_INT(ASK(fd_seek, I(fd), L(1), I(0), I(40)), 0);
    EXPECT_EQ_INT(long_at(40), 1);
    EXPECT_EQ_INT(ASK(fd_read, I(fd), I(0), I(2), I(48)), 0);
    EXPECT_EQ_INT(word_at(48), 5);
    EXPECT_EQ_MEM(at(100), "bc\0", 3);
    EXPECT_EQ_MEM(at(200), "def\0", 4);
    EXPECT_EQ_INT(ASK(fd_tell, I(fd), I(40)), 0);
    EXPECT_EQ_INT(long_at(40), 6);
    EXPECT_EQ_INT(ASK(fd_pwrite, I(fd), I(0), I(1), L(4), I(48)), 0);
    EXPECT_EQ_INT(word_at(48), 2);
    EXPECT_EQ_INT(ASK(fd_pread, I(fd), I(8), I(1), L(3), I(48)), 0);
    EXPECT_EQ_INT(word_at(48), 3);
    EXPECT_EQ_MEM(at(200), "dbc", 3);
    end();
}

TEST(nothing_is_moved_when_there_is_no_place_for_the_count)
{
    uint32_t fd;

    begin_memory();
    fd = make_file("f", "abcdef");
    put_part(0, 100, 2);
    EXPECT_EQ_INT(ASK(fd_write, I(fd), I(0), I(1), I(PAGE_BYTES - 3)),
                  WASI_EFAULT);
    EXPECT_EQ_INT(ASK(fd_pwrite, I(fd), I(0), I(1), L(0), I(BEYOND)),
                  WASI_EFAULT);
    EXPECT_EQ_INT(ASK(fd_read, I(fd), I(0), I(1), I(BEYOND)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(fd_pread, I(fd), I(0), I(1), L(0), I(BEYOND)),
                  WASI_EFAULT);
    EXPECT_EQ_INT(ASK(fd_seek, I(fd), L(0), I(0), I(BEYOND)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(fd_tell, I(fd), I(BEYOND)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(fd_tell, I(fd), I(40)), 0);
    EXPECT_EQ_INT(long_at(40), 6);
    EXPECT_EQ_INT(word_at(100), 0);
    end();
}

TEST(there_are_three_places_to_seek_from)
{
    uint32_t fd;

    begin_memory();
    fd = make_file("f", "abcdef");
    EXPECT_EQ_INT(ASK(fd_seek, I(fd), L(-1), I(1), I(0)), 0);
    EXPECT_EQ_INT(long_at(0), 5);
    EXPECT_EQ_INT(ASK(fd_seek, I(fd), L(-2), I(2), I(0)), 0);
    EXPECT_EQ_INT(long_at(0), 4);
    EXPECT_EQ_INT(ASK(fd_seek, I(fd), L(0), I(3), I(0)), WASI_EINVAL);
    EXPECT_EQ_INT(ASK(fd_seek, I(fd), L(-1), I(0), I(0)), WASI_EINVAL);
    end();
}
