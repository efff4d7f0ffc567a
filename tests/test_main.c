/* test_main.c - the main of every unit test: one process per test.
 *
 * Prints `ok PROGRAM.TEST`, `not ok PROGRAM.TEST - why` followed by what the
 * test printed, or `skip PROGRAM.TEST - reason`; then the line of totals that
 * every suite ends with.  Exit code 1 if a test failed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_SKIPPED    77 /* what automake and meson call skipped, too */
#define SECONDS_DEFAULT 60

static struct test_case *first_test;
static struct test_case **last_link = &first_test;

void test_register(struct test_case *test)
{
    *last_link = test;
    last_link = &test->next;
}

/* Failing and skipping leave by _exit(): a test may be deep in a fiber or on
 * another thread, and what it had no time to free is not the finding. */
static __attribute__((noreturn)) void leave(int code, const char *at,
                                            const char *format, va_list args)
{
    fflush(stdout);
    fprintf(stderr, "%s", at);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    _exit(code);
}

void test_fail(const char *at, const char *format, ...)
{
    char place[256];
    va_list args;

    va_start(args, format);
    snprintf(place, sizeof(place), "%s: ", at);
    leave(1, place, format, args);
}

void test_skip(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    leave(EXIT_SKIPPED, "", format, args);
}

void test_equal_int(const char *at, const char *words, int64_t a, int64_t b)
{
    if (a != b)
        test_fail(at,
                  "expected %s: %" PRId64 " (0x%" PRIx64 ") and %" PRId64
                  " (0x%" PRIx64 ")",
                  words, a, (uint64_t)a, b, (uint64_t)b);
}

void test_equal_str(const char *at, const char *words, const char *a,
                    const char *b)
{
    if (a != b && (a == NULL || b == NULL || strcmp(a, b) != 0))
        test_fail(at, "expected %s: \"%s\" and \"%s\"", words, a ? a : "(null)",
                  b ? b : "(null)");
}

void test_equal_mem(const char *at, const char *words, const void *a,
                    const void *b, size_t len)
{
    const uint8_t *x = a, *y = b;
    size_t i;

    for (i = 0; i < len; i++)
        if (x[i] != y[i])
            test_fail(at, "expected %s: byte %zu of %zu is %02x and %02x",
                      words, i, len, x[i], y[i]);
}

void test_has_str(const char *at, const char *text, const char *part)
{
    if (text == NULL || strstr(text, part) == NULL)
        test_fail(at, "expected \"%s\" in \"%s\"", part,
                  text ? text : "(null)");
}

int test_signal_of(void (*body)(void))
{
    int status;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        body();
        _exit(0);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        test_fail(TEST_AT, "cannot run a child");
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static unsigned seconds_allowed(void)
{
    const char *text = getenv("VIV_TEST_SECONDS");
    long seconds = text != NULL ? strtol(text, NULL, 10) : 0;

    return seconds > 0 ? (unsigned)seconds : SECONDS_DEFAULT;
}

/* Run in a child whose output goes to `log`; exit() and not _exit(), so that
 * the leak detector gets to look.  A process group of its own lets the parent
 * end whatever the test left running. */
static int status_of(const struct test_case *test, int log)
{
    int status;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        dup2(log, STDOUT_FILENO);
        dup2(log, STDERR_FILENO);
        alarm(seconds_allowed());
        test->body();
        exit(0);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        perror("fork");
        exit(2);
    }
    kill(-pid, SIGKILL);
    return status;
}

static FILE *open_log(void)
{
    FILE *log = tmpfile();

    if (log == NULL) {
        perror("tmpfile");
        exit(2);
    }
    return log;
}

static void print_log(FILE *log, const char *indent)
{
    char line[1024];

    rewind(log);
    while (fgets(line, sizeof(line), log) != NULL)
        printf("%s%s%s", indent, line, strchr(line, '\n') ? "" : "\n");
}

static void print_failure(const char *program, const char *name, int status)
{
    printf("not ok %s.%s - ", program, name);
    if (WIFEXITED(status))
        printf("exit code %d\n", WEXITSTATUS(status));
    else if (WTERMSIG(status) == SIGALRM)
        printf("took more than %u s\n", seconds_allowed());
    else
        printf("ended by signal %d (%s)\n", WTERMSIG(status),
               strsignal(WTERMSIG(status)));
}

/* Returns 0 passed, 1 failed, 2 skipped: the index of its count. */
static int run_test(const struct test_case *test, const char *program)
{
    FILE *log = open_log();
    int status = status_of(test, fileno(log));
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    int result = code == 0 ? 0 : code == EXIT_SKIPPED ? 2 : 1;

    if (result == 0) {
        printf("ok %s.%s\n", program, test->name);
    } else if (result == 2) {
        printf("skip %s.%s", program, test->name);
        print_log(log, " - ");
    } else {
        print_failure(program, test->name, status);
        print_log(log, "    ");
    }
    fclose(log);
    return result;
}

/* Is it on the list of what is not for the mode in which we run?  Its lines are
 * `PROGRAM.TEST REASON`; if so, skip it with the reason. */
static int is_skipped(const struct test_case *test, const char *program)
{
    const char *path = getenv("VIV_TEST_SKIPS");
    FILE *list = path != NULL ? fopen(path, "r") : NULL;
    char name[256], reason[256], line[512];
    int result = 0;

    snprintf(name, sizeof(name), "%s.%s", program, test->name);
    while (list != NULL && !result && fgets(line, sizeof(line), list) != NULL) {
        size_t len = strlen(name);

        result = strncmp(line, name, len) == 0 &&
                 sscanf(line + len, " %255[^\n]", reason) == 1 &&
                 line[len] == ' ';
    }
    if (list != NULL)
        fclose(list);
    if (result)
        printf("skip %s - %s\n", name, reason);
    return result;
}

static int is_wanted(const struct test_case *test, char **names)
{
    if (*names == NULL)
        return 1;
    for (; *names != NULL; names++)
        if (strcmp(*names, test->name) == 0)
            return 1;
    return 0;
}

int main(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/');
    const char *program = slash != NULL ? slash + 1 : argv[0];
    const struct test_case *test;
    int counts[3] = {0, 0, 0};

    for (test = first_test; test != NULL; test = test->next) {
        if (!is_wanted(test, argv + (argc > 0)))
            continue;
        counts[is_skipped(test, program) ? 2 : run_test(test, program)]++;
    }
    printf("%d passed, %d failed, %d skipped\n", counts[0], counts[1],
           counts[2]);
    return counts[1] != 0;
}
