/* test_engine_backtrace.c - where a guest was when its call was stopped.
 *
 * Functions call each other through a table, so that each stays a function: the
 * backtrace is then known exactly, whatever compiler made the code.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_backtrace.h"

#include "api/api.h"
#include "engine/engine_birth.h"
#include "engine/engine_call.h"
#include "guest.h"
#include "mode_tools.h"
#include "os/os_enter.h"

#define MAX        64
#define TEXT_BYTES 200000
#define LARGE      700 /* locals: more than a page of them */
#define HOW_COUNT  9

static struct guest guest;
static viv_frame frames[MAX];
static bool more;

static const struct engine_instance *instance_of(const struct guest *it)
{
    return &api_sandbox(it->sandbox)->instance;
}

/* The names of the frames, innermost first. */
static const char *names_of(const struct engine_instance *instance, size_t max)
{
    static char text[MAX * 32];
    size_t count = engine_backtrace(instance, frames, max, &more), len = 0;

    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%.*s",
                                i > 0 ? " " : "", (int)frames[i].name_len,
                                frames[i].name);
    return text;
}

static const char *names(void)
{
    return names_of(instance_of(&guest), MAX);
}

static int fail_at_7(viv_host_call *call, const viv_value *args,
                     viv_value *results, void *cookie)
{
    (void)call, (void)cookie;
    results[0].i32 = args[0].i32;
    return args[0].i32 == 7 ? -77 : 0;
}

static const uint8_t i32[] = {VIV_I32};
static const viv_import imports[] = {
    GUEST_FUNC("fail", i32, 1, i32, 1, fail_at_7, NULL),
};

/* `go` calls `middle`, which calls entry k of the table. */
#define HEAD                                                                   \
    "(module (import \"env\" \"fail\" (func $fail (param i32) (result i32)))"  \
    " (memory 1) (type $t (func (param i32 i32) (result i32)))"                \
    " (data $d \"abc\") (elem $e funcref (ref.func $go))"                      \
    " (table 16 funcref) (elem (i32.const 1) $middle $unreachable $load"       \
    "   $vector $null $host $copy $init $deep $divide $large $grown)"          \
    " (func $go (export \"go\") (type $t) (i32.add (i32.const 1)"              \
    "   (call_indirect (type $t) (local.get 0) (local.get 1) (i32.const 1))))" \
    " (func $middle (type $t) (i32.mul (i32.const 3) (call_indirect"           \
    "   (type $t) (local.get 0) (local.get 1) (local.get 0))))"

enum {
    UNREACHABLE = 2,
    LOAD,
    VECTOR,
    NULL_FUNC,
    HOST,
    COPY,
    INIT,
    DEEP,
    DIVIDE,
    LARGE_LOAD,
    GROWN
};

#define FUNCTIONS                                                              \
    " (func $unreachable (type $t) unreachable)"                               \
    " (func $load (type $t) (i32.load offset=4 (local.get 1)))"                \
    " (func $vector (type $t) (local v128 v128 v128 v128)"                     \
    "   (local.set 2 (i32x4.splat (local.get 0)))"                             \
    "   (local.set 3 (f32x4.sqrt (local.get 2)))"                              \
    "   (local.set 4 (f64x2.sqrt (local.get 3)))"                              \
    "   (drop (call_indirect (type $t) (local.get 0) (i32.const 8)"            \
    "     (i32.const 12)))"                                                    \
    "   (local.set 5 (v128.load (local.get 1)))"                               \
    "   (v128.store (i32.const 16) (f32x4.add (f32x4.add (local.get 2)"        \
    "     (local.get 3)) (f32x4.add (local.get 4) (local.get 5))))"            \
    "   (i32.const 1))"                                                        \
    " (func $null (type $t) (call_indirect (type $t) (local.get 0)"            \
    "   (local.get 1) (i32.const 15)))"                                        \
    " (func $host (type $t) (i32.add (i32.const 1) (call $fail"                \
    "   (local.get 1))))"                                                      \
    " (func $copy (type $t) (memory.copy (i32.const 0) (i32.const 65530)"      \
    "   (local.get 1)) (i32.const 0))"                                         \
    " (func $init (type $t) (table.init $e (i32.const 0) (i32.const 0)"        \
    "   (local.get 1)) (i32.const 0))"                                         \
    " (func $deep (type $t) (i32.add (i32.load (local.get 1)) (call_indirect"  \
    "   (type $t) (local.get 0) (local.get 1) (local.get 0))))"                \
    " (func $divide (type $t) (i32.div_u (local.get 0) (local.get 1)))"        \
    " (func $grown (type $t) (drop (memory.grow (i32.const 0)))"               \
    "   (i32.load (local.get 1)))"

