/* test_base_check.c - our own mistakes end the program.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include "base/base_check.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static int looked;

static int look(void)
{
    looked++;
    return 1;
}

static void fail_a_check(void)
{
    CHECK(looked == 12345);
}

static void reach_the_unreachable(void)
{
    UNREACHABLE("for a test");
}

TEST(a_condition_that_holds_is_looked_at_once_and_does_nothing)
{
    CHECK(look());
    EXPECT_EQ_INT(looked, 1);
}

TEST(a_condition_that_does_not_hold_aborts)
{
    EXPECT_DIES(SIGABRT, fail_a_check);
    EXPECT_DIES(SIGABRT, reach_the_unreachable);
}

TEST(a_costly_check_is_not_even_evaluated_in_ordinary_builds)
{
    DCHECK(look());
#ifdef VIV_DCHECK
    EXPECT_EQ_INT(looked, 1);
#else
    EXPECT_EQ_INT(looked, 0);
#endif
}

TEST(the_words_name_file_line_and_condition)
{
    char text[256] = "";
    int ends[2];

    EXPECT_EQ_INT(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    EXPECT_DIES(SIGABRT, fail_a_check);
    EXPECT(read(ends[0], text, sizeof(text) - 1) > 0);
    EXPECT_HAS_STR(text, "test_base_check.c:");
    EXPECT_HAS_STR(text, "looked == 12345");
}
