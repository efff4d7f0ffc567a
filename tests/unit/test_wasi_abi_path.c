/* test_wasi_abi_path.c - preview 1: files by their paths.
 *
 * The path "f" lies at 0, "g" at 1, "d" at 2.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi_tools.h"

static void begin_paths(void)
{
    begin_memory();
    make_file("f", "text");
    put_text(0, "fgd");
}

static uint8_t type_of(uint32_t path)
{
    EXPECT_EQ_INT(ASK(path_filestat_get, I(3), I(0), I(path), I(1), I(100)), 0);
    return (uint8_t)*at(116);
}

TEST(files_are_made_found_and_removed)
{
    begin_paths();
    EXPECT_EQ_INT(type_of(0), WASI_FILETYPE_REGULAR_FILE);
    EXPECT_EQ_INT(ASK(path_create_directory, I(3), I(2), I(1)), 0);
    EXPECT_EQ_INT(type_of(2), WASI_FILETYPE_DIRECTORY);
    EXPECT_EQ_INT(ASK(path_remove_directory, I(3), I(2), I(1)), 0);
    EXPECT_EQ_INT(ASK(path_unlink_file, I(3), I(0), I(1)), 0);
    EXPECT_EQ_INT(ASK(path_unlink_file, I(3), I(0), I(1)), WASI_ENOENT);
    end();
}

TEST(files_are_linked_and_renamed)
{
    begin_paths();
    EXPECT_EQ_INT(ASK(path_link, I(3), I(0), I(0), I(1), I(3), I(1), I(1)), 0);
    EXPECT_EQ_INT(type_of(1), WASI_FILETYPE_REGULAR_FILE);
    EXPECT_EQ_INT(long_at(124), 2);
    EXPECT_EQ_INT(ASK(path_rename, I(3), I(1), I(1), I(3), I(2), I(1)), 0);
    EXPECT_EQ_INT(type_of(2), WASI_FILETYPE_REGULAR_FILE);
    EXPECT_EQ_INT(ASK(path_link, I(3), I(1), I(0), I(1), I(3), I(1), I(1)),
                  WASI_EINVAL);
    end();
}

TEST(symbolic_links_are_made_and_read)
{
    begin_paths();
    EXPECT_EQ_INT(ASK(path_symlink, I(0), I(2), I(3), I(2), I(1)), 0);
    EXPECT_EQ_INT(type_of(2), WASI_FILETYPE_SYMBOLIC_LINK);
    EXPECT_EQ_INT(ASK(path_readlink, I(3), I(2), I(1), I(200), I(9), I(300)),
                  0);
    EXPECT_EQ_INT(word_at(300), 2);
    EXPECT_EQ_MEM(at(200), "fg\0", 3);
    EXPECT_EQ_INT(ASK(path_readlink, I(3), I(2), I(1), I(210), I(1), I(300)),
                  0);
    EXPECT_EQ_INT(word_at(300), 1);
    EXPECT_EQ_MEM(at(210), "f\0", 2);
    EXPECT_EQ_INT(
        ASK(path_readlink, I(3), I(2), I(1), I(200), I(BEYOND), I(300)),
        WASI_EFAULT);
    EXPECT_EQ_INT(ASK(path_readlink, I(3), I(2), I(1), I(200), I(9), I(BEYOND)),
                  WASI_EFAULT);
    end();
}

TEST(times_are_set_by_path)
{
    begin_paths();
    EXPECT_EQ_INT(ASK(path_filestat_set_times, I(3), I(1), I(0), I(1), L(7),
                      L(8), I(1 | 4)),
                  0);
    type_of(0);
    EXPECT_EQ_INT(long_at(140), 7);
    EXPECT_EQ_INT(long_at(148), 8);
    end();
}

TEST(flags_that_do_not_exist_are_refused)
{
    begin_paths();
    EXPECT_EQ_INT(ASK(path_filestat_get, I(3), I(2), I(0), I(1), I(100)),
                  WASI_EINVAL);
    EXPECT_EQ_INT(
        ASK(path_filestat_set_times, I(3), I(2), I(0), I(1), L(0), L(0), I(0)),
        WASI_EINVAL);
    EXPECT_EQ_INT(ASK(path_link, I(3), I(2), I(0), I(1), I(3), I(1), I(1)),
                  WASI_EINVAL);
    EXPECT_EQ_INT(
        ASK(path_open, I(3), I(2), I(0), I(1), I(0), L(2), L(0), I(0), I(100)),
        WASI_EINVAL);
    EXPECT_EQ_INT(
        ASK(path_open, I(3), I(0), I(0), I(1), I(16), L(2), L(0), I(0), I(100)),
        WASI_EINVAL);
    EXPECT_EQ_INT(
        ASK(path_open, I(3), I(0), I(0), I(1), I(0), L(2), L(0), I(32), I(100)),
        WASI_EINVAL);
    end();
}

TEST(what_is_opened_has_a_place_or_is_not_opened)
{
    uint32_t fd;

    begin_paths();
    EXPECT_EQ_INT(ASK(path_open, I(3), I(0), I(0), I(1), I(0), L(2), L(0), I(0),
                      I(BEYOND)),
                  WASI_EFAULT);
    EXPECT_EQ_INT(ASK(path_open, I(3), I(0), I(1), I(1), I(1), L(2), L(0), I(0),
                      I(BEYOND)),
                  WASI_EFAULT);
    EXPECT_EQ_INT(open_path("f", 0, &fd), 0);
    EXPECT_EQ_INT(fd, 5); /* 4 is of begin_paths() */
    EXPECT_EQ_INT(open_path("g", 0, &fd), WASI_ENOENT);
    end();
}

TEST(a_long_path_is_not_read_to_its_end)
{
    begin_paths();
    memset(at(1000), 'x', 50000);
    EXPECT_EQ_INT(ASK(path_unlink_file, I(3), I(1000), I(50000)),
                  WASI_ENAMETOOLONG);
    EXPECT_EQ_INT(ASK(path_unlink_file, I(3), I(1000), I(UINT32_MAX)),
                  WASI_EFAULT);
    EXPECT_EQ_INT(ASK(path_symlink, I(1000), I(50000), I(3), I(1), I(1)),
                  WASI_ENAMETOOLONG);
    EXPECT_EQ_INT(ASK(path_symlink, I(BEYOND), I(1), I(3), I(1), I(1)),
                  WASI_EFAULT);
    end();
}
