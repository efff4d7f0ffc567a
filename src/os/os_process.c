/* os_process.c - other programs: start them, wait for them.
 *
 * fork and exec by hand, because posix_spawn cannot ask the kernel to end the
 * child with its parent.  Between the two only calls that are safe there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* pipe2, realpath, sched_getaffinity */
#include "os/os_process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"
#include "os/os_fail.h"
#include "os/os_valgrind.h"

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

/* P_PIDFD, which older C libraries do not name. */
#define BY_FD ((idtype_t)3)

/* What a child says through its pipe when it cannot become the program. */
struct failure {
    int step; /* 1: folder, 2: log, 3: program */
    int error;
};

static void fail_child(int pipe_fd, int step)
{
    struct failure failure = {step, errno};

    (void)!write(pipe_fd, &failure, sizeof(failure));
    _exit(127);
}

static void unblock_signals(void)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void become(const char *const *argv, const char *folder,
                   const char *log_path, int pipe_fd, pid_t parent)
{
    int log_fd, empty_fd;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before the line above */
        _exit(127);
    unblock_signals();
    if (folder != NULL && chdir(folder) < 0)
        fail_child(pipe_fd, 1);
    empty_fd = open("/dev/null", O_RDWR);
    log_fd = log_path == NULL
                 ? empty_fd
                 : open(log_path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (empty_fd < 0 || log_fd < 0 || dup2(empty_fd, 0) < 0 ||
        dup2(log_fd, 1) < 0 || dup2(log_fd, 2) < 0)
        fail_child(pipe_fd, 2);
    execvp(argv[0], (char *const *)(uintptr_t)argv);
    fail_child(pipe_fd, 3);
}

/* Nothing comes through the pipe when exec works: it closes. */
static int hear(int pipe_fd, const char *const *argv, const char *folder,
                const char *log_path, viv_error *err)
{
    struct failure failure;
    ssize_t got;

    do
        got = read(pipe_fd, &failure, sizeof(failure));
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof(failure))
        return 0;
    return base_error(err, VIV_EIO, "cannot %s \"%s\": %s",
                      failure.step == 1   ? "enter the folder"
                      : failure.step == 2 ? "write the file"
                                          : "run",
                      failure.step == 1   ? folder
                      : failure.step == 2 ? (log_path ? log_path : "/dev/null")
                                          : argv[0],
                      strerror(failure.error));
}

/* -1 where that is not to be had: before Linux 5.3, in a sandbox that does not
 * know the call, under valgrind, which says so aloud. */
