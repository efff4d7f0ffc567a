/* test_sandbox.c - one living guest, and what it may do.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/sandbox.h"

#include <dirent.h>
#include <pthread.h>

#include "base/base_alloc.h"
#include "mem/mem_reset.h"
#include "os/os_fail.h"
#include "os/os_nudge.h"
#include "sandbox/sandbox_image.h"
#include "sandbox_tools.h"

static viv_error err;

/* ------------------------------------------------------------------------
 * Every verb in every state.
 */

static int verb_call(viv_sandbox *sandbox)
{
    viv_value value = GUEST_I32(1), result;
    viv_outcome outcome;

    return viv_call(sandbox, "get", 3, &value, 1, &result, 1, &outcome, &err);
}

static int verb_resume(viv_sandbox *sandbox)
{
    viv_value result;
    viv_outcome outcome;

    return viv_call_resume(sandbox, &result, 1, &outcome, &err);
}

static int verb_wait(viv_sandbox *sandbox)
{
    return viv_call_wait(sandbox, 0, &err);
}

static int verb_cancel(viv_sandbox *sandbox)
{
    err.code = viv_call_cancel(sandbox);
    return err.code;
}

static int verb_drop(viv_sandbox *sandbox)
{
    err.code = viv_call_drop(sandbox);
    return err.code;
}

static int verb_reset(viv_sandbox *sandbox)
{
    return viv_sandbox_reset(sandbox, &err);
}

static int verb_fork(viv_sandbox *sandbox)
{
    viv_sandbox *forks[2] = {sandbox, sandbox};
    int code = viv_sandbox_fork(sandbox, 2, forks, &err);

    for (int i = 0; i < 2; i++)
        if (code == 0)
            EXPECT_EQ_INT(viv_sandbox_free(forks[i]), 0);
        else
            EXPECT(forks[i] == sandbox);
    return code;
}

static int verb_image(viv_sandbox *sandbox)
{
    viv_image *image = NULL;
    int code = viv_image_new(sandbox, &image, &err);

    EXPECT_EQ_INT(image != NULL, code == 0);
    viv_image_unref(image);
    return code;
}

static int verb_dump(viv_sandbox *sandbox)
{
    void *bytes = NULL;
    size_t len = 77;
    int code = viv_sandbox_dump(sandbox, NULL, &bytes, &len, &err);

    EXPECT(code == 0 || (bytes == NULL && len == 77));
    viv_free(bytes);
    return code;
}

static int verb_free(viv_sandbox *sandbox)
{
    err.code = viv_sandbox_free(sandbox);
    return err.code;
}

static int verb_slice(viv_sandbox *sandbox)
{
    return viv_call_slice(sandbox, 0);
}

static int verb_watch(viv_sandbox *sandbox)
{
    return viv_call_watch(sandbox, NULL, NULL);
}

enum { IDLE, RUNNING, WAITING, PAUSED, STOPPED, BUSY, STATES };

static const uint32_t AS_SEEN[STATES] = {VIV_IDLE,       VIV_RUNNING,
                                         VIV_IS_WAITING, VIV_IS_PAUSED,
                                         VIV_STOPPED,    VIV_RUNNING};

#define NO_CALL VIV_ENOCALL
#define WAITS   VIV_EWAITING

