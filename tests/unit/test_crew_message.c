/* test_crew_message.c - what a process and its worker say to each other.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crew/crew_message.h"

#include "base/base_alloc.h"
#include "test.h"

static struct base_buf buf;
static struct base_read reader;
static size_t len;

static void begin(void)
{
    base_buf_init(&buf, SIZE_MAX);
}

/* The body of the message at 0. */
static void read_body(size_t size)
{
    base_read_init(&reader, (const uint8_t *)buf.at + CREW_HEAD_BYTES, size, 0);
}

TEST(what_is_written_is_read)
{
    size_t at;
    struct crew_head head;

    begin();
    at = crew_message_begin(&buf, CREW_CALL, 0x123456789abcdef0);
    crew_message_u32(&buf, 0xdeadbeef);
    crew_message_u64(&buf, UINT64_MAX - 1);
    crew_message_bytes(&buf, "a\0b", 3);
    crew_message_bytes(&buf, NULL, 0);
    crew_message_bytes(&buf, "", 0);
    crew_message_text(&buf, "text");
    crew_message_text(&buf, NULL);
    EXPECT(crew_message_end(&buf, at));
    head = crew_message_head(buf.at);
    EXPECT_EQ_INT(head.kind, CREW_CALL);
    EXPECT_EQ_INT(head.id, 0x123456789abcdef0);
    EXPECT_EQ_INT(head.len, buf.len - CREW_HEAD_BYTES);
    read_body(head.len);
    EXPECT_EQ_INT(base_read_u32le(&reader), 0xdeadbeef);
    EXPECT_EQ_INT(base_read_u64le(&reader), UINT64_MAX - 1);
    EXPECT_EQ_MEM(crew_message_get_bytes(&reader, &len), "a\0b", 3);
    EXPECT_EQ_INT(len, 3);
    EXPECT(crew_message_get_bytes(&reader, &len) == NULL);
    EXPECT(crew_message_get_bytes(&reader, &len) != NULL && len == 0);
    EXPECT_EQ_STR(crew_message_get_text(&reader, NULL), "text");
    EXPECT(!crew_message_is_done(&reader));
    EXPECT(crew_message_get_string(&reader) == NULL);
    EXPECT(crew_message_is_done(&reader));
    base_buf_fini(&buf);
}

TEST(a_length_beyond_the_end_fails)
{
    begin();
    crew_message_begin(&buf, CREW_CALL, 1);
    crew_message_u64(&buf, 9);
    base_buf_bytes(&buf, "12345678", 8);
    read_body(16);
    EXPECT(crew_message_get_bytes(&reader, &len) == NULL);
    EXPECT(!crew_message_is_done(&reader));
    for (size_t size = 0; size < 8; size++) {
        read_body(size);
        EXPECT(crew_message_get_bytes(&reader, &len) == NULL);
        EXPECT(!crew_message_is_done(&reader) || size == 0);
    }
    base_buf_fini(&buf);
}

/* Is it a text, a text with NULs, a string? */
static void expect_text(const char *bytes, size_t size, int text, int long_text,
                        int string)
{
    begin();
    crew_message_begin(&buf, CREW_CALL, 1);
    crew_message_bytes(&buf, bytes, size);
    read_body(buf.len - CREW_HEAD_BYTES);
    EXPECT_EQ_INT(crew_message_get_text(&reader, NULL) != NULL, text);
    read_body(buf.len - CREW_HEAD_BYTES);
    EXPECT_EQ_INT(crew_message_get_text(&reader, &len) != NULL, long_text);
    EXPECT(!long_text || len == size - 1);
    read_body(buf.len - CREW_HEAD_BYTES);
    EXPECT_EQ_INT(crew_message_get_string(&reader) != NULL, string);
    EXPECT_EQ_INT(crew_message_is_done(&reader), string);
    base_buf_fini(&buf);
}

TEST(texts_end_and_are_utf8)
{
    expect_text("a", 2, 1, 1, 1);
    expect_text("", 1, 1, 1, 1);
    expect_text("\xc3\xa4", 3, 1, 1, 1);
    expect_text("a", 1, 0, 0, 0);
    expect_text("", 0, 0, 0, 0);
    expect_text("a\0b", 4, 0, 1, 0);
    expect_text("\xff", 2, 0, 0, 1);
}

/* Whoever appends to what is on its way must not spoil it. */
TEST(a_message_that_fails_leaves_what_was_there_before)
{
    size_t at;

    begin();
    at = crew_message_begin(&buf, CREW_CANCEL, 7);
    EXPECT(crew_message_end(&buf, at));
    at = crew_message_begin(&buf, CREW_CALL, 8);
    base_alloc_fail_at(1);
    for (int n = 0; n < 1000; n++)
        crew_message_u64(&buf, 1);
    base_alloc_fail_at(0);
    EXPECT(!crew_message_end(&buf, at));
    EXPECT_EQ_INT(buf.len, CREW_HEAD_BYTES);
    EXPECT_EQ_INT(crew_message_head(buf.at).id, 7);
    at = crew_message_begin(&buf, CREW_CANCEL, 9);
    EXPECT(crew_message_end(&buf, at));
    EXPECT_EQ_INT(crew_message_head(buf.at + at).id, 9);
    base_buf_fini(&buf);
}
