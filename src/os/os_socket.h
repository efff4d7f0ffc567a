/* os_socket.h - two processes that are connected by a pair of sockets.
 *
 * Floor 1.  A stream of bytes in both directions.  What may be hostile is the
 * other side.  Any thread, one at a time for each direction.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_SOCKET_H
#define OS_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vivarium.h"

/* Most descriptors that go with one message. */
#define OS_SOCKET_FDS_MAX 4

/* Two ends, which programs do not inherit: to be closed by os_fd_close().
 * Fails with VIV_EIO. */
int os_socket_pair(int ret_fds[2], viv_error *err);

/* Send what can be sent at once; how many bytes that was, or a negative errno:
 * -EAGAIN, -EPIPE when the other end is gone.  Descriptors that come from there
 * are not taken. */
int64_t os_socket_send(int fd, const void *bytes, size_t len);
int64_t os_socket_receive(int fd, void *to, size_t size); /* 0: the end */

/* The same, but wait until it is all done: 0, or a negative errno; -EPIPE at
 * the end of what comes. */
int os_socket_send_all(int fd, const void *bytes, size_t len);
int os_socket_receive_all(int fd, void *to, size_t len);

/* The same with `count` descriptors, which go with the first byte. */
int os_socket_send_fds(int fd, const void *bytes, size_t len, const int *fds,
                       size_t count);

/* Wait for `len` bytes and the descriptors that come with them, at most
 * OS_SOCKET_FDS_MAX: the caller owns them. */
int os_socket_receive_fds(int fd, void *to, size_t len, int *ret_fds,
                          size_t *ret_count);

/* What there is. */
enum {
    OS_SOCKET_IN = 1,   /* something has come, or the other end is gone */
    OS_SOCKET_OUT = 2,  /* something can be sent */
    OS_SOCKET_EVENT = 4 /* the event is set */
};

/* Wait until `fd` (-1: none) can be read from, or with `out` be written to, or
 * the event `event_fd` is set; for `max_ns` at most.  Returns a sum of the
 * above, which is 0 when the time is over. */
unsigned os_socket_wait(int fd, bool out, int event_fd, uint64_t max_ns);

#endif /* OS_SOCKET_H */