static const struct verb {
    const char *name;
    int (*do_it)(viv_sandbox *sandbox);
    int codes[STATES];
} VERBS[] = {
    {"call", verb_call, {0, VIV_EBUSY, WAITS, WAITS, VIV_ESTOPPED, VIV_EBUSY}},
    {"resume", verb_resume, {NO_CALL, VIV_EBUSY, 0, 0, NO_CALL, VIV_EBUSY}},
    {"wait", verb_wait, {NO_CALL, VIV_EBUSY, VIV_ETIME, 0, NO_CALL, VIV_EBUSY}},
    {"cancel", verb_cancel, {NO_CALL, 0, 0, 0, NO_CALL, NO_CALL}},
    {"drop", verb_drop, {NO_CALL, VIV_EBUSY, 0, 0, NO_CALL, VIV_EBUSY}},
    {"reset", verb_reset, {0, VIV_EBUSY, WAITS, WAITS, 0, VIV_EBUSY}},
    {"fork", verb_fork, {0, VIV_EBUSY, WAITS, WAITS, VIV_ESTOPPED, VIV_EBUSY}},
    {"image",
     verb_image,
     {0, VIV_EBUSY, WAITS, WAITS, VIV_ESTOPPED, VIV_EBUSY}},
    {"dump", verb_dump, {0, VIV_EBUSY, WAITS, WAITS, VIV_ESTOPPED, VIV_EBUSY}},
    {"free", verb_free, {0, VIV_EBUSY, WAITS, WAITS, 0, VIV_EBUSY}},
    {"slice", verb_slice, {0, 0, 0, 0, 0, 0}},
    {"watch", verb_watch, {0, 0, 0, 0, 0, 0}},
};

#define VERB_COUNT (sizeof(VERBS) / sizeof(VERBS[0]))

/* What must be as before when a verb is refused. */
struct seen {
    uint64_t word, cancelled;
    viv_meters last, sum;
    struct engine_end end;
    enum fiber_state fiber;
    char memory[65536];
};

static void look(struct seen *seen)
{
    struct sandbox *sandbox = inside(&guest);

    memset(seen, 0, sizeof(*seen));
    seen->word = sandbox->word;
    seen->cancelled = sandbox->cancelled;
    seen->last = sandbox->last;
    seen->sum = sandbox->sum;
    seen->end = sandbox->instance.end;
    seen->fiber = sandbox->instance.fiber.state;
    memcpy(seen->memory, sandbox->instance.region.base, sizeof(seen->memory));
}

static void expect_code(const struct verb *verb, int at)
{
    int code;

    err = (viv_error){0};
    code = verb->do_it(guest.sandbox);
    if (code != verb->codes[at])
        test_fail(TEST_AT, "%s in state %d: %s", verb->name, at,
                  code == 0 ? "0" : viv_error_name(code));
    EXPECT(code == 0 || err.code == code);
}

static void expect_refusals(int at)
{
    static struct seen before, after;

    EXPECT_EQ_INT(state(), AS_SEEN[at]);
    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (VERBS[i].codes[at] == 0)
            continue;
        look(&before);
        expect_code(&VERBS[i], at);
        look(&after);
        EXPECT_EQ_MEM(&before, &after, sizeof(before));
    }
    EXPECT_EQ_INT(state(), AS_SEEN[at]);
}

/* Those that are allowed, each from a fresh state; free comes at the end. */
static void expect_allowed(int at, void (*go_there)(void))
{
    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (VERBS[i].codes[at] != 0 || VERBS[i].do_it == verb_free)
            continue;
        viv_call_drop(guest.sandbox);
        EXPECT_EQ_INT(viv_sandbox_reset(guest.sandbox, NULL), 0);
        go_there();
        EXPECT_EQ_INT(state(), AS_SEEN[at]);
        expect_code(&VERBS[i], at);
    }
}

static void go_nowhere(void)
{
}

TEST(when_idle)
{
    begin(twice);
    expect_refusals(IDLE);
    expect_allowed(IDLE, go_nowhere);
    EXPECT_EQ_INT(guest_ask(&guest, "ask", 1), 3);
    end();
}

static void go_wait(void)
{
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
}

TEST(when_waiting)
{
    begin(later);
    go_wait();
    expect_refusals(WAITING);
    answer(1);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 2);
    expect_allowed(WAITING, go_wait);
    end();
}

static void go_pause(void)
{
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 10000), 0);
    EXPECT_EQ_INT(start("count", 100000000), VIV_PAUSED);
    EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 0), 0);
}

TEST(when_paused)
{
    begin(twice);
    go_pause();
    expect_refusals(PAUSED);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 300000000);
    expect_allowed(PAUSED, go_pause);
    end();
}

