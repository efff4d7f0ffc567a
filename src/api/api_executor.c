/* api_executor.c - vivarium.h: executors, jobs, and tasks that are calls.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "api/api.h"
#include "base/base_error.h"
#include "crew/crew.h"
#include "os/os_process.h"
#include "pool/pool_executor.h"
#include "pool/pool_text.h"

static struct pool_executor *executor_of(const viv_executor *executor)
{
    return (struct pool_executor *)executor;
}

static struct pool_job *job_of(const viv_job *job)
{
    return (struct pool_job *)job;
}

/* ------------------------------------------------------------------------
 * Executors.
 */

void viv_executor_config_default(viv_executor_config *ret_config)
{
    *ret_config = (viv_executor_config){
        .size = sizeof(viv_executor_config),
        .queue_max = 1024,
        .slice_ns = VIV_NS_PER_S / 1000,
    };
}

static int new_with_workers(const viv_executor_config *config,
                            struct pool_executor **ret_executor, viv_error *err)
{
    struct crew_carrier *carrier;
    int code = crew_carrier_new(config, &carrier, err);

    if (code < 0)
        return code;
    code = pool_executor_new(config, &carrier->carrier, ret_executor, err);
    if (code < 0)
        crew_carrier_free(carrier);
    else
        crew_set_executor(carrier, *ret_executor);
    return code;
}

int viv_executor_new(const viv_executor_config *config,
                     viv_executor **ret_executor, viv_error *err)
{
    viv_executor_config complete;
    struct pool_executor *executor;
    int code;

    if (ret_executor == NULL)
        return base_error(err, VIV_EINVAL,
                          "viv_executor_new() needs a place for the executor");
    viv_executor_config_default(&complete);
    if (config != NULL)
        complete = *config;
    if (complete.threads == 0)
        complete.threads = os_process_cores();
    code = complete.worker == NULL
               ? pool_executor_new(&complete, NULL, &executor, err)
               : new_with_workers(&complete, &executor, err);
    if (code == 0)
        *ret_executor = (viv_executor *)executor;
    return code;
}

int viv_executor_fd(const viv_executor *executor)
{
    return executor != NULL ? executor_of(executor)->fd : VIV_EINVAL;
}

viv_job *viv_executor_next(viv_executor *executor)
{
    return executor != NULL
               ? (viv_job *)pool_executor_next(executor_of(executor))
               : NULL;
}

void viv_executor_meters_of(viv_executor *executor,
                            viv_executor_meters *ret_meters)
{
    if (executor != NULL)
        pool_executor_read(executor_of(executor), ret_meters);
    else
        *ret_meters = (viv_executor_meters){0};
}

size_t viv_executor_text(viv_executor *executor, char *to, size_t size)
{
    viv_executor_meters meters;

    viv_executor_meters_of(executor, &meters);
    return pool_text_executor(
        executor != NULL ? executor_of(executor)->name : "", &meters, to, size);
}

int viv_executor_close(viv_executor *executor, uint64_t max_ns,
                       viv_executor_meters *ret_meters)
{
    if (executor == NULL)
        return VIV_EINVAL;
    return pool_executor_close(executor_of(executor), max_ns, ret_meters);
}

int viv_executor_free(viv_executor *executor)
{
    return executor != NULL ? pool_executor_free(executor_of(executor)) : 0;
}

/* ------------------------------------------------------------------------
 * Jobs.
 */

static viv_task_func start_call, start_python;

static enum pool_job_kind kind_of(const viv_task *task)
{
    if (task->start == start_call)
        return POOL_JOB_CALL;
    return task->start == start_python ? POOL_JOB_PYTHON : POOL_JOB_OTHER;
}

int viv_submit(viv_executor *executor, viv_pool *pool, const viv_task *task,
               viv_job **ret_job, viv_error *err)
{
    if (executor == NULL || pool == NULL || task == NULL ||
        task->size != sizeof(*task) || task->start == NULL ||
        task->resume == NULL || task->priority > VIV_BATCH)
        return base_error(err, VIV_EINVAL,
                          "viv_submit() needs an executor, a pool and a task "
                          "of its size, with start, resume and a priority");
    if (task->key != NULL &&
        ((struct pool *)pool)->config.policy != VIV_POOL_KEPT)
        return base_error(err, VIV_EINVAL,
                          "the pool \"%s\" keeps no sessions: no key",
                          ((struct pool *)pool)->name);
    return pool_executor_submit(executor_of(executor), (struct pool *)pool,
                                task, kind_of(task), ret_job, err);
}

int viv_job_wait(viv_job *job, uint64_t max_ns, viv_job_result *ret_result)
{
    if (job == NULL || ret_result == NULL)
        return VIV_EINVAL;
    return pool_job_wait(job_of(job), max_ns, ret_result);
}

int viv_job_result_of(const viv_job *job, viv_job_result *ret_result)
{
    if (job == NULL || ret_result == NULL)
        return VIV_EINVAL;
    return pool_job_result(job_of(job), ret_result);
}

int viv_job_cancel(viv_job *job)
{
    return job != NULL ? pool_job_cancel(job_of(job)) : VIV_EINVAL;
}

void viv_job_free(viv_job *job)
{
    if (job != NULL)
        pool_job_unref(job_of(job));
}

/* ------------------------------------------------------------------------
 * Tasks.
 */

static int start_call(viv_sandbox *sandbox, void *cookie,
                      viv_outcome *ret_outcome, viv_error *err)
{
    const viv_call_task *call = cookie;

    return viv_call(sandbox, call->name, call->name_len, call->args,
                    call->arg_count, call->results, call->result_count,
                    ret_outcome, err);
}

static int resume_call(viv_sandbox *sandbox, void *cookie,
                       viv_outcome *ret_outcome, viv_error *err)
{
    const viv_call_task *call = cookie;

    return viv_call_resume(sandbox, call->results, call->result_count,
                           ret_outcome, err);
}

void viv_task_of_call(viv_call_task *call, viv_task *ret_task)
{
    *ret_task = (viv_task){
        .size = sizeof(viv_task),
        .start = start_call,
        .resume = resume_call,
        .cookie = call,
    };
}

/* It may wait or be paused, and then there is nothing to take yet. */
static int take(viv_sandbox *sandbox, const viv_python_task *run,
                const viv_python_result *result, viv_outcome *ret_outcome)
{
    uint32_t kind = result->outcome.kind;

    *ret_outcome = result->outcome;
    if (run->take != NULL && kind != VIV_WAITING && kind != VIV_PAUSED)
        run->take(sandbox, result, run->cookie);
    return 0;
}

static int start_python(viv_sandbox *sandbox, void *cookie,
                        viv_outcome *ret_outcome, viv_error *err)
{
    const viv_python_task *run = cookie;
    viv_python_result result;
    int code = viv_python_run(sandbox, run->source, run->len, run->name,
                              run->flags, &result, err);

    return code < 0 ? code : take(sandbox, run, &result, ret_outcome);
}

static int resume_python(viv_sandbox *sandbox, void *cookie,
                         viv_outcome *ret_outcome, viv_error *err)
{
    viv_python_result result;
    int code = viv_python_resume(sandbox, &result, err);

    return code < 0 ? code : take(sandbox, cookie, &result, ret_outcome);
}

void viv_task_of_python(viv_python_task *run, viv_task *ret_task)
{
    *ret_task = (viv_task){
        .size = sizeof(viv_task),
        .start = start_python,
        .resume = resume_python,
        .cookie = run,
    };
}
