/* sock.c - sockets: there are none, and each function says so.
 *
 * mounts: memory
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "check.h"

static void check(fd_t fd, int code)
{
    struct part part = {"x", 1};
    uint32_t done;
    uint16_t flags;
    fd_t accepted;

    EXPECT_EQ(raw_sock_accept(fd, 0, &accepted), code);
    EXPECT_EQ(raw_sock_recv(fd, &part, 1, 0, &done, &flags), code);
    EXPECT_EQ(raw_sock_send(fd, &part, 1, 0, &done), code);
    EXPECT_EQ(raw_sock_shutdown(fd, 3), code);
}

int main(void)
{
    check(0, ER_NOTSOCK);
    check(1, ER_NOTSOCK);
    check(ROOT, ER_NOTSOCK);
    check(open_file("f", O_MAKE), ER_NOTSOCK);
    check(100, ER_BADF);
    check(UINT32_MAX, ER_BADF);
    return 0;
}
