/* test_os_fork.c - is this still the same process?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* _Fork and syscall */
#include "os/os_fork.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/os_fail.h"
#include "test.h"

/* What children tell, one word each. */
static uint64_t *told;

static void begin(void)
{
    told = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                -1, 0);
    EXPECT(told != MAP_FAILED);
}

static void wait_for(pid_t pid)
{
    int status;

    EXPECT_EQ_INT(waitpid(pid, &status, 0), pid);
    EXPECT_EQ_INT(status, 0);
}

TEST(a_process_has_one_number)
{
    uint64_t id = os_fork_id();

    EXPECT(id != 0);
    EXPECT_EQ_INT(os_fork_id(), id);
}

static void expect_new_in_child_and_grandchild(pid_t (*make)(void))
{
    uint64_t id = os_fork_id();
    pid_t pid = make();

    if (pid == 0) {
        told[0] = os_fork_id();
        pid = make();
        if (pid == 0) {
            told[1] = os_fork_id();
            _exit(0);
        }
        wait_for(pid);
        told[2] = os_fork_id();
        _exit(0);
    }
    wait_for(pid);
    EXPECT(told[0] != 0 && told[0] != id);
    EXPECT(told[1] != 0 && told[1] != id && told[1] != told[0]);
    EXPECT_EQ_INT(told[2], told[0]);
    EXPECT_EQ_INT(os_fork_id(), id);
}

TEST(children_have_numbers_of_their_own)
{
    begin();
    expect_new_in_child_and_grandchild(fork);
}

static pid_t fork_by_hand(void)
{
    return (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0);
}

TEST(however_they_were_made)
{
    begin();
    expect_new_in_child_and_grandchild(fork_by_hand);
}

TEST(and_where_the_kernel_does_not_help)
{
    begin();
    os_fail_at(1);
    EXPECT_EQ_INT(os_fork_id(), getpid());
    os_fail_at(0);
    expect_new_in_child_and_grandchild(fork);
}

static void *tell_id(void *cookie)
{
    (void)cookie;
    return (void *)(uintptr_t)os_fork_id();
}

TEST(threads_of_a_new_process_agree)
{
    pthread_t threads[8];
    void *id, *first = NULL;
    pid_t pid;

    os_fork_id();
    pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 8; i++)
            EXPECT_EQ_INT(pthread_create(&threads[i], NULL, tell_id, NULL), 0);
        for (int i = 0; i < 8; i++) {
            EXPECT_EQ_INT(pthread_join(threads[i], &id), 0);
            first = i == 0 ? id : first;
            EXPECT(id == first);
        }
        exit(0);
    }
    wait_for(pid);
}
