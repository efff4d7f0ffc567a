/* test_mem_format.c - how images and regions are saved: the header.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_format.h"

#include "os/os_map.h"
#include "test.h"

#define PAGE OS_PAGE_BYTES

static const struct mem_format_key NO_KEY = {NULL, 0};
static const struct mem_format_key KEY = {"secret", 6};
static struct mem_format_header header, found;
static uint8_t bytes[MEM_FORMAT_HEADER_BYTES];
static viv_error err;

static void begin(struct mem_format_key key)
{
    memset(&header, 0, sizeof(header));
    header.kind = MEM_FORMAT_DELTA;
    header.state_bytes = 2 * PAGE;
    header.linear_bytes = 16 * PAGE;
    header.run_count = 2;
    header.page_count = 5;
    for (int i = 0; i < 32; i++) {
        header.identity[i] = (uint8_t)i;
        header.base[i] = (uint8_t)(i + 32);
        header.body[i] = (uint8_t)(i + 64);
    }
    mem_format_write(&header, key, bytes);
}

static size_t length(void)
{
    return MEM_FORMAT_HEADER_BYTES + mem_format_body_bytes(&header);
}

static int read_it(struct mem_format_key key)
{
    return mem_format_read(bytes, length(), key, &found, &err);
}

static void expect_refused(int code, struct mem_format_key key,
                           const char *words)
{
    EXPECT_EQ_INT(read_it(key), code);
    EXPECT_HAS_STR(err.text, words);
}

static void expect_found(void)
{
    EXPECT_EQ_INT(found.kind, header.kind);
    EXPECT_EQ_INT(found.state_bytes, header.state_bytes);
    EXPECT_EQ_INT(found.linear_bytes, header.linear_bytes);
    EXPECT_EQ_INT(found.run_count, header.run_count);
    EXPECT_EQ_INT(found.page_count, header.page_count);
    EXPECT_EQ_MEM(found.identity, header.identity, 32);
    EXPECT_EQ_MEM(found.base, header.base, 32);
    EXPECT_EQ_MEM(found.body, header.body, 32);
}

TEST(what_is_written_is_read)
{
    begin(NO_KEY);
    EXPECT_EQ_INT(mem_format_body_bytes(&header), 2 * 8 + 5 * PAGE);
    EXPECT_EQ_INT(read_it(NO_KEY), 0);
    expect_found();
    begin(KEY);
    EXPECT_EQ_INT(read_it(KEY), 0);
    expect_found();
}

/* Files that were written by one version are read by the next. */
TEST(the_layout_is_the_one_that_the_header_draws)
{
    begin(KEY);
    EXPECT_EQ_MEM(bytes, "vivimage\1\0\0\0\2\0\0\0\1\0\0\0\0\20\0\0", 24);
    EXPECT_EQ_MEM(bytes + 24, "\0\40\0\0\0\0\0\0\0\0\1\0\0\0\0\0", 16);
    EXPECT_EQ_MEM(bytes + 40, "\2\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0", 16);
    EXPECT_EQ_MEM(bytes + 56, "\0\0\0\0\0\0\0\0", 8);
    for (int i = 0; i < 96; i++)
        EXPECT_EQ_INT(bytes[64 + i], i);
}

