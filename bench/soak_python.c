/* soak_python.c - programs in Python that mean well, or leave things behind.
 *
 * Whole programs are those of tests/python/programs, with what the machine's
 * own Python prints for each, which bench/soak has written down.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>

#include "soak.h"

#define FRESH (SOAK_IN(SOAK_MIXED) | SOAK_IN(SOAK_LONG) | SOAK_IN(SOAK_TIGHT))
#define ALL   (FRESH | SOAK_IN(SOAK_RECYCLED))

#define GOOD(name, value, source)                                              \
    {                                                                          \
        name, SOAK_RUN, ALL, 6, "returned", source, value, 0                   \
    }
/* It ends well, and others must not see that it was there. */
#define LEAVES(name, source)                                                   \
    {                                                                          \
        name, SOAK_RUN, FRESH, 2, "returned", source, NULL, 0                  \
    }

const struct soak_program soak_python_programs[] = {
    GOOD("one and one", "2", "1 + 1"),
    GOOD("json", "'{\"a\": [1, 2.5, null]}'",
         "import json; json.dumps({'a': [1, 2.5, None]})"),
    GOOD("primes", "168",
         "sum(all(n % d for d in range(2, n)) for n in range(2, 1000))"),
    GOOD("words", "[('b', 3), ('a', 2)]",
         "import collections\n"
         "collections.Counter('abbab').most_common()"),
    GOOD("dates", "datetime.date(2024, 3, 1)",
         "import datetime as d; d.date(2024, 2, 28) + d.timedelta(2)"),
    GOOD("a regular expression", "['12', '345']",
         "import re; re.findall(r'\\d+', 'a12b345')"),
    GOOD("decimals", "'0.3'",
         "from decimal import Decimal as D; str(D('0.1') + D('0.2'))"),
    GOOD("an exception, caught", "'division by zero'",
         "try: 1 / 0\nexcept ZeroDivisionError as e: x = str(e)\nx"),
    GOOD("tasks", "[0, 1, 4]",
         "import asyncio\n"
         "async def f(n):\n    await asyncio.sleep(0.001 * n)\n    return n * "
         "n\n"
         "await asyncio.gather(*map(f, range(3)))"),
    GOOD("files", "'here'",
         "with open('/tmp/soak.txt', 'w') as f: f.write('here')\n"
         "open('/tmp/soak.txt').read()"),
    GOOD("a database", "[(6,)]",
         "import sqlite3\nd = sqlite3.connect(':memory:')\n"
         "d.execute('create table t (n)')\n"
         "d.executemany('insert into t values (?)', [(1,), (2,), (3,)])\n"
         "d.execute('select sum(n) from t').fetchall()"),
    GOOD("asks", "1225",
         "import host\nn = 0\nfor i in range(50): n = host.add(n, i)\nn"),
    GOOD("asks, and waits", "14",
         "import host; host.owe(0, 1) + host.owe(0, 2)"),
    GOOD("is answered at once", "7", "import host; host.owe(0)"),
    GOOD("is answered early", "7", "import host; host.early()"),
    GOOD("is answered twice", "7", "import host; host.owe(1, 1)"),
    GOOD("is answered wrongly first", "7", "import host; host.owe(2, 1)"),
    GOOD("awaits ten answers", "70",
         "import asyncio, host\n"
         "sum(await asyncio.gather(*(host.await_(n % 3, n) "
         "for n in range(10))))"),
    GOOD("awaits with a timeout", "'late'",
         "import asyncio, host\n"
         "try:\n    async with asyncio.timeout(0.002): await host.await_(5)\n"
         "except TimeoutError: x = 'late'\nx"),
    GOOD("another guest helps", "5050", "import host; host.nested(100)"),
    GOOD("a large answer", "1048576", "import host; len(host.boast())"),
    GOOD("its host misuses it", "12", "import host; host.misuse()"),
    {"calls os.getcwd", SOAK_CALL, ALL, 4, "returned", "os.getcwd", "'/'", 0},
    {"calls what is not", SOAK_CALL, ALL, 1, "raised AttributeError",
     "math.no_such", NULL, 0},

    /* A session is counted on, by its key: see soak_job.c. */
    {"session", SOAK_RUN, SOAK_IN(SOAK_KEPT), 30, "returned", NULL, NULL, 0},

    LEAVES("leaves a global", "CANARY = 'canary'"),
    LEAVES("leaves a builtin", "import builtins; builtins.CANARY = 1\n"
                               "builtins.len = lambda x: 42"),
    LEAVES("leaves a module",
           "import sys, types\nsys.modules['canary'] = types.ModuleType('c')\n"
           "sys.modules['json'] = None"),
    LEAVES("leaves a path", "import sys\nsys.path[:] = ['/tmp']\n"
                            "sys.meta_path.clear(); sys.path_hooks.clear()"),
    LEAVES("leaves a patch", "import json, re, os\n"
                             "json.dumps = lambda *a, **k: 'canary'\n"
                             "re.findall = os.getcwd = json.dumps"),
    LEAVES("leaves words", "import os\nos.environ['CANARY'] = 'canary'\n"
                           "os.putenv('CANARY', 'canary')"),
    LEAVES("leaves files",
           "import os\nos.makedirs('/tmp/a/b')\nos.chdir('/tmp/a')\n"
           "f = open('/tmp/canary', 'wb', 0); f.write(b'canary' * 9999)"),
    LEAVES("leaves no streams",
           "import sys, os\nos.close(0)\nsys.stdin = None"),
    LEAVES("leaves tasks",
           "import asyncio\n"
           "async def f():\n    while True: await asyncio.sleep(0.001)\n"
           "t = [asyncio.create_task(f()) for _ in range(9)]\n"
           "await asyncio.sleep(0.003)"),
    LEAVES("leaves a question", "import asyncio, host\n"
                                "t = asyncio.create_task(host.await_(0, 30)); "
                                "await asyncio.sleep(0)"),
    LEAVES("leaves settings",
           "import sys, gc, random, decimal, warnings\n"
           "sys.setrecursionlimit(150); gc.disable(); random.seed(1)\n"
           "decimal.getcontext().prec = 2; warnings.simplefilter('error')\n"
           "sys.set_int_max_str_digits(0)"),
    LEAVES("leaves hooks",
           "import sys, atexit\nsys.excepthook = sys.displayhook = print\n"
           "atexit.register(print, 'canary')\n"
           "sys.addaudithook(lambda *a: None)"),
    LEAVES("leaves a trace", "import sys\n"
                             "def f(*a): return f\n"
                             "sys.settrace(f); sys.setprofile(f)\n1"),
    LEAVES("leaves much memory", "x = [b'canary' * 1000 for _ in range(999)]"),
    {NULL},
};

