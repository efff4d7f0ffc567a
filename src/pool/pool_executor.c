/* pool_executor.c - threads that carry any number of calls.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_executor.h"

#include <errno.h>
#include <time.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "os/os_clock.h"
#include "os/os_event.h"
#include "os/os_fd.h"
#include "os/os_nudge.h"
#include "os/os_thread.h"
#include "pool/pool_meters.h"
#include "sandbox/sandbox_wait.h"

static _Thread_local struct pool_executor *here;

struct pool_executor *pool_executor_here(void)
{
    return here;
}

static struct pool_job *job_of_want(struct pool_want *want)
{
    return (struct pool_job *)((char *)want - offsetof(struct pool_job, want));
}

static struct pool_job *job_of_timer(struct pool_timer *timer)
{
    return (struct pool_job *)((char *)timer -
                               offsetof(struct pool_job, timer));
}

/* ------------------------------------------------------------------------
 * Ready.  All under the lock.
 */

void pool_executor_ready(struct pool_executor *executor, struct pool_job *job,
                         bool has_paused)
{
    enum pool_turn_rank rank = has_paused ? POOL_TURN_LONG : POOL_TURN_SHORT;

    if (job->task.priority == VIV_BATCH)
        rank = POOL_TURN_BATCH;
    pool_timer_unset(&executor->timers, &job->timer);
    job->state = POOL_JOB_READY;
    pool_turn_add(&executor->turn, &job->turn, rank);
    if (executor->sleeping > 0)
        pthread_cond_signal(&executor->work);
}

void pool_executor_wake(struct pool_executor *executor, struct pool_job *job)
{
    if (job->state == POOL_JOB_WANTING || job->state == POOL_JOB_PARKED)
        pool_executor_ready(executor, job, false);
    else
        job->is_woken = true;
}

/* Those who sleep do not know of `when` yet. */
void pool_executor_rest(struct pool_executor *executor, struct pool_job *job,
                        enum pool_job_state state, uint64_t when)
{
    job->state = state;
    if (when == OS_NUDGE_NEVER)
        return;
    pool_timer_set(&executor->timers, &job->timer, when);
    if (executor->sleeping > 0 &&
        pool_timer_first(&executor->timers) == &job->timer)
        pthread_cond_signal(&executor->work);
}

static void wake_due(struct pool_executor *executor, uint64_t now)
{
    struct pool_timer *timer;

    while ((timer = pool_timer_first(&executor->timers)) != NULL &&
           timer->when <= now)
        pool_executor_ready(executor, job_of_timer(timer), false);
}

/* ------------------------------------------------------------------------
 * What jobs say.
 */

static void wake_locked(struct pool_job *job)
{
    pthread_mutex_lock(&job->executor->lock);
    pool_executor_wake(job->executor, job);
    pthread_mutex_unlock(&job->executor->lock);
}

void pool_executor_enter(struct pool_executor *executor)
{
    here = executor;
}

void pool_executor_told(struct pool_want *want)
{
    struct pool_job *job = job_of_want(want);

    pthread_mutex_lock(&job->executor->lock);
    job->is_granted = want->state != POOL_WANT_WAITING;
    if (job->state == POOL_JOB_WANTING)
        pool_executor_ready(job->executor, job, false);
    else if (!job->is_granted)
        job->is_woken = true;
    pthread_mutex_unlock(&job->executor->lock);
}

bool pool_executor_is_granted(struct pool_job *job)
{
    bool is_granted;

    pthread_mutex_lock(&job->executor->lock);
    is_granted = job->is_granted;
    pthread_mutex_unlock(&job->executor->lock);
    return is_granted;
}

void pool_executor_answered(viv_sandbox *sandbox, void *cookie)
{
    (void)sandbox;
    wake_locked(cookie);
}

void pool_executor_begun(struct pool_job *job)
{
    pthread_mutex_lock(&job->executor->lock);
    job->state = POOL_JOB_RUNNING;
    job->has_begun = true;
    job->executor->begun++;
    pthread_mutex_unlock(&job->executor->lock);
}

void pool_executor_cancel(struct pool_job *job)
{
    struct pool_carrier *carrier = job->executor->carrier;

    atomic_store(&job->is_cancelled, true);
    if (carrier != NULL)
        carrier->look(carrier);
    else
        wake_locked(job);
}

