/* crew_keeper.c - a thread that keeps one worker process.
 *
 * SECURITY.  The worker may be hostile.  A message that is not expected, or not
 * for a job that it has, or longer than its kind can be, is nonsense: the
 * worker is killed, and the jobs that it had are lost.  One that says nothing,
 * or does not let a job end when its limit of time is over, is killed, too.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crew/crew_keeper.h"

#include <stdio.h>
#include <string.h>

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"
#include "crew/crew_result.h"
#include "crew/crew_task.h"
#include "os/os_clock.h"
#include "os/os_event.h"
#include "os/os_fd.h"
#include "os/os_nudge.h"
#include "os/os_socket.h"
#include "os/os_thread.h"
#include "pool/pool_meters.h"
#include "python/python_host.h"

/* To begin takes milliseconds; this is for machines that are very busy. */
static _Atomic uint64_t start_ns = 30 * VIV_NS_PER_S;

/* A guest that is cancelled is stopped at once, and one whose wall time is over
 * as well: whoever takes longer than that will not do it. */
#define CANCEL_NS (VIV_NS_PER_S)
static _Atomic uint64_t late_ns = 5 * VIV_NS_PER_S;

/* Of processes that end nothing the second is started at once, too. */
#define PAUSE_FIRST_NS (10 * UINT64_C(1000000))
#define PAUSE_MOST_NS  VIV_NS_PER_S
#define STILLBORN_MAX  3

/* What is not the value, the output or the texts of a result: numbers, frames
 * without their texts. */
#define RESULT_REST_BYTES ((uint64_t)64 << 10)

/* More than is on a line at any time. */
#define PIECES_MAX 64

void crew_keeper_hurry(uint64_t start, uint64_t late)
{
    atomic_store(&start_ns, start);
    atomic_store(&late_ns, late);
}

/* ------------------------------------------------------------------------
 * Jobs.
 */

static uint64_t id_of(const struct crew_keeper *keeper,
                      const struct crew_slot *slot)
{
    return (uint64_t)slot->turn << 32 | (uint64_t)(slot - keeper->slots);
}

/* NULL: there is no such job, or not all of it has been sent. */
static struct crew_slot *slot_of(const struct crew_keeper *keeper, uint64_t id)
{
    uint32_t number = (uint32_t)id;
    struct crew_slot *slot;

    if (number >= keeper->used)
        return NULL;
    slot = &keeper->slots[number];
    if (slot->job == NULL || slot->turn != id >> 32)
        return NULL;
    return crew_process_has_sent(&keeper->process, slot->mark) ? slot : NULL;
}

bool crew_keeper_has_key(const struct crew_keeper *keeper, const char *key)
{
    for (uint32_t n = 0; n < keeper->used; n++) {
        const struct pool_job *job = keeper->slots[n].job;

        if (job != NULL && job->key != NULL && strcmp(job->key, key) == 0)
            return true;
    }
    return false;
}

static void say(struct crew_keeper *keeper)
{
    crew_say(keeper->crew, keeper, keeper->state == CREW_OPEN,
             keeper->count == keeper->max, keeper->count - keeper->longs);
}

/* The slot is free: its job ends, as job->result says. */
static void end_job(struct crew_keeper *keeper, struct crew_slot *slot)
{
    struct pool_job *job = slot->job;

    slot->job = NULL;
    slot->turn++;
    keeper->count--;
    keeper->longs -= slot->is_long;
    pool_executor_end(job);
}

/* One that no worker has had. */
static void reject_job(struct pool_job *job, int code, const char *why)
{
    if (atomic_load(&job->is_cancelled)) {
        job->result.outcome = (viv_outcome){.kind = VIV_CANCELLED};
        code = 0;
    } else {
        base_error(&job->result.err, code, "%s", why);
    }
    pool_job_end(job, code);
    pool_executor_end(job);
}

