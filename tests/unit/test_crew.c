/* test_crew.c - worker processes instead of threads.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crew_tools.h"

#include <sys/prctl.h>
#include <sys/wait.h>

TEST(calls_are_what_they_are_with_threads)
{
    open_crew("viv", 2);
    EXPECT_EQ_INT(ask("add", 2, 3), VIV_RETURNED);
    EXPECT_EQ_INT(result.i32, 5);
    EXPECT(end.outcome.used.calls == 1 && end.outcome.used.wall_ns > 0);
    EXPECT(end.queue_ns > 0 && end.run_ns > 0);
    EXPECT_EQ_INT(ask("trap", 0, 0), VIV_TRAPPED);
    EXPECT_EQ_INT(end.outcome.trap, VIV_TRAP_UNREACHABLE);
    EXPECT_EQ_INT(ask("nobody", 0, 0), 0);
    EXPECT_EQ_INT(end.code, VIV_ENOTFOUND);
    EXPECT_HAS_STR(end.err.text, "\"nobody\"");
    call.arg_count = 1;
    EXPECT_EQ_INT(hand_in(), 0);
    (void)wait_for_end();
    EXPECT_EQ_INT(end.code, VIV_ENOTFOUND);
    close_crew();
}

/* A use is over: nothing of it is there for the next. */
TEST(policies_are_what_they_are_with_threads)
{
    open_crew("viv", 1);
    for (int n = 0; n < 3; n++) {
        EXPECT_EQ_INT(ask("next", 0, 0), VIV_RETURNED);
        EXPECT_EQ_INT(result.i32, 1);
    }
    close_crew();
}

TEST(limits_are_what_they_are_with_threads)
{
    make_image(WAT);
    limits.run_ns = 20 * MS;
    limits.memory_bytes = 3 << 16;
    open_crew_with("viv", 1);
    EXPECT_EQ_INT(ask("loop", 0, 0), VIV_SPENT);
    EXPECT_EQ_INT(end.outcome.limit, VIV_LIMIT_RUN_TIME);
    EXPECT_EQ_INT(ask("grow", 2, 0), VIV_RETURNED);
    EXPECT_EQ_INT(result.i32, 3);
    EXPECT_EQ_INT(ask("grow", 3, 0), VIV_TRAPPED);
    close_crew();
}

TEST(a_session_is_kept_by_its_worker)
{
    static const char *const keys[] = {"a", "b", "c", "d"};

    make_image(WAT);
    config.policy = VIV_POOL_KEPT;
    config.max = 8;
    open_crew_with("viv", 2);
    for (uint32_t n = 1; n < 4; n++)
        for (int k = 0; k < 4; k++) {
            prepare_call("next", 0, 0);
            task.key = keys[k];
            EXPECT_EQ_INT(hand_in(), 0);
            EXPECT_EQ_INT(wait_for_end(), VIV_RETURNED);
            EXPECT_EQ_INT(result.i32, n);
        }
    close_crew();
}

/* All at once, they still have it one after the other, in their order. */
TEST(jobs_of_a_session_keep_their_order)
{
    static viv_call_task calls[20];
    static viv_value results[20];
    static viv_job *jobs[20];

    make_image(WAT);
    config.policy = VIV_POOL_KEPT;
    open_crew_with("viv", 2);
    for (int n = 0; n < 20; n++) {
        calls[n] = (viv_call_task){"next", 4, args, 2, &results[n], 1};
        viv_task_of_call(&calls[n], &task);
        task.key = "one";
        EXPECT_EQ_INT(viv_submit(executor, pool, &task, &jobs[n], &err), 0);
    }
    for (int n = 0; n < 20; n++) {
        EXPECT_EQ_INT(viv_job_wait(jobs[n], 20 * VIV_NS_PER_S, &end), 0);
        EXPECT_EQ_INT(results[n].i32, n + 1);
        viv_job_free(jobs[n]);
    }
    close_crew();
}

/* Some that compute, each with a call of its own. */
static viv_call_task loops[4];
static viv_value loop_results[4];
static viv_job *loop_jobs[4];

static void submit_loops(int count)
{
    for (int n = 0; n < count; n++) {
        viv_task loop;

        loops[n] = (viv_call_task){"loop", 4, args, 2, &loop_results[n], 1};
        viv_task_of_call(&loops[n], &loop);
        if (viv_submit(executor, pool, &loop, &loop_jobs[n], &err) < 0)
            test_fail(TEST_AT, "%s", err.text);
    }
}