/* ------------------------------------------------------------------------
 * Threads.
 */

static void announce(struct pool_executor *executor, struct pool_job *job)
{
    atomic_fetch_add(&job->refs, 1);
    if (executor->done_first != NULL)
        executor->done_last->next_done = job;
    else
        executor->done_first = job;
    if (executor->done_first == job)
        os_event_set(executor->fd);
    executor->done_last = job;
}

/* Under the lock: how it ended, and what its time went into. */
static void count_end(viv_executor_meters *meters, const struct pool_job *job)
{
    const viv_job_result *result = &job->result;

    pool_meters_time(&meters->queue, result->queue_ns);
    if (job->has_begun) {
        pool_meters_time(&meters->wait, result->wait_ns);
        pool_meters_time(&meters->run, result->run_ns);
    }
    if (result->code < 0)
        meters->failed++;
    else if (result->outcome.kind == VIV_CANCELLED)
        meters->cancelled++;
    else if (result->outcome.kind == VIV_LOST)
        meters->lost++;
    else
        meters->finished++;
}

/* Under the lock: it is none of the executor's jobs any more. */
static void forget(struct pool_executor *executor, struct pool_job *job)
{
    if (job->prev != NULL)
        job->prev->next = job->next;
    else
        executor->jobs = job->next;
    if (job->next != NULL)
        job->next->prev = job->prev;
    executor->begun -= job->has_begun;
    if (--executor->count == 0)
        pthread_cond_broadcast(&executor->ends);
}

static void finish(struct pool_executor *executor, struct pool_job *job)
{
    pthread_mutex_lock(&executor->lock);
    count_end(&executor->meters, job);
    pthread_mutex_unlock(&executor->lock);
    pool_job_tell(job);
    pthread_mutex_lock(&executor->lock);
    job->state = POOL_JOB_DONE;
    if (job->task.announced)
        announce(executor, job);
    forget(executor, job);
    pthread_mutex_unlock(&executor->lock);
    pool_job_unref(job);
}

void pool_executor_end(struct pool_job *job)
{
    pool_meters_carried(job->pool,
                        job->result.code == 0 ? job->result.outcome.kind : 0);
    finish(job->executor, job);
}

uint64_t pool_executor_due(struct pool_job *job, enum pool_job_next next)
{
    uint64_t ns;

    if (next == POOL_JOB_PAUSES)
        return 0;
    if (next == POOL_JOB_WANTS)
        return pool_due(job->pool, &job->want);
    ns = sandbox_wait_due(job->sandbox);
    if (ns == 0 || ns == UINT64_MAX)
        return ns;
    return os_clock_now() + ns;
}

static void step(struct pool_executor *executor, struct pool_job *job)
{
    enum pool_job_next next = pool_job_step(job, executor->config.slice_ns);
    uint64_t when;

    if (next == POOL_JOB_ENDS) {
        finish(executor, job);
        return;
    }
    when = pool_executor_due(job, next);
    pthread_mutex_lock(&executor->lock);
    executor->meters.slices += next == POOL_JOB_PAUSES;
    if (when == 0 || job->is_woken ||
        (next == POOL_JOB_WANTS && job->is_granted))
        pool_executor_ready(executor, job, next == POOL_JOB_PAUSES);
    else
        pool_executor_rest(
            executor, job,
            next == POOL_JOB_WAITS ? POOL_JOB_PARKED : POOL_JOB_WANTING, when);
    pthread_mutex_unlock(&executor->lock);
}

/* Under the lock: until there is something to do. */
static void sleep_a_while(struct pool_executor *executor)
{
    struct pool_timer *timer = pool_timer_first(&executor->timers);
    struct timespec first;

    executor->sleeping++;
    if (timer == NULL) {
        pthread_cond_wait(&executor->work, &executor->lock);
    } else {
        first = os_clock_timespec(timer->when);
        pthread_cond_timedwait(&executor->work, &executor->lock, &first);
    }
    executor->sleeping--;
}

/* The next job, which is RUNNING then; NULL: no more come. */
static struct pool_job *next_job(struct pool_executor *executor)
{
    struct pool_job *job;

