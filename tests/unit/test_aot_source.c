/* test_aot_source.c - tests of a module as C units.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_source.h"

#include "aot_tools.h"

static void make(const struct aot_options *options, bool fuel,
                 struct aot_source *source)
{
    viv_error err = {0};

    if (aot_source_make(&tools_it.module, &tools_it.layout, fuel, 77, options,
                        source, &err) < 0)
        test_fail(TEST_AT, "cannot make the source: %s", err.text);
}

static void expect_same(const struct aot_source *a, const struct aot_source *b)
{
    EXPECT_EQ_INT(a->unit_count, b->unit_count);
    for (uint32_t i = 0; i < a->unit_count; i++) {
        EXPECT_EQ_INT(a->units[i].len, b->units[i].len);
        EXPECT_EQ_MEM(a->units[i].at, b->units[i].at, a->units[i].len);
    }
}

/* The text of a unit, with a NUL. */
static const char *text_of(struct aot_source *source, uint32_t unit)
{
    base_buf_char(&source->units[unit], '\0');
    return source->units[unit].at;
}

#define BODY_BYTES 1000u

static void write_leb(struct base_buf *out, uint32_t value)
{
    for (; value >= 0x80; value >>= 7)
        base_buf_char(out, (char)(value | 0x80));
    base_buf_char(out, (char)value);
}

static void write_section(struct base_buf *out, uint8_t id,
                          const struct base_buf *content)
{
    base_buf_char(out, (char)id);
    write_leb(out, (uint32_t)content->len);
    base_buf_bytes(out, content->at, content->len);
}

/* no locals, nops, `local.get 0`, `call callee` in five bytes, end */
static void write_body(struct base_buf *out, uint32_t callee)
{
    write_leb(out, BODY_BYTES);
    base_buf_char(out, 0);
    for (uint32_t i = 0; i < BODY_BYTES - 10; i++)
        base_buf_char(out, 0x01);
    base_buf_bytes(out, "\x20\x00\x10", 3);
    for (int i = 0; i < 5; i++, callee >>= 7)
        base_buf_char(out, (char)((callee & 127) | (i < 4 ? 128 : 0)));
    base_buf_char(out, 0x0b);
}

/* A module of `count` functions, every one calling the next.  By hand: as text
 * it would take the assembler seconds. */
static void open_large(uint32_t count)
{
    struct base_buf *out = tools_buf(), *funcs = tools_buf();
    struct base_buf *code = tools_buf();

    base_buf_bytes(out, "\0asm\1\0\0\0\1\5\1\x60\1\x7f\0", 15);
    write_leb(funcs, count);
    write_leb(code, count);
    for (uint32_t i = 0; i < count; i++) {
        base_buf_char(funcs, 0);
        write_body(code, (i + 1) % count);
    }
    write_section(out, 3, funcs);
    write_section(out, 10, code);
    tools_write("module.wasm", out->at, out->len);
    tools_decode();
}

TEST(a_small_module_is_one_unit)
{
    struct aot_options options = tools_options();
    struct aot_source source;

    tools_open("(module (func) (func))");
    make(&options, false, &source);
    EXPECT_EQ_INT(source.unit_count, 1);
    EXPECT_HAS_STR(text_of(&source, 0), "viv_code={");
    aot_source_fini(&source);
}

TEST(a_module_without_functions_is_one_unit)
{
    struct aot_options options = tools_options();
    struct aot_source source;

    tools_open("(module)");
    make(&options, false, &source);
    EXPECT_EQ_INT(source.unit_count, 1);
    aot_source_fini(&source);
}

TEST(a_large_module_is_cut_into_equal_shares)
{
    struct aot_options options = tools_options();
    struct aot_source source;

    open_large(800);
    make(&options, false, &source);
    EXPECT(source.unit_count >= 4 && source.unit_count < 20);
    for (uint32_t i = 1; i + 1 < source.unit_count; i++) {
        EXPECT(source.units[i].len < source.units[0].len * 5 / 4);
        EXPECT(source.units[i].len > source.units[0].len * 3 / 4);
    }
    aot_source_fini(&source);
}

