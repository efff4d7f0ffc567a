/* pool_acquire.c - wanting a sandbox, and having it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* pthread_cond_clockwait */
#include <time.h>

#include "base/base_error.h"
#include "os/os_clock.h"
#include "os/os_nudge.h"
#include "pool/pool.h"
#include "pool/pool_ceiling.h"
#include "pool/pool_meters.h"
#include "pool/pool_release.h"
#include "pool/pool_slot.h"

/* ------------------------------------------------------------------------
 * Without blocking.
 */

/* Stand in the queue, under the lock.  Is that of no use before another pool
 * has made room? */
static bool enter(struct pool *pool, struct pool_want *want)
{
    want->state = POOL_WANT_WAITING;
    want->slot = NULL;
    pool_want_add(&pool->wanted, want);
    if (pool->is_closed)
        pool_want_refuse(pool);
    else
        pool_want_serve(pool, want->asked);
    return want->state == POOL_WANT_WAITING && pool->wanted.is_starved;
}

/* Under the lock: the use begins. */
static void hand_over(struct pool *pool, struct pool_want *want, uint64_t now)
{
    struct pool_slot *slot = want->slot;

    slot->calls_held = slot->sandbox->sum.calls;
    slot->is_taken = true;
    pool->meters.acquired++;
    pool_meters_time(&pool->meters.acquire, now - want->asked);
}

/* Was it granted, with nothing to do first and nothing missing? */
static bool is_at_hand(const struct pool_want *want)
{
    return want->state == POOL_WANT_GRANTED &&
           want->slot->state == POOL_SLOT_HELD &&
           (want->key == NULL || want->slot->key != NULL);
}

/* Who asks need not be told what he is told by the result. */
bool pool_ask(struct pool *pool, struct pool_want *want)
{
    pool_want_func *told = want->told;
    bool is_starved, is_decided;

    want->asked = os_clock_now();
    pthread_mutex_lock(&pool->lock);
    want->told = NULL;
    is_starved = enter(pool, want);
    want->told = told;
    is_decided = want->state != POOL_WANT_WAITING;
    pthread_mutex_unlock(&pool->lock);
    if (is_starved)
        pool_ceiling_squeeze(pool);
    return is_decided;
}

/* What was granted is of no use: whoever is next may have more luck. */
static void fail(struct pool *pool, struct pool_slot *slot)
{
    struct sandbox *sandbox;

    pthread_mutex_lock(&pool->lock);
    sandbox = pool_empty(pool, slot);
    pool_want_serve(pool, os_clock_now());
    pthread_mutex_unlock(&pool->lock);
    pool_free_sandbox(sandbox);
    pool_let_go(pool);
}

/* Make it, or make it fresh. */
static int work(struct pool *pool, struct pool_slot *slot, viv_error *err)
{
    struct pool_slot_report report = {0};
    bool is_new = slot->sandbox == NULL;
    int code = 0;

    if (is_new)
        code = pool_slot_make(pool, slot, err);
    else
        pool_slot_reset(slot, POOL_WHY_IDLE, &report);
    if (report.why == POOL_WHY_BROKEN || report.why == POOL_WHY_BUSY)
        code = base_error(err, VIV_EIO,
                          "the sandbox of a session that was idle for too long "
                          "could not be reset");
    pthread_mutex_lock(&pool->lock);
    pool->meters.unmade += code < 0;
    if (code == 0) {
        pool->meters.made += is_new;
        pool_meters_add(pool, &report);
        slot->fresh_since = os_clock_now();
        slot->state = POOL_SLOT_HELD;
        if (is_new)
            pool_map_add(&pool->by_sandbox, &slot->by_sandbox,
                         pool_map_hash_sandbox(slot->sandbox), slot);
    }
    pthread_mutex_unlock(&pool->lock);
    return code;
}

int pool_take(struct pool *pool, struct pool_want *want,
              struct sandbox **ret_sandbox, viv_error *err)
{
    struct pool_slot *slot = want->slot;
    int code = 0;

    if (want->state == POOL_WANT_REFUSED) {
        pthread_mutex_lock(&pool->lock);
        pool->meters.turned_away++;
        pthread_mutex_unlock(&pool->lock);
        return base_error(err, VIV_ECLOSED, "the pool \"%s\" is closed",
                          pool->name);
    }
    if (slot->state == POOL_SLOT_WORKING)
        code = work(pool, slot, err);
    if (code == 0 && want->key != NULL && slot->key == NULL) {
        code = base_error_memory(err);
        pool_release(pool, slot->sandbox);
        return code;
    }
    if (code < 0) {
        fail(pool, slot);
        return code;
    }
    if (!slot->is_taken) {
        pthread_mutex_lock(&pool->lock);
        hand_over(pool, want, os_clock_now());
        pthread_mutex_unlock(&pool->lock);
    }
    *ret_sandbox = slot->sandbox;
    return 0;
}

