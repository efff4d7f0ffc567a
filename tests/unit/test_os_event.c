/* test_os_event.c - a descriptor that others can wait for with poll().
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_event.h"

#include <poll.h>

#include "os/os_fail.h"
#include "os/os_fd.h"
#include "test.h"

static int fd;

static int is_set(void)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};

    return poll(&wait, 1, 0);
}

TEST(it_is_set_until_it_is_cleared_however_often_it_was)
{
    EXPECT_EQ_INT(os_event_new(&fd, NULL), 0);
    EXPECT_EQ_INT(is_set(), 0);
    os_event_clear(fd);
    os_event_set(fd);
    os_event_set(fd);
    EXPECT_EQ_INT(is_set(), 1);
    EXPECT_EQ_INT(is_set(), 1);
    os_event_clear(fd);
    EXPECT_EQ_INT(is_set(), 0);
    os_event_set(fd);
    EXPECT_EQ_INT(is_set(), 1);
    os_fd_close(fd);
}

TEST(without_a_descriptor_there_is_a_sentence)
{
    viv_error err;

    os_fail_at(1);
    EXPECT_EQ_INT(os_event_new(&fd, &err), VIV_EIO);
    os_fail_at(0);
    EXPECT_HAS_STR(err.text, "no descriptor for events: ");
}
