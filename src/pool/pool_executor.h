/* pool_executor.h - threads that carry any number of calls.
 *
 * Floor 8.  The threads take jobs that are READY in turn (pool_turn.h), do one
 * step of each (pool_job.h), and wake those that are due (pool_timer.h).  An
 * executor that has a CARRIER has no threads: jobs are handed to it, and it
 * says when they begin and how they ended.
 *
 * Invariants, under the lock:
 *     1. a job is in `turn` exactly while it is READY; with a carrier none is
 *     2. a job's timer is set only while it is WANTING or PARKED, and there is
 *        room for all jobs' timers
 *     3. `begun` counts the jobs that have had a sandbox; the others are at
 *        most config.queue_max
 *     4. the descriptor is set exactly while `done_first` is not NULL
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef POOL_EXECUTOR_H
#define POOL_EXECUTOR_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/pool_job.h"
#include "vivarium.h"

#define POOL_EXECUTOR_THREADS_MAX  1024
#define POOL_EXECUTOR_SLICE_NS_MIN UINT64_C(10000)

/* Who has the jobs of an executor without threads.  Nothing is called with a
 * lock. */
struct pool_carrier {
    /* May this be handed in?  Fails with a sentence. */
    int (*accept)(struct pool_carrier *carrier, struct pool_job *job,
                  viv_error *err);
    /* Here it is, until pool_executor_end(). */
    void (*carry)(struct pool_carrier *carrier, struct pool_job *job);
    /* Some job is to be cancelled. */
    void (*look)(struct pool_carrier *carrier);
    /* No job is left, and none will come: it is to free itself. */
    void (*end)(struct pool_carrier *carrier);
};

struct pool_executor {
    viv_executor_config config; /* with a `name` that is ours */
    char name[POOL_NAME_SIZE];
    struct pool_carrier *carrier; /* owned; NULL: there are threads */
    pthread_mutex_t lock;
    pthread_cond_t work; /* for a thread */
    pthread_cond_t ends; /* the last job has ended */
    pthread_t *threads;  /* `started` of them */
    uint32_t started, sleeping;
    int fd; /* that is set while something is to be announced */
    bool is_closing, is_over;

    struct pool_turn turn;
    struct pool_timers timers;
    struct pool_job *jobs; /* that are not done; `count` of them */
    size_t count, begun;
    struct pool_job *done_first, *done_last;
    viv_executor_meters meters; /* but for the levels */
};

/* viv_executor_new(), with a complete config; viv_executor_free().  The former
 * takes the carrier, if it succeeds. */
int pool_executor_new(const viv_executor_config *config,
                      struct pool_carrier *carrier,
                      struct pool_executor **ret_executor, viv_error *err);

int pool_executor_free(struct pool_executor *executor);

/* viv_submit(), viv_executor_next(): pool_submit.c. */
int pool_executor_submit(struct pool_executor *executor, struct pool *pool,
                         const viv_task *task, enum pool_job_kind kind,
                         viv_job **ret_job, viv_error *err);
struct pool_job *pool_executor_next(struct pool_executor *executor);

/* viv_executor_meters_of(), viv_executor_close(): pool_close.c. */
void pool_executor_read(struct pool_executor *executor,
                        viv_executor_meters *ret_meters);
int pool_executor_close(struct pool_executor *executor, uint64_t max_ns,
                        viv_executor_meters *ret_meters);

/* The executor whose thread this is; or NULL. */
struct pool_executor *pool_executor_here(void);

/* ------------------------------------------------------------------------
 * For jobs.
 */

/* Its want was granted or refused, or is to look out: a pool_want_func. */
void pool_executor_told(struct pool_want *want);
bool pool_executor_is_granted(struct pool_job *job);

/* Its call was answered: a viv_ready_func. */
void pool_executor_answered(viv_sandbox *sandbox, void *cookie);

/* It is out of the queue, and RUNNING: on this thread, or with its carrier. */
void pool_executor_begun(struct pool_job *job);

/* It is to be cancelled at its next step, which is soon. */
void pool_executor_cancel(struct pool_job *job);

/* ------------------------------------------------------------------------
 * For the files of the executor, under its lock.
 */

/* It is to run, when it is its turn. */
void pool_executor_ready(struct pool_executor *executor, struct pool_job *job,
                         bool has_paused);

/* It has been told something: so it is, unless it runs. */
void pool_executor_wake(struct pool_executor *executor, struct pool_job *job);

/* It stands still until it is told something, or until `when`. */
void pool_executor_rest(struct pool_executor *executor, struct pool_job *job,
                        enum pool_job_state state, uint64_t when);

/* Without the lock: when it wants to go on, though nobody tells it; 0: now. */
uint64_t pool_executor_due(struct pool_job *job, enum pool_job_next next);

/* ------------------------------------------------------------------------
 * For carriers.
 */

/* This thread is one of the executor's. */
void pool_executor_enter(struct pool_executor *executor);

/* The job ended, and `result` has all that there is. */
void pool_executor_end(struct pool_job *job);

#endif /* POOL_EXECUTOR_H */
