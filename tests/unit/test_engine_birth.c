/* test_engine_birth.c - what a guest begins with.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_birth.h"

#include "guest.h"

static struct guest guest;
static viv_error err;

/* Born of `wat`, or not: returns the kind of outcome, or the error's code. */
static int birth_of(const char *wat, const viv_limits *limits)
{
    viv_module *module = guest_load(wat, false);
    viv_outcome outcome;
    viv_sandbox *sandbox;
    int code =
        viv_sandbox_new(module, NULL, 0, limits, &sandbox, &outcome, &err);

    viv_module_unref(module);
    if (code < 0)
        return code;
    EXPECT_EQ_INT(sandbox != NULL, outcome.kind == VIV_RETURNED);
    viv_sandbox_free(sandbox);
    guest.outcome = outcome;
    return (int)outcome.kind;
}

/* ------------------------------------------------------------------------
 * What a guest is born with.
 */

TEST(active_segments_are_copied)
{
    char there[8];

    guest = guest_start(
        "(module (memory 1) (table 4 funcref) (global $at i32 (i32.const 9))"
        " (data (i32.const 3) \"abc\") (data (i32.const 5) \"XY\")"
        " (elem (i32.const 1) $f) (func $f (result i32) (i32.const 5))"
        " (func (export \"call\") (param i32) (result i32)"
        "   (call_indirect (result i32) (local.get 0))))");
    EXPECT_EQ_INT(viv_memory_read(guest.sandbox, 2, there, 6), 0);
    EXPECT_EQ_MEM(there, "\0abXY\0", 6);
    EXPECT_EQ_INT(guest_ask(&guest, "call", 1), 5);
    EXPECT_EQ_INT(guest_trap_of(&guest, "call", 0), VIV_TRAP_NULL_FUNC);
    guest_end(&guest);
}

