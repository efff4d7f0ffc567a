/* escape_limits.c - the attack: use more than is allowed.
 *
 * Limits that exist in the interface and are enforced nowhere; that do not
 * cover initialisation; that there are none of unless one asks; that the guest
 * may declare itself; that are accepted though they cannot be kept.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <sys/resource.h>

#include "host.h"

/* Each function takes how much it shall use.  What it answers is kept at 0, and
 * the start function calls one of them if the host's globals say so. */
static const char WAT[] =
    "(module"
    " (import \"env\" \"now\" (func $now (param i32) (result i32)))"
    " (import \"env\" \"later\" (func $later (param i32) (result i32)))"
    " (import \"wasi_snapshot_preview1\" \"fd_write\""
    "  (func $write (param i32 i32 i32 i32) (result i32)))"
    " (import \"wasi_snapshot_preview1\" \"path_open\" (func $open (param i32"
    "  i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))"
    " (import \"env\" \"what\" (global $what i32))"
    " (import \"env\" \"much\" (global $much i32))"
    " (type $f (func (param i32) (result i32)))"
    " (memory (export \"memory\") 1 65536)"
    " (table $t 1 5000000 funcref)"
    " (table $f 9 9 funcref)"
    " (elem (table $f) (i32.const 1) func $grow $deep $widen $loop $ask $wait"
    "  $say $keep)"
    " (data (i32.const 24) \"f\")"
    " (func $grow (export \"grow\") (type $f) (memory.grow (local.get 0)))"
    " (func $widen (export \"widen\") (type $f)"
    "  (table.grow $t (ref.null func) (local.get 0)))"
    " (func $deep (export \"deep\") (type $f)"
    "  (i32.store (i32.const 4) (i32.add (i32.const 1)"
    "   (i32.load (i32.const 4))))"
    "  (if (result i32) (local.get 0)"
    "   (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0)"
    "    (i32.const 1))))) (else (i32.const 0))))"
    " (func $loop (export \"loop\") (type $f)"
    "  (loop $l (i32.store (i32.const 8) (local.get 0))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (i32.const 0))"
    " (func (export \"for_ever\") (type $f) (loop $l (br $l)) (i32.const 0))"
    " (func $ask (export \"ask\") (type $f)"
    "  (loop $l (drop (call $now (i32.const 0)))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (i32.const 0))"
    " (func $wait (export \"wait\") (type $f)"
    "  (loop $l (drop (call $later (i32.const 0)))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (i32.const 0))"
    /* so many bytes from 1024 on; -1 if not all of them were taken */
    " (func $put (param i32 i32) (result i32)"
    "  (i32.store (i32.const 16) (i32.const 1024))"
    "  (i32.store (i32.const 20) (local.get 1))"
    "  (if (call $write (local.get 0) (i32.const 16) (i32.const 1)"
    "   (i32.const 28)) (then (return (i32.const -1))))"
    "  (i32.sub (i32.eq (i32.load (i32.const 28)) (local.get 1))"
    "   (i32.const 1)))"
    " (func $say (export \"say\") (type $f)"
    "  (call $put (i32.const 1) (local.get 0)))"
    /* so many times 4 KiB in a file in memory */
    " (func $keep (export \"keep\") (type $f)"
    "  (if (call $open (i32.const 3) (i32.const 0) (i32.const 24) (i32.const 1)"
    "   (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0)"
    "   (i32.const 32)) (then (return (i32.const -1))))"
    "  (loop $l (if (call $put (i32.load (i32.const 32)) (i32.const 4096))"
    "    (then (return (i32.const -1))))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (i32.const 0))"
    " (func $start (if (global.get $what) (then (i32.store (i32.const 0)"
    "  (call_indirect $f (type $f) (global.get $much)"
    "   (global.get $what))))))"
    " (start $start))";

/* For each limit a value, the most that a function can be asked for then, and
 * the least that is too much.  0 turns of a loop are 2^32. */
static struct pair {
    uint32_t limit;
    uint32_t what; /* the function's place in $f */
    const char *name;
    uint64_t value;
    uint32_t most, least;
} pairs[] = {
    {VIV_LIMIT_MEMORY, 1, "grow", 3 * WASM_PAGE, 2, 3},
    {VIV_LIMIT_STACK, 2, "deep", 128 * 1024, 100, 100000},
    {VIV_LIMIT_TABLES, 3, "widen", 13, 3, 4},
    {VIV_LIMIT_FILES, 8, "keep", 256 * 1024, 40, 64},
    {VIV_LIMIT_FUEL, 4, "loop", 0 /* measured */, 100, 101},
    {VIV_LIMIT_RUN_TIME, 4, "loop", 50 * MS, 100, 0},
    {VIV_LIMIT_WALL_TIME, 4, "loop", 50 * MS, 100, 0},
    {VIV_LIMIT_HOST_CALLS, 5, "ask", 3, 3, 4},
    {VIV_LIMIT_WAITS, 6, "wait", 3, 3, 4},
    {VIV_LIMIT_OUTPUT, 7, "say", 10, 10, 11},
};