/* Many locals that are alive when a load fails. */
static const char *whole(void)
{
    static char text[TEXT_BYTES];
    size_t len = 0;

#define ADD(...)                                                               \
    len += (size_t)snprintf(text + len, TEXT_BYTES - len, __VA_ARGS__)
    ADD(HEAD FUNCTIONS " (func $large (type $t) (local i64");
    for (int i = 1; i < LARGE; i++)
        ADD(" i64");
    ADD(")");
    for (int i = 0; i < LARGE; i++)
        ADD("(local.set %d (i64.load offset=%d (i32.const 0)))", i + 2, 8 * i);
    ADD("(drop (i32.load (local.get 1)))");
    for (int i = 2; i < LARGE + 1; i++)
        ADD("(local.set %d (i64.add (i64.rotl (local.get %d) (i64.const 1))"
            " (local.get %d)))",
            i + 1, i, i + 1);
    ADD("(i32.wrap_i64 (local.get %d))))", LARGE + 1);
    EXPECT(len < TEXT_BYTES);
    return text;
}

static void call(uint32_t k, uint32_t arg)
{
    guest_call(&guest, "go", GUEST_ARGS(GUEST_I32(k), GUEST_I32(arg)), 2, 1);
}

static void expect_trap(uint32_t k, uint32_t arg, uint32_t trap,
                        const char *where)
{
    call(k, arg);
    EXPECT_EQ_INT(guest.outcome.kind, VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.trap, trap);
    EXPECT_EQ_STR(names(), where);
    EXPECT(!more);
    for (size_t i = 0; i < 3; i++)
        EXPECT(frames[i].offset > 0 && frames[i].offset < 1 << 20);
}

#define BAD UINT32_C(0xffff0000)

static void expect_traps(void)
{
    expect_trap(UNREACHABLE, 0, VIV_TRAP_UNREACHABLE, "unreachable middle go");
    expect_trap(LOAD, BAD, VIV_TRAP_MEMORY, "load middle go");
    expect_trap(VECTOR, BAD, VIV_TRAP_MEMORY, "vector middle go");
    expect_trap(NULL_FUNC, 0, VIV_TRAP_NULL_FUNC, "null middle go");
    expect_trap(HOST, 7, VIV_TRAP_HOST, "fail host middle go");
    expect_trap(COPY, 7, VIV_TRAP_MEMORY, "copy middle go");
    expect_trap(INIT, 2, VIV_TRAP_TABLE, "init middle go");
    expect_trap(DIVIDE, 0, VIV_TRAP_DIVIDE_BY_ZERO, "divide middle go");
    expect_trap(LARGE_LOAD, BAD, VIV_TRAP_MEMORY, "large middle go");
    expect_trap(GROWN, BAD, VIV_TRAP_MEMORY, "grown middle go");
}

/* Recursion without end: the innermost, and that there are more. */
static void expect_deep(void)
{
    call(DEEP, 0);
    EXPECT_EQ_INT(guest.outcome.trap, VIV_TRAP_STACK);
    EXPECT_EQ_STR(names_of(instance_of(&guest), 4), "deep deep deep deep");
    EXPECT(more);
    EXPECT_EQ_INT(engine_backtrace(instance_of(&guest), frames, MAX, &more),
                  MAX);
    EXPECT(more);
}

static bool has(const char *program)
{
    char command[64];

    snprintf(command, sizeof(command), "command -v %s >/dev/null", program);
    return system(command) == 0;
}

static void begin_as(const struct guest_how *how)
{
    viv_module *module = guest_load_as(whole(), how);

    guest = guest_of(module, imports, 1, NULL);
    viv_module_unref(module);
}

static void begin(void)
{
    begin_as(&(struct guest_how){.cc = "clang-19", .level = 1, .names = true});
}

