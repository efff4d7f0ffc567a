/* test_aot_func.c - tests of the pass that makes C of a function's body.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot_tools.h"

/* A body that is one instruction after the other, as text or as bytes. */
static void repeat(struct base_buf *out, const char *text, int times)
{
    for (int i = 0; i < times; i++)
        base_buf_text(out, text);
}

static void repeat_bytes(struct base_buf *out, const void *bytes, size_t len,
                         int times)
{
    for (int i = 0; i < times; i++)
        base_buf_bytes(out, bytes, len);
}

static void write_leb(struct base_buf *out, size_t value)
{
    for (; value >= 0x80; value >>= 7)
        base_buf_char(out, (char)(value | 0x80));
    base_buf_char(out, (char)value);
}

static void write_section(struct base_buf *out, uint8_t id, const void *bytes,
                          size_t len)
{
    base_buf_char(out, (char)id);
    write_leb(out, len);
    base_buf_bytes(out, bytes, len);
}

/* Open a module of one function, (i32, i32) -> i32 with 1,022 more locals, and
 * a memory.  By hand: as text it would take the assembler seconds. */
static void open_body(const struct base_buf *code)
{
    static const uint8_t locals[] = {1, 0xfe, 7, 0x7f}; /* 1,022 times i32 */
    struct base_buf *out = tools_buf(), *section = tools_buf();

    base_buf_bytes(out, "\0asm\1\0\0", 8);
    write_section(out, 1, "\1\x60\2\x7f\x7f\1\x7f", 7);
    write_section(out, 3, "\1\0", 2);
    write_section(out, 5, "\1\0\1", 3);
    write_leb(section, 1);
    write_leb(section, sizeof(locals) + code->len + 1);
    base_buf_bytes(section, locals, sizeof(locals));
    base_buf_bytes(section, code->at, code->len);
    base_buf_char(section, 0x0b);
    write_section(out, 10, section->at, section->len);
    tools_write("module.wasm", out->at, out->len);
    tools_decode();
}

#define LOCAL_GET "\x20"
#define LOCAL_SET "\x21"
#define CONST_5   "\x41\5"
#define DROP      "\x1a"

static double seconds_to_emit(void)
{
    double start = tools_seconds();

    (void)tools_emit(0);
    return tools_seconds() - start;
}

TEST(a_function_has_head_locals_variables_and_body)
{
    const char *c = tools_c("(module (memory 1) (func $max (param i32)"
                            " (result i32) (local i64 i64 f32 v128)"
                            " (i32.load (local.get 0))))");

    EXPECT_HAS_STR(c, "u32 fn0_max(VIV_P u32 l0)\n"
                      "{\n"
                      "u64 l1=0,l2=0;\n"
                      "f32 l3=0;\n"
                      "v128 l4={0};\n"
                      "u32 i0;\n"
                      "i0=i32_load(l0,0u);\n"
                      "return i0;\n"
                      "}\n\n");
}

TEST(one_height_can_have_variables_of_several_types)
{
    const char *c = tools_c("(module (memory 1) (func (param i32)"
                            " (drop (i32.load (local.get 0)))"
                            " (drop (f64.load (local.get 0)))"
                            " (drop (i64.load (local.get 0)))))");

    EXPECT_HAS_STR(c, "u32 i0;\nu64 j0;\nf64 d0;\n");
}

/* The variable of height 32 and type f32 was called `f32`. */
TEST(types_keep_their_names_where_the_stack_is_high)
{
    struct base_buf *wat = tools_buf();
    struct aot_options options = tools_options();
    viv_module *module;

    base_buf_text(wat, "(module (memory 1)"
                       " (global $f f32 (f32.const 1))"
                       " (global $d f64 (f64.const 2))"
                       " (global $v v128 (v128.const i32x4 3 4 5 6))"
                       " (func (export \"f\") (param i32) (result i32)");
    repeat(wat, " (i32.load (local.get 0))", 32);
    base_buf_text(wat, " (f32.load (local.get 0))");
    repeat(wat, " (i32.load (local.get 0))", 31);
    base_buf_text(wat, " (f64.load (local.get 0))");
    repeat(wat, " (i32.load (local.get 0))", 63);
    base_buf_text(wat, " (v128.load (local.get 0))"
                       " global.get $f global.get $d global.get $v");
    repeat(wat, " drop", 131);
    base_buf_text(wat, "))");
    base_buf_char(wat, '\0');
    tools_assemble(wat->at);
    module = tools_load(&options);
    viv_module_unref(module);
}

TEST(a_body_that_does_not_validate_is_refused_with_its_offset)
{
    viv_error err = {0};

    tools_open("(module (func (result i32) i32.const 1))");
    tools_it.bytes[tools_it.module.funcs[0].body.at - tools_it.bytes + 1] =
        0x6a; /* i32.add */
    EXPECT(tools_try_emit(0, false, &err) == NULL);
    EXPECT_EQ_INT(err.code, VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "at byte ");
}

