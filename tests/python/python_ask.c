/* python_ask.c - functions of the host, asked by Python: now, later, awaited.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <sys/wait.h>
#include <unistd.h>

#include "python.h"

/* ------------------------------------------------------------------------
 * Functions of the host.
 */

static int asked, again;

static int add(viv_question *question, viv_reader *args, size_t count,
               viv_writer *answer, void *cookie)
{
    viv_item a, b;

    (void)question, (void)cookie;
    EXPECT_EQ_INT(count, 2);
    EXPECT_EQ_INT(viv_read(args, &a, NULL), 0);
    EXPECT_EQ_INT(viv_read(args, &b, NULL), 0);
    viv_write_int(answer, a.integer + b.integer);
    return 0;
}

static int raise_named(viv_question *question, viv_reader *args, size_t count,
                       viv_writer *answer, void *cookie)
{
    viv_item type;
    char name[100];

    (void)count, (void)answer, (void)cookie;
    EXPECT_EQ_INT(viv_read(args, &type, NULL), 0);
    EXPECT(type.len < sizeof(name));
    memcpy(name, type.bytes, type.len);
    name[type.len] = '\0';
    return viv_question_raise(question, name, "the host says no");
}

static viv_promise *promises[2000];
static int promised;

static int promise(viv_question *question, viv_reader *args, size_t count,
                   viv_writer *answer, void *cookie)
{
    (void)args, (void)count, (void)answer, (void)cookie;
    asked++;
    again += viv_question_is_again(question);
    EXPECT_EQ_INT(viv_question_later(question, &promises[promised++], NULL), 0);
    return VIV_LATER;
}

static const viv_python_function rows[] = {
    {"host", "add", "(a: int, b: int = 10) -> int", "Adds.\n\nTwo numbers.", 0,
     add, NULL},
    {"host", "fail", "(name: str)", NULL, 0, raise_named, NULL},
    {"host", "slow", "(n)", NULL, 0, promise, NULL},
    {"host.deep", "fetch", "(n: int, *, times: float = 1.5) -> int", "Fetches.",
     1, promise, NULL},
    {"host", "afail", "(name: str)", NULL, 1, raise_named, NULL},
};

static void begin_asking(void)
{
    functions = rows;
    function_count = 5;
    begin();
    value_of("import asyncio, host\nfrom host.deep import fetch");
}

static void end_asking(void)
{
    end();
    for (int i = 0; i < promised; i++)
        viv_promise_free(promises[i]);
}

static void keep(int which, int64_t number)
{
    uint8_t bytes[16];
    viv_writer writer;
    const void *written;
    size_t len;

    viv_writer_init(&writer, bytes, sizeof(bytes));
    viv_write_int(&writer, number);
    EXPECT_EQ_INT(viv_writer_end(&writer, &written, &len, NULL), 0);
    EXPECT_EQ_INT(viv_promise_keep(promises[which], written, len), 0);
}

/* ------------------------------------------------------------------------
 * As functions of Python.
 */

TEST(they_are_functions_as_any_other)
{
    begin_asking();
    EXPECT_EQ_STR(value_of("host.add(1, 2)"), "3");
    EXPECT_EQ_STR(value_of("host.add(b=1, a=2)"), "3");
    EXPECT_EQ_STR(value_of("host.add(1)"), "11");
    EXPECT_EQ_STR(value_of("host.add(True, 1)"), "2");
    EXPECT_EQ_STR(value_of("import inspect\nstr(inspect.signature(host.add))"),
                  "\"(a: 'int', b: 'int' = 10) -> 'int'\"");
    EXPECT_EQ_STR(value_of("host.add.__module__, host.add.__doc__,"
                           " host.fail.__doc__"),
                  "('host', 'Adds.\\n\\nTwo numbers.', None)");
    EXPECT_EQ_STR(value_of("inspect.iscoroutinefunction(fetch)"), "True");
    value_of("help(host.add)");
    EXPECT_HAS_STR(output(1), "add(a: 'int', b: 'int' = 10) -> 'int'\n"
                              "    Adds.\n");
    end_asking();
}

