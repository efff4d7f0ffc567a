/* aot_inspect.c - what can be known of a file without running it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "aot/aot.h"
#include "aot/aot_describe.h"
#include "aot/aot_permissions.h"
#include "base/base_alloc.h"
#include "base/base_arena.h"
#include "base/base_buf.h"
#include "base/base_error.h"
#include "engine/engine_layout.h"
#include "engine/engine_object.h"
#include "engine/engine_skeleton.h"
#include "os/os_file.h"
#include "wasm/wasm_check.h"
#include "wasm/wasm_decode.h"
#include "wasm/wasm_type.h"

#define TEXT_BYTES_MAX ((size_t)1 << 30)

static const char *const kind_names[] = {
    [WASM_FUNC] = "func",
    [WASM_TABLE] = "table",
    [WASM_MEMORY] = "memory",
    [WASM_GLOBAL] = "global",
};

static const struct {
    uint32_t bit;
    const char *name;
} features[] = {
    {WASM_FEATURE_MUTABLE_GLOBALS, "mutable-globals"},
    {WASM_FEATURE_SIGN_EXTENSION, "sign-extension"},
    {WASM_FEATURE_SATURATING, "saturating-conversions"},
    {WASM_FEATURE_MULTI_VALUE, "multi-value"},
    {WASM_FEATURE_BULK_MEMORY, "bulk-memory"},
    {WASM_FEATURE_REFERENCE_TYPES, "reference-types"},
    {WASM_FEATURE_SIMD, "simd"},
    {WASM_FEATURE_TAIL_CALLS, "tail-calls"},
    {WASM_FEATURE_EXTENDED_CONST, "extended-const"},
};

static void write_types(struct base_buf *out, const uint8_t *types,
                        uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        base_buf_text(out, i == 0 ? "" : ",");
        base_buf_text(out, wasm_type_text(types[i]));
    }
}

/* `(i32,i32)->(i64)` */
static void describe_func_type(struct aot_describe *to,
                               const struct wasm_func_type *type)
{
    struct base_buf text;

    base_buf_init(&text, TEXT_BYTES_MAX);
    base_buf_char(&text, '(');
    write_types(&text, type->params, type->param_count);
    base_buf_text(&text, ")->(");
    write_types(&text, type->results, type->result_count);
    base_buf_text(&text, ")");
    base_buf_char(&text, '\0');
    if (!text.failed)
        aot_describe_word(to, "type", text.at);
    to->out->failed |= text.failed;
    base_buf_fini(&text);
}

static void describe_limits(struct aot_describe *to,
                            const struct wasm_limits *limits)
{
    aot_describe_number(to, "min", limits->min);
    if (limits->has_max)
        aot_describe_number(to, "max", limits->max);
}

/* What an import or export is, besides its name. */
static void describe_extern(struct aot_describe *to,
                            const struct wasm_module *module,
                            enum wasm_kind kind, uint32_t index)
{
    switch (kind) {
    case WASM_FUNC:
        describe_func_type(to, wasm_type_of_func(module, index));
        break;
    case WASM_TABLE:
        aot_describe_word(to, "type",
                          wasm_type_text(module->tables[index].type));
        describe_limits(to, &module->tables[index].limits);
        break;
    case WASM_MEMORY:
        describe_limits(to, &module->memories[index].limits);
        break;
    case WASM_GLOBAL:
        aot_describe_word(to, "type",
                          wasm_type_text(module->globals[index].type));
        aot_describe_bool(to, "mutable", module->globals[index].is_mutable);
        break;
    }
}

static void describe_name(struct aot_describe *to, const char *what,
                          struct wasm_bytes name)
{
    aot_describe_text(to, what, (const char *)name.at, name.len);
}

static void describe_imports(struct aot_describe *to,
                             const struct wasm_module *module)
{
    aot_describe_list(to, "imports", module->import_count);
    for (uint32_t i = 0; i < module->import_count; i++) {
        const struct wasm_import *import = &module->imports[i];

        aot_describe_item(to);
        aot_describe_word(to, "kind", kind_names[import->kind]);
        describe_name(to, "module", import->module);
        describe_name(to, "name", import->name);
        describe_extern(to, module, import->kind, import->index);
        aot_describe_item_end(to);
    }
    aot_describe_list_end(to);
}

