/* test_os_nudge.c - make a thread look up from what it is doing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* SIGEV_THREAD_ID */
#include "os/os_nudge.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>

#include "lost_nudge.h"
#include "nudge_tools.h"
#include "os/os_fail.h"
#include "os/os_signal.h"
#include "single_step.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static volatile int nudges;
static volatile uint64_t nudged_at;
static volatile uint64_t set_next; /* what the handler sets the timer to */

static bool hear(struct os_fault *fault)
{
    if (fault->kind != OS_FAULT_NUDGE)
        return false;
    nudges++;
    nudged_at = os_clock_now();
    os_nudge_at(set_next);
    set_next = OS_NUDGE_NEVER;
    return true;
}

static void begin(void)
{
    set_next = OS_NUDGE_NEVER;
    EXPECT_EQ_INT(os_signal_install(hear, NULL), 0);
    EXPECT_EQ_INT(os_nudge_open(NULL), 0);
    EXPECT_EQ_INT(nudges, 0);
}

/* ------------------------------------------------------------------------
 * The timer.
 */

TEST(a_thread_is_nudged_when_it_wanted_to_be)
{
    const uint64_t gap = mode_is("valgrind") ? 20 * MS : 2 * MS;
    uint64_t when;

    begin();
    for (int i = 1; i <= 20; i++) {
        when = os_clock_now() + gap;
        by(when);
        EXPECT_EQ_INT(os_nudge_when(), when);
        spin_until(&nudges, i);
        EXPECT(nudged_at >= when);
        EXPECT_EQ_INT(os_nudge_when(), OS_NUDGE_NEVER);
    }
    os_nudge_close();
}

TEST(the_earliest_time_wins)
{
    uint64_t now, early;

    begin();
    now = os_clock_now();
    early = now + 20 * MS;
    by(now + 60000 * MS);
    by(early);
    by(now + 500 * MS);
    by(OS_NUDGE_NEVER);
    EXPECT_EQ_INT(os_nudge_when(), early);
    spin_until(&nudges, 1);
    EXPECT(nudged_at >= early);
    EXPECT(nudged_at < now + 500 * MS);
    os_nudge_close();
}

TEST(what_is_over_comes_at_once)
{
    const uint64_t over[] = {0, 1, 1000000000, os_clock_now()};

    begin();
    for (int i = 0; i < 4; i++) {
        by(over[i]);
        spin_until(&nudges, i + 1);
    }
    os_nudge_close();
}

TEST(the_handler_sets_it_to_any_time_and_to_none)
{
    uint64_t far = os_clock_now() + 60000 * MS;

    begin();
    set_next = far;
    by(os_clock_now() + MS);
    spin_until(&nudges, 1);
    EXPECT_EQ_INT(os_nudge_when(), far);
    by(os_clock_now() + MS); /* the handler says: not at all */
    spin_until(&nudges, 2);
    EXPECT_EQ_INT(os_nudge_when(), OS_NUDGE_NEVER);
    spin_for(5 * MS);
    EXPECT_EQ_INT(nudges, 2);
    os_nudge_close();
}

static void nudge_here(uintptr_t pc)
{
    (void)pc;
    os_nudge_send(os_nudge_self());
}

/* The timer is set to a time that is far; if a nudge comes, its handler wants
 * it sooner. */
static void set_far(uint64_t *ret_soon)
{
    os_nudge_at(OS_NUDGE_NEVER);
    nudges = 0;
    set_next = *ret_soon = os_clock_now() + 100 * MS;
    by(set_next + 60000 * MS);
}

/* Wherever a nudge comes while the timer is being set, what its handler wants
 * is not forgotten. */
TEST(a_handler_that_is_quicker_is_not_overruled)
{
    static struct step_path path;
    uint64_t soon;
    size_t i;

    if (!step_is_possible())
        SKIP("no trap flag there");
    begin();
    step_record(&path, NULL);
    set_far(&soon);
    step_end();
    EXPECT(path.count > 100);
    for (i = 0; i < path.count; i++) {
        step_plant(&path, i, nudge_here);
        set_far(&soon);
        if (!step_pull() || set_next != OS_NUDGE_NEVER)
            continue; /* it came before there was anything to set */
        EXPECT(nudges > 1 || os_nudge_when() == soon);
        if (i % 16 == 0)
            spin_until(&nudges, 2);
    }
    os_nudge_close();
}

/* Somebody ignored the signal just when it came. */
TEST(a_nudge_that_got_lost_takes_none_along)
{
    struct sigaction kept, ignore = {.sa_handler = SIG_IGN};

    begin();
    by(os_clock_now() + MS);
    EXPECT_EQ_INT(sigaction(OS_NUDGE_SIGNAL, &ignore, &kept), 0);
    spin_for(5 * MS);
    EXPECT_EQ_INT(sigaction(OS_NUDGE_SIGNAL, &kept, NULL), 0);
    nudges = 0;
    by(os_clock_now() + MS);
    spin_until(&nudges, 1);
    os_nudge_close();
}

