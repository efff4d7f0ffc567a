/* test_pool_executor.c - threads that carry any number of calls.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_executor.h"

#include <stdlib.h>

#include "executor_tools.h"
#include "os/os_fail.h"

#define RUNAWAYS 100

static struct job_call calls[RUNAWAYS];
static struct job_call short_call;

/* ------------------------------------------------------------------------
 * Birth.
 */

static int made_with(uint32_t count, uint32_t queue_max, uint64_t slice_ns)
{
    viv_executor_config_default(&executor_config);
    executor_config.threads = count;
    executor_config.queue_max = queue_max;
    executor_config.slice_ns = slice_ns;
    if (viv_executor_new(&executor_config, &executor, &err) < 0)
        return err.code;
    EXPECT_EQ_INT(viv_executor_free(executor), 0);
    return 0;
}

TEST(a_config_that_cannot_be_is_refused_and_the_next_one_is_not)
{
    EXPECT_EQ_INT(made_with(0, 1, 10000), 0); /* as many as CPUs */
    EXPECT_EQ_INT(made_with(1, 1, 10000), 0);
    EXPECT_EQ_INT(made_with(1025, 1, 10000), VIV_EINVAL);
    EXPECT_EQ_INT(made_with(1, 0, 10000), VIV_EINVAL);
    EXPECT_EQ_INT(made_with(1, 1, 9999), VIV_EINVAL);
    EXPECT_EQ_INT(made_with(1, 1, VIV_ENDLESS), 0);
    EXPECT_EQ_INT(made_with(1, 1, VIV_ENDLESS + 1), VIV_EINVAL);
    executor_config.size++;
    EXPECT_EQ_INT(viv_executor_new(&executor_config, &executor, &err),
                  VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "viv_executor_config_default()");
}

static bool try_with_failure(void (*fail_at)(uint64_t), uint64_t n)
{
    int code;

    fail_at(n);
    code = made_with(2, 1, 10000);
    fail_at(0);
    EXPECT(code == 0 || code == VIV_ENOMEM || code == VIV_EIO);
    return code == 0;
}

TEST(memory_and_the_system_may_fail_anywhere)
{
    uint64_t n = 1;

    while (!try_with_failure(base_alloc_fail_at, n))
        n++;
    EXPECT_EQ_INT(n, 3);
    for (n = 1; !try_with_failure(os_fail_at, n);)
        n++;
    EXPECT_EQ_INT(n, 4);
}

static _Atomic int told;

static void on_done(viv_job *job, void *cookie)
{
    struct job_call *of =
        (struct job_call *)((char *)cookie - offsetof(struct job_call, call));
    viv_job_result result;

    EXPECT_EQ_INT(viv_job_result_of(job, &result), 0);
    EXPECT_EQ_INT(result.outcome.kind, VIV_RETURNED);
    EXPECT_EQ_INT(viv_job_cancel(job), VIV_ENOCALL);
    EXPECT_EQ_INT(viv_job_wait(job, 0, &result), VIV_EBUSY);
    EXPECT_EQ_INT(viv_executor_free(executor), VIV_EBUSY);
    EXPECT_EQ_INT(viv_executor_close(executor, 0, NULL), VIV_EBUSY);
    EXPECT(of->result.i32 == 15);
    told++;
}

TEST(who_asked_is_told_on_a_thread_of_the_executor)
{
    open_executor(1, 1);
    prepare_call(&calls[0], "count", 5);
    calls[0].task.done = on_done;
    EXPECT_EQ_INT(hand_in(&calls[0]), 0);
    EXPECT_EQ_INT(end_of(&calls[0]), VIV_RETURNED);
    EXPECT_EQ_INT(told, 1);
    EXPECT_EQ_INT(hand_in(&calls[0]), VIV_ECLOSED); /* on_done() closed it */
    close_executor();
}

