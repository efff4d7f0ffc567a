/* test_wasi_stream.c - reading and writing, where the other end may be the
 * host.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_stream.h"

#include "os/os_nudge.h"
#include "wasi_tools.h"

/* ------------------------------------------------------------------------
 * Standard input.
 */

static int64_t answer; /* of the host */
static size_t asked;

static int64_t read_some(void *cookie, void *to, size_t len)
{
    asked = len;
    EXPECT_EQ_STR(cookie, "cookie");
    if (answer > 0)
        memset(to, 'i', (size_t)answer < len ? (size_t)answer : len);
    return answer;
}

static void begin_input(void)
{
    viv_wasi said;

    viv_wasi_default(&said);
    said.stdin_func = read_some;
    said.cookie = "cookie";
    begin(&said);
    put_part(0, 100, 10);
}

static int ask_input(void)
{
    return ASK(fd_read, I(0), I(0), I(1), I(8));
}

TEST(input_comes_from_the_function)
{
    begin_input();
    answer = 3;
    EXPECT_EQ_INT(ask_input(), 0);
    EXPECT_EQ_INT(asked, 10);
    EXPECT_EQ_INT(word_at(8), 3);
    EXPECT_EQ_MEM(at(100), "iii\0", 4);
    answer = 0;
    EXPECT_EQ_INT(ask_input(), 0);
    EXPECT_EQ_INT(word_at(8), 0);
    answer = 3; /* it has said that it is at its end */
    EXPECT_EQ_INT(ask_input(), 0);
    EXPECT_EQ_INT(word_at(8), 0);
    end();
}

TEST(input_that_is_not_there_yet_is_waited_for)
{
    begin_input();
    answer = VIV_ETIME;
    EXPECT_EQ_INT(ask_input(), WASI_AGAIN);
    EXPECT_EQ_INT(wasi->wakes_at, OS_NUDGE_NEVER);
    EXPECT_EQ_INT(ASK(fd_fdstat_set_flags, I(0), I(VFS_FLAG_NONBLOCK)), 0);
    EXPECT_EQ_INT(ask_input(), WASI_EAGAIN);
    answer = 1;
    EXPECT_EQ_INT(ask_input(), 0);
    EXPECT_EQ_INT(word_at(8), 1);
    end();
}

TEST(a_host_that_fails_or_lies_is_an_error)
{
    begin_input();
    answer = VIV_EIO;
    EXPECT_EQ_INT(ask_input(), WASI_EIO);
    answer = 11;
    EXPECT_EQ_INT(ask_input(), WASI_EIO);
    answer = 10;
    EXPECT_EQ_INT(ask_input(), 0);
    end();
}

TEST(reading_nothing_asks_nobody)
{
    begin_input();
    answer = VIV_ETIME;
    asked = 0;
    EXPECT_EQ_INT(ASK(fd_read, I(0), I(0), I(0), I(8)), 0);
    EXPECT_EQ_INT(asked, 0);
    end();
}

TEST(input_may_be_bytes)
{
    viv_wasi said;

    viv_wasi_default(&said);
    said.stdin_bytes = "abc";
    said.stdin_len = 3;
    for (int i = 0; i < 2; i++) {
        begin(&said);
        put_part(0, 100, 2);
        EXPECT_EQ_INT(ask_input(), 0);
        EXPECT_EQ_MEM(at(100), "ab\0", 3);
        EXPECT_EQ_INT(ask_input(), 0);
        EXPECT_EQ_INT(word_at(8), 1);
        EXPECT_EQ_INT(ask_input(), 0);
        EXPECT_EQ_INT(word_at(8), 0);
        end();
    }
}

/* ------------------------------------------------------------------------
 * Standard output and error.
 */

static int say(uint32_t fd, uint32_t len)
{
    put_part(0, 100, len);
    return ASK(fd_write, I(fd), I(0), I(1), I(8));
}