static void expect_type_error(const char *source, const char *words)
{
    traceback_of(source);
    EXPECT_EQ_STR(result.type, "TypeError");
    EXPECT_EQ_STR(result.message, words);
}

TEST(wrong_arguments_are_type_errors)
{
    begin_asking();
    expect_type_error("host.add()",
                      "add() missing 1 required positional argument: 'a'");
    expect_type_error("host.add(1, 2, 3)", "add() takes from 1 to 2 positional "
                                           "arguments but 3 were given");
    expect_type_error("host.add(1, c=2)",
                      "add() got an unexpected keyword argument 'c'");
    expect_type_error("host.add('1')",
                      "add() argument 'a' must be int, not str");
    expect_type_error("await fetch('1')",
                      "fetch() argument 'n' must be int, not str");
    expect_type_error("await fetch(1, 2)",
                      "fetch() takes 1 positional argument but 2 were given");
    expect_type_error("host.slow(object())",
                      "a value of type object cannot leave the sandbox");
    EXPECT_EQ_INT(asked, 0);
    end_asking();
}

TEST(the_host_chooses_the_exception)
{
    begin_asking();
    traceback_of("host.fail('KeyError')");
    EXPECT_EQ_STR(result.type, "KeyError");
    traceback_of("host.fail('json.JSONDecodeError' if 0 else 'no.Such')");
    EXPECT_HAS_STR(result.type, "HostError");
    EXPECT_EQ_STR(result.message, "the host says no");
    traceback_of("host.fail('SystemExit')"); /* ends no run */
    EXPECT_HAS_STR(result.type, "HostError");
    traceback_of("host.fail('print')");
    EXPECT_HAS_STR(result.type, "HostError");
    EXPECT_EQ_STR(value_of("try:\n    host.fail('ValueError')\n"
                           "except ValueError as e: x = str(e)\nx"),
                  "'the host says no'");
    EXPECT_EQ_STR(value_of("try:\n    await host.afail('ValueError')\n"
                           "except ValueError as e: x = [str(e)]\nx"),
                  "['the host says no']");
    end_asking();
}

TEST(a_signature_that_is_none_has_pythons_words)
{
    viv_python_function bad = rows[0];

    bad.signature = "(a b)";
    EXPECT_EQ_INT(viv_python_load(NULL, &bad, 1, &image, &err), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "SyntaxError: ");
    bad.signature = "(*a)";
    EXPECT_EQ_INT(viv_python_load(NULL, &bad, 1, &image, &err), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "cannot take * or **");
    bad = rows[0];
    bad.name = "a b";
    EXPECT_EQ_INT(viv_python_load(NULL, &bad, 1, &image, &err), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "no name of a function");
}

/* ------------------------------------------------------------------------
 * Later, and awaited.
 */

TEST(a_call_waits_for_an_answer_that_comes_later)
{
    begin_asking();
    EXPECT_EQ_INT(run("host.slow(1) + host.slow(2)"), VIV_WAITING);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    keep(0, 5);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(promised, 2);
    EXPECT_EQ_INT(viv_image_new(sandbox, &image, &err), VIV_EWAITING);
    keep(1, 6);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_STR(value(), "11");
    run("try: host.slow(1)\nexcept OSError as e: x = str(e)\nx");
    EXPECT_EQ_INT(viv_promise_break(promises[2], "OSError", "gone"), 0);
    EXPECT_EQ_STR((resume(), value()), "'gone'");
    end_asking();
}

#define GATHER "await asyncio.gather(*(fetch(i) for i in range(10)))"

TEST(ten_are_in_flight_at_once_and_answered_in_any_order)
{
    begin_asking();
    EXPECT_EQ_INT(run(GATHER), VIV_WAITING);
    EXPECT_EQ_INT(promised, 10);
    for (int i = 9; i > 0; i--)
        keep(i, i * i);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    keep(0, 100);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_STR(value(), "[100, 1, 4, 9, 16, 25, 36, 49, 64, 81]");
    end_asking();
}

