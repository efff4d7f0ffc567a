/* pool_job.h - a task that was handed in, until it is done.
 *
 * Floor 8.
 *
 *     pool_executor_submit
 *             |               pauses
 *             v        +------------------+
 *           READY <----+                  |
 *           ^   |        a step           |
 *           |   +--------------------> RUNNING ---> DONE
 *           |                          |   |
 *     told, |      WANTING <-----------+   |
 * answered, +-----  has no sandbox         |
 *      due, |                              |
 * cancelled +----- PARKED <----------------+
 *                   waits
 *
 * WANTING: it stands in the queue of its pool.  PARKED: its call waits.  In
 * both it has no thread, and a timer if it can be due without being told.
 *
 * A job asks its pool when it is its turn: so priorities hold, and the thread
 * that will run it can have a sandbox that it has reset itself.  One with a key
 * asks when it is handed in, so that the jobs of a session keep their order.
 *
 * Who tells a job that is RUNNING, or READY, leaves a note: `is_woken`.  A
 * thread that would park it finds the note and does not.
 *
 * Locks, outer first: the job's, its sandbox's, the executor's.  A pool's comes
 * before the executor's, too, and is never taken with the job's.
 *
 * Invariants:
 *     1. `sandbox` is not NULL only while the job has it; under the job's lock,
 *        so that a cancel meets no other call
 *     2. only the thread that made it RUNNING touches the sandbox and `result`
 *        until `has_ended`
 *     3. while the job is not `is_done` its executor lives
 *
 * An executor that has a carrier (pool_executor.h) does no steps: the job is
 * READY until the carrier has sent it off, and RUNNING until it has ended.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef POOL_JOB_H
#define POOL_JOB_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "pool/pool.h"
#include "pool/pool_timer.h"
#include "pool/pool_turn.h"
#include "vivarium.h"

/* Opaque types. */
struct pool_executor;

/* What its task is, for those who cannot call it: worker processes. */
enum pool_job_kind {
    POOL_JOB_OTHER,
    POOL_JOB_CALL,  /* the task's cookie is a viv_call_task */
    POOL_JOB_PYTHON /* a viv_python_task */
};

enum pool_job_state {
    POOL_JOB_WANTING,
    POOL_JOB_READY,
    POOL_JOB_RUNNING,
    POOL_JOB_PARKED,
    POOL_JOB_DONE
};

struct pool_job {
    struct pool_turn_item turn; /* first: a turn leads to its job */
    struct pool_want want;
    struct pool_timer timer;
    _Atomic uint32_t refs;
    struct pool_executor *executor;
    struct pool *pool; /* one ownership */
    viv_task task;
    enum pool_job_kind kind;
    char *key;     /* owned */
    void *carried; /* the carrier's */

    /* Under the executor's lock. */
    enum pool_job_state state;
    struct pool_job *next, *prev; /* of those that are not done */
    struct pool_job *next_done;
    struct pool_job *next_stopped; /* by pool_executor_close() */
    bool is_granted, is_woken, has_begun;
    bool has_asked; /* stands in the queue of its pool, or did */
    _Atomic bool is_cancelled;

    /* Under its own. */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct sandbox *sandbox;
    bool is_done;

    uint64_t submitted;
    viv_job_result result;
    _Atomic bool has_ended; /* `result` is final */
};

/* A job of `executor` with one reference.  Copies the task, shares the pool.
 * Fails with VIV_ENOMEM. */
int pool_job_new(struct pool_executor *executor, struct pool *pool,
                 const viv_task *task, enum pool_job_kind kind,
                 struct pool_job **ret_job, viv_error *err);
void pool_job_unref(struct pool_job *job);

/* What a thread does with a job that is RUNNING, for at most a slice.  How it
 * goes on: */
enum pool_job_next {
    POOL_JOB_WANTS, /* it has no sandbox yet */
    POOL_JOB_PAUSES,
    POOL_JOB_WAITS,
    POOL_JOB_ENDS /* it has no sandbox any more */
};
enum pool_job_next pool_job_step(struct pool_job *job, uint64_t slice_ns);

/* It has ended with this, unless `result` says more: the times are set. */
void pool_job_end(struct pool_job *job, int code);

/* It has ended: tell whoever is to know.  The executor says the rest. */
void pool_job_tell(struct pool_job *job);

/* viv_job_wait(), viv_job_result_of(), viv_job_cancel(). */
int pool_job_wait(struct pool_job *job, uint64_t max_ns,
                  viv_job_result *ret_result);
int pool_job_result(const struct pool_job *job, viv_job_result *ret_result);
int pool_job_cancel(struct pool_job *job);

#endif /* POOL_JOB_H */
