/* renumber.c - descriptors change places, and none is lost or doubled.
 *
 * mounts: memory overlay host
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "check.h"

static void check_files(void)
{
    fd_t a, b;
    struct fdstat stat;
    uint64_t at;

    make_file("a", "aaa");
    make_file("b", "bbb");
    a = open_file("a", 0), b = open_file("b", 0);
    EXPECT_EQ(raw_fd_seek(a, 2, FROM_START, &at), ER_OK);
    EXPECT_EQ(raw_fd_renumber(a, b), ER_OK);
    EXPECT_EQ(raw_fd_fdstat_get(a, &stat), ER_BADF);
    expect_bytes(b, 0, "aaa");
    EXPECT_EQ(raw_fd_tell(b, &at), ER_OK);
    EXPECT_EQ(at, 2);
    EXPECT_EQ(raw_fd_renumber(b, b), ER_OK);
    expect_bytes(b, 0, "aaa");
    EXPECT_EQ(raw_fd_renumber(a, b), ER_BADF);
    EXPECT_EQ(raw_fd_renumber(b, a), ER_BADF);
    EXPECT_EQ(raw_fd_renumber(b, 1023), ER_BADF);
    EXPECT_EQ(raw_fd_renumber(b, UINT32_MAX), ER_BADF);
    EXPECT_EQ(raw_fd_close(b), ER_OK);
    EXPECT_EQ(open_file("b", 0), a); /* the lowest that is free */
}

/* What was given can be replaced, and then is a file as any other. */
static void check_given(void)
{
    fd_t fd = open_file("a", 0);
    struct prestat prestat;
    struct fdstat stat;

    EXPECT_EQ(raw_fd_renumber(fd, ROOT), ER_OK);
    EXPECT_EQ(raw_fd_prestat_get(ROOT, &prestat), ER_BADF);
    EXPECT_EQ(raw_path_unlink_file(ROOT, PATH("a")), ER_NOTDIR);
    expect_bytes(ROOT, 0, "aaa");
    EXPECT_EQ(raw_fd_renumber(ROOT, 0), ER_OK);
    expect_bytes(0, 0, "aaa");
    EXPECT_EQ(raw_fd_fdstat_get(ROOT, &stat), ER_BADF);
    EXPECT_EQ(raw_fd_close(0), ER_OK);
}

/* Streams, too: errors go where output went. */
static void check_streams(void)
{
    struct part part = {"to stdout", 9};
    uint32_t done;

    EXPECT_EQ(raw_fd_renumber(2, 1), ER_OK);
    EXPECT_EQ(raw_fd_write(2, &part, 1, &done), ER_BADF);
    EXPECT_EQ(raw_fd_write(1, &part, 0, &done), ER_OK);
}

int main(void)
{
    check_files();
    check_given();
    check_streams();
    return 0;
}
