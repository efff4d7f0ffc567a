/* test_os_process.c - tests of starting other programs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/base_alloc.h"
#include "os/os_fail.h"
#include "test.h"

static struct os_process process;
static struct os_exit how;
static viv_error err;
static char folder[256];

static const char *make_folder(void)
{
    const char *parent = getenv("TMPDIR");

    snprintf(folder, sizeof(folder), "%s/process-XXXXXX",
             parent != NULL ? parent : "/tmp");
    EXPECT(mkdtemp(folder) != NULL);
    return folder;
}

static bool lose_descriptors;

static int start(const char *script, const char *in, const char *log)
{
    const char *args[] = {"sh", "-c", script, NULL};
    int r = os_process_start(args, in, log, &process, &err);

    if (r == 0 && lose_descriptors) {
        close(process.pid_fd);
        process.pid_fd = -1;
    }
    return r;
}

static int exit_of(const char *script)
{
    EXPECT_EQ_INT(start(script, NULL, NULL), 0);
    EXPECT_EQ_INT(os_process_wait(&process, &how, &err), 0);
    EXPECT_EQ_INT(process.pid, 0);
    return how.code;
}

static void read_file(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "r");

    EXPECT(file != NULL);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
}

TEST(exit_codes_come_back)
{
    EXPECT_EQ_INT(exit_of("exit 0"), 0);
    EXPECT_EQ_INT(exit_of("exit 7"), 7);
    EXPECT_EQ_INT(how.signal, 0);
}

TEST(a_signal_is_told_from_an_exit_code)
{
    EXPECT_EQ_INT(exit_of("kill -TERM $$"), -1);
    EXPECT_EQ_INT(how.signal, SIGTERM);
}

static void expect_seen_to_end(void)
{
    EXPECT(!os_process_has_ended(&process));
    kill(process.pid, SIGKILL);
    while (!os_process_has_ended(&process))
        usleep(1000);
    EXPECT(os_process_has_ended(&process));
    EXPECT_EQ_INT(os_process_wait(&process, &how, &err), 0);
    EXPECT_EQ_INT(how.signal, SIGKILL); /* that was still to be had */
}

TEST(that_it_has_ended_is_seen_without_waiting)
{
    EXPECT_EQ_INT(start("sleep 60", NULL, NULL), 0);
    expect_seen_to_end();
    EXPECT_EQ_INT(start("sleep 60", NULL, NULL), 0);
    close(process.pid_fd); /* as where there is none */
    process.pid_fd = -1;
    expect_seen_to_end();
}

TEST(both_outputs_go_to_the_log_and_input_is_empty)
{
    char path[300], text[100];

    snprintf(path, sizeof(path), "%s/log", make_folder());
    EXPECT_EQ_INT(start("cat; echo out; echo err >&2", NULL, path), 0);
    EXPECT_EQ_INT(os_process_wait(&process, &how, &err), 0);
    read_file(path, text, sizeof(text));
    EXPECT_EQ_STR(text, "out\nerr\n");
    EXPECT_EQ_INT(start("echo anew", NULL, path), 0);
    EXPECT_EQ_INT(os_process_wait(&process, &how, &err), 0);
    read_file(path, text, sizeof(text));
    EXPECT_EQ_STR(text, "anew\n");
}

TEST(it_runs_in_the_folder)
{
    char path[300];

    EXPECT_EQ_INT(start(": >here", make_folder(), NULL), 0);
    EXPECT_EQ_INT(os_process_wait(&process, &how, &err), 0);
    snprintf(path, sizeof(path), "%s/here", folder);
    EXPECT_EQ_INT(access(path, F_OK), 0);
}

TEST(what_cannot_be_started_is_an_error_with_a_name)
{
    static const char *const args[] = {"no-such-program", NULL};

    EXPECT_EQ_INT(os_process_start(args, NULL, NULL, &process, &err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "cannot run \"no-such-program\": No such file");
    EXPECT_EQ_INT(start("true", "/no/folder", NULL), VIV_EIO);
    EXPECT_HAS_STR(err.text, "cannot enter the folder \"/no/folder\"");
    EXPECT_EQ_INT(start("true", NULL, "/no/folder/log"), VIV_EIO);
    EXPECT_HAS_STR(err.text, "cannot write the file \"/no/folder/log\"");
    EXPECT_EQ_INT(waitpid(-1, NULL, WNOHANG), -1); /* no zombie stays */
}

TEST(descriptors_are_not_inherited_and_none_leak)
{
    char command[60];
    int probe = open("/dev/null", O_RDONLY | O_CLOEXEC), after;

    EXPECT(probe >= 0);
    snprintf(command, sizeof(command), "[ ! -e /proc/self/fd/%d ]", probe);
    EXPECT_EQ_INT(exit_of(command), 0);
    for (int i = 0; i < 20; i++)
        EXPECT_EQ_INT(exit_of("exit 0"), 0);
    after = open("/dev/null", O_RDONLY);
    EXPECT_EQ_INT(after, probe + 1);
}

TEST(blocked_signals_are_not_inherited)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    EXPECT_EQ_INT(sigprocmask(SIG_BLOCK, &set, NULL), 0);
    EXPECT_EQ_INT(exit_of("kill -TERM $$; exit 3"), -1);
    EXPECT_EQ_INT(how.signal, SIGTERM);
}

