/* test_wasi_layout.c - preview 1's structures, as they lie in guest memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_layout.h"

#include <stddef.h>

#include "wasi_tools.h"

TEST(fields_are_where_the_specification_has_them)
{
    EXPECT_EQ_INT(offsetof(struct wasi_fdstat, flags), 2);
    EXPECT_EQ_INT(offsetof(struct wasi_fdstat, rights), 8);
    EXPECT_EQ_INT(offsetof(struct wasi_filestat, filetype), 16);
    EXPECT_EQ_INT(offsetof(struct wasi_filestat, links), 24);
    EXPECT_EQ_INT(offsetof(struct wasi_filestat, changed), 56);
    EXPECT_EQ_INT(offsetof(struct wasi_prestat, name_len), 4);
    EXPECT_EQ_INT(offsetof(struct wasi_dirent, name_len), 16);
    EXPECT_EQ_INT(offsetof(struct wasi_dirent, filetype), 20);
    EXPECT_EQ_INT(offsetof(struct wasi_subscription, clock), 16);
    EXPECT_EQ_INT(offsetof(struct wasi_subscription, fd), 16);
    EXPECT_EQ_INT(offsetof(struct wasi_subscription, timeout), 24);
    EXPECT_EQ_INT(offsetof(struct wasi_subscription, flags), 40);
    EXPECT_EQ_INT(offsetof(struct wasi_event, error), 8);
    EXPECT_EQ_INT(offsetof(struct wasi_event, type), 10);
    EXPECT_EQ_INT(offsetof(struct wasi_event, bytes), 16);
    EXPECT_EQ_INT(offsetof(struct wasi_event, flags), 24);
}

TEST(types_have_the_specifications_numbers)
{
    EXPECT_EQ_INT(wasi_filetype_of(VFS_NONE), 0);
    EXPECT_EQ_INT(wasi_filetype_of(VFS_DIRECTORY), 3);
    EXPECT_EQ_INT(wasi_filetype_of(VFS_FILE), 4);
    EXPECT_EQ_INT(wasi_filetype_of(VFS_SYMLINK), 7);
    EXPECT_EQ_INT(wasi_filetype_of(VFS_STREAM), 0);
}

TEST(a_stream_is_a_terminal_if_the_host_says_so)
{
    viv_wasi said;

    viv_wasi_default(&said);
    said.terminals = 1 << 1;
    begin(&said);
    EXPECT_EQ_INT(wasi_filetype(wasi, 0, VFS_STREAM), WASI_FILETYPE_UNKNOWN);
    EXPECT_EQ_INT(wasi_filetype(wasi, 1, VFS_STREAM),
                  WASI_FILETYPE_CHARACTER_DEVICE);
    EXPECT_EQ_INT(wasi_filetype(wasi, 2, VFS_STREAM), WASI_FILETYPE_UNKNOWN);
    EXPECT_EQ_INT(ASK(fd_renumber, I(1), I(0)), 0);
    EXPECT_EQ_INT(wasi_filetype(wasi, 0, VFS_STREAM),
                  WASI_FILETYPE_CHARACTER_DEVICE);
    end();
}

TEST(what_is_known_of_a_file_is_written_down)
{
    struct vfs_stat stat = {1, 2, 3, 4, 5, 6, 7, VFS_FILE};

    begin(NULL);
    memset(at(0), 0xff, 64);
    EXPECT_EQ_INT(wasi_put_stat(wasi, wasi_at(0), &stat, 4), 0);
    EXPECT_EQ_INT(long_at(0), 1);
    EXPECT_EQ_INT(long_at(8), 2);
    EXPECT_EQ_INT(long_at(16), 4);
    EXPECT_EQ_INT(long_at(24), 3);
    EXPECT_EQ_INT(long_at(32), 4);
    EXPECT_EQ_INT(long_at(40), 5);
    EXPECT_EQ_INT(long_at(48), 6);
    EXPECT_EQ_INT(long_at(56), 7);
    EXPECT_EQ_INT(wasi_put_stat(wasi, wasi_at(PAGE_BYTES - 63), &stat, 4),
                  WASI_EFAULT);
    end();
}
