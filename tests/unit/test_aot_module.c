/* test_aot_module.c - tests of the C that is not a function's body.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_module.h"

#include "aot_tools.h"

static struct aot_module_text text_of(const uint8_t *needed)
{
    return (struct aot_module_text){
        .module = &tools_it.module,
        .layout = &tools_it.layout,
        .names = tools_it.names,
        .needed = needed,
        .skeleton_bytes = 123,
    };
}

static const char *head_of(const char *wat, const uint8_t *needed)
{
    struct base_buf *out = tools_buf();
    struct aot_module_text text;

    tools_open(wat);
    text = text_of(needed);
    aot_module_write_head(&text, out);
    base_buf_char(out, '\0');
    return out->at;
}

static const char *tail_of(const char *wat)
{
    struct base_buf *out = tools_buf();
    struct aot_module_text text;

    tools_open(wat);
    text = text_of(NULL);
    aot_module_write_tail(&text, out);
    base_buf_char(out, '\0');
    return out->at;
}

TEST(the_head_declares_what_is_needed_only)
{
    static const uint8_t needed[3] = {1, 0, 1};
    const char *c = head_of("(module (func $a) (func $b) (func $c (param f64)"
                            " (result i64) i64.const 0))",
                            needed);

    EXPECT_HAS_STR(c, "\nvoid fn0_a(VIV_P0);\n");
    EXPECT_HAS_STR(c, "\nu64 fn2_c(VIV_P f64);\n");
    EXPECT_EQ_INT(tools_count(c, "fn1_b"), 0);
}

TEST(the_head_names_each_different_type_once)
{
    static const uint8_t needed[1];
    const char *c = head_of("(module (type (func (param i32)))"
                            " (type (func (param i32))) (type (func)))",
                            needed);

    EXPECT_HAS_STR(c, "typedef void (*t0)(VIV_P u32);\n");
    EXPECT_HAS_STR(c, "typedef void (*t2)(VIV_P0);\n");
    EXPECT_EQ_INT(tools_count(c, "typedef"), 2);
}

TEST(the_transfer_slots_are_where_the_layout_says)
{
    static const uint8_t needed[1] = {0};
    const char *c = head_of("(module (func))", needed);
    char wanted[100];

    snprintf(wanted, sizeof(wanted), "#define VIV_TRANSFER_AT (%d)\n",
             tools_it.layout.transfer_at);
    EXPECT_HAS_STR(c, wanted);
    EXPECT(tools_it.layout.transfer_at < 0);
}

TEST(an_import_is_a_thunk_through_the_slots)
{
    const char *c =
        tail_of("(module (import \"m\" \"log\" (func (param i32 f64)"
                " (result i64 i32))))");

    EXPECT_HAS_STR(c, "u64 fn0_log(VIV_P u32 l0,f64 l1)\n{\n"
                      "VIV_SLOT(u32,0)=l0;\nVIV_SLOT(f64,1)=l1;\n"
                      "VIV_HELPERS->host_call(VIV_BASE,0u);\n"
                      "return VIV_SLOT(u64,0);\n}\n");
}

TEST(a_trampoline_takes_arguments_from_the_slots)
{
    const char *c =
        tail_of("(module (func (param i32 i32 i32 i32 i32 i32 f32) (result f32)"
                " (local.get 6)))");

    EXPECT_HAS_STR(c, "static void enter0(char *base,engine_func func)");
    /* the sixth integer stays in its slot */
    EXPECT_HAS_STR(c, "f32 result=((t0)func)(VIV_B VIV_SLOT(u32,0),"
                      "VIV_SLOT(u32,1),VIV_SLOT(u32,2),VIV_SLOT(u32,3),"
                      "VIV_SLOT(u32,4),VIV_SLOT(f32,6));\n"
                      "VIV_SLOT(f32,0)=result;\n");
}

TEST(a_module_without_functions_and_types_is_still_c)
{
    const char *c = tail_of("(module)");

    EXPECT_HAS_STR(c, "viv_funcs[1]={\n};");
    EXPECT_HAS_STR(c, "enters[1]={\n};");
    EXPECT_HAS_STR(c, "ENGINE_ABI_VERSION,0,0,123,");
}

TEST(hostile_names_reach_neither_head_nor_tail)
{
    static const uint8_t needed[2] = {1, 1};
    static const char wat[] =
        "(module (import \"\\22;evil\" \"*/evil(\\n#evil\" (func))"
        " (func (export \"\\5c\\22evil;\\00\")))";
    const char *c = head_of(wat, needed);

    EXPECT_HAS_STR(c, "void fn0___evil___evil(VIV_P0);");
    EXPECT_HAS_STR(c, "void fn1___evil__(VIV_P0);");
    EXPECT_EQ_INT(tools_count(c, "evil("), tools_count(c, "_evil(V"));
    c = tail_of(wat);
    EXPECT_EQ_INT(tools_count(c, "\"evil"), 0);
    EXPECT_EQ_INT(tools_count(c, "#evil"), 0);
    EXPECT_EQ_INT(tools_count(c, ";evil"), 0);
}
