/* test_api_text.c - vivarium.h: what numbers are called.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"
#include "vivarium.h"

TEST(the_version_is_that_of_the_file)
{
    EXPECT_EQ_STR(viv_version(), VIV_VERSION);
}

TEST(every_code_has_a_name_and_others_have_none)
{
    EXPECT_EQ_STR(viv_error_name(VIV_EINVAL), "VIV_EINVAL");
    EXPECT_EQ_STR(viv_error_name(VIV_EUNSUPPORTED), "VIV_EUNSUPPORTED");
    for (int code = -1; code >= VIV_EFULL; code--) {
        EXPECT_EQ_MEM(viv_error_name(code), "VIV_E", 5);
        for (int other = -1; other > code; other--)
            EXPECT(strcmp(viv_error_name(code), viv_error_name(other)) != 0);
    }
    EXPECT_EQ_STR(viv_error_name(0), "?");
    EXPECT_EQ_STR(viv_error_name(1), "?");
    EXPECT_EQ_STR(viv_error_name(VIV_EFULL - 1), "?");
}

TEST(every_trap_has_a_text_and_others_have_none)
{
    for (uint32_t trap = VIV_TRAP_UNREACHABLE; trap <= VIV_TRAP_HOST; trap++)
        EXPECT(strcmp(viv_trap_text(trap), "?") != 0);
    EXPECT_EQ_STR(viv_trap_text(VIV_TRAP_DIVIDE_BY_ZERO),
                  "integer divide by zero");
    EXPECT_EQ_STR(viv_trap_text(0), "?");
    EXPECT_EQ_STR(viv_trap_text(11), "?");
    EXPECT_EQ_STR(viv_trap_text(UINT32_MAX), "?");
}