static void reject_all(struct crew_keeper *keeper, enum crew_which which,
                       int code, const char *why)
{
    struct pool_job *job;

    while ((job = crew_reject(keeper->crew, keeper, which)) != NULL)
        reject_job(job, code, why);
}

/* From when it was sent, and again from when it is said to be long: only then
 * does its time begin to run out there. */
static uint64_t latest(const struct crew_keeper *keeper, uint64_t now)
{
    uint64_t wall = keeper->crew->pool->limits.wall_ns;

    return wall < VIV_ENDLESS / 2 ? now + wall + atomic_load(&late_ns)
                                  : OS_NUDGE_NEVER;
}

/* Into the first slot that is free; but one that is cancelled may be so since
 * before the last time that we looked. */
static void send_job(struct crew_keeper *keeper, struct pool_job *job)
{
    struct crew_slot *slot = keeper->slots;
    uint64_t now = os_clock_now();

    if (atomic_load(&job->is_cancelled)) {
        reject_job(job, 0, "");
        return;
    }
    while (slot->job != NULL)
        slot++;
    if (!crew_task_put(&keeper->process.out, job, id_of(keeper, slot))) {
        reject_job(job, VIV_ENOMEM, "no memory to send the job to a worker");
        return;
    }
    *slot = (struct crew_slot){.job = job,
                               .turn = slot->turn,
                               .until = latest(keeper, now),
                               .mark = crew_process_mark(&keeper->process)};
    keeper->count++;
    keeper->was_used = true;
    keeper->stillborn = 0;
    if (slot == &keeper->slots[keeper->used])
        keeper->used++;
    job->result.queue_ns = now - job->submitted;
    pool_executor_begun(job);
    pool_meters_acquired(job->pool, now - job->submitted);
}

static void take_jobs(struct crew_keeper *keeper)
{
    struct pool_job *job;

    while (keeper->state == CREW_OPEN &&
           (job = crew_take(keeper->crew, keeper)) != NULL) {
        send_job(keeper, job);
        say(keeper);
    }
}

/* ------------------------------------------------------------------------
 * What the worker says.  False: that makes no sense.
 */

static bool hear_hello(struct crew_keeper *keeper, const uint8_t *body,
                       size_t len)
{
    struct base_read read;
    uint32_t version;

    base_read_init(&read, body, len, 0);
    version = base_read_u32le(&read);
    keeper->has_greeted = crew_message_is_done(&read) &&
                          version == CREW_MESSAGE_VERSION &&
                          keeper->state == CREW_STARTING;
    if (crew_message_is_done(&read) && version != CREW_MESSAGE_VERSION)
        snprintf(keeper->why, sizeof(keeper->why),
                 "speaks version %u of what this library speaks %u of", version,
                 CREW_MESSAGE_VERSION);
    return keeper->has_greeted;
}

static bool hear_ready(struct crew_keeper *keeper)
{
    if (keeper->state != CREW_STARTING || !keeper->has_greeted ||
        crew_process_has_more(&keeper->process))
        return false;
    keeper->state = CREW_OPEN;
    say(keeper);
    return true;
}

static void hear_failed(struct crew_keeper *keeper, const uint8_t *body,
                        size_t len)
{
    struct base_read read;
    const char *text;

    base_read_init(&read, body, len, 0);
    text = crew_message_get_text(&read, NULL);
    snprintf(keeper->why, sizeof(keeper->why), "%s",
             text != NULL ? text : "it does not say why");
}

static bool hear_long(struct crew_keeper *keeper, uint64_t id)
{
    struct crew_slot *slot = slot_of(keeper, id);

    if (slot == NULL || slot->is_long)
        return false;
    slot->is_long = true;
    if (!slot->is_cancelling)
        slot->until = latest(keeper, os_clock_now());
    keeper->longs++;
    say(keeper);
    return true;
}

static bool give_call(const struct pool_job *job,
                      const struct crew_result *result)
{
    bool is_good =
        result->end.code == 0 && result->end.outcome.kind == VIV_RETURNED;

    if (result->has_python || result->end.outcome.kind == VIV_RAISED)
        return false;
    return !is_good ||
           crew_result_take_values(result, job->pool->image->link->module,
                                   job->task.cookie);
}

