/* python_worker.c - Python in processes of its own.
 *
 * The worker is the command VIV, or, without one, this program.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "python.h"

/* Before main(), which is that of all tests. */
__attribute__((constructor)) static void work_if_told_so(int argc, char **argv)
{
    int code = viv_worker_main(argc, argv);

    if (code >= 0)
        _exit(code);
}

static viv_pool *pool;
static viv_executor *executor;
static viv_task task;
static viv_job *job;
static viv_job_result ended;

/* ------------------------------------------------------------------------
 * Functions of the host.
 */

static int asked, sandboxes;
static _Atomic(viv_promise *) kept;
static pthread_t helper;

static int64_t read_int(viv_reader *reader)
{
    viv_item item = {0};

    EXPECT_EQ_INT(viv_read(reader, &item, NULL), 0);
    return item.integer;
}

static int add(viv_question *question, viv_reader *reader, size_t count,
               viv_writer *answer, void *cookie)
{
    int64_t sum = 0;

    EXPECT_EQ_STR(cookie, "cookie");
    sandboxes += viv_question_sandbox(question) != NULL;
    asked++;
    while (count-- > 0)
        sum += read_int(reader);
    viv_write_int(answer, sum);
    return 0;
}

static int refuse(viv_question *question, viv_reader *reader, size_t count,
                  viv_writer *answer, void *cookie)
{
    (void)reader;
    (void)count;
    (void)answer;
    (void)cookie;
    return viv_question_raise(question, "KeyError", "not here");
}

static int fail(viv_question *question, viv_reader *reader, size_t count,
                viv_writer *answer, void *cookie)
{
    (void)question;
    (void)reader;
    (void)count;
    (void)answer;
    (void)cookie;
    return VIV_EIO;
}

static void *keep_later(void *arg)
{
    usleep(20000);
    EXPECT_EQ_INT(viv_promise_keep(arg, "\x18\x2a", 2), 0); /* 42 */
    EXPECT_EQ_INT(viv_promise_keep(arg, "\x18\x2a", 2), VIV_ETOKEN);
    viv_promise_free(arg);
    return NULL;
}

/* Nobody answers, or, if `cookie` is not NULL, another thread does. */
static int later(viv_question *question, viv_reader *reader, size_t count,
                 viv_writer *answer, void *cookie)
{
    viv_promise *promise;

    (void)reader;
    (void)count;
    (void)answer;
    EXPECT_EQ_INT(viv_question_later(question, &promise, NULL), 0);
    if (cookie != NULL)
        EXPECT_EQ_INT(pthread_create(&helper, NULL, keep_later, promise), 0);
    else
        kept = promise;
    return VIV_LATER;
}

static int give_up(viv_question *question, viv_reader *reader, size_t count,
                   viv_writer *answer, void *cookie)
{
    int code = later(question, reader, count, answer, cookie);

    viv_promise_free(kept);
    return code;
}

static const viv_python_function rows[] = {
    {"host", "add", "(a: int, b: int = 5)", "Adds.", 0, add, "cookie"},
    {"host", "refuse", "()", NULL, 0, refuse, NULL},
    {"host", "fail", "()", NULL, 0, fail, NULL},
    {"host", "later", "()", NULL, 0, later, &helper},
    {"host", "wait", "()", NULL, 1, later, &helper},
    {"host", "never", "()", NULL, 0, later, NULL},
    {"host", "give_up", "()", NULL, 0, give_up, NULL},
};

/* ------------------------------------------------------------------------
 * What is taken.
 */

static struct taken {
    int count;
    char value[100], output[100], message[100];
    size_t value_len, output_len;
} taken;

static void take(viv_sandbox *nobody, const viv_python_result *got,
                 void *cookie)
{
    struct taken *to = cookie;

    EXPECT(nobody == NULL);
    to->count++;
    to->value_len = got->value_len;
    to->output_len = got->output_len;
    viv_data_text(got->value, got->value_len, to->value, sizeof(to->value));
    snprintf(to->output, sizeof(to->output), "%.*s|%.*s",
             (int)(got->output_len < 40 ? got->output_len : 40), got->output,
             (int)got->errors_len, got->errors);
    snprintf(to->message, sizeof(to->message), "%s: %s in %s",
             got->type != NULL ? got->type : "",
             got->message != NULL ? got->message : "",
             got->frame_count > 0 ? got->frames[0].file : "");
}

