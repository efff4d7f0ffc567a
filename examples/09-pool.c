/* 09-pool.c - many guests at once, on two threads.
 *
 * Twenty calls that never end and one that is short share an executor.  Each
 * runs for a millisecond at a time, so the short one has its answer at once;
 * the others are cancelled then.  Every call finds a fresh sandbox.
 *
 * Build it as 01-hello.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "vivarium.h"

#define RUNAWAYS 20

struct work {
    viv_pool *pool;
    viv_executor *executor;
    viv_value arg, results[RUNAWAYS + 1];
    viv_call_task calls[RUNAWAYS + 1];
    viv_job *jobs[RUNAWAYS + 1];
};

/* Hand in call number `n` of the function `name`, whose name is as long. */
static int hand_in(struct work *work, int n, const char *name, size_t len)
{
    viv_call_task *call = &work->calls[n];
    viv_task task;
    viv_error err = {0};

    call->name = name;
    call->name_len = len;
    call->args = &work->arg;
    call->arg_count = 1;
    call->results = &work->results[n];
    call->result_count = 1;
    viv_task_of_call(call, &task);
    if (viv_submit(work->executor, work->pool, &task, &work->jobs[n], &err) < 0)
        return fprintf(stderr, "%s\n", err.text);
    return 0;
}

static uint32_t wait_for(struct work *work, int n)
{
    viv_job_result result = {0};

    viv_job_wait(work->jobs[n], VIV_ENDLESS, &result);
    viv_job_free(work->jobs[n]);
    return result.outcome.kind;
}

static int run(struct work *work)
{
    viv_pool_meters meters;
    int n, cancelled = 0;

    work->arg.i32 = 5;
    for (n = 0; n < RUNAWAYS; n++)
        if (hand_in(work, n, "spin", 4) != 0)
            return 1;
    if (hand_in(work, RUNAWAYS, "add", 3) != 0)
        return 1;
    if (wait_for(work, RUNAWAYS) == VIV_RETURNED)
        printf("the short call returned %u\n", work->results[RUNAWAYS].i32);
    for (n = 0; n < RUNAWAYS; n++)
        viv_job_cancel(work->jobs[n]);
    for (n = 0; n < RUNAWAYS; n++)
        cancelled += wait_for(work, n) == VIV_CANCELLED;
    printf("%d others were cancelled\n", cancelled);
    viv_pool_meters_of(work->pool, &meters);
    printf("%llu sandboxes were made, %llu resets done\n",
           (unsigned long long)meters.made, (unsigned long long)meters.resets);
    return 0;
}

int main(int argc, char **argv)
{
    viv_module *module = NULL;
    viv_sandbox *first = NULL;
    viv_image *image = NULL;
    viv_outcome outcome;
    viv_executor_config config;
    struct work work = {0};
    viv_error err = {0};
    int code = 1;

    viv_executor_config_default(&config);
    config.threads = 2;
    if (argc == 2 && viv_module_load(argv[1], &module, &err) == 0 &&
        viv_sandbox_new(module, NULL, 0, NULL, &first, &outcome, &err) == 0 &&
        viv_image_new(first, &image, &err) == 0 &&
        viv_pool_new(image, NULL, &work.pool, &err) == 0 &&
        viv_executor_new(&config, &work.executor, &err) == 0)
        code = run(&work);
    if (err.code != 0)
        fprintf(stderr, "%s\n", err.text);
    viv_executor_free(work.executor);
    viv_pool_unref(work.pool);
    viv_image_unref(image);
    viv_sandbox_free(first);
    viv_module_unref(module);
    return code;
}