/* Each permission once, in the order in which the imports come to them. */
static void describe_permissions(struct aot_describe *to,
                                 const struct wasm_module *module,
                                 aot_permission_func *permission_of)
{
    struct aot_permissions permissions;

    aot_permissions_find(module, permission_of, &permissions);
    aot_describe_list(to, "permissions", permissions.count);
    for (uint32_t i = 0; i < permissions.count; i++) {
        aot_describe_item(to);
        aot_describe_word(to, "name", permissions.names[i]);
        aot_describe_item_end(to);
    }
    aot_describe_list_end(to);
}

static void describe_exports(struct aot_describe *to,
                             const struct wasm_module *module)
{
    aot_describe_list(to, "exports", module->export_count);
    for (uint32_t i = 0; i < module->export_count; i++) {
        const struct wasm_export *export = &module->exports[i];

        aot_describe_item(to);
        aot_describe_word(to, "kind", kind_names[export->kind]);
        describe_name(to, "name", export->name);
        describe_extern(to, module, export->kind, export->index);
        aot_describe_item_end(to);
    }
    aot_describe_list_end(to);
}

static void describe_memories(struct aot_describe *to,
                              const struct wasm_module *module)
{
    aot_describe_list(to, "memories", module->memory_count);
    for (uint32_t i = 0; i < module->memory_count; i++) {
        aot_describe_item(to);
        describe_limits(to, &module->memories[i].limits);
        aot_describe_item_end(to);
    }
    aot_describe_list_end(to);
    aot_describe_list(to, "tables", module->table_count);
    for (uint32_t i = 0; i < module->table_count; i++) {
        aot_describe_item(to);
        aot_describe_word(to, "type", wasm_type_text(module->tables[i].type));
        describe_limits(to, &module->tables[i].limits);
        aot_describe_item_end(to);
    }
    aot_describe_list_end(to);
}

static void describe_features(struct aot_describe *to, uint32_t bits)
{
    uint32_t count = (uint32_t)__builtin_popcount(bits);

    aot_describe_list(to, "features", count);
    for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
        if ((bits & features[i].bit) == 0)
            continue;
        aot_describe_item(to);
        aot_describe_word(to, "name", features[i].name);
        aot_describe_item_end(to);
    }
    aot_describe_list_end(to);
}

static void describe_module(struct aot_describe *to,
                            const struct wasm_module *module,
                            aot_permission_func *permission_of)
{
    if (module->name.len > 0)
        describe_name(to, "module_name", module->name);
    aot_describe_number(to, "functions",
                        module->func_count - module->func_import_count);
    aot_describe_number(to, "types", module->type_count);
    aot_describe_number(to, "globals", module->global_count);
    aot_describe_number(to, "element_segments", module->elem_count);
    aot_describe_number(to, "data_segments", module->data_count);
    aot_describe_bool(to, "start_function", module->has_start);
    describe_features(to, module->features);
    describe_memories(to, module);
    if (permission_of != NULL)
        describe_permissions(to, module, permission_of);
    describe_imports(to, module);
    describe_exports(to, module);
}

static const char *cpu_name(uint64_t cpu)
{
    return (cpu & ENGINE_CPU_X86_64_V4) != 0   ? "x86-64-v4"
           : (cpu & ENGINE_CPU_X86_64_V3) != 0 ? "x86-64-v3"
           : (cpu & ENGINE_CPU_X86_64_V2) != 0 ? "x86-64-v2"
                                               : "x86-64";
}

static void describe_header(struct aot_describe *to,
                            const struct engine_header *header,
                            uint64_t file_bytes)
{
    aot_describe_word(to, "format", "compiled module");
    aot_describe_number(to, "file_bytes", file_bytes);
    aot_describe_number(to, "abi_version", header->abi_version);
    aot_describe_text(to, "viv_version", header->viv_version,
                      strlen(header->viv_version));
    aot_describe_word(to, "target",
                      header->target == ENGINE_TARGET_GS ? "gs" : "portable");
    aot_describe_word(to, "cpu", cpu_name(header->cpu));
    aot_describe_text(to, "cc", header->cc, strlen(header->cc));
    aot_describe_text(to, "options", header->options, strlen(header->options));
    aot_describe_bool(to, "fuel", (header->flags & ENGINE_FLAG_FUEL) != 0);
    aot_describe_bool(to, "pgo_generate",
                      (header->flags & ENGINE_FLAG_PGO_GENERATE) != 0);
    aot_describe_bool(to, "pgo_use",
                      (header->flags & ENGINE_FLAG_PGO_USE) != 0);
    aot_describe_number(to, "state_bytes", header->state_bytes);
    aot_describe_number(to, "source_bytes", header->source_bytes);
    aot_describe_digest(to, "source_digest", header->source_digest);
}

