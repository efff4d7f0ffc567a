/* executor_tools.h - an executor with a pool, for tests.
 *
 *     open_executor(1, 4);
 *     submit(&calls[0], "ask", 3);
 *     expect_end(&calls[0], VIV_RETURNED);
 *     close_executor();
 *
 * The guest's host function does what its argument says: below 1000 its token
 * is put into tokens[], for answer_to(); otherwise it sleeps for what is above
 * 1000, in ms, and the answer is 1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef EXECUTOR_TOOLS_H
#define EXECUTOR_TOOLS_H

#include "pool/pool_executor.h"
#include "pool_tools.h"

#define TOKENS 1000

/* A call that is a job. */
struct job_call {
    viv_call_task call;
    viv_task task;
    viv_value arg, result;
    viv_job *job;
    viv_job_result end;
    uint64_t began, done_at;
};

static viv_executor_config executor_config;
static viv_executor *executor;
static viv_executor_meters work;
static _Atomic(viv_token *) tokens[TOKENS];

static inline int wait_or_sleep(viv_host_call *host_call, const viv_value *args,
                                viv_value *results, void *cookie)
{
    uint32_t what = args[0].i32;
    viv_token *mine;

    (void)cookie;
    if (what >= TOKENS) {
        results[0].i32 = 1;
        EXPECT_EQ_INT(
            viv_host_call_sleep(host_call, (what - TOKENS) * MS, NULL), 0);
        return VIV_LATER;
    }
    EXPECT_EQ_INT(viv_host_call_later(host_call, &mine, NULL), 0);
    viv_token_free(atomic_exchange(&tokens[what], mine));
    return VIV_LATER;
}

static inline void open_executor(uint32_t threads, uint32_t max)
{
    guest = guest_with(wait_or_sleep);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, NULL), 0);
    if (config.size == 0)
        viv_pool_config_default(&config);
    open_pool(max);
    if (executor_config.size == 0)
        viv_executor_config_default(&executor_config);
    executor_config.threads = threads;
    if (viv_executor_new(&executor_config, &executor, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
}

static inline void close_executor(void)
{
    EXPECT_EQ_INT(viv_executor_free(executor), 0);
    pool_check((struct pool *)pool);
    for (int n = 0; n < TOKENS; n++)
        viv_token_free(tokens[n]);
    close_pool();
}

static inline void prepare_call(struct job_call *call_, const char *name,
                                uint32_t arg)
{
    call_->arg.i32 = arg;
    call_->call =
        (viv_call_task){name, strlen(name), &call_->arg, 1, &call_->result, 1};
    viv_task_of_call(&call_->call, &call_->task);
}

static inline int hand_in(struct job_call *call_)
{
    call_->began = os_clock_now();
    return viv_submit(executor, pool, &call_->task, &call_->job, &err);
}

static inline void submit(struct job_call *call_, const char *name,
                          uint32_t arg)
{
    prepare_call(call_, name, arg);
    if (hand_in(call_) < 0)
        test_fail(TEST_AT, "%s", err.text);
}

/* Wait for it, give it back; returns how it ended. */
static inline uint32_t end_of(struct job_call *call_)
{
    EXPECT_EQ_INT(viv_job_wait(call_->job, 20 * VIV_NS_PER_S, &call_->end), 0);
    viv_job_free(call_->job);
    if (call_->end.code < 0)
        test_fail(TEST_AT, "%s", call_->end.err.text);
    return call_->end.outcome.kind;
}

static inline void look_at_work(void)
{
    viv_executor_meters_of(executor, &work);
}

/* Until a level of the executor is what it should be. */
#define UNTIL(field, value)                                                    \
    do {                                                                       \
        sched_yield();                                                         \
        look_at_work();                                                        \
    } while (work.field != (value))

static inline void answer_to(uint32_t what, uint32_t value)
{
    viv_value answer = {.i32 = value};

    EXPECT_EQ_INT(viv_token_answer(tokens[what], &answer, 1), 0);
}

#endif /* EXECUTOR_TOOLS_H */
