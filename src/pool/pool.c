/* pool.c - sandboxes kept ready.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool.h"

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "os/os_clock.h"
#include "pool/pool_ceiling.h"
#include "pool/pool_meters.h"
#include "pool/pool_release.h"
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
    pool_meters_name(pool->name, config->name, "pool");
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
        pool_release(pool, made[count]);
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

bool pool_watch(struct pool *pool, struct pool_watch *watch)
{
    bool is_open;

    pthread_mutex_lock(&pool->lock);
    is_open = !pool->is_closed;
    if (is_open) {
        atomic_fetch_add(&pool->refs, 1);
        watch->next = pool->watches;
        pool->watches = watch;
    }
    pthread_mutex_unlock(&pool->lock);
    return is_open;
}

void pool_unwatch(struct pool *pool, struct pool_watch *watch)
{
    struct pool_watch **at = &pool->watches;

    pthread_mutex_lock(&pool->lock);
    while (*at != watch)
        at = &(*at)->next;
    *at = watch->next;
    pthread_mutex_unlock(&pool->lock);
    pool_let_go(pool);
}

/* Any sandbox that is idle. */
static struct sandbox *close_one(struct pool *pool)
{
    struct pool_slot *slot;
    struct sandbox *sandbox = NULL;

    pthread_mutex_lock(&pool->lock);
    pool->is_closed = true;
    pool_want_refuse(pool);
    for (struct pool_watch *w = pool->watches; w != NULL; w = w->next)
        w->closed(w);
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
