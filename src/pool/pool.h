/* pool.h - sandboxes kept ready.
 *
 * Floor 8.  A pool has a slot for each sandbox that it may have:
 *
 *                    pool_want            pool_take
 *           EMPTY ------------> WORKING ------------> HELD
 *             ^                    ^                   |
 *             | trim, close,       | to be reset       | pool_release
 *             | or broken          |      pool_want    v
 *             +------------------ IDLE ----> HELD    WORKING ---> IDLE, EMPTY
 *
 * Who has a slot that is WORKING makes, resets or frees its sandbox without the
 * lock, and is the only one to touch it.
 *
 * Whoever wants a sandbox stands in a queue (pool_want.h) and is told when it
 * is its turn; nobody is served who would not have been if all before had been
 * looked at first.
 *
 * Locks, outer first: the list of all pools (pool_ceiling.h), a pool's, what
 * is locked by who is told.
 *
 * Invariants, under the lock (pool_check):
 *     1. `live` is the number of slots that are not EMPTY, at most config.max
 *     2. an IDLE slot is in `clean`, or, with a key, in `sessions`; others are
 *        in neither
 *     3. both lists are in the order of idle_since, the latest first
 *     4. no two slots have the same key
 *     5. there are as many references as slots that are HELD or WORKING, and
 *        watches, and one more while there are owners
 *     6. once the pool is closed nothing is IDLE and nobody is in the queue
 *     7. from `wanted.patient` on all in the queue are patient
 *     8. while somebody waits and a session will be too old, there is a lookout
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef POOL_H
#define POOL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/pool_list.h"
#include "pool/pool_want.h"
#include "sandbox/sandbox.h"
#include "sandbox/sandbox_image.h"
#include "vivarium.h"

#define POOL_MAX       65536
#define POOL_NAME_SIZE 64

/* Somebody who is to know when the pool is closed.  Under its lock, perhaps
 * more than once. */
struct pool_watch {
    struct pool_watch *next;
    void (*closed)(struct pool_watch *watch);
};

struct pool {
    _Atomic uint32_t owners;
    _Atomic uint32_t refs;
    struct sandbox_image *image; /* one reference */
    viv_limits limits;
    viv_pool_config config; /* with `name` and `limits` that are ours */
    char name[POOL_NAME_SIZE];
    struct pool *next, **before; /* in the list of all pools */

    pthread_mutex_t lock;
    struct pool_slot *slots; /* config.max of them */
    struct pool_slot *empty;
    struct pool_list clean, sessions;
    struct pool_map by_sandbox, by_key;
    struct pool_want_queue wanted;
    bool is_closed;
    struct pool_watch *watches;
    viv_pool_meters meters; /* without what is counted when they are read */
};

/* viv_pool_new(), of a config that is complete. */
int pool_new(struct sandbox_image *image, const viv_pool_config *config,
             struct pool **ret_pool, viv_error *err);

/* viv_pool_ref(), viv_pool_unref(), viv_pool_close(), viv_pool_trim(). */
struct pool *pool_ref(struct pool *pool);
void pool_unref(struct pool *pool);
void pool_close(struct pool *pool);
size_t pool_trim(struct pool *pool);

/* viv_pool_acquire(). */
int pool_acquire(struct pool *pool, const char *key, uint64_t max_ns,
                 struct sandbox **ret_sandbox, viv_error *err);

/* viv_pool_release(). */
void pool_release(struct pool *pool, struct sandbox *sandbox);

/* ------------------------------------------------------------------------
 * For those who cannot block.
 */

/* Stand in the queue: `want` is borrowed until it was taken or withdrawn.
 * True: it was granted or refused at once, and nobody is told. */
bool pool_ask(struct pool *pool, struct pool_want *want);

/* Have what was granted: makes or resets the sandbox first, if need be.  Fails
 * as pool_acquire().  Before: it was granted. */
int pool_take(struct pool *pool, struct pool_want *want,
              struct sandbox **ret_sandbox, viv_error *err);

/* Want it no longer, whether it was granted or not. */
void pool_withdraw(struct pool *pool, struct pool_want *want);

/* When who waits is to look though it is told nothing, by os_clock_now(), or
 * OS_NUDGE_NEVER; to look whether there is more to give. */
uint64_t pool_due(struct pool *pool, struct pool_want *want);
void pool_look(struct pool *pool);

/* Give back one sandbox that is idle and not needed, beyond config.min.  The
 * caller frees it by pool_free_sandbox(), without locks.  NULL: there is none.
 */
struct sandbox *pool_yield(struct pool *pool);
void pool_free_sandbox(struct sandbox *sandbox);

/* Watch the pool, which is there for as long as that, though it may be closed;
 * false: it is closed already.  Watch it no more. */
bool pool_watch(struct pool *pool, struct pool_watch *watch);
void pool_unwatch(struct pool *pool, struct pool_watch *watch);

/* CHECK the invariants.  Takes the lock. */
void pool_check(struct pool *pool);

#endif /* POOL_H */
