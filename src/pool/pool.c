/* pool.c - sandboxes kept ready.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool.h"

#include <stdio.h>
#include <time.h>

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"
#include "os/os_clock.h"
#include "os/os_nudge.h"
#include "pool/pool_ceiling.h"
#include "pool/pool_meters.h"
#include "pool/pool_release.h"
#include "pool/pool_slot.h"
#include "sandbox/sandbox_limits.h"

/* ------------------------------------------------------------------------
 * Birth.
 */

static int check_config(const viv_pool_config *config, viv_error *err)
{
    if (config->size != sizeof(*config))
        return base_error(err, VIV_EINVAL,
                          "a viv_pool_config of %zu bytes, not %zu: fill it by "
                          "viv_pool_config_default()",
                          config->size, sizeof(*config));
    if (config->policy > VIV_POOL_RECYCLED)
        return base_error(err, VIV_EINVAL, "there is no policy %u for pools",
                          config->policy);
    if (config->max < 1 || config->max > POOL_MAX || config->min > config->max)
        return base_error(err, VIV_EINVAL,
                          "a pool of %u to %u sandboxes: it must be 0 to 1 at "
                          "least, 0 to %d at most",
                          config->min, config->max, POOL_MAX);
    return 0;
}

static int allocate(struct pool *pool, viv_error *err)
{
    uint32_t max = pool->config.max;

    pool->slots = base_alloc_zero(max, sizeof(*pool->slots));
    if (pool->slots == NULL || pool_map_init(&pool->by_sandbox, max) < 0 ||
        pool_map_init(&pool->by_key, max) < 0)
        return base_error_memory(err);
    for (uint32_t n = max; n-- > 0;) {
        pool->slots[n].next = pool->empty;
        pool->empty = &pool->slots[n];
    }
    return 0;
}

static void destroy(struct pool *pool)
{
    pool_ceiling_leave(pool);
    sandbox_image_unref(pool->image);
    pool_map_fini(&pool->by_sandbox);
    pool_map_fini(&pool->by_key);
    base_free(pool->slots);
    pthread_mutex_destroy(&pool->lock);
    base_free(pool);
}

static void copy_config(struct pool *pool, const viv_pool_config *config)
{
    pool->config = *config;
    pool->config.limits = &pool->limits;
    snprintf(pool->name, sizeof(pool->name), "%s",
             config->name != NULL ? config->name : "pool");
    pool->config.name = pool->name;
}

/* Acquired all at once and released, so that they are different ones. */
static int fill(struct pool *pool, viv_error *err)
{
    uint32_t min = pool->config.min, count = 0;
    struct sandbox **made = base_alloc_zero(min + 1, sizeof(struct sandbox *));
    int code = made != NULL ? 0 : base_error_memory(err);

    while (code == 0 && count < min) {
        code = pool_acquire(pool, NULL, 0, &made[count], err);
        count += code == 0;
    }
    while (count-- > 0)
        pool_release(pool, made[count], 0);
    base_free(made);
    if (code == VIV_ETIME)
        return base_error(err, VIV_ENOMEM,
                          "the ceiling of the process has no room for %u "
                          "sandboxes more",
                          min);
    if (code == 0)
        pool_meters_begin(pool);
    return code;
}

int pool_new(struct sandbox_image *image, const viv_pool_config *config,
             struct pool **ret_pool, viv_error *err)
{
    struct pool *pool;
    int code = check_config(config, err);

    if (code < 0)
        return code;
    pool = base_alloc_zero(1, sizeof(*pool));
    if (pool == NULL)
        return base_error_memory(err);
    copy_config(pool, config);
    pool->owners = pool->refs = 1;
    pool->image = sandbox_image_ref(image);
    pthread_mutex_init(&pool->lock, NULL);
    pool_ceiling_join(pool);
    code = sandbox_limits_check(image->link->module, config->limits,
                                &pool->limits, err);
    if (code == 0)
        code = allocate(pool, err);
    if (code == 0)
        code = fill(pool, err);
    if (code < 0) {
        pool_unref(pool);
        return code;
    }
    *ret_pool = pool;
    return 0;
}

/* ------------------------------------------------------------------------
 * The end.
 */

struct pool *pool_ref(struct pool *pool)
{
    atomic_fetch_add(&pool->owners, 1);
    return pool;
}

