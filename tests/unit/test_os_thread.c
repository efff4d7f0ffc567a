/* test_os_thread.c - which thread is this?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_thread.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

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
