/* test_data_text_string.c - text and bytes as Python prints them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "data/data_text_parts.h"
#include "data_oracle.h"

static char text[2000];

static const char *text_of_string(const char *string)
{
    struct base_text out;

    base_text_init(&out, text, sizeof(text));
    data_text_string(&out, string, strlen(string));
    base_text_end(&out, sizeof(text));
    return text;
}

static const char *text_of_bytes(const char *bytes, size_t len)
{
    struct base_text out;

    base_text_init(&out, text, sizeof(text));
    data_text_bytes(&out, bytes, len);
    base_text_end(&out, sizeof(text));
    return text;
}

TEST(quotes_are_chosen_as_in_python)
{
    EXPECT_EQ_STR(text_of_string(""), "''");
    EXPECT_EQ_STR(text_of_string("it"), "'it'");
    EXPECT_EQ_STR(text_of_string("it's"), "\"it's\"");
    EXPECT_EQ_STR(text_of_string("\"it\""), "'\"it\"'");
    EXPECT_EQ_STR(text_of_string("\"it's\""), "'\"it\\'s\"'");
    EXPECT_EQ_STR(text_of_bytes("'", 1), "b\"'\"");
    EXPECT_EQ_STR(text_of_bytes("'\"", 2), "b'\\'\"'");
    EXPECT_EQ_STR(text_of_bytes(NULL, 0), "b''");
}

TEST(what_does_something_to_a_terminal_is_escaped)
{
    EXPECT_EQ_STR(text_of_string("a\n\r\t\\\x1b[2J\x7f"),
                  "'a\\n\\r\\t\\\\\\x1b[2J\\x7f'");
    EXPECT_EQ_STR(text_of_string("\xc2\x9b"), "'\\x9b'");
    EXPECT_EQ_STR(text_of_string("\xc3\xa9"), "'\xc3\xa9'");
    EXPECT_EQ_STR(text_of_string("\xe2\x80\xae"), "'\\u202e'");
    EXPECT_EQ_STR(text_of_string("\xf3\xa0\x80\x81"), "'\\U000e0001'");
    EXPECT_EQ_STR(text_of_string("\xf0\x9f\x90\x8d"), "'\xf0\x9f\x90\x8d'");
    EXPECT_EQ_STR(text_of_bytes("\0\n\xc3\xa9z", 5), "b'\\x00\\n\\xc3\\xa9z'");
}

static size_t encode(uint32_t c, char *to)
{
    static const uint8_t leads[] = {0, 0x00, 0xc0, 0xe0, 0xf0};
    size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (size_t i = len; i-- > 1; c >>= 6)
        to[i] = (char)(0x80 | (c & 0x3f));
    to[0] = (char)(leads[len] | c);
    return len;
}

/* Sixteen at a time, so that one character too much shows. */
TEST(python_prints_every_character_so)
{
    viv_writer writer;

    data_write_init(&writer, NULL, 1000);
    oracle_begin();
    for (uint32_t row = 0; row <= 0x10ffff; row += 16) {
        char string[64];
        size_t len = 0;
        if (row >= 0xd800 && row <= 0xdfff)
            continue;
        for (uint32_t c = row; c < row + 16; c++)
            len += encode(c, string + len);
        data_write_text(&writer, string, len);
        oracle_ask_writer(&writer);
    }
    oracle_end();
    data_write_fini(&writer);
}
