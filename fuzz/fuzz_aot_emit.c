/* fuzz_aot_emit.c - any bytes at all, as far as the C that they become.
 *
 * What the validator accepts the emitter must translate, and what it refuses
 * the emitter must refuse: no C is ever made of a body that is not valid.  The
 * same module gives the same text each time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_source.h"
#include "base/base_arena.h"
#include "target.h"
#include "wasm/wasm_check.h"
#include "wasm/wasm_decode.h"

#define SKELETON_BYTES 100u

static int check_bodies(struct wasm_module *module)
{
    struct wasm_check check;
    int code = 0;
    uint32_t i;

    wasm_check_init(&check, module);
    for (i = module->func_import_count; i < module->func_count && code == 0;
         i++)
        code = wasm_check_func(&check, i, NULL);
    wasm_check_fini(&check);
    return code;
}

static int make(struct wasm_module *module, const struct engine_layout *layout,
                bool fuel, struct aot_source *ret_source, size_t len)
{
    struct aot_options options;
    viv_error err;
    int code;

    aot_options_default(&options);
    options.jobs = 1;
    code = aot_source_make(module, layout, fuel, SKELETON_BYTES, &options,
                           ret_source, &err);
    if (code < 0)
        target_expect_refusal(code, &err, len);
    return code;
}

static void expect_same(const struct aot_source *one,
                        const struct aot_source *other)
{
    uint32_t i;

    CHECK(one->unit_count > 0 && one->unit_count == other->unit_count);
    for (i = 0; i < one->unit_count; i++) {
        CHECK(one->units[i].len > 0 && !one->units[i].failed);
        CHECK(one->units[i].len == other->units[i].len);
        CHECK(memcmp(one->units[i].at, other->units[i].at, one->units[i].len) ==
              0);
    }
}

static void emit(struct wasm_module *module, struct base_arena *arena,
                 size_t len)
{
    struct aot_source one, other;
    struct engine_layout layout;
    viv_error err;
    bool fuel = len % 2 == 1;
    int code = engine_layout(module, arena, &layout, &err);

    if (code < 0) {
        CHECK(code == VIV_EUNSUPPORTED || code == VIV_ENOMEM);
        return;
    }
    code = make(module, &layout, fuel, &one, len);
    CHECK(code == check_bodies(module));
    if (code == 0) {
        CHECK(make(module, &layout, fuel, &other, len) == 0);
        expect_same(&one, &other);
        aot_source_fini(&other);
        aot_source_fini(&one);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct base_arena arena;
    struct wasm_module module;

    base_arena_init(&arena);
    if (wasm_decode(bytes, len, WASM_WHOLE, &arena, &module, NULL) == 0)
        emit(&module, &arena, len);
    base_arena_fini(&arena);
    return 0;
}