TEST(timeouts_cancellation_and_task_groups)
{
    begin_asking();
    EXPECT_EQ_STR(value_of("try:\n    async with asyncio.timeout(0.01):\n"
                           "        await fetch(1)\n"
                           "except TimeoutError: x = 'late'\nx"),
                  "'late'");
    EXPECT_EQ_INT(viv_promise_keep(promises[0], NULL, 0), VIV_ETOKEN);
    EXPECT_EQ_STR(value_of("t = asyncio.create_task(fetch(1))\n"
                           "await asyncio.sleep(0); t.cancel()\n"
                           "try: await t\n"
                           "except asyncio.CancelledError: x = 'cut'\nx"),
                  "'cut'");
    EXPECT_EQ_INT(viv_promise_keep(promises[1], NULL, 0), VIV_ETOKEN);
    EXPECT_EQ_INT(run("async with asyncio.TaskGroup() as g:\n"
                      "    a = g.create_task(fetch(1))\n"
                      "    b = g.create_task(fetch(2))\n"
                      "a.result() + b.result()"),
                  VIV_WAITING);
    keep(2, 4);
    keep(3, 5);
    EXPECT_EQ_STR((finish(), value()), "9");
    run("try:\n    async with asyncio.TaskGroup() as g:\n"
        "        g.create_task(fetch(1)); g.create_task(fetch(2))\n"
        "except* KeyError as e: x = len(e.exceptions)\nx");
    EXPECT_EQ_INT(viv_promise_break(promises[4], "KeyError", "k"), 0);
    EXPECT_EQ_STR((finish(), value()), "1");
    EXPECT_EQ_INT(viv_promise_keep(promises[5], NULL, 0), VIV_ETOKEN);
    end_asking();
}

TEST(asyncio_run_works_inside_a_run)
{
    begin_asking();
    run("async def f(): return await fetch(1)\nasyncio.run(f())");
    EXPECT_EQ_INT(result.outcome.kind, VIV_WAITING);
    keep(0, 8);
    EXPECT_EQ_STR((finish(), value()), "8");
    EXPECT_EQ_STR(value_of("asyncio.run(asyncio.sleep(0.01, 9))"), "9");
    EXPECT_HAS_STR(traceback_of("await asyncio.sleep(0)\n"
                                "c = f()\n"
                                "try: asyncio.run(c)\nfinally: c.close()"),
                   "cannot be called from a running event loop");
    end_asking();
}

TEST(a_function_that_is_called_may_await)
{
    begin_asking();
    value_of("async def f(): return await fetch(1)");
    EXPECT_EQ_INT(viv_python_call(sandbox, "__main__", "f", NULL, 0, NULL, 0, 0,
                                  &result, &err),
                  0);
    EXPECT_EQ_INT(result.outcome.kind, VIV_WAITING);
    keep(0, 8);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_STR(value(), "8");
    end_asking();
}

TEST(what_a_task_of_a_session_asked_is_answered_in_a_later_run)
{
    begin_asking();
    value_of("t = asyncio.create_task(fetch(1)); await asyncio.sleep(0)");
    EXPECT_EQ_INT(promised, 1);
    keep(0, 3);
    EXPECT_EQ_STR(value_of("await t"), "3");
    end_asking();
}

TEST(too_many_questions_at_once_are_an_exception)
{
    begin_asking();
    value_of("import _vivarium_guest as g\n" /* as if they were open */
             "for i in range(-60_000, 0): g.questions[i] = None, 0, b''");
    traceback_of("await fetch(1)");
    EXPECT_HAS_STR(result.type, "HostError");
    EXPECT_HAS_STR(result.message, "60000 questions");
    EXPECT_EQ_INT(asked, 0);
    end_asking();
}

/* ------------------------------------------------------------------------
 * In another life.
 */