static void go_stop(void)
{
    inside(&guest)->limits.run_ns = 0;
    EXPECT_EQ_INT(start("get", 1), VIV_SPENT);
    inside(&guest)->limits.run_ns = VIV_NS_PER_S;
}

TEST(when_stopped)
{
    begin(twice);
    go_stop();
    expect_refusals(STOPPED);
    expect_allowed(STOPPED, go_stop);
    EXPECT_EQ_INT(viv_sandbox_reset(guest.sandbox, NULL), 0);
    EXPECT_EQ_INT(guest_ask(&guest, "ask", 1), 3);
    go_stop();
    guest_end(&guest);
}

TEST(when_somebody_is_at_work_on_it)
{
    begin(twice);
    EXPECT_EQ_INT(
        sandbox_take(inside(&guest), SANDBOX_QUIET, SANDBOX_BUSY, NULL, NULL),
        0);
    expect_refusals(BUSY);
    sandbox_put(inside(&guest), SANDBOX_IDLE);
    EXPECT_EQ_INT(guest_ask(&guest, "ask", 1), 3);
    end();
}

static int try_from_within(viv_host_call *call, const viv_value *args,
                           viv_value *results, void *cookie)
{
    EXPECT(viv_host_call_sandbox(call) == guest.sandbox);
    expect_refusals(RUNNING);
    EXPECT_EQ_INT(verb_slice(guest.sandbox), 0);
    EXPECT_EQ_INT(verb_watch(guest.sandbox), 0);
    return twice(call, args, results, cookie);
}

TEST(when_running_from_within)
{
    begin(try_from_within);
    EXPECT_EQ_INT(guest_ask(&guest, "ask", 1), 3);
    end();
}

static void *try_from_without(void *unused)
{
    while (state() != VIV_RUNNING || inside(&guest)->runner == 0)
        ;
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (VERBS[i].codes[RUNNING] != 0)
            expect_code(&VERBS[i], RUNNING);
    EXPECT_EQ_INT(verb_cancel(guest.sandbox), 0);
    return unused;
}

TEST(when_running_from_another_thread)
{
    pthread_t thread;

    begin(twice);
    for (int i = 0; i < 20; i++) {
        pthread_create(&thread, NULL, try_from_without, NULL);
        EXPECT_EQ_INT(start("loop", 0), VIV_CANCELLED);
        pthread_join(thread, NULL);
        reset();
    }
    end();
}

TEST(refusals_are_in_words)
{
    begin(later);
    go_wait();
    EXPECT_EQ_INT(verb_call(guest.sandbox), VIV_EWAITING);
    EXPECT_EQ_STR(err.text, "the sandbox has a call that waits: resume it or "
                            "drop it first");
    EXPECT_EQ_INT(verb_drop(guest.sandbox), 0);
    EXPECT_EQ_INT(verb_call(guest.sandbox), VIV_ESTOPPED);
    EXPECT_EQ_STR(err.text, "the sandbox was stopped in the middle of its "
                            "call: reset it first");
    reset();
    go_pause();
    EXPECT_EQ_INT(verb_reset(guest.sandbox), VIV_EWAITING);
    EXPECT_EQ_STR(err.text, "the sandbox has a call that is paused: resume it "
                            "or drop it first");
    EXPECT_EQ_INT(verb_drop(guest.sandbox), 0);
    EXPECT_EQ_INT(verb_resume(guest.sandbox), VIV_ENOCALL);
    EXPECT_EQ_STR(err.text, "no call of the sandbox waits or is paused");
    end();
}

/* ------------------------------------------------------------------------
 * Whose turn it is.
 */

static struct sandbox *shared;
static _Atomic int owners, taken;

