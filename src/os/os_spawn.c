/* os_spawn.c - a program that has nothing but a socket.
 *
 * vfork() and exec, by hand: posix_spawn cannot ask the kernel to end the child
 * with its parent, and fork() copies page tables, which takes milliseconds when
 * there are many sandboxes.  Between the two the child runs on our stack, in
 * our memory, while the caller stands still: it makes system calls and writes
 * to nothing but what is its own.  All signals are blocked meanwhile, or a
 * handler of ours could run in the child.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* vfork, pipe2, dup3, syscall */
#include "os/os_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/base_error.h"
#include "os/os_fail.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/* Before Linux 5.9 descriptors are closed one by one, up to the limit; a limit
 * beyond this is no number of files that anybody has. */
#define CLOSE_MAX 1048576

/* Where the child has the pipe by which it says that it could not become the
 * program, which closes when it has.  (It cannot say so in our memory: what
 * valgrind and the thread sanitizer make of vfork() is a fork().) */
#define ERROR_FD (OS_SPAWN_FD + 1)

static const char *const kept[] = {"LD_LIBRARY_PATH", "ASAN_OPTIONS",
                                   "UBSAN_OPTIONS", "TSAN_OPTIONS"};

/* In the environment of those that were started here. */
#define MARK "VIV_SPAWNED"

#define KEPT (sizeof(kept) / sizeof(kept[0]))

struct spawn {
    const char *path;
    const char *const *argv;
    const char *env[KEPT + 2];
    int fd, error_fd;
    pid_t parent;
    int close_max;
};

/* ------------------------------------------------------------------------
 * In the child.
 */

static void close_the_rest(const struct spawn *spawn)
{
    if (syscall(SYS_close_range, ERROR_FD + 1, ~0U, 0) == 0)
        return;
    for (int fd = ERROR_FD + 1; fd < spawn->close_max; fd++)
        close(fd);
}

/* 0; or where to say that it failed.  What is to stay is moved out of the way
 * first, or one might take the place of another.  What dup2() makes stays open
 * when the program begins. */
static int arrange_files(const struct spawn *spawn)
{
    int fd = fcntl(spawn->fd, F_DUPFD, ERROR_FD + 1);
    int error_fd = fcntl(spawn->error_fd, F_DUPFD, ERROR_FD + 1);
    int nothing = open("/dev/null", O_RDWR);

    if (fd < 0 || error_fd < 0 || dup3(error_fd, ERROR_FD, O_CLOEXEC) < 0)
        return spawn->error_fd;
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 ||
        dup2(nothing, 2) < 0 || dup2(fd, OS_SPAWN_FD) < 0)
        return ERROR_FD;
    close_the_rest(spawn);
    return 0;
}

static void become(const struct spawn *spawn)
{
    int error_fd, error;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != spawn->parent) /* it died before the line above */
        _exit(127);
    error_fd = arrange_files(spawn);
    if (error_fd == 0) {
        execve(spawn->path, (char *const *)(uintptr_t)spawn->argv,
               (char *const *)(uintptr_t)spawn->env);
        error_fd = ERROR_FD;
    }
    error = errno;
    (void)!write(error_fd, &error, sizeof(error));
    _exit(127);
}

/* ------------------------------------------------------------------------
 * In the parent.
 */

/* Of our environment, as `NAME=value`: what stands before the value that
 * getenv() finds. */
static void choose_env(struct spawn *spawn)
{
    size_t count = 0;

    spawn->env[count++] = MARK "=1";
    for (size_t i = 0; i < KEPT; i++) {
        const char *value = getenv(kept[i]);

        if (value != NULL)
            spawn->env[count++] = value - strlen(kept[i]) - 1;
    }
}

static int most_files(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max > CLOSE_MAX)
        return CLOSE_MAX;
    return (int)limit.rlim_max;
}

/* When vfork() returns, the child has said it or has become the program, and
 * there is nothing to wait for; unless some other child of ours has the pipe,
 * or vfork() is a fork(): so not for ever. */
#define HEAR_MS 1000

static int hear_error(int fd)
{
    struct pollfd pipe_end = {.fd = fd, .events = POLLIN};
    int error = 0;

    if (poll(&pipe_end, 1, HEAR_MS) == 1 && (pipe_end.revents & POLLIN) != 0 &&
        read(fd, &error, sizeof(error)) == (ssize_t)sizeof(error))
        return error;
    return 0;
}

__attribute__((noinline)) static pid_t start(const struct spawn *spawn)
{
    pid_t pid = os_fail_now() ? -1 : vfork();

    if (pid == 0)
        become(spawn);
    return pid;
}

/* With all signals blocked.  An errno, or 0 and the process. */
static int spawn_blocked(struct spawn *spawn, pid_t *ret_pid)
{
    int pipe_fds[2], error;

    if (os_fail_now() || pipe2(pipe_fds, O_CLOEXEC) < 0)
        return errno;
    spawn->error_fd = pipe_fds[1];
    *ret_pid = start(spawn);
    error = *ret_pid < 0 ? errno : 0;
    close(pipe_fds[1]);
    if (error == 0)
        error = hear_error(pipe_fds[0]);
    close(pipe_fds[0]);
    return error;
}

int os_spawn(const char *path, const char *const *argv, int fd,
             struct os_process *ret_process, viv_error *err)
{
    struct spawn spawn = {.path = path, .argv = argv, .fd = fd};
    struct os_process process = {.pid_fd = -1};
    sigset_t all, before;
    int error;

    choose_env(&spawn);
    spawn.parent = getpid();
    spawn.close_max = most_files();
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = spawn_blocked(&spawn, &process.pid);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0) {
        os_process_watch(&process);
        *ret_process = process;
        return 0;
    }
    os_process_kill(&process);
    return base_error(err, VIV_EIO, "cannot run \"%s\": %s", path,
                      strerror(error));
}

bool os_spawn_is_child(void)
{
    return getenv(MARK) != NULL;
}

/* From a terminal, or to all of a service: the parent may want to end in order,
 * and if it does not, the program ends with it. */
static const int not_ours[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

void os_spawn_begin(void)
{
    sigset_t none;

    for (size_t i = 0; i < sizeof(not_ours) / sizeof(not_ours[0]); i++)
        signal(not_ours[i], SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}
