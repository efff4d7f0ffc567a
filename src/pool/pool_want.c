/* pool_want.c - who wants a sandbox, in the order of coming.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_want.h"

#include <string.h>

#include "base/base_alloc.h"
#include "os/os_nudge.h"
#include "os/os_thread.h"
#include "pool/pool.h"
#include "pool/pool_ceiling.h"
#include "pool/pool_turn.h"

/* NULL: at the end. */
static void insert_before(struct pool_want_queue *queue, struct pool_want *next,
                          struct pool_want *want)
{
    struct pool_want *prev = next != NULL ? next->prev : queue->last;

    want->next = next;
    want->prev = prev;
    if (prev != NULL)
        prev->next = want;
    else
        queue->first = want;
    if (next != NULL)
        next->prev = want;
    else
        queue->last = want;
    queue->count++;
}

void pool_want_add(struct pool_want_queue *queue, struct pool_want *want)
{
    struct pool_want *patient = queue->patient;

    want->passed = 0;
    insert_before(queue, want->is_patient ? NULL : patient, want);
    if (want->is_patient && patient == NULL)
        queue->patient = want;
    else if (!want->is_patient && patient != NULL &&
             ++patient->passed == POOL_TURN_PATIENCE)
        queue->patient = patient->next;
}

void pool_want_remove(struct pool_want_queue *queue, struct pool_want *want)
{
    if (queue->patient == want)
        queue->patient = want->next;
    if (queue->lookout == want)
        queue->lookout = NULL;
    if (want->prev != NULL)
        want->prev->next = want->next;
    else
        queue->first = want->next;
    if (want->next != NULL)
        want->next->prev = want->prev;
    else
        queue->last = want->prev;
    want->next = want->prev = NULL;
    queue->count--;
}

static void tell(struct pool *pool, struct pool_want *want,
                 enum pool_want_state state)
{
    pool_want_remove(&pool->wanted, want);
    want->state = state;
    if (want->told != NULL)
        want->told(want);
}

/* ------------------------------------------------------------------------
 * Looking out.
 */

uint64_t pool_want_expiry(const struct pool *pool)
{
    const struct pool_slot *slot = pool->sessions.last;
    uint64_t idle_ns = pool->config.idle_ns, when;

    if (slot == NULL || idle_ns >= VIV_ENDLESS)
        return OS_NUDGE_NEVER;
    when = slot->idle_since + idle_ns + 1;
    return when > pool->wanted.served ? when : OS_NUDGE_NEVER;
}

uint64_t pool_want_due(struct pool *pool, struct pool_want *want)
{
    uint64_t when;

    if (pool->wanted.lookout != want)
        return OS_NUDGE_NEVER;
    when = pool_want_expiry(pool);
    if (when == OS_NUDGE_NEVER)
        pool->wanted.lookout = NULL;
    return when;
}

/* If there is something to look out for, somebody does. */
static void post(struct pool *pool)
{
    struct pool_want *first = pool->wanted.first;

    if (first == NULL || pool->wanted.lookout != NULL ||
        pool_want_expiry(pool) == OS_NUDGE_NEVER)
        return;
    pool->wanted.lookout = first;
    if (first->told != NULL)
        first->told(first);
}

void pool_want_leave(struct pool *pool, struct pool_want *want)
{
    pool_want_remove(&pool->wanted, want);
    post(pool);
}

/* ------------------------------------------------------------------------
 * Which slot?
 */

static struct pool_slot *take_idle(struct pool_list *list,
                                   struct pool_slot *slot,
                                   enum pool_slot_state state)
{
    pool_list_remove(list, slot);
    slot->state = state;
    return slot;
}

/* A session's own, if it is idle.  One that was idle too long is none any more:
 * it is to be reset. */
static struct pool_slot *take_session(struct pool *pool, struct pool_slot *slot,
                                      uint64_t now)
{
    bool is_over = now - slot->idle_since > pool->config.idle_ns;

    return take_idle(&pool->sessions, slot,
                     is_over ? POOL_SLOT_WORKING : POOL_SLOT_HELD);
}

static struct pool_slot *take_empty(struct pool *pool)
{
    struct pool_slot *slot = pool->empty;

    if (slot == NULL || !pool_ceiling_take()) {
        pool->wanted.is_starved = slot != NULL;
        return NULL;
    }
    pool->empty = slot->next;
    slot->next = NULL;
    slot->state = POOL_SLOT_WORKING;
    pool->meters.live++;
    return slot;
}

static struct pool_slot *take_expired(struct pool *pool, uint64_t now)
{
    struct pool_slot *slot = pool->sessions.last;

    if (slot == NULL || now - slot->idle_since <= pool->config.idle_ns)
        return NULL;
    pool_map_remove(&pool->by_key, &slot->by_key);
    base_free(slot->key);
    slot->key = NULL;
    return take_session(pool, slot, now);
}

/* How many are looked at. */
#define CLEAN_LOOKS 8

/* One that this thread has reset, if there is one among the first: then the
 * next reset needs no list of pages (mem_reset.h).  Else the first. */
static struct pool_slot *choose_clean(const struct pool *pool)
{
    struct pool_slot *slot = pool->clean.first;
    uint64_t here = os_thread_id();

    for (int n = 0; n < CLEAN_LOOKS && slot != NULL; n++, slot = slot->next)
        if (slot->sandbox->reset.owner == here)
            return slot;
    return pool->clean.first;
}

static struct pool_slot *take_any(struct pool *pool, uint64_t now)
{
    struct pool_slot *slot = choose_clean(pool);

    if (slot != NULL)
        return take_idle(&pool->clean, slot, POOL_SLOT_HELD);
    slot = take_expired(pool, now);
    return slot != NULL ? slot : take_empty(pool);
}

/* The key is copied when its session begins.  Without memory it gets none, and
 * is told so when it takes the slot. */
static void name(struct pool *pool, struct pool_slot *slot, const char *key)
{
    size_t size = strlen(key) + 1;

    slot->key = base_alloc(size);
    if (slot->key == NULL)
        return;
    memcpy(slot->key, key, size);
    pool_map_add(&pool->by_key, &slot->by_key, pool_map_hash_key(key), slot);
}

static bool serve(struct pool *pool, struct pool_want *want, uint64_t now)
{
    struct pool_slot *slot = NULL;

    if (want->key != NULL)
        slot = pool_map_key(&pool->by_key, want->key);
    if (slot != NULL) {
        if (slot->state != POOL_SLOT_IDLE)
            return false;
        slot = take_session(pool, slot, now);
    } else {
        slot = take_any(pool, now);
        if (slot == NULL)
            return false;
        if (want->key != NULL)
            name(pool, slot, want->key);
    }
    want->slot = slot;
    atomic_fetch_add(&pool->refs, 1);
    tell(pool, want, POOL_WANT_GRANTED);
    return true;
}

/* Without keys all want the same: if there is none for the first, there is none
 * for anybody. */
void pool_want_serve(struct pool *pool, uint64_t now)
{
    struct pool_want *want, *next;

    pool->wanted.is_starved = false;
    pool->wanted.served = now;
    for (want = pool->wanted.first; want != NULL; want = next) {
        next = want->next;
        if (!serve(pool, want, now) && pool->config.policy != VIV_POOL_KEPT)
            break;
    }
    post(pool);
}

void pool_want_refuse(struct pool *pool)
{
    while (pool->wanted.first != NULL)
        tell(pool, pool->wanted.first, POOL_WANT_REFUSED);
}
