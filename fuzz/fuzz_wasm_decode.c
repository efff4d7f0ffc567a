/* fuzz_wasm_decode.c - any bytes at all, to the decoder of modules.
 *
 * What it accepts must be what wasm_module.h describes: every index inside its
 * index space, every stretch of bytes inside the file.  What it refuses, it
 * refuses with a sentence and an offset.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_arena.h"
#include "target.h"
#include "wasm/wasm_decode.h"

/* Keeps the compiler from leaving out reads whose result nobody needs. */
static volatile uint8_t sink;

static void expect_inside(const struct wasm_module *module,
                          struct wasm_bytes bytes)
{
    const uint8_t *end = module->bytes + module->bytes_len;
    uint32_t i;

    if (bytes.len == 0)
        return;
    CHECK(bytes.at >= module->bytes && bytes.at < end);
    CHECK(bytes.len <= (size_t)(end - bytes.at));
    for (i = 0; i < bytes.len; i += 1 + bytes.len / 16)
        sink += bytes.at[i];
}

static void expect_value_types(const uint8_t *types, uint32_t count)
{
    uint32_t i;

    for (i = 0; i < count; i++)
        CHECK((types[i] >= WASM_V128 && types[i] <= WASM_I32) ||
              types[i] == WASM_FUNCREF || types[i] == WASM_EXTERNREF);
}

static void expect_types(const struct wasm_module *module)
{
    uint32_t i;

    for (i = 0; i < module->type_count; i++) {
        const struct wasm_func_type *type = &module->types[i];
        const struct wasm_func_type *canon;

        expect_value_types(type->params, type->param_count);
        expect_value_types(type->results, type->result_count);
        CHECK(type->canon <= i);
        canon = &module->types[type->canon];
        CHECK(canon->canon == type->canon);
        CHECK(canon->param_count == type->param_count);
        CHECK(canon->result_count == type->result_count);
    }
}

static uint32_t space_of(const struct wasm_module *module, enum wasm_kind kind)
{
    switch (kind) {
    case WASM_FUNC:
        return module->func_count;
    case WASM_TABLE:
        return module->table_count;
    case WASM_MEMORY:
        return module->memory_count;
    case WASM_GLOBAL:
        return module->global_count;
    }
    return 0;
}

static void expect_border(const struct wasm_module *module)
{
    uint32_t i;

    CHECK(module->func_import_count + module->table_import_count +
              module->memory_import_count + module->global_import_count ==
          module->import_count);
    for (i = 0; i < module->import_count; i++) {
        const struct wasm_import *import = &module->imports[i];

        expect_inside(module, import->module);
        expect_inside(module, import->name);
        CHECK(import->index < space_of(module, import->kind));
    }
    for (i = 0; i < module->export_count; i++) {
        expect_inside(module, module->exports[i].name);
        CHECK(module->exports[i].index <
              space_of(module, module->exports[i].kind));
    }
    CHECK(!module->has_start || module->start < module->func_count);
}

static void expect_spaces(const struct wasm_module *module)
{
    uint32_t i;

    CHECK(module->memory_count <= 1);
    for (i = 0; i < module->func_count; i++) {
        CHECK(module->funcs[i].type < module->type_count);
        expect_inside(module, module->funcs[i].body);
        expect_inside(module, module->funcs[i].name);
        sink += module->func_declared[i];
    }
    for (i = 0; i < module->table_count; i++) {
        const struct wasm_limits *limits = &module->tables[i].limits;

        expect_value_types(&module->tables[i].type, 1);
        CHECK(!limits->has_max || limits->min <= limits->max);
    }
    for (i = 0; i < module->memory_count; i++)
        CHECK(module->memories[i].limits.min <= 65536);
    for (i = 0; i < module->global_count; i++) {
        expect_value_types(&module->globals[i].type, 1);
        expect_inside(module, module->globals[i].init.bytes);
    }
}

static void expect_elem(const struct wasm_module *module,
                        const struct wasm_elem *elem)
{
    uint32_t i;

    CHECK(elem->mode != WASM_ACTIVE || elem->table < module->table_count);
    expect_inside(module, elem->offset.bytes);
    for (i = 0; i < elem->count; i++) {
        const struct wasm_elem_item *item = &elem->items[i];

        if (item->kind == WASM_ELEM_FUNC)
            CHECK(item->index < module->func_count);
        else if (item->kind == WASM_ELEM_GLOBAL)
            CHECK(item->index < module->global_count);
    }
}

static void expect_segments(const struct wasm_module *module)
{
    uint32_t i;

    for (i = 0; i < module->elem_count; i++)
        expect_elem(module, &module->elems[i]);
    for (i = 0; i < module->data_count; i++) {
        const struct wasm_data *data = &module->datas[i];

        CHECK(data->mode != WASM_ACTIVE || module->memory_count == 1);
        expect_inside(module, data->offset.bytes);
        expect_inside(module, data->bytes);
    }
}

static void decode(const uint8_t *bytes, size_t len, enum wasm_form form)
{
    struct base_arena arena;
    struct wasm_module module;
    viv_error err;
    int code;

    base_arena_init(&arena);
    code = wasm_decode(bytes, len, form, &arena, &module, &err);
    if (code < 0) {
        target_expect_refusal(code, &err, len);
    } else {
        expect_types(&module);
        expect_border(&module);
        expect_spaces(&module);
        expect_segments(&module);
        expect_inside(&module, module.name);
    }
    base_arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    decode(bytes, len, WASM_WHOLE);
    decode(bytes, len, WASM_SKELETON);
    return 0;
}