#define PAIRS (sizeof(pairs) / sizeof(pairs[0]))

static viv_module *plain, *metered;

/* ------------------------------------------------------------------------
 * The host.
 */

static int answer_now(viv_host_call *call, const viv_value *args,
                      viv_value *results, void *cookie)
{
    (void)call, (void)args, (void)cookie;
    results[0].i32 = 0;
    return 0;
}

/* Answered before it is asked for, so that nobody has to. */
static int answer_later(viv_host_call *call, const viv_value *args,
                        viv_value *results, void *cookie)
{
    viv_token *token;
    int code = viv_host_call_later(call, &token, NULL);

    (void)args, (void)cookie;
    if (code < 0)
        return code;
    EXPECT_EQ_INT(viv_token_answer(token, results, 1), 0);
    viv_token_free(token);
    return VIV_LATER;
}

/* A folder in memory, of which the start function knows nothing yet. */
static void permit(viv_sandbox *sandbox)
{
    static const viv_mount mount = {.guest = "/m",
                                    .kind = VIV_MOUNT_MEMORY,
                                    .bytes_max = VIV_ENDLESS,
                                    .files_max = VIV_ENDLESS};
    viv_wasi wasi;

    viv_wasi_default(&wasi);
    wasi.mounts = &mount;
    wasi.mount_count = 1;
    EXPECT_EQ_INT(viv_wasi_apply(sandbox, &wasi, NULL), 0);
}

static viv_outcome born(viv_module *module, const viv_limits *limits,
                        uint32_t what, uint32_t much, viv_sandbox **ret_sandbox)
{
    viv_import imports[64] = {
        HOST_IMPORT("now", answer_now, NULL),
        HOST_IMPORT("later", answer_later, NULL),
        {.module = "env",
         .name = "what",
         .kind = VIV_GLOBAL,
         .type = VIV_I32,
         .value = {.i32 = what}},
        {.module = "env",
         .name = "much",
         .kind = VIV_GLOBAL,
         .type = VIV_I32,
         .value = {.i32 = much}},
    };

    size_t count;
    const viv_import *rows = viv_wasi_imports(&count);
    viv_outcome outcome;

    EXPECT(count <= 60);
    memcpy(imports + 4, rows, count * sizeof(*rows));
    outcome = host_birth(module, imports, 4 + count, limits, ret_sandbox);
    if (*ret_sandbox != NULL && what == 0)
        permit(*ret_sandbox);
    return outcome;
}

static viv_sandbox *idle(const viv_limits *limits)
{
    viv_sandbox *sandbox;

    EXPECT_EQ_INT(born(plain, limits, 0, 0, &sandbox).kind, VIV_RETURNED);
    return sandbox;
}

