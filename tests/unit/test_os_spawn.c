/* test_os_spawn.c - a program that has nothing but a socket.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_spawn.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mode_tools.h"
#include "os/os_fail.h"
#include "os/os_fd.h"
#include "os/os_socket.h"

static struct os_process process;
static int fds[2];
static viv_error err;

/* Run a script of the shell with the other end of `fds`. */
static int start(const char *script)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    int code;

    EXPECT_EQ_INT(os_socket_pair(fds, &err), 0);
    code = os_spawn("/bin/sh", argv, fds[1], &process, &err);
    os_fd_close(fds[1]);
    return code;
}

/* All that it says, until it ends. */
static const char *hear(void)
{
    static char said[4096];
    size_t len = 0;
    ssize_t got;

    while ((got = read(fds[0], said + len, sizeof(said) - 1 - len)) > 0)
        len += (size_t)got;
    said[len] = '\0';
    os_fd_close(fds[0]);
    return said;
}

static const char *said_by(const char *script)
{
    const char *said;

    EXPECT_EQ_INT(start(script), 0);
    said = hear();
    os_process_kill(&process);
    return said;
}

TEST(it_talks_through_descriptor_three)
{
    EXPECT_EQ_STR(said_by("echo hello >&3"), "hello\n");
}

/* Where its descriptor leads; "" if it has none. */
static const char *leads_to(int fd)
{
    static char target[100];
    char path[64];
    ssize_t len;

    snprintf(path, sizeof(path), "/proc/%ld/fd/%d", (long)process.pid, fd);
    len = readlink(path, target, sizeof(target) - 1);
    target[len > 0 ? len : 0] = '\0';
    return target;
}

TEST(no_file_of_ours_is_open_there)
{
    int mine = open("/proc/self/status", O_RDONLY);

    mode_need_own();
    EXPECT_EQ_INT(dup2(mine, 77), 77);
    EXPECT_EQ_INT(start("exec sleep 100"), 0);
    for (int fd = 0; fd < 3; fd++)
        EXPECT_EQ_STR(leads_to(fd), "/dev/null");
    EXPECT_HAS_STR(leads_to(3), "socket:");
    for (int fd = 4; fd < 100; fd++)
        EXPECT_EQ_STR(leads_to(fd), "");
    os_process_kill(&process);
    os_fd_close(fds[0]);
    close(mine);
}

TEST(nothing_of_our_environment_is_there_but_what_was_chosen)
{
    setenv("SECRET", "word", 1);
    setenv("LD_LIBRARY_PATH", "/nowhere", 1);
    EXPECT_EQ_STR(said_by("echo \"$SECRET,$HOME,$LD_LIBRARY_PATH\" >&3"),
                  ",,/nowhere\n");
}

/* Bits 1 to 64, but for those that cannot be blocked. */
TEST(all_signals_are_blocked_until_it_unblocks_them)
{
    const char *said = said_by("exec sed -n 's/^SigBlk://p' /proc/self/status "
                               ">&3");

    mode_need_own();
    EXPECT_HAS_STR(said, "7ffbfeff");
}

static void unblock_and_raise(void)
{
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    raise(SIGTERM); /* is for the parent */
    raise(SIGUSR1);
    os_spawn_begin();
    for (;;)
        pause();
}

TEST(beginning_lets_signals_in_but_those_that_ask_it_to_end)
{
    EXPECT_DIES(SIGUSR1, unblock_and_raise);
}

TEST(what_cannot_be_run_is_said)
{
    const char *const argv[] = {"x", NULL};

    EXPECT_EQ_INT(os_socket_pair(fds, &err), 0);
    EXPECT_EQ_INT(os_spawn("/nowhere/x", argv, fds[1], &process, &err),
                  VIV_EIO);
    EXPECT_HAS_STR(err.text, "\"/nowhere/x\": No such file");
    EXPECT_EQ_INT(waitpid(-1, NULL, 0), -1);
    for (uint64_t n = 1; n <= 2; n++) {
        os_fail_at(n);
        EXPECT_EQ_INT(os_spawn("/bin/sh", argv, fds[1], &process, &err),
                      VIV_EIO);
        os_fail_at(0);
    }
    os_fd_close(fds[0]);
    os_fd_close(fds[1]);
}

TEST(it_can_be_sent_a_signal_and_be_killed)
{
    struct os_exit how;

    EXPECT_EQ_INT(start("exec sleep 100"), 0);
    os_process_signal(&process, SIGKILL);
    EXPECT_EQ_INT(os_process_wait(&process, &how, &err), 0);
    EXPECT_EQ_INT(how.signal, SIGKILL);
    os_fd_close(fds[0]);
}

/* The program that we are in may wait for any child of its: and then the number
 * may be that of another. */
TEST(one_that_others_have_waited_for_is_not_taken_for_another)
{
    struct os_exit how;
    pid_t other;

    EXPECT_EQ_INT(start("exit 7"), 0);
    EXPECT_EQ_INT(waitpid(-1, NULL, 0), process.pid);
    if (process.pid_fd < 0)
        SKIP("there are no descriptors of processes here");
    other = fork();
    if (other == 0)
        for (;;)
            pause();
    process.pid = other;
    os_process_signal(&process, SIGKILL);
    EXPECT_EQ_INT(os_process_wait(&process, &how, &err), VIV_EIO);
    EXPECT_EQ_INT(process.pid, 0);
    EXPECT_EQ_INT(waitpid(other, NULL, WNOHANG), 0);
    kill(other, SIGKILL);
    EXPECT_EQ_INT(waitpid(other, NULL, 0), other);
    os_fd_close(fds[0]);
}

TEST(one_that_others_have_waited_for_is_not_killed_by_its_number)
{
    struct os_exit how;

    EXPECT_EQ_INT(start("exit 7"), 0);
    os_fd_close(process.pid_fd);
    process.pid_fd = -1;
    EXPECT_EQ_INT(waitpid(-1, NULL, 0), process.pid);
    process.pid = getppid(); /* is no child of ours */
    os_process_signal(&process, SIGKILL);
    EXPECT_EQ_INT(kill(getppid(), 0), 0);
    EXPECT_EQ_INT(os_process_wait(&process, &how, &err), VIV_EIO);
    os_fd_close(fds[0]);
}

static void *start_and_end(void *arg)
{
    (void)arg;
    EXPECT_EQ_INT(start("echo here >&3; exec sleep 100"), 0);
    return NULL;
}

/* So nobody is left when a keeper, or the whole process, is gone. */
TEST(it_dies_with_the_thread_that_started_it)
{
    pthread_t thread;
    struct os_exit how;

    EXPECT_EQ_INT(pthread_create(&thread, NULL, start_and_end, NULL), 0);
    pthread_join(thread, NULL);
    EXPECT_EQ_INT(os_process_wait(&process, &how, &err), 0);
    EXPECT_EQ_INT(how.signal, SIGKILL);
    os_fd_close(fds[0]);
}

/* A process that is killed while it has one. */
TEST(it_dies_with_the_process_that_started_it)
{
    int status;
    pid_t pid;

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid = fork();
    if (pid == 0) {
        (void)start("exec sleep 100");
        raise(SIGKILL);
    }
    EXPECT_EQ_INT(waitpid(pid, &status, 0), pid);
    EXPECT(waitpid(-1, &status, 0) > 0);
    EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