static void cancel_loops(int count)
{
    for (int n = 0; n < count; n++) {
        job = loop_jobs[n];
        EXPECT_EQ_INT(viv_job_cancel(job), 0);
        EXPECT_EQ_INT(wait_for_end(), VIV_CANCELLED);
    }
}

static _Atomic int ended, ended_before;

static void count_end(viv_job *done, void *cookie)
{
    (void)done;
    (void)cookie;
    ended++;
}

static void note_end(viv_job *done, void *cookie)
{
    (void)done;
    (void)cookie;
    ended_before = atomic_load(&ended);
}

/* Of a worker that has one job at a time, and does not have it yet. */
TEST(a_call_without_a_key_does_not_wait_for_all_that_have_one)
{
    static viv_value results[20];
    static viv_call_task calls[20];
    int before;

    make_image(WAT);
    config.policy = VIV_POOL_KEPT;
    config.max = 1;
    open_crew_with("good", 1);
    for (int n = 0; n < 20; n++) {
        calls[n] = (viv_call_task){"next", 4, args, 2, &results[n], 1};
        viv_task_of_call(&calls[n], &task);
        task.key = "one";
        task.done = count_end;
        EXPECT_EQ_INT(viv_submit(executor, pool, &task, NULL, &err), 0);
    }
    prepare_call("add", 1, 2);
    task.done = note_end;
    before = ended;
    EXPECT_EQ_INT(hand_in(), 0);
    EXPECT_EQ_INT(wait_for_end(), VIV_RETURNED);
    EXPECT(ended_before <= before + 3);
    EXPECT_EQ_INT(viv_executor_close(executor, 20 * VIV_NS_PER_S, NULL), 0);
    EXPECT_EQ_INT(ended, 20);
    close_crew();
}

TEST(a_call_that_runs_is_cancelled)
{
    open_crew("viv", 1);
    submit("loop", 0, 0);
    EXPECT_EQ_INT(viv_job_wait(job, 30 * MS, &end), VIV_ETIME);
    EXPECT_EQ_INT(viv_job_cancel(job), 0);
    EXPECT_EQ_INT(wait_for_end(), VIV_CANCELLED);
    EXPECT_EQ_INT(ask("add", 1, 1), VIV_RETURNED);
    close_crew();
}

/* Four sandboxes, that is, and one that nobody can take. */
TEST(a_call_that_nobody_has_taken_is_cancelled_at_once)
{
    open_crew("viv", 1);
    submit_loops(4);
    submit("add", 0, 0);
    EXPECT_EQ_INT(viv_job_wait(job, 100 * MS, &end), VIV_ETIME);
    EXPECT_EQ_INT(viv_job_cancel(job), 0);
    EXPECT_EQ_INT(wait_for_end(), VIV_CANCELLED);
    EXPECT_EQ_INT(end.run_ns, 0);
    cancel_loops(4);
    close_crew();
}

/* Who computes is paused, and says that it takes long: others get in. */
TEST(a_short_call_is_not_held_up_by_those_who_compute)
{
    open_crew("viv", 1);
    submit_loops(3);
    for (int n = 0; n < 20; n++)
        EXPECT_EQ_INT(ask("add", 2, 3), VIV_RETURNED);
    cancel_loops(3);
    close_crew();
}

/* With two workers as with two threads: three, and no more. */
TEST(no_more_calls_are_in_workers_than_the_pool_has_sandboxes)
{
    viv_executor_meters meters;

    make_image(WAT);
    config.max = 3;
    open_crew_with("viv", 2);
    submit_loops(4);
    do {
        usleep(1000);
        viv_executor_meters_of(executor, &meters);
    } while (meters.queued > 1);
    usleep(100000);
    viv_executor_meters_of(executor, &meters);
    EXPECT_EQ_INT(meters.queued, 1);
    cancel_loops(4);
    close_crew();
}

TEST(a_pool_of_one_has_one_worker_and_its_spare)
{
    pid_t children[8];

    make_image(WAT);
    config.max = 1;
    open_crew_with("viv", 2);
    EXPECT_EQ_INT(ask("add", 1, 2), VIV_RETURNED);
    while (find_children(children, 8) < 2)
        usleep(1000);
    usleep(100000);
    EXPECT_EQ_INT(find_children(children, 8), 2);
    close_crew();
}

