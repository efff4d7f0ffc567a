/* pool_job.c - a task that was handed in, until it is done.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_job.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "os/os_clock.h"
#include "pool/pool_executor.h"
#include "sandbox/sandbox_wait.h"

/* ------------------------------------------------------------------------
 * Birth and death.
 */

static int init_changed(pthread_cond_t *changed)
{
    pthread_condattr_t attr;
    int error = pthread_condattr_init(&attr);

    if (error != 0)
        return error;
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    error = pthread_cond_init(changed, &attr);
    pthread_condattr_destroy(&attr);
    return error;
}

static struct pool_job *allocate(const char *key)
{
    size_t size = key != NULL ? strlen(key) + 1 : 0;
    struct pool_job *job = base_alloc_zero(1, sizeof(*job));

    if (job == NULL)
        return NULL;
    if (size > 0)
        job->key = base_alloc(size);
    if ((size > 0 && job->key == NULL) || init_changed(&job->changed) != 0) {
        base_free(job->key);
        base_free(job);
        return NULL;
    }
    if (size > 0)
        memcpy(job->key, key, size);
    return job;
}

int pool_job_new(struct pool_executor *executor, struct pool *pool,
                 const viv_task *task, enum pool_job_kind kind,
                 struct pool_job **ret_job, viv_error *err)
{
    struct pool_job *job = allocate(task->key);

    if (job == NULL)
        return base_error_memory(err);
    pthread_mutex_init(&job->lock, NULL);
    job->refs = 1;
    job->executor = executor;
    job->pool = pool_ref(pool);
    job->task = *task;
    job->task.key = job->key;
    job->kind = kind;
    job->want = (struct pool_want){
        .key = job->key,
        .told = pool_executor_told,
        .is_patient = task->priority == VIV_BATCH && job->key == NULL,
    };
    job->submitted = os_clock_now();
    *ret_job = job;
    return 0;
}

void pool_job_unref(struct pool_job *job)
{
    if (atomic_fetch_sub(&job->refs, 1) != 1)
        return;
    pool_unref(job->pool);
    pthread_cond_destroy(&job->changed);
    pthread_mutex_destroy(&job->lock);
    base_free(job->key);
    base_free(job);
}

/* ------------------------------------------------------------------------
 * A step.
 */

static void set_sandbox(struct pool_job *job, struct sandbox *sandbox)
{
    pthread_mutex_lock(&job->lock);
    job->sandbox = sandbox;
    pthread_mutex_unlock(&job->lock);
}

void pool_job_end(struct pool_job *job, int code)
{
    uint64_t all = os_clock_now() - job->submitted;
    viv_job_result *result = &job->result;

    result->code = code;
    if (!job->has_begun)
        result->queue_ns = all;
    result->wait_ns = all - result->queue_ns - result->run_ns;
}

static enum pool_job_next end_unbegun(struct pool_job *job)
{
    if (job->has_asked)
        pool_withdraw(job->pool, &job->want);
    job->result.outcome = (viv_outcome){.kind = VIV_CANCELLED};
    pool_job_end(job, 0);
    return POOL_JOB_ENDS;
}

static enum pool_job_next end_begun(struct pool_job *job, int code)
{
    struct sandbox *sandbox = job->sandbox;

    pool_job_end(job, code);
    set_sandbox(job, NULL);
    pool_release(job->pool, sandbox);
    return POOL_JOB_ENDS;
}

static enum pool_job_next run(struct pool_job *job, viv_task_func *func,
                              uint64_t began)
{
    viv_outcome *outcome = &job->result.outcome;
    int code = func((viv_sandbox *)job->sandbox, job->task.cookie, outcome,
                    &job->result.err);

    job->result.run_ns += os_clock_now() - began;
    if (code == 0 && outcome->kind == VIV_PAUSED)
        return POOL_JOB_PAUSES;
    if (code == 0 && outcome->kind == VIV_WAITING)
        return POOL_JOB_WAITS;
    return end_begun(job, code);
}

static enum pool_job_next begin(struct pool_job *job, uint64_t slice_ns)
{
    struct sandbox *sandbox;
    uint64_t began;
    int code = pool_take(job->pool, &job->want, &sandbox, &job->result.err);

    if (code < 0) {
        pool_job_end(job, code);
        return POOL_JOB_ENDS;
    }
    sandbox_wait_watch(sandbox, pool_executor_answered, job);
    sandbox->slice_ns = slice_ns;
    set_sandbox(job, sandbox);
    if (atomic_load(&job->is_cancelled)) {
        job->result.outcome = (viv_outcome){.kind = VIV_CANCELLED};
        return end_begun(job, 0);
    }
    pool_executor_begun(job);
    began = os_clock_now();
    job->result.queue_ns = began - job->submitted;
    return run(job, job->task.start, began);
}

/* Has it a sandbox to take?  It asks the first time, and is told later. */
static bool is_granted(struct pool_job *job)
{
    if (!job->has_asked) {
        job->has_asked = true;
        return pool_ask(job->pool, &job->want);
    }
    if (pool_executor_is_granted(job))
        return true;
    pool_look(job->pool);
    return pool_executor_is_granted(job);
}

enum pool_job_next pool_job_step(struct pool_job *job, uint64_t slice_ns)
{
    bool is_cancelled = atomic_load(&job->is_cancelled);

    if (job->sandbox == NULL && is_cancelled)
        return end_unbegun(job);
    if (job->sandbox == NULL)
        return is_granted(job) ? begin(job, slice_ns) : POOL_JOB_WANTS;
    if (is_cancelled)
        sandbox_wait_cancel(job->sandbox);
    return run(job, job->task.resume, os_clock_now());
}

void pool_job_tell(struct pool_job *job)
{
    atomic_store(&job->has_ended, true);
    if (job->task.done != NULL)
        job->task.done((viv_job *)job, job->task.cookie);
    pthread_mutex_lock(&job->lock);
    job->is_done = true;
    pthread_cond_broadcast(&job->changed);
    pthread_mutex_unlock(&job->lock);
}

/* ------------------------------------------------------------------------
 * From outside.
 */

int pool_job_result(const struct pool_job *job, viv_job_result *ret_result)
{
    if (!atomic_load(&job->has_ended))
        return VIV_EBUSY;
    *ret_result = job->result;
    return 0;
}

int pool_job_wait(struct pool_job *job, uint64_t max_ns,
                  viv_job_result *ret_result)
{
    uint64_t until =
        os_clock_now() + (max_ns < VIV_ENDLESS ? max_ns : VIV_ENDLESS);
    struct timespec first = os_clock_timespec(until);
    bool is_here = pool_executor_here() == job->executor, is_done;
    int error = 0;

    pthread_mutex_lock(&job->lock);
    while (!job->is_done && !is_here && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&job->changed, &job->lock, &first);
    is_done = job->is_done;
    pthread_mutex_unlock(&job->lock);
    if (!is_done)
        return is_here ? VIV_EBUSY : VIV_ETIME;
    return pool_job_result(job, ret_result);
}

/* With the job's lock the sandbox is the job's, and its next call, too. */
int pool_job_cancel(struct pool_job *job)
{
    int code = VIV_ENOCALL;

    pthread_mutex_lock(&job->lock);
    if (!job->is_done && !atomic_load(&job->has_ended)) {
        pool_executor_cancel(job);
        if (job->sandbox != NULL)
            sandbox_wait_cancel_next(job->sandbox);
        code = 0;
    }
    pthread_mutex_unlock(&job->lock);
    return code;
}
