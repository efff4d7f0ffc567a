/* test_crew_keeper.c - a thread that keeps one worker process: of any kind.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crew_tools.h"

#include "os/os_fail.h"

/* The worker that plays `what` is killed with the job that it has, and why. */
static void expect_lost(const char *what, const char *why)
{
    open_crew(what, 1);
    EXPECT_EQ_INT(ask("add", 2, 3), VIV_LOST);
    EXPECT_EQ_INT(end.err.code, 0);
    EXPECT_HAS_STR(end.err.text, why);
    close_crew();
}

/* No worker of this kind ever begins: jobs are told why. */
static void expect_stranded(const char *what, const char *why)
{
    open_crew(what, 1);
    EXPECT_EQ_INT(ask("add", 2, 3), 0);
    EXPECT_EQ_INT(end.code, VIV_EIO);
    EXPECT_HAS_STR(end.err.text, "does not start");
    EXPECT_HAS_STR(end.err.text, why);
    EXPECT_EQ_INT(ask("add", 2, 3), 0);
    close_crew();
}

TEST(a_worker_that_does_as_it_should_is_believed)
{
    open_crew("good", 1);
    for (int n = 0; n < 100; n++) {
        result.i32 = 0;
        EXPECT_EQ_INT(ask("add", 2, 3), VIV_RETURNED);
        EXPECT_EQ_INT(result.i32, 5);
    }
    close_crew();
}

TEST(one_that_dies_at_once_is_not_waited_for_for_ever)
{
    expect_stranded("dies", "ended with code 3");
}

/* Whoever names himself, and forgets viv_worker_main(). */
TEST(one_that_would_start_workers_of_its_own_does_not)
{
    expect_stranded("forgetful", "ended with code 42");
}

TEST(one_that_is_silent_is_not_waited_for_for_ever)
{
    crew_keeper_hurry(20 * MS, VIV_NS_PER_S);
    expect_stranded("silent", "did not begin in time");
}

TEST(one_of_another_version_is_refused)
{
    expect_stranded("version", "version 99");
}

TEST(one_that_does_not_greet_is_refused)
{
    expect_stranded("rude", "makes no sense");
}

TEST(one_that_cannot_begin_says_why)
{
    expect_stranded("failed", "why?");
}

TEST(a_greeting_that_is_too_long_is_nonsense)
{
    expect_stranded("long-hello", "makes no sense");
}

TEST(being_ready_twice_is_nonsense)
{
    open_crew("ready-twice", 1);
    EXPECT(ask("add", 2, 3) != VIV_RETURNED);
    close_crew();
}

TEST(a_message_of_no_kind_is_nonsense)
{
    expect_lost("kind", "makes no sense");
}

TEST(a_result_without_anything_is_nonsense)
{
    expect_lost("empty", "makes no sense");
}

/* And no memory is made for it. */
TEST(a_result_that_would_be_endless_is_nonsense)
{
    expect_lost("endless", "makes no sense");
}

TEST(a_result_of_a_job_that_is_not_there_is_nonsense)
{
    expect_lost("unknown", "makes no sense");
}

TEST(a_result_of_an_earlier_job_is_nonsense)
{
    expect_lost("old", "makes no sense");
}

/* Or it would be sent the next, and the next, and all of them would be kept in
 * our memory until it reads. */
TEST(a_result_of_a_job_that_is_not_sent_yet_is_nonsense)
{
    static char name[1 << 20];

    open_crew("prophet", 1);
    memset(name, 'a', sizeof(name));
    prepare_call("add", 2, 3);
    call.name = name;
    call.name_len = sizeof(name);
    EXPECT_EQ_INT(hand_in(), 0);
    EXPECT_EQ_INT(wait_for_end(), VIV_LOST);
    EXPECT_HAS_STR(end.err.text, "makes no sense");
    close_crew();
}

TEST(a_job_is_long_once)
{
    expect_lost("long-twice", "makes no sense");
}

TEST(half_a_result_is_none)
{
    expect_lost("half", "ended with code 0");
}

/* The first was good, whatever came after. */
TEST(a_job_ends_once_though_its_result_comes_twice)
{
    open_crew("twice", 1);
    for (int n = 0; n < 5; n++) {
        uint32_t kind = ask("add", 2, 3);

        EXPECT(kind == VIV_RETURNED || kind == VIV_LOST);
        EXPECT(n > 0 || kind == VIV_RETURNED);
    }
    close_crew();
}

TEST(what_a_worker_said_before_it_died_counts)
{
    open_crew("last-word", 1);
    for (int n = 0; n < 5; n++) {
        uint32_t kind = ask("add", 2, 3);

        /* Or it was sent in the moment in which the one before it died. */
        EXPECT(kind == VIV_RETURNED || (n > 0 && kind == VIV_LOST));
    }
    close_crew();
}

/* It may have lost all reason, or think that it has no limits. */
TEST(one_that_does_not_end_a_job_in_time_is_killed)
{
    crew_keeper_hurry(30 * VIV_NS_PER_S, 20 * MS);
    make_image(WAT);
    limits.wall_ns = 30 * MS;
    open_crew_with("mute", 1);
    EXPECT_EQ_INT(ask("add", 2, 3), VIV_LOST);
    EXPECT_HAS_STR(end.err.text, "did not end a job in time");
    close_crew();
}

static void be_slow(viv_job *ended, void *cookie)
{
    (void)ended;
    (void)cookie;
    usleep(200000);
}