static void *take_often(void *unused)
{
    int count = mode_is("valgrind") ? 2000 : 200000;

    for (int i = 0; i < count; i++) {
        if (sandbox_take(shared, SANDBOX_QUIET, SANDBOX_BUSY, NULL, NULL) < 0)
            continue;
        EXPECT_EQ_INT(atomic_fetch_add(&owners, 1), 0);
        atomic_fetch_sub(&owners, 1);
        atomic_fetch_add(&taken, 1);
        sandbox_put(shared, SANDBOX_IDLE);
    }
    return unused;
}

TEST(of_all_who_take_it_one_has_it)
{
    pthread_t threads[4];

    begin(twice);
    shared = inside(&guest);
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, take_often, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    EXPECT(taken > 1000);
    EXPECT_EQ_INT(sandbox_state(shared), SANDBOX_IDLE);
    EXPECT_EQ_INT(sandbox_serial(shared), 0);
    end();
}

TEST(each_call_has_a_serial_of_its_own)
{
    uint64_t serial;

    begin(later);
    for (uint64_t i = 1; i <= 5; i++) {
        EXPECT_EQ_INT(start("get", 1), VIV_RETURNED);
        EXPECT_EQ_INT(sandbox_look(inside(&guest), &serial), SANDBOX_IDLE);
        EXPECT_EQ_INT(serial, i);
    }
    EXPECT_EQ_INT(start("ask", 1), VIV_WAITING);
    EXPECT_EQ_INT(resume(), VIV_WAITING);
    answer(1);
    EXPECT_EQ_INT(resume(), VIV_RETURNED);
    EXPECT_EQ_INT(sandbox_serial(inside(&guest)), 6);
    reset();
    EXPECT_EQ_INT(sandbox_serial(inside(&guest)), 6);
    end();
}

/* ------------------------------------------------------------------------
 * Birth and reset.
 */

static const char STARTS[] =
    "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))"
    " (memory 1) (global $g (export \"g\") (mut i32) (i32.const 1))"
    " (data (i32.const 0) \"born\")"
    " (func $s (global.set $g (call $f (i32.const 21)))"
    "  (i32.store (i32.const 65536) (memory.grow (i32.const 1)))"
    "  (i32.store (i32.const 8) (i32.const 99)))"
    " (start $s)"
    " (func (export \"spoil\") (param i32) (result i32)"
    "  (global.set $g (i32.const 3)) (i32.store (i32.const 8) (i32.const 1))"
    "  (i32.store8 (i32.const 0) (i32.const 66))"
    "  (memory.grow (i32.const 5)))"
    " (func (export \"get\") (param i32) (result i32)"
    "  (i32.add (global.get $g) (i32.load (i32.const 8)))))";

/* It is its image, but for what only this process knows. */
static void expect_exact(void)
{
    struct engine_instance *instance = &inside(&guest)->instance;

    engine_instance_check(instance);
    engine_instance_sleep(instance);
    EXPECT(mem_reset_is_exact(&instance->region));
    engine_instance_wake(instance);
}

static void expect_as_born(void)
{
    char text[5] = "";

    EXPECT_EQ_INT(guest_ask(&guest, "get", 0), 42 + 99);
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 0, text, 4), 0);
    EXPECT_EQ_STR(text, "born");
    EXPECT_EQ_INT(viv_memory_bytes(guest.sandbox), 2 * 65536);
}

TEST(it_goes_back_to_what_it_was_after_the_start_function)
{
    viv_import imports[] = {GUEST_FUNC("f", I32, 1, I32, 1, twice, NULL)};

    guest = guest_start_with(STARTS, imports, 1);
    expect_as_born();
    for (int i = 0; i < 20; i++) {
        EXPECT_EQ_INT(guest_ask(&guest, "spoil", 0), 2);
        EXPECT_EQ_INT(viv_memory_bytes(guest.sandbox), 7 * 65536);
        reset();
        expect_exact();
        expect_as_born();
    }
    guest_end(&guest);
}

TEST(it_begins_as_an_image_of_its_own)
{
    struct sandbox *sandbox;

    begin(twice);
    sandbox = inside(&guest);
    EXPECT(sandbox->image != NULL);
    EXPECT(sandbox->instance.region.image == sandbox->image->pages);
    EXPECT(!sandbox->is_starting);
    engine_instance_check(&sandbox->instance);
    end();
}

