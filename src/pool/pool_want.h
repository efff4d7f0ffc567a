/* pool_want.h - who wants a sandbox, in the order of coming.
 *
 * Floor 8.  All of it under the lock of the pool.
 *
 * In the order of coming, but that who is not patient passes those at the end
 * who are, until the first of them has let enough of them pass.
 *
 *                  pool_ask                pool_want_serve
 *        (new) ---------------> WAITING -----------------> GRANTED
 *                                  |        pool_close
 *                                  +---------------------> REFUSED
 *
 * A session that is idle for too long is another's, and nothing happens then
 * that would say so.  So one of those who wait, the LOOKOUT, looks at that
 * time; when it leaves, another is told to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef POOL_WANT_H
#define POOL_WANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opaque types. */
struct pool;
struct pool_slot;
struct pool_want;

enum pool_want_state {
    POOL_WANT_WAITING,
    POOL_WANT_GRANTED, /* `slot` is HELD, or WORKING: there is work to do */
    POOL_WANT_REFUSED  /* the pool is closed */
};

/* It is no longer waiting, or it is to look out.  Under the pool's lock. */
typedef void pool_want_func(struct pool_want *want);

struct pool_want {
    const char *key;      /* borrowed; NULL: none */
    pool_want_func *told; /* NULL: nobody */
    bool is_patient;      /* lets others pass, POOL_TURN_PATIENCE of them */

    struct pool_want *next, *prev;
    unsigned passed; /* so many have */
    enum pool_want_state state;
    struct pool_slot *slot;
    uint64_t asked; /* when */
};

struct pool_want_queue {
    struct pool_want *first, *last;
    struct pool_want *patient; /* from here on all let others pass; or NULL */
    size_t count;
    bool is_starved; /* of the ceiling: somebody else should make room */
    struct pool_want *lookout; /* or NULL */
    uint64_t served;           /* when pool_want_serve() was asked last */
};

void pool_want_add(struct pool_want_queue *queue, struct pool_want *want);
void pool_want_remove(struct pool_want_queue *queue, struct pool_want *want);

/* Grant what can be granted at the time `now`.  To be asked whenever that may
 * have become more. */
void pool_want_serve(struct pool *pool, uint64_t now);

/* Wait no longer. */
void pool_want_leave(struct pool *pool, struct pool_want *want);

/* When `want` is to ask pool_want_serve() though it is told nothing, or
 * OS_NUDGE_NEVER.  Before: it waits. */
uint64_t pool_want_due(struct pool *pool, struct pool_want *want);

/* When the session that has been idle for longest will have been so for too
 * long, if it was not when it was looked at last; or OS_NUDGE_NEVER. */
uint64_t pool_want_expiry(const struct pool *pool);

/* Refuse them all. */
void pool_want_refuse(struct pool *pool);

#endif /* POOL_WANT_H */
