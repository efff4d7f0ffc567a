/* readonly.c - what is to be read only stays as it is, whatever is tried.
 *
 * mounts: readonly pack
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "check.h"

static void check_opening(void)
{
    fd_t fd;

    EXPECT_EQ(try_open("f", 0, R_WRITE, 0, &fd), ER_ROFS);
    EXPECT_EQ(try_open("f", 0, R_ALLOCATE, 0, &fd), ER_ROFS);
    EXPECT_EQ(try_open("f", 0, R_SIZE, 0, &fd), ER_ROFS);
    EXPECT_EQ(try_open("f", O_CUT, R_READ, 0, &fd), ER_ROFS);
    EXPECT_EQ(try_open("new", O_MAKE, R_READ, 0, &fd), ER_ROFS);
    EXPECT_EQ(try_open("f", O_MAKE | O_NEW, R_READ, 0, &fd), ER_EXIST);
    EXPECT_EQ(try_open("f", O_MAKE, R_READ, 0, &fd), ER_OK);
    EXPECT_EQ(raw_fd_close(fd), ER_OK);
}

static void check_open_file(void)
{
    struct part part = {"x", 1};
    uint32_t done;
    fd_t fd;

    EXPECT_EQ(
        try_open("f", 0, R_FILE & ~(R_WRITE | R_ALLOCATE | R_SIZE), 0, &fd),
        ER_OK);
    EXPECT_EQ(raw_fd_write(fd, &part, 1, &done), ER_BADF);
    EXPECT_EQ(raw_fd_pwrite(fd, &part, 1, 0, &done), ER_BADF);
    EXPECT_EQ(raw_fd_filestat_set_size(fd, 0), ER_INVAL);
    EXPECT_EQ(raw_fd_allocate(fd, 0, 1), ER_BADF);
    EXPECT_EQ(raw_fd_filestat_set_times(fd, 1, 1, SET_MTIM), ER_ROFS);
    expect_bytes(fd, 0, "given\n");
    EXPECT_EQ(raw_fd_close(fd), ER_OK);
}

static void check_paths(void)
{
    EXPECT_EQ(raw_path_create_directory(ROOT, PATH("new")), ER_ROFS);
    EXPECT_EQ(raw_path_remove_directory(ROOT, PATH("d")), ER_ROFS);
    EXPECT_EQ(raw_path_unlink_file(ROOT, PATH("f")), ER_ROFS);
    EXPECT_EQ(raw_path_rename(ROOT, PATH("f"), ROOT, PATH("g")), ER_ROFS);
    EXPECT_EQ(raw_path_link(ROOT, 0, PATH("f"), ROOT, PATH("g")), ER_ROFS);
    EXPECT_EQ(raw_path_symlink(PATH("f"), ROOT, PATH("g")), ER_ROFS);
    EXPECT_EQ(raw_path_filestat_set_times(ROOT, 0, PATH("f"), 1, 1, SET_MTIM),
              ER_ROFS);
}

int main(void)
{
    check_opening();
    check_open_file();
    check_paths();
    expect_text("f", "given\n");
    EXPECT_EQ(type_of("d"), T_DIR);
    return 0;
}
