/* wasi_abi_sock.c - preview 1: sockets, of which there are none.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_fd.h"
#include "wasi/wasi_abi.h"

/* Whatever descriptor it is, it is no socket. */
static int no_socket(struct wasi *wasi, const viv_value *args)
{
    struct vfs_slot slot;
    int error = vfs_fd_get(&wasi->files.vfs, args[0].i32, &slot);

    return error != 0 ? wasi_errno_of(error) : WASI_ENOTSOCK;
}

int wasi_abi_sock_accept(struct wasi *wasi, const viv_value *args)
{
    return no_socket(wasi, args);
}

int wasi_abi_sock_recv(struct wasi *wasi, const viv_value *args)
{
    return no_socket(wasi, args);
}

int wasi_abi_sock_send(struct wasi *wasi, const viv_value *args)
{
    return no_socket(wasi, args);
}

int wasi_abi_sock_shutdown(struct wasi *wasi, const viv_value *args)
{
    return no_socket(wasi, args);
}
