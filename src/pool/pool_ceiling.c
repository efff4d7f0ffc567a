/* pool_ceiling.c - at most so many sandboxes in all pools of the process.
 *
 * A pool that finds no room is in its own queue before it unlocks, and who
 * makes room looks at all queues afterwards: so nobody is missed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_ceiling.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "pool/pool.h"

static _Atomic uint64_t ceiling = UINT64_MAX;
static _Atomic uint64_t live;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct pool *pools;

bool pool_ceiling_take(void)
{
    uint64_t count = atomic_load(&live);

    do {
        if (count >= atomic_load(&ceiling))
            return false;
    } while (!atomic_compare_exchange_weak(&live, &count, count + 1));
    return true;
}

static void look_at_all(void)
{
    pthread_mutex_lock(&lock);
    for (struct pool *pool = pools; pool != NULL; pool = pool->next)
        pool_look(pool);
    pthread_mutex_unlock(&lock);
}

void pool_ceiling_give(void)
{
    atomic_fetch_sub(&live, 1);
    if (atomic_load(&ceiling) != UINT64_MAX)
        look_at_all();
}

void pool_ceiling_set(uint64_t count)
{
    atomic_store(&ceiling, count);
    look_at_all();
}

void pool_ceiling_join(struct pool *pool)
{
    pthread_mutex_lock(&lock);
    pool->next = pools;
    pool->before = &pools;
    if (pools != NULL)
        pools->before = &pool->next;
    pools = pool;
    pthread_mutex_unlock(&lock);
}

void pool_ceiling_leave(struct pool *pool)
{
    pthread_mutex_lock(&lock);
    *pool->before = pool->next;
    if (pool->next != NULL)
        pool->next->before = pool->before;
    pthread_mutex_unlock(&lock);
}

void pool_ceiling_squeeze(struct pool *pool)
{
    struct sandbox *sandbox = NULL;

    pthread_mutex_lock(&lock);
    for (struct pool *other = pools; other != NULL && sandbox == NULL;
         other = other->next)
        if (other != pool)
            sandbox = pool_yield(other);
    pthread_mutex_unlock(&lock);
    if (sandbox != NULL)
        pool_free_sandbox(sandbox);
}
