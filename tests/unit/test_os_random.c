/* test_os_random.c - bytes that nobody can guess.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_random.h"

#include <errno.h>

#include "os/os_fail.h"
#include "test.h"

TEST(all_bytes_are_filled_and_none_beyond)
{
    static unsigned char bytes[1 << 20];
    size_t seen[256] = {0};

    bytes[sizeof(bytes) - 1] = 0;
    EXPECT_EQ_INT(os_random_fill(bytes, sizeof(bytes) - 1), 0);
    EXPECT_EQ_INT(bytes[sizeof(bytes) - 1], 0);
    for (size_t i = 0; i < sizeof(bytes); i++)
        seen[bytes[i]]++;
    /* 4,096 of each, give or take 64: ten times that does not happen. */
    for (int i = 0; i < 256; i++)
        EXPECT(seen[i] > 3456 && seen[i] < 4736);
}

TEST(two_fillings_differ)
{
    char one[16], other[16];

    EXPECT_EQ_INT(os_random_fill(one, sizeof(one)), 0);
    EXPECT_EQ_INT(os_random_fill(other, sizeof(other)), 0);
    EXPECT(memcmp(one, other, sizeof(one)) != 0);
}

TEST(nothing_takes_no_system_call)
{
    os_fail_at(1);
    EXPECT_EQ_INT(os_random_fill(NULL, 0), 0);
}

TEST(a_failure_is_told)
{
    char bytes[4];

    os_fail_at(1);
    EXPECT_EQ_INT(os_random_fill(bytes, sizeof(bytes)), -ENOMEM);
}
