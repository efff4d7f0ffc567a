/* escape_copies.c - the attack: the library twice in one process.
 *
 * A program has it linked in, and loads a plugin that has its own.  Both
 * install handlers for the same signals and have timers for the same threads,
 * and neither knows of the other: guests of both run nested in each other's
 * host functions, trap, and are stopped, each by its own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <signal.h>

#include "host.h"

/* One copy of the library, as far as this needs it. */
struct copy {
    int (*module_load)(const char *, viv_module **, viv_error *);
    int (*sandbox_new)(viv_module *, const viv_import *, size_t,
                       const viv_limits *, viv_sandbox **, viv_outcome *,
                       viv_error *);
    int (*call)(viv_sandbox *, const char *, size_t, const viv_value *, size_t,
                viv_value *, size_t, viv_outcome *, viv_error *);
    int (*resume)(viv_sandbox *, viv_value *, size_t, viv_outcome *,
                  viv_error *);
    int (*slice)(viv_sandbox *, uint64_t);
    int (*cancel)(viv_sandbox *);
    int (*reset)(viv_sandbox *, viv_error *);
    int (*free)(viv_sandbox *);
    viv_module *module;
};

static struct copy linked = {
    .module_load = viv_module_load,
    .sandbox_new = viv_sandbox_new,
    .call = viv_call,
    .resume = viv_call_resume,
    .slice = viv_call_slice,
    .cancel = viv_call_cancel,
    .reset = viv_sandbox_reset,
    .free = viv_sandbox_free,
};
static struct copy loaded;

static const char WAT[] =
    "(module"
    " (import \"env\" \"now\" (func $now (param i32) (result i32)))"
    " (memory (export \"memory\") 1)"
    " (func (export \"trap\") (param i32) (result i32)"
    "  (i32.load (i32.const 0x10000)))"
    " (func $deep (export \"deep\") (param i32) (result i32)"
    "  (i32.add (call $deep (local.get 0)) (i32.const 1)))"
    " (func (export \"ask\") (param i32) (result i32)"
    "  (i32.store (i32.const 8) (local.get 0))"
    "  (i32.add (call $now (local.get 0)) (i32.load (i32.const 8))))"
    " (func (export \"spin\") (param i32) (result i32) (local i32)"
    "  (loop $l (local.set 1 (i32.add (local.get 1) (i32.const 1)))"
    "   (i32.store (i32.const 12) (local.get 1))"
    "   (br_if $l (i32.lt_u (local.get 1) (local.get 0)))) (local.get 1))"
    " (func (export \"for_ever\") (param i32) (result i32) (loop $l (br $l))"
    "  (i32.const 0)))";

/* ------------------------------------------------------------------------
 * The host.
 */

static void *find(void *library, const char *name)
{
    void *at = dlsym(library, name);

    if (at == NULL)
        test_fail(TEST_AT, "the shared library has no %s", name);
    return at;
}

static void load_library(void)
{
    char path[PATH_MAX + 32];
    void *library;

    host_folder_of_program(path);
    strcat(path, "/../libvivarium.so");
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        test_fail(TEST_AT, "%s", dlerror());
    *(void **)&loaded.module_load = find(library, "viv_module_load");
    *(void **)&loaded.sandbox_new = find(library, "viv_sandbox_new");
    *(void **)&loaded.call = find(library, "viv_call");
    *(void **)&loaded.resume = find(library, "viv_call_resume");
    *(void **)&loaded.slice = find(library, "viv_call_slice");
    *(void **)&loaded.cancel = find(library, "viv_call_cancel");
    *(void **)&loaded.reset = find(library, "viv_sandbox_reset");
    *(void **)&loaded.free = find(library, "viv_sandbox_free");
    EXPECT(loaded.call != linked.call);
}

