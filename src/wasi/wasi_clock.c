/* wasi_clock.c - what time a guest is told.
 *
 * A clock that goes by the host's shows how much the host's has gone since an
 * origin.  The origin is chosen when the clock is looked at for the first time
 * here, so that it shows no less than the guest has ever seen; what it has seen
 * is in the store.  Sums wrap, for what is in the store may be anything.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_clock.h"

#include "os/os_clock.h"

/* Clocks that begin at 0 confuse programs: to some, no time is "never". */
#define BEGINNING VIV_NS_PER_S

#define COARSE_NS UINT64_C(1000000)
#define STEP_NS   UINT64_C(1000)

/* ------------------------------------------------------------------------
 * The host's clocks.
 */

/* Time in which the sandbox ran. */
static uint64_t work_now(const struct sandbox *sandbox)
{
    return sandbox->sum.run_ns + sandbox->call.used.run_ns + os_clock_now() -
           sandbox->instance.fiber.entered;
}

static uint64_t show(struct wasi *wasi, int which, uint64_t now)
{
    struct wasi_head *head = wasi_head(wasi);
    uint64_t seen = head != NULL ? head->seen[which] : 0;

    if (seen < BEGINNING)
        seen = BEGINNING;
    if (!wasi->has_origin[which]) {
        wasi->origin[which] = now - seen;
        wasi->has_origin[which] = true;
    }
    now -= wasi->origin[which];
    if (head != NULL && now > seen)
        head->seen[which] = now;
    return now;
}

static uint64_t host_now(struct wasi *wasi, enum wasi_clock clock)
{
    switch (clock) {
    case WASI_CLOCK_WALL:
        return os_clock_wall();
    case WASI_CLOCK_MONOTONIC:
        return show(wasi, WASI_SEEN_MONOTONIC, os_clock_now());
    default:
        return show(wasi, WASI_SEEN_WORK, work_now(wasi->sandbox));
    }
}

/* ------------------------------------------------------------------------
 * Clocks of the host's choice.
 */

static uint64_t chosen_now(struct wasi *wasi, enum wasi_clock clock)
{
    const struct wasi_head *head = wasi_head(wasi);
    uint64_t start =
        clock == WASI_CLOCK_WALL ? wasi->grant.said.clock_start_ns : BEGINNING;

    if (wasi->grant.said.clock == VIV_CLOCK_STEPS && head != NULL)
        start += head->ticks;
    return start;
}

static void go_on(struct wasi *wasi, uint64_t ns)
{
    struct wasi_head *head = wasi_head(wasi);

    if (wasi->grant.said.clock == VIV_CLOCK_STEPS && head != NULL)
        head->ticks += ns;
}

/* ------------------------------------------------------------------------
 * Looking.
 */

static uint64_t now_of(struct wasi *wasi, enum wasi_clock clock)
{
    switch (wasi->grant.said.clock) {
    case VIV_CLOCK_FINE:
        return host_now(wasi, clock);
    case VIV_CLOCK_COARSE:
        return host_now(wasi, clock) / COARSE_NS * COARSE_NS;
    default:
        return chosen_now(wasi, clock);
    }
}

uint64_t wasi_clock_now(struct wasi *wasi, enum wasi_clock clock)
{
    go_on(wasi, STEP_NS);
    return now_of(wasi, clock);
}

uint64_t wasi_clock_wall(struct wasi *wasi)
{
    return now_of(wasi, WASI_CLOCK_WALL);
}

uint64_t wasi_clock_resolution(const struct wasi *wasi)
{
    switch (wasi->grant.said.clock) {
    case VIV_CLOCK_FINE:
        return 1;
    case VIV_CLOCK_STEPS:
        return STEP_NS;
    default:
        return COARSE_NS;
    }
}

uint64_t wasi_clock_until(struct wasi *wasi, enum wasi_clock clock,
                          uint64_t when)
{
    uint64_t now = now_of(wasi, clock);

    return when > now ? when - now : 0;
}

void wasi_clock_slept(struct wasi *wasi, uint64_t ns)
{
    go_on(wasi, ns);
}