/* In a process of its own: load what was saved, and go on with it. */
static void go_on_elsewhere(const char *path)
{
    viv_image *base, *parked;

    asked = again = promised = 0;
    load();
    base = image;
    if (viv_python_load_image(base, base, NULL, path, &parked, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    sandbox = from(parked, NULL);
    resume();
    EXPECT_EQ_INT(result.outcome.kind, VIV_WAITING);
    EXPECT_EQ_INT(asked, 10);
    EXPECT_EQ_INT(again, 10);
    for (int i = 0; i < 10; i++)
        keep(i, 7);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_STR(value(), "(1, [7, 7, 7, 7, 7, 7, 7, 7, 7, 7])");
}

TEST(what_awaits_is_gone_on_with_in_another_process)
{
    static char self[PATH_MAX];
    char path[PATH_MAX], command[3 * PATH_MAX];
    const char *child = getenv("VIV_TEST_ELSEWHERE");
    viv_image *parked;
    ssize_t len;

    functions = rows;
    function_count = 5;
    if (child != NULL) {
        go_on_elsewhere(child);
        return;
    }
    begin_asking();
    EXPECT_EQ_INT(run("x = 1\ny = " GATHER "\nx, y"), VIV_WAITING);
    EXPECT_EQ_INT(promised, 10);
    if (viv_image_new(sandbox, &parked, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    snprintf(path, sizeof(path), "%s/viv-test-%ld.delta",
             getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp",
             (long)getpid());
    if (viv_image_save(parked, image, NULL, path, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    viv_image_unref(parked);
    len = readlink("/proc/self/exe", self, sizeof(self) - 1);
    EXPECT(len > 0);
    snprintf(command, sizeof(command),
             "VIV_TEST_ELSEWHERE='%s' '%s' "
             "what_awaits_is_gone_on_with_in_another_process",
             path, self);
    EXPECT_EQ_INT(system(command), 0);
    unlink(path);
    for (int i = 0; i < 10; i++) /* and here it goes on as well */
        keep(i, 2);
    EXPECT_EQ_STR((finish(), value()), "(1, [2, 2, 2, 2, 2, 2, 2, 2, 2, 2])");
    end_asking();
}

TEST(a_fork_asks_for_itself)
{
    viv_sandbox *copy, *first;

    begin_asking();
    EXPECT_EQ_INT(run("await fetch(1)"), VIV_WAITING);
    first = sandbox;
    EXPECT_EQ_INT(viv_sandbox_fork(sandbox, 1, &copy, &err), 0);
    sandbox = copy;
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    EXPECT_EQ_INT(asked, 2);
    EXPECT_EQ_INT(again, 1);
    keep(1, 20);
    EXPECT_EQ_STR((finish(), value()), "20");
    EXPECT_EQ_INT(viv_sandbox_free(copy), 0);
    sandbox = first;
    keep(0, 10);
    EXPECT_EQ_STR((result.outcome.kind = VIV_WAITING, finish(), value()), "10");
    end_asking();
}

/* ------------------------------------------------------------------------
 * Many.
 */

#define MANY 1000

TEST(a_thousand_wait_at_once)
{
    static viv_sandbox *all[MANY];

    begin_asking();
    for (int i = 0; i < MANY; i++) {
        sandbox = all[i] = from(image, NULL);
        EXPECT_EQ_INT(run("from host.deep import fetch\n(await fetch(1)) + 1"),
                      VIV_WAITING);
    }
    EXPECT_EQ_INT(promised, MANY);
    for (int i = 0; i < MANY; i++)
        keep(i, i);
    for (int i = MANY - 1; i >= 0; i--) {
        char text[20];

        sandbox = all[i];
        EXPECT_EQ_INT(resume(), VIV_RETURNED);
        snprintf(text, sizeof(text), "%d", i + 1);
        EXPECT_EQ_STR(value(), text);
        EXPECT_EQ_INT(viv_sandbox_free(sandbox), 0);
    }
    sandbox = from(image, NULL);
    end_asking();
}
