/* test_aot_profile.c - tests of finding profiles.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_profile.h"

#include "aot_tools.h"
#include "os/os_path.h"

static struct os_scratch scratch;
static char arg[AOT_PROFILE_ARG_MAX];
static viv_error err;

static int find(const char *name)
{
    EXPECT_EQ_INT(os_scratch_adopt(tools_path("scratch"), &scratch, NULL), 0);
    EXPECT_EQ_INT(os_path_make_folder(tools_path("profiles"), NULL), 0);
    memset(&err, 0, sizeof(err));
    return aot_profile_find(tools_path(name), &scratch, arg, &err);
}

static void make_folder(void)
{
    EXPECT_EQ_INT(os_path_make_folder(tools_path("profiles"), NULL), 0);
}

TEST(a_merged_profile_is_taken_as_it_is)
{
    tools_write("it.profdata", "x", 1);
    EXPECT_EQ_INT(find("it.profdata"), 0);
    EXPECT_HAS_STR(arg, "-fprofile-use=/");
    EXPECT_HAS_STR(arg, "/it.profdata");
}

TEST(a_profile_that_is_not_there_is_an_error)
{
    EXPECT(find("none.profdata") < 0);
    EXPECT_HAS_STR(err.text, "none.profdata");
}

TEST(an_empty_folder_says_what_to_do)
{
    EXPECT_EQ_INT(find("profiles"), VIV_ENOTFOUND);
    EXPECT_HAS_STR(err.text, "--pgo-generate");
}

TEST(a_raw_profile_that_is_none_is_an_error)
{
    if (system("command -v llvm-profdata-19 >/dev/null") != 0)
        SKIP("there is no llvm-profdata-19");
    tools_write("it.profraw", "no profile", 10);
    EXPECT_EQ_INT(find("it.profraw"), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "it.profraw");
}

TEST(profiles_of_gcc_are_brought_to_where_gcc_looks)
{
    make_folder();
    tools_write("profiles/#tmp#vivarium-0-abc#unit0.gcda", "zero", 4);
    tools_write("profiles/#tmp#vivarium-0-abc#unit11.gcda", "eleven", 6);
    EXPECT_EQ_INT(find("profiles"), 0);
    EXPECT_EQ_STR(arg, "-fprofile-use");
    EXPECT_EQ_INT(access(tools_path("scratch/unit0.gcda"), R_OK), 0);
    EXPECT_EQ_INT(access(tools_path("scratch/unit11.gcda"), R_OK), 0);
}

TEST(profiles_of_two_compiles_of_gcc_cannot_be_told_apart)
{
    make_folder();
    tools_write("profiles/#tmp#vivarium-0-abc#unit0.gcda", "a", 1);
    tools_write("profiles/#tmp#vivarium-0-def#unit0.gcda", "b", 1);
    EXPECT_EQ_INT(find("profiles"), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "unit0.gcda");
}
