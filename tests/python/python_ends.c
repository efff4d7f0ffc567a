/* python_ends.c - how runs end: exceptions, exits, limits, and a clean slot.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python.h"

static viv_limits limits;

/* A sandbox that may run for so long, and wait for so long. */
static void begin_for(uint64_t run_ns, uint64_t wall_ns)
{
    viv_limits_default(&limits);
    limits.run_ns = run_ns;
    limits.wall_ns = wall_ns;
    limits.memory_bytes = UINT64_C(200) << 20;
    begin_with(&limits);
}

/* ------------------------------------------------------------------------
 * Exceptions.
 */

TEST(an_exception_has_type_message_traceback_and_frames)
{
    begin();
    traceback_of("def f(x):\n    return 1 / x\n\nf(0)\n");
    EXPECT_EQ_STR(result.type, "ZeroDivisionError");
    EXPECT_EQ_STR(result.message, "division by zero");
    EXPECT_EQ_STR(result.traceback, "Traceback (most recent call last):\n"
                                    "  File \"<run>\", line 4, in <module>\n"
                                    "    f(0)\n"
                                    "    ~^^^\n"
                                    "  File \"<run>\", line 2, in f\n"
                                    "    return 1 / x\n"
                                    "           ~~^~~\n"
                                    "ZeroDivisionError: division by zero\n");
    EXPECT_EQ_INT(result.frame_count, 2);
    EXPECT_EQ_STR(result.frames[0].function, "<module>");
    EXPECT_EQ_STR(result.frames[1].function, "f");
    EXPECT_EQ_STR(result.frames[1].file, "<run>");
    EXPECT_EQ_INT(result.frames[1].line, 2);
    EXPECT_EQ_STR(value_of("f(1)"), "1.0"); /* a session goes on */
    end();
}

TEST(causes_notes_and_groups_are_shown)
{
    begin();
    EXPECT_HAS_STR(traceback_of("try:\n    {}['k']\n"
                                "except KeyError as e:\n"
                                "    raise ValueError('v') from e\n"),
                   "The above exception was the direct cause of the following "
                   "exception:\n\n");
    EXPECT_HAS_STR(traceback_of("e = ValueError('v')\ne.add_note('a note')\n"
                                "raise e"),
                   "ValueError: v\na note\n");
    EXPECT_HAS_STR(traceback_of("raise ExceptionGroup('g', [KeyError(1)])"),
                   "+-+---------------- 1 ----------------");
    traceback_of("import json; json.loads('{')");
    EXPECT_EQ_STR(result.type, "json.decoder.JSONDecodeError");
    traceback_of("class E(Exception): pass\nraise E");
    EXPECT_EQ_STR(result.type, "E");
    traceback_of("raise KeyboardInterrupt");
    EXPECT_EQ_STR(result.type, "KeyboardInterrupt");
    end();
}

TEST(exceptions_that_mean_harm_are_described_all_the_same)
{
    begin();
    traceback_of("class E(Exception):\n    def __str__(s): raise E\nraise E");
    EXPECT_EQ_STR(result.type, "E");
    traceback_of("class F(Exception):\n"
                 "    def __str__(s): raise KeyboardInterrupt\nraise F");
    EXPECT_EQ_STR(result.type, "F");
    traceback_of("class G(Exception): __module__ = 5\nraise G");
    traceback_of("class H(Exception): pass\nH.__qualname__ = '\\ud800'\n"
                 "raise H('\\ud800')");
    traceback_of("raise ValueError('x' * 10_000_000)");
    traceback_of("e = ValueError(); e.__cause__ = e; raise e");
    traceback_of("import _vivarium_guest\n"
                 "del _vivarium_guest.describe\nraise ValueError('v')");
    EXPECT_EQ_STR(result.type, "ValueError");
    expect_clean();
    end();
}

