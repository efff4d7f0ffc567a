/* test_aot_func_op.c - tests of instructions that compute, load and store.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot_tools.h"
#include "os/os_cpu.h"

/* A function of two i32 parameters and one result with this body. */
static const char *c_of(const char *body)
{
    char wat[4096];

    snprintf(wat, sizeof(wat),
             "(module (import \"m\" \"g\" (global $shared i32))"
             " (memory 1) (table 4 8 funcref)"
             " (global $mut (mut i32) (i32.const 7))"
             " (global $const f64 (f64.const 2.5))"
             " (func $f (param i32 i32) (result i32) (local f32 f64 i64 v128)"
             " %s) (elem declare func $f))",
             body);
    return tools_c(wat);
}

TEST(expressions_fold_into_one_statement)
{
    const char *c = c_of("(i32.add (local.get 0) (i32.mul (local.get 1)"
                         " (i32.sub (local.get 0) (i32.const 3))))");

    EXPECT_HAS_STR(c, "\nreturn (l0+(l1*(l0-3u)));\n");
    EXPECT_EQ_INT(tools_count(c, "=") - tools_count(c, "=0"), 1); /* v128 */
}

TEST(a_long_expression_becomes_a_variable_now_and_then)
{
    struct base_buf *body = tools_buf();
    const char *c;

    base_buf_text(body, "local.get 0 ");
    for (int i = 0; i < 100; i++)
        base_buf_text(body, "local.get 1 i32.add ");
    base_buf_char(body, '\0');
    c = c_of(body->at);
    EXPECT(tools_count(c, "i0=") >= 3);
    for (const char *line = c; line != NULL; line = strchr(line, '\n')) {
        const char *end = strchr(++line, '\n');

        EXPECT(end == NULL || end - line < 2 * (int)AOT_TEXT_MAX);
    }
}

TEST(a_local_that_changes_between_push_and_use_is_saved_first)
{
    const char *c = c_of("local.get 0 i32.const 5 local.set 0 local.get 0"
                         " i32.sub");

    EXPECT_HAS_STR(c, "i0=l0;\nl0=5u;\nreturn (i0-l0);");
}

TEST(tee_gives_the_new_value_and_saves_the_old)
{
    const char *c = c_of("local.get 1 (local.tee 1 (i32.const 9)) i32.sub");

    EXPECT_HAS_STR(c, "i0=l1;\nl1=9u;\nreturn (i0-l1);");
}

TEST(expressions_that_mention_the_local_are_saved_as_well)
{
    const char *c = c_of("(i32.add (local.get 0) (i32.const 1))"
                         " (local.get 1) (local.set 0 (i32.const 2)) i32.add");

    EXPECT_HAS_STR(c, "i0=(l0+1u);\nl0=2u;\nreturn (i0+l1);");
}

TEST(setting_a_local_to_itself_says_nothing)
{
    EXPECT_EQ_INT(
        tools_count(c_of("(local.set 0 (local.get 0)) local.get 0"), "l0="), 0);
}

TEST(loads_happen_where_they_stand)
{
    const char *c = c_of("(i32.load (local.get 0))"
                         " (i32.store (local.get 0) (i32.const 1))"
                         " (i32.load (local.get 0)) i32.add");

    EXPECT(tools_in_order(c, "i0=i32_load(l0,0u);", "i32_store(l0,0u,1u);"));
    EXPECT(tools_in_order(c, "i32_store(l0,0u,1u);", "i1=i32_load(l0,0u);"));
    EXPECT_HAS_STR(c, "return (i0+i1);");
}

TEST(a_load_that_nobody_needs_is_still_there)
{
    EXPECT_HAS_STR(c_of("(drop (i32.load (local.get 0))) local.get 1"),
                   "i0=i32_load(l0,0u);");
}

/* Functions of an address that is not 0; none returns what is there. */
#define CHOOSE(name, type, load, to_i32)                                       \
    "(func (export \"" name "\") (param i32) (result i32) (" to_i32            \
    " (select (" type ".const 7) " load " (local.get 0))))"
#define MASK(name, vector)                                                     \
    "(func (export \"" name "\") (param i32) (result i32) (local v128)"        \
    " (local.set 1 (i32x4.splat (local.get 0)))"                               \
    " (i32x4.extract_lane 0 (v128.bitselect " vector " (local.get 1)"          \
    " (i32x4.lt_s (local.get 1) (v128.const i32x4 1 1 1 1)))))"

