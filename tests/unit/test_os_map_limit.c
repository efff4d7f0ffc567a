/* test_os_map_limit.c - how many mappings this process may have.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_map_limit.h"

#include "os/os_fail.h"
#include "os/os_map.h"
#include "test.h"

TEST(each_mapping_counts)
{
    char *mapping = os_map_reserve(100 * OS_PAGE_BYTES);
    size_t before = os_map_limit_used();
    int i;

    EXPECT(before > 5);
    for (i = 1; i < 99; i += 2)
        EXPECT_EQ_INT(os_map_commit(mapping + i * OS_PAGE_BYTES, OS_PAGE_BYTES),
                      0);
    EXPECT_EQ_INT(os_map_limit_used(), before + 98);
    os_map_release(mapping, 100 * OS_PAGE_BYTES);
}

TEST(the_limit_is_the_kernels)
{
    EXPECT(os_map_limit_max() > os_map_limit_used());
}

TEST(a_system_that_does_not_say_is_no_number)
{
    for (uint64_t n = 1; n <= 2; n++) {
        os_fail_at(n);
        EXPECT_EQ_INT(os_map_limit_used(), 0);
        os_fail_at(n);
        EXPECT_EQ_INT(os_map_limit_max(), 0);
    }
}