void pool_withdraw(struct pool *pool, struct pool_want *want)
{
    struct pool_slot *slot = NULL;
    bool is_held = false, is_work = false;

    pthread_mutex_lock(&pool->lock);
    if (want->state == POOL_WANT_WAITING)
        pool_want_leave(pool, want);
    else if (want->state == POOL_WANT_GRANTED) {
        slot = want->slot; /* a moment ago there may have been none */
        is_held = slot->state == POOL_SLOT_HELD;
        is_work = !is_held;
    }
    pthread_mutex_unlock(&pool->lock);
    if (is_held)
        pool_release(pool, slot->sandbox);
    if (is_work)
        fail(pool, slot);
}

uint64_t pool_due(struct pool *pool, struct pool_want *want)
{
    uint64_t when;

    pthread_mutex_lock(&pool->lock);
    when = pool_want_due(pool, want);
    pthread_mutex_unlock(&pool->lock);
    return when;
}

void pool_look(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool_want_serve(pool, os_clock_now());
    pthread_mutex_unlock(&pool->lock);
}

/* ------------------------------------------------------------------------
 * Blocking.
 */

struct waiter {
    struct pool_want want; /* first */
    pthread_cond_t changed;
};

static void wake(struct pool_want *want)
{
    pthread_cond_signal(&((struct waiter *)want)->changed);
}

static struct timespec wake_at(struct pool *pool, struct pool_want *want,
                               uint64_t until)
{
    uint64_t when = pool_want_due(pool, want);

    if (when > until)
        when = until;
    return os_clock_timespec(when);
}

/* Under the lock: until it is granted or refused, or `until`; returns what time
 * it is then. */
static uint64_t wait(struct pool *pool, struct waiter *waiter, uint64_t until)
{
    uint64_t now = waiter->want.asked;

    waiter->want.told = wake;
    while (waiter->want.state == POOL_WANT_WAITING && now < until) {
        struct timespec first = wake_at(pool, &waiter->want, until);

        pthread_cond_clockwait(&waiter->changed, &pool->lock, CLOCK_MONOTONIC,
                               &first);
        now = os_clock_now();
        if (waiter->want.state == POOL_WANT_WAITING)
            pool_want_serve(pool, now);
    }
    pthread_cond_destroy(&waiter->changed);
    return now;
}

/* Whoever need not wait reads the clock once and takes the lock once. */
static void ask_and_wait(struct pool *pool, struct waiter *waiter,
                         uint64_t max_ns)
{
    struct pool_want *want = &waiter->want;
    uint64_t now = want->asked = os_clock_now();

    if (max_ns > VIV_ENDLESS)
        max_ns = VIV_ENDLESS;
    pthread_mutex_lock(&pool->lock);
    if (enter(pool, want)) {
        pthread_mutex_unlock(&pool->lock);
        pool_ceiling_squeeze(pool);
        now = os_clock_now();
        pthread_mutex_lock(&pool->lock);
    }
    if (want->state == POOL_WANT_WAITING)
        now = wait(pool, waiter, want->asked + max_ns);
    if (want->state == POOL_WANT_WAITING) {
        pool_want_leave(pool, want);
        pool->meters.late++;
    } else if (is_at_hand(want)) {
        hand_over(pool, want, now);
    }
    pthread_mutex_unlock(&pool->lock);
}

int pool_acquire(struct pool *pool, const char *key, uint64_t max_ns,
                 struct sandbox **ret_sandbox, viv_error *err)
{
    struct waiter waiter = {.want = {.key = key},
                            .changed = PTHREAD_COND_INITIALIZER};

    if (key != NULL && pool->config.policy != VIV_POOL_KEPT)
        return base_error(err, VIV_EINVAL,
                          "the pool \"%s\" keeps no sessions: no key",
                          pool->name);
    ask_and_wait(pool, &waiter, max_ns);
    if (waiter.want.state == POOL_WANT_WAITING)
        return base_error(err, VIV_ETIME,
                          "the pool \"%s\" had no sandbox within %llu ns",
                          pool->name, (unsigned long long)max_ns);
    return pool_take(pool, &waiter.want, ret_sandbox, err);
}
