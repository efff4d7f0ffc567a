/* test_wasi_abi_poll.c - preview 1: waiting for one of several things.
 *
 * Subscriptions lie at 0, events at 1000, their number at 2000.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_clock.h"
#include "os/os_nudge.h"
#include "wasi_tools.h"

#define MS UINT64_C(1000000)

static void want(uint32_t number, const struct wasi_subscription *wanted)
{
    memcpy(at(number * (uint32_t)sizeof(*wanted)), wanted, sizeof(*wanted));
}

static void want_time(uint32_t number, uint32_t clock, uint64_t timeout,
                      uint16_t flags)
{
    struct wasi_subscription wanted = {.userdata = 70 + number,
                                       .type = WASI_EVENT_CLOCK,
                                       .clock = clock,
                                       .timeout = timeout,
                                       .flags = flags};

    want(number, &wanted);
}

static void want_fd(uint32_t number, uint8_t type, uint32_t fd)
{
    struct wasi_subscription wanted = {
        .userdata = 70 + number, .type = type, .fd = fd};

    want(number, &wanted);
}

static struct wasi_event event_at(uint32_t number)
{
    struct wasi_event event;

    memcpy(&event, at(1000 + number * (uint32_t)sizeof(event)), sizeof(event));
    return event;
}

static int ask(uint32_t count)
{
    return ASK(poll_oneoff, I(0), I(1000), I(count), I(2000));
}

TEST(who_waits_for_time_is_asked_again_when_it_has_come)
{
    uint64_t before = os_clock_now();

    begin(NULL);
    want_time(0, 1, 20 * MS, 0);
    EXPECT_EQ_INT(ask(1), WASI_AGAIN);
    EXPECT(wasi->wakes_at >= before + 20 * MS);
    EXPECT(wasi->wakes_at < before + 20000 * MS);
    EXPECT_EQ_INT(word_at(2000), 0);
    wasi->is_again = true;
    wasi->first_asked -= 20 * MS;
    EXPECT_EQ_INT(ask(1), 0);
    EXPECT_EQ_INT(word_at(2000), 1);
    EXPECT_EQ_INT(event_at(0).userdata, 70);
    EXPECT_EQ_INT(event_at(0).type, WASI_EVENT_CLOCK);
    EXPECT_EQ_INT(event_at(0).error, 0);
    end();
}

TEST(the_earliest_time_counts)
{
    uint64_t before = os_clock_now();

    begin(NULL);
    want_time(0, 1, UINT64_MAX, 0);
    want_time(1, 0, 30 * MS, 0);
    want_time(2, 1, 50000 * MS, 0);
    EXPECT_EQ_INT(ask(3), WASI_AGAIN);
    EXPECT(wasi->wakes_at >= before + 30 * MS);
    EXPECT(wasi->wakes_at < before + 48000 * MS);
    EXPECT_EQ_INT(ask(1), WASI_AGAIN);
    EXPECT_EQ_INT(wasi->wakes_at, OS_NUDGE_NEVER);
    end();
}

TEST(a_time_that_is_over_is_an_event_at_once)
{
    begin(NULL);
    want_time(0, 0, 1, WASI_ABSTIME);
    EXPECT_EQ_INT(ask(1), 0);
    EXPECT_EQ_INT(word_at(2000), 1);
    want_time(0, 0, os_clock_wall() + 1000 * MS, WASI_ABSTIME);
    EXPECT_EQ_INT(ask(1), WASI_AGAIN);
    end();
}

/* The guest's clock does not move meanwhile; ours does. */
TEST(clocks_that_stand_still_let_time_pass)
{
    viv_wasi said;

    viv_wasi_default(&said);
    said.clock = VIV_CLOCK_STEPS;
    begin(&said);
    want_time(0, 1, VIV_NS_PER_S + 20 * MS, WASI_ABSTIME);
    EXPECT_EQ_INT(ask(1), WASI_AGAIN);
    wasi->is_again = true;
    EXPECT_EQ_INT(ask(1), WASI_AGAIN);
    wasi->first_asked -= 20 * MS;
    EXPECT_EQ_INT(ask(1), 0);
    EXPECT_EQ_INT(wasi_head(wasi)->ticks, 20 * MS);
    end();
}