static viv_limits limited(uint32_t limit, uint64_t value)
{
    viv_limits limits = host_limits();

#define SET(id, flag, field, unit, default_, meaning)                          \
    if (limit == VIV_LIMIT_##id)                                               \
        limits.field = value;
    VIV_LIMIT_ROWS(SET)
    return limits;
}

static viv_module *module_for(uint32_t limit)
{
    return limit == VIV_LIMIT_FUEL ? metered : plain;
}

/* Fuel that the function burns when it is asked for its most. */
static void measure_fuel(struct pair *pair)
{
    viv_sandbox *sandbox;

    EXPECT_EQ_INT(born(metered, NULL, 0, 0, &sandbox).kind, VIV_RETURNED);
    pair->value = host_call(sandbox, pair->name, pair->most).used.fuel;
    EXPECT(pair->value > pair->most);
    host_free(sandbox);
}

static void set_up(void)
{
    size_t i;

    plain = host_module(WAT);
    metered = host_module_with(WAT, "--fuel");
    for (i = 0; i < PAIRS; i++)
        if (pairs[i].limit == VIV_LIMIT_FUEL)
            measure_fuel(&pairs[i]);
}

/* ------------------------------------------------------------------------
 * Every row.
 */

static const struct pair *pair_of(uint32_t limit)
{
    size_t i;

    for (i = 0; i < PAIRS; i++)
        if (pairs[i].limit == limit)
            return &pairs[i];
    test_fail(TEST_AT, "nothing here tries to pass the limit %s",
              viv_limit_name(limit));
}

/* The guest was stopped by the limit, or refused more (`answer`). */
static void expect_stopped(const struct pair *pair, viv_outcome outcome,
                           uint32_t answer)
{
    if (pair->limit == VIV_LIMIT_STACK)
        EXPECT_TRAP(outcome, VIV_TRAP_STACK);
    else if (pair->limit == VIV_LIMIT_MEMORY ||
             pair->limit == VIV_LIMIT_TABLES || pair->limit == VIV_LIMIT_FILES)
        EXPECT_EQ_INT(answer, UINT32_MAX);
    else
        EXPECT_SPENT(outcome, pair->limit);
}

static viv_outcome call(viv_sandbox *sandbox, const struct pair *pair,
                        uint32_t much, uint32_t *ret_answer)
{
    viv_outcome outcome;

    EXPECT_EQ_INT(
        host_try_call(sandbox, pair->name, much, ret_answer, &outcome), 0);
    while (outcome.kind == VIV_WAITING)
        outcome = host_resume(sandbox, ret_answer);
    return outcome;
}

static void try_pair(uint32_t limit)
{
    const struct pair *pair = pair_of(limit);
    viv_limits limits = limited(limit, pair->value);
    viv_sandbox *sandbox;
    viv_outcome outcome;
    uint32_t answer = 0;

    EXPECT_EQ_INT(born(module_for(limit), &limits, 0, 0, &sandbox).kind,
                  VIV_RETURNED);
    outcome = call(sandbox, pair, pair->most, &answer);
    if (outcome.kind != VIV_RETURNED || answer == UINT32_MAX)
        test_fail(TEST_AT, "%s is stopped too early", viv_limit_name(limit));
    host_reset(sandbox);
    answer = 0;
    outcome = call(sandbox, pair, pair->least, &answer);
    expect_stopped(pair, outcome, answer);
    host_free(sandbox);
}

TEST(each_row_of_the_table_of_limits_stops_and_not_before)
{
    uint32_t limit;

    set_up();
    for (limit = VIV_LIMIT_NONE + 1; limit < VIV_LIMIT_END; limit++)
        try_pair(limit);
}

/* The same by the start function.  Nobody could answer it, so that it may not
 * wait at all. */
static void try_start(uint32_t limit)
{
    const struct pair *pair = pair_of(limit);
    viv_limits limits = limited(limit, pair->value);
    viv_sandbox *sandbox = NULL;
    viv_outcome outcome =
        born(module_for(limit), &limits, pair->what, pair->least, &sandbox);
    uint32_t answer = 0;

    if (sandbox != NULL) {
        EXPECT_EQ_INT(viv_memory_read(sandbox, 0, &answer, 4), 0);
        host_free(sandbox);
    }
    if (limit != VIV_LIMIT_WAITS) {
        expect_stopped(pair, outcome, answer);
        return;
    }
    EXPECT_TRAP(outcome, VIV_TRAP_HOST);
    EXPECT_EQ_INT(outcome.host_code, VIV_EUNSUPPORTED);
}

TEST(each_limit_holds_for_the_start_function)
{
    uint32_t limit;

    set_up();
    for (limit = VIV_LIMIT_NONE + 1; limit < VIV_LIMIT_END; limit++)
        try_start(limit);
}

/* 0 is nothing at all, and not "no limit".  A stack there must be. */
TEST(a_limit_of_nothing_allows_nothing)
{
    uint32_t limit;

    set_up();
    for (limit = VIV_LIMIT_FUEL; limit < VIV_LIMIT_END; limit++) {
        const struct pair *pair = pair_of(limit);
        viv_limits limits = limited(limit, 0);
        viv_sandbox *sandbox = NULL;

        EXPECT_SPENT(born(module_for(limit), &limits, pair->what, 1, &sandbox),
                     limit);
        EXPECT(sandbox == NULL);
        if (limit == VIV_LIMIT_HOST_CALLS)
            break;
    }
}

/* ------------------------------------------------------------------------
 * Defaults.
 */

TEST(without_limits_of_its_own_a_guest_has_the_default_ones)
{
    viv_sandbox *sandbox;
    uint32_t pages = (UINT32_C(1) << 30) / WASM_PAGE;

    set_up();
    sandbox = idle(NULL);
    EXPECT_EQ_INT(host_ask(sandbox, "grow", pages - 1), 1);
    EXPECT_EQ_INT(host_ask(sandbox, "grow", 1), UINT32_MAX);
    EXPECT_EQ_INT(host_ask(sandbox, "widen", 1000000 - 10), 1);
    EXPECT_EQ_INT(host_ask(sandbox, "widen", 1), UINT32_MAX);
    EXPECT_TRAP(host_call(sandbox, "deep", 100000000), VIV_TRAP_STACK);
    host_free(sandbox);
}

/* The real ten seconds. */
TEST(without_limits_of_its_own_a_guest_ends_after_ten_seconds)
{
    viv_outcome outcome;

    set_up();
    outcome = host_call(idle(NULL), "for_ever", 0);
    EXPECT_SPENT(outcome, VIV_LIMIT_RUN_TIME);
    EXPECT(outcome.used.run_ns >= 10 * VIV_NS_PER_S);
}

/* ------------------------------------------------------------------------
 * What the guest declares, and what the host gives.
 */

/* How many pages it can have in the end, and entries. */
static void expect_most(viv_module *module, const viv_import *imports,
                        size_t count, uint32_t pages, uint32_t entries)
{
    viv_limits limits = limited(VIV_LIMIT_MEMORY, 4 * WASM_PAGE);
    viv_sandbox *sandbox;
    uint32_t n;

    limits.table_entries = 20;
    sandbox = host_sandbox(module, imports, count, &limits);
    for (n = 0; host_ask(sandbox, "grow", 1) != UINT32_MAX; n++)
        ;
    EXPECT_EQ_INT(n + 1, pages);
    for (n = 0; host_ask(sandbox, "widen", 1) != UINT32_MAX; n++)
        ;
    EXPECT_EQ_INT(n + 1, entries);
    host_free(sandbox);
}

#define GROWERS                                                                \
    " (func (export \"grow\") (param i32) (result i32)"                        \
    "  (memory.grow (local.get 0)))"                                           \
    " (func (export \"widen\") (param i32) (result i32)"                       \
    "  (table.grow 0 (ref.null func) (local.get 0))))"

TEST(what_a_guest_declares_is_clamped)
{
    expect_most(host_module("(module (memory 1 65536)"
                            " (table 1 1000000 funcref)" GROWERS),
                NULL, 0, 4, 20);
    expect_most(host_module("(module (memory 1) (table 1 funcref)" GROWERS),
                NULL, 0, 4, 20);
    expect_most(host_module("(module (memory 1 2)"
                            " (table 1 3 funcref)" GROWERS),
                NULL, 0, 2, 3);
}

TEST(what_the_host_gives_is_clamped)
{
    static const char wat[] = "(module (import \"env\" \"memory\" (memory 1))"
                              " (import \"env\" \"table\" (table 1 funcref))";
    viv_import imports[] = {
        {.module = "env",
         .name = "memory",
         .kind = VIV_MEMORY,
         .has_max = 1,
         .min = 1,
         .max = 65536},
        {.module = "env",
         .name = "table",
         .kind = VIV_TABLE,
         .type = VIV_FUNCREF,
         .has_max = 1,
         .min = 1,
         .max = 1000000},
    };
    char text[1024];

    snprintf(text, sizeof(text), "%s%s", wat, GROWERS);
    expect_most(host_module(text), imports, 2, 4, 20);
}

static void expect_refused(viv_module *module, const viv_limits *limits,
                           int code, const char *words)
{
    viv_sandbox *sandbox = NULL;
    viv_outcome outcome;
    viv_error err = {0};

    EXPECT_EQ_INT(
        viv_sandbox_new(module, NULL, 0, limits, &sandbox, &outcome, &err),
        code);
    EXPECT_EQ_INT(err.code, code);
    EXPECT_HAS_STR(err.text, words);
    EXPECT(sandbox == NULL);
}

TEST(a_guest_that_begins_larger_than_its_limits_does_not_begin)
{
    viv_limits limits = limited(VIV_LIMIT_MEMORY, 3 * WASM_PAGE);

    expect_refused(host_module("(module (memory 4))"), &limits, VIV_EINVAL,
                   "memory_bytes");
    host_free(
        host_sandbox(host_module("(module (memory 3))"), NULL, 0, &limits));
    limits = limited(VIV_LIMIT_TABLES, 5);
    expect_refused(host_module("(module (table 3 funcref) (table 3 funcref))"),
                   &limits, VIV_EINVAL, "table_entries");
    host_free(host_sandbox(
        host_module("(module (table 3 funcref) (table 2 funcref))"), NULL, 0,
        &limits));
}

/* The same for images, which may be larger than the next one's limits. */
TEST(an_image_that_is_larger_than_the_limits_makes_no_sandbox)
{
    viv_limits limits = limited(VIV_LIMIT_MEMORY, 2 * WASM_PAGE);
    viv_sandbox *sandbox, *other = NULL;
    viv_image *image;

    set_up();
    sandbox = idle(NULL);
    EXPECT_EQ_INT(host_ask(sandbox, "grow", 1), 1);
    EXPECT_EQ_INT(host_ask(sandbox, "widen", 1), 1);
    image = host_image(sandbox);
    other = host_from(image, &limits);
    EXPECT_EQ_INT(host_ask(other, "grow", 1), UINT32_MAX);
    host_free(other);
    limits.memory_bytes--;
    EXPECT_EQ_INT(viv_sandbox_from(image, &limits, &other, NULL), VIV_EINVAL);
    limits = limited(VIV_LIMIT_TABLES, 11);
    host_free(host_from(image, &limits));
    limits.table_entries--;
    EXPECT_EQ_INT(viv_sandbox_from(image, &limits, &other, NULL), VIV_EINVAL);
    host_free(sandbox);
}

/* ------------------------------------------------------------------------
 * What cannot be kept is refused.
 */

static const char ENDLESS_START[] =
    "(module (func $s (loop $l (br $l))) (start $s))";

TEST(fuel_is_refused_where_nobody_counts_it)
{
    viv_limits limits = limited(VIV_LIMIT_FUEL, 1000000);

    expect_refused(host_module(ENDLESS_START), &limits, VIV_EUNSUPPORTED,
                   "--fuel");
}

TEST(a_limit_that_the_library_does_not_know_is_refused)
{
    struct {
        viv_limits known;
        uint64_t bytes_written;
    } newer = {host_limits(), 0};
    viv_module *module = host_module("(module)");

    newer.known.size = sizeof(newer);
    host_free(host_sandbox(module, NULL, 0, &newer.known));
    newer.bytes_written = 1;
    expect_refused(module, &newer.known, VIV_EUNSUPPORTED, "does not know");
    newer.known.size = sizeof(viv_limits) - 1;
    expect_refused(module, &newer.known, VIV_EINVAL, "bytes");
    newer.known.size = 0;
    expect_refused(module, &newer.known, VIV_EINVAL, "bytes");
}

/* Timers are counted among the signals that are on their way. */
static void forbid_timers(void)
{
    struct rlimit none = {0, 0};

    EXPECT_EQ_INT(setrlimit(RLIMIT_SIGPENDING, &none), 0);
}

TEST(without_a_timer_no_guest_begins)
{
    viv_module *module = host_module(ENDLESS_START);

    forbid_timers();
    expect_refused(module, NULL, VIV_EIO, "limits of time");
}

/* On a thread that has none, a call of a sandbox that exists. */
static void *call_without_timer(void *sandbox)
{
    viv_outcome outcome;

    EXPECT_EQ_INT(host_try_call(sandbox, "loop", 0, NULL, &outcome), VIV_EIO);
    EXPECT_EQ_INT(viv_sandbox_state(sandbox), VIV_IDLE);
    return NULL;
}

TEST(without_a_timer_no_call_begins)
{
    viv_limits limits = limited(VIV_LIMIT_RUN_TIME, 50 * MS);
    viv_sandbox *sandbox;

    set_up();
    sandbox = idle(&limits);
    forbid_timers();
    host_elsewhere(call_without_timer, sandbox);
    EXPECT_EQ_INT(host_ask(sandbox, "loop", 10), 0);
    EXPECT_SPENT(host_call(sandbox, "loop", 0), VIV_LIMIT_RUN_TIME);
}

static void *cancel_soon(void *sandbox)
{
    host_sleep(20 * MS);
    EXPECT_EQ_INT(viv_call_cancel(sandbox), 0);
    return NULL;
}

/* A signal that cannot be queued comes without the mark that it is ours. */
TEST(a_cancel_arrives_though_no_signal_can_be_queued)
{
    viv_sandbox *sandbox;
    pthread_t thread;

    set_up();
    sandbox = idle(NULL);
    forbid_timers();
    thread = host_thread(cancel_soon, sandbox);
    EXPECT_EQ_INT(host_call(sandbox, "loop", 0).kind, VIV_CANCELLED);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
}
