/* stress_halt.c - steps with calls that wait or are paused.
 *
 * A call is begun by one worker, answered by another, and resumed by a third;
 * what it must come to travels with it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stress.h"

/* What waits for an answer that never comes has this long. */
#define NEVER_NS (3 * MS)

/* ------------------------------------------------------------------------
 * Ends.
 */

static void expect_end(const struct stress_job *job, viv_outcome outcome,
                       uint32_t result)
{
    if (job->is_cancelled) {
        EXPECT_EQ_INT(outcome.kind, VIV_CANCELLED);
    } else if (job->is_paused || job->plan == STRESS_ANSWER) {
        EXPECT_EQ_INT(outcome.kind, VIV_RETURNED);
        EXPECT_EQ_INT(result, job->result);
    } else if (job->plan == STRESS_NEVER) {
        EXPECT_SPENT(outcome, VIV_LIMIT_WALL_TIME);
    } else {
        EXPECT_TRAP(outcome, VIV_TRAP_HOST);
        EXPECT_EQ_INT(outcome.host_code,
                      job->plan == STRESS_FAIL ? STRESS_FAILURE : VIV_ETOKEN);
    }
}

/* The call is over: one more, to see that the guest is as good as new; where
 * calls have so little time that a busy machine takes it, none. */
static void bury(struct stress_job *job)
{
    host_reset(job->box.sandbox);
    EXPECT_EQ_INT(viv_call_slice(job->box.sandbox, 0), 0);
    if (job->plan != STRESS_NEVER)
        stress_box_check(&job->box);
    stress_box_free(&job->box);
}

static void drop(struct stress_job *job)
{
    EXPECT_EQ_INT(viv_call_drop(job->box.sandbox), 0);
    EXPECT_EQ_INT(viv_sandbox_state(job->box.sandbox), VIV_STOPPED);
    bury(job);
}

/* Let anybody go on with it, or end it. */
static void leave(struct stress_job *job)
{
    if (!stress_place_put_job(job))
        drop(job);
}

static void go_on(struct stress_worker *worker, struct stress_job *job)
{
    uint32_t result = 0;
    viv_outcome outcome =
        stress_note(worker, host_resume(job->box.sandbox, &result));

    if (outcome.kind == VIV_WAITING || outcome.kind == VIV_PAUSED) {
        leave(job);
        return;
    }
    expect_end(job, outcome, result);
    bury(job);
}

/* ------------------------------------------------------------------------
 * Promises.
 */

/* An answer that comes too late finds nobody. */
static void keep(struct stress_promise *promise)
{
    viv_value value = {.i32 = promise->value};
    int code = 0;

    if (promise->plan == STRESS_ANSWER)
        code = viv_token_answer(promise->token, &value, 1);
    else if (promise->plan == STRESS_FAIL)
        code = viv_token_fail(promise->token, STRESS_FAILURE);
    EXPECT(code == 0 || code == VIV_ETOKEN);
    viv_token_free(promise->token);
}

static void do_answer(struct stress_worker *worker)
{
    struct stress_promise promise;

    (void)worker;
    if (stress_place_take_promise(&promise))
        keep(&promise);
}

/* ------------------------------------------------------------------------
 * Beginnings.
 */

static bool begin(struct stress_worker *worker, const viv_limits *limits,
                  struct stress_job *job)
{
    return stress_box_from(stress_random(worker) % STRESS_MODULES, limits,
                           stress_random(worker), &job->box);
}

/* A token that is kept until the guest has ended, by whoever never answers. */
static void do_wait_for_nobody(struct stress_worker *worker)
{
    struct stress_job job = {.plan = STRESS_NEVER};
    viv_limits limits = stress_limits();
    viv_token *token;

    limits.wall_ns = NEVER_NS;
    if (!begin(worker, &limits, &job))
        return;
    if (stress_call(worker, &job.box, "wait", 1, NULL).kind == VIV_SPENT) {
        bury(&job); /* its time was over before it came to wait */
        return;
    }
    token = stress_context.token;
    EXPECT_EQ_INT(viv_call_wait(job.box.sandbox, VIV_ENDLESS, NULL), 0);
    go_on(worker, &job);
    EXPECT_EQ_INT(viv_token_answer(token, &(viv_value){.i32 = 1}, 1),
                  VIV_ETOKEN);
    viv_token_free(token);
}

static void do_wait(struct stress_worker *worker)
{
    uint32_t arg = stress_random(worker) % 1000;
    struct stress_promise promise = {.plan = stress_random(worker) % 3,
                                     .value = stress_random(worker)};
    struct stress_job job = {.plan = promise.plan};
    viv_limits limits = stress_limits();

    if (!begin(worker, &limits, &job))
        return;
    EXPECT_EQ_INT(stress_call(worker, &job.box, "wait", arg, NULL).kind,
                  VIV_WAITING);
    promise.token = stress_context.token;
    job.result = promise.value + arg + job.box.tag;
    if (!stress_place_put_promise(promise))
        keep(&promise);
    leave(&job);
}

static void do_pause(struct stress_worker *worker)
{
    uint32_t turns = 1 + stress_random(worker) % 300000, result = 0;
    struct stress_job job = {.is_paused = true};
    viv_limits limits = stress_limits();
    viv_outcome outcome;

    if (!begin(worker, &limits, &job))
        return;
    job.result = turns + job.box.tag;
    EXPECT_EQ_INT(viv_call_slice(job.box.sandbox,
                                 10 * US + stress_random(worker) % 100 * US),
                  0);
    outcome = stress_call(worker, &job.box, "spin", turns, &result);
    if (outcome.kind == VIV_PAUSED) {
        leave(&job);
        return;
    }
    expect_end(&job, outcome, result);
    bury(&job);
}

/* ------------------------------------------------------------------------
 * Going on with what somebody else began.
 */

/* Block a little, as a host without a loop of its own does. */
static void wait_a_little(struct stress_worker *worker, struct stress_job *job)
{
    int code =
        viv_call_wait(job->box.sandbox, stress_random(worker) % 300 * US, NULL);

    EXPECT(code == 0 || code == VIV_ETIME);
}

static void do_go_on(struct stress_worker *worker)
{
    struct stress_job job;

    if (!stress_place_take_job(&job, stress_random(worker)))
        return;
    if (stress_random(worker) % 4 == 0)
        wait_a_little(worker, &job);
    go_on(worker, &job);
}

static void do_cancel_halted(struct stress_worker *worker)
{
    struct stress_job job;

    if (!stress_place_take_job(&job, stress_random(worker)))
        return;
    EXPECT_EQ_INT(viv_call_cancel(job.box.sandbox), 0);
    job.is_cancelled = true;
    go_on(worker, &job);
}

static void do_drop(struct stress_worker *worker)
{
    struct stress_job job;

    if (stress_place_take_job(&job, stress_random(worker)))
        drop(&job);
}

void stress_halt_drain(void)
{
    struct stress_promise promise;
    struct stress_job job;

    while (stress_place_take_promise(&promise))
        keep(&promise);
    while (stress_place_take_job(&job, 0))
        drop(&job);
}

struct stress_step stress_halts[] = {
    {"wait", do_wait, 8, 0},    {"wait for nobody", do_wait_for_nobody, 1, 0},
    {"pause", do_pause, 6, 0},  {"answer", do_answer, 10, 0},
    {"go on", do_go_on, 30, 0}, {"cancel halted", do_cancel_halted, 1, 0},
    {"drop", do_drop, 1, 0},
};

const size_t stress_halt_count = sizeof(stress_halts) / sizeof(stress_halts[0]);