TEST(closing_waits_for_those_that_end_and_cancels_the_others)
{
    viv_executor_meters meters;

    open_crew("viv", 1);
    submit_loops(1);
    viv_job_free(loop_jobs[0]);
    submit("add", 1, 2);
    EXPECT_EQ_INT(viv_executor_close(executor, 200 * MS, &meters), 0);
    EXPECT_EQ_INT(wait_for_end(), VIV_RETURNED);
    EXPECT_EQ_INT(meters.finished, 1);
    EXPECT_EQ_INT(meters.cancelled, 1);
    EXPECT_EQ_INT(meters.queue.count, 2);
    EXPECT_EQ_INT(meters.run.count, 2);
    EXPECT(meters.run.sum_ns >= MS);
    EXPECT_EQ_INT(hand_in(), VIV_ECLOSED);
    close_crew();
}

TEST(a_worker_that_is_killed_loses_what_it_had_and_no_more)
{
    pid_t children[8];
    int count;

    open_crew("viv", 1);
    EXPECT_EQ_INT(ask("add", 1, 2), VIV_RETURNED);
    submit("loop", 0, 0);
    EXPECT_EQ_INT(viv_job_wait(job, 50 * MS, &end), VIV_ETIME);
    count = find_children(children, 8);
    EXPECT_EQ_INT(count, 2);
    EXPECT_EQ_INT(kill(children[0], SIGKILL), 0);
    EXPECT_EQ_INT(wait_for_end(), VIV_LOST);
    EXPECT_HAS_STR(end.err.text, "was killed by signal 9");
    for (int n = 0; n < 5; n++)
        EXPECT_EQ_INT(ask("add", 1, 2), VIV_RETURNED);
    close_crew();
}

/* Control-C goes to all that a terminal has, the end of a service to all of it:
 * what is still to be done is for the parent to say. */
TEST(a_signal_to_the_whole_group_loses_nothing)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    pid_t children[8];
    int count;

    open_crew("viv", 1);
    EXPECT_EQ_INT(ask("add", 1, 2), VIV_RETURNED);
    submit("loop", 0, 0);
    EXPECT_EQ_INT(viv_job_wait(job, 50 * MS, &end), VIV_ETIME);
    count = find_children(children, 8);
    for (int n = 0; n < count; n++)
        for (int i = 0; i < 4; i++)
            EXPECT_EQ_INT(kill(children[n], signals[i]), 0);
    EXPECT_EQ_INT(viv_job_wait(job, 50 * MS, &end), VIV_ETIME);
    EXPECT_EQ_INT(viv_job_cancel(job), 0);
    EXPECT_EQ_INT(wait_for_end(), VIV_CANCELLED);
    close_crew();
}

/* Nobody is told of its end then, and its number is free at once. */
TEST(a_host_that_ignores_its_children_has_workers_all_the_same)
{
    pid_t children[8];
    int count;

    open_crew("viv", 1);
    signal(SIGCHLD, SIG_IGN);
    for (int round = 0; round < 3; round++) {
        EXPECT_EQ_INT(ask("add", 1, 2), VIV_RETURNED);
        submit("loop", 0, 0);
        EXPECT_EQ_INT(viv_job_wait(job, 50 * MS, &end), VIV_ETIME);
        count = find_children(children, 8);
        while (--count >= 0) { /* the spare first, so that it is not used */
            EXPECT_EQ_INT(kill(children[count], SIGKILL), 0);
            while (kill(children[count], 0) == 0)
                usleep(1000);
        }
        EXPECT_EQ_INT(wait_for_end(), VIV_LOST);
        EXPECT_HAS_STR(end.err.text, "has ended");
    }
    close_crew();
}

/* Of two workers one has all that it can have, and the other does not start:
 * but the first will have room again. */
