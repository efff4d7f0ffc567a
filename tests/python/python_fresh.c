/* python_fresh.c - nothing of an earlier run is there, and chance is chance.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <unistd.h>

#include "python.h"

/* ------------------------------------------------------------------------
 * What an earlier run left.
 */

/* All that a program can change about its interpreter, and see again. */
static const char SEE[] =
    "import sys, os, gc, warnings, signal, locale, decimal, codecs, random, "
    "logging, builtins, json, copyreg, re, time, io, atexit, asyncio, "
    "linecache, functools, abc, contextvars, faulthandler\n"
    "state = [sorted(sys.modules), sorted(globals()), sorted(os.environ), "
    "sys.path, sys.argv, gc.get_threshold(), gc.isenabled(), "
    "repr(warnings.filters), sys.getrecursionlimit(), "
    "locale.setlocale(locale.LC_ALL), str(decimal.getcontext()), "
    "logging.root.level, len(logging.root.handlers), sorted(dir(builtins)), "
    "hasattr(json, 'spoilt'), sys.getswitchinterval(), "
    "sys.get_int_max_str_digits(), sorted(linecache.cache), os.getcwd(), "
    "sys.stdout is sys.__stdout__, repr(sys.excepthook), "
    "[repr(signal.getsignal(s)) for s in (2, 15)], "
    "repr(sys.displayhook), len(copyreg.dispatch_table), "
    "sorted(x for x in dir(sys)), len(gc.callbacks), "
    "sys.meta_path.__len__(), sys.path_hooks.__len__(), "
    "sorted(sys.path_importer_cache)]\n"
    "try: codecs.lookup('spoilt')\n"
    "except LookupError: state.append('no codec')\n"
    "repr(state)";

static const char SPOIL[] =
    "import sys, os, gc, warnings, signal, locale, decimal, codecs, "
    "logging, builtins, json, copyreg, linecache\n"
    "secret = 'x' * 60_000\n"
    "import sqlite3, xml.dom.minidom, email\n"
    "os.environ['SECRET'] = 'x'\n"
    "sys.path.append('/secret'); sys.argv[:] = ['a', 'b']\n"
    "gc.set_threshold(5); gc.disable(); gc.callbacks.append(print)\n"
    "warnings.simplefilter('error'); sys.setrecursionlimit(200)\n"
    "decimal.getcontext().prec = 3\n"
    "logging.basicConfig(level=1)\n"
    "builtins.spoilt = 1; json.spoilt = 1; json.dumps = None\n"
    "sys.setswitchinterval(1); sys.set_int_max_str_digits(0)\n"
    "linecache.cache['x'] = (1, None, [], 'x')\n"
    "sys.stdout = sys.stderr; sys.excepthook = print\n"
    "sys.displayhook = print; sys.spoilt = 1\n"
    "signal.signal(2, lambda *a: None)\n"
    "copyreg.pickle(complex, str)\n"
    "codecs.register(lambda n: codecs.lookup('utf-8') if n == 'spoilt' "
    "else None)\n"
    "sys.meta_path.clear(); sys.path_hooks.clear()\n"
    "print('secret')\n"
    "try: open('/tmp/secret', 'w').write('x')\n"
    "except OSError: pass\n"
    "import _vivarium_guest\n"
    "_vivarium_guest.describe = _vivarium_guest.refresh = None\n"
    "_vivarium_guest.questions[1] = None\n";

TEST(a_reset_takes_everything_back)
{
    static char before[100000];

    begin();
    value_of(SEE);
    EXPECT(result.text_len < sizeof(before));
    strcpy(before, result.text);
    reset();
    value_of(SPOIL);
    EXPECT_EQ_STR(value_of("secret[:3], gc.get_threshold()[0]"),
                  "('xxx', 5)"); /* it was worth it */
    run("1 + 1");
    reset();
    EXPECT_EQ_STR(output(1), "");
    value_of(SEE);
    EXPECT_EQ_STR(result.text, before);
    expect_clean();
    end();
}

/* What was written where is no matter: a fresh start has none of it. */
TEST(memory_that_a_run_left_is_not_found_by_the_next)
{
    begin();
    value_of("secret = ['needle-%d' % i for i in range(100_000)]");
    reset();
    value_of("import gc\n"
             "found = [o for o in gc.get_objects() if isinstance(o, list)"
             " and o and isinstance(o[0], str) and o[0][:7] == 'needle-']\n"
             "raw = bytes(bytearray(0))\n"
             "blocks = [bytearray(100_000) for _ in range(100)]\n"
             "len(found), any(b'needle-' in b for b in blocks)");
    EXPECT_EQ_STR(value(), "(0, False)");
    end();
}

