/* pool_check.c - the invariants of pool.h, held against a pool.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_check.h"
#include "os/os_nudge.h"
#include "pool/pool.h"

struct census {
    size_t clean, sessions, busy, others;
};

static void check_slot(const struct pool *pool, const struct pool_slot *slot,
                       struct census *census)
{
    if (slot->state == POOL_SLOT_EMPTY) {
        CHECK(slot->sandbox == NULL && slot->key == NULL);
        return;
    }
    census->others++;
    if (slot->state == POOL_SLOT_IDLE) {
        CHECK(slot->sandbox != NULL);
        census->clean += slot->key == NULL;
        census->sessions += slot->key != NULL;
    } else {
        census->busy++;
    }
    if (slot->key != NULL)
        CHECK(pool_map_key(&pool->by_key, slot->key) == slot);
}

static void check_list(const struct pool_list *list, size_t count)
{
    CHECK(list->count == count);
    for (const struct pool_slot *slot = list->first; slot != NULL;
         slot = slot->next) {
        CHECK(slot->state == POOL_SLOT_IDLE);
        CHECK(slot->next == NULL || slot->idle_since >= slot->next->idle_since);
        count--;
    }
    CHECK(count == 0);
}

void pool_check(struct pool *pool)
{
    struct census census = {0};

    pthread_mutex_lock(&pool->lock);
    for (uint32_t n = 0; n < pool->config.max; n++)
        check_slot(pool, &pool->slots[n], &census);
    check_list(&pool->clean, census.clean);
    check_list(&pool->sessions, census.sessions);
    for (const struct pool_want *want = pool->wanted.patient; want != NULL;
         want = want->next)
        CHECK(want->is_patient && want->state == POOL_WANT_WAITING);
    CHECK(pool->wanted.first == NULL || pool->wanted.lookout != NULL ||
          pool_want_expiry(pool) == OS_NUDGE_NEVER);
    CHECK(pool->meters.live == census.others);
    CHECK(pool->refs >= census.busy);
    if (pool->is_closed)
        CHECK(census.clean + census.sessions + pool->wanted.count == 0);
    pthread_mutex_unlock(&pool->lock);
}
