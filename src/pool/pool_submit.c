/* pool_submit.c - jobs that are handed in, and those that are given out.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_error.h"
#include "os/os_event.h"
#include "pool/pool_executor.h"

/* Under the lock. */
static int check_room(struct pool_executor *executor, viv_error *err)
{
    if (executor->is_closing) {
        executor->meters.refused++;
        return base_error(err, VIV_ECLOSED, "the executor is closed");
    }
    if (executor->count - executor->begun >= executor->config.queue_max) {
        executor->meters.refused++;
        return base_error(err, VIV_EFULL, "%u jobs are in the queue already",
                          executor->config.queue_max);
    }
    if (pool_timer_reserve(&executor->timers, executor->count + 1) < 0)
        return base_error_memory(err);
    return 0;
}

/* Its owner has it before it runs.  One with a key has yet to ask. */
static int enter(struct pool_executor *executor, struct pool_job *job,
                 viv_job **ret_job, viv_error *err)
{
    int code;

    pthread_mutex_lock(&executor->lock);
    code = check_room(executor, err);
    if (code == 0) {
        job->next = executor->jobs;
        if (job->next != NULL)
            job->next->prev = job;
        executor->jobs = job;
        executor->count++;
        if (ret_job != NULL)
            *ret_job = (viv_job *)job;
        if (executor->carrier != NULL)
            job->state = POOL_JOB_READY;
        else if (job->key == NULL)
            pool_executor_ready(executor, job, false);
        else
            job->state = POOL_JOB_RUNNING; /* by who hands it in */
    }
    pthread_mutex_unlock(&executor->lock);
    return code;
}

/* Stand in the queue for a session.  What was told meanwhile is noted. */
static void ask(struct pool_executor *executor, struct pool_job *job)
{
    bool is_decided;
    uint64_t when;

    job->has_asked = true;
    is_decided = pool_ask(job->pool, &job->want);
    when = pool_executor_due(job, POOL_JOB_WANTS);
    pthread_mutex_lock(&executor->lock);
    job->is_granted = job->is_granted || is_decided;
    if (job->is_granted || job->is_woken)
        pool_executor_ready(executor, job, false);
    else
        pool_executor_rest(executor, job, POOL_JOB_WANTING, when);
    pthread_mutex_unlock(&executor->lock);
}

/* Without a key or a carrier the executor may be no more after enter(): the job
 * can be done by then, and somebody else wait for nothing but that. */
int pool_executor_submit(struct pool_executor *executor, struct pool *pool,
                         const viv_task *task, enum pool_job_kind kind,
                         viv_job **ret_job, viv_error *err)
{
    struct pool_carrier *carrier = executor->carrier;
    bool has_key = task->key != NULL;
    struct pool_job *job;
    int code = pool_job_new(executor, pool, task, kind, &job, err);

    if (code < 0)
        return code;
    if (carrier != NULL)
        code = carrier->accept(carrier, job, err);
    if (ret_job != NULL)
        atomic_fetch_add(&job->refs, 1);
    if (code == 0)
        code = enter(executor, job, ret_job, err);
    if (code < 0) {
        if (ret_job != NULL)
            pool_job_unref(job);
        pool_job_unref(job);
        return code;
    }
    if (carrier != NULL)
        carrier->carry(carrier, job);
    else if (has_key)
        ask(executor, job);
    return 0;
}

struct pool_job *pool_executor_next(struct pool_executor *executor)
{
    struct pool_job *job;

    pthread_mutex_lock(&executor->lock);
    job = executor->done_first;
    if (job != NULL) {
        executor->done_first = job->next_done;
        job->next_done = NULL;
        if (executor->done_first == NULL)
            os_event_clear(executor->fd);
    }
    pthread_mutex_unlock(&executor->lock);
    return job;
}
