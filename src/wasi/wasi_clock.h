/* wasi_clock.h - what time a guest is told.
 *
 * Floor 6.  Four clocks, with preview 1's numbers.  Only the first says
 * anything about the world: the others begin at a second, go on from where they
 * were wherever the guest is loaded, and never go backwards but by a reset.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASI_CLOCK_H
#define WASI_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "wasi/wasi.h"

enum wasi_clock {
    WASI_CLOCK_WALL = 0,
    WASI_CLOCK_MONOTONIC = 1,
    WASI_CLOCK_WORK = 2, /* of the process: what the sandbox has run */
    WASI_CLOCK_THREAD = 3,
    WASI_CLOCK_COUNT
};

/* Nanoseconds, in the granularity that the host chose. */
uint64_t wasi_clock_now(struct wasi *wasi, enum wasi_clock clock);
uint64_t wasi_clock_resolution(const struct wasi *wasi);

/* The first of them, for who does not ask on the guest's behalf. */
uint64_t wasi_clock_wall(struct wasi *wasi);

/* How long it is from now to the time `when` of this clock: 0 if it is over. */
uint64_t wasi_clock_until(struct wasi *wasi, enum wasi_clock clock,
                          uint64_t when);

/* The guest has slept, as long as it wanted to: for clocks that go by that. */
void wasi_clock_slept(struct wasi *wasi, uint64_t ns);

#endif /* WASI_CLOCK_H */
