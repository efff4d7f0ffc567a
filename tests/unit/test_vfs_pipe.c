/* test_vfs_pipe.c - streams between host and guest.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_pipe.h"

#include "base/base_alloc.h"
#include "test.h"

static struct vfs_pipe *make(enum vfs_pipe_direction direction, uint64_t max)
{
    struct vfs_pipe *pipe = vfs_pipe_new(direction, max);

    EXPECT(pipe != NULL);
    return pipe;
}

static int put(struct vfs_pipe *pipe, const char *text, size_t *ret_done)
{
    struct iovec parts[] = {{(void *)text, 1},
                            {(void *)(text + 1), strlen(text) - 1}};
    struct vfs_io io = {parts, 2, 0, 0};
    int error = vfs_pipe_ops.write(pipe, 0, &io);

    *ret_done = io.done;
    return error;
}

static int get(struct vfs_pipe *pipe, char *to, size_t len, size_t *ret_done)
{
    struct iovec parts[] = {{to, len / 2}, {to + len / 2, len - len / 2}};
    struct vfs_io io = {parts, 2, 0, 0};
    int error = vfs_pipe_ops.read(pipe, 0, &io);

    *ret_done = io.done;
    return error;
}

static void expect_waiting(const struct vfs_pipe *pipe, const char *text)
{
    size_t len;
    const char *bytes = vfs_pipe_waiting(pipe, &len);

    EXPECT_EQ_INT(len, strlen(text));
    EXPECT_EQ_MEM(bytes, text, len);
}

TEST(what_the_guest_writes_waits_for_the_host)
{
    struct vfs_pipe *pipe = make(VFS_PIPE_OUT, 100);
    size_t done;

    expect_waiting(pipe, "");
    EXPECT_EQ_INT(put(pipe, "hello ", &done), 0);
    EXPECT_EQ_INT(put(pipe, "you", &done), 0);
    expect_waiting(pipe, "hello you");
    vfs_pipe_took(pipe, 6);
    expect_waiting(pipe, "you");
    vfs_pipe_free(pipe);
}

TEST(the_ceiling_is_kept_to_the_byte_and_is_told_apart)
{
    struct vfs_pipe *pipe = make(VFS_PIPE_OUT, 5);
    size_t done;

    EXPECT_EQ_INT(put(pipe, "12345", &done), 0);
    EXPECT(!pipe->is_full);
    EXPECT_EQ_INT(put(pipe, "6", &done), VFS_ELIMIT);
    EXPECT_EQ_INT(done, 0);
    EXPECT(pipe->is_full);
    vfs_pipe_clear(pipe);
    EXPECT(!pipe->is_full);
    EXPECT_EQ_INT(put(pipe, "1234567", &done), VFS_ELIMIT);
    EXPECT_EQ_INT(done, 5);
    expect_waiting(pipe, "12345");
    vfs_pipe_free(pipe);
}

/* Reading makes no room: the ceiling is on what goes through. */
TEST(taking_bytes_does_not_lift_the_ceiling)
{
    struct vfs_pipe *pipe = make(VFS_PIPE_OUT, 5);
    size_t done;

    EXPECT_EQ_INT(put(pipe, "1234", &done), 0);
    vfs_pipe_took(pipe, 4);
    EXPECT_EQ_INT(put(pipe, "56", &done), VFS_ELIMIT);
    EXPECT_EQ_INT(done, 1);
    vfs_pipe_free(pipe);
}

static char heard[16];

static bool hear(void *cookie, const void *bytes, size_t len)
{
    strncat(heard, bytes, len);
    return cookie == NULL;
}

TEST(a_sink_gets_bytes_at_once_and_may_hang_up)
{
    struct vfs_pipe *pipe = make(VFS_PIPE_OUT, 8);
    size_t done;

    pipe->sink = hear;
    EXPECT_EQ_INT(put(pipe, "abc", &done), 0);
    EXPECT_EQ_STR(heard, "abc");
    expect_waiting(pipe, "");
    pipe->cookie = heard;
    EXPECT_EQ_INT(put(pipe, "de", &done), VFS_EPIPE);
    pipe->cookie = NULL;
    EXPECT_EQ_INT(put(pipe, "fghijk", &done), VFS_ELIMIT);
    EXPECT_EQ_INT(done, 5);
    EXPECT_EQ_STR(heard, "abcdfghij");
    vfs_pipe_free(pipe);
}

