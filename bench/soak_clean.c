/* soak_clean.c - a fresh sandbox is compared with a new one.
 *
 * What a pool gives out as fresh must be, byte for byte, what was never used:
 * all of its region, as viv_sandbox_dump() writes it down, memory, globals,
 * tables, files, and what the host keeps there.  And a program in it, which
 * looks wherever something might be left, must see what it sees in a new one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "soak.h"

static const char LOOK[] =
    "import sys, os, gc, builtins, json, re, decimal, warnings, asyncio\n"
    "import atexit, host\n"
    "def all_of(m): return sorted((k, type(v).__name__) "
    "for k, v in vars(m).items())\n"
    "import hashlib\n"
    "seen = [sorted(sys.modules), all_of(builtins), all_of(json), all_of(re),\n"
    " all_of(os), all_of(host), sys.path, len(sys.meta_path),\n"
    " sorted(os.environ.items()), os.listdir('/tmp'), os.getcwd(),\n"
    " sys.getrecursionlimit(), gc.isenabled(), decimal.getcontext().prec,\n"
    " len(warnings.filters), sys.get_int_max_str_digits(),\n"
    " sys.gettrace(), sys.getprofile(), sys.argv, atexit._ncallbacks(),\n"
    " sys.excepthook is sys.__excepthook__,\n"
    " sys.stdin is sys.__stdin__, sys.stdin is None,\n"
    " json.dumps([1]), re.findall('a', 'ba'), len('abc'),\n"
    " len(asyncio.all_tasks(asyncio._get_running_loop()) "
    "if asyncio._get_running_loop() else ()),\n"
    " sorted(k for k in globals() if k != 'seen')]\n"
    "hashlib.sha256(repr(seen).encode()).hexdigest()[:16] "
    "+ (' CANARY' if 'canary' in repr(seen).lower() else '')";

/* What a new sandbox of each place is. */
static struct {
    void *bytes;
    size_t len;
} news[SOAK_PLACES];

static char seen_new[64];

#define LATE "late" /* it used up its time, as SOAK_LATE */

static void see(viv_sandbox *sandbox, char *to, size_t size)
{
    viv_python_result result = {0};
    viv_error err = {0};
    int code = viv_python_run(sandbox, LOOK, strlen(LOOK), NULL,
                              VIV_PYTHON_VALUE, &result, &err);

    if (code < 0)
        snprintf(to, size, "%s", err.text);
    else if (result.outcome.kind == VIV_RAISED)
        snprintf(to, size, "%s", result.traceback);
    else if (result.outcome.kind == VIV_SPENT)
        snprintf(to, size, LATE);
    else if (result.outcome.kind != VIV_RETURNED || result.value == NULL)
        snprintf(to, size, "outcome %u", result.outcome.kind);
    else
        viv_data_text(result.value, result.value_len, to, size);
}

static void dump(viv_sandbox *sandbox, void **ret_bytes, size_t *ret_len)
{
    viv_error err = {0};

    if (viv_sandbox_dump(sandbox, NULL, ret_bytes, ret_len, &err) < 0)
        bench_die("%s", err.text);
}

void soak_clean_init(void)
{
    viv_sandbox *sandbox;

    for (uint32_t place = 0; place < SOAK_PLACES; place++) {
        if (soak_place_is_python(place) && !soak_options.has_python)
            continue;
        sandbox = soak_place_sandbox(place);
        dump(sandbox, &news[place].bytes, &news[place].len);
        if (place == SOAK_LONG)
            see(sandbox, seen_new, sizeof(seen_new));
        viv_sandbox_free(sandbox);
    }
    if (soak_options.has_python && strlen(seen_new) != 18)
        bench_die("a new Python says %s", seen_new);
}

void soak_clean_fini(void)
{
    for (uint32_t place = 0; place < SOAK_PLACES; place++) {
        viv_free(news[place].bytes);
        news[place].bytes = NULL;
    }
}

/* Byte for byte; says where the first difference is. */
static void compare_dump(const char *step, enum soak_place place,
                         viv_sandbox *sandbox)
{
    void *bytes = NULL;
    size_t len = 0, at = 0;
    char detail[100] = "";
    bool is_same;

    dump(sandbox, &bytes, &len);
    is_same =
        len == news[place].len && memcmp(bytes, news[place].bytes, len) == 0;
    while (!is_same && at < len && at < news[place].len &&
           ((char *)bytes)[at] == ((char *)news[place].bytes)[at])
        at++;
    if (!is_same)
        snprintf(detail, sizeof(detail),
                 "%zu bytes where a new one has %zu; byte %zu differs", len,
                 news[place].len, at);
    soak_tally(step, "as a new one", is_same ? "as a new one" : "dirty",
               detail);
    viv_free(bytes);
}

/* What a program in it has seen, in words. */
static void tally_seen(const char *step, bool is_late, bool is_same,
                       const char *seen)
{
    soak_tally(step, "as a new one|late",
               is_late   ? "late"
               : is_same ? "as a new one"
                         : "dirty",
               seen);
}

void soak_clean_python(struct soak_random *random)
{
    enum soak_place place = (enum soak_place)soak_below(random, SOAK_TIGHT + 1);
    viv_sandbox *sandbox = NULL;
    char seen[1000];

    if (viv_pool_acquire(soak_pools[place], NULL, 200 * SOAK_MS, &sandbox,
                         NULL) < 0)
        return;
    compare_dump("a clean Python, its bytes", place, sandbox);
    see(sandbox, seen, sizeof(seen));
    tally_seen("a clean Python, from inside", strcmp(seen, LATE) == 0,
               strcmp(seen, seen_new) == 0, seen);
    viv_pool_release(soak_pools[place], sandbox);
}

void soak_clean_wasm(struct soak_random *random)
{
    viv_value arg = {.i32 = 0}, result = {.i32 = 1};
    viv_outcome outcome = {0};
    viv_sandbox *sandbox = NULL;

    if (viv_pool_acquire(soak_pools[SOAK_WASM], NULL,
                         soak_below(random, 20) * SOAK_MS, &sandbox, NULL) < 0)
        return;
    compare_dump("a clean wasm, its bytes", SOAK_WASM, sandbox);
    if (viv_call(sandbox, "seen", 4, &arg, 1, &result, 1, &outcome, NULL) < 0)
        outcome.kind = VIV_TRAPPED;
    tally_seen("a clean wasm, from inside", outcome.kind == VIV_SPENT,
               outcome.kind == VIV_RETURNED && result.i32 == 0, "");
    viv_pool_release(soak_pools[SOAK_WASM], sandbox);
}
