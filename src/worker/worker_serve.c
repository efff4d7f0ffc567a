/* worker_serve.c - jobs come, results go.
 *
 * The main thread reads; `done` writes, on the thread of the executor, and so
 * does the main thread when a job cannot be handed in.  A job is in the list
 * from being handed in until it is done.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdlib.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "crew/crew_result.h"
#include "crew/crew_task.h"
#include "os/os_socket.h"
#include "worker/worker.h"
#include "worker/worker_ask.h"

struct worker_job {
    struct worker_job *next, *prev;
    struct worker *worker;
    uint64_t id;
    uint8_t *body; /* owned; the task points into it */
    struct crew_task task;
    viv_task plain; /* of the call or run */
    viv_job *job;
    struct base_buf python; /* its result */
    bool is_long;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct worker_job *jobs;

/* Of the line, for a message: long ones are sent in several pieces. */
static pthread_mutex_t line_lock = PTHREAD_MUTEX_INITIALIZER;

/* The parent is gone, or there is no memory to tell it anything. */
__attribute__((noreturn)) static void give_up(void)
{
    _Exit(1);
}

/* ------------------------------------------------------------------------
 * Results.
 */

/* Takes the buffer. */
static void send_all(const struct worker *worker, struct base_buf *buf)
{
    pthread_mutex_lock(&line_lock);
    if (os_socket_send_all(worker->fd, buf->at, buf->len) < 0)
        give_up();
    pthread_mutex_unlock(&line_lock);
    base_buf_fini(buf);
}

/* Under the lock. */
static void enlist(struct worker_job *job)
{
    job->next = jobs;
    if (jobs != NULL)
        jobs->prev = job;
    jobs = job;
}

static void delist(struct worker_job *job)
{
    pthread_mutex_lock(&lock);
    if (job->prev != NULL)
        job->prev->next = job->next;
    else
        jobs = job->next;
    if (job->next != NULL)
        job->next->prev = job->prev;
    pthread_mutex_unlock(&lock);
}

static void free_job(struct worker_job *job)
{
    viv_job_free(job->job);
    crew_task_fini(&job->task);
    base_buf_fini(&job->python);
    base_free(job->body);
    base_free(job);
}

/* When it is too long for a message, or for the memory that there is, that is
 * the result. */
static void send_result(struct worker_job *job, const viv_job_result *end)
{
    bool is_call = job->task.call.name != NULL;
    viv_job_result failed = *end;
    struct base_buf buf;

    base_buf_init(&buf, SIZE_MAX);
    if (job->python.failed ||
        !crew_result_put(&buf, job->id, end, is_call ? &job->task.call : NULL,
                         &job->python)) {
        failed.code = base_error_memory(&failed.err);
        if (!crew_result_put(&buf, job->id, &failed, NULL, NULL))
            give_up();
    }
    send_all(job->worker, &buf);
}

static void done(viv_job *ended, void *cookie)
{
    struct worker_job *job = cookie;
    viv_job_result end;

    (void)viv_job_result_of(ended, &end);
    delist(job);
    send_result(job, &end);
    free_job(job);
}

/* ------------------------------------------------------------------------
 * Jobs.
 */

/* The parent may send others meanwhile. */
static void say_long(struct worker_job *job, uint32_t kind)
{
    struct base_buf buf;

    if (job->is_long || (kind != VIV_PAUSED && kind != VIV_WAITING))
        return;
    job->is_long = true;
    base_buf_init(&buf, SIZE_MAX);
    if (crew_message_end(&buf, crew_message_begin(&buf, CREW_LONG, job->id)))
        send_all(job->worker, &buf);
}

static int start(viv_sandbox *sandbox, void *cookie, viv_outcome *ret_outcome,
                 viv_error *err)
{
    struct worker_job *job = cookie;
    int code;

    worker_ask_for(job->id);
    code = job->plain.start(sandbox, job->plain.cookie, ret_outcome, err);

    if (code == 0)
        say_long(job, ret_outcome->kind);
    return code;
}

static int resume(viv_sandbox *sandbox, void *cookie, viv_outcome *ret_outcome,
                  viv_error *err)
{
    struct worker_job *job = cookie;

    worker_ask_for(job->id);
    return job->plain.resume(sandbox, job->plain.cookie, ret_outcome, err);
}

static void take(viv_sandbox *sandbox, const viv_python_result *result,
                 void *cookie)
{
    struct worker_job *job = cookie;

    (void)sandbox;
    crew_result_put_python(&job->python, result);
}

static viv_task task_of(struct worker_job *job)
{
    viv_task task;

    if (job->task.call.name != NULL) {
        viv_task_of_call(&job->task.call, &job->plain);
    } else {
        job->task.python.take = take;
        job->task.python.cookie = job;
        viv_task_of_python(&job->task.python, &job->plain);
    }
    task = job->plain;
    task.start = start;
    task.resume = resume;
    task.cookie = job;
    task.done = done;
    task.priority = job->task.priority;
    task.key = job->task.key;
    return task;
}

/* With the lock: who would cancel the job, or is done with it, finds all of it
 * in the list. */
static void hand_in(struct worker_job *job)
{
    viv_task task = task_of(job);
    viv_job_result failed = {0};

    pthread_mutex_lock(&lock);
    enlist(job);
    failed.code = viv_submit(job->worker->executor, job->worker->pool, &task,
                             &job->job, &failed.err);
    pthread_mutex_unlock(&lock);
    if (failed.code == 0)
        return;
    delist(job);
    send_result(job, &failed);
    free_job(job);
}

/* Takes the body. */
static void begin(struct worker *worker, const struct crew_head *head,
                  uint8_t *body)
{
    struct worker_job *job = base_alloc_zero(1, sizeof(*job));

    if (job == NULL ||
        crew_task_read(head->kind, body, head->len, &job->task) < 0)
        give_up();
    job->worker = worker;
    job->id = head->id;
    job->body = body;
    base_buf_init(&job->python, SIZE_MAX);
    hand_in(job);
}

/* One that has ended meanwhile is not there any more. */
static void cancel(uint64_t id)
{
    struct worker_job *job;

    pthread_mutex_lock(&lock);
    for (job = jobs; job != NULL && job->id != id; job = job->next)
        continue;
    if (job != NULL)
        (void)viv_job_cancel(job->job);
    pthread_mutex_unlock(&lock);
}

/* ------------------------------------------------------------------------
 * The line.
 */

static uint8_t *receive_body(const struct worker *worker, uint32_t len)
{
    uint8_t *body = base_alloc(len + (size_t)1);

    if (body == NULL || os_socket_receive_all(worker->fd, body, len) < 0)
        give_up();
    return body;
}

void worker_serve(struct worker *worker)
{
    uint8_t bytes[CREW_HEAD_BYTES];
    struct crew_head head;
    uint8_t *body;

    while (os_socket_receive_all(worker->fd, bytes, sizeof(bytes)) == 0) {
        head = crew_message_head(bytes);
        body = receive_body(worker, head.len);
        if (head.kind == CREW_CANCEL) {
            cancel(head.id);
            base_free(body);
        } else if (head.kind == CREW_ANSWER) {
            worker_ask_answer(head.id, body, head.len);
            base_free(body);
        } else {
            begin(worker, &head, body);
        }
    }
    give_up();
}