static uint32_t kind_of_start(const char *body, viv_host_func *func)
{
    char wat[512];
    viv_import imports[] = {GUEST_FUNC("f", I32, 1, I32, 1, func, NULL)};
    viv_module *module;

    snprintf(wat, sizeof(wat),
             "(module (import \"env\" \"f\" (func $f (param i32)"
             " (result i32))) (memory 1) (func $s %s) (start $s))",
             body);
    module = guest_load(wat, false);
    guest = guest_of(module, imports, 1, &limits);
    viv_module_unref(module);
    EXPECT_EQ_INT(guest.sandbox != NULL, guest.outcome.kind == VIV_RETURNED);
    guest_end(&guest);
    return guest.outcome.kind;
}

static int cancel_now(viv_host_call *call, const viv_value *args,
                      viv_value *results, void *cookie)
{
    (void)args, (void)results, (void)cookie;
    EXPECT_EQ_INT(viv_call_cancel(viv_host_call_sandbox(call)), 0);
    spin_for(20 * MS);
    return 0;
}

static int slice_now(viv_host_call *call, const viv_value *args,
                     viv_value *results, void *cookie)
{
    (void)args, (void)results, (void)cookie;
    EXPECT_EQ_INT(viv_call_slice(viv_host_call_sandbox(call), 10000), 0);
    return 0;
}

/* The start function is a call like any other, but that nobody could resume
 * it. */
TEST(a_start_function_ends_in_all_ways)
{
    viv_limits_default(&limits);
    limits.run_ns = 20 * MS;
    EXPECT_EQ_INT(kind_of_start("(drop (call $f (i32.const 4)))", twice),
                  VIV_RETURNED);
    EXPECT_EQ_INT(kind_of_start("unreachable", twice), VIV_TRAPPED);
    EXPECT_EQ_INT(kind_of_start("(loop $l (br $l))", twice), VIV_SPENT);
    EXPECT_EQ_INT(guest.outcome.limit, VIV_LIMIT_RUN_TIME);
    EXPECT_EQ_INT(kind_of_start("(drop (call $f (i32.const 4)))", leave_now),
                  VIV_EXITED);
    EXPECT_EQ_INT(guest.outcome.exit_code, 4);
    EXPECT_EQ_INT(kind_of_start("(drop (call $f (i32.const 4)))", fail_now),
                  VIV_TRAPPED);
    limits.run_ns = 2000 * MS;
    if (!mode_is("valgrind"))
        EXPECT_EQ_INT(kind_of_start("(drop (call $f (i32.const 4)))"
                                    "(loop $l (br $l))",
                                    cancel_now),
                      VIV_CANCELLED);
    EXPECT_EQ_INT(kind_of_start("(local i32) (drop (call $f (i32.const 4)))"
                                "(local.set 0 (i32.const 30000000))"
                                "(loop $l (br_if $l (local.tee 0 (i32.sub"
                                " (local.get 0) (i32.const 1)))))",
                                slice_now),
                  VIV_RETURNED);
    limits.host_calls = 0;
    EXPECT_EQ_INT(kind_of_start("(drop (call $f (i32.const 4)))", twice),
                  VIV_SPENT);
    EXPECT_EQ_INT(guest.outcome.limit, VIV_LIMIT_HOST_CALLS);
}

