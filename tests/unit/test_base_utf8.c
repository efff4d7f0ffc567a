/* test_base_utf8.c - every character, and every string of up to three bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include "base/base_utf8.h"

/* Encode as if everything up to 21 bits were a character, in `len` bytes. */
static void encode(uint32_t character, size_t len, uint8_t *to)
{
    static const uint8_t leads[] = {0, 0x00, 0xc0, 0xe0, 0xf0};

    for (size_t i = len; i-- > 1; character >>= 6)
        to[i] = (uint8_t)(0x80 | (character & 0x3f));
    to[0] = (uint8_t)(leads[len] | character);
}

static size_t length_of(uint32_t character)
{
    return character < 0x80      ? 1
           : character < 0x800   ? 2
           : character < 0x10000 ? 3
                                 : 4;
}

TEST(all_characters_are_valid_in_their_shortest_form_only)
{
    for (uint32_t c = 0; c < 0x200000; c++) {
        int is_character = c < 0xd800 || (c > 0xdfff && c <= 0x10ffff);
        uint8_t bytes[4];
        for (size_t len = length_of(c); len <= 4; len++) {
            encode(c, len, bytes);
            EXPECT_EQ_INT(base_utf8_is_valid(bytes, len),
                          is_character && len == length_of(c));
        }
    }
}

/* There are 128 characters of one byte, 1,920 of two and 61,440 of three
 * (surrogates taken off): so many strings of three bytes are valid and no
 * others. */
TEST(as_many_strings_are_valid_as_characters_can_spell)
{
    uint32_t valid = 0;

    for (uint32_t i = 0; i < 0x1000000; i++) {
        uint8_t bytes[3] = {(uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};
        valid += base_utf8_is_valid(bytes, 3);
    }
    EXPECT_EQ_INT(valid, 128 * 128 * 128 + 2 * 128 * 1920 + 61440);
}

TEST(a_character_cut_short_is_invalid)
{
    const uint8_t text[] = {'a', 0xf0, 0x9f, 0x90, 0x8d};

    EXPECT(base_utf8_is_valid(text, 0));
    EXPECT(base_utf8_is_valid(text, 1));
    for (size_t len = 2; len < sizeof(text); len++)
        EXPECT(!base_utf8_is_valid(text, len));
    EXPECT(base_utf8_is_valid(text, sizeof(text)));
}

TEST(one_byte_anywhere_makes_a_long_text_invalid)
{
    uint8_t text[40];

    for (size_t len = 0; len <= sizeof(text); len++) {
        memset(text, 'a', sizeof(text));
        EXPECT(base_utf8_is_valid(text, len));
        for (size_t at = 0; at < len; at++) {
            text[at] = 0x80;
            EXPECT(!base_utf8_is_valid(text, len));
            text[at] = 'a';
        }
    }
}