static void nudge_self(void)
{
    os_nudge_send(os_nudge_self());
}

TEST(what_is_lost_while_the_handler_sets_the_timer_comes_soon)
{
    const uint64_t far[] = {OS_NUDGE_NEVER, os_clock_now() + 60000 * MS};

    begin();
    for (int i = 0; i < 40; i++) {
        nudges = 0;
        os_nudge_at(os_clock_now() + 50000 * MS);
        set_next = far[i % 2];
        lost_func = nudge_self;
        nudge_self();
        spin_until(&nudges, 2);
    }
    EXPECT_EQ_INT(lost_count, 40);
    os_nudge_close();
}

TEST(who_sets_the_timer_is_told_when_that_may_lose_what_comes)
{
    uint64_t now;

    begin();
    now = os_clock_now();
    EXPECT(os_nudge_by(now + 60000 * MS, now));
    EXPECT(!os_nudge_by(now + 60000 * MS, now)); /* it is */
    EXPECT(!os_nudge_by(now + 70000 * MS, now));
    EXPECT(!os_nudge_by(OS_NUDGE_NEVER, now));
    EXPECT(os_nudge_by(now + 50000 * MS, now));
    EXPECT(!os_nudge_by(now + 1000, now)); /* the next is soon */
    spin_until(&nudges, 1);
    os_nudge_close();
}

/* ------------------------------------------------------------------------
 * From other threads.
 */

static volatile int other;

static void *be_nudged(void *unused)
{
    EXPECT_EQ_INT(os_nudge_open(NULL), 0);
    other = os_nudge_self();
    EXPECT_EQ_INT(other, syscall(SYS_gettid));
    spin_until(&nudges, 200);
    os_nudge_close();
    return unused;
}

TEST(a_thread_is_nudged_by_its_number_and_a_dead_one_is_nobody)
{
    pthread_t thread;
    int mine;

    begin();
    mine = os_nudge_self();
    EXPECT_EQ_INT(pthread_create(&thread, NULL, be_nudged, NULL), 0);
    spin_until(&other, 1);
    EXPECT(other != mine);
    for (int i = 1; i <= 200; i++) {
        os_nudge_send(other);
        spin_until(&nudges, i);
    }
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    EXPECT_EQ_INT(nudges, 200);
    os_nudge_send(other);
    os_nudge_send(mine);
    spin_until(&nudges, 201);
    spin_for(MS);
    EXPECT_EQ_INT(nudges, 201);
    os_nudge_close();
}

/* ------------------------------------------------------------------------
 * Whose it is.
 */

static volatile int foreign;
static volatile int is_ours = -1;

static void look(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    is_ours = os_nudge_is_ours(info);
    foreign++;
}

static void look_at_nudges(void)
{
    struct sigaction action = {.sa_sigaction = look, .sa_flags = SA_SIGINFO};

    sigemptyset(&action.sa_mask);
    sigaction(OS_NUDGE_SIGNAL, &action, NULL);
}

static void expect_seen(int count, bool ours)
{
    spin_until(&foreign, count);
    EXPECT_EQ_INT(is_ours, ours);
    is_ours = -1;
}

TEST(nudges_carry_our_mark_and_nothing_else_does)
{
    union sigval value = {.sival_ptr = &value};
    struct itimerspec soon = {.it_value = {.tv_nsec = 1000}};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = OS_NUDGE_SIGNAL,
                             .sigev_value = value};
    timer_t timer;

    look_at_nudges();
    EXPECT_EQ_INT(os_nudge_open(NULL), 0);
    os_nudge_send(os_nudge_self());
    expect_seen(1, true);
    by(0);
    expect_seen(2, true);
    raise(OS_NUDGE_SIGNAL);
    expect_seen(3, false);
    EXPECT_EQ_INT(sigqueue(getpid(), OS_NUDGE_SIGNAL, value), 0);
    expect_seen(4, false);
    EXPECT_EQ_INT(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    EXPECT_EQ_INT(timer_settime(timer, 0, &soon, NULL), 0);
    expect_seen(5, false);
    timer_delete(timer);
    os_nudge_close();
}

/* ------------------------------------------------------------------------
 * Coming and going.
 */

static void *open_and_end(void *unused)
{
    EXPECT_EQ_INT(os_nudge_open(NULL), 0);
    by(os_clock_now() + 60000 * MS);
    os_nudge_close();
    return unused;
}