TEST(a_syntax_error_shows_line_and_caret_as_cpython_does)
{
    begin();
    EXPECT_EQ_STR(traceback_of("x = 1\nif x = 2:\n    pass\n"),
                  "  File \"<run>\", line 2\n"
                  "    if x = 2:\n"
                  "       ^^^^^\n"
                  "SyntaxError: invalid syntax. Maybe you meant '==' or ':=' "
                  "instead of '='?\n");
    EXPECT_EQ_INT(result.frame_count, 0);
    EXPECT_EQ_STR(traceback_of("def f():\n    (1,\n"),
                  "  File \"<run>\", line 2\n"
                  "    (1,\n"
                  "    ^\n"
                  "SyntaxError: '(' was never closed\n");
    EXPECT_EQ_STR(traceback_of("if 1:\nx = 2\n"),
                  "  File \"<run>\", line 2\n"
                  "    x = 2\n"
                  "    ^\n"
                  "IndentationError: expected an indented block after 'if' "
                  "statement on line 1\n");
    EXPECT_EQ_STR(traceback_of("return 5"),
                  "  File \"<run>\", line 1\n"
                  "    return 5\n"
                  "    ^^^^^^^^\n"
                  "SyntaxError: 'return' outside function\n");
    EXPECT_EQ_STR(traceback_of("f(a for a in b, c)"),
                  "  File \"<run>\", line 1\n"
                  "    f(a for a in b, c)\n"
                  "      ^^^^^^^^^^^^\n"
                  "SyntaxError: Generator expression must be parenthesized\n");
    EXPECT_EQ_STR(traceback_of("'\xc3\xa9' = 1"),
                  "  File \"<run>\", line 1\n"
                  "    '\xc3\xa9' = 1\n"
                  "    ^^^\n"
                  "SyntaxError: cannot assign to literal here. Maybe you meant "
                  "'==' instead of '='?\n");
    EXPECT_HAS_STR(traceback_of("x = 'a\n"),
                   "SyntaxError: unterminated string literal (detected at line "
                   "1)\n");
    EXPECT_HAS_STR(traceback_of("x = 1\n\ty = 2\n"), "IndentationError");
    end();
}

/* ------------------------------------------------------------------------
 * Exits.
 */

static int exit_of(const char *source)
{
    run(source);
    EXPECT_EQ_INT(finish(), VIV_EXITED);
    return result.outcome.exit_code;
}

TEST(exits_have_their_code)
{
    begin();
    EXPECT_EQ_INT(exit_of("import sys; sys.exit()"), 0);
    EXPECT_EQ_INT(exit_of("sys.exit(None)"), 0);
    EXPECT_EQ_INT(exit_of("sys.exit(3)"), 3);
    EXPECT_EQ_INT(exit_of("sys.exit(-1)"), -1);
    EXPECT_EQ_INT(exit_of("sys.exit(True)"), 1);
    EXPECT_EQ_INT(exit_of("raise SystemExit"), 0);
    EXPECT_EQ_INT(exit_of("exit(4)"), 4);
    EXPECT_EQ_INT(exit_of("sys.exit('words')"), 1);
    EXPECT_EQ_STR(output(2), "words\n");
    EXPECT_EQ_INT(exit_of("sys.exit((1, 2))"), 1);
    EXPECT_EQ_STR(output(2), "(1, 2)\n");
    EXPECT_EQ_STR(value_of("6 * 7"), "42"); /* the session goes on */
    end();
}

TEST(an_exit_of_a_task_ends_the_run_and_leaves_nothing_to_go_on_with)
{
    begin();
    EXPECT_EQ_INT(exit_of("import asyncio, sys\n"
                          "await asyncio.sleep(0.001)\nsys.exit(5)"),
                  5);
    EXPECT_EQ_INT(viv_python_resume(sandbox, &result, &err), VIV_ENOCALL);
    EXPECT_EQ_STR(value_of("await asyncio.sleep(0.001, 6)"), "6");
    EXPECT_EQ_STR(output(2), "");
    end();
}

TEST(after_os_exit_it_must_be_reset)
{
    begin();
    EXPECT_EQ_INT(exit_of("import os; os._exit(7)"), 7);
    EXPECT_EQ_INT(viv_python_run(sandbox, "1", 1, NULL, 0, &result, &err),
                  VIV_ESTOPPED);
    expect_clean();
    end();
}

/* ------------------------------------------------------------------------
 * Recursion and memory.
 */

static void expect_raised(const char *source, const char *type)
{
    run(source);
    if (finish() != VIV_RAISED)
        test_fail(TEST_AT, "outcome %u, trap %u, limit %u of %s",
                  result.outcome.kind, result.outcome.trap,
                  result.outcome.limit, source);
    EXPECT_EQ_STR(result.type, type);
    EXPECT_EQ_STR(value_of("1 + 1"), "2");
}

TEST(recursion_in_python_is_an_exception)
{
    begin();
    expect_raised("def f(): return f()\nf()", "RecursionError");
    EXPECT_EQ_INT(result.outcome.kind, VIV_RETURNED);
    traceback_of("f()");
    EXPECT(result.frame_count > 10 && result.frame_count <= 200);
    EXPECT_HAS_STR(result.traceback, "[Previous line repeated");
    expect_raised("class C:\n    def __getattr__(s, n): return s.x\nC().x",
                  "RecursionError");
    end();
}

