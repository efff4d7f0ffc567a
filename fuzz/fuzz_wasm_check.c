/* fuzz_wasm_check.c - any bytes at all, to the validator of function bodies.
 *
 * One checker for all bodies of a module, so that what a bad body leaves
 * behind in it meets the next one; then each body again with a checker of its
 * own, which must come to the same verdict.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_arena.h"
#include "target.h"
#include "wasm/wasm_check.h"
#include "wasm/wasm_decode.h"

static volatile uint32_t sink;

/* All that the compiler may ask about the state after a step. */
static void look_around(const struct wasm_check *check)
{
    uint32_t depth, i, count;

    CHECK(check->stack_len <= check->stack_capacity);
    for (i = 0; i < check->stack_len; i += 1 + check->stack_len / 8)
        sink += check->stack[i];
    for (depth = 0; depth < check->frame_count;
         depth += 1 + check->frame_count / 8) {
        const uint8_t *types = wasm_check_label(check, depth, &count);

        for (i = 0; i < count; i++)
            sink += types[i];
        CHECK(check->frames[depth].height <= check->stack_len);
    }
}

static int check_by_steps(struct wasm_check *check, uint32_t func,
                          viv_error *err)
{
    uint32_t bytes = check->module->funcs[func].body.len;
    struct wasm_instr instr;
    uint32_t steps = 0;
    int code = wasm_check_begin(check, func, err);

    while (code == 0 && check->frame_count > 0) {
        code = wasm_check_step(check, &instr, err);
        CHECK(++steps <= bytes + 1);
        if (code == 0) {
            CHECK(instr.op < WASM_OP_COUNT);
            look_around(check);
        }
    }
    return code;
}

static void check_func(struct wasm_check *check, uint32_t func, size_t len)
{
    struct wasm_check other;
    viv_error err, other_err;
    int code = check_by_steps(check, func, &err);
    int other_code;

    wasm_check_init(&other, check->module);
    other_code = wasm_check_func(&other, func, &other_err);
    wasm_check_fini(&other);
    CHECK(code == other_code);
    if (code < 0) {
        target_expect_refusal(code, &err, len);
        CHECK(strcmp(err.text, other_err.text) == 0);
    }
}

/* Decode the instructions of a body whatever their types. */
static void read_body(const struct wasm_module *module, uint32_t func,
                      size_t len)
{
    const struct wasm_func *of = &module->funcs[func];
    struct wasm_instr instr;
    struct wasm_body body;
    viv_error err;
    int code = 0;

    wasm_body_init(&body, module, of->body, of->body_at);
    while (base_read_left(&body.read) > 0 && code == 0)
        code = wasm_body_next(&body, &instr, &err);
    if (code < 0)
        target_expect_refusal(code, &err, len);
    wasm_body_fini(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct base_arena arena;
    struct wasm_module module;
    struct wasm_check check;
    uint32_t i;

    base_arena_init(&arena);
    if (wasm_decode(bytes, len, WASM_WHOLE, &arena, &module, NULL) == 0) {
        wasm_check_init(&check, &module);
        for (i = module.func_import_count; i < module.func_count; i++) {
            check_func(&check, i, len);
            read_body(&module, i, len);
        }
        wasm_check_fini(&check);
    }
    base_arena_fini(&arena);
    return 0;
}