TEST(every_function_is_defined_once_and_declared_where_it_is_called)
{
    struct aot_options options = tools_options();
    struct aot_source source;
    int defined = 0;

    open_large(600);
    make(&options, false, &source);
    for (uint32_t i = 0; i < source.unit_count; i++) {
        const char *text = text_of(&source, i);
        int here = tools_count(text, "(VIV_P u32 l0)\n{\n");
        int declared = tools_count(text, "(VIV_P u32);\n") - 1;

        /* (less one, the type:) the last unit has a table of all functions,
         * the others need one more than they have */
        EXPECT_EQ_INT(declared, i + 1 < source.unit_count ? here + 1 : 600);
        defined += here;
    }
    EXPECT_EQ_INT(defined, 600);
    aot_source_fini(&source);
}

TEST(the_text_depends_on_the_module_and_fuel_only)
{
    struct aot_options options = tools_options(), others = tools_options();
    struct aot_source a, b, fuel;

    open_large(500);
    options.jobs = 1;
    others.jobs = 8;
    others.target = options.target == AOT_GS ? AOT_PORTABLE : AOT_GS;
    others.opt_level = 0;
    others.cc = "another";
    others.cpu = "x86-64";
    make(&options, false, &a);
    make(&others, false, &b);
    make(&options, true, &fuel);
    expect_same(&a, &b);
    EXPECT(fuel.units[0].len > a.units[0].len);
    aot_source_fini(&a);
    aot_source_fini(&b);
    aot_source_fini(&fuel);
}

TEST(the_last_unit_has_what_belongs_to_the_module)
{
    struct aot_options options = tools_options();
    struct aot_source source;

    open_large(500);
    make(&options, false, &source);
    for (uint32_t i = 0; i < source.unit_count; i++) {
        int wanted = i + 1 == source.unit_count;

        EXPECT_EQ_INT(tools_count(text_of(&source, i), "viv_code={"), wanted);
        EXPECT_EQ_INT(tools_count(source.units[i].at, ".incbin"), wanted * 2);
    }
    EXPECT_HAS_STR(source.units[source.unit_count - 1].at,
                   "ENGINE_ABI_VERSION,500,1,77,viv_funcs");
    aot_source_fini(&source);
}

static uint32_t last_done, last_total;

static void watch(void *cookie, enum aot_stage stage, uint32_t done,
                  uint32_t total)
{
    EXPECT(cookie == &last_done);
    EXPECT_EQ_INT(stage, AOT_EMIT);
    EXPECT(done >= last_done && done <= total);
    last_done = done;
    last_total = total;
}

TEST(progress_counts_functions_to_the_end)
{
    struct aot_options options = tools_options();
    struct aot_source source;

    open_large(600);
    options.progress = watch;
    options.progress_cookie = &last_done;
    make(&options, false, &source);
    EXPECT_EQ_INT(last_done, 600);
    EXPECT_EQ_INT(last_total, 600);
    aot_source_fini(&source);
}

TEST(a_body_that_does_not_validate_leaves_nothing)
{
    struct aot_options options = tools_options();
    struct aot_source source = {0};
    viv_error err = {0};

    tools_open("(module (func) (func (result i32) i32.const 1))");
    tools_it.bytes[tools_it.module.funcs[1].body.at - tools_it.bytes + 1] =
        0x6a; /* i32.add */
    EXPECT_EQ_INT(aot_source_make(&tools_it.module, &tools_it.layout, false, 0,
                                  &options, &source, &err),
                  VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "at byte ");
    EXPECT(source.units == NULL);
}

TEST(every_allocation_that_fails_is_survived)
{
    struct aot_options options = tools_options();
    struct aot_source source = {0};
    viv_error err = {0};
    uint64_t n = 1;
    int r;

    tools_open("(module (import \"a\" \"b\" (func (param i32)))"
               " (func (param i32) (call 0 (local.get 0))) (func))");
    do {
        base_alloc_fail_at(n++);
        r = aot_source_make(&tools_it.module, &tools_it.layout, false, 0,
                            &options, &source, &err);
        base_alloc_fail_at(0);
        EXPECT(r == 0 || r == VIV_ENOMEM);
    } while (r < 0);
    EXPECT(n > 10);
    aot_source_fini(&source);
}
