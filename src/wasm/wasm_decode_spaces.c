/* wasm_decode_spaces.c - the sections that fill index spaces, and exports.
 *
 * SECURITY.  See wasm_decoder.c.  Room was made by wasm_decode_spaces() for as
 * many as the sections announce, which is read here a second time from bytes
 * that have not changed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "base/base_alloc.h"
#include "base/base_arena.h"
#include "base/base_sort.h"
#include "wasm/wasm_decoder.h"

/* As many again on top of `imported` ones, but not above `limit`. */
static int decode_count(struct wasm_decoder *decoder, struct base_read *in,
                        const char *what, uint32_t limit, uint32_t imported,
                        uint32_t *ret_count)
{
    uint64_t at = base_read_offset(in);
    int code = wasm_decoder_count(decoder, in, what, 1, limit, ret_count);

    if (code == 0 && *ret_count > limit - imported)
        return wasm_decoder_limit(decoder, at, what,
                                  (uint64_t)*ret_count + imported, limit);
    return code;
}

int wasm_decode_funcs(struct wasm_decoder *decoder, struct base_read *in)
{
    struct wasm_module *module = decoder->module;
    uint32_t count;
    int code = decode_count(decoder, in, "functions", WASM_FUNCS_MAX,
                            module->func_import_count, &count);

    for (uint32_t i = 0; code == 0 && i < count; i++) {
        struct wasm_func *func = &module->funcs[module->func_count];
        code = wasm_decoder_index(decoder, in, "type", module->type_count,
                                  &func->type);
        module->func_count++;
    }
    return code;
}

/* Where a table type would begin, 0x40 announces a table with an initial
 * value. */
static int decode_table(struct wasm_decoder *decoder, struct base_read *in)
{
    struct wasm_module *module = decoder->module;

    if (base_read_left(in) > 0 && *in->at == 0x40)
        return wasm_decoder_unsupported(
            decoder, base_read_offset(in),
            "typed function references (a table with an initial value)");
    return wasm_decoder_table(decoder, in,
                              &decoder->tables[module->table_count++]);
}

int wasm_decode_tables(struct wasm_decoder *decoder, struct base_read *in)
{
    struct wasm_module *module = decoder->module;
    uint32_t count;
    int code = decode_count(decoder, in, "tables", WASM_TABLES_MAX,
                            module->table_import_count, &count);

    for (uint32_t i = 0; code == 0 && i < count; i++)
        code = decode_table(decoder, in);
    if (module->table_count > 1)
        module->features |= WASM_FEATURE_REFERENCE_TYPES;
    return code;
}

int wasm_decode_memories(struct wasm_decoder *decoder, struct base_read *in)
{
    struct wasm_module *module = decoder->module;
    uint64_t at = base_read_offset(in);
    uint32_t count;
    int code =
        wasm_decoder_count(decoder, in, "memories", 1, UINT32_MAX, &count);

    if (code != 0 || count == 0)
        return code;
    if (count + module->memory_count > 1)
        return wasm_decoder_unsupported(decoder, at,
                                        "multi-memory (%u memories)",
                                        count + module->memory_count);
    module->memory_count = 1;
    return wasm_decoder_memory_type(decoder, in, decoder->memories);
}

/* A global is counted once it is there: its own initial value cannot name
 * it. */
int wasm_decode_globals(struct wasm_decoder *decoder, struct base_read *in)
{
    struct wasm_module *module = decoder->module;
    uint32_t count;
    int code = decode_count(decoder, in, "globals", WASM_GLOBALS_MAX,
                            module->global_import_count, &count);

    for (uint32_t i = 0; code == 0 && i < count; i++) {
        struct wasm_global *global = &decoder->globals[module->global_count];
        code = wasm_decoder_global_type(decoder, in, global);
        if (code == 0)
            code = wasm_const_decode(decoder, in, global->type, &global->init);
        if (code == 0)
            module->global_count++;
    }
    return code;
}