static void expect_traps(const char *cpu)
{
    struct aot_options options = tools_options();
    viv_module *module;
    viv_sandbox *sandbox;
    char name[2] = "a";

    options.cpu = cpu;
    module = tools_load(&options);
    sandbox = tools_sandbox(module, 0);
    for (; name[0] <= 'i'; name[0]++) {
        viv_outcome outcome = tools_call(sandbox, name, 1, 0x7fff0000, 1, NULL);

        if (outcome.kind != VIV_TRAPPED || outcome.trap != VIV_TRAP_MEMORY)
            test_fail(TEST_AT, "%s returns for %s", name, cpu);
    }
    viv_sandbox_free(sandbox);
    viv_module_unref(module);
}

/* clang made branches and masks around such loads. */
TEST(a_load_whose_value_is_not_chosen_traps)
{
    static const char *const funcs[] = {
        CHOOSE("a", "i32", "(i32.load (local.get 0))", "i32.popcnt"),
        CHOOSE("b", "i64", "(i64.load (local.get 0))", "i32.wrap_i64"),
        CHOOSE("c", "f32", "(f32.load (local.get 0))", "i32.reinterpret_f32"),
        CHOOSE("d", "f64", "(f64.load (local.get 0))", "i32.trunc_sat_f64_s"),
        CHOOSE("e", "f32", "(f32.reinterpret_i32 (i32.load (local.get 0)))",
               "i32.reinterpret_f32"),
        MASK("f", "(v128.load32_splat (local.get 0))"),
        MASK("g", "(i32x4.add (local.get 1) (v128.load (local.get 0)))"),
        MASK("h", "(i32x4.splat (i32.load (local.get 0)))"),
        MASK("i", "(v128.load (local.get 0))"),
    };
    struct base_buf *wat = tools_buf();

    base_buf_text(wat, "(module (memory 1)");
    for (size_t i = 0; i < sizeof(funcs) / sizeof(funcs[0]); i++)
        base_buf_text(wat, funcs[i]);
    base_buf_text(wat, ")");
    base_buf_char(wat, '\0');
    tools_assemble(wat->at);
    expect_traps("x86-64");
    expect_traps("x86-64-v2");
    if (os_cpu_level() >= 3)
        expect_traps("x86-64-v3");
    if (os_cpu_level() >= 4)
        expect_traps("x86-64-v4");
}

TEST(offsets_up_to_the_guard_need_no_check)
{
    char body[100];
    const char *c;

    snprintf(body, sizeof(body), "(i32.load offset=%u (local.get 0))",
             ENGINE_OFFSET_FAR - 1);
    c = c_of(body);
    EXPECT_EQ_INT(tools_count(c, "viv_far"), 0);
    snprintf(body, sizeof(body), "(i32.load offset=%u (local.get 0))",
             ENGINE_OFFSET_FAR);
    c = c_of(body);
    EXPECT_EQ_INT(tools_count(c, "viv_far"), 1);
}