void pool_let_go(struct pool *pool)
{
    if (atomic_fetch_sub(&pool->refs, 1) == 1)
        destroy(pool);
}

void pool_unref(struct pool *pool)
{
    if (atomic_fetch_sub(&pool->owners, 1) != 1)
        return;
    pool_close(pool);
    pool_let_go(pool);
}

/* The slot's sandbox, which is whoever asks' to free; the slot is empty. */
struct sandbox *pool_empty(struct pool *pool, struct pool_slot *slot)
{
    struct sandbox *sandbox = slot->sandbox;

    if (slot->state == POOL_SLOT_IDLE)
        pool_list_remove(slot->key != NULL ? &pool->sessions : &pool->clean,
                         slot);
    if (slot->key != NULL) {
        pool_map_remove(&pool->by_key, &slot->by_key);
        base_free(slot->key);
    }
    if (sandbox != NULL) {
        pool_map_remove(&pool->by_sandbox, &slot->by_sandbox);
        pool->meters.freed++;
    }
    *slot = (struct pool_slot){.next = pool->empty};
    pool->empty = slot;
    pool->meters.live--;
    return sandbox;
}

void pool_free_sandbox(struct sandbox *sandbox)
{
    if (sandbox != NULL)
        sandbox_free(sandbox);
    pool_ceiling_give();
}

static bool is_old(const struct pool *pool, const struct pool_slot *slot,
                   uint64_t now)
{
    return slot != NULL && now - slot->idle_since > pool->config.idle_ns;
}

/* The slot that was idle for longest, and too long. */
static struct pool_slot *oldest(const struct pool *pool, uint64_t now)
{
    if (is_old(pool, pool->sessions.last, now))
        return pool->sessions.last;
    return is_old(pool, pool->clean.last, now) ? pool->clean.last : NULL;
}

struct sandbox *pool_trim_one(struct pool *pool, uint64_t now)
{
    struct pool_slot *slot = oldest(pool, now);

    if (slot == NULL || pool->meters.live <= pool->config.min)
        return NULL;
    if (slot->key != NULL)
        pool->meters.recycled_idle++;
    return pool_empty(pool, slot);
}

size_t pool_trim(struct pool *pool)
{
    struct sandbox *sandbox;
    size_t count = 0;

    for (;; count++) {
        pthread_mutex_lock(&pool->lock);
        sandbox = pool_trim_one(pool, os_clock_now());
        pthread_mutex_unlock(&pool->lock);
        if (sandbox == NULL)
            return count;
        pool_free_sandbox(sandbox);
    }
}

struct sandbox *pool_yield(struct pool *pool)
{
    struct sandbox *sandbox = NULL;

    pthread_mutex_lock(&pool->lock);
    if (pool->clean.last != NULL && pool->meters.live > pool->config.min)
        sandbox = pool_empty(pool, pool->clean.last);
    else
        sandbox = pool_trim_one(pool, os_clock_now());
    pthread_mutex_unlock(&pool->lock);
    return sandbox;
}

/* Any sandbox that is idle. */
static struct sandbox *close_one(struct pool *pool)
{
    struct pool_slot *slot;
    struct sandbox *sandbox = NULL;

    pthread_mutex_lock(&pool->lock);
    pool->is_closed = true;
    pool_want_refuse(pool);
    slot = pool->clean.first != NULL ? pool->clean.first : pool->sessions.first;
    if (slot != NULL)
        sandbox = pool_empty(pool, slot);
    pthread_mutex_unlock(&pool->lock);
    return sandbox;
}

void pool_close(struct pool *pool)
{
    struct sandbox *sandbox;

    while ((sandbox = close_one(pool)) != NULL)
        pool_free_sandbox(sandbox);
}

/* ------------------------------------------------------------------------
 * Acquiring.
 */

void pool_ask(struct pool *pool, struct pool_want *want)
{
    bool is_starved;

    want->state = POOL_WANT_WAITING;
    want->slot = NULL;
    want->asked = os_clock_now();
    pthread_mutex_lock(&pool->lock);
    pool_want_add(&pool->wanted, want);
    if (pool->is_closed)
        pool_want_refuse(pool);
    else
        pool_want_serve(pool, want->asked);
    is_starved = want->state == POOL_WANT_WAITING && pool->wanted.is_starved;
    pthread_mutex_unlock(&pool->lock);
    if (is_starved)
        pool_ceiling_squeeze(pool);
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
        pool_release(pool, slot->sandbox, 0);
        return code;
    }
    if (code < 0) {
        fail(pool, slot);
        return code;
    }
    slot->calls_held = slot->sandbox->sum.calls;
    slot->is_taken = true;
    *ret_sandbox = slot->sandbox;
    pool_meters_acquired(pool, os_clock_now() - want->asked);
    return 0;
}