static void load_module(struct copy *copy)
{
    char path[PATH_MAX];
    viv_error err = {0};

    host_module_path(path);
    host_compile(WAT, "", path);
    if (copy->module_load(path, &copy->module, &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    unlink(path);
}

static void set_up(void)
{
    load_library();
    load_module(&linked);
    load_module(&loaded);
}

/* The cookie says what to do. */
static int answer(viv_host_call *call, const viv_value *args,
                  viv_value *results, void *cookie)
{
    uint32_t (*func)(uint32_t) = *(uint32_t(**)(uint32_t))cookie;

    (void)call;
    results[0].i32 = func != NULL ? func(args[0].i32) : args[0].i32;
    return 0;
}

static viv_sandbox *make(const struct copy *copy, uint64_t run_ns, void *cookie)
{
    viv_import import = HOST_IMPORT("now", answer, cookie);
    viv_limits limits = host_limits();
    viv_sandbox *sandbox = NULL;
    viv_outcome outcome;
    viv_error err = {0};

    limits.run_ns = run_ns;
    limits.stack_bytes = 256 * 1024;
    if (copy->sandbox_new(copy->module, &import, 1, &limits, &sandbox, &outcome,
                          &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    return sandbox;
}

static viv_outcome call(const struct copy *copy, viv_sandbox *sandbox,
                        const char *name, uint32_t arg, uint32_t *ret_result)
{
    viv_value args = {.i32 = arg}, result = {.i32 = 0};
    viv_outcome outcome;
    viv_error err = {0};

    if (copy->call(sandbox, name, strlen(name), &args, 1, &result, 1, &outcome,
                   &err) < 0)
        test_fail(TEST_AT, "%s", err.text);
    if (ret_result != NULL)
        *ret_result = result.i32;
    return outcome;
}

/* All that needs signals, of one copy. */
static void expect_that_it_works(const struct copy *copy, viv_sandbox *sandbox)
{
    viv_outcome outcome = call(copy, sandbox, "trap", 0, NULL);

    EXPECT_TRAP(outcome, VIV_TRAP_MEMORY);
    outcome = call(copy, sandbox, "deep", 0, NULL);
    EXPECT_TRAP(outcome, VIV_TRAP_STACK);
    outcome = call(copy, sandbox, "for_ever", 0, NULL);
    EXPECT_SPENT(outcome, VIV_LIMIT_RUN_TIME);
    EXPECT(outcome.used.run_ns < 50 * MS + host_patience(50 * MS));
    EXPECT_EQ_INT(copy->reset(sandbox, NULL), 0);
}

/* ------------------------------------------------------------------------
 * Side by side, and one inside the other.
 */

static uint32_t (*outer_func)(uint32_t), (*inner_func)(uint32_t);
static const struct copy *inner_copy;
static viv_sandbox *inner;

TEST(two_copies_work_in_turn)
{
    viv_sandbox *one, *other;
    int round;

    set_up();
    one = make(&linked, 30 * MS, &inner_func);
    other = make(&loaded, 50 * MS, &inner_func);
    for (round = 0; round < 3; round++) {
        expect_that_it_works(&linked, one);
        expect_that_it_works(&loaded, other);
    }
    EXPECT_EQ_INT(linked.free(one), 0);
    EXPECT_EQ_INT(loaded.free(other), 0);
}

static uint32_t use_inner(uint32_t arg)
{
    uint32_t result;

    expect_that_it_works(inner_copy, inner);
    EXPECT_EQ_INT(call(inner_copy, inner, "ask", arg, &result).kind,
                  VIV_RETURNED);
    return result;
}

static void nest(const struct copy *outside, const struct copy *inside)
{
    viv_sandbox *outer = make(outside, VIV_ENDLESS, &outer_func);
    uint32_t result;

    inner_copy = inside;
    inner = make(inside, 30 * MS, &inner_func);
    outer_func = use_inner;
    EXPECT_EQ_INT(call(outside, outer, "ask", 5, &result).kind, VIV_RETURNED);
    EXPECT_EQ_INT(result, 15);
    EXPECT_EQ_INT(outside->free(outer), 0);
    EXPECT_EQ_INT(inside->free(inner), 0);
}

TEST(guests_of_one_copy_run_inside_host_functions_of_the_other)
{
    set_up();
    nest(&linked, &loaded);
    nest(&loaded, &linked);
    nest(&linked, &loaded);
}

/* The outer one's deadline passes while the inner one, which has time, runs. */
static uint32_t spin_inner(uint32_t turns)
{
    uint64_t began = host_now();
    uint32_t result;

    do {
        EXPECT_EQ_INT(call(inner_copy, inner, "spin", turns, &result).kind,
                      VIV_RETURNED);
        EXPECT_EQ_INT(result, turns);
    } while (host_now() - began < 60 * MS);
    return 0;
}

static void nest_deadlines(const struct copy *outside,
                           const struct copy *inside)
{
    viv_sandbox *outer = make(outside, 20 * MS, &outer_func);

    inner_copy = inside;
    inner = make(inside, VIV_ENDLESS, &inner_func);
    outer_func = spin_inner;
    EXPECT_SPENT(call(outside, outer, "ask", 1000, NULL), VIV_LIMIT_RUN_TIME);
    EXPECT_EQ_INT(outside->free(outer), 0);
    EXPECT_EQ_INT(inside->free(inner), 0);
}

TEST(a_deadline_of_one_copy_does_not_hit_a_guest_of_the_other)
{
    set_up();
    nest_deadlines(&linked, &loaded);
    nest_deadlines(&loaded, &linked);
}

/* Each in a slice of its own, on one thread, amid each other's signals. */
TEST(guests_of_two_copies_share_a_thread_by_slices)
{
    uint32_t turns = 3000000, results[2] = {0, 0}, paused = 0;
    const struct copy *copies[2] = {&linked, &loaded};
    viv_sandbox *sandboxes[2];
    viv_outcome outcomes[2];
    int i;

    set_up();
    for (i = 0; i < 2; i++) {
        sandboxes[i] = make(copies[i], VIV_ENDLESS, &inner_func);
        EXPECT_EQ_INT(copies[i]->slice(sandboxes[i], 50 * US), 0);
        outcomes[i] = call(copies[i], sandboxes[i], "spin", turns, &results[i]);
    }
    while (outcomes[0].kind == VIV_PAUSED || outcomes[1].kind == VIV_PAUSED)
        for (i = 0; i < 2; i++) {
            viv_value result = {.i32 = 0};

            if (outcomes[i].kind != VIV_PAUSED)
                continue;
            paused++;
            EXPECT_EQ_INT(
                copies[i]->resume(sandboxes[i], &result, 1, &outcomes[i], NULL),
                0);
            results[i] = result.i32;
        }
    EXPECT(paused > 2);
    for (i = 0; i < 2; i++) {
        EXPECT_EQ_INT(results[i], turns);
        EXPECT_EQ_INT(copies[i]->free(sandboxes[i]), 0);
    }
}

/* ------------------------------------------------------------------------
 * On other threads, and cancelled from there.
 */

struct job {
    const struct copy *copy;
    viv_sandbox *sandbox;
};

static void *work(void *arg)
{
    struct job *job = arg;
    int round;

    for (round = 0; round < 3; round++)
        expect_that_it_works(job->copy, job->sandbox);
    EXPECT_EQ_INT(call(job->copy, job->sandbox, "for_ever", 1, NULL).kind,
                  VIV_SPENT);
    return NULL;
}

TEST(guests_of_two_copies_run_on_threads_of_their_own)
{
    struct job jobs[4];
    pthread_t threads[4];
    int i;

    set_up();
    for (i = 0; i < 4; i++) {
        jobs[i].copy = i % 2 == 0 ? &linked : &loaded;
        jobs[i].sandbox = make(jobs[i].copy, 30 * MS, &inner_func);
        threads[i] = host_thread(work, &jobs[i]);
    }
    for (i = 0; i < 4; i++) {
        EXPECT_EQ_INT(pthread_join(threads[i], NULL), 0);
        EXPECT_EQ_INT(jobs[i].copy->free(jobs[i].sandbox), 0);
    }
}

static void *cancel_soon(void *arg)
{
    struct job *job = arg;

    host_sleep(20 * MS);
    EXPECT_EQ_INT(job->copy->cancel(job->sandbox), 0);
    return NULL;
}

static void cancel_one(const struct copy *copy)
{
    struct job job = {copy, make(copy, VIV_ENDLESS, &inner_func)};
    pthread_t thread = host_thread(cancel_soon, &job);

    EXPECT_EQ_INT(call(copy, job.sandbox, "for_ever", 0, NULL).kind,
                  VIV_CANCELLED);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    EXPECT_EQ_INT(copy->free(job.sandbox), 0);
}

TEST(a_cancel_reaches_the_copy_that_it_is_for)
{
    set_up();
    cancel_one(&linked);
    cancel_one(&loaded);
    cancel_one(&linked);
}
