/* crew_task.c - a job on its way to a worker.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crew/crew_task.h"

#include <string.h>

#include "base/base_alloc.h"

/* ------------------------------------------------------------------------
 * Writing.
 */

static void put_call(struct base_buf *buf, const viv_call_task *call)
{
    crew_message_bytes(buf, call->name != NULL ? call->name : "",
                       call->name_len);
    crew_message_u32(buf, (uint32_t)call->result_count);
    if (call->args != NULL)
        crew_message_bytes(buf, call->args,
                           call->arg_count * sizeof(viv_value));
    else
        crew_message_bytes(buf, "", 0);
}

static void put_python(struct base_buf *buf, const viv_python_task *run)
{
    crew_message_u32(buf, run->flags);
    crew_message_text(buf, run->name);
    crew_message_bytes(buf, run->source != NULL ? run->source : "", run->len);
}

bool crew_task_put(struct base_buf *buf, const struct pool_job *job,
                   uint64_t id)
{
    bool is_call = job->kind == POOL_JOB_CALL;
    size_t at = crew_message_begin(buf, is_call ? CREW_CALL : CREW_PYTHON, id);

    crew_message_u32(buf, job->task.priority);
    crew_message_text(buf, job->key);
    if (is_call)
        put_call(buf, job->task.cookie);
    else
        put_python(buf, job->task.cookie);
    return crew_message_end(buf, at);
}

/* ------------------------------------------------------------------------
 * Reading.
 */

static int read_call(struct base_read *read, struct crew_task *task)
{
    const void *args;
    uint32_t results;
    size_t bytes, count;

    task->call.name = crew_message_get_bytes(read, &task->call.name_len);
    results = base_read_u32le(read);
    args = crew_message_get_bytes(read, &bytes);
    count = bytes / sizeof(viv_value);
    if (task->call.name == NULL || args == NULL || results > CREW_VALUES_MAX ||
        bytes % sizeof(viv_value) != 0)
        return VIV_EFORMAT;
    task->values = base_alloc_zero(count + results + 1, sizeof(viv_value));
    if (task->values == NULL)
        return VIV_ENOMEM;
    memcpy(task->values, args, bytes);
    task->call.args = task->values;
    task->call.arg_count = count;
    task->call.results = task->values + count;
    task->call.result_count = results;
    return 0;
}

static int read_python(struct base_read *read, struct crew_task *task)
{
    task->python.flags = base_read_u32le(read);
    task->python.name = crew_message_get_string(read);
    task->python.source = crew_message_get_bytes(read, &task->python.len);
    return task->python.source != NULL ? 0 : VIV_EFORMAT;
}

int crew_task_read(enum crew_kind kind, const void *body, size_t len,
                   struct crew_task *ret_task)
{
    struct base_read read;
    int code;

    memset(ret_task, 0, sizeof(*ret_task));
    base_read_init(&read, body, len, 0);
    ret_task->priority = base_read_u32le(&read);
    ret_task->key = crew_message_get_string(&read);
    code = kind == CREW_CALL ? read_call(&read, ret_task)
                             : read_python(&read, ret_task);
    if (code == 0 && !crew_message_is_done(&read))
        code = VIV_EFORMAT;
    if (code < 0)
        crew_task_fini(ret_task);
    return code;
}

void crew_task_fini(struct crew_task *task)
{
    base_free(task->values);
    task->values = NULL;
}