static bool give_python(const struct pool_job *job,
                        const struct crew_result *result)
{
    const viv_python_task *run = job->task.cookie;
    uint32_t kind = result->end.outcome.kind;

    if (result->end.code < 0)
        return !result->has_python;
    if (result->values != NULL ||
        (!result->has_python && (kind == VIV_RETURNED || kind == VIV_RAISED)))
        return false;
    if (result->has_python && run->take != NULL)
        run->take(NULL, &result->python, run->cookie);
    return true;
}

/* Times are true as far as the clock here allows. */
static void set_end(struct pool_job *job, const viv_job_result *end)
{
    uint64_t all = os_clock_now() - job->submitted;
    uint64_t queue = job->result.queue_ns, left = all - queue;

    job->result.code = end->code;
    job->result.outcome = end->outcome;
    job->result.err = end->err;
    job->result.run_ns = end->run_ns < left ? end->run_ns : left;
    left -= job->result.run_ns;
    job->result.queue_ns =
        queue + (end->queue_ns < left ? end->queue_ns : left);
    pool_job_end(job, end->code);
}

static bool hear_result(struct crew_keeper *keeper, uint64_t id,
                        const uint8_t *body, size_t len)
{
    struct crew_slot *slot = slot_of(keeper, id);
    struct crew_result result;
    bool is_good;

    if (slot == NULL || crew_result_read(body, len, &result) < 0)
        return false;
    is_good = slot->job->kind == POOL_JOB_CALL
                  ? give_call(slot->job, &result)
                  : give_python(slot->job, &result);
    if (is_good) {
        set_end(slot->job, &result.end);
        keeper->barren = 0;
        end_job(keeper, slot);
        say(keeper);
    }
    crew_result_fini(&result);
    return is_good;
}

/* Of a job that it has; and only Python asks. */
static bool hear_ask(struct crew_keeper *keeper, uint64_t number,
                     const uint8_t *body, size_t len)
{
    const struct engine_link *link = keeper->crew->pool->image->link;
    const struct crew_slot *slot;
    uint64_t id;

    if (!crew_ask_job(body, len, &id))
        return false;
    slot = slot_of(keeper, id);
    return slot != NULL && slot->job->kind == POOL_JOB_PYTHON &&
           crew_ask_hear(&keeper->asks, python_host_of_link(link), number, body,
                         len, &keeper->process.out);
}

static uint64_t at_most(uint64_t bytes)
{
    return bytes < CREW_BODY_MAX - RESULT_REST_BYTES ? bytes + RESULT_REST_BYTES
                                                     : CREW_BODY_MAX;
}

/* How long may a message with this head be? */
static uint64_t most(const struct crew_keeper *keeper,
                     const struct crew_head *head)
{
    const struct crew_slot *slot = slot_of(keeper, head->id);
    const viv_limits *limits = &keeper->crew->pool->limits;

    if (head->kind == CREW_HELLO || head->kind == CREW_FAILED)
        return 2000;
    if (head->kind == CREW_ASK)
        return keeper->count > 0 ? at_most(limits->memory_bytes) : 0;
    if (head->kind != CREW_RESULT || slot == NULL)
        return 0;
    if (slot->job->kind != POOL_JOB_PYTHON)
        return RESULT_REST_BYTES;
    return limits->output_bytes < CREW_BODY_MAX
               ? at_most(limits->memory_bytes + limits->output_bytes)
               : CREW_BODY_MAX;
}