TEST(each_way_to_trap_has_its_backtrace_by_every_compiler)
{
    static const char *const compilers[] = {"clang-19", "clang-14", "gcc-12"};

    for (int i = 0; i < HOW_COUNT; i++) {
        struct guest_how how = {
            .cc = compilers[i / 3], .level = 1 + i % 3, .names = true};

        if (!has(how.cc))
            continue;
        printf("%s -O%d\n", how.cc, how.level);
        begin_as(&how);
        expect_traps();
        /* Of an instruction that faulted in the middle valgrind reports
         * registers from its end. */
        if (!mode_is("valgrind"))
            expect_deep();
        expect_traps();
        guest_end(&guest);
    }
}

TEST(the_whole_of_a_stack_that_has_ended_can_be_walked)
{
    viv_limits limits;
    viv_module *module;
    viv_frame *all = calloc(65536, sizeof(*all));
    size_t count;

    if (mode_is("valgrind"))
        SKIP("valgrind reports other registers");
    module = guest_load_as(
        whole(),
        &(struct guest_how){.cc = "clang-19", .level = 1, .names = true});
    viv_limits_default(&limits);
    limits.stack_bytes = 262144;
    guest = guest_of(module, imports, 1, &limits);
    viv_module_unref(module);
    call(DEEP, 0);
    EXPECT_EQ_INT(guest.outcome.trap, VIV_TRAP_STACK);
    count = engine_backtrace(instance_of(&guest), all, 65536, &more);
    EXPECT(!more);
    EXPECT(count > 1000);
    for (size_t i = 0; i < count; i++) {
        const char *name = i == count - 1   ? "go"
                           : i == count - 2 ? "middle"
                                            : "deep";

        EXPECT_EQ_INT(all[i].name_len, strlen(name));
        EXPECT_EQ_MEM(all[i].name, name, strlen(name));
    }
    free(all);
    guest_end(&guest);
}

/* The stack ends in functions of ours, which have no frames to walk by. */
TEST(a_stack_that_ends_on_the_way_to_a_host_function_can_be_walked)
{
    viv_module *module = guest_load_as(
        "(module (import \"env\" \"fail\" (func $fail (param i32) (result "
        "i32)))"
        " (memory 1) (func $f (export \"f\") (param i32) (result i32)"
        "   (drop (call $fail (i32.const 1)))"
        "   (i32.add (call $f (local.get 0)) (i32.load (i32.const 0)))))",
        &(struct guest_how){.cc = "clang-19", .level = 2, .names = true});

    if (mode_is("valgrind"))
        SKIP("valgrind reports other registers");
    guest = guest_of(module, imports, 1, NULL);
    viv_module_unref(module);
    EXPECT_EQ_INT(guest_trap_of(&guest, "f", 0), VIV_TRAP_STACK);
    EXPECT_EQ_STR(names_of(instance_of(&guest), 5), "fail f f f f");
    EXPECT(more);
    guest_end(&guest);
}

TEST(a_call_that_returned_has_no_backtrace)
{
    begin();
    EXPECT_EQ_STR(names(), "");
    call(UNREACHABLE, 0);
    EXPECT_EQ_STR(names(), "unreachable middle go");
    EXPECT_EQ_STR(names(), "unreachable middle go");
    call(LOAD, 8);
    EXPECT_EQ_INT(guest.outcome.kind, VIV_RETURNED);
    EXPECT_EQ_STR(names(), "");
    EXPECT(!more);
    guest_end(&guest);
}

TEST(as_many_are_written_as_there_is_room_for)
{
    const struct engine_instance *instance;

    begin();
    instance = instance_of(&guest);
    call(HOST, 7);
    EXPECT_EQ_STR(names_of(instance, 4), "fail host middle go");
    EXPECT(!more);
    EXPECT_EQ_STR(names_of(instance, 3), "fail host middle");
    EXPECT(more);
    EXPECT_EQ_STR(names_of(instance, 1), "fail");
    EXPECT(more);
    EXPECT_EQ_STR(names_of(instance, 0), "");
    EXPECT(more);
    guest_end(&guest);
}

