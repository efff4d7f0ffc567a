/* raise.c - signals do what they do by default.
 *
 * exit: 143
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "check.h"

int main(void)
{
    static const uint32_t harmless[] = {0, 16, 17, 18, 19, 20, 21, 22, 27};

    for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
        EXPECT_EQ(raw_proc_raise(harmless[i]), ER_OK);
    EXPECT_EQ(raw_proc_raise(31), ER_INVAL);
    EXPECT_EQ(raw_proc_raise(UINT32_MAX), ER_INVAL);
    EXPECT_EQ(raw_sched_yield(), ER_OK);
    raw_proc_raise(15); /* TERM */
    return 1;
}