static void wait_for_the_first(viv_job *job, void *cookie)
{
    viv_job_result result;

    (void)cookie;
    EXPECT_EQ_INT(viv_job_wait(calls[0].job, VIV_ENDLESS, &result), 0);
    EXPECT_EQ_INT(result.outcome.kind, VIV_RETURNED);
    EXPECT_EQ_INT(viv_job_wait(job, VIV_ENDLESS, &result), VIV_EBUSY);
    told++;
}

/* Whose executor may be no more, and another's thread in its place. */
TEST(who_is_done_is_not_waited_for_on_whichever_thread)
{
    open_executor(1, 1);
    submit(&calls[0], "count", 1);
    EXPECT_EQ_INT(viv_job_wait(calls[0].job, VIV_ENDLESS, &calls[0].end), 0);
    prepare_call(&calls[1], "count", 1);
    calls[1].task.done = wait_for_the_first;
    EXPECT_EQ_INT(hand_in(&calls[1]), 0);
    EXPECT_EQ_INT(end_of(&calls[1]), VIV_RETURNED);
    EXPECT_EQ_INT(told, 1);
    EXPECT_EQ_INT(end_of(&calls[0]), VIV_RETURNED);
    close_executor();
}

/* ------------------------------------------------------------------------
 * Turns.
 */

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* The machine may be busy with others, so the bound is wide: one turn of all
 * runaways on two threads would be 50 ms. */
TEST(a_hundred_runaways_do_not_hold_up_a_short_call)
{
    uint64_t took[101];

    open_executor(2, RUNAWAYS + 1);
    for (int n = 0; n < RUNAWAYS; n++)
        submit(&calls[n], "loop", 0);
    UNTIL(queued, 0);
    for (int n = 0; n < 101; n++) {
        submit(&short_call, "count", 10);
        EXPECT_EQ_INT(end_of(&short_call), VIV_RETURNED);
        took[n] = os_clock_now() - short_call.began;
    }
    qsort(took, 101, sizeof(took[0]), compare);
    printf("a short call beside %d runaways: median %.2f ms, p90 %.2f, "
           "most %.2f\n",
           RUNAWAYS, (double)took[50] / 1e6, (double)took[90] / 1e6,
           (double)took[100] / 1e6);
    if (mode_is("plain"))
        EXPECT(took[50] < 25 * MS);
    for (int n = 0; n < RUNAWAYS; n++)
        EXPECT_EQ_INT(viv_job_cancel(calls[n].job), 0);
    for (int n = 0; n < RUNAWAYS; n++)
        EXPECT_EQ_INT(end_of(&calls[n]), VIV_CANCELLED);
    close_executor();
}

/* What a job's steps take of the processor; not by the clock, which goes on
 * while the kernel runs somebody else. */
static uint64_t cpu_ns[RUNAWAYS];
static viv_task_func *real_start, *real_resume;

static uint64_t cpu_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * VIV_NS_PER_S + (uint64_t)now.tv_nsec;
}

static int timed(viv_task_func *func, viv_sandbox *sandbox, void *cookie,
                 viv_outcome *ret_outcome, viv_error *ret_err)
{
    struct job_call *of = cookie; /* whose first member it is */
    uint64_t began = cpu_now();
    int code = func(sandbox, cookie, ret_outcome, ret_err);

    cpu_ns[of - calls] += cpu_now() - began;
    return code;
}

static int start_timed(viv_sandbox *sandbox, void *cookie,
                       viv_outcome *ret_outcome, viv_error *ret_err)
{
    return timed(real_start, sandbox, cookie, ret_outcome, ret_err);
}

static int resume_timed(viv_sandbox *sandbox, void *cookie,
                        viv_outcome *ret_outcome, viv_error *ret_err)
{
    return timed(real_resume, sandbox, cookie, ret_outcome, ret_err);
}

static void submit_timed(int n)
{
    prepare_call(&calls[n], "loop", 0);
    real_start = calls[n].task.start;
    real_resume = calls[n].task.resume;
    calls[n].task.start = start_timed;
    calls[n].task.resume = resume_timed;
    cpu_ns[n] = 0;
    EXPECT_EQ_INT(hand_in(&calls[n]), 0);
}