TEST(recursion_in_c_is_an_exception_too)
{
    begin();
    value_of("x = []\nfor _ in range(100_000): x = [x]\n"
             "d = {}\nfor _ in range(100_000): d = {1: d}\n"
             "import json, pickle, ast, re, copy, sys\n"
             "text = '[' * 100_000");
    expect_raised("repr(x)", "RecursionError");
    expect_raised("json.dumps(x)", "RecursionError");
    expect_raised("json.loads(text)", "RecursionError");
    expect_raised("pickle.dumps(x)", "RecursionError");
    expect_raised("x == [x]", "RecursionError");
    expect_raised("eval('(' * 50)", "SyntaxError");
    run("ast.parse('-' * 50_000 + '1')");
    EXPECT_EQ_INT(result.outcome.kind, VIV_RAISED);
    run("compile('+'.join(['a'] * 50_000), 'f', 'eval')");
    EXPECT_EQ_INT(result.outcome.kind, VIV_RAISED);
    run("re.compile('(' * 5000 + ')' * 5000)");
    EXPECT_EQ_INT(result.outcome.kind, VIV_RAISED);
    expect_raised("isinstance(1, __import__('functools').reduce("
                  "lambda a, _: (a,), range(100_000), int))",
                  "RecursionError");
    value_of("del x, d"); /* to free what is deep is no recursion */
    EXPECT_EQ_STR(value_of("1 + 1"), "2");
    end();
}

/* No limit of Python's own stands before the stack, memory or time then. */
TEST(recursion_without_a_limit_ends_and_the_slot_is_clean)
{
    begin_for(2 * VIV_NS_PER_S, 60 * VIV_NS_PER_S);
    run("import sys; sys.setrecursionlimit(10**9)\n"
        "def f(): return f()\nf()");
    EXPECT(result.outcome.kind != VIV_RETURNED);
    expect_clean();
    run("import sys; sys.setrecursionlimit(10**9)\n"
        "class C:\n    def __repr__(s): return repr(s)\nrepr(C())");
    EXPECT_EQ_INT(result.outcome.kind, VIV_RAISED);
    EXPECT_EQ_STR(result.type, "RecursionError");
    expect_clean();
    end();
}

/* CPython has no guard there: elsewhere the process dies of it. */
TEST(recursion_that_nothing_stops_is_a_trap)
{
    begin();
    run("x = ()\nfor _ in range(1_000_000): x = (x,)\nhash(x)");
    EXPECT_EQ_INT(result.outcome.kind, VIV_TRAPPED);
    EXPECT_EQ_INT(result.outcome.trap, VIV_TRAP_STACK);
    expect_clean();
    end();
}

TEST(a_session_outlives_the_loss_of_its_main_module)
{
    static const char *const losses[] = {
        "import sys; sys.modules['__main__'] = 5",
        "import sys; del sys.modules['__main__']",
        "import sys, types; sys.modules['__main__'] = types.SimpleNamespace()",
    };

    begin();
    for (size_t i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
        EXPECT_EQ_INT(run(losses[i]), VIV_RETURNED);
        EXPECT_EQ_STR(value_of("x = 20; x + 1"), "21");
    }
    expect_clean();
    end();
}

TEST(memory_is_an_exception_and_the_session_goes_on)
{
    begin_for(20 * VIV_NS_PER_S, 60 * VIV_NS_PER_S);
    expect_raised("'x' * 10**12", "OverflowError"); /* sizes have 32 bits */
    expect_raised("'x' * 10**9", "MemoryError");
    expect_raised("bytearray(10**9)", "MemoryError");
    expect_raised("[0] * 10**9", "MemoryError");
    expect_raised("x = []\nwhile True: x.append(' ' * 10**6)", "MemoryError");
    expect_raised("del x\nx = {}\nwhile True: x[len(x)] = str(len(x)) * 1000",
                  "MemoryError");
    expect_raised("del x; 'x' * 300_000_000", "MemoryError");
    expect_raised("import zlib\n"
                  "zlib.decompress(zlib.compress(bytes(10**8)) * 1 +"
                  " bytes(1), bufsize=10**9)",
                  "MemoryError");
    expect_clean();
    end();
}

/* ------------------------------------------------------------------------
 * Programs that mean harm.
 */

static void expect_spent(const char *source, uint32_t limit)
{
    run(source);
    finish();
    if (result.outcome.kind != VIV_SPENT || result.outcome.limit != limit)
        test_fail(TEST_AT, "outcome %u, trap %u, limit %u, %s, of %s",
                  result.outcome.kind, result.outcome.trap,
                  result.outcome.limit, result.type != NULL ? result.type : "-",
                  source);
    expect_clean();
}

#define RUN_MS 300

