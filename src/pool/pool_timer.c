/* pool_timer.c - what is to happen when, the earliest first.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_timer.h"

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "vivarium.h"

int pool_timer_reserve(struct pool_timers *timers, size_t count)
{
    struct pool_timer **row;

    if (count <= timers->room)
        return 0;
    if (count < 2 * timers->room)
        count = 2 * timers->room;
    row = base_alloc_array(timers->row, count + 1, sizeof(*row));
    if (row == NULL)
        return VIV_ENOMEM;
    timers->row = row;
    timers->room = count;
    return 0;
}

void pool_timer_fini(struct pool_timers *timers)
{
    base_free(timers->row);
}

static void put(struct pool_timers *timers, struct pool_timer *timer, size_t at)
{
    timers->row[at] = timer;
    timer->at = at;
}

/* Find the place for `timer` from `at` upward, where nothing is. */
static void rise(struct pool_timers *timers, struct pool_timer *timer,
                 size_t at)
{
    for (; at > 1 && timers->row[at / 2]->when > timer->when; at /= 2)
        put(timers, timers->row[at / 2], at);
    put(timers, timer, at);
}

static void sink(struct pool_timers *timers, struct pool_timer *timer,
                 size_t at)
{
    for (;;) {
        size_t below = 2 * at;

        if (below < timers->count &&
            timers->row[below + 1]->when < timers->row[below]->when)
            below++;
        if (below > timers->count || timers->row[below]->when >= timer->when)
            break;
        put(timers, timers->row[below], at);
        at = below;
    }
    put(timers, timer, at);
}

void pool_timer_set(struct pool_timers *timers, struct pool_timer *timer,
                    uint64_t when)
{
    CHECK(timer->at == 0 && timers->count < timers->room);
    timer->when = when;
    rise(timers, timer, ++timers->count);
}

void pool_timer_unset(struct pool_timers *timers, struct pool_timer *timer)
{
    size_t at = timer->at;
    struct pool_timer *last;

    if (at == 0)
        return;
    last = timers->row[timers->count--];
    timer->at = 0;
    if (last == timer)
        return;
    if (at > 1 && timers->row[at / 2]->when > last->when)
        rise(timers, last, at);
    else
        sink(timers, last, at);
}

struct pool_timer *pool_timer_first(const struct pool_timers *timers)
{
    return timers->count > 0 ? timers->row[1] : NULL;
}
