/* test_python_answer.c - what the host answers, as it is written.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/python_answer.h"

#include "test.h"

static viv_writer writer;
static char text[200];

static const char *said(void)
{
    const void *bytes;
    size_t len;
    viv_error err;

    EXPECT_EQ_INT(viv_writer_end(&writer, &bytes, &len, &err), 0);
    viv_data_text(bytes, len, text, sizeof(text));
    return text;
}

TEST(a_good_answer_has_one_value_behind_it)
{
    viv_writer_init(&writer, NULL, 1000);
    python_answer_begin(&writer, PYTHON_ANSWER_CALL);
    viv_write_int(&writer, 5);
    EXPECT_EQ_STR(said(), "[0, 5]");
    python_answer_begin(&writer, 77);
    viv_write_text(&writer, "x", 1);
    EXPECT_EQ_STR(said(), "[77, 0, 'x']");
    viv_writer_fini(&writer);
}

TEST(a_bad_one_is_whole_whatever_was_written_before)
{
    viv_writer_init(&writer, NULL, 1000);
    python_answer_begin(&writer, 3);
    python_answer_raise(&writer, 3, "KeyError", "no");
    EXPECT_EQ_STR(said(), "[3, 1, 'KeyError', 'no']");
    python_answer_raise(&writer, PYTHON_ANSWER_CALL, "", "");
    EXPECT_EQ_STR(said(), "[1, '', '']");
    viv_writer_fini(&writer);
}
