/* 10-worker.c - guests behind a second wall: in processes of their own.
 *
 * This program is its own worker: it starts itself once more, and that process
 * locks itself in before any guest runs in it.  All else is as with threads.
 *
 * Build it as 01-hello.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "vivarium.h"

/* A pool of the guest in the file `path`. */
static int open_pool(const char *path, viv_pool **ret_pool, viv_error *err)
{
    viv_module *module = NULL;
    viv_sandbox *sandbox = NULL;
    viv_image *image = NULL;
    viv_outcome outcome;
    int code = viv_module_load(path, &module, err);

    if (code == 0)
        code = viv_sandbox_new(module, NULL, 0, NULL, &sandbox, &outcome, err);
    if (code == 0)
        code = viv_image_new(sandbox, &image, err);
    if (code == 0)
        code = viv_pool_new(image, NULL, ret_pool, err);
    viv_image_unref(image);
    viv_sandbox_free(sandbox);
    viv_module_unref(module);
    return code;
}

static int run(viv_executor *executor, viv_pool *pool, viv_error *err)
{
    viv_value args[2], sum = {0};
    viv_call_task call = {"add", 3, NULL, 2, NULL, 1};
    viv_job_result end;
    viv_task task;
    viv_job *job;
    int code;

    args[0].i32 = 2;
    args[1].i32 = 40;
    call.args = args;
    call.results = &sum;
    viv_task_of_call(&call, &task);
    code = viv_submit(executor, pool, &task, &job, err);
    if (code < 0)
        return code;
    viv_job_wait(job, VIV_ENDLESS, &end);
    viv_job_free(job);
    if (end.outcome.kind == VIV_LOST)
        printf("its worker has died; the next job finds another\n");
    else
        printf("a guest in another process says %u\n", (unsigned)sum.i32);
    return 0;
}

int main(int argc, char **argv)
{
    viv_executor_config config;
    viv_executor *executor = NULL;
    viv_pool *pool = NULL;
    viv_error err = {0};
    int code = viv_worker_main(argc, argv);

    if (code >= 0)
        return code;
    if (argc != 2)
        return 2;
    viv_executor_config_default(&config);
    config.threads = 1;
    config.worker = argv[0];
    code = open_pool(argv[1], &pool, &err);
    if (code == 0)
        code = viv_executor_new(&config, &executor, &err);
    if (code == 0)
        code = run(executor, pool, &err);
    if (code < 0)
        fprintf(stderr, "%s\n", err.text);
    viv_executor_free(executor);
    viv_pool_unref(pool);
    return code < 0;
}
