/* streams.c - what standard streams can do, and what not.
 *
 * stdin: abc
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <unistd.h>

#include "check.h"

/* It has no places, no size, and is no directory. */
static void check_refusals(fd_t fd)
{
    struct part part = {"x", 1};
    struct filestat stat;
    uint64_t at;
    uint32_t done;
    char byte;

    EXPECT_EQ(raw_fd_seek(fd, 0, FROM_HERE, &at), ER_SPIPE);
    EXPECT_EQ(raw_fd_tell(fd, &at), ER_SPIPE);
    EXPECT_EQ(raw_fd_pread(fd, &part, 1, 0, &done), ER_SPIPE);
    EXPECT_EQ(raw_fd_pwrite(fd, &part, 1, 0, &done), ER_SPIPE);
    EXPECT_EQ(raw_fd_readdir(fd, &byte, 1, 0, &done), ER_NOTDIR);
    EXPECT_EQ(raw_path_unlink_file(fd, PATH("x")), ER_NOTDIR);
    EXPECT_EQ(raw_fd_filestat_get(fd, &stat), ER_OK);
    EXPECT_EQ(stat.bytes, 0);
    EXPECT_EQ(stat.type, T_UNKNOWN);
}

static void check_directions(void)
{
    struct part part = {"x", 1};
    uint32_t done;

    EXPECT_EQ(raw_fd_write(0, &part, 1, &done), ER_BADF);
    EXPECT_EQ(raw_fd_read(1, &part, 1, &done), ER_BADF);
    EXPECT_EQ(raw_fd_read(2, &part, 1, &done), ER_BADF);
}

static void check_reading(void)
{
    char bytes[8] = "";
    struct part parts[3] = {{bytes, 1}, {bytes + 1, 0}, {bytes + 2, 6}};
    uint32_t done;

    EXPECT_EQ(raw_fd_read(0, parts, 0, &done), ER_OK);
    EXPECT_EQ(done, 0);
    EXPECT_EQ(raw_fd_read(0, parts, 3, &done), ER_OK);
    EXPECT_EQ(done, 3);
    EXPECT(memcmp(bytes, "a\0bc", 4) == 0);
    EXPECT_EQ(raw_fd_read(0, parts, 3, &done), ER_OK);
    EXPECT_EQ(done, 0);
}

int main(void)
{
    struct fdstat stat;
    struct part part = {"", 0};
    uint32_t done = 9;

    for (fd_t fd = 0; fd < 3; fd++) {
        check_refusals(fd);
        EXPECT_EQ(raw_fd_fdstat_get(fd, &stat), ER_OK);
        EXPECT_EQ(stat.type, T_UNKNOWN);
        EXPECT(!isatty((int)fd));
    }
    check_directions();
    check_reading();
    EXPECT_EQ(raw_fd_write(1, &part, 1, &done), ER_OK);
    EXPECT_EQ(done, 0);

    EXPECT_EQ(raw_fd_close(2), ER_OK);
    EXPECT_EQ(raw_fd_fdstat_get(2, &stat), ER_BADF);
    EXPECT_EQ(raw_fd_close(2), ER_BADF);
    return 0;
}