static void expect_output(int fd, const char *text)
{
    size_t len;
    const char *bytes = vfs_pipe_waiting(wasi->files.pipes[fd], &len);

    EXPECT_EQ_INT(len, strlen(text));
    EXPECT_EQ_MEM(bytes, text, len);
}

TEST(output_waits_in_its_own_buffer)
{
    begin(NULL);
    put_text(100, "words");
    EXPECT_EQ_INT(say(1, 5), 0);
    EXPECT_EQ_INT(say(2, 3), 0);
    EXPECT_EQ_INT(say(1, 1), 0);
    expect_output(1, "wordsw");
    expect_output(2, "wor");
    EXPECT_EQ_INT(wasi->sandbox->call.used.output_bytes, 9);
    end();
}

TEST(the_limit_is_for_both_together)
{
    viv_limits limits;

    viv_limits_default(&limits);
    limits.output_bytes = 10;
    begin_with(WAT, NULL, &limits);
    put_text(100, "0123456789");
    EXPECT_EQ_INT(say(1, 6), 0);
    EXPECT_EQ_INT(say(2, 4), 0);
    EXPECT_EQ_INT(say(1, 0), 0);
    EXPECT_EQ_INT(say(1, 1), WASI_SPENT);
    EXPECT_EQ_INT(wasi->spent, VIV_LIMIT_OUTPUT);
    EXPECT_EQ_INT(wasi->sandbox->call.used.output_bytes, 10);
    end();
}

TEST(what_is_within_the_ceiling_is_kept)
{
    viv_wasi said;

    viv_wasi_default(&said);
    said.stdout_max = 7;
    said.stderr_max = 2;
    begin(&said);
    put_text(100, "0123456789");
    EXPECT_EQ_INT(say(2, 3), WASI_SPENT);
    expect_output(2, "01");
    EXPECT_EQ_INT(say(1, 5), 0);
    EXPECT_EQ_INT(say(1, 5), WASI_SPENT);
    expect_output(1, "0123401");
    EXPECT_EQ_INT(wasi->sandbox->call.used.output_bytes, 9);
    end();
}

/* What the host was given. */
static char heard[64];
static size_t heard_len;
static int deaf;

static int hear(void *cookie, const void *bytes, size_t len)
{
    EXPECT_EQ_STR(cookie, "cookie");
    if (deaf)
        return VIV_EIO;
    memcpy(heard + heard_len, bytes, len);
    heard_len += len;
    return 0;
}

TEST(output_goes_to_the_function)
{
    viv_wasi said;

    viv_wasi_default(&said);
    said.stdout_func = hear;
    said.cookie = "cookie";
    said.stdout_max = 8;
    begin(&said);
    put_text(100, "words");
    EXPECT_EQ_INT(say(1, 5), 0);
    EXPECT_EQ_INT(say(2, 5), 0);
    EXPECT_EQ_MEM(heard, "words", heard_len);
    expect_output(1, "");
    expect_output(2, "words");
    EXPECT_EQ_INT(say(1, 5), WASI_SPENT);
    EXPECT_EQ_INT(heard_len, 8);
    end();
}

TEST(a_function_that_does_not_listen_is_a_broken_pipe)
{
    viv_wasi said;

    viv_wasi_default(&said);
    said.stdout_func = hear;
    said.cookie = "cookie";
    begin(&said);
    deaf = 1;
    EXPECT_EQ_INT(say(1, 5), WASI_EPIPE);
    EXPECT_EQ_INT(wasi->sandbox->call.used.output_bytes, 0);
    end();
}

/* What is behind the number counts, not the number. */
TEST(a_stream_that_was_renumbered_has_its_ceiling)
{
    viv_wasi said;

    viv_wasi_default(&said);
    said.stdout_max = 3;
    begin(&said);
    EXPECT_EQ_INT(ASK(fd_renumber, I(1), I(0)), 0);
    EXPECT_EQ_INT(say(0, 3), 0);
    EXPECT_EQ_INT(say(0, 1), WASI_SPENT);
    EXPECT_EQ_INT(say(1, 1), WASI_EBADF);
    end();
}
