/* pool_meters.c - what a pool has done, and how it stands.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_meters.h"

#include <stdio.h>

#include "pool/pool.h"

void pool_meters_name(char to[POOL_NAME_SIZE], const char *name,
                      const char *otherwise)
{
    snprintf(to, POOL_NAME_SIZE, "%s", name != NULL ? name : otherwise);
}

uint64_t pool_meters_bound(unsigned n)
{
    return n + 1 < VIV_HISTOGRAM_BUCKETS ? UINT64_C(1000) << 2 * n : UINT64_MAX;
}

void pool_meters_time(viv_histogram *histogram, uint64_t ns)
{
    unsigned n = 0;

    while (ns > pool_meters_bound(n))
        n++;
    histogram->count++;
    histogram->sum_ns += ns;
    histogram->buckets[n]++;
}

static void add_kind(viv_pool_meters *meters, uint32_t kind)
{
    meters->returned += kind == VIV_RETURNED;
    meters->trapped += kind == VIV_TRAPPED;
    meters->spent += kind == VIV_SPENT;
    meters->exited += kind == VIV_EXITED;
    meters->cancelled += kind == VIV_CANCELLED;
    meters->raised += kind == VIV_RAISED;
    meters->lost += kind == VIV_LOST;
}

static void add_why(viv_pool_meters *meters, enum pool_why why)
{
    meters->recycled_use += why == POOL_WHY_USE;
    meters->recycled_bad += why == POOL_WHY_BAD;
    meters->recycled_bytes += why == POOL_WHY_BYTES;
    meters->recycled_calls += why == POOL_WHY_CALLS;
    meters->recycled_age += why == POOL_WHY_AGE;
    meters->recycled_idle += why == POOL_WHY_IDLE;
    meters->broken += why == POOL_WHY_BROKEN;
}

void pool_meters_add(struct pool *pool, const struct pool_slot_report *report)
{
    viv_pool_meters *meters = &pool->meters;

    add_kind(meters, report->kind);
    add_why(meters, report->why);
    if (report->resets == 0)
        return;
    meters->resets++;
    meters->pages_dirtied += report->pages_dirtied;
    pool_meters_time(&meters->reset, report->reset_ns);
}

void pool_meters_acquired(struct pool *pool, uint64_t ns)
{
    pthread_mutex_lock(&pool->lock);
    pool->meters.acquired++;
    pool_meters_time(&pool->meters.acquire, ns);
    pthread_mutex_unlock(&pool->lock);
}

void pool_meters_carried(struct pool *pool, uint32_t kind)
{
    pthread_mutex_lock(&pool->lock);
    pool->meters.released++;
    add_kind(&pool->meters, kind);
    pthread_mutex_unlock(&pool->lock);
}

void pool_meters_begin(struct pool *pool)
{
    uint64_t live, made;

    pthread_mutex_lock(&pool->lock);
    live = pool->meters.live;
    made = pool->meters.made;
    pool->meters = (viv_pool_meters){.live = live, .made = made};
    pthread_mutex_unlock(&pool->lock);
}

/* What each slot is at. */
static void count(const struct pool *pool, viv_pool_meters *meters)
{
    for (uint32_t n = 0; n < pool->config.max; n++) {
        const struct pool_slot *slot = &pool->slots[n];
        enum sandbox_state state;

        if (slot->state == POOL_SLOT_IDLE)
            meters->private_bytes += slot->private_bytes;
        if (slot->state != POOL_SLOT_HELD)
            continue;
        meters->held++;
        state = sandbox_state(slot->sandbox);
        meters->running += state == SANDBOX_RUNNING;
        meters->waiting += (SANDBOX_IN(state) & SANDBOX_UNDONE) != 0;
    }
}

void pool_meters_read(struct pool *pool, viv_pool_meters *ret_meters)
{
    pthread_mutex_lock(&pool->lock);
    *ret_meters = pool->meters;
    ret_meters->sessions = pool->sessions.count;
    ret_meters->idle = pool->sessions.count + pool->clean.count;
    ret_meters->queued = pool->wanted.count;
    ret_meters->shared_bytes = mem_image_stored_bytes(pool->image->pages);
    count(pool, ret_meters);
    pthread_mutex_unlock(&pool->lock);
}