static bool hear(struct crew_keeper *keeper, const struct crew_head *head,
                 const uint8_t *body)
{
    switch (head->kind) {
    case CREW_HELLO:
        return hear_hello(keeper, body, head->len);
    case CREW_FAILED:
        if (keeper->state == CREW_STARTING)
            hear_failed(keeper, body, head->len);
        return false;
    case CREW_READY:
        return hear_ready(keeper);
    case CREW_LONG:
        return hear_long(keeper, head->id);
    case CREW_ASK:
        return hear_ask(keeper, head->id, body, head->len);
    case CREW_RESULT:
        return hear_result(keeper, head->id, body, head->len);
    default:
        return false;
    }
}

/* All that has come.  False: some of it makes no sense. */
static bool hear_all(struct crew_keeper *keeper)
{
    struct crew_head head;
    const uint8_t *body;

    while (crew_process_head(&keeper->process, &head)) {
        if (head.len > most(keeper, &head))
            return false;
        if (!crew_process_take(&keeper->process, &body))
            return true;
        if (!hear(keeper, &head, body))
            return false;
    }
    return true;
}

/* ------------------------------------------------------------------------
 * The process.
 */

static uint64_t pause_of(uint32_t barren)
{
    uint64_t ns = PAUSE_FIRST_NS;

    if (barren < 2)
        return 0;
    while (barren-- > 2 && ns < PAUSE_MOST_NS)
        ns *= 2;
    return ns < PAUSE_MOST_NS ? ns : PAUSE_MOST_NS;
}

static int start_process(struct crew_keeper *keeper,
                         struct crew_process *process, viv_error *err)
{
    return crew_process_start(process, keeper->crew->carrier->program,
                              &keeper->crew->charter, err);
}

/* The spare becomes the one, if it has not died meanwhile: its jobs would be
 * lost. */
static void start(struct crew_keeper *keeper)
{
    viv_error err;
    int code = 0;
    uint64_t now;

    if (crew_process_has_ended(&keeper->spare))
        crew_process_end(&keeper->spare, NULL, 0);
    if (crew_process_is_there(&keeper->spare)) {
        keeper->process = keeper->spare;
        crew_process_init(&keeper->spare);
    } else {
        code = start_process(keeper, &keeper->process, &err);
    }
    now = os_clock_now();
    keeper->has_greeted = keeper->was_used = false;
    keeper->why[0] = '\0';
    if (code == 0) {
        keeper->state = CREW_STARTING;
        keeper->start_at = now + atomic_load(&start_ns);
        return;
    }
    snprintf(keeper->why, sizeof(keeper->why), "%.*s", CREW_WHY_BYTES - 1,
             err.text);
    keeper->stillborn++;
    keeper->start_at = now + pause_of(++keeper->barren);
}

/* What cannot be sent to it now is sent when it is needed. */
static void start_spare(struct crew_keeper *keeper)
{
    if (keeper->state != CREW_OPEN || keeper->barren > 0 ||
        crew_process_is_there(&keeper->spare) ||
        atomic_load(&keeper->crew->is_closed))
        return;
    if (start_process(keeper, &keeper->spare, NULL) == 0)
        (void)crew_process_send(&keeper->spare);
}

static bool may_start(const struct crew_keeper *keeper)
{
    return keeper->state == CREW_DOWN &&
           !atomic_load(&keeper->crew->is_closed) &&
           os_clock_now() >= keeper->start_at;
}

static void lose_all(struct crew_keeper *keeper, const char *why)
{
    for (uint32_t n = 0; n < keeper->used; n++) {
        struct pool_job *job = keeper->slots[n].job;

        if (job == NULL)
            continue;
        job->result.outcome.kind =
            atomic_load(&job->is_cancelled) ? VIV_CANCELLED : VIV_LOST;
        base_error(&job->result.err, 0, "the worker process that it was in %s",
                   why);
        pool_job_end(job, 0);
        end_job(keeper, &keeper->slots[n]);
    }
}

/* It is dead, or is to be; `why` says so if its end does not.  The next one is
 * started before anybody is told, which may take long. */