TEST(reset_makes_fit_after_everything)
{
    viv_limits_default(&limits);
    limits.run_ns = 20 * MS;
    begin(twice);
    for (int i = 0; i < 5; i++) {
        EXPECT_EQ_INT(guest_ask(&guest, "set", 1234), 1234);
        EXPECT_EQ_INT(guest_ask(&guest, "grow", 3), 1);
        EXPECT_EQ_INT(guest_ask(&guest, "grow_table", 9), 1);
        EXPECT_EQ_INT(guest_ask(&guest, "indirect", 1), 1234);
        EXPECT_EQ_INT(guest_ask(&guest, "drop", 0), 0);
        EXPECT_EQ_INT(guest_trap_of(&guest, "init", 4), VIV_TRAP_MEMORY);
        EXPECT_EQ_INT(start(i % 2 ? "trap" : "loop", 0),
                      i % 2 ? VIV_TRAPPED : VIV_SPENT);
        reset();
        expect_exact();
        EXPECT_EQ_INT(guest_ask(&guest, "get", 0), 7);
        EXPECT_EQ_INT(guest_ask(&guest, "load", 60000), 0);
        EXPECT_EQ_INT(guest_ask(&guest, "size", 0), 1);
        EXPECT_EQ_INT(guest_ask(&guest, "table_size", 0), 1);
        EXPECT_EQ_INT(guest_trap_of(&guest, "indirect", 1), VIV_TRAP_TABLE);
        EXPECT_EQ_INT(guest_ask(&guest, "init", 4), 0x64636261);
        reset();
    }
    end();
}

static int do_new(void)
{
    viv_import imports[] = {GUEST_FUNC("f", I32, 1, I32, 1, twice, NULL)};
    viv_sandbox *made = guest.sandbox;
    viv_outcome outcome;
    int code =
        viv_sandbox_new(guest.module, imports, 1, NULL, &made, &outcome, &err);

    EXPECT_EQ_INT(made != guest.sandbox, code == 0);
    if (code == 0)
        viv_sandbox_free(made);
    return code;
}

static volatile int storm_target, storm_is_over;

static void *nudge_all_the_time(void *unused)
{
    while (!storm_is_over) {
        os_nudge_send(storm_target);
        if (mode_is("valgrind"))
            sched_yield();
    }
    return unused;
}

/* Nudges cut system calls short: none of those is one that minds. */
TEST(nudges_do_not_disturb_births_resets_and_images)
{
    int count = mode_is("valgrind") ? 10 : 500;
    viv_sandbox *forks[2];
    pthread_t thread;

    begin(twice);
    storm_target = os_nudge_self();
    pthread_create(&thread, NULL, nudge_all_the_time, NULL);
    for (int i = 0; i < count; i++) {
        EXPECT_EQ_INT(guest_ask(&guest, "set", 1234), 1234);
        EXPECT_EQ_INT(guest_ask(&guest, "grow", 3), 1);
        EXPECT_EQ_INT(viv_sandbox_fork(guest.sandbox, 2, forks, &err), 0);
        reset();
        expect_exact();
        for (int f = 0; f < 2; f++) {
            struct guest fork = {.sandbox = forks[f]};

            EXPECT_EQ_INT(guest_ask(&fork, "get", 0), 1234);
            EXPECT_EQ_INT(guest_ask(&fork, "size", 0), 4);
            EXPECT_EQ_INT(viv_sandbox_free(forks[f]), 0);
        }
        EXPECT_EQ_INT(do_new(), 0);
    }
    storm_is_over = 1;
    pthread_join(thread, NULL);
    end();
}

/* ------------------------------------------------------------------------
 * Failure, and numbers of them.
 */

static int count_entries(const char *folder)
{
    DIR *dir = opendir(folder);
    int count = 0;

    EXPECT(dir != NULL);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

static int count_mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    int c, lines = 0;

    EXPECT(maps != NULL);
    while ((c = getc(maps)) != EOF)
        lines += c == '\n';
    fclose(maps);
    return lines;
}

/* What fails, one of these at a time. */
static viv_image *frozen;

static int do_from(void)
{
    viv_sandbox *made = guest.sandbox;
    int code = viv_sandbox_from(frozen, NULL, &made, &err);

    EXPECT_EQ_INT(made != guest.sandbox, code == 0);
    if (code == 0)
        viv_sandbox_free(made);
    return code;
}

static int do_fork(void)
{
    return verb_fork(guest.sandbox);
}

static int do_image(void)
{
    return verb_image(guest.sandbox);
}