static int decode_export(struct wasm_decoder *decoder, struct base_read *in,
                         struct wasm_export *export)
{
    struct wasm_module *module = decoder->module;
    int code = wasm_decoder_name(decoder, in, &export->name);
    uint64_t at = base_read_offset(in);
    uint8_t kind;

    if (code != 0)
        return code;
    kind = base_read_u8(in);
    export->kind = kind;
    switch (kind) {
    case WASM_FUNC:
        code = wasm_decoder_index(decoder, in, "function", module->func_count,
                                  &export->index);
        if (code == 0)
            decoder->func_declared[export->index] = 1;
        return code;
    case WASM_TABLE:
        return wasm_decoder_index(decoder, in, "table", module->table_count,
                                  &export->index);
    case WASM_MEMORY:
        return wasm_decoder_index(decoder, in, "memory", module->memory_count,
                                  &export->index);
    case WASM_GLOBAL:
        code = wasm_decoder_index(decoder, in, "global", module->global_count,
                                  &export->index);
        if (code == 0 && module->globals[export->index].is_mutable)
            module->features |= WASM_FEATURE_MUTABLE_GLOBALS;
        return code;
    case 4:
        return wasm_decoder_unsupported(decoder, at,
                                        "exceptions (exporting a tag)");
    default:
        return wasm_decoder_bad(decoder, at, "malformed export kind %u", kind);
    }
}

static int order_of_names(const void *context, uint32_t a_index,
                          uint32_t b_index)
{
    const struct wasm_export *exports = context;
    const struct wasm_bytes *a = &exports[a_index].name;
    const struct wasm_bytes *b = &exports[b_index].name;

    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    return memcmp(a->at, b->at, a->len);
}

/* Sorted, equal names are neighbours, the earlier export first. */
static int check_names(struct wasm_decoder *decoder)
{
    const struct wasm_export *exports = decoder->module->exports;
    uint32_t count = decoder->module->export_count;
    uint32_t *sorted = base_alloc_array(NULL, count, sizeof(*sorted));
    int code = sorted != NULL ? 0 : VIV_ENOMEM;

    for (uint32_t i = 0; code == 0 && i < count; i++)
        sorted[i] = i;
    if (code == 0)
        code = base_sort(sorted, count, order_of_names, exports);
    if (code != 0)
        code = wasm_decoder_memory(decoder);
    for (uint32_t i = 1; code == 0 && i < count; i++) {
        const struct wasm_bytes *name = &exports[sorted[i]].name;
        if (order_of_names(exports, sorted[i - 1], sorted[i]) == 0)
            code = wasm_decoder_bad(
                decoder, (uint64_t)(name->at - decoder->module->bytes),
                "duplicate export name " WASM_NAME_FORMAT, WASM_NAME(*name));
    }
    base_free(sorted);
    return code;
}

int wasm_decode_exports(struct wasm_decoder *decoder, struct base_read *in)
{
    struct wasm_export *exports;
    uint32_t count;
    int code =
        wasm_decoder_count(decoder, in, "exports", 3, WASM_EXPORTS_MAX, &count);

    if (code != 0)
        return code;
    exports = base_arena_alloc(decoder->arena, count, sizeof(*exports));
    if (exports == NULL)
        return wasm_decoder_memory(decoder);
    decoder->module->exports = exports;
    decoder->module->export_count = count;
    for (uint32_t i = 0; code == 0 && i < count; i++)
        code = decode_export(decoder, in, &exports[i]);
    return code != 0 ? code : check_names(decoder);
}

int wasm_decode_start(struct wasm_decoder *decoder, struct base_read *in)
{
    struct wasm_module *module = decoder->module;
    uint64_t at = base_read_offset(in);
    const struct wasm_func_type *type;
    int code = wasm_decoder_index(decoder, in, "function", module->func_count,
                                  &module->start);

    if (code != 0)
        return code;
    type = wasm_type_of_func(module, module->start);
    if (type->param_count > 0 || type->result_count > 0)
        return wasm_decoder_bad(decoder, at,
                                "start function %u has parameters or results",
                                module->start);
    module->has_start = true;
    return 0;
}
