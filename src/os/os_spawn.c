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
#define _GNU_SOURCE /* vfork, close_range */
#include "os/os_spawn.h"

#include <errno.h>
#include <fcntl.h>
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

static const char *const kept[] = {"LD_LIBRARY_PATH", "ASAN_OPTIONS",
                                   "UBSAN_OPTIONS", "TSAN_OPTIONS"};

#define KEPT (sizeof(kept) / sizeof(kept[0]))

struct spawn {
    const char *path;
    const char *const *argv;
    const char *env[KEPT + 1];
    int fd;
    pid_t parent;
    int close_max;
    volatile int error; /* of the child */
};

/* ------------------------------------------------------------------------
 * In the child.
 */

static void close_the_rest(const struct spawn *spawn)
{
    if (syscall(SYS_close_range, OS_SPAWN_FD + 1, ~0U, 0) == 0)
        return;
    for (int fd = OS_SPAWN_FD + 1; fd < spawn->close_max; fd++)
        close(fd);
}

/* The socket is moved out of the way first, or one of the others might take its
 * place.  What dup2() makes stays open when the program begins. */
static int arrange_files(const struct spawn *spawn)
{
    int fd = fcntl(spawn->fd, F_DUPFD, OS_SPAWN_FD + 1);
    int nothing = open("/dev/null", O_RDWR);

    if (fd < 0 || nothing < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 ||
        dup2(nothing, 2) < 0 || dup2(fd, OS_SPAWN_FD) < 0)
        return -1;
    close_the_rest(spawn);
    return 0;
}

static void become(struct spawn *spawn)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != spawn->parent) /* it died before the line above */
        _exit(127);
    if (arrange_files(spawn) == 0)
        execve(spawn->path, (char *const *)(uintptr_t)spawn->argv,
               (char *const *)(uintptr_t)spawn->env);
    spawn->error = errno;
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

__attribute__((noinline)) static pid_t start(struct spawn *spawn)
{
    pid_t pid = os_fail_now() ? -1 : vfork();

    if (pid == 0)
        become(spawn);
    return pid;
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
    process.pid = start(&spawn);
    error = process.pid < 0 ? errno : spawn.error;
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

void os_spawn_begin(void)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}