TEST(a_function_is_reused_after_a_failure)
{
    struct aot_func func;
    struct base_buf *out = tools_buf();
    uint8_t needed[3] = {0};
    viv_error err = {0};

    tools_open("(module (func (param i32) (result i32) i32.const 1)"
               " (func (result i32) (block (result i32) i32.const 2)))");
    aot_func_init(&func, &tools_it.module, &tools_it.layout, tools_it.names,
                  needed, false);
    for (uint64_t n = 1; n < 30; n++) {
        base_alloc_fail_at(n);
        (void)aot_func_emit(&func, 1, out, &err);
        base_alloc_fail_at(0);
        base_buf_clear(out);
    }
    base_buf_fini(out);
    base_buf_init(out, 10000);
    EXPECT_EQ_INT(aot_func_emit(&func, 1, out, &err), 0);
    base_buf_char(out, '\0');
    EXPECT_HAS_STR(out->at, "i0=2u;\nreturn i0;");
    aot_func_fini(&func);
}

TEST(every_allocation_that_fails_is_survived)
{
    viv_error err = {0};
    uint64_t n = 1;

    tools_open("(module (memory 1) (func (param i32) (result i32)"
               " (local f64) (i32.add (i32.load (local.get 0))"
               " (block (result i32) (loop (result i32) (i32.const 5)"
               " (local.set 0 (i32.const 6)) (br_if 0 (local.get 0)))))))");
    for (;; n++) {
        struct base_buf *out = tools_buf();
        struct aot_func func;
        uint8_t needed[1] = {0};
        int r;

        err.code = 0;
        base_alloc_fail_at(n);
        aot_func_init(&func, &tools_it.module, &tools_it.layout, tools_it.names,
                      needed, true);
        r = aot_func_emit(&func, 0, out, &err);
        aot_func_fini(&func);
        base_alloc_fail_at(0);
        if (r == 0)
            break;
        EXPECT_EQ_INT(r, VIV_ENOMEM);
        EXPECT_EQ_INT(err.code, VIV_ENOMEM);
        EXPECT_HAS_STR(err.text, "memory");
    }
    EXPECT(n > 5);
}

TEST(deep_stacks_with_many_sets_are_translated_in_linear_time)
{
    struct base_buf *code = tools_buf();

    repeat_bytes(code, LOCAL_GET "\0" CONST_5, 4, 100000);
    repeat_bytes(code,
                 LOCAL_GET "\1" LOCAL_SET "\0" LOCAL_GET "\0" LOCAL_SET "\1", 8,
                 100000);
    repeat_bytes(code, DROP, 1, 199999);
    open_body(code);
    EXPECT(seconds_to_emit() < 2);
}

TEST(deep_stacks_with_many_blocks_are_translated_in_linear_time)
{
    struct base_buf *code = tools_buf();

    repeat_bytes(code, LOCAL_GET "\0", 2, 200000);
    /* block, local.get 0, br_if 0, end */
    repeat_bytes(code, "\x02\x40" LOCAL_GET "\0\x0d\0\x0b", 7, 100000);
    repeat_bytes(code, DROP, 1, 199999);
    open_body(code);
    EXPECT(seconds_to_emit() < 2);
}

TEST(deep_stacks_that_fold_are_translated_in_linear_time)
{
    struct base_buf *code = tools_buf();

    repeat_bytes(code, LOCAL_GET "\0\x28\2\0", 5, 200000); /* i32.load */
    repeat_bytes(code, "\x6a", 1, 199999);                 /* i32.add */
    open_body(code);
    EXPECT(seconds_to_emit() < 2);
}

TEST(many_locals_that_share_a_bit_are_told_apart_in_time)
{
    struct base_buf *code = tools_buf();

    for (unsigned i = 0; i < 100000; i++) {
        base_buf_text(code, LOCAL_GET);
        write_leb(code, i % 1024);
    }
    for (unsigned i = 0; i < 100000; i++) {
        base_buf_text(code, CONST_5 LOCAL_SET);
        write_leb(code, i % 1024);
    }
    repeat_bytes(code, DROP, 1, 99999);
    open_body(code);
    EXPECT(seconds_to_emit() < 2);
}

TEST(fuel_is_paid_at_the_head_of_every_stretch)
{
    viv_error err = {0};
    const char *c;

    tools_open("(module (func (param i32) (result i32)"
               " (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0)"
               " (i32.const 1))))) (local.get 0)))");
    EXPECT_EQ_INT(tools_count(tools_emit(0), "VIV_FUEL"), 0);
    c = tools_try_emit(0, true, &err);
    EXPECT(c != NULL);
    /* the loop itself; get const sub tee br_if; end get end */
    EXPECT(tools_in_order(c, "VIV_FUEL(         1);", "L1:;"));
    EXPECT(tools_in_order(c, "L1:;", "VIV_FUEL(         5);"));
    EXPECT(tools_in_order(c, "if(l0){goto L1;}", "VIV_FUEL(         3);"));
}

TEST(a_long_stretch_has_its_whole_cost)
{
    struct base_buf *text = tools_buf();
    viv_error err = {0};

    base_buf_text(text, "(module (func\n");
    repeat(text, "nop\n", 123456);
    base_buf_text(text, "))");
    base_buf_char(text, '\0');
    tools_open(text->at);
    EXPECT_HAS_STR(tools_try_emit(0, true, &err), "VIV_FUEL(    123457);");
}
