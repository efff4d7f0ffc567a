/* test_os_fail.c - system calls that fail on demand.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>

#include "os/os_fail.h"
#include "test.h"

TEST(nothing_fails_by_itself)
{
    for (int i = 0; i < 100; i++)
        EXPECT(!os_fail_now());
}

TEST(call_n_and_all_after_it_fail)
{
    os_fail_at(3);
    EXPECT(!os_fail_now());
    EXPECT(!os_fail_now());
    errno = 0;
    EXPECT(os_fail_now());
    EXPECT_EQ_INT(errno, ENOMEM);
    EXPECT(os_fail_now());
}

TEST(zero_ends_it)
{
    os_fail_at(1);
    EXPECT(os_fail_now());
    os_fail_at(0);
    EXPECT(!os_fail_now());
}