TEST(a_call_waits_for_a_worker_that_is_full_though_another_does_not_start)
{
    static char path[PATH_MAX], text[PATH_MAX + 100];
    viv_job *loop;

    make_image(WAT);
    config.max = 2;
    guest_path("first-only", path);
    snprintf(text, sizeof(text),
             "#!/bin/sh\n"
             "(set -C; : >\"$0.first\") && exec %s \"$@\"\nexit 5\n",
             viv_program());
    guest_write(path, text, strlen(text));
    chmod(path, 0755);
    open_crew_with("viv", 2);
    EXPECT_EQ_INT(viv_executor_free(executor), 0);
    work.worker = path;
    EXPECT_EQ_INT(viv_executor_new(&work, &executor, &err), 0);
    EXPECT_EQ_INT(ask("add", 1, 2), VIV_RETURNED);
    submit("loop", 0, 0);
    loop = job;
    EXPECT_EQ_INT(viv_job_wait(loop, 300 * MS, &end), VIV_ETIME);
    submit("add", 1, 2);
    EXPECT_EQ_INT(viv_job_wait(job, 1200 * MS, &end), VIV_ETIME);
    EXPECT_EQ_INT(viv_job_cancel(loop), 0);
    EXPECT_EQ_INT(wait_for_end(), VIV_RETURNED);
    job = loop;
    EXPECT_EQ_INT(wait_for_end(), VIV_CANCELLED);
    close_crew();
    unlink(path);
    snprintf(text, sizeof(text), "%s.first", path);
    unlink(text);
}

TEST(one_that_is_killed_while_it_is_idle_or_only_a_spare_loses_nothing)
{
    pid_t children[8];
    int count;

    open_crew("viv", 1);
    for (int round = 0; round < 4; round++) {
        EXPECT_EQ_INT(ask("add", 1, 2), VIV_RETURNED);
        count = find_children(children, 8);
        for (int n = 0; n < count; n++)
            kill(children[n], SIGKILL);
        usleep(50000); /* until that is known */
    }
    close_crew();
}

/* Killed, it has no chance to end them; whoever is left is ours then. */
TEST(no_worker_outlives_its_parent)
{
    int status, workers = 0;
    pid_t parent;

    need_workers();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    parent = fork();
    if (parent == 0) {
        open_crew("viv", 2);
        EXPECT_EQ_INT(ask("add", 1, 2), VIV_RETURNED);
        submit_loops(2);
        raise(SIGKILL);
    }
    EXPECT_EQ_INT(waitpid(parent, &status, 0), parent);
    EXPECT(WIFSIGNALED(status));
    while (waitpid(-1, &status, 0) > 0) {
        /* Or it has seen first that its line has ended. */
        EXPECT(WIFEXITED(status) || WTERMSIG(status) == SIGKILL);
        workers++;
    }
    EXPECT(workers >= 2);
}

TEST(lost_jobs_are_counted)
{
    viv_executor_meters meters;
    viv_pool_meters counts;
    static char text[20000];

    open_crew("empty", 1);
    EXPECT_EQ_INT(ask("add", 1, 2), VIV_LOST);
    viv_executor_meters_of(executor, &meters);
    viv_pool_meters_of(pool, &counts);
    EXPECT_EQ_INT(meters.lost, 1);
    EXPECT_EQ_INT(meters.finished + meters.failed + meters.cancelled, 0);
    EXPECT_EQ_INT(counts.lost, 1);
    EXPECT_EQ_INT(counts.acquired, 1);
    EXPECT_EQ_INT(counts.released, 1);
    viv_pool_text(pool, text, sizeof(text));
    EXPECT_HAS_STR(text, "lost");
    close_crew();
}

TEST(a_pool_that_is_closed_ends_its_workers_and_refuses_jobs)
{
    pid_t children[8];

    open_crew("viv", 1);
    EXPECT_EQ_INT(ask("add", 1, 2), VIV_RETURNED);
    submit("loop", 0, 0);
    EXPECT_EQ_INT(viv_job_wait(job, 30 * MS, &end), VIV_ETIME);
    viv_pool_close(pool);
    EXPECT_EQ_INT(viv_job_cancel(job), 0);
    EXPECT_EQ_INT(wait_for_end(), VIV_CANCELLED);
    while (find_children(children, 8) > 0)
        sched_yield();
    EXPECT_EQ_INT(ask("add", 1, 2), 0);
    EXPECT_EQ_INT(end.code, VIV_ECLOSED);
    close_crew();
}