TEST(files_of_an_earlier_run_are_gone)
{
    static const viv_mount mount = {.guest = "/tmp",
                                    .kind = VIV_MOUNT_MEMORY,
                                    .bytes_max = VIV_ENDLESS,
                                    .files_max = VIV_ENDLESS};
    static const char *const words[] = {"prog", "a b", "\xc3\xa9"};
    static const char *const environment[] = {"KEY=value", "E=\xc3\xa9"};
    viv_wasi wasi;

    begin();
    viv_wasi_default(&wasi);
    wasi.mounts = &mount;
    wasi.mount_count = 1;
    wasi.args = words;
    wasi.arg_count = 3;
    wasi.env = environment;
    wasi.env_count = 2;
    if (viv_python_apply(sandbox, &wasi, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    for (int i = 0; i < 3; i++) {
        EXPECT_EQ_STR(value_of("import os, sys\nos.listdir('/tmp'), sys.argv,"
                               " os.environ['KEY'], os.environ['E']"),
                      "([], ['prog', 'a b', '\xc3\xa9'], 'value', "
                      "'\xc3\xa9')");
        value_of("f = open('/tmp/secret', 'w'); f.write('x'); f.flush()\n"
                 "os.mkdir('/tmp/d'); os.chdir('/tmp/d')");
        EXPECT_EQ_STR(value_of("sorted(os.listdir('/tmp'))"),
                      "['d', 'secret']");
        reset();
    }
    end();
}

/* ------------------------------------------------------------------------
 * Chance.
 */

#define CHANCES 8

static const char CHANCE[] =
    "import random, uuid, secrets, tempfile, os\n"
    "[random.random(), str(uuid.uuid4()), str(uuid.uuid1()), "
    "secrets.token_hex(8), next(tempfile._get_candidate_names()), "
    "os.urandom(8), random.Random().random(), "
    "random.SystemRandom().random(), random.gauss(0, 1), "
    "random.getrandbits(64)]";

static char chances[CHANCES][1000];

static void throw_dice(int which)
{
    viv_reader reader;
    viv_item item;

    value_of(CHANCE);
    strcpy(chances[which], value());
    viv_reader_init(&reader, result.value, result.value_len);
    EXPECT_EQ_INT(viv_read(&reader, &item, NULL), 0);
    EXPECT_EQ_INT(item.count, 10);
}

/* No item of any is one of another. */
static void expect_all_different(int count)
{
    for (int i = 0; i < count; i++) {
        char *rest = chances[i], *word;

        while ((word = strtok_r(rest, "[], ", &rest)) != NULL)
            for (int j = i + 1; j < count; j++)
                if (strlen(word) > 6 && strstr(chances[j], word) != NULL)
                    test_fail(TEST_AT, "%s is in two", word);
    }
}

TEST(chance_differs_between_resets_sandboxes_and_forks)
{
    viv_sandbox *first, *copies[2];

    begin();
    throw_dice(0);
    reset();
    throw_dice(1);
    value_of("x = random.gauss(0, 1)");
    EXPECT_EQ_INT(viv_sandbox_fork(sandbox, 2, copies, &err), 0);
    first = sandbox;
    throw_dice(2);
    sandbox = copies[0];
    throw_dice(3);
    sandbox = copies[1];
    throw_dice(4);
    EXPECT_EQ_INT(viv_sandbox_free(copies[0]), 0);
    EXPECT_EQ_INT(viv_sandbox_free(copies[1]), 0);
    sandbox = from(image, NULL);
    throw_dice(5);
    EXPECT_EQ_INT(viv_sandbox_free(sandbox), 0);
    sandbox = first;
    expect_all_different(6);
    end();
}

TEST(the_order_of_a_set_is_the_same_everywhere)
{
    static char order[200];

    begin();
    strcpy(order, value_of("str({'a', 'b', 'c', 'd', 'e', 'f'})"));
    reset();
    EXPECT_EQ_STR(value_of("str({'a', 'b', 'c', 'd', 'e', 'f'})"), order);
    end();
}

/* ------------------------------------------------------------------------
 * Ten thousand runs.
 */

#define RUNS 10000

static long resident(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long size, pages;

    EXPECT(file != NULL && fscanf(file, "%ld %ld", &size, &pages) == 2);
    fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

TEST(ten_thousand_runs_leave_nothing_in_the_host)
{
    long before = 0;

    begin();
    for (int i = 0; i < RUNS; i++) {
        value_of("x = 'x' * 60_000; y = [x]; print('y' * 100)");
        reset();
        if (i == RUNS / 10)
            before = resident();
    }
    EXPECT(resident() - before < 1 << 20);
    end();
}

TEST(nor_does_a_session_of_as_many)
{
    long before = 0;

    begin();
    for (int i = 0; i < RUNS; i++) {
        value_of("x = 'x' * 60_000; y = [x]; print('y' * 100)");
        if (i == RUNS / 10)
            before = resident();
    }
    EXPECT(resident() - before < 1 << 20);
    end();
}