static int open_pid(pid_t pid)
{
    if (os_fail_now() || RUNNING_ON_VALGRIND)
        return -1;
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

void os_process_watch(struct os_process *process)
{
    process->pid_fd = open_pid(process->pid);
}

int os_process_start(const char *const *argv, const char *folder,
                     const char *log_path, struct os_process *ret_process,
                     viv_error *err)
{
    struct os_process process;
    int pipe_fds[2];
    pid_t parent = getpid();
    int r;

    if (os_fail_now() || pipe2(pipe_fds, O_CLOEXEC) < 0)
        return base_error(err, VIV_EIO, "cannot make a pipe: %s",
                          strerror(errno));
    process.pid = os_fail_now() ? -1 : fork();
    if (process.pid == 0)
        become(argv, folder, log_path, pipe_fds[1], parent);
    r = errno;
    close(pipe_fds[1]);
    if (process.pid < 0) {
        close(pipe_fds[0]);
        return base_error(err, VIV_EIO, "cannot start \"%s\": %s", argv[0],
                          strerror(r));
    }
    r = hear(pipe_fds[0], argv, folder, log_path, err);
    close(pipe_fds[0]);
    process.pid_fd = r < 0 ? -1 : open_pid(process.pid);
    if (r < 0)
        os_process_kill(&process);
    else
        *ret_process = process;
    return r;
}

/* How often to ask for those that have no descriptor. */
#define ASK_MS 5

/* It is not waited for by this; one that is unknown has ended, too. */
static bool has_ended(pid_t pid)
{
    siginfo_t info = {.si_pid = 0};

    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
           info.si_pid != 0;
}

bool os_process_has_ended(const struct os_process *process)
{
    struct pollfd end = {.fd = process->pid_fd, .events = POLLIN};

    return process->pid_fd >= 0 ? poll(&end, 1, 0) > 0
                                : has_ended(process->pid);
}

/* The index of one that has ended, or `count`. */
static size_t find_ended(const struct os_process *processes,
                         const struct pollfd *polls, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (polls[i].revents != 0 ||
            (processes[i].pid != 0 && processes[i].pid_fd < 0 &&
             has_ended(processes[i].pid)))
            break;
    return i;
}

int os_process_wait_any(struct os_process *processes, size_t count,
                        size_t *ret_index, viv_error *err)
{
    struct pollfd *polls = base_alloc_zero(count, sizeof(*polls));
    int r = 0, timeout = -1;
    size_t at;

    if (polls == NULL)
        return base_error_memory(err);
    for (size_t i = 0; i < count; i++) {
        polls[i].fd = processes[i].pid != 0 ? processes[i].pid_fd : -1;
        polls[i].events = POLLIN;
        if (processes[i].pid != 0 && processes[i].pid_fd < 0)
            timeout = ASK_MS;
    }
    for (at = count; at == count && r >= 0;) {
        r = poll(polls, count, timeout);
        if (r >= 0)
            at = find_ended(processes, polls, count);
        else if (errno == EINTR)
            r = 0;
    }
    if (r < 0)
        r = base_error(err, VIV_EIO, "cannot wait for programs: %s",
                       strerror(errno));
    else
        *ret_index = at;
    base_free(polls);
    return r < 0 ? r : 0;
}

/* Before Linux 5.4 descriptors cannot be waited for. */
static int wait_for(const struct os_process *process, siginfo_t *ret_info)
{
    int code = -1;

    errno = EINVAL;
    if (process->pid_fd >= 0)
        code = waitid(BY_FD, (id_t)process->pid_fd, ret_info, WEXITED);
    if (code < 0 && errno == EINVAL)
        code = waitid(P_PID, (id_t)process->pid, ret_info, WEXITED);
    return code;
}

int os_process_wait(struct os_process *process, struct os_exit *ret_exit,
                    viv_error *err)
{
    siginfo_t info = {.si_pid = 0};
    int code, error;

    CHECK(process->pid > 0);
    do
        code = wait_for(process, &info);
    while (code < 0 && errno == EINTR);
    error = errno;
    if (process->pid_fd >= 0)
        close(process->pid_fd);
    process->pid = 0;
    if (code < 0)
        return base_error(err, VIV_EIO, "cannot wait for a program: %s",
                          strerror(error));
    ret_exit->code = info.si_code == CLD_EXITED ? info.si_status : -1;
    ret_exit->signal = info.si_code == CLD_EXITED ? 0 : info.si_status;
    return 0;
}

/* What was waited for by others is nobody's, or somebody else's number. */
void os_process_signal(const struct os_process *process, int signal)
{
    siginfo_t info = {.si_pid = 0};

    if (process->pid_fd >= 0)
        (void)syscall(SYS_pidfd_send_signal, process->pid_fd, signal, NULL, 0);
    else if (waitid(P_PID, (id_t)process->pid, &info,
                    WEXITED | WNOHANG | WNOWAIT) == 0)
        (void)kill(process->pid, signal);
}

void os_process_kill(struct os_process *process)
{
    struct os_exit ignored;

    if (process->pid <= 0)
        return;
    os_process_signal(process, SIGKILL);
    (void)os_process_wait(process, &ignored, NULL);
}

/* Is this a program's file?  Then say which. */
static bool look(const char *path, struct os_program *ret_program)
{
    char real[PATH_MAX];
    struct stat info;
    bool found = access(path, X_OK) == 0 && realpath(path, real) != NULL &&
                 stat(real, &info) == 0 && S_ISREG(info.st_mode) &&
                 strlen(real) < sizeof(ret_program->path);

    if (found) {
        memcpy(ret_program->path, real, strlen(real) + 1);
        ret_program->bytes = (uint64_t)info.st_size;
        ret_program->changed_ns =
            (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
    }
    return found;
}

int os_process_find(const char *command, struct os_program *ret_program,
                    viv_error *err)
{
    const char *list = getenv("PATH");
    char path[PATH_MAX];

    if (strchr(command, '/') != NULL && look(command, ret_program))
        return 0;
    if (strchr(command, '/') != NULL || list == NULL)
        list = "";
    while (*list != '\0') {
        size_t len = strcspn(list, ":");
        int total =
            snprintf(path, sizeof(path), "%.*s/%s", (int)len, list, command);

        if (total > 0 && (size_t)total < sizeof(path) &&
            look(path, ret_program))
            return 0;
        list += len + (list[len] == ':');
    }
    return base_error(err, VIV_ENOTFOUND, "there is no program \"%s\"",
                      command);
}

unsigned os_process_cores(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof(set), &set) < 0)
        return 1;
    return (unsigned)CPU_COUNT(&set);
}