/* How far the share that is farthest from the mean is off, in percent of it. */
static double unfairness(const uint64_t *shares, int count)
{
    double mean = 0, worst = 0;

    for (int n = 0; n < count; n++)
        mean += (double)shares[n] / count;
    for (int n = 0; n < count; n++) {
        double off = (double)shares[n] - mean;

        off = off < 0 ? -off : off;
        worst = off > worst ? off : worst;
    }
    return 100 * worst / mean;
}

/* So many slices for 20 together. */
static void share(uint64_t count, uint64_t slices[20])
{
    uint64_t until;

    look_at_work();
    until = work.slices + count;
    for (int n = 0; n < 20; n++)
        submit_timed(n);
    do {
        sleep_for(10 * MS);
        look_at_work();
    } while (work.slices < until);
    for (int n = 0; n < 20; n++)
        viv_job_cancel(calls[n].job);
    for (int n = 0; n < 20; n++) {
        EXPECT_EQ_INT(end_of(&calls[n]), VIV_CANCELLED);
        slices[n] = calls[n].end.outcome.used.slices;
    }
}

/* A slice is cut short if the kernel has run somebody else in it.  That is
 * chance, so the fairest of some rounds counts. */
TEST(those_who_compute_get_equal_shares)
{
    uint64_t slices[20];
    double off = 100;

    open_executor(2, 20);
    for (int round = 0; round < 3 && off > 10; round++) {
        share(2000, slices);
        EXPECT(unfairness(slices, 20) <= 10);
        off = unfairness(cpu_ns, 20);
        printf("20 runaways, one of which is off by %.1f %% of slices, by "
               "%.1f %% of time\n",
               unfairness(slices, 20), off);
    }
    if (mode_is("plain"))
        EXPECT(off <= 10);
    close_executor();
}

TEST(batch_comes_after_interactive_but_comes)
{
    open_executor(1, 4);
    for (int n = 0; n < 4; n++) {
        prepare_call(&calls[n], "loop", 0);
        calls[n].task.priority = n < 2 ? VIV_INTERACTIVE : VIV_BATCH;
        EXPECT_EQ_INT(hand_in(&calls[n]), 0);
    }
    do {
        sleep_for(10 * MS);
        look_at_work();
    } while (work.slices < 300);
    for (int n = 0; n < 4; n++)
        viv_job_cancel(calls[n].job);
    for (int n = 0; n < 4; n++)
        EXPECT_EQ_INT(end_of(&calls[n]), VIV_CANCELLED);
    EXPECT(calls[0].end.outcome.used.slices >
           3 * calls[3].end.outcome.used.slices);
    EXPECT(calls[3].end.outcome.used.slices >= 5);
    close_executor();
}

static atomic_bool is_due, is_over;

static void *release_whenever_due(void *unused)
{
    while (!atomic_load(&is_over))
        if (atomic_exchange(&is_due, false))
            viv_pool_release(pool, held);
        else
            sched_yield();
    return unused;
}

/* A job is cancelled in the queue of its pool while it is granted what somebody
 * releases. */
TEST(a_cancel_and_a_grant_may_meet)
{
    pthread_t other;

    open_executor(2, 1);
    EXPECT_EQ_INT(pthread_create(&other, NULL, release_whenever_due, NULL), 0);
    for (int round = 0; round < 1000; round++) {
        EXPECT_EQ_INT(acquire(VIV_ENDLESS), 0);
        submit(&short_call, "get", 0);
        wait_until_queued(1);
        atomic_store(&is_due, true);
        for (int spin = round % 50 * 20; spin > 0; spin--)
            __asm__ volatile("");
        viv_job_cancel(short_call.job);
        end_of(&short_call);
        EXPECT(short_call.end.outcome.kind == VIV_RETURNED ||
               short_call.end.outcome.kind == VIV_CANCELLED);
    }
    while (atomic_load(&is_due))
        sched_yield();
    atomic_store(&is_over, true);
    pthread_join(other, NULL);
    look();
    EXPECT_EQ_INT(meters.held, 0);
    close_executor();
}
