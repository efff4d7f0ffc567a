/* test_aot_func_call.c - tests of calls and of how arguments travel.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot_tools.h"

static const struct wasm_func_type *type_of(uint32_t index)
{
    return wasm_type_of_func(&tools_it.module, index);
}

TEST(the_first_integers_and_floats_are_c_parameters)
{
    const char *c =
        tools_c("(module (func (param i32 f32 i64 i32 f64 i64 i32 i32 v128)"
                " (result i32) (local.get 6)))");

    EXPECT_HAS_STR(c, "(VIV_P u32 l0,f32 l1,u64 l2,u32 l3,f64 l4,u64 l5,"
                      "u32 l6,v128 l8)");
    EXPECT_HAS_STR(c, "u32 l7=VIV_SLOT(u32,7);");
}

TEST(more_than_eight_floats_go_through_slots_as_well)
{
    const char *c = tools_c("(module (func (param f32 f32 f32 f32 f32 f32 f32"
                            " f32 f64 i32)))");

    EXPECT_HAS_STR(c, "f32 l7,u32 l9)");
    EXPECT_HAS_STR(c, "f64 l8=VIV_SLOT(f64,8);");
}

TEST(a_call_fills_the_slots_before_it)
{
    const char *c = tools_c(
        "(module (func (call 1 (i32.const 10) (i32.const 11) (i32.const 12)"
        " (i32.const 13) (i32.const 14) (i32.const 15) (i64.const 16)))"
        " (func (param i32 i32 i32 i32 i32 i32 i64)))");

    EXPECT_HAS_STR(c, "VIV_SLOT(u32,5)=15u;VIV_SLOT(u64,6)=0x10ull;"
                      "fn1(VIV_B 10u,11u,12u,13u,14u);");
}

TEST(a_function_without_parameters_is_called_so)
{
    const char *c = tools_c("(module (func (call 1)) (func $g))");

    EXPECT_HAS_STR(c, "void fn0(VIV_P0)");
    EXPECT_HAS_STR(c, "fn1_g(VIV_B0);");
}

TEST(results_come_in_a_register_and_in_slots)
{
    const char *c = tools_c("(module (func (result i32) (call 1) drop drop)"
                            " (func (result i32 f64 i64) i32.const 1"
                            " f64.const 2 i64.const 3))");

    EXPECT_HAS_STR(c, "i0=fn1(VIV_B0);d1=VIV_SLOT(f64,1);j2=VIV_SLOT(u64,2);");
}

TEST(what_waits_below_a_call_and_is_not_touched_by_it_waits_on)
{
    const char *c = tools_c("(module (func (param i32) (result i32)"
                            " local.get 0 (call 0 (i32.const 1)) i32.add))");

    EXPECT_HAS_STR(c, "i1=fn0(VIV_B 1u);\nreturn (l0+i1);");
}

TEST(what_mentions_the_variable_of_the_result_comes_first)
{
    /* an expression of height 0 that mentions i1, then a call giving i1 */
    const char *c = tools_c("(module (memory 1) (func (param i32) (result i32)"
                            " (i32.add (local.get 0) (i32.load (local.get 0)))"
                            " (call 0 (i32.const 1)) i32.add))");

    EXPECT(tools_in_order(c, "i0=(l0+i1);", "i1=fn0(VIV_B 1u);"));
}

TEST(an_indirect_call_checks_index_and_type)
{
    const char *c =
        tools_c("(module (table 3 3 funcref) (type $t (func (param i64)))"
                " (func (param i32) (call_indirect (type $t) (i64.const 1)"
                " (local.get 0))))");

    EXPECT(tools_in_order(c, "u32 at=l0;VIV_IN_TABLE(at,3u);", "VIV_CALLEE("));
    EXPECT_HAS_STR(c, "((t0)callee)(VIV_B 0x1ull);");
}

TEST(a_table_that_can_grow_is_asked_for_its_size)
{
    const char *c =
        tools_c("(module (table 3 4 funcref) (func (param i32) (call_indirect"
                " (local.get 0))))");

    EXPECT_HAS_STR(c, "VIV_IN_TABLE(at,VIV_STATE(u32,-");
}

TEST(equal_types_have_one_c_type)
{
    const char *c =
        tools_c("(module (table 1 funcref) (type $a (func (param i32)))"
                " (type $b (func (param i32))) (func (call_indirect (type $b)"
                " (i32.const 1) (i32.const 0))))");

    EXPECT_HAS_STR(c, "((t0)callee)");
    EXPECT_HAS_STR(c, ",at,0);");
}

TEST(tail_calls_are_jumps_by_contract_between_equal_c_types_only)
{
    tools_open("(module"
               " (func $same (param i32) (result i32)"
               "  (return_call $same (i32.const 1)))"
               " (func $fewer (param i32) (result i32) (return_call $none))"
               " (func $none (result i32) (return_call $same (i32.const 1)))"
               " (func $wide (param i64) (result i32)"
               "  (return_call $same (i32.const 1))))");
    EXPECT_HAS_STR(tools_emit(0), "\nVIV_TAIL return fn0_same(VIV_B 1u);");
    EXPECT_HAS_STR(tools_emit(1), "\nreturn fn2_none(VIV_B0);");
    EXPECT_HAS_STR(tools_emit(2), "\nreturn fn0_same(VIV_B 1u);");
    EXPECT_HAS_STR(tools_emit(3), "\nreturn fn0_same(VIV_B 1u);");
}

TEST(c_types_are_equal_when_registers_are)
{
    tools_open("(module"
               " (func (param i32 i32 i32 i32 i32 i32))"
               " (func (param i32 i32 i32 i32 i32 i64 i64))"
               " (func (param i32 f32)) (func (param f32 i32))"
               " (func (result i32) unreachable)"
               " (func (result i32 f64) unreachable)"
               " (func (result i64) unreachable)"
               " (func (result funcref) unreachable))");
    EXPECT(aot_same_c_type(type_of(0), type_of(1)));
    EXPECT(!aot_same_c_type(type_of(2), type_of(3)));
    EXPECT(!aot_same_c_type(type_of(0), type_of(2)));
    EXPECT(aot_same_c_type(type_of(4), type_of(5)));
    EXPECT(!aot_same_c_type(type_of(4), type_of(6)));
    EXPECT(aot_same_c_type(type_of(6), type_of(7)));
}

TEST(what_a_function_calls_is_noted)
{
    struct aot_func func;
    struct base_buf *out = tools_buf();
    uint8_t needed[3] = {0};

    tools_open("(module (func (call 2)) (func) (func))");
    aot_func_init(&func, &tools_it.module, &tools_it.layout, tools_it.names,
                  needed, false);
    EXPECT_EQ_INT(aot_func_emit(&func, 0, out, NULL), 0);
    aot_func_fini(&func);
    EXPECT_EQ_INT(needed[1], 0);
    EXPECT_EQ_INT(needed[2], 1);
}
