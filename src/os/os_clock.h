/* os_clock.h - what time it is.
 *
 * Floor 1.  Any thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_CLOCK_H
#define OS_CLOCK_H

#include <stdint.h>
#include <time.h>

#include "vivarium.h"

/* Nanoseconds since some moment in the past that stays the same while the
 * machine is up.  Never goes backwards, does not count suspension. */
uint64_t os_clock_now(void);

/* Nanoseconds since 1970, by the clock on the wall, which people set. */
uint64_t os_clock_wall(void);

/* The same number of nanoseconds, as system calls want it. */
static inline struct timespec os_clock_timespec(uint64_t ns)
{
    return (struct timespec){(time_t)(ns / VIV_NS_PER_S),
                             (long)(ns % VIV_NS_PER_S)};
}

#endif /* OS_CLOCK_H */
