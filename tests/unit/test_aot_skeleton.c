/* test_aot_skeleton.c - tests of a module without its code.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* memmem */
#include "aot/aot_skeleton.h"

#include "aot_tools.h"

static struct base_buf skeleton;

/* The skeleton of `module.wasm` of the folder. */
static void make(void)
{
    base_buf_fini(&skeleton);
    base_buf_init(&skeleton, SIZE_MAX / 2);
    tools_decode();
    EXPECT_EQ_INT(aot_skeleton(&tools_it.module, &skeleton, NULL), 0);
}

/* Is there a section `id` in the skeleton, and if so, how many bytes? */
static int section_bytes(uint8_t wanted)
{
    const uint8_t *at = (const uint8_t *)skeleton.at + 8;
    const uint8_t *end = (const uint8_t *)skeleton.at + skeleton.len;

    while (at < end) {
        uint8_t id = *at++;
        uint32_t len = 0;

        for (int shift = 0;; shift += 7) {
            len |= (uint32_t)(*at & 127) << shift;
            if (*at++ < 128)
                break;
        }
        if (id == wanted)
            return (int)len;
        at += len;
    }
    return -1;
}

static void decode_skeleton(struct base_arena *arena,
                            struct wasm_module *module)
{
    viv_error err = {0};

    base_arena_init(arena);
    if (wasm_decode((const uint8_t *)skeleton.at, skeleton.len, WASM_SKELETON,
                    arena, module, &err) < 0)
        test_fail(TEST_AT, "the skeleton does not decode: %s", err.text);
}

/* Append a custom section to `module.wasm`. */
static void append_custom(const char *name, const void *bytes, size_t len)
{
    uint8_t head[40] = {0};
    size_t at = 0;
    FILE *file = fopen(tools_path("module.wasm"), "ab");

    EXPECT(file != NULL && strlen(name) + 1 + len < 128);
    head[at++] = 0;
    head[at++] = (uint8_t)(strlen(name) + 1 + len);
    head[at++] = (uint8_t)strlen(name);
    memcpy(head + at, name, strlen(name));
    EXPECT_EQ_INT(fwrite(head, 1, at + strlen(name), file), at + strlen(name));
    EXPECT_EQ_INT(fwrite(bytes, 1, len, file), len);
    EXPECT_EQ_INT(fclose(file), 0);
}

static const char wat[] =
    "(module (import \"env\" \"log\" (func $log (param i32)))"
    " (memory (export \"memory\") 1 2) (table 5 funcref)"
    " (global (export \"g\") (mut i64) (i64.const 5))"
    " (func $add (export \"add\") (param $left i32) (param i32) (result i32)"
    "  (i32.add (local.get 0) (local.get 1)))"
    " (elem (i32.const 1) $add) (data (i32.const 8) \"hello\"))";

TEST(a_skeleton_decodes_to_the_same_module_without_bodies)
{
    struct base_arena arena;
    struct wasm_module module;

    tools_assemble(wat);
    make();
    decode_skeleton(&arena, &module);
    EXPECT_EQ_INT(module.func_count, tools_it.module.func_count);
    EXPECT_EQ_INT(module.export_count, tools_it.module.export_count);
    EXPECT_EQ_INT(module.data_count, 1);
    EXPECT_EQ_INT(module.elem_count, 1);
    EXPECT_EQ_INT(module.memories[0].limits.max, 2);
    EXPECT_EQ_MEM(module.datas[0].bytes.at, "hello", 5);
    EXPECT_EQ_INT(module.funcs[1].name.len, 3);
    EXPECT_EQ_MEM(module.funcs[1].name.at, "add", 3);
    base_arena_fini(&arena);
}

TEST(the_code_is_gone)
{
    tools_assemble(wat);
    make();
    EXPECT_EQ_INT(section_bytes(10), -1);
    EXPECT(section_bytes(3) > 0);
    EXPECT(section_bytes(11) > 0);
    EXPECT(skeleton.len < tools_it.len);
}

TEST(names_of_locals_are_dropped)
{
    tools_assemble(wat);
    make();
    EXPECT(section_bytes(0) > 0);
    EXPECT(memmem(tools_it.bytes, tools_it.len, "left", 4) != NULL);
    EXPECT(memmem(skeleton.at, skeleton.len, "left", 4) == NULL);
}

TEST(custom_sections_are_dropped)
{
    size_t before;

    tools_assemble("(module (func))");
    make();
    before = skeleton.len;
    append_custom("producers", "secret", 6);
    append_custom("", "", 0);
    append_custom("nam", "secret", 6);
    make();
    EXPECT_EQ_INT(skeleton.len, before);
    EXPECT(memmem(skeleton.at, skeleton.len, "secret", 6) == NULL);
}

/* A name section that is broken: it is left out, and all else is there. */
static void expect_names_left_out(const char *bytes, size_t len)
{
    struct base_arena arena;
    struct wasm_module module;
    char command[600];

    snprintf(command, sizeof(command),
             "wat2wasm '%s/module.wat' -o '%s/module.wasm'", tools_folder(),
             tools_folder());
    tools_assemble("(module (func (export \"f\")))");
    EXPECT_EQ_INT(system(command), 0);
    append_custom("name", bytes, len);
    make();
    EXPECT_EQ_INT(section_bytes(0), -1);
    decode_skeleton(&arena, &module);
    EXPECT_EQ_INT(module.export_count, 1);
    base_arena_fini(&arena);
}

TEST(a_name_section_whose_parts_run_over_its_end_is_left_out)
{
    expect_names_left_out("\x01\x20\x01", 3);
    expect_names_left_out("\x01\xff\xff\xff\xff\x0f", 6);
    expect_names_left_out("\x01", 1);
    expect_names_left_out("\x01\x80\x80\x80\x80\x80\x80", 7);
}

TEST(names_inside_may_be_broken_and_the_skeleton_still_decodes)
{
    struct base_arena arena;
    struct wasm_module module;

    tools_assemble("(module (func (export \"f\")))");
    append_custom("name", "\x01\x03\x05\x00\xff", 5);
    make();
    decode_skeleton(&arena, &module);
    EXPECT_EQ_INT(module.export_count, 1);
    base_arena_fini(&arena);
}

TEST(running_out_of_memory_is_an_error)
{
    viv_error err = {0};

    tools_open(wat);
    base_buf_init(&skeleton, SIZE_MAX / 2);
    base_alloc_fail_at(1);
    EXPECT_EQ_INT(aot_skeleton(&tools_it.module, &skeleton, &err), VIV_ENOMEM);
    base_alloc_fail_at(0);
    base_buf_fini(&skeleton);
    base_buf_init(&skeleton, SIZE_MAX / 2);
    base_alloc_fail_at(2); /* the names' own buffer */
    EXPECT_EQ_INT(aot_skeleton(&tools_it.module, &skeleton, &err), VIV_ENOMEM);
    base_alloc_fail_at(0);
}
