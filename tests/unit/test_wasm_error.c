/* test_wasm_error.c - the place stands behind every sentence.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include "wasm/wasm_error.h"

TEST(the_place_stands_behind_the_sentence)
{
    viv_error err;

    EXPECT_EQ_INT(wasm_error(&err, VIV_EFORMAT, 10302, "unknown %s", "x"),
                  VIV_EFORMAT);
    EXPECT_EQ_STR(err.text, "unknown x at byte 10302");
    EXPECT_EQ_INT(wasm_error(NULL, VIV_EUNSUPPORTED, 0, "x"), VIV_EUNSUPPORTED);
}

TEST(a_long_sentence_is_cut_before_its_place)
{
    viv_error err;
    char longest[1000];

    memset(longest, 'a', sizeof(longest));
    longest[sizeof(longest) - 1] = '\0';
    wasm_error(&err, VIV_EFORMAT, UINT64_MAX, "%s", longest);
    EXPECT_HAS_STR(err.text, "aaa at byte 18446744073709551615");
}

TEST(what_stopped_a_cursor_is_said)
{
    const uint8_t bytes[] = {1, 0xff};
    struct base_read read;
    viv_error err;

    base_read_init(&read, bytes, 2, 50);
    base_read_u8(&read);
    base_read_leb_u32(&read);
    EXPECT_EQ_INT(wasm_error_read(&err, &read), VIV_EFORMAT);
    EXPECT_EQ_STR(err.text, "unexpected end at byte 51");
}