TEST(mistakes_in_a_subscription_are_events)
{
    begin_memory();
    want_time(0, 4, 1, 0);
    want_time(1, 2, 1, 0);
    want_time(2, 1, 1, 2);
    want_fd(3, WASI_EVENT_READ, 99);
    want_fd(4, WASI_EVENT_WRITE, 99);
    EXPECT_EQ_INT(ask(5), 0);
    EXPECT_EQ_INT(word_at(2000), 5);
    EXPECT_EQ_INT(event_at(0).error, WASI_EINVAL);
    EXPECT_EQ_INT(event_at(1).error, WASI_ENOTSUP);
    EXPECT_EQ_INT(event_at(2).error, WASI_EINVAL);
    EXPECT_EQ_INT(event_at(3).error, WASI_EBADF);
    EXPECT_EQ_INT(event_at(4).error, WASI_EBADF);
    EXPECT_EQ_INT(event_at(4).userdata, 74);
    want_fd(0, 3, 0);
    EXPECT_EQ_INT(ask(1), WASI_EINVAL);
    EXPECT_EQ_INT(ask(0), WASI_EINVAL);
    end();
}

/* A host that has nothing, then a line, then no more. */
static int stage;

static int64_t read_by_stage(void *cookie, void *to, size_t len)
{
    (void)cookie;
    EXPECT(len >= 4);
    if (stage == 0)
        return VIV_ETIME;
    if (stage == 2)
        return 0;
    memcpy(to, "line", 4);
    return 4;
}

TEST(standard_input_is_waited_for)
{
    viv_wasi said;

    viv_wasi_default(&said);
    said.stdin_func = read_by_stage;
    begin(&said);
    want_fd(0, WASI_EVENT_READ, 0);
    EXPECT_EQ_INT(ask(1), WASI_AGAIN);
    EXPECT_EQ_INT(wasi->wakes_at, OS_NUDGE_NEVER);
    stage = 1;
    EXPECT_EQ_INT(ask(1), 0);
    EXPECT_EQ_INT(event_at(0).bytes, 4);
    EXPECT_EQ_INT(event_at(0).flags, 0);
    stage = 2;
    EXPECT_EQ_INT(ask(1), 0); /* the line is still there */
    EXPECT_EQ_INT(event_at(0).bytes, 4);
    put_part(3000, 4000, 100);
    EXPECT_EQ_INT(ASK(fd_read, I(0), I(3000), I(1), I(3100)), 0);
    EXPECT_EQ_INT(ask(1), 0);
    EXPECT_EQ_INT(event_at(0).bytes, 0);
    EXPECT_EQ_INT(event_at(0).flags, WASI_HANGUP);
    end();
}

TEST(files_and_output_are_always_ready)
{
    uint32_t fd;

    begin_memory();
    fd = make_file("f", "abcdef");
    ASK(fd_seek, I(fd), L(2), I(0), I(3000));
    want_fd(0, WASI_EVENT_READ, fd);
    want_fd(1, WASI_EVENT_WRITE, fd);
    want_fd(2, WASI_EVENT_WRITE, 1);
    want_time(3, 1, 1000 * MS, 0);
    EXPECT_EQ_INT(ask(4), 0);
    EXPECT_EQ_INT(word_at(2000), 3);
    EXPECT_EQ_INT(event_at(0).bytes, 4);
    EXPECT_EQ_INT(event_at(1).type, WASI_EVENT_WRITE);
    EXPECT_EQ_INT(event_at(2).userdata, 72);
    ASK(fd_fdstat_set_rights, I(fd), L(VFS_RIGHT_READ), L(0));
    EXPECT_EQ_INT(ask(1), 0);
    EXPECT_EQ_INT(event_at(0).error, WASI_ENOTCAPABLE);
    end();
}

TEST(lists_have_to_be_in_memory_and_have_an_end)
{
    begin(NULL);
    EXPECT_EQ_INT(ASK(poll_oneoff, I(BEYOND), I(0), I(1), I(0)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(poll_oneoff, I(0), I(BEYOND), I(1), I(0)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(poll_oneoff, I(0), I(0), I(1), I(BEYOND)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(poll_oneoff, I(0), I(0), I(2049), I(0)), WASI_EFAULT);
    EXPECT_EQ_INT(ASK(poll_oneoff, I(0), I(0), I(2050), I(0)), WASI_EINVAL);
    EXPECT_EQ_INT(ASK(poll_oneoff, I(0), I(0), I(1u << 31), I(0)), WASI_EINVAL);
    end();
}