static void bury(struct crew_keeper *keeper, const char *why)
{
    char died[CREW_WHY_BYTES];

    if (keeper->why[0] == '\0' && why != NULL)
        snprintf(keeper->why, sizeof(keeper->why), "%s", why);
    snprintf(died, sizeof(died), "%s", keeper->why);
    crew_process_end(&keeper->process, died[0] == '\0' ? died : NULL,
                     sizeof(died));
    crew_ask_forget(&keeper->asks);
    keeper->stillborn += !keeper->was_used;
    keeper->state = CREW_DOWN;
    keeper->start_at = os_clock_now() + pause_of(++keeper->barren);
    say(keeper);
    snprintf(keeper->why, sizeof(keeper->why), "%s", died);
    if (keeper->stillborn == 0 && may_start(keeper))
        start(keeper);
    lose_all(keeper, died);
}

/* ------------------------------------------------------------------------
 * The thread.
 */

/* Whoever cancels sets a flag and pokes. */
static void pass_on_cancels(struct crew_keeper *keeper, uint64_t now)
{
    for (uint32_t n = 0; n < keeper->used; n++) {
        struct crew_slot *slot = &keeper->slots[n];
        struct base_buf *out = &keeper->process.out;

        if (slot->job == NULL || slot->is_cancelling ||
            !atomic_load(&slot->job->is_cancelled))
            continue;
        slot->is_cancelling = true;
        if (slot->until > now + CANCEL_NS)
            slot->until = now + CANCEL_NS;
        crew_message_end(
            out, crew_message_begin(out, CREW_CANCEL, id_of(keeper, slot)));
    }
}

/* When there is something to do though nobody says anything. */
static uint64_t due(const struct crew_keeper *keeper)
{
    uint64_t when = OS_NUDGE_NEVER;

    if (keeper->state != CREW_OPEN)
        return atomic_load(&keeper->crew->is_closed) ? when : keeper->start_at;
    for (uint32_t n = 0; n < keeper->used; n++)
        if (keeper->slots[n].job != NULL && keeper->slots[n].until < when)
            when = keeper->slots[n].until;
    return when;
}

/* Some of what has come; true if there may be more. */
static bool exchange(struct crew_keeper *keeper)
{
    int code = crew_process_receive(&keeper->process);

    if (!hear_all(keeper))
        bury(keeper, "said what makes no sense");
    else if (code < 0)
        bury(keeper, NULL);
    else
        return code > 0;
    return false;
}

static bool is_late(const struct crew_keeper *keeper)
{
    return keeper->state != CREW_DOWN && os_clock_now() >= due(keeper);
}

/* It may be us who are late: so first all is heard that had come. */
static void look_at_clock(struct crew_keeper *keeper)
{
    for (int n = 0; n < PIECES_MAX && is_late(keeper) && exchange(keeper); n++)
        continue;
    if (!is_late(keeper))
        return;
    bury(keeper, keeper->state == CREW_STARTING ? "did not begin in time"
                                                : "did not end a job in time");
}

static void look_around(struct crew_keeper *keeper)
{
    bool is_closed = atomic_load(&keeper->crew->is_closed);

    reject_all(keeper, CREW_CANCELLED, 0, "");
    pass_on_cancels(keeper, os_clock_now());
    if (is_closed)
        reject_all(keeper, CREW_ALL, VIV_ECLOSED, "the pool is closed");
}

/* Nobody wants its worker any more. */
static void retire(struct crew_keeper *keeper)
{
    if (keeper->state == CREW_DOWN || keeper->count > 0 ||
        !atomic_load(&keeper->crew->is_closed))
        return;
    crew_process_end(&keeper->process, NULL, 0);
    crew_process_end(&keeper->spare, NULL, 0);
    keeper->state = CREW_DOWN;
    say(keeper);
}

static void tell_stranded(struct crew_keeper *keeper)
{
    char text[2 * CREW_WHY_BYTES + 100];

    if (keeper->stillborn < STILLBORN_MAX || keeper->state != CREW_DOWN)
        return;
    snprintf(text, sizeof(text),
             "the worker process \"%.250s\" does not "
             "start: it %s",
             keeper->crew->carrier->program, keeper->why);
    reject_all(keeper, CREW_STRANDED, VIV_EIO, text);
}