/* Pools come and go: their crews go with them when others come. */
TEST(each_pool_has_workers_of_its_own)
{
    viv_pool *first;

    open_crew("viv", 1);
    EXPECT_EQ_INT(ask("add", 1, 2), VIV_RETURNED);
    first = pool;
    EXPECT_EQ_INT(viv_pool_new(image, &config, &pool, &err), 0);
    viv_pool_unref(first);
    EXPECT_EQ_INT(ask("add", 1, 2), VIV_RETURNED);
    close_crew();
}

TEST(nothing_is_left_when_it_is_over)
{
    int files, round;

    mode_need_own();
    open_crew("viv", 2);
    EXPECT_EQ_INT(ask("add", 1, 2), VIV_RETURNED);
    EXPECT_EQ_INT(viv_executor_free(executor), 0);
    files = count_in("/proc/self/fd");
    for (round = 0; round < 3; round++) {
        EXPECT_EQ_INT(viv_executor_new(&work, &executor, &err), 0);
        EXPECT_EQ_INT(ask("add", 1, 2), VIV_RETURNED);
        EXPECT_EQ_INT(viv_executor_free(executor), 0);
        EXPECT_EQ_INT(count_in("/proc/self/fd"), files);
        EXPECT_EQ_INT(waitpid(-1, NULL, WNOHANG), -1);
    }
    EXPECT_EQ_INT(viv_executor_new(&work, &executor, &err), 0);
    close_crew();
}

/* ------------------------------------------------------------------------
 * What cannot be.
 */

static int start_of_my_own(viv_sandbox *sandbox, void *cookie,
                           viv_outcome *ret_outcome, viv_error *ret_err)
{
    (void)sandbox;
    (void)cookie;
    (void)ret_err;
    *ret_outcome = (viv_outcome){.kind = VIV_RETURNED};
    return 0;
}

static int answer_nothing(viv_host_call *host_call, const viv_value *values,
                          viv_value *results, void *cookie)
{
    (void)host_call;
    (void)values;
    (void)results;
    (void)cookie;
    return 0;
}

TEST(a_task_of_ones_own_is_refused)
{
    open_crew("viv", 1);
    prepare_call("add", 1, 2);
    task.start = start_of_my_own;
    EXPECT_EQ_INT(hand_in(), VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text, "viv_task_of_call()");
    close_crew();
}

TEST(more_values_than_any_function_has_are_refused)
{
    open_crew("viv", 1);
    prepare_call("add", 1, 2);
    call.result_count = CREW_VALUES_MAX + 1;
    EXPECT_EQ_INT(hand_in(), VIV_EINVAL);
    close_crew();
}

/* A failure is one of handing in, and the next is fine. */
TEST(a_crew_that_cannot_be_made_is_no_crew)
{
    open_crew("viv", 2);
    prepare_call("add", 1, 2);
    for (uint64_t n = 1; n < 20; n++) {
        base_alloc_fail_at(n);
        if (hand_in() == 0)
            break;
        EXPECT(err.text[0] != '\0');
    }
    base_alloc_fail_at(0);
    EXPECT_EQ_INT(wait_for_end(), VIV_RETURNED);
    close_crew();
}

TEST(a_worker_that_is_no_program_is_refused)
{
    viv_executor_config_default(&work);
    work.worker = "/nowhere/viv";
    EXPECT_EQ_INT(viv_executor_new(&work, &executor, &err), VIV_ENOTFOUND);
    EXPECT_HAS_STR(err.text, "/nowhere/viv");
    work.worker = "viv";
    work.threads = 100000;
    EXPECT(viv_executor_new(&work, &executor, &err) < 0);
}

TEST(a_guest_that_calls_this_process_is_refused)
{
    viv_import rows[] = {
        GUEST_FUNC("f", GUEST_TYPES(VIV_I32), 1, NULL, 0, answer_nothing, NULL),
    };
    struct guest guest;

    need_workers();
    guest = guest_start_with("(module (import \"env\" \"f\" (func (param i32)))"
                             " (func (export \"add\") (param i32 i32)"
                             "  (result i32) (i32.const 1)))",
                             rows, 1);
    make_image(WAT);
    viv_image_unref(image);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &image, &err), 0);
    open_crew_with("viv", 1);
    prepare_call("add", 1, 2);
    EXPECT_EQ_INT(hand_in(), VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text, "\"f\" of \"env\"");
    close_crew();
    guest_end(&guest);
}