void pool_withdraw(struct pool *pool, struct pool_want *want)
{
    struct pool_slot *slot = want->slot;
    bool is_held = false, is_work = false;

    pthread_mutex_lock(&pool->lock);
    if (want->state == POOL_WANT_WAITING)
        pool_want_remove(&pool->wanted, want);
    else if (want->state == POOL_WANT_GRANTED) {
        is_held = slot->state == POOL_SLOT_HELD;
        is_work = !is_held;
    }
    pthread_mutex_unlock(&pool->lock);
    if (is_held)
        pool_release(pool, slot->sandbox, 0);
    if (is_work)
        fail(pool, slot);
}

static uint64_t due(const struct pool *pool)
{
    const struct pool_slot *slot = pool->sessions.last;
    uint64_t idle_ns = pool->config.idle_ns;

    if (slot == NULL || idle_ns >= VIV_ENDLESS)
        return OS_NUDGE_NEVER;
    return slot->idle_since + idle_ns + 1;
}

uint64_t pool_due(struct pool *pool)
{
    uint64_t when;

    pthread_mutex_lock(&pool->lock);
    when = due(pool);
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

/* A session that has been idle for too long by now is of no use to who still
 * waits. */
static struct timespec wake_at(const struct pool *pool, uint64_t now,
                               uint64_t until)
{
    uint64_t when = due(pool);

    if (when <= now || when > until)
        when = until;
    return (struct timespec){(time_t)(when / VIV_NS_PER_S),
                             (long)(when % VIV_NS_PER_S)};
}

/* Until it is granted or refused, or `until`. */
static void wait(struct pool *pool, struct waiter *waiter, uint64_t until)
{
    uint64_t now = waiter->want.asked;

    pthread_mutex_lock(&pool->lock);
    while (waiter->want.state == POOL_WANT_WAITING && now < until) {
        struct timespec first = wake_at(pool, now, until);

        pthread_cond_timedwait(&waiter->changed, &pool->lock, &first);
        now = os_clock_now();
        if (waiter->want.state == POOL_WANT_WAITING)
            pool_want_serve(pool, now);
    }
    if (waiter->want.state == POOL_WANT_WAITING) {
        pool_want_remove(&pool->wanted, &waiter->want);
        pool->meters.late++;
    }
    pthread_mutex_unlock(&pool->lock);
}

static int ask_and_wait(struct pool *pool, struct waiter *waiter,
                        uint64_t max_ns)
{
    pthread_condattr_t attr;
    int code = pthread_condattr_init(&attr);

    if (code != 0)
        return code;
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    code = pthread_cond_init(&waiter->changed, &attr);
    pthread_condattr_destroy(&attr);
    if (code != 0)
        return code;
    pool_ask(pool, &waiter->want);
    if (max_ns > VIV_ENDLESS)
        max_ns = VIV_ENDLESS;
    wait(pool, waiter, waiter->want.asked + max_ns);
    pthread_cond_destroy(&waiter->changed);
    return 0;
}

int pool_acquire(struct pool *pool, const char *key, uint64_t max_ns,
                 struct sandbox **ret_sandbox, viv_error *err)
{
    struct waiter waiter = {.want = {.key = key, .told = wake}};

    if (key != NULL && pool->config.policy != VIV_POOL_KEPT)
        return base_error(err, VIV_EINVAL,
                          "the pool \"%s\" keeps no sessions: no key",
                          pool->name);
    if (ask_and_wait(pool, &waiter, max_ns) != 0)
        return base_error_memory(err);
    if (waiter.want.state == POOL_WANT_WAITING)
        return base_error(err, VIV_ETIME,
                          "the pool \"%s\" had no sandbox within %llu ns",
                          pool->name, (unsigned long long)max_ns);
    return pool_take(pool, &waiter.want, ret_sandbox, err);
}