/* What can be done without waiting. */
static void act(struct crew_keeper *keeper)
{
    retire(keeper);
    look_at_clock(keeper);
    if (may_start(keeper))
        start(keeper);
    tell_stranded(keeper);
    take_jobs(keeper);
    if (keeper->state == CREW_OPEN)
        crew_ask_send(&keeper->asks, &keeper->process.out);
    start_spare(keeper);
}

/* It takes nothing more; what it has said before still counts. */
static void hear_the_rest(struct crew_keeper *keeper)
{
    pid_t pid = keeper->process.process.pid;

    while (exchange(keeper))
        continue;
    if (keeper->process.process.pid == pid)
        bury(keeper, "does not listen");
}

static uint64_t rest_of(uint64_t when)
{
    uint64_t now = os_clock_now();

    if (when == OS_NUDGE_NEVER)
        return VIV_ENDLESS;
    return when > now ? when - now : 0;
}

static void wait_for_something(struct crew_keeper *keeper)
{
    struct crew_process *process = &keeper->process;
    unsigned ready;

    if (keeper->state != CREW_DOWN && !crew_process_send(process)) {
        hear_the_rest(keeper);
        return;
    }
    ready = os_socket_wait(process->fd, crew_process_has_more(process),
                           keeper->event_fd, rest_of(due(keeper)));
    if ((ready & OS_SOCKET_EVENT) != 0) {
        os_event_clear(keeper->event_fd);
        look_around(keeper);
    }
    if (keeper->state != CREW_DOWN && (ready & OS_SOCKET_IN) != 0)
        (void)exchange(keeper);
}

static void *keep(void *arg)
{
    struct crew_keeper *keeper = arg;

    pool_executor_enter(keeper->crew->carrier->executor);
    while (!atomic_load(&keeper->crew->is_over)) {
        act(keeper);
        wait_for_something(keeper);
    }
    CHECK(keeper->count == 0);
    crew_process_end(&keeper->process, NULL, 0);
    crew_process_end(&keeper->spare, NULL, 0);
    return NULL;
}

/* ------------------------------------------------------------------------
 * From outside.
 */

static void give_back(struct crew_keeper *keeper)
{
    crew_ask_fini(&keeper->asks);
    os_fd_close(keeper->event_fd);
    base_free(keeper->slots);
    *keeper = (struct crew_keeper){.event_fd = -1};
}

/* All of them together have as many as the pool may have, no more. */
static uint32_t part(const struct crew *crew, uint32_t number)
{
    uint32_t all = crew->pool->config.max;

    return all / crew->count + (number < all % crew->count);
}

int crew_keeper_start(struct crew_keeper *keeper, struct crew *crew,
                      uint32_t number, viv_error *err)
{
    int code;

    keeper->crew = crew;
    keeper->number = number;
    keeper->max = part(crew, number);
    keeper->mine_end = &keeper->mine;
    keeper->event_fd = -1;
    crew_process_init(&keeper->process);
    crew_process_init(&keeper->spare);
    crew_ask_init(&keeper->asks, keeper);
    keeper->slots = base_alloc_zero(crew->charter.max, sizeof(*keeper->slots));
    code = keeper->slots == NULL ? base_error_memory(err)
                                 : os_event_new(&keeper->event_fd, err);
    if (code == 0)
        code = os_thread_start(&keeper->thread, keep, keeper, err);
    keeper->has_thread = code == 0;
    if (code < 0)
        give_back(keeper);
    return code;
}

void crew_keeper_poke(struct crew_keeper *keeper)
{
    if (keeper->has_thread)
        os_event_set(keeper->event_fd);
}

void crew_keeper_end(struct crew_keeper *keeper)
{
    if (!keeper->has_thread)
        return;
    pthread_join(keeper->thread, NULL);
    give_back(keeper);
}
