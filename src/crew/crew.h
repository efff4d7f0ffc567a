/* crew.h - worker processes instead of threads.
 *
 * Floor 9.  A guest that breaks out of its sandbox has the process that it is
 * in.  An executor whose config names a WORKER, a program, has its guests in
 * processes of that program, which have nothing but one pool's guests, and can
 * do nothing but run them (src/worker).  A CREW is the workers of one pool in
 * one executor, made when the first job for that pool is handed in; for each
 * there is a KEEPER, a thread of this process (crew_keeper.h).
 *
 *     executor ---> carrier ---> crew, of a pool ---> keeper ---> worker
 *                                 charter              jobs that it has
 *                                 jobs that nobody has
 *
 * A job without a key is taken by the first keeper that has room; one with a
 * key is for the keeper that the key says, where its session is.
 *
 *                  crew_take            RESULT, or the worker's end
 *     (handed in) ----------> SENT ------------------------------> ended
 *          |                                                         ^
 *          +-- cancelled, the pool closed, no worker starts ---------+
 *
 * EXACTLY ONCE.  A job is written to one worker, and no second time: from
 * crew_take() on it is its keeper's, and ends with what that worker says, or
 * with VIV_LOST when it dies.  What nobody has taken is in no worker, and is
 * not lost with any.
 *
 * Locks: a pool's, then a carrier's; nothing is called with the latter, but
 * those are poked who shall look.  It guards the list of crews, their queues,
 * and what keepers say of themselves to others (`is_open`, `is_full`,
 * `shorts`).
 *
 * Invariants, under the lock:
 *     1. a job is in `turn` of its crew, or in `mine` of the keeper that its
 *        key says, exactly until it was taken or ended
 *     2. while there is a job that a keeper could take, some keeper that is
 *        open has been poked and has not looked yet, or none is open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CREW_H
#define CREW_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crew/crew_charter.h"
#include "pool/pool.h"
#include "pool/pool_executor.h"
#include "pool/pool_turn.h"
#include "vivarium.h"

/* Opaque types. */
struct crew_keeper;

struct crew_carrier {
    struct pool_carrier carrier; /* first */
    struct pool_executor *executor;
    char *program; /* owned */
    uint32_t workers;
    uint64_t slice_ns;
    pthread_mutex_t lock;
    struct crew *crews;
};

struct crew {
    struct pool_watch watch; /* first */
    struct crew_carrier *carrier;
    struct crew *next;
    struct pool *pool; /* watched, so that it is there */
    struct crew_charter charter;
    _Atomic bool is_closed; /* the pool is */
    _Atomic bool is_over;   /* keepers are to end */
    struct pool_turn turn;
    size_t waiting;              /* in it */
    struct crew_keeper *keepers; /* `count` of them */
    uint32_t count;
};

/* The carrier of an executor with this config, in which `worker` is not NULL;
 * crew_set_executor() says whose.  Fails with VIV_ENOTFOUND when there is no
 * such program, VIV_EINVAL in one that should be a worker, VIV_ENOMEM. */
int crew_carrier_new(const viv_executor_config *config,
                     struct crew_carrier **ret_carrier, viv_error *err);
void crew_carrier_free(struct crew_carrier *carrier);
void crew_set_executor(struct crew_carrier *carrier,
                       struct pool_executor *executor);

/* ------------------------------------------------------------------------
 * For keepers.
 */

/* The next job for this keeper, which has `shorts` jobs that may be done soon;
 * NULL: there is none, or it is better left to another, who is poked. */
struct pool_job *crew_take(struct crew *crew, struct crew_keeper *keeper);

/* Jobs that nobody has taken, and that are to end: those that were cancelled;
 * those that nobody can take now, this keeper's and, if no other is open, those
 * without a key; all. */
enum crew_which { CREW_CANCELLED, CREW_STRANDED, CREW_ALL };

/* The first of them; NULL: there is none. */
struct pool_job *crew_reject(struct crew *crew, struct crew_keeper *keeper,
                             enum crew_which which);

/* The keeper says that its worker takes jobs, or that there is none; that it is
 * full; and how many it has that may be done soon. */
void crew_say(struct crew *crew, struct crew_keeper *keeper, bool is_open,
              bool is_full, uint32_t shorts);

#endif /* CREW_H */
