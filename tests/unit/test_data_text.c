/* test_data_text.c - values as text, and Python's word on them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "data/data_check.h"
#include "data_oracle.h"
#include "data_random.h"

static const char *text(const char *spelled)
{
    struct hex in = hex(spelled);

    return text_of(in.bytes, in.len);
}

TEST(containers_look_as_in_python)
{
    EXPECT_EQ_STR(text("80"), "[]");
    EXPECT_EQ_STR(text("8180"), "[[]]");
    EXPECT_EQ_STR(text("da7669760180"), "()");
    EXPECT_EQ_STR(text("da7669760181f6"), "(None,)");
    EXPECT_EQ_STR(text("da7669760182f6f5"), "(None, True)");
    EXPECT_EQ_STR(text("d9010280"), "set()");
    EXPECT_EQ_STR(text("d90102820102"), "{1, 2}");
    EXPECT_EQ_STR(text("da7669760280"), "frozenset()");
    EXPECT_EQ_STR(text("da7669760281da7669760280"), "frozenset({frozenset()})");
    EXPECT_EQ_STR(text("a0"), "{}");
    EXPECT_EQ_STR(text("a201a0da7669760180a10304"), "{1: {}, (): {3: 4}}");
}

TEST(what_is_no_value_ends_the_text)
{
    EXPECT_EQ_STR(text(""), "<?>");
    EXPECT_EQ_STR(text("ff"), "<?>");
    EXPECT_EQ_STR(text("820102 03"), "[1, 2]<?>");
    EXPECT_EQ_STR(text("8301f7"), "<?>");
    EXPECT_EQ_STR(text("8201f7"), "[1, <?>");
    EXPECT_EQ_STR(text("a101ff"), "{1: <?>");
    EXPECT_EQ_STR(text("a18001"), "{<?>");
    EXPECT_EQ_INT(data_text(NULL, 0, NULL, 0), 3);
}

TEST(as_much_is_kept_as_there_is_room)
{
    struct hex in = hex("82 63616263 64c3a9c3a9");
    const char *whole = "['abc', '\xc3\xa9\xc3\xa9']";
    char to[40];

    for (size_t size = 0; size < sizeof(to); size++) {
        size_t kept = size > 16 ? 15 : size - (size > 0);
        if (kept == 10 || kept == 12)
            kept--;
        memset(to, 'x', sizeof(to));
        EXPECT_EQ_INT(data_text(in.bytes, in.len, to, size), strlen(whole));
        EXPECT_EQ_MEM(to, whole, size > 0 ? kept : 0);
        if (size > 0)
            EXPECT_EQ_INT(to[kept], 0);
        for (size_t i = size > 0 ? kept + 1 : 0; i < sizeof(to); i++)
            EXPECT_EQ_INT(to[i], 'x');
    }
}

TEST(the_deepest_value_has_its_text)
{
    uint8_t bytes[VIV_DATA_DEPTH_MAX + 1];
    const char *deep;

    memset(bytes, 0x81, sizeof(bytes));
    bytes[VIV_DATA_DEPTH_MAX - 1] = 0x80;
    deep = text_of(bytes, VIV_DATA_DEPTH_MAX);
    EXPECT_EQ_INT(strlen(deep), 2 * VIV_DATA_DEPTH_MAX);
    EXPECT_EQ_INT(deep[VIV_DATA_DEPTH_MAX - 1], '[');
    EXPECT_EQ_INT(deep[VIV_DATA_DEPTH_MAX], ']');
    bytes[VIV_DATA_DEPTH_MAX - 1] = 0x81;
    bytes[VIV_DATA_DEPTH_MAX] = 0x80;
    deep = text_of(bytes, VIV_DATA_DEPTH_MAX + 1);
    EXPECT_EQ_INT(strlen(deep), VIV_DATA_DEPTH_MAX + 3);
}

TEST(python_prints_any_value_so)
{
    uint64_t state = 20261126;
    viv_writer writer;

    data_write_init(&writer, NULL, 1 << 20);
    oracle_begin();
    for (int i = 0; i < 20000; i++) {
        random_value(&writer, &state, 5);
        oracle_ask_writer(&writer);
    }
    oracle_end();
    data_write_fini(&writer);
}
