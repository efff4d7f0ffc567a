/* os_clock.c - what time it is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_clock.h"

#include <time.h>

#include "os/os_tools.h"

static uint64_t read_clock(clockid_t clock)
{
    struct timespec now;

    os_tools_clock(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t os_clock_now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

uint64_t os_clock_wall(void)
{
    return read_clock(CLOCK_REALTIME);
}
