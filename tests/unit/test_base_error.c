/* test_base_error.c - sentences: cut, never overrun, and printable.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include "base/base_error.h"

#include <stdarg.h>

TEST(the_code_comes_back_and_the_sentence_is_kept)
{
    viv_error err;

    EXPECT_EQ_INT(base_error(&err, VIV_EFORMAT, "%s %d", "byte", 7),
                  VIV_EFORMAT);
    EXPECT_EQ_INT(err.code, VIV_EFORMAT);
    EXPECT_EQ_STR(err.text, "byte 7");
}

TEST(who_wants_no_sentence_gets_the_code)
{
    EXPECT_EQ_INT(base_error(NULL, VIV_EIO, "%s", "unused"), VIV_EIO);
    EXPECT_EQ_INT(base_error_memory(NULL), VIV_ENOMEM);
}

TEST(what_is_not_printable_ascii_becomes_a_question_mark)
{
    viv_error err;

    base_error(&err, VIV_EFORMAT, "%s", "a\x1b[31m\n\x7f\xc3\xa4~ z");
    EXPECT_EQ_STR(err.text, "a?[31m????~ z");
}

TEST(a_sentence_that_is_too_long_is_cut)
{
    struct {
        viv_error err;
        char behind;
    } it = {.behind = 'x'};
    char longer[sizeof(it.err.text) + 100];

    memset(longer, 'a', sizeof(longer));
    longer[sizeof(longer) - 1] = '\0';
    base_error(&it.err, VIV_EIO, "%s", longer);
    EXPECT_EQ_INT(strlen(it.err.text), sizeof(it.err.text) - 1);
    EXPECT_EQ_MEM(it.err.text, longer, sizeof(it.err.text) - 1);
    EXPECT_EQ_INT(it.behind, 'x');
}

static int pass_on(viv_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int pass_on(viv_error *err, const char *format, ...)
{
    va_list args;
    int code;

    va_start(args, format);
    code = base_error_list(err, VIV_ELINK, format, args);
    va_end(args);
    return code;
}

TEST(formats_can_be_passed_on)
{
    viv_error err;

    EXPECT_EQ_INT(pass_on(&err, "%u of %u", 1u, 2u), VIV_ELINK);
    EXPECT_EQ_STR(err.text, "1 of 2");
}

TEST(out_of_memory_is_said_in_words)
{
    viv_error err;

    EXPECT_EQ_INT(base_error_memory(&err), VIV_ENOMEM);
    EXPECT_EQ_INT(err.code, VIV_ENOMEM);
    EXPECT_EQ_STR(err.text, "out of memory");
}