TEST(the_guest_reads_what_it_was_fed_and_then_the_end)
{
    struct vfs_pipe *pipe = make(VFS_PIPE_IN, 100);
    char text[8];
    size_t done;

    EXPECT_EQ_INT(get(pipe, text, 8, &done), VFS_EAGAIN);
    EXPECT_EQ_INT(get(pipe, text, 0, &done), 0);
    EXPECT(vfs_pipe_feed(pipe, "hello", 5));
    EXPECT_EQ_INT(get(pipe, text, 3, &done), 0);
    EXPECT_EQ_INT(done, 3);
    EXPECT_EQ_MEM(text, "hel", 3);
    EXPECT(vfs_pipe_feed(pipe, " you", 4));
    EXPECT_EQ_INT(get(pipe, text, 8, &done), 0);
    EXPECT_EQ_INT(done, 6);
    EXPECT_EQ_MEM(text, "lo you", 6);
    EXPECT_EQ_INT(get(pipe, text, 8, &done), VFS_EAGAIN);
    vfs_pipe_end(pipe);
    EXPECT_EQ_INT(get(pipe, text, 8, &done), 0);
    EXPECT_EQ_INT(done, 0);
    vfs_pipe_free(pipe);
}

TEST(more_than_the_ceiling_is_not_fed)
{
    struct vfs_pipe *pipe = make(VFS_PIPE_IN, 4);

    EXPECT(vfs_pipe_feed(pipe, "123", 3));
    EXPECT(!vfs_pipe_feed(pipe, "45", 2));
    expect_waiting(pipe, "123");
    EXPECT(vfs_pipe_feed(pipe, "4", 1));
    EXPECT(vfs_pipe_feed(pipe, "", 0));
    vfs_pipe_clear(pipe);
    EXPECT(vfs_pipe_feed(pipe, "1234", 4));
    vfs_pipe_free(pipe);
}

TEST(a_pipe_has_one_direction)
{
    struct vfs_pipe *in = make(VFS_PIPE_IN, 4), *out = make(VFS_PIPE_OUT, 4);
    struct vfs_stat stat;
    char text[4];
    size_t done;

    EXPECT_EQ_INT(put(in, "x", &done), VFS_EBADF);
    EXPECT_EQ_INT(get(out, text, 4, &done), VFS_EBADF);
    EXPECT_EQ_INT(vfs_pipe_ops.stat(in, 0, &stat), 0);
    EXPECT_EQ_INT(stat.type, VFS_STREAM);
    vfs_pipe_free(in);
    vfs_pipe_free(out);
    vfs_pipe_free(NULL);
}

/* A gigabyte goes through, in a buffer of some kilobytes. */
TEST(a_buffer_that_is_read_stays_small)
{
    static const char bytes[1000];
    struct vfs_pipe *pipe = make(VFS_PIPE_IN, UINT64_MAX);
    char text[1000];
    size_t done;

    EXPECT(vfs_pipe_feed(pipe, bytes, 500));
    for (int i = 0; i < 100000; i++) {
        EXPECT(vfs_pipe_feed(pipe, bytes, 1000));
        EXPECT_EQ_INT(get(pipe, text, 1000, &done), 0);
    }
    EXPECT(pipe->buf.capacity < 10000);
    vfs_pipe_free(pipe);
}

TEST(without_memory_nothing_is_lost)
{
    struct vfs_pipe *pipe = make(VFS_PIPE_OUT, 100);
    size_t done;

    base_alloc_fail_at(1);
    EXPECT(vfs_pipe_new(VFS_PIPE_IN, 1) == NULL);
    EXPECT_EQ_INT(put(pipe, "abc", &done), VFS_ENOMEM);
    EXPECT_EQ_INT(done, 0);
    base_alloc_fail_at(0);
    EXPECT_EQ_INT(put(pipe, "abc", &done), 0);
    expect_waiting(pipe, "abc");
    vfs_pipe_free(pipe);
}
