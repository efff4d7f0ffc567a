/* test_base_text.c - text that is counted, and kept as far as there is room.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_text.h"

#include "base/base_alloc.h"
#include "test.h"

static size_t say(char *to, size_t size)
{
    struct base_text out;

    base_text_init(&out, to, size);
    base_text_string(&out, "one ");
    base_text_format(&out, "%d %s", 2, "three");
    base_text_char(&out, '!');
    base_text_bytes(&out, "\xc3\xa9", 2);
    return base_text_end(&out, size);
}

TEST(all_of_it_is_kept_where_there_is_room)
{
    char text[15];

    EXPECT_EQ_INT(say(text, sizeof(text)), 14);
    EXPECT_EQ_STR(text, "one 2 three!\xc3\xa9");
}

TEST(what_has_no_room_is_counted)
{
    static const char whole[] = "one 2 three!\xc3\xa9";
    char text[16];

    EXPECT_EQ_INT(say(NULL, 0), 14);
    for (size_t size = 1; size < 15; size++) {
        /* of a long character all or nothing */
        size_t kept = size - 1 == 13 ? 12 : size - 1;

        memset(text, '~', sizeof(text));
        EXPECT_EQ_INT(say(text, size), 14);
        EXPECT_EQ_MEM(text, whole, kept);
        EXPECT_EQ_INT(text[kept], '\0');
        EXPECT_EQ_INT(text[size], '~');
    }
}

TEST(a_format_gives_short_things_only)
{
    struct base_text out;
    char text[400];

    base_text_init(&out, text, sizeof(text));
    base_text_format(&out, "%0300d", 1);
    EXPECT_EQ_INT(base_text_end(&out, sizeof(text)), 199);
}

TEST(a_copy_is_ones_own_or_none)
{
    char *copy = base_text_copy("copied");

    EXPECT_EQ_STR(copy, "copied");
    base_free(copy);
    base_alloc_fail_at(1);
    EXPECT(base_text_copy("copied") == NULL);
    base_alloc_fail_at(0);
}