static void open_python(void)
{
    viv_executor_config work;
    const char *viv = getenv("VIV"), *mode = getenv("VIV_MODE");

    if (mode != NULL && strcmp(mode, "plain") != 0)
        SKIP("the tool makes system calls of its own");
    functions = rows;
    function_count = sizeof(rows) / sizeof(rows[0]);
    load();
    viv_executor_config_default(&work);
    work.threads = 1;
    work.worker = viv != NULL ? viv : "/proc/self/exe";
    if (viv_pool_new(image, NULL, &pool, &err) < 0 ||
        viv_executor_new(&work, &executor, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
}

static void close_python(void)
{
    EXPECT_EQ_INT(viv_executor_free(executor), 0);
    viv_pool_unref(pool);
    viv_image_unref(image);
}

static void hand_in(const char *source)
{
    static viv_python_task py;

    py = (viv_python_task){.source = source,
                           .len = strlen(source),
                           .flags = VIV_PYTHON_VALUE,
                           .take = take,
                           .cookie = &taken};
    viv_task_of_python(&py, &task);
    taken = (struct taken){0};
    if (viv_submit(executor, pool, &task, &job, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
}

static uint32_t wait_for_end(void)
{
    EXPECT_EQ_INT(viv_job_wait(job, 60 * VIV_NS_PER_S, &ended), 0);
    viv_job_free(job);
    return ended.code == 0 ? ended.outcome.kind : 0;
}

static uint32_t run_python(const char *source)
{
    hand_in(source);
    return wait_for_end();
}

/* The worker: the first child of a thread of this process. */
static pid_t find_worker(void)
{
    DIR *folder = opendir("/proc/self/task");
    struct dirent *entry;
    int child = 0;

    while (child == 0 && (entry = readdir(folder)) != NULL) {
        char path[64];
        FILE *file;

        snprintf(path, sizeof(path), "/proc/self/task/%.20s/children",
                 entry->d_name);
        file = fopen(path, "r");
        if (file != NULL && fscanf(file, "%d", &child) != 1)
            child = 0;
        if (file != NULL)
            fclose(file);
    }
    closedir(folder);
    return child;
}

static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * VIV_NS_PER_S + (uint64_t)time.tv_nsec;
}

/* ------------------------------------------------------------------------
 * Runs.
 */

TEST(python_runs_in_a_worker_as_it_does_here)
{
    open_python();
    EXPECT_EQ_INT(run_python("x = 6; print('hi'); x * 7"), VIV_RETURNED);
    EXPECT_EQ_INT(taken.count, 1);
    EXPECT_EQ_STR(taken.value, "42");
    EXPECT_EQ_STR(taken.output, "hi\n|");
    EXPECT_EQ_INT(run_python("x"), VIV_RAISED);
    EXPECT_EQ_STR(taken.message, "NameError: name 'x' is not defined in <run>");
    EXPECT_EQ_INT(run_python("import sys; sys.stderr.write('no'); sys.exit(4)"),
                  VIV_EXITED);
    EXPECT_EQ_INT(ended.outcome.exit_code, 4);
    EXPECT_EQ_STR(taken.output, "|no");
    EXPECT_EQ_INT(run_python("import json, re, decimal; json.loads('[1]')"),
                  VIV_RETURNED);
    EXPECT_EQ_STR(taken.value, "[1]");
    close_python();
}

TEST(large_values_and_outputs_come_whole)
{
    open_python();
    EXPECT_EQ_INT(run_python("print('o' * 3000000); b'v' * 5000000"),
                  VIV_RETURNED);
    EXPECT_EQ_INT(taken.output_len, 3000001);
    EXPECT_EQ_INT(taken.value_len, 5000005);
    EXPECT_EQ_INT(run_python("1"), VIV_RETURNED);
    close_python();
}

TEST(python_that_waits_or_computes_does_not_hold_up_others)
{
    static viv_python_task sleeps = {.source = "import time; time.sleep(0.3)",
                                     .len = 28};
    viv_job *sleeper;
    uint64_t began;

    open_python();
    EXPECT_EQ_INT(run_python("1"), VIV_RETURNED);
    viv_task_of_python(&sleeps, &task);
    EXPECT_EQ_INT(viv_submit(executor, pool, &task, &sleeper, &err), 0);
    began = now();
    EXPECT_EQ_INT(run_python("2"), VIV_RETURNED);
    EXPECT_EQ_STR(taken.value, "2");
    job = sleeper;
    EXPECT_EQ_INT(wait_for_end(), VIV_RETURNED);
    EXPECT(now() - began >= 250 * MS);
    close_python();
}

TEST(python_that_is_stopped_is_taken_too)
{
    open_python();
    EXPECT_EQ_INT(run_python("import os; os._exit(3)"), VIV_EXITED);
    EXPECT_EQ_INT(taken.count, 1);
    EXPECT_EQ_INT(run_python("1 + 1"), VIV_RETURNED);
    EXPECT_EQ_STR(taken.value, "2");
    close_python();
}

/* ------------------------------------------------------------------------
 * Questions.
 */

TEST(a_function_answers_at_once)
{
    open_python();
    EXPECT_EQ_INT(run_python("import host; host.add(2) + host.add(3, b=4)"),
                  VIV_RETURNED);
    EXPECT_EQ_STR(taken.value, "14");
    EXPECT_EQ_INT(asked, 2);
    EXPECT_EQ_INT(sandboxes, 0);
    close_python();
}

TEST(many_questions_are_answered_each_by_its_own)
{
    open_python();
    EXPECT_EQ_INT(run_python("from host import add\n"
                             "sum(add(n, n) for n in range(500))"),
                  VIV_RETURNED);
    EXPECT_EQ_STR(taken.value, "249500");
    EXPECT_EQ_INT(asked, 500);
    close_python();
}

TEST(a_function_raises_or_fails)
{
    open_python();
    EXPECT_EQ_INT(run_python("import host; host.refuse()"), VIV_RAISED);
    EXPECT_EQ_STR(taken.message, "KeyError: 'not here' in <run>");
    EXPECT_EQ_INT(run_python("import host; host.fail()"), VIV_RAISED);
    EXPECT_HAS_STR(taken.message, "HostError");
    EXPECT_HAS_STR(taken.message, "VIV_EIO");
    close_python();
}

TEST(a_function_answers_later_from_another_thread)
{
    open_python();
    EXPECT_EQ_INT(run_python("import host; host.later()"), VIV_RETURNED);
    EXPECT_EQ_STR(taken.value, "42");
    pthread_join(helper, NULL);
    EXPECT_EQ_INT(run_python("import host; await host.wait()"), VIV_RETURNED);
    EXPECT_EQ_STR(taken.value, "42");
    pthread_join(helper, NULL);
    close_python();
}

TEST(a_promise_that_is_given_up_is_broken)
{
    open_python();
    EXPECT_EQ_INT(run_python("import host; host.give_up()"), VIV_RAISED);
    EXPECT_HAS_STR(taken.message, "gave the question up");
    close_python();
}

/* Until it has asked. */
static void hand_in_never(void)
{
    hand_in("import host; host.never()");
    while (kept == NULL)
        usleep(1000);
}

TEST(a_call_that_waits_for_an_answer_is_cancelled)
{
    open_python();
    hand_in_never();
    EXPECT_EQ_INT(viv_job_cancel(job), 0);
    EXPECT_EQ_INT(wait_for_end(), VIV_CANCELLED);
    (void)viv_promise_keep(kept, "\x01", 1); /* nobody waits, or knows */
    viv_promise_free(kept);
    EXPECT_EQ_INT(run_python("1"), VIV_RETURNED);
    close_python();
}

/* Nobody waits for it any more; the promise is the host's still. */
TEST(a_promise_outlives_the_worker_and_the_executor)
{
    open_python();
    hand_in_never();
    EXPECT_EQ_INT(kill(find_worker(), SIGKILL), 0);
    EXPECT_EQ_INT(wait_for_end(), VIV_LOST);
    EXPECT_EQ_INT(viv_promise_keep(kept, "\x01", 1), VIV_ETOKEN);
    close_python();
    EXPECT_EQ_INT(viv_promise_keep(kept, "\x01", 1), VIV_ETOKEN);
    viv_promise_free(kept);
}
