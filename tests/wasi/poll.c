/* poll.c - waiting for time, for input, and for whichever comes first.
 *
 * mounts: memory
 * stdin: abc
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define MS 1000000u

enum { CLOCK, READ, WRITE };

static uint64_t now(void)
{
    uint64_t ns = 0;

    EXPECT_EQ(raw_clock_time_get(1, 0, &ns), ER_OK);
    return ns;
}

static void check_time(void)
{
    struct subscription in = {
        .userdata = 77, .type = CLOCK, .what = 1, .timeout = 20 * MS};
    struct event out;
    uint64_t before = now();
    uint32_t events;

    EXPECT_EQ(raw_poll_oneoff(&in, &out, 1, &events), ER_OK);
    EXPECT_EQ(events, 1);
    EXPECT_EQ(out.userdata, 77);
    EXPECT_EQ(out.error, ER_OK);
    EXPECT_EQ(out.type, CLOCK);
    EXPECT(now() >= before + 19 * MS && now() < before + 2000 * MS);
    in.flags = 1;
    in.timeout = now() + 20 * MS;
    EXPECT_EQ(raw_poll_oneoff(&in, &out, 1, &events), ER_OK);
    EXPECT(now() >= in.timeout - MS);
    in.timeout = 1; /* long ago */
    EXPECT_EQ(raw_poll_oneoff(&in, &out, 1, &events), ER_OK);
    EXPECT_EQ(events, 1);
    in = (struct subscription){.type = CLOCK, .what = 1, .timeout = 0};
    EXPECT_EQ(raw_poll_oneoff(&in, &out, 1, &events), ER_OK);
    EXPECT_EQ(events, 1);
}

/* Only what is ready is told, in the order of the list. */
static void check_several(void)
{
    fd_t fd = open_file("f", O_MAKE);
    struct subscription in[6] = {
        {.userdata = 0, .type = CLOCK, .what = 1, .timeout = UINT64_MAX},
        {.userdata = 1, .type = READ, .what = 0},
        {.userdata = 2, .type = WRITE, .what = 1},
        {.userdata = 3, .type = READ, .what = 999},
        {.userdata = 4, .type = READ, .what = fd},
        {.userdata = 5, .type = WRITE, .what = fd},
    };
    struct event out[6];
    uint32_t events;
    uint64_t at;

    EXPECT_EQ(write_text(fd, "0123456789"), ER_OK);
    EXPECT_EQ(raw_fd_seek(fd, 4, FROM_START, &at), ER_OK);
    EXPECT_EQ(raw_poll_oneoff(in, out, 6, &events), ER_OK);
    EXPECT_EQ(events, 5);
    for (uint32_t i = 0; i < events; i++) {
        EXPECT_EQ(out[i].userdata, i + 1);
        EXPECT_EQ(out[i].error, i == 2 ? ER_BADF : ER_OK);
        EXPECT_EQ(out[i].type, in[i + 1].type);
    }
    EXPECT_EQ(out[0].bytes, 3);
    EXPECT_EQ(out[3].bytes, 6);
}

static void check_end_of_input(void)
{
    struct subscription in = {.type = READ, .what = 0};
    struct event out;
    uint32_t events;
    char bytes[4];

    EXPECT_EQ(read(0, bytes, 4), 3);
    EXPECT_EQ(raw_poll_oneoff(&in, &out, 1, &events), ER_OK);
    EXPECT_EQ(events, 1);
    EXPECT_EQ(out.bytes, 0);
    EXPECT_EQ(out.flags, 1); /* hung up */
}

static void check_mistakes(void)
{
    struct subscription in = {.type = CLOCK, .what = 9, .timeout = MS};
    struct event out;
    uint32_t events;

    EXPECT_EQ(raw_poll_oneoff(&in, &out, 1, &events), ER_OK);
    EXPECT_EQ(out.error, ER_INVAL);
    in.what = 2;
    EXPECT_EQ(raw_poll_oneoff(&in, &out, 1, &events), ER_OK);
    EXPECT_EQ(out.error, ER_NOTSUP);
    in.what = 1;
    in.flags = 2;
    EXPECT_EQ(raw_poll_oneoff(&in, &out, 1, &events), ER_OK);
    EXPECT_EQ(out.error, ER_INVAL);
    in.type = 3;
    EXPECT_EQ(raw_poll_oneoff(&in, &out, 1, &events), ER_INVAL);
    in.type = READ;
    EXPECT_EQ(raw_poll_oneoff(&in, &out, 0, &events), ER_INVAL);
    EXPECT_EQ(raw_poll_oneoff(&in, &out, 1u << 29, &events), ER_INVAL);
    EXPECT_EQ(raw_poll_oneoff(&in, &out, UINT32_MAX, &events), ER_INVAL);
    EXPECT_EQ(raw_poll_oneoff(NOWHERE(struct subscription *), &out, 1, &events),
              ER_FAULT);
    EXPECT_EQ(raw_poll_oneoff(&in, NOWHERE(struct event *), 1, &events),
              ER_FAULT);
    EXPECT_EQ(raw_poll_oneoff(&in, &out, 1, NOWHERE(uint32_t *)), ER_FAULT);
}

static void check_libc(void)
{
    struct timespec time = {.tv_nsec = 5 * MS};
    struct pollfd fds[1] = {{.fd = 1, .events = POLLWRNORM}};
    uint64_t before = now();

    EXPECT_EQ(nanosleep(&time, NULL), 0);
    EXPECT(now() >= before + 4 * MS);
    EXPECT_EQ(poll(fds, 1, 1000), 1);
    EXPECT_EQ(fds[0].revents, POLLWRNORM);
}

int main(void)
{
    check_time();
    check_several();
    check_end_of_input();
    check_mistakes();
    check_libc();
    return 0;
}