static int do_reset(void)
{
    return verb_reset(guest.sandbox);
}

static int do_call(void)
{
    return verb_call(guest.sandbox);
}

/* Fail everywhere, and be as before each time. */
static void walk(int (*do_it)(void), void (*fail_at)(uint64_t), uint64_t least)
{
    int fds = count_entries("/proc/self/fd"), maps, code;
    uint64_t n;

    EXPECT_EQ_INT(do_it(), 0); /* what is kept for good is there then */
    maps = count_mappings();
    for (n = 1;; n++) {
        err = (viv_error){0};
        fail_at(n);
        code = do_it();
        fail_at(0);
        if (code == 0)
            break;
        EXPECT(code == VIV_ENOMEM || code == VIV_EIO);
        EXPECT_EQ_INT(err.code, code);
        EXPECT(err.text[0] != '\0');
        EXPECT(state() == VIV_IDLE || state() == VIV_STOPPED);
    }
    EXPECT(n > least);
    EXPECT_EQ_INT(count_entries("/proc/self/fd"), fds);
    EXPECT(count_mappings() <= maps + 4); /* of the heap, and of others */
    if (state() == VIV_STOPPED)
        reset();
    EXPECT_EQ_INT(guest_ask(&guest, "ask", 1), 3);
}

TEST(every_failing_allocation_is_survived)
{
    begin(twice);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &frozen, NULL), 0);
    walk(do_new, base_alloc_fail_at, 6);
    walk(do_from, base_alloc_fail_at, 3);
    walk(do_fork, base_alloc_fail_at, 6);
    walk(do_image, base_alloc_fail_at, 2);
    walk(do_call, base_alloc_fail_at, 0);
    viv_image_unref(frozen);
    end();
}

TEST(every_failing_system_call_is_survived)
{
    begin(twice);
    EXPECT_EQ_INT(viv_image_new(guest.sandbox, &frozen, NULL), 0);
    walk(do_new, os_fail_at, 6);
    walk(do_from, os_fail_at, 3);
    walk(do_fork, os_fail_at, 6);
    walk(do_image, os_fail_at, 2);
    walk(do_call, os_fail_at, 0);
    viv_image_unref(frozen);
    end();
}

/* A reset that fails leaves a sandbox that is stopped, and can try again. */
TEST(a_failing_reset_is_survived)
{
    begin(twice);
    for (uint64_t n = 1; n < 100; n++) {
        int code;

        EXPECT_EQ_INT(guest_ask(&guest, "set", 5), 5);
        EXPECT_EQ_INT(guest_ask(&guest, "grow", 5), 1);
        os_fail_at(n);
        code = do_reset();
        os_fail_at(0);
        EXPECT(code == 0 || code == VIV_EIO || code == VIV_ENOMEM);
        EXPECT_EQ_INT(state(), code == 0 ? VIV_IDLE : VIV_STOPPED);
        EXPECT_EQ_INT(do_reset(), 0);
        EXPECT_EQ_INT(guest_ask(&guest, "get", 0), 7);
        EXPECT_EQ_INT(guest_ask(&guest, "size", 0), 1);
    }
    end();
}

static void *fail_there(void *unused)
{
    uint64_t n;
    int code;

    for (n = 1;; n++) {
        os_fail_at(n);
        code = do_call();
        os_fail_at(0);
        if (code == 0)
            break;
        EXPECT(code == VIV_ENOMEM || code == VIV_EIO);
        EXPECT_EQ_INT(err.code, code);
        EXPECT_EQ_INT(state(), VIV_IDLE);
    }
    EXPECT(n > 3);
    return unused;
}

TEST(a_first_call_on_a_thread_that_fails_is_survived)
{
    pthread_t thread;

    begin(twice);
    pthread_create(&thread, NULL, fail_there, NULL);
    pthread_join(thread, NULL);
    EXPECT_EQ_INT(guest_ask(&guest, "ask", 1), 3);
    end();
}