TEST(a_metered_guest_that_is_spent_was_somewhere)
{
    viv_limits limits;
    viv_module *module = guest_load_as(
        "(module (func $spin (export \"spin\")"
        " (loop $l (br $l))))",
        &(struct guest_how){
            .cc = "clang-19", .level = 1, .fuel = true, .names = true});

    viv_limits_default(&limits);
    limits.fuel = 1000;
    guest = guest_of(module, NULL, 0, &limits);
    viv_module_unref(module);
    EXPECT_EQ_INT(guest_call(&guest, "spin", NULL, 0, 0), VIV_SPENT);
    EXPECT_EQ_STR(names(), "spin");
    guest_end(&guest);
}

TEST(a_start_function_that_traps_has_one)
{
    viv_module *module = guest_load_as(
        "(module (func $begin unreachable) (start $begin))",
        &(struct guest_how){.cc = "clang-19", .level = 1, .names = true});
    struct engine_instance instance;
    struct engine_link *link;
    viv_limits limits;

    viv_limits_default(&limits);
    EXPECT_EQ_INT(os_enter_thread(NULL), 0);
    EXPECT_EQ_INT(engine_link_new(api_module(module), NULL, 0, &link, NULL), 0);
    EXPECT_EQ_INT(
        engine_instance_init(&instance, link, NULL, &limits, NULL, NULL), 0);
    EXPECT_EQ_STR(names_of(&instance, MAX), "");
    EXPECT(engine_birth_fill(&instance));
    EXPECT_EQ_INT(engine_call_start(&instance, 0, NULL), FIBER_STOPPED);
    EXPECT_EQ_STR(names_of(&instance, MAX), "begin");
    engine_instance_fini(&instance);
    engine_link_unref(link);
    viv_module_unref(module);
}

/* ------------------------------------------------------------------------
 * Calls that are stopped, paused, or wait.
 */

/* `spin` never ends; `fill` is in a helper nearly all of the time. */
static const char ENDLESS[] =
    "(module (import \"env\" \"fail\" (func $later (param i32) (result i32)))"
    " (memory 64) (type $t (func (param i32) (result i32)))"
    " (table 4 funcref) (elem (i32.const 0) $spin $fill $wait)"
    " (func $spin (type $t) (loop $l (result i32) (br $l)))"
    " (func $fill (type $t) (loop $l (result i32) (memory.fill (i32.const 0)"
    "   (i32.const 0) (i32.const 4194304)) (br $l)))"
    " (func $wait (type $t) (i32.add (i32.const 1) (call $later"
    "   (local.get 0))))"
    " (func $go (export \"go\") (type $t) (i32.add (i32.const 1)"
    "   (call_indirect (type $t) (local.get 0) (local.get 0)))))";

enum { SPIN, FILL, WAIT };

static viv_token *token;

static int answer_later(viv_host_call *host_call, const viv_value *args,
                        viv_value *results, void *cookie)
{
    (void)args, (void)results, (void)cookie;
    EXPECT_EQ_INT(viv_host_call_later(host_call, &token, NULL), 0);
    return VIV_LATER;
}

static const viv_import later[] = {
    GUEST_FUNC("fail", i32, 1, i32, 1, answer_later, NULL),
};

static void begin_endless(const viv_limits *limits)
{
    viv_module *module = guest_load_as(
        ENDLESS,
        &(struct guest_how){.cc = "clang-19", .level = 2, .names = true});

    guest = guest_of(module, later, 1, limits);
    viv_module_unref(module);
}

static void expect_end(uint32_t which, uint32_t kind, const char *where)
{
    EXPECT_EQ_INT(guest_call(&guest, "go", GUEST_ARGS(GUEST_I32(which)), 1, 1),
                  kind);
    EXPECT_EQ_STR(names(), where);
    EXPECT(!more);
}

TEST(a_guest_whose_time_is_over_was_somewhere)
{
    viv_limits limits;

    viv_limits_default(&limits);
    limits.run_ns = 20000000;
    begin_endless(&limits);
    expect_end(SPIN, VIV_SPENT, "spin go");
    EXPECT_EQ_INT(viv_sandbox_reset(guest.sandbox, NULL), 0);
    EXPECT_EQ_STR(names(), "");
    expect_end(FILL, VIV_SPENT, "fill go");
    guest_end(&guest);
}

