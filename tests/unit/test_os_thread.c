/* test_os_thread.c - which thread is this, and another one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_thread.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/os_fail.h"
#include "test.h"

TEST(a_thread_keeps_its_number)
{
    uint64_t id = os_thread_id();

    EXPECT(id != 0);
    EXPECT_EQ_INT(os_thread_id(), id);
}

static void *tell(void *ret_id)
{
    *(uint64_t *)ret_id = os_thread_id();
    return NULL;
}

TEST(no_two_threads_have_the_same_even_one_after_the_other)
{
    uint64_t ids[100];
    pthread_t thread;

    ids[0] = os_thread_id();
    for (int i = 1; i < 100; i++) {
        EXPECT_EQ_INT(pthread_create(&thread, NULL, tell, &ids[i]), 0);
        EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
        for (int k = 0; k < i; k++)
            EXPECT(ids[i] != ids[k]);
    }
    EXPECT_EQ_INT(os_thread_id(), ids[0]);
}

TEST(a_child_is_another_thread)
{
    uint64_t id = os_thread_id();
    int status;
    pid_t pid;

    pid = fork();
    if (pid == 0)
        _exit(os_thread_id() == id);
    EXPECT_EQ_INT(waitpid(pid, &status, 0), pid);
    EXPECT_EQ_INT(status, 0);
    EXPECT_EQ_INT(os_thread_id(), id);
}

static void *tell_blocked(void *ret_blocked)
{
    sigset_t now;

    pthread_sigmask(SIG_SETMASK, NULL, &now);
    *(int *)ret_blocked = sigismember(&now, SIGINT);
    return NULL;
}

TEST(a_thread_that_is_started_gets_no_signals_of_the_process)
{
    pthread_t thread;
    int there = 0, here = 1;

    EXPECT_EQ_INT(os_thread_start(&thread, tell_blocked, &there, NULL), 0);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    EXPECT_EQ_INT(there, 1);
    tell_blocked(&here);
    EXPECT_EQ_INT(here, 0);
}

TEST(one_that_cannot_be_started_is_a_sentence)
{
    pthread_t thread;
    viv_error err;
    int here = 1;

    os_fail_at(1);
    EXPECT_EQ_INT(os_thread_start(&thread, tell_blocked, &here, &err), VIV_EIO);
    os_fail_at(0);
    EXPECT_HAS_STR(err.text, "no thread: ");
    tell_blocked(&here);
    EXPECT_EQ_INT(here, 0);
}
