/* test_os_clock.c - what time it is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_clock.h"

#include <time.h>

#include "test.h"

TEST(it_never_goes_back)
{
    uint64_t last = os_clock_now();

    for (int i = 0; i < 10000; i++) {
        uint64_t now = os_clock_now();

        EXPECT(now >= last);
        last = now;
    }
}

TEST(it_counts_nanoseconds)
{
    struct timespec pause = {0, 20000000};
    uint64_t before = os_clock_now();

    nanosleep(&pause, NULL);
    EXPECT(os_clock_now() - before >= 20000000);
}

TEST(the_wall_has_a_clock_of_its_own)
{
    uint64_t s = os_clock_wall() / 1000000000;

    EXPECT(s >= (uint64_t)time(NULL) - 1 && s <= (uint64_t)time(NULL));
}
