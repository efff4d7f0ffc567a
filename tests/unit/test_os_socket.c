/* test_os_socket.c - two processes that are connected by a pair of sockets.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/os_event.h"
#include "os/os_fail.h"
#include "os/os_fd.h"
#include "test.h"

#define MS UINT64_C(1000000)

static int fds[2];
static char bytes[1 << 20];
static viv_error err;

static void begin(void)
{
    EXPECT_EQ_INT(os_socket_pair(fds, &err), 0);
}

static void end(void)
{
    os_fd_close(fds[0]);
    os_fd_close(fds[1]);
}

TEST(what_is_sent_is_received_in_both_directions)
{
    begin();
    EXPECT_EQ_INT(os_socket_send(fds[0], "ab", 2), 2);
    EXPECT_EQ_INT(os_socket_send(fds[1], "cde", 3), 3);
    EXPECT_EQ_INT(os_socket_receive(fds[1], bytes, 10), 2);
    EXPECT_EQ_MEM(bytes, "ab", 2);
    EXPECT_EQ_INT(os_socket_receive(fds[0], bytes, 10), 3);
    EXPECT_EQ_INT(os_socket_receive(fds[0], bytes, 10), -EAGAIN);
    end();
}

TEST(a_line_that_is_full_takes_no_more_and_does_not_block)
{
    int64_t put, all = 0;

    begin();
    while ((put = os_socket_send(fds[0], bytes, sizeof(bytes))) > 0)
        all += put;
    EXPECT_EQ_INT(put, -EAGAIN);
    EXPECT(all > 0);
    EXPECT_EQ_INT(os_socket_wait(fds[0], true, -1, 0), 0);
    end();
}

TEST(the_end_of_the_other_side_is_seen)
{
    begin();
    EXPECT_EQ_INT(os_socket_send(fds[1], "x", 1), 1);
    os_fd_close(fds[1]);
    fds[1] = -1;
    EXPECT_EQ_INT(os_socket_receive(fds[0], bytes, 10), 1);
    EXPECT_EQ_INT(os_socket_receive(fds[0], bytes, 10), 0);
    EXPECT_EQ_INT(os_socket_receive_all(fds[0], bytes, 1), -EPIPE);
    EXPECT_EQ_INT(os_socket_send(fds[0], "x", 1), -EPIPE);
    EXPECT_EQ_INT(os_socket_send_all(fds[0], "x", 1), -EPIPE);
    end();
}

/* What a process had said before it died is there still, though it has not read
 * what it was told. */
TEST(what_was_said_last_is_heard_though_there_was_something_unread)
{
    begin();
    EXPECT_EQ_INT(os_socket_send(fds[0], "unread", 6), 6);
    EXPECT_EQ_INT(os_socket_send(fds[1], "last", 4), 4);
    os_fd_close(fds[1]);
    fds[1] = -1;
    EXPECT_EQ_INT(os_socket_receive(fds[0], bytes, 10), 4);
    EXPECT_EQ_MEM(bytes, "last", 4);
    EXPECT(os_socket_receive(fds[0], bytes, 10) <= 0);
    end();
}

static void *send_much(void *arg)
{
    (void)arg;
    EXPECT_EQ_INT(os_socket_send_all(fds[0], bytes, sizeof(bytes)), 0);
    return NULL;
}

TEST(much_is_sent_and_received_whole)
{
    static char got[sizeof(bytes)];
    pthread_t thread;

    begin();
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(i * 7 + i / 256);
    EXPECT_EQ_INT(pthread_create(&thread, NULL, send_much, NULL), 0);
    EXPECT_EQ_INT(os_socket_receive_all(fds[1], got, sizeof(got)), 0);
    EXPECT_EQ_MEM(got, bytes, sizeof(got));
    pthread_join(thread, NULL);
    end();
}

TEST(descriptors_go_with_bytes)
{
    int two[2] = {open("/dev/null", O_RDONLY), open("/dev/zero", O_RDONLY)};
    int got[OS_SOCKET_FDS_MAX];
    size_t count;

    begin();
    EXPECT_EQ_INT(os_socket_send_fds(fds[0], "head", 4, two, 2), 0);
    EXPECT_EQ_INT(os_socket_receive_fds(fds[1], bytes, 4, got, &count), 0);
    EXPECT_EQ_MEM(bytes, "head", 4);
    EXPECT_EQ_INT(count, 2);
    bytes[0] = 'x';
    EXPECT_EQ_INT(read(got[0], bytes, 1), 0);
    EXPECT_EQ_INT(read(got[1], bytes, 1), 1);
    EXPECT_EQ_INT(bytes[0], 0);
    EXPECT_EQ_INT(fcntl(got[0], F_GETFD), FD_CLOEXEC);
    for (int n = 0; n < 2; n++) {
        close(two[n]);
        close(got[n]);
    }
    end();
}

/* A worker has no business to send any. */
TEST(descriptors_that_nobody_asked_for_are_not_taken)
{
    int before = open("/dev/null", O_RDONLY), after;

    begin();
    EXPECT_EQ_INT(os_socket_send_fds(fds[0], "head", 4, &before, 1), 0);
    EXPECT_EQ_INT(os_socket_receive(fds[1], bytes, 4), 4);
    after = open("/dev/null", O_RDONLY);
    EXPECT_EQ_INT(after, fds[1] + 1);
    close(before);
    close(after);
    end();
}

TEST(waiting_says_what_there_is)
{
    int event;

    begin();
    EXPECT_EQ_INT(os_event_new(&event, &err), 0);
    EXPECT_EQ_INT(os_socket_wait(fds[0], false, event, MS), 0);
    EXPECT_EQ_INT(os_socket_wait(fds[0], true, event, MS), OS_SOCKET_OUT);
    EXPECT_EQ_INT(os_socket_send(fds[1], "x", 1), 1);
    os_event_set(event);
    EXPECT_EQ_INT(os_socket_wait(fds[0], false, event, VIV_ENDLESS),
                  OS_SOCKET_IN | OS_SOCKET_EVENT);
    EXPECT_EQ_INT(os_socket_wait(-1, false, event, VIV_ENDLESS),
                  OS_SOCKET_EVENT);
    os_fd_close(fds[1]);
    fds[1] = -1;
    EXPECT((os_socket_wait(fds[0], false, -1, VIV_ENDLESS) & OS_SOCKET_IN) !=
           0);
    os_fd_close(event);
    end();
}

TEST(system_calls_that_fail_are_passed_on)
{
    size_t count;
    int fd = 0;

    begin();
    os_fail_at(1);
    EXPECT_EQ_INT(os_socket_pair(fds, &err), VIV_EIO);
    EXPECT_EQ_INT(os_socket_send(fds[0], "x", 1), -ENOMEM);
    EXPECT_EQ_INT(os_socket_receive(fds[0], bytes, 1), -ENOMEM);
    EXPECT_EQ_INT(os_socket_send_all(fds[0], "x", 1), -ENOMEM);
    EXPECT_EQ_INT(os_socket_receive_all(fds[0], bytes, 1), -ENOMEM);
    EXPECT_EQ_INT(os_socket_send_fds(fds[0], "x", 1, &fd, 1), -ENOMEM);
    EXPECT_EQ_INT(os_socket_receive_fds(fds[0], bytes, 1, &fd, &count),
                  -ENOMEM);
    os_fail_at(0);
    end();
}