/* Features come out of instructions as well. */
static int check_bodies(struct wasm_module *module, viv_error *err)
{
    struct wasm_check check;
    int r = 0;

    wasm_check_init(&check, module);
    for (uint32_t i = module->func_import_count;
         r == 0 && i < module->func_count; i++)
        r = wasm_check_func(&check, i, err);
    wasm_check_fini(&check);
    return r;
}

static int inspect_wasm(const char *path, struct aot_describe *to,
                        aot_permission_func *permission_of, viv_error *err)
{
    struct base_arena arena;
    struct wasm_module module;
    struct engine_layout layout;
    uint8_t *bytes;
    size_t len;
    int r = os_file_read_all(path, WASM_BYTES_MAX, &bytes, &len, err);

    if (r < 0)
        return r;
    base_arena_init(&arena);
    r = wasm_decode(bytes, len, WASM_WHOLE, &arena, &module, err);
    if (r == 0)
        r = engine_layout(&module, &arena, &layout, err);
    if (r == 0)
        r = check_bodies(&module, err);
    if (r == 0) {
        aot_describe_word(to, "format", "WebAssembly");
        aot_describe_number(to, "file_bytes", len);
        aot_describe_number(to, "state_bytes", layout.state_bytes);
        describe_module(to, &module, permission_of);
    }
    base_arena_fini(&arena);
    base_free(bytes);
    return r;
}

static int inspect_compiled(const char *path, struct aot_describe *to,
                            aot_permission_func *permission_of, viv_error *err)
{
    struct engine_header header;
    struct base_arena arena;
    struct wasm_module module;
    struct os_file file;
    uint8_t *bytes;
    int r = engine_object_open(path, &file, &header, err);

    if (r < 0)
        return r;
    r = engine_skeleton_read(&file, path, &header, &bytes, err);
    if (r == 0) {
        base_arena_init(&arena);
        r = wasm_decode(bytes, header.skeleton_bytes, WASM_SKELETON, &arena,
                        &module, err);
        if (r == 0) {
            module.features |= (uint32_t)header.features;
            describe_header(to, &header, file.bytes);
            describe_module(to, &module, permission_of);
        }
        base_arena_fini(&arena);
        base_free(bytes);
    }
    os_file_close(&file);
    return r;
}

/* Both kinds of file say in their first bytes which they are. */
static int is_compiled(const char *path, bool *ret_is, viv_error *err)
{
    uint8_t begin[4] = {0};
    struct os_file file;
    int r = os_file_open(path, &file, err);

    if (r < 0)
        return r;
    if (file.bytes >= sizeof(begin))
        r = os_file_read(&file, path, 0, begin, sizeof(begin), err);
    os_file_close(&file);
    *ret_is = memcmp(begin, "\177ELF", 4) == 0;
    return r;
}

int aot_inspect_file(const char *path, bool json,
                     aot_permission_func *permission_of, char **ret_text,
                     viv_error *err)
{
    struct aot_describe to;
    struct base_buf out;
    bool compiled;
    int r = is_compiled(path, &compiled, err);

    if (r < 0)
        return r;
    base_buf_init(&out, TEXT_BYTES_MAX);
    aot_describe_begin(&to, &out, json);
    r = compiled ? inspect_compiled(path, &to, permission_of, err)
                 : inspect_wasm(path, &to, permission_of, err);
    aot_describe_end(&to);
    base_buf_char(&out, '\0');
    if (r == 0 && out.failed)
        r = base_error_memory(err);
    if (r == 0)
        *ret_text = out.at;
    else
        base_buf_fini(&out);
    return r;
}

void aot_text_free(char *text)
{
    base_free(text);
}
