/* os_clock.c - what time it is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_clock.h"

#include <time.h>

#include "os/os_tools.h"

uint64_t os_clock_now(void)
{
    struct timespec now;

    os_tools_clock(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