/* Paused between two instructions, or in a helper that looks up. */
TEST(a_guest_that_is_paused_is_somewhere)
{
    static const char *const where[] = {"spin go", "fill go"};

    for (uint32_t which = SPIN; which <= FILL; which++) {
        begin_endless(NULL);
        EXPECT_EQ_INT(viv_call_slice(guest.sandbox, 2000000), 0);
        expect_end(which, VIV_PAUSED, where[which]);
        for (int i = 0; i < 10; i++) {
            EXPECT_EQ_INT(viv_call_resume(guest.sandbox, guest.results, 1,
                                          &guest.outcome, NULL),
                          0);
            EXPECT_EQ_INT(guest.outcome.kind, VIV_PAUSED);
            EXPECT_EQ_STR(names(), where[which]);
        }
        EXPECT_EQ_INT(viv_call_drop(guest.sandbox), 0);
        EXPECT_EQ_STR(names(), where[which]);
        guest_end(&guest);
    }
}

TEST(a_guest_that_waits_is_in_the_host_function)
{
    viv_value answer = {.i32 = 5};

    begin_endless(NULL);
    expect_end(WAIT, VIV_WAITING, "later wait go");
    EXPECT_EQ_INT(viv_token_answer(token, &answer, 1), 0);
    EXPECT_EQ_STR(names(), "later wait go");
    EXPECT_EQ_INT(
        viv_call_resume(guest.sandbox, guest.results, 1, &guest.outcome, NULL),
        0);
    EXPECT_EQ_INT(guest.outcome.kind, VIV_RETURNED);
    EXPECT_EQ_INT(guest.results[0].i32, 7);
    EXPECT_EQ_STR(names(), "");
    viv_token_free(token);
    guest_end(&guest);
}

TEST(a_host_call_too_many_was_somewhere)
{
    viv_limits limits;

    viv_limits_default(&limits);
    limits.host_calls = 0;
    begin_endless(&limits);
    expect_end(WAIT, VIV_SPENT, "later wait go");
    guest_end(&guest);
}

/* ------------------------------------------------------------------------
 * While a host function runs.
 */

static struct guest inner;

static int run_inner(viv_host_call *host_call, const viv_value *args,
                     viv_value *results, void *cookie)
{
    (void)host_call, (void)args, (void)cookie;
    EXPECT_EQ_STR(names(), "fail host middle go");
    EXPECT_EQ_STR(names_of(instance_of(&inner), MAX), "");
    guest_call(&inner, "go", GUEST_ARGS(GUEST_I32(LOAD), GUEST_I32(BAD)), 2, 1);
    EXPECT_EQ_STR(names_of(instance_of(&inner), MAX), "load middle go");
    EXPECT_EQ_STR(names(), "fail host middle go");
    results[0].i32 = 5;
    return 0;
}

TEST(it_tells_where_the_guest_is_from_inside_a_host_function)
{
    static const viv_import with_inner[] = {
        GUEST_FUNC("fail", i32, 1, i32, 1, run_inner, NULL),
    };
    viv_module *module = guest_load_as(
        whole(),
        &(struct guest_how){.cc = "clang-19", .level = 2, .names = true});

    guest = guest_of(module, with_inner, 1, NULL);
    inner = guest_of(module, imports, 1, NULL);
    viv_module_unref(module);
    call(HOST, 0);
    EXPECT_EQ_INT(guest.outcome.kind, VIV_RETURNED);
    EXPECT_EQ_STR(names(), "");
    EXPECT_EQ_STR(names_of(instance_of(&inner), MAX), "load middle go");
    guest_end(&inner);
    guest_end(&guest);
}

/* ------------------------------------------------------------------------
 * Names.
 */

TEST(without_names_exports_and_imports_have_theirs)
{
    begin_as(&(struct guest_how){.cc = "clang-19", .level = 1});
    call(HOST, 7);
    EXPECT_EQ_INT(engine_backtrace(instance_of(&guest), frames, MAX, &more), 4);
    EXPECT_EQ_INT(frames[0].func, 0);
    EXPECT_EQ_MEM(frames[0].name, "fail", 5);
    EXPECT_EQ_INT(frames[1].func, 7);
    EXPECT(frames[1].name == NULL);
    EXPECT_EQ_INT(frames[1].name_len, 0);
    EXPECT_EQ_INT(frames[2].func, 2);
    EXPECT(frames[2].name == NULL);
    EXPECT_EQ_INT(frames[3].func, 1);
    EXPECT_EQ_MEM(frames[3].name, "go", 3);
    guest_end(&guest);
}