/* ------------------------------------------------------------------------
 * Whole programs.
 */

enum { WHOLE_MAX = 200 };

static struct soak_program whole[WHOLE_MAX + 1];
static size_t whole_count;

static char *text_of(const char *name, const char *ending)
{
    char path[PATH_MAX];
    char *text;
    FILE *file;
    long size;

    snprintf(path, sizeof(path), "%s/%s%s", soak_options.programs, name,
             ending);
    file = fopen(path, "r");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        bench_die("cannot read %s", path);
    size = ftell(file);
    rewind(file);
    text = calloc(1, (size_t)size + 1);
    if (text == NULL || fread(text, 1, (size_t)size, file) != (size_t)size)
        bench_die("cannot read %s", path);
    fclose(file);
    return text;
}

/* NAME.py is the program, NAME.out what it prints. */
static void add(const char *file)
{
    struct soak_program *program = &whole[whole_count];
    char name[256];

    if (strlen(file) < 4 || strcmp(file + strlen(file) - 3, ".py") != 0 ||
        whole_count == WHOLE_MAX)
        return;
    snprintf(name, sizeof(name), "%.*s", (int)strlen(file) - 3, file);
    *program = (struct soak_program){
        .name = strdup(file),
        .kind = SOAK_PROGRAM,
        .places = SOAK_IN(SOAK_LONG),
        .weight = 4,
        .expected = "returned",
        .source = text_of(name, ".py"),
        .value = text_of(name, ".out"),
    };
    whole_count++;
}

void soak_python_init(void)
{
    struct dirent *entry;
    DIR *folder;

    if (!soak_options.has_python || soak_options.programs == NULL)
        return;
    folder = opendir(soak_options.programs);
    if (folder == NULL)
        bench_die("no folder %s", soak_options.programs);
    while ((entry = readdir(folder)) != NULL)
        add(entry->d_name);
    closedir(folder);
}

void soak_python_fini(void)
{
    for (size_t i = 0; i < whole_count; i++) {
        free((void *)whole[i].name);
        free((void *)whole[i].source);
        free((void *)whole[i].value);
        whole[i] = (struct soak_program){0};
    }
    whole_count = 0;
}

const struct soak_program *soak_python_whole(void)
{
    return whole;
}