    pthread_mutex_lock(&executor->lock);
    for (;;) {
        wake_due(executor, os_clock_now());
        job = (struct pool_job *)pool_turn_take(&executor->turn);
        if (job != NULL || executor->is_over)
            break;
        sleep_a_while(executor);
    }
    if (job != NULL) {
        job->state = POOL_JOB_RUNNING;
        job->is_woken = false;
    }
    pthread_mutex_unlock(&executor->lock);
    return job;
}

static void *work(void *arg)
{
    struct pool_job *job;

    here = arg;
    while ((job = next_job(arg)) != NULL)
        step(arg, job);
    return NULL;
}

/* ------------------------------------------------------------------------
 * Birth and death.
 */

static int check_config(const viv_executor_config *config, viv_error *err)
{
    if (config->size != sizeof(*config))
        return base_error(err, VIV_EINVAL,
                          "a viv_executor_config of %zu bytes, not %zu: fill "
                          "it by viv_executor_config_default()",
                          config->size, sizeof(*config));
    if (config->threads < 1 || config->threads > POOL_EXECUTOR_THREADS_MAX ||
        config->queue_max < 1)
        return base_error(err, VIV_EINVAL,
                          "an executor has 1 to %d threads and room for a job, "
                          "not %u and %u",
                          POOL_EXECUTOR_THREADS_MAX, config->threads,
                          config->queue_max);
    if (config->slice_ns < POOL_EXECUTOR_SLICE_NS_MIN ||
        config->slice_ns > VIV_ENDLESS)
        return base_error(err, VIV_EINVAL,
                          "a slice of %llu ns: it must be 10000 at least",
                          (unsigned long long)config->slice_ns);
    return 0;
}

static int init_conditions(struct pool_executor *executor)
{
    pthread_condattr_t attr;
    int error = pthread_condattr_init(&attr);

    if (error != 0)
        return error;
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    error = pthread_cond_init(&executor->work, &attr);
    if (error == 0)
        error = pthread_cond_init(&executor->ends, &attr);
    pthread_condattr_destroy(&attr);
    return error;
}

static int start(struct pool_executor *executor, viv_error *err)
{
    int code = os_event_new(&executor->fd, err);

    if (executor->carrier != NULL)
        return code;
    while (code == 0 && executor->started < executor->config.threads) {
        code = os_thread_start(&executor->threads[executor->started], work,
                               executor, err);
        executor->started += code == 0;
    }
    return code;
}

/* What it was given, it does not take if it fails. */
static int abandon(struct pool_executor *executor, int code)
{
    executor->carrier = NULL;
    pool_executor_free(executor);
    return code;
}

int pool_executor_new(const viv_executor_config *config,
                      struct pool_carrier *carrier,
                      struct pool_executor **ret_executor, viv_error *err)
{
    struct pool_executor *executor;
    int code = check_config(config, err);

    if (code < 0)
        return code;
    executor = base_alloc_zero(1, sizeof(*executor));
    if (executor == NULL)
        return base_error_memory(err);
    executor->config = *config;
    pool_meters_name(executor->name, config->name, "executor");
    executor->config.name = executor->name;
    executor->carrier = carrier;
    executor->fd = -1;
    executor->threads = base_alloc_zero(config->threads, sizeof(pthread_t));
    if (executor->threads == NULL || init_conditions(executor) != 0) {
        base_free(executor->threads);
        base_free(executor);
        return base_error_memory(err);
    }
    pthread_mutex_init(&executor->lock, NULL);
    code = start(executor, err);
    if (code < 0)
        return abandon(executor, code);
    *ret_executor = executor;
    return 0;
}

int pool_executor_free(struct pool_executor *executor)
{
    struct pool_job *job;
    int code = pool_executor_close(executor, 0, NULL);

    if (code < 0)
        return code;
    pthread_mutex_lock(&executor->lock);
    executor->is_over = true;
    pthread_cond_broadcast(&executor->work);
    pthread_mutex_unlock(&executor->lock);
    while (executor->started > 0)
        pthread_join(executor->threads[--executor->started], NULL);
    if (executor->carrier != NULL)
        executor->carrier->end(executor->carrier);
    while ((job = pool_executor_next(executor)) != NULL)
        pool_job_unref(job);
    pool_timer_fini(&executor->timers);
    os_fd_close(executor->fd);
    pthread_cond_destroy(&executor->work);
    pthread_cond_destroy(&executor->ends);
    pthread_mutex_destroy(&executor->lock);
    base_free(executor->threads);
    base_free(executor);
    return 0;
}
