/* test_os_enter.c - what a thread needs before it can run guests.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_enter.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#include "fault_tools.h"
#include "nudge_tools.h"
#include "os/os_fail.h"
#include "os/os_nudge.h"

static void begin(void)
{
    install_hook(take);
    EXPECT_EQ_INT(os_enter_thread(NULL), 0);
}

static stack_t stack_of_thread(void)
{
    stack_t stack;

    EXPECT_EQ_INT(sigaltstack(NULL, &stack), 0);
    return stack;
}

static bool has_stack(void)
{
    return !(stack_of_thread().ss_flags & SS_DISABLE);
}

/* ------------------------------------------------------------------------
 * Coming and going.
 */

static void *given_stack;

static void *enter(void *arg)
{
    int before = seen_count;
    sigset_t set;

    sigfillset(&set);
    pthread_sigmask(SIG_SETMASK, &set, NULL);
    EXPECT_EQ_INT(os_enter_thread(NULL), 0);
    given_stack = stack_of_thread().ss_sp;
    EXPECT(has_stack());
    EXPECT_EQ_INT(os_enter_thread(NULL), 0);
    EXPECT(stack_of_thread().ss_sp == given_stack);
    expect_timers(2);
    EXPECT_EQ_INT(touch(forbidden), 77); /* though all signals were blocked */
    os_nudge_send(os_nudge_self());
    spin_until(&seen_count, before + 2);
    pthread_sigmask(SIG_SETMASK, NULL, &set);
    EXPECT(sigismember(&set, SIGUSR1)); /* which is not ours to unblock */
    return arg;
}

static bool is_mapped(void *at)
{
    unsigned char there;

    return mincore(at, OS_PAGE_BYTES, &there) == 0;
}

TEST(a_thread_gets_stack_and_timer_and_gives_them_back_when_it_ends)
{
    pthread_t thread;

    begin();
    expect_timers(1);
    for (int i = 0; i < 20; i++) {
        EXPECT_EQ_INT(pthread_create(&thread, NULL, enter, NULL), 0);
        EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
        EXPECT(!is_mapped(given_stack));
        expect_timers(1);
    }
}

static pthread_key_t key;
static int times;

/* What a thread does after it has given back all that it had. */
static void enter_again(void *value)
{
    int before = seen_count;

    EXPECT_EQ_INT(os_enter_thread(NULL), 0);
    EXPECT(has_stack());
    EXPECT_EQ_INT(touch(forbidden), 77);
    EXPECT_EQ_INT(os_nudge_when(), OS_NUDGE_NEVER);
    by(os_clock_now() + MS);
    spin_until(&seen_count, before + 2);
    if (++times < 2)
        pthread_setspecific(key, value);
}

static void *enter_and_end(void *value)
{
    EXPECT_EQ_INT(os_enter_thread(NULL), 0);
    by(os_clock_now() + 60000 * MS);
    EXPECT_EQ_INT(pthread_setspecific(key, value), 0);
    return NULL;
}

TEST(a_thread_may_enter_again_while_it_ends)
{
    pthread_t thread;

    begin();
    EXPECT_EQ_INT(pthread_key_create(&key, enter_again), 0);
    EXPECT_EQ_INT(pthread_create(&thread, NULL, enter_and_end, &key), 0);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    EXPECT_EQ_INT(times, 2);
    expect_timers(1);
}

/* ------------------------------------------------------------------------
 * Stacks of the host's own.
 */

TEST(a_large_stack_of_the_hosts_is_left_alone)
{
    static char large[256 * 1024];
    stack_t stack = {.ss_sp = large, .ss_size = sizeof(large)};

    EXPECT_EQ_INT(sigaltstack(&stack, NULL), 0);
    begin();
    EXPECT(stack_of_thread().ss_sp == large);
    EXPECT_EQ_INT(touch(forbidden), 77);
}

TEST(a_small_one_is_replaced)
{
    static char small[8192];
    stack_t stack = {.ss_sp = small, .ss_size = sizeof(small)};

    EXPECT_EQ_INT(sigaltstack(&stack, NULL), 0);
    begin();
    EXPECT(stack_of_thread().ss_sp != small);
}

static char later[256 * 1024];

static void *replace_stack(void *arg)
{
    stack_t stack = {.ss_sp = later, .ss_size = sizeof(later)};

    EXPECT_EQ_INT(os_enter_thread(NULL), 0);
    given_stack = stack_of_thread().ss_sp;
    EXPECT_EQ_INT(sigaltstack(&stack, NULL), 0);
    return arg;
}

TEST(one_that_comes_later_is_not_taken_away)
{
    pthread_t thread;

    begin();
    EXPECT_EQ_INT(pthread_create(&thread, NULL, replace_stack, NULL), 0);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    EXPECT(!is_mapped(given_stack));
}

/* ------------------------------------------------------------------------
 * After a fork.
 */

static void enter_in_child(uint64_t stack)
{
    int before;

    EXPECT_EQ_INT(os_enter_thread(NULL), 0);
    EXPECT_EQ_INT((uintptr_t)stack_of_thread().ss_sp, stack);
    expect_timers(1);
    EXPECT_EQ_INT(touch(forbidden), 77);
    before = seen_count;
    by(os_clock_now() + MS);
    spin_until(&seen_count, before + 1);
}

TEST(a_child_enters_with_the_stack_that_it_has_and_a_timer_of_its_own)
{
    begin();
    in_child(enter_in_child, (uintptr_t)stack_of_thread().ss_sp);
    EXPECT_EQ_INT(os_enter_thread(NULL), 0);
}

static void enter_without_timers(uint64_t unused)
{
    viv_error err = {0};

    (void)unused;
    EXPECT_EQ_INT(os_enter_thread(&err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "cannot be given a timer");
    allow_pending(true);
    EXPECT_EQ_INT(os_enter_thread(&err), 0);
}

TEST(where_there_are_no_more_timers_it_says_so)
{
    begin();
    allow_pending(false);
    in_child(enter_without_timers, 0);
    EXPECT_EQ_INT(os_enter_thread(NULL), 0); /* it has one */
    allow_pending(true);
}

/* ------------------------------------------------------------------------
 * Failure.
 */

static void *fail_everywhere(void *arg)
{
    viv_error err = {0};
    uint64_t n;

    for (n = 1;; n++) {
        os_fail_at(n);
        if (os_enter_thread(&err) == 0)
            break;
        EXPECT(err.code == VIV_EIO || err.code == VIV_ENOMEM);
        EXPECT(err.text[0] != '\0');
        os_fail_at(0);
    }
    os_fail_at(0);
    EXPECT(n > 3);
    EXPECT_EQ_INT(touch(forbidden), 77);
    return arg;
}

TEST(every_failing_system_call_is_survived)
{
    pthread_t thread;

    begin();
    EXPECT_EQ_INT(pthread_create(&thread, NULL, fail_everywhere, NULL), 0);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    expect_timers(1);
}