TEST(far_offsets_are_checked_with_the_bytes_that_are_touched)
{
    static const struct {
        const char *body;
        const char *text;
    } rows[] = {
        {"(i32.load8_u offset=0xffffffff (local.get 0))",
         "i32_load8_u(viv_far(l0,4294967295u,1),0)"},
        {"(i32.load16_s offset=0xffffffff (local.get 0))",
         "i32_load16_s(viv_far(l0,4294967295u,2),0)"},
        {"(i32.wrap_i64 (i64.load offset=0xffffffff (local.get 0)))",
         "i64_load(viv_far(l0,4294967295u,8),0)"},
        {"(i64.store32 offset=0xffffffff (local.get 0) (local.get 4))"
         " i32.const 0",
         "i64_store32(viv_far(l0,4294967295u,4),0,l4)"},
        {"(f64.store offset=0xffffffff (local.get 0) (local.get 3))"
         " i32.const 0",
         "f64_store(viv_far(l0,4294967295u,8),0,l3)"},
        {"(v128.store offset=0xffffffff (local.get 0) (local.get 5))"
         " i32.const 0",
         "v128_store(viv_far(l0,4294967295u,16),0,l5)"},
        {"(local.set 5 (v128.load8x8_s offset=0xffffffff (local.get 0)))"
         " i32.const 0",
         "v128_load8x8_s(viv_far(l0,4294967295u,8),0)"},
        {"(local.set 5 (v128.load32_zero offset=0xffffffff (local.get 0)))"
         " i32.const 0",
         "v128_load32_zero(viv_far(l0,4294967295u,4),0)"},
        {"(local.set 5 (v128.load16_lane offset=0xffffffff 3 (local.get 0)"
         " (local.get 5))) i32.const 0",
         "v128_load16_lane(viv_far(l0,4294967295u,2),0,3,l5)"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        EXPECT_HAS_STR(c_of(rows[i].body), rows[i].text);
}

TEST(what_can_trap_happens_where_it_stands)
{
    const char *c = c_of("(i32.div_s (local.get 0) (local.get 1))"
                         " (i32.store (i32.const 0) (i32.const 1))");

    EXPECT(tools_in_order(c, "i0=i32_div_s(l0,l1);", "i32_store(0u,0u,1u);"));
    c = c_of("(drop (i32.trunc_f64_s (local.get 3))) (local.get 0)");
    EXPECT_HAS_STR(c, "=i32_trunc_f64_s(l3);");
}

TEST(globals_are_read_where_they_stand)
{
    const char *c = c_of("global.get $mut (global.set $mut (i32.const 1))"
                         " global.get $mut i32.add");

    EXPECT(tools_in_order(c, "i0=VIV_GLOBAL(u32,-", "VIV_GLOBAL(u32,-"));
    EXPECT(tools_in_order(c, ")=1u;\n", "i1=VIV_GLOBAL(u32,-"));
}

TEST(an_immutable_global_is_its_constant_unless_the_host_gives_it)
{
    const char *c = c_of("(i32.trunc_sat_f64_s (global.get $const))");

    EXPECT_HAS_STR(c, "f64_of(0x4004000000000000ull)");
    EXPECT_EQ_INT(tools_count(c, "VIV_GLOBAL"), 0);
    EXPECT_HAS_STR(c_of("(global.get $shared)"), "VIV_GLOBAL(u32,-");
}

TEST(constants_keep_every_bit)
{
    EXPECT_HAS_STR(c_of("i32.const -1"), "return 4294967295u;");
    EXPECT_HAS_STR(c_of("i32.const 0x80000000"), "return 2147483648u;");
    EXPECT_HAS_STR(c_of("(i32.wrap_i64 (i64.const -1))"),
                   "0xffffffffffffffffull");
    EXPECT_HAS_STR(c_of("(i32.reinterpret_f32 (f32.const nan:0x200001))"),
                   "f32_of(0x7fa00001u)");
    EXPECT_HAS_STR(c_of("(i32.trunc_sat_f64_s (f64.const -nan:0x1))"),
                   "f64_of(0xfff0000000000001ull)");
}

TEST(float_constants_that_would_fold_away_are_hidden)
{
    static const char *const hidden[] = {"0", "-0", "1", "-1"};
    char body[200];

    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
        snprintf(body, sizeof(body),
                 "(i32.reinterpret_f32 (f32.mul (local.get 2)"
                 " (f32.const %s)))",
                 hidden[i]);
        EXPECT_HAS_STR(c_of(body), "f32_opaque(f32_of(0x");
    }
    EXPECT_EQ_INT(tools_count(c_of("(i32.reinterpret_f32 (f32.mul"
                                   " (local.get 2) (f32.const 1.5)))"),
                              "opaque"),
                  0);
}

TEST(select_keeps_the_order_of_its_operands)
{
    EXPECT_HAS_STR(c_of("(select (i32.const 1) (i32.const 2) (local.get 1))"),
                   "(l1?1u:2u)");
}

TEST(shifts_are_masked)
{
    EXPECT_HAS_STR(c_of("(i32.shl (local.get 0) (local.get 1))"),
                   "(l0<<(l1&31))");
    EXPECT_HAS_STR(c_of("(i32.wrap_i64 (i64.shr_s (local.get 4)"
                        " (local.get 4)))"),
                   "((u64)((s64)l4>>(l4&63)))");
}

TEST(references_to_functions_carry_their_type)
{
    const char *c = c_of("(ref.is_null (ref.func $f))");

    EXPECT_HAS_STR(c, "0x100000001ull");
    EXPECT_HAS_STR(c_of("(ref.is_null (ref.null func))"),
                   "return ((u32)(0x0ull==0));");
}

TEST(lanes_stand_behind_their_operand)
{
    EXPECT_HAS_STR(c_of("(i32x4.extract_lane 2 (local.get 5))"),
                   "i32x4_extract_lane(l5,2)");
    EXPECT_HAS_STR(c_of("(i32x4.extract_lane 0 (i32x4.replace_lane 3"
                        " (local.get 5) (local.get 0)))"),
                   "i32x4_replace_lane(l5,3,l0)");
    EXPECT_HAS_STR(
        c_of("(i32x4.extract_lane 0 (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11"
             " 12 13 14 31 (local.get 5) (local.get 5)))"),
        "i8x16_shuffle(l5,l5,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,31)");
}
