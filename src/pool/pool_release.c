/* pool_release.c - what is released goes back, or goes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_release.h"

#include "base/base_alloc.h"
#include "os/os_clock.h"
#include "pool/pool_meters.h"
#include "pool/pool_slot.h"

/* The slot that the caller has; it is WORKING then.  NULL: he has none. */
static struct pool_slot *find(struct pool *pool, const struct sandbox *sandbox)
{
    struct pool_slot *slot;

    pthread_mutex_lock(&pool->lock);
    slot = pool_map_sandbox(&pool->by_sandbox, sandbox);
    if (slot != NULL && slot->state == POOL_SLOT_HELD)
        slot->state = POOL_SLOT_WORKING;
    else {
        slot = NULL;
        pool->meters.misused++;
    }
    pthread_mutex_unlock(&pool->lock);
    return slot;
}

static void refuse(struct pool *pool, struct pool_slot *slot)
{
    pthread_mutex_lock(&pool->lock);
    slot->state = POOL_SLOT_HELD;
    pool->meters.misused++;
    pthread_mutex_unlock(&pool->lock);
}

/* A session whose guest had to be reset begins anew, with the same key. */
static void put(struct pool *pool, struct pool_slot *slot, uint64_t now)
{
    slot->state = POOL_SLOT_IDLE;
    slot->idle_since = now;
    pool_list_add(slot->key != NULL ? &pool->sessions : &pool->clean, slot);
}

/* What is to be freed, at most two: this one, and one that was idle. */
static void settle(struct pool *pool, struct pool_slot *slot,
                   const struct pool_slot_report *report,
                   struct sandbox *ret_free[2])
{
    uint64_t now = os_clock_now();

    pool_meters_add(pool, report);
    pool->meters.released += slot->is_taken;
    slot->is_taken = false;
    if (report->resets > 0)
        slot->fresh_since = now;
    if (pool->is_closed || report->why == POOL_WHY_BROKEN)
        ret_free[0] = pool_empty(pool, slot);
    else
        put(pool, slot, now);
    pool_want_serve(pool, now);
    ret_free[1] = pool_trim_one(pool, now);
}

void pool_release(struct pool *pool, struct sandbox *sandbox)
{
    struct pool_slot *slot = find(pool, sandbox);
    struct pool_slot_report report;
    struct sandbox *over[2] = {NULL, NULL};

    if (slot == NULL)
        return;
    pool_slot_clean(pool, slot, &report);
    if (report.why == POOL_WHY_BUSY) {
        refuse(pool, slot);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    settle(pool, slot, &report, over);
    pthread_mutex_unlock(&pool->lock);
    for (int n = 0; n < 2; n++)
        if (over[n] != NULL)
            pool_free_sandbox(over[n]);
    pool_let_go(pool);
}
