/* test_base_buf.c - bytes that grow, against snprintf.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include "base/base_alloc.h"
#include "base/base_buf.h"

#include <inttypes.h>
#include <stdio.h>

static void expect_text(struct base_buf *buf, const char *text)
{
    EXPECT(!buf->failed);
    EXPECT_EQ_INT(buf->len, strlen(text));
    EXPECT_EQ_MEM(buf->at, text, buf->len);
}

TEST(what_is_written_stands_there_in_order)
{
    struct base_buf buf;

    base_buf_init(&buf, 1000);
    base_buf_text(&buf, "if (");
    base_buf_bytes(&buf, "xyz", 1);
    base_buf_char(&buf, ')');
    base_buf_text(&buf, "");
    base_buf_format(&buf, " %s %03d", "goto", 7);
    base_buf_char(&buf, ';');
    expect_text(&buf, "if (x) goto 007;");
    base_buf_clear(&buf);
    base_buf_text(&buf, "anew");
    expect_text(&buf, "anew");
    base_buf_fini(&buf);
}

TEST(numbers_are_those_of_printf)
{
    static const uint64_t numbers[] = {
        0,    1,         9,         10,         99,         100,       255,
        4096, 123456789, INT64_MAX, 1ull << 63, UINT64_MAX, UINT32_MAX};
    char text[64];

    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        struct base_buf buf;
        base_buf_init(&buf, 100);
        base_buf_u64(&buf, numbers[i]);
        base_buf_char(&buf, ' ');
        base_buf_s64(&buf, (int64_t)numbers[i]);
        base_buf_char(&buf, ' ');
        base_buf_hex(&buf, numbers[i]);
        snprintf(text, sizeof(text), "%" PRIu64 " %" PRId64 " 0x%" PRIx64,
                 numbers[i], (int64_t)numbers[i], numbers[i]);
        expect_text(&buf, text);
        base_buf_fini(&buf);
    }
}

TEST(a_buffer_grows_to_its_maximum_and_not_a_byte_beyond)
{
    for (size_t max = 0; max < 1500; max += 37) {
        struct base_buf buf;
        base_buf_init(&buf, max);
        for (size_t i = 0; i < max; i++)
            base_buf_char(&buf, (char)('a' + i % 26));
        EXPECT(!buf.failed);
        EXPECT_EQ_INT(buf.len, max);
        EXPECT(buf.capacity <= max);
        base_buf_char(&buf, '!');
        EXPECT(buf.failed);
        EXPECT_EQ_INT(buf.len, max);
        for (size_t i = 0; i < max; i++)
            EXPECT_EQ_INT(buf.at[i], 'a' + (int)(i % 26));
        base_buf_fini(&buf);
    }
}

TEST(after_the_first_failure_nothing_more_is_written)
{
    struct base_buf buf;

    base_buf_init(&buf, 4);
    base_buf_text(&buf, "abc");
    base_buf_text(&buf, "too long");
    EXPECT(buf.failed);
    base_buf_char(&buf, 'd');
    base_buf_u64(&buf, 1);
    base_buf_format(&buf, "%d", 1);
    EXPECT(base_buf_room(&buf, 0) == NULL);
    EXPECT_EQ_INT(buf.len, 3);
    EXPECT_EQ_MEM(buf.at, "abc", 3);
    base_buf_clear(&buf);
    base_buf_text(&buf, "abcd");
    expect_text(&buf, "abcd");
    base_buf_fini(&buf);
}

TEST(running_out_of_memory_is_a_failure_that_sticks)
{
    struct base_buf buf;

    base_buf_init(&buf, 1 << 20);
    base_buf_text(&buf, "abc");
    base_alloc_fail_at(1);
    for (int i = 0; i < 1000; i++)
        base_buf_text(&buf, "0123456789");
    base_alloc_fail_at(0);
    EXPECT(buf.failed);
    base_buf_text(&buf, "more");
    EXPECT(buf.len < 1000);
    EXPECT_EQ_MEM(buf.at, "abc0", 4);
    base_buf_fini(&buf);
}

TEST(room_is_for_the_caller_to_fill)
{
    struct base_buf buf;
    char *room;

    base_buf_init(&buf, 100);
    EXPECT(base_buf_room(&buf, 0) != NULL);
    room = base_buf_room(&buf, 100);
    EXPECT(room != NULL);
    memset(room, 'r', 100);
    buf.len += 100;
    EXPECT(base_buf_room(&buf, 1) == NULL);
    EXPECT(buf.failed);
    base_buf_fini(&buf);
}

TEST(going_back_forgets_what_came_since_and_that_it_failed)
{
    struct base_buf buf;

    base_buf_init(&buf, 10);
    base_buf_text(&buf, "abc");
    base_buf_text(&buf, "0123456789");
    EXPECT(buf.failed);
    base_buf_back(&buf, 3);
    EXPECT(!buf.failed);
    EXPECT_EQ_INT(buf.len, 3);
    base_buf_text(&buf, "def");
    EXPECT_EQ_MEM(buf.at, "abcdef", 6);
    base_buf_back(&buf, 0);
    EXPECT_EQ_INT(buf.len, 0);
    base_buf_fini(&buf);
}
