/* test_wasi_abi_sock.c - preview 1: sockets, of which there are none.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi_tools.h"

static void expect(uint32_t fd, int code)
{
    EXPECT_EQ_INT(ASK(sock_accept, I(fd), I(0), I(0)), code);
    EXPECT_EQ_INT(ASK(sock_recv, I(fd), I(0), I(0), I(0), I(0), I(0)), code);
    EXPECT_EQ_INT(ASK(sock_send, I(fd), I(0), I(0), I(0), I(0)), code);
    EXPECT_EQ_INT(ASK(sock_shutdown, I(fd), I(0)), code);
}

TEST(what_is_open_is_no_socket)
{
    begin_memory();
    expect(0, WASI_ENOTSOCK);
    expect(3, WASI_ENOTSOCK);
    expect(4, WASI_EBADF);
    expect(UINT32_MAX, WASI_EBADF);
    end();
}