TEST(a_timer_is_given_back)
{
    pthread_t thread;

    expect_timers(0);
    begin();
    expect_timers(1);
    EXPECT_EQ_INT(os_nudge_open(NULL), 0);
    expect_timers(1);
    for (int i = 0; i < 50; i++) {
        EXPECT_EQ_INT(pthread_create(&thread, NULL, open_and_end, NULL), 0);
        EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    }
    expect_timers(1);
    os_nudge_close();
    os_nudge_close();
    expect_timers(0);
}

TEST(a_timer_that_is_new_is_not_set)
{
    begin();
    by(os_clock_now() + 60000 * MS);
    os_nudge_close();
    EXPECT_EQ_INT(os_nudge_open(NULL), 0);
    EXPECT_EQ_INT(os_nudge_when(), OS_NUDGE_NEVER);
    by(os_clock_now() + MS);
    spin_until(&nudges, 1);
    os_nudge_close();
}

TEST(when_there_are_no_more_timers_it_says_so)
{
    viv_error err = {0};

    allow_pending(false);
    EXPECT_EQ_INT(os_nudge_open(&err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "cannot be given a timer");
    allow_pending(true);
    os_fail_at(1);
    EXPECT_EQ_INT(os_nudge_open(&err), VIV_EIO);
    os_fail_at(0);
    begin();
    by(os_clock_now() + MS);
    spin_until(&nudges, 1);
    os_nudge_close();
}

/* The kernel delivers the signal then, but not what it carries. */
TEST(nudges_come_though_no_signal_may_be_pending)
{
    begin();
    allow_pending(false);
    os_nudge_send(os_nudge_self());
    spin_until(&nudges, 1);
    by(os_clock_now() + MS);
    spin_until(&nudges, 2);
    allow_pending(true);
    os_nudge_close();
}

/* ------------------------------------------------------------------------
 * After a fork.
 */

static void has_a_timer_of_its_own(uint64_t parent)
{
    EXPECT(os_nudge_self() != (int)parent);
    EXPECT_EQ_INT(os_nudge_self(), syscall(SYS_gettid));
    spin_until(&nudges, 1); /* at once */
    EXPECT_EQ_INT(os_nudge_when(), OS_NUDGE_NEVER);
    expect_timers(1);
    by(os_clock_now() + MS);
    spin_until(&nudges, 2);
    EXPECT_EQ_INT(os_nudge_open(NULL), 0);
    expect_timers(1);
    os_nudge_close();
    expect_timers(0);
}

TEST(a_child_has_a_timer_of_its_own_and_is_nudged)
{
    uint64_t when;

    begin();
    when = os_clock_now() + 500 * MS;
    by(when);
    in_child(has_a_timer_of_its_own, (uint64_t)os_nudge_self());
    EXPECT(nudges > 0 || os_nudge_when() == when);
    spin_until(&nudges, 1);
    expect_timers(1);
    os_nudge_close();
}

static void was_set_in_the_handler(uint64_t when)
{
    spin_until(&nudges, 1);
    EXPECT(nudges > 1 || os_nudge_when() == when);
    spin_until(&nudges, 2);
}

TEST(in_which_the_handler_sets_it)
{
    begin();
    set_next = os_clock_now() + 100 * MS;
    in_child(was_set_in_the_handler, set_next);
    os_nudge_close();
}

static void open_again(uint64_t when)
{
    spin_until(&nudges, 1);
    EXPECT_EQ_INT(os_nudge_open(NULL), 0);
    EXPECT(nudges > 1 || os_nudge_when() == when);
    nudges = 0;
    set_next = os_clock_now() + 100 * MS;
    in_child(was_set_in_the_handler, set_next);
}

TEST(opening_again_in_a_child_changes_nothing)
{
    begin();
    set_next = os_clock_now() + 500 * MS;
    in_child(open_again, set_next);
    os_nudge_close();
}

static void has_no_timer(uint64_t unused)
{
    (void)unused;
    allow_pending(true);
    spin_until(&nudges, 1);
    expect_timers(0);
    EXPECT_EQ_INT(os_nudge_open(NULL), 0);
    by(os_clock_now() + MS);
    spin_until(&nudges, 2);
}

TEST(a_child_for_which_there_is_no_timer_gets_one_later)
{
    begin();
    by(os_clock_now() + 60000 * MS);
    allow_pending(false);
    in_child(has_no_timer, 0);
    allow_pending(true);
    os_nudge_close();
}

static void is_not_nudged(uint64_t unused)
{
    (void)unused;
    spin_for(MS);
    EXPECT_EQ_INT(nudges, 0);
    expect_timers(0);
}

TEST(a_child_of_a_thread_without_a_timer_has_none)
{
    begin();
    os_nudge_close();
    in_child(is_not_nudged, 0);
}