/* Results came in time, but the keeper was busy. */
TEST(one_is_not_killed_because_we_are_late)
{
    viv_job *first;

    crew_keeper_hurry(30 * VIV_NS_PER_S, 20 * MS);
    make_image(WAT);
    limits.wall_ns = 30 * MS;
    open_crew_with("pair", 1);
    prepare_call("add", 2, 3);
    task.done = be_slow;
    EXPECT_EQ_INT(hand_in(), 0);
    first = job;
    EXPECT_EQ_INT(ask("add", 2, 3), VIV_RETURNED);
    EXPECT_EQ_INT(viv_job_wait(first, VIV_NS_PER_S, &end), 0);
    EXPECT_EQ_INT(end.outcome.kind, VIV_RETURNED);
    viv_job_free(first);
    close_crew();
}

/* When guests have run, what it says is theirs. */
TEST(who_has_begun_does_not_say_why_it_cannot)
{
    open_crew("late-failed", 1);
    EXPECT_EQ_INT(ask("add", 2, 3), VIV_LOST);
    EXPECT_HAS_STR(end.err.text, "makes no sense");
    EXPECT(strstr(end.err.text, "why?") == NULL);
    close_crew();
}

TEST(one_that_does_not_mind_cancels_is_killed)
{
    uint64_t began;

    open_crew("mute", 1);
    submit("add", 2, 3);
    while (viv_job_wait(job, 50 * MS, &end) == 0)
        continue;
    began = os_clock_now();
    EXPECT_EQ_INT(viv_job_cancel(job), 0);
    EXPECT_EQ_INT(wait_for_end(), VIV_CANCELLED);
    EXPECT(os_clock_now() - began >= 900 * MS);
    close_crew();
}

TEST(closing_ends_jobs_of_one_that_does_not_mind)
{
    viv_executor_meters meters;

    open_crew("mute", 1);
    submit("add", 2, 3);
    EXPECT_EQ_INT(viv_executor_close(executor, 50 * MS, &meters), 0);
    EXPECT_EQ_INT(meters.cancelled, 1);
    EXPECT_EQ_INT(wait_for_end(), VIV_CANCELLED);
    close_crew();
}

TEST(a_program_that_cannot_be_run_is_said)
{
    static char path[PATH_MAX];

    make_image(WAT);
    guest_path("no-program", path);
    guest_write(path,
                "\x7f"
                "ELF",
                4);
    chmod(path, 0755);
    open_crew_with("viv", 1);
    EXPECT_EQ_INT(viv_executor_free(executor), 0);
    work.worker = path;
    EXPECT_EQ_INT(viv_executor_new(&work, &executor, &err), 0);
    EXPECT_EQ_INT(ask("add", 2, 3), 0);
    EXPECT_EQ_INT(end.code, VIV_EIO);
    EXPECT_HAS_STR(end.err.text, "cannot run");
    close_crew();
    unlink(path);
}

/* Jobs are refused while it does not start, and always with a reason. */
TEST(a_program_that_can_be_run_again_is)
{
    static char path[PATH_MAX], script[PATH_MAX + 100];
    uint64_t until = os_clock_now() + 20 * VIV_NS_PER_S;
    uint32_t kind = 0;

    make_image(WAT);
    guest_path("later", path);
    guest_write(path, "#!/bin/sh\nexit 5\n", 17);
    chmod(path, 0755);
    open_crew_with("viv", 1);
    EXPECT_EQ_INT(viv_executor_free(executor), 0);
    work.worker = path;
    EXPECT_EQ_INT(viv_executor_new(&work, &executor, &err), 0);
    EXPECT_EQ_INT(ask("add", 2, 3), 0);
    EXPECT_HAS_STR(end.err.text, "ended with code 5");
    snprintf(script, sizeof(script), "#!/bin/sh\nexec %s \"$@\"\n",
             viv_program());
    guest_write(path, script, strlen(script));
    while (kind != VIV_RETURNED && os_clock_now() < until) {
        kind = ask("add", 2, 3);
        EXPECT(kind == VIV_RETURNED || end.code == VIV_EIO);
        EXPECT(kind == VIV_RETURNED ||
               strstr(end.err.text, "it ended") != NULL);
    }
    EXPECT_EQ_INT(kind, VIV_RETURNED);
    close_crew();
    unlink(path);
}

/* Whichever fails, a job ends, and later ones are fine. */
static void expect_no_harm(void (*fail_at)(uint64_t n), uint64_t count)
{
    open_crew("viv", 1);
    EXPECT_EQ_INT(ask("add", 2, 3), VIV_RETURNED);
    for (uint64_t n = 1; n < count; n++) {
        prepare_call("add", 2, 3);
        fail_at(n);
        if (hand_in() == 0) {
            while (viv_job_wait(job, 20 * MS, &end) == VIV_ETIME)
                fail_at(0);
            viv_job_free(job);
            EXPECT(end.code < 0 || end.outcome.kind == VIV_RETURNED ||
                   end.outcome.kind == VIV_LOST);
        }
        fail_at(0);
        EXPECT_EQ_INT(ask("add", 2, 3), VIV_RETURNED);
    }
    close_crew();
}

TEST(system_calls_that_fail_lose_nothing)
{
    expect_no_harm(os_fail_at, 12);
}

TEST(memory_that_runs_out_loses_nothing)
{
    expect_no_harm(base_alloc_fail_at, 8);
}
