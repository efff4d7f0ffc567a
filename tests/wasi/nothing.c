/* nothing.c - without permission there is nothing, and nothing is hidden.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>

#include "check.h"

int main(int argc, char **argv)
{
    uint32_t count, bytes;
    struct prestat prestat;
    struct fdstat stat;
    fd_t fd;

    (void)argv;
    EXPECT_EQ(argc, 1);
    EXPECT_EQ(raw_environ_sizes_get(&count, &bytes), ER_OK);
    EXPECT_EQ(count, 0);
    EXPECT_EQ(bytes, 0);
    for (fd = 0; fd < 3; fd++) {
        EXPECT_EQ(raw_fd_prestat_get(fd, &prestat), ER_BADF);
        EXPECT_EQ(raw_fd_fdstat_get(fd, &stat), ER_OK);
    }
    for (; fd < 3000; fd++) {
        EXPECT_EQ(raw_fd_prestat_get(fd, &prestat), ER_BADF);
        EXPECT_EQ(raw_fd_fdstat_get(fd, &stat), ER_BADF);
    }
    EXPECT_EQ(open("/etc/passwd", O_RDONLY), -1);
    EXPECT(errno == ENOENT || errno == ENOTCAPABLE);
    EXPECT_EQ(raw_path_open(0, 0, PATH("etc/passwd"), 0, R_READ, 0, 0, &fd),
              ER_NOTDIR);
    return 0;
}