TEST(active_and_declarative_segments_are_dropped_at_birth)
{
    guest = guest_start(
        "(module (memory 1) (table 4 funcref) (func $f)"
        " (data $d (i32.const 0) \"a\") (elem $e (i32.const 0) $f)"
        " (elem $x declare func $f)"
        " (func (export \"d\") (param i32) (result i32) (memory.init $d"
        "   (i32.const 0) (i32.const 0) (local.get 0)) (i32.const 1))"
        " (func (export \"e\") (param i32) (result i32) (table.init $e"
        "   (i32.const 0) (i32.const 0) (local.get 0)) (i32.const 1))"
        " (func (export \"x\") (param i32) (result i32) (table.init $x"
        "   (i32.const 0) (i32.const 0) (local.get 0)) (i32.const 1)))");
    EXPECT_EQ_INT(guest_ask(&guest, "d", 0), 1);
    EXPECT_EQ_INT(guest_trap_of(&guest, "d", 1), VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(guest_trap_of(&guest, "e", 1), VIV_TRAP_TABLE);
    EXPECT_EQ_INT(guest_trap_of(&guest, "x", 1), VIV_TRAP_TABLE);
    guest_end(&guest);
}

TEST(a_segment_that_does_not_fit_is_a_trap)
{
    EXPECT_EQ_INT(birth_of("(module (memory 1) (data (i32.const 65535) "
                           "\"ab\"))",
                           NULL),
                  VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.trap, VIV_TRAP_MEMORY);
    EXPECT_EQ_INT(guest.outcome.address, 65536);
    EXPECT_EQ_INT(birth_of("(module (table 1 funcref) (func $f) (elem "
                           "(i32.const 1) $f))",
                           NULL),
                  VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.trap, VIV_TRAP_TABLE);
    EXPECT_EQ_INT(
        birth_of("(module (memory 1) (data (i32.const -1) \"\"))", NULL),
        VIV_TRAPPED);
    EXPECT_EQ_INT(birth_of("(module (memory 1) (data (i32.const 65536) "
                           "\"\"))",
                           NULL),
                  VIV_RETURNED);
}

TEST(the_start_function_runs)
{
    guest = guest_start("(module (global $g (export \"g\") (mut i32) "
                        "(i32.const 1)) (func $s (global.set $g "
                        "(i32.const 42))) (start $s))");
    viv_value value;
    uint32_t type;

    EXPECT_EQ_INT(viv_global_get(guest.sandbox, "g", 1, &value, &type), 0);
    EXPECT_EQ_INT(value.i32, 42);
    guest_end(&guest);
}

TEST(a_start_function_that_traps_leaves_no_sandbox)
{
    EXPECT_EQ_INT(birth_of("(module (func $s unreachable) (start $s))", NULL),
                  VIV_TRAPPED);
    EXPECT_EQ_INT(guest.outcome.trap, VIV_TRAP_UNREACHABLE);
}

static int peek(viv_host_call *call, const viv_value *args, viv_value *results,
                void *cookie)
{
    char *there = cookie;

    (void)args, (void)results;
    EXPECT_EQ_INT(viv_memory_read(viv_host_call_sandbox(call), 0, there, 2), 0);
    EXPECT_EQ_INT(viv_sandbox_free(viv_host_call_sandbox(call)), VIV_EBUSY);
    return 0;
}

TEST(a_start_function_sees_the_segments_and_the_host_sees_the_sandbox)
{
    char there[3] = "";
    viv_import imports[] = {GUEST_FUNC("peek", NULL, 0, NULL, 0, peek, there)};

    guest = guest_start_with("(module (import \"env\" \"peek\" (func $p)) "
                             "(memory 1) (data (i32.const 0) \"hi\") "
                             "(start $p))",
                             imports, 1);
    EXPECT_EQ_STR(there, "hi");
    guest_end(&guest);
}

TEST(earlier_segments_stay_when_a_later_one_does_not_fit)
{
    static struct engine_instance instance;
    viv_module *module = guest_load("(module (memory 1) (data (i32.const 0) "
                                    "\"hello\") (data (i32.const 65535) "
                                    "\"no\") (data (i32.const 8) \"never\"))",
                                    false);
    viv_limits limits;
    struct engine_link *link;

    viv_limits_default(&limits);
    EXPECT_EQ_INT(
        engine_link_new((struct engine_module *)module, NULL, 0, &link, NULL),
        0);
    EXPECT_EQ_INT(
        engine_instance_init(&instance, link, NULL, &limits, NULL, NULL), 0);
    EXPECT(!engine_birth_fill(&instance));
    EXPECT_EQ_INT(instance.end.kind, VIV_TRAPPED);
    EXPECT_EQ_MEM(instance.region.base, "hello\0\0\0\0", 9);
    engine_instance_check(&instance);
    engine_instance_fini(&instance);
    engine_instance_fini(&instance);
    engine_link_unref(link);
    viv_module_unref(module);
}

TEST(imported_globals_tables_and_memories_are_the_sandboxs_own)
{
    viv_import imports[] = {
        {.module = "env",
         .name = "g",
         .kind = VIV_GLOBAL,
         .type = VIV_I64,
         .value = {.i64 = 123456789012345}},
        {.module = "env", .name = "m", .kind = VIV_MEMORY, .min = 3},
        {.module = "env",
         .name = "t",
         .kind = VIV_TABLE,
         .type = VIV_FUNCREF,
         .min = 5,
         .has_max = 1,
         .max = 6},
    };

    guest = guest_start_with(
        "(module (import \"env\" \"g\" (global i64))"
        " (import \"env\" \"m\" (memory 2)) (import \"env\" \"t\" "
        "   (table 4 7 funcref))"
        " (func (export \"g\") (param i32) (result i32)"
        "   (i32.wrap_i64 (i64.shr_u (global.get 0) (i64.const 16))))"
        " (func (export \"m\") (param i32) (result i32) memory.size)"
        " (func (export \"t\") (param i32) (result i32)"
        "   (table.grow 0 (ref.null func) (local.get 0))))",
        imports, 3);
    EXPECT_EQ_INT(guest_ask(&guest, "g", 0), (uint32_t)(123456789012345 >> 16));
    EXPECT_EQ_INT(guest_ask(&guest, "m", 0), 3);
    EXPECT_EQ_INT(guest_ask(&guest, "t", 1), 5);
    EXPECT_EQ_INT(guest_ask(&guest, "t", 1), -1u);
    guest_end(&guest);
}

/* ------------------------------------------------------------------------
 * Limits: the largest that works, the smallest that does not.
 */

static const char GROWS[] =
    "(module (memory 2) (table 5 externref) (table 5 externref)"
    " (func (export \"m\") (param i32) (result i32) (memory.grow "
    "   (local.get 0)))"
    " (func (export \"t\") (param i32) (result i32) (table.grow 1 "
    "   (ref.null extern) (local.get 0))))";

static viv_limits limits_with(uint64_t memory_bytes, uint64_t table_entries)
{
    viv_limits limits;

    viv_limits_default(&limits);
    limits.memory_bytes = memory_bytes;
    limits.table_entries = table_entries;
    return limits;
}

TEST(memory_and_tables_grow_to_their_limits)
{
    viv_limits limits = limits_with(4 * 65536 + 65535, 13);
    viv_module *module = guest_load(GROWS, false);

    guest = guest_of(module, NULL, 0, &limits);
    viv_module_unref(module);
    EXPECT_EQ_INT(guest_ask(&guest, "m", 3), -1u);
    EXPECT_EQ_INT(guest_ask(&guest, "m", 2), 2);
    EXPECT_EQ_INT(guest_ask(&guest, "m", 1), -1u);
    EXPECT_EQ_INT(guest_ask(&guest, "t", 4), -1u);
    EXPECT_EQ_INT(guest_ask(&guest, "t", 3), 5);
    EXPECT_EQ_INT(guest_ask(&guest, "t", 1), -1u);
    guest_end(&guest);
}

TEST(who_is_born_larger_than_its_limits_is_not_born)
{
    viv_limits fits = limits_with(2 * 65536, 10);
    viv_limits memory = limits_with(2 * 65536 - 1, 10);
    viv_limits tables = limits_with(2 * 65536, 9);

    EXPECT_EQ_INT(birth_of(GROWS, &fits), VIV_RETURNED);
    EXPECT_EQ_INT(birth_of(GROWS, &memory), VIV_EINVAL);
    EXPECT_EQ_STR(err.text, "the module is born with 131072 bytes of memory, "
                            "the limit memory_bytes is 131071");
    EXPECT_EQ_INT(birth_of(GROWS, &tables), VIV_EINVAL);
    EXPECT_EQ_STR(err.text, "the module is born with 10 table entries, the "
                            "limit table_entries is 9");
}

TEST(a_table_larger_than_the_code_has_room_for_is_refused)
{
    viv_import row = {.module = "env",
                      .name = "t",
                      .kind = VIV_TABLE,
                      .type = VIV_FUNCREF,
                      .min = ENGINE_TABLE_ENTRIES_GROW + 1};
    viv_module *module =
        guest_load("(module (import \"env\" \"t\" (table 0 funcref)))", false);
    viv_limits limits = limits_with(65536, UINT64_MAX);
    viv_outcome outcome;
    viv_sandbox *sandbox;

    EXPECT_EQ_INT(
        viv_sandbox_new(module, &row, 1, &limits, &sandbox, &outcome, &err),
        VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text, "1048577 entries");
    row.min--;
    EXPECT_EQ_INT(
        viv_sandbox_new(module, &row, 1, &limits, &sandbox, &outcome, &err), 0);
    viv_sandbox_free(sandbox);
    viv_module_unref(module);
}
