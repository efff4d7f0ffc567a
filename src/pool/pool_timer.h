/* pool_timer.h - what is to happen when, the earliest first.
 *
 * Floor 8.  A binary heap.  Room is made beforehand, so that setting a timer
 * cannot fail.  One thread at a time.
 *
 * Invariants:
 *     1. a timer that is set is at row[timer.at]; one that is not has at 0
 *     2. none is later than those below it: row n is above 2n and 2n + 1
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef POOL_TIMER_H
#define POOL_TIMER_H

#include <stddef.h>
#include <stdint.h>

struct pool_timer {
    uint64_t when;
    size_t at; /* 0: not set */
};

struct pool_timers {
    struct pool_timer **row; /* owned; row[0] is not used */
    size_t count, room;
};

/* Have room for `count` timers.  Fails with VIV_ENOMEM. */
int pool_timer_reserve(struct pool_timers *timers, size_t count);
void pool_timer_fini(struct pool_timers *timers);

/* Set it, which it was not; unset it, whether it was or not. */
void pool_timer_set(struct pool_timers *timers, struct pool_timer *timer,
                    uint64_t when);
void pool_timer_unset(struct pool_timers *timers, struct pool_timer *timer);

/* The earliest, or NULL. */
struct pool_timer *pool_timer_first(const struct pool_timers *timers);

#endif /* POOL_TIMER_H */