static void expect_first_is_found(void)
{
    struct os_process all[4] = {{0}};
    size_t index = 99;

    EXPECT_EQ_INT(start("exec sleep 50", NULL, NULL), 0);
    all[1] = process;
    EXPECT_EQ_INT(start("exit 5", NULL, NULL), 0);
    all[3] = process;
    EXPECT_EQ_INT(os_process_wait_any(all, 4, &index, &err), 0);
    EXPECT_EQ_INT(index, 3);
    EXPECT_EQ_INT(os_process_wait(&all[3], &how, &err), 0);
    EXPECT_EQ_INT(how.code, 5);
    for (int i = 0; i < 4; i++)
        os_process_kill(&all[i]);
    EXPECT_EQ_INT(all[1].pid, 0);
    EXPECT_EQ_INT(waitpid(-1, NULL, WNOHANG), -1);
}

TEST(the_first_that_ends_is_found)
{
    expect_first_is_found();
}

/* An old kernel, or somebody's filter of system calls. */
TEST(also_where_there_are_no_descriptors_for_processes)
{
    os_fail_at(3); /* after the pipe and the fork */
    EXPECT_EQ_INT(start("exit 5", NULL, NULL), 0);
    os_fail_at(0);
    EXPECT_EQ_INT(process.pid_fd, -1);
    EXPECT_EQ_INT(os_process_wait(&process, &how, &err), 0);
    EXPECT_EQ_INT(how.code, 5);
    lose_descriptors = true;
    expect_first_is_found();
}

TEST(killing_nobody_is_fine)
{
    struct os_process nobody = {0};

    os_process_kill(&nobody);
    EXPECT_EQ_INT(nobody.pid, 0);
}

/* Is the process still there, and no zombie? */
static bool is_alive(pid_t pid)
{
    char path[60], text[300] = "";
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    file = fopen(path, "r");
    if (file == NULL)
        return false;
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    return strstr(text, ") Z ") == NULL && strstr(text, ") X ") == NULL;
}

TEST(a_child_dies_with_its_parent)
{
    int pipe_fds[2];
    pid_t parent, child = 0;

    EXPECT_EQ_INT(pipe(pipe_fds), 0);
    parent = fork();
    if (parent == 0) {
        if (start("exec sleep 50", NULL, NULL) == 0)
            (void)!write(pipe_fds[1], &process.pid, sizeof(process.pid));
        pause();
    }
    EXPECT_EQ_INT(read(pipe_fds[0], &child, sizeof(child)), sizeof(child));
    EXPECT(is_alive(child));
    EXPECT_EQ_INT(kill(parent, SIGKILL), 0);
    EXPECT_EQ_INT(waitpid(parent, NULL, 0), parent);
    for (int i = 0; is_alive(child) && i < 500; i++)
        usleep(10000);
    EXPECT(!is_alive(child));
}

TEST(programs_are_found_in_path_and_links_followed)
{
    struct os_program sh, by_path;
    char link[300], command[700];

    EXPECT_EQ_INT(os_process_find("sh", &sh, &err), 0);
    EXPECT_EQ_INT(sh.path[0], '/');
    EXPECT(sh.bytes > 0 && sh.changed_ns != 0);
    snprintf(link, sizeof(link), "%s/link", make_folder());
    EXPECT_EQ_INT(symlink(sh.path, link), 0);
    EXPECT_EQ_INT(os_process_find(link, &by_path, &err), 0);
    EXPECT_EQ_STR(by_path.path, sh.path);
    snprintf(command, sizeof(command), "rm -r '%s'", folder);
    EXPECT_EQ_INT(system(command), 0);
}

TEST(what_is_no_program_is_not_found)
{
    struct os_program program;

    EXPECT_EQ_INT(os_process_find("no-such-program", &program, &err),
                  VIV_ENOTFOUND);
    EXPECT_HAS_STR(err.text, "\"no-such-program\"");
    EXPECT_EQ_INT(os_process_find("/etc/passwd", &program, &err),
                  VIV_ENOTFOUND);
    EXPECT_EQ_INT(os_process_find("/usr", &program, &err), VIV_ENOTFOUND);
    EXPECT_EQ_INT(os_process_find("", &program, &err), VIV_ENOTFOUND);
    EXPECT_EQ_INT(setenv("PATH", "::/nowhere:", 1), 0);
    EXPECT_EQ_INT(os_process_find("sh", &program, &err), VIV_ENOTFOUND);
    EXPECT_EQ_INT(unsetenv("PATH"), 0);
    EXPECT_EQ_INT(os_process_find("sh", &program, &err), VIV_ENOTFOUND);
}

TEST(system_calls_that_fail_are_errors)
{
    for (uint64_t n = 1; n <= 2; n++) {
        os_fail_at(n);
        EXPECT_EQ_INT(start("exit 0", NULL, NULL), VIV_EIO);
        os_fail_at(0);
        EXPECT_EQ_INT(waitpid(-1, NULL, WNOHANG), -1);
    }
    EXPECT_EQ_INT(start("exit 0", NULL, NULL), 0);
    base_alloc_fail_at(1);
    EXPECT_EQ_INT(os_process_wait_any(&process, 1, &(size_t){0}, &err),
                  VIV_ENOMEM);
    base_alloc_fail_at(0);
    os_process_kill(&process);
}

TEST(there_is_a_core)
{
    EXPECT(os_process_cores() >= 1);
}
