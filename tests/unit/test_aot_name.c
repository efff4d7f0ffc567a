/* test_aot_name.c - tests of names made fit for C.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_name.h"

#include <ctype.h>

#include "base/base_alloc.h"
#include "base/base_arena.h"
#include "test.h"

static struct base_arena arena;
static const char *const *names;

static struct wasm_bytes bytes(const char *text, size_t len)
{
    return (struct wasm_bytes){(const uint8_t *)text, (uint32_t)len};
}

/* Names of a module with these functions. */
static void name(struct wasm_func *funcs, uint32_t count)
{
    struct wasm_module module = {.func_count = count, .funcs = funcs};

    base_arena_init(&arena);
    EXPECT_EQ_INT(aot_names(&module, &arena, &names, NULL), 0);
}

TEST(a_name_begins_with_the_index)
{
    struct wasm_func funcs[2] = {{.name = bytes("max", 3)}, {0}};

    name(funcs, 2);
    EXPECT_EQ_STR(names[0], "fn0_max");
    EXPECT_EQ_STR(names[1], "fn1");
    base_arena_fini(&arena);
}

TEST(hostile_names_become_words)
{
    static const char evil[] = "a b\"\\\n*/;#include </etc/passwd>\0x\xff\xc3";
    struct wasm_func funcs[1] = {{.name = bytes(evil, sizeof(evil) - 1)}};

    name(funcs, 1);
    for (const char *at = names[0]; *at != '\0'; at++)
        EXPECT(isalnum((unsigned char)*at) || *at == '_');
    EXPECT_EQ_INT(strlen(names[0]), strlen("fn0_") + sizeof(evil) - 1);
    base_arena_fini(&arena);
}

TEST(every_byte_becomes_a_letter_a_digit_or_an_underscore)
{
    struct wasm_func funcs[256];
    char all[256];

    memset(funcs, 0, sizeof(funcs));
    for (int i = 0; i < 256; i++) {
        all[i] = (char)i;
        funcs[i].name = bytes(&all[i], 1);
    }
    name(funcs, 256);
    for (int i = 0; i < 256; i++) {
        const char *last = names[i] + strlen(names[i]) - 1;

        EXPECT(i < 128 && isalnum(i) ? *last == i : *last == '_');
    }
    base_arena_fini(&arena);
}

TEST(long_names_are_cut_and_stay_different)
{
    static char text[100000];
    struct wasm_func funcs[2];

    memset(text, 'x', sizeof(text));
    memset(funcs, 0, sizeof(funcs));
    funcs[0].name = funcs[1].name = bytes(text, sizeof(text));
    name(funcs, 2);
    EXPECT(strlen(names[0]) < 100);
    EXPECT(strcmp(names[0], names[1]) != 0);
    base_arena_fini(&arena);
}

TEST(without_a_name_section_exports_and_imports_give_the_name)
{
    struct wasm_func funcs[3] = {{0}, {0}, {.name = bytes("own", 3)}};
    struct wasm_import imports[2] = {
        {.kind = WASM_MEMORY, .name = bytes("mem", 3), .index = 0},
        {.kind = WASM_FUNC, .name = bytes("log", 3), .index = 0},
    };
    struct wasm_export exports[3] = {
        {.kind = WASM_GLOBAL, .name = bytes("glob", 4), .index = 1},
        {.kind = WASM_FUNC, .name = bytes("run", 3), .index = 1},
        {.kind = WASM_FUNC, .name = bytes("other", 5), .index = 2},
    };
    struct wasm_module module = {
        .func_count = 3,
        .funcs = funcs,
        .import_count = 2,
        .imports = imports,
        .export_count = 3,
        .exports = exports,
    };

    base_arena_init(&arena);
    EXPECT_EQ_INT(aot_names(&module, &arena, &names, NULL), 0);
    EXPECT_EQ_STR(names[0], "fn0_log");
    EXPECT_EQ_STR(names[1], "fn1_run");
    EXPECT_EQ_STR(names[2], "fn2_own");
    base_arena_fini(&arena);
}

TEST(running_out_of_memory_is_an_error)
{
    struct wasm_func funcs[1] = {{.name = bytes("max", 3)}};
    struct wasm_module module = {.func_count = 1, .funcs = funcs};
    viv_error err = {0};

    base_arena_init(&arena);
    base_alloc_fail_at(1);
    EXPECT_EQ_INT(aot_names(&module, &arena, &names, &err), VIV_ENOMEM);
    base_alloc_fail_at(0);
    EXPECT_EQ_INT(err.code, VIV_ENOMEM);
    base_arena_fini(&arena);
}