TEST(what_never_ends_is_ended)
{
    static const char *const sources[] = {
        "while True: pass",
        "import re; re.match('(a+)+$', 'a' * 50 + 'b')",
        "10**10**8",
        "sum(iter(int, 1))",
        "import functools\n"
        "def less(a, b):\n    while True: pass\n"
        "sorted([3, 1, 2], key=functools.cmp_to_key(less))",
        "try:\n    while True: pass\nfinally:\n    while True: pass",
        "while True:\n    try:\n        while True: pass\n"
        "    except BaseException: pass",
        "class C:\n    def __repr__(s):\n        while True: pass\nC()",
        "class E(Exception):\n    def __str__(s):\n        while True: pass\n"
        "raise E",
        "import asyncio\n"
        "async def f():\n    while True: await asyncio.sleep(0)\nawait f()",
        "import itertools; list(zip(itertools.count(), iter(int, 1)))[0:0]"
        " if 0 else sum(1 for _ in itertools.count())",
        "x = 'a' * 10**6; x.count('a' * 5 * 10**5 + 'b' + 'a' * 10**5)\n"
        "while True: x.find('a' * 1000 + 'b')",
    };

    begin_for(RUN_MS * MS, 60 * VIV_NS_PER_S);
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        expect_spent(sources[i], VIV_LIMIT_RUN_TIME);
    }
    end();
}

TEST(a_bomb_of_tasks_is_ended)
{
    begin_for(RUN_MS * MS, 60 * VIV_NS_PER_S);
    run("import asyncio\n"
        "async def f():\n"
        "    asyncio.create_task(f()); asyncio.create_task(f())\n"
        "    await asyncio.sleep(0)\n"
        "await f()\nawait asyncio.sleep(1000)");
    finish();
    EXPECT(result.outcome.kind == VIV_SPENT ||
           result.outcome.kind == VIV_RAISED); /* MemoryError */
    expect_clean();
    end();
}

TEST(sleep_is_cut_by_wall_time)
{
    static const char *const sources[] = {
        "import time; time.sleep(1e9)",
        "import asyncio; await asyncio.sleep(1e6)",
        "import asyncio; await asyncio.sleep(1e12)",
        "import asyncio; await asyncio.sleep(float('inf'))",
        "import asyncio; asyncio.run(asyncio.sleep(1e9))",
        "import asyncio; await asyncio.Future()",
        "import asyncio as a; a.run(a.wait_for(a.sleep(1e9), 1e8))",
    };

    begin_for(60 * VIV_NS_PER_S, RUN_MS * MS);
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        run(sources[i]);
        EXPECT_EQ_INT(result.outcome.kind, VIV_WAITING);
        viv_sandbox_reset(sandbox, NULL); /* refused */
        finish();
        EXPECT_EQ_INT(result.outcome.kind, VIV_SPENT);
        EXPECT_EQ_INT(result.outcome.limit, VIV_LIMIT_WALL_TIME);
        EXPECT(result.outcome.used.run_ns < result.outcome.used.wall_ns);
        expect_clean();
    }
    end();
}

TEST(output_has_a_ceiling)
{
    static const char *const sources[] = {
        "while True: print('x' * 1000)",
        "import os\nwhile True: os.write(1, b'x' * 1000)",
        "import sys\nwhile True: sys.stderr.write('x' * 1000)",
        "import os\nos.write(2, bytes(10**8))\nwhile True: os.write(2, b'x')",
        "while 1:\n try:\n  while 1: print('x' * 999)\n except: 0",
    };

    viv_limits_default(&limits);
    limits.output_bytes = 100000;
    begin_with(&limits);
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
        expect_spent(sources[i], VIV_LIMIT_OUTPUT);
    value_of("print('x' * 99_998)");
    EXPECT_EQ_INT(strlen(output(1)), 99999);
    end();
}

TEST(a_cancel_stops_a_run_that_is_at_work)
{
    begin_for(20 * VIV_NS_PER_S, 60 * VIV_NS_PER_S);
    EXPECT_EQ_INT(viv_call_slice(sandbox, 5 * MS), 0);
    run("while True: pass");
    for (int i = 0; i < 20; i++)
        EXPECT_EQ_INT(resume(), VIV_PAUSED);
    EXPECT_EQ_INT(viv_call_cancel(sandbox), 0);
    EXPECT_EQ_INT(resume(), VIV_CANCELLED);
    EXPECT_EQ_INT(viv_python_run(sandbox, "1", 1, NULL, 0, &result, &err),
                  VIV_ESTOPPED);
    expect_clean();
    end();
}

/* The request is copied to where the guest makes room for it, which takes a
 * while if it is large. */
TEST(a_large_source_in_short_slices)
{
    size_t size = 20000000;
    char *source = malloc(size + 1);

    begin_for(20 * VIV_NS_PER_S, 60 * VIV_NS_PER_S);
    memset(source, ' ', size);
    memcpy(source, "x = 5\nx #", 9);
    source[size] = '\0';
    EXPECT_EQ_INT(viv_call_slice(sandbox, 20000), 0);
    EXPECT_EQ_STR(value_of(source), "5");
    EXPECT_EQ_INT(viv_call_slice(sandbox, 0), 0);
    expect_clean();
    free(source);
    end();
}