TEST(no_bit_can_be_changed)
{
    for (int keyed = 0; keyed < 2; keyed++) {
        struct mem_format_key key = keyed ? KEY : NO_KEY;

        begin(key);
        for (int bit = 0; bit < 8 * MEM_FORMAT_HEADER_BYTES; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            EXPECT(read_it(key) < 0);
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        EXPECT_EQ_INT(read_it(key), 0);
    }
}

TEST(another_version_is_named)
{
    begin(NO_KEY);
    bytes[8] = 2;
    expect_refused(VIV_EVERSION, NO_KEY,
                   "has format 2, this library reads "
                   "format 1");
}

TEST(a_key_must_be_there_on_both_sides_and_the_same)
{
    struct mem_format_key other = {"secreT", 6}, empty = {"", 0};

    begin(KEY);
    expect_refused(VIV_EFORMAT, NO_KEY, "was made with a key, and none");
    expect_refused(VIV_EFORMAT, other, "or has another key");
    expect_refused(VIV_EFORMAT, empty, "or has another key");
    begin(NO_KEY);
    expect_refused(VIV_EFORMAT, KEY, "without a key, and a key was given");
    expect_refused(VIV_EFORMAT, empty, "without a key, and a key was given");
    begin(empty);
    EXPECT_EQ_INT(read_it(empty), 0);
    expect_refused(VIV_EFORMAT, NO_KEY, "was made with a key, and none");
}

TEST(something_else_is_no_saved_image)
{
    begin(NO_KEY);
    EXPECT_EQ_INT(mem_format_read(bytes, 0, NO_KEY, &found, &err), VIV_EFORMAT);
    EXPECT_EQ_INT(mem_format_read(bytes, MEM_FORMAT_HEADER_BYTES - 1, NO_KEY,
                                  &found, &err),
                  VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "these 191 bytes are no saved image");
    bytes[0] = 'V';
    expect_refused(VIV_EFORMAT, NO_KEY, "no saved image");
}

TEST(the_length_must_be_right_to_the_byte)
{
    begin(NO_KEY);
    for (int by = -1; by <= 1; by++)
        EXPECT_EQ_INT(
            mem_format_read(bytes, length() + (size_t)by, NO_KEY, &found, &err),
            by == 0 ? 0 : VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "has 20689 bytes and should have 20688");
}

/* A header that somebody has sealed anew, with numbers of their own. */
static void expect_nonsense(void)
{
    mem_format_write(&header, NO_KEY, bytes);
    expect_refused(VIV_EFORMAT, NO_KEY, "says what cannot be");
    begin(NO_KEY);
}

TEST(numbers_that_cannot_be_are_refused_though_sealed)
{
    begin(NO_KEY);
    header.kind = 0;
    expect_nonsense();
    header.kind = 5;
    expect_nonsense();
    header.state_bytes++;
    expect_nonsense();
    header.linear_bytes--;
    expect_nonsense();
    header.state_bytes = header.linear_bytes = 0;
    header.run_count = header.page_count = 0;
    expect_nonsense();
    header.page_count = 19;
    expect_nonsense();
    header.run_count = 6;
    expect_nonsense();
    header.run_count = header.page_count = UINT64_MAX;
    expect_nonsense();
    header.linear_bytes = 0 - (uint64_t)PAGE;
    expect_nonsense();
    header.linear_bytes = MEM_FORMAT_PAGES_MAX * PAGE;
    expect_nonsense();
}

TEST(the_largest_numbers_are_accepted)
{
    begin(NO_KEY);
    header.linear_bytes = MEM_FORMAT_PAGES_MAX * PAGE - header.state_bytes;
    mem_format_write(&header, NO_KEY, bytes);
    EXPECT_EQ_INT(read_it(NO_KEY), 0);
}

TEST(runs_are_two_numbers)
{
    struct mem_format_run run = {0x01020304, 0xf0000001};
    uint8_t text[MEM_FORMAT_RUN_BYTES];

    mem_format_write_run(run, text);
    EXPECT_EQ_MEM(text, "\4\3\2\1\1\0\0\360", 8);
    run = mem_format_read_run(text);
    EXPECT_EQ_INT(run.first, 0x01020304);
    EXPECT_EQ_INT(run.count, 0xf0000001);
}

TEST(the_digest_depends_on_sizes_and_body)
{
    static uint8_t body[2 * 8 + 5 * PAGE];
    uint8_t first[32], second[32];

    begin(NO_KEY);
    mem_format_digest(&header, body, first);
    header.linear_bytes += PAGE;
    mem_format_digest(&header, body, second);
    EXPECT(memcmp(first, second, 32) != 0);
    header.linear_bytes -= PAGE;
    body[sizeof(body) - 1] = 1;
    mem_format_digest(&header, body, second);
    EXPECT(memcmp(first, second, 32) != 0);
    body[sizeof(body) - 1] = 0;
    mem_format_digest(&header, body, second);
    EXPECT_EQ_MEM(first, second, 32);
}

TEST(a_placed_image_is_as_long_as_its_header_says)
{
    begin(NO_KEY);
    header.kind = MEM_FORMAT_PLACED;
    mem_format_write(&header, NO_KEY, bytes);
    EXPECT_EQ_INT(mem_format_placed_at(&header), PAGE);
    EXPECT_EQ_INT(mem_format_bytes(&header),
                  PAGE + header.state_bytes + header.linear_bytes);
    EXPECT_EQ_INT(
        mem_format_read(bytes, mem_format_bytes(&header), NO_KEY, &found, &err),
        0);
    EXPECT_EQ_INT(mem_format_read(bytes, mem_format_bytes(&header) - 1, NO_KEY,
                                  &found, &err),
                  VIV_EFORMAT);
}
