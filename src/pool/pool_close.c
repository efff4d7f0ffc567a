/* pool_close.c - an executor is looked at, and closed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <time.h>

#include "os/os_clock.h"
#include "pool/pool_executor.h"

static void read_locked(const struct pool_executor *executor,
                        viv_executor_meters *ret_meters)
{
    *ret_meters = executor->meters;
    for (const struct pool_job *job = executor->jobs; job != NULL;
         job = job->next) {
        ret_meters->queued += !job->has_begun;
        ret_meters->running += job->has_begun && job->state == POOL_JOB_RUNNING;
        ret_meters->waiting += job->has_begun && job->state != POOL_JOB_RUNNING;
    }
}

void pool_executor_read(struct pool_executor *executor,
                        viv_executor_meters *ret_meters)
{
    pthread_mutex_lock(&executor->lock);
    read_locked(executor, ret_meters);
    pthread_mutex_unlock(&executor->lock);
}

/* Flag them all; those that run are returned, in a row, with a reference each:
 * there are no more than threads. */
static struct pool_job *flag_all(struct pool_executor *executor)
{
    struct pool_job *running = NULL;

    for (struct pool_job *job = executor->jobs; job != NULL; job = job->next) {
        if (atomic_exchange(&job->is_cancelled, true))
            continue;
        pool_executor_wake(executor, job);
        if (job->state != POOL_JOB_RUNNING)
            continue;
        atomic_fetch_add(&job->refs, 1);
        job->next_stopped = running;
        running = job;
    }
    return running;
}

/* Stop those, whose lock comes before the executor's. */
static void stop_all(struct pool_job *running)
{
    struct pool_job *job;

    while ((job = running) != NULL) {
        running = job->next_stopped;
        pool_job_cancel(job);
        pool_job_unref(job);
    }
}

static void flag_carried(struct pool_executor *executor)
{
    for (struct pool_job *job = executor->jobs; job != NULL; job = job->next)
        atomic_store(&job->is_cancelled, true);
}

/* Unlocks while it stops what runs. */
static void cancel_all(struct pool_executor *executor)
{
    struct pool_job *running = NULL;

    if (executor->carrier != NULL)
        flag_carried(executor);
    else
        running = flag_all(executor);
    pthread_mutex_unlock(&executor->lock);
    if (executor->carrier != NULL)
        executor->carrier->look(executor->carrier);
    stop_all(running);
    pthread_mutex_lock(&executor->lock);
}

static void wait_for_the_last(struct pool_executor *executor, uint64_t max_ns)
{
    uint64_t until =
        os_clock_now() + (max_ns < VIV_ENDLESS ? max_ns : VIV_ENDLESS);
    struct timespec first = os_clock_timespec(until);
    int error = 0;

    while (executor->count > 0 && error != ETIMEDOUT)
        error =
            pthread_cond_timedwait(&executor->ends, &executor->lock, &first);
}

int pool_executor_close(struct pool_executor *executor, uint64_t max_ns,
                        viv_executor_meters *ret_meters)
{
    bool is_here = pool_executor_here() == executor;

    pthread_mutex_lock(&executor->lock);
    executor->is_closing = true;
    if (!is_here) {
        wait_for_the_last(executor, max_ns);
        cancel_all(executor);
        wait_for_the_last(executor, VIV_ENDLESS);
    }
    if (ret_meters != NULL)
        read_locked(executor, ret_meters);
    pthread_mutex_unlock(&executor->lock);
    return is_here ? VIV_EBUSY : 0;
}
