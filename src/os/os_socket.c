/* os_socket.c - two processes that are connected by a pair of sockets.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* ppoll, MSG_CMSG_CLOEXEC */
#include "os/os_socket.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/base_error.h"
#include "os/os_clock.h"
#include "os/os_fail.h"

int os_socket_pair(int ret_fds[2], viv_error *err)
{
    if (os_fail_now() ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret_fds) < 0)
        return base_error(err, VIV_EIO, "cannot make a pair of sockets: %s",
                          strerror(errno));
    return 0;
}

/* ------------------------------------------------------------------------
 * Bytes.
 */

static int64_t send_some(int fd, const void *bytes, size_t len, int flags)
{
    ssize_t put;

    do
        put = os_fail_now() ? -1 : send(fd, bytes, len, MSG_NOSIGNAL | flags);
    while (put < 0 && errno == EINTR);
    return put < 0 ? -errno : put;
}

static int64_t receive_some(int fd, void *to, size_t size, int flags)
{
    ssize_t got;

    do
        got = os_fail_now() ? -1 : recv(fd, to, size, flags);
    while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}

int64_t os_socket_send(int fd, const void *bytes, size_t len)
{
    return send_some(fd, bytes, len, MSG_DONTWAIT);
}

int64_t os_socket_receive(int fd, void *to, size_t size)
{
    return receive_some(fd, to, size, MSG_DONTWAIT);
}

int os_socket_send_all(int fd, const void *bytes, size_t len)
{
    const char *next = bytes;

    while (len > 0) {
        int64_t put = send_some(fd, next, len, 0);

        if (put < 0)
            return (int)put;
        next += put;
        len -= (size_t)put;
    }
    return 0;
}

int os_socket_receive_all(int fd, void *to, size_t len)
{
    char *next = to;

    while (len > 0) {
        int64_t got = receive_some(fd, next, len, 0);

        if (got <= 0)
            return got < 0 ? (int)got : -EPIPE;
        next += got;
        len -= (size_t)got;
    }
    return 0;
}

/* ------------------------------------------------------------------------
 * Descriptors.
 */

union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(OS_SOCKET_FDS_MAX * sizeof(int))];
};

int os_socket_send_fds(int fd, const void *bytes, size_t len, const int *fds,
                       size_t count)
{
    union control control = {.bytes = {0}};
    struct iovec part = {(void *)(uintptr_t)bytes, len};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = CMSG_SPACE(count * sizeof(int))};
    ssize_t put;

    control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(count * sizeof(int)),
                                      .cmsg_level = SOL_SOCKET,
                                      .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
    do
        put = os_fail_now() ? -1 : sendmsg(fd, &message, MSG_NOSIGNAL);
    while (put < 0 && errno == EINTR);
    if (put < 0)
        return -errno;
    return os_socket_send_all(fd, (const char *)bytes + put, len - (size_t)put);
}

/* How many came; they are the caller's. */
static size_t take_fds(struct msghdr *message, int *ret_fds)
{
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    size_t bytes;

    if (header == NULL || header->cmsg_level != SOL_SOCKET ||
        header->cmsg_type != SCM_RIGHTS)
        return 0;
    bytes = header->cmsg_len - CMSG_LEN(0);
    memcpy(ret_fds, CMSG_DATA(header), bytes);
    return bytes / sizeof(int);
}

int os_socket_receive_fds(int fd, void *to, size_t len, int *ret_fds,
                          size_t *ret_count)
{
    union control control;
    struct iovec part = {to, len};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof(control)};
    ssize_t got;

    *ret_count = 0;
    do
        got = os_fail_now() ? -1 : recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        return got < 0 ? -errno : -EPIPE;
    *ret_count = take_fds(&message, ret_fds);
    return os_socket_receive_all(fd, (char *)to + got, len - (size_t)got);
}

/* ------------------------------------------------------------------------
 * Waiting.
 */

unsigned os_socket_wait(int fd, bool out, int event_fd, uint64_t max_ns)
{
    struct pollfd polls[2] = {
        {.fd = fd, .events = (short)(POLLIN | (out ? POLLOUT : 0))},
        {.fd = event_fd, .events = POLLIN},
    };
    struct timespec most = os_clock_timespec(max_ns);
    unsigned found = 0;

    if (ppoll(polls, 2, max_ns < VIV_ENDLESS ? &most : NULL, NULL) <= 0)
        return 0;
    if ((polls[0].revents & ~POLLOUT) != 0)
        found |= OS_SOCKET_IN;
    if ((polls[0].revents & POLLOUT) != 0)
        found |= OS_SOCKET_OUT;
    if (polls[1].revents != 0)
        found |= OS_SOCKET_EVENT;
    return found;
}
