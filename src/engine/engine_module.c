/* engine_module.c - compiled code, mapped.
 *
 * Invariants, from engine_module_load() on:
 *     1. code and wasm have the same numbers of functions and types
 *     2. every type that is the first of its kind has a trampoline
 *     3. layout is the one that the code was compiled with
 *     4. the skeleton that wasm was decoded from is the one in the header
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_module.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"
#include "base/base_sha256.h"
#include "base/base_sort.h"
#include "engine/engine_object.h"
#include "wasm/wasm_decode.h"

/* ------------------------------------------------------------------------
 * Indices that are looked up by something else.
 */

static int compare_names(const uint8_t *a, size_t a_len, const uint8_t *b,
                         size_t b_len)
{
    if (a_len != b_len)
        return a_len < b_len ? -1 : 1;
    return memcmp(a, b, a_len);
}

static int order_of_exports(const void *context, uint32_t a, uint32_t b)
{
    const struct wasm_export *exports = context;

    return compare_names(exports[a].name.at, exports[a].name.len,
                         exports[b].name.at, exports[b].name.len);
}

static int order_of_funcs(const void *context, uint32_t a, uint32_t b)
{
    const engine_func *funcs = context;
    uintptr_t x = (uintptr_t)funcs[a], y = (uintptr_t)funcs[b];

    return (x > y) - (x < y);
}

/* 0 ... count - 1 in the order of `order`; NULL when memory ran out. */
static uint32_t *sorted(struct base_arena *arena, uint32_t count,
                        base_sort_order *order, const void *context)
{
    uint32_t *numbers = base_arena_alloc(arena, count, sizeof(*numbers));
    uint32_t i;

    if (numbers == NULL)
        return NULL;
    for (i = 0; i < count; i++)
        numbers[i] = i;
    return base_sort(numbers, count, order, context) < 0 ? NULL : numbers;
}

static int index_all(struct engine_module *module, viv_error *err)
{
    const struct wasm_module *wasm = &module->wasm;

    module->exports_by_name = sorted(&module->arena, wasm->export_count,
                                     order_of_exports, wasm->exports);
    module->funcs_by_address = sorted(&module->arena, wasm->func_count,
                                      order_of_funcs, module->code->funcs);
    if (module->exports_by_name == NULL || module->funcs_by_address == NULL)
        return base_error_memory(err);
    return 0;
}

const struct wasm_export *engine_module_find(const struct engine_module *module,
                                             const char *name, size_t len)
{
    uint32_t low = 0, high = module->wasm.export_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct wasm_export *export =
            &module->wasm.exports[module->exports_by_name[middle]];
        int order = compare_names((const uint8_t *)name, len, export->name.at,
                                  export->name.len);

        if (order == 0)
            return export;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static bool find_func(const struct engine_module *module, uintptr_t address,
                      uint32_t *ret_func)
{
    uint32_t low = 0, high = module->wasm.func_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint32_t func = module->funcs_by_address[middle];
        uintptr_t at = (uintptr_t)module->code->funcs[func];

        if (at == address) {
            *ret_func = func;
            return true;
        }
        if (at < address)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

bool engine_module_func_at(const struct engine_module *module,
                           uintptr_t address, uint32_t *ret_func)
{
    return find_func(module, address, ret_func) ||
           engine_pieces_find(&module->pieces, address - module->load_address,
                              ret_func);
}

/* ------------------------------------------------------------------------
 * References.
 */

engine_ref engine_module_ref_func(const struct engine_module *module,
                                  uint32_t index)
{
    return ENGINE_REF_FUNC(index,
                           wasm_type_of_func(&module->wasm, index)->canon);
}

bool engine_module_has_ref(const struct engine_module *module, engine_ref ref)
{
    uint32_t number = (uint32_t)ref;

    if (ref == 0)
        return true;
    return number >= 1 && number <= module->wasm.func_count &&
           ref == engine_module_ref_func(module, number - 1);
}

/* ------------------------------------------------------------------------
 * Loading.
 */

static int broken(const char *path, const char *what, viv_error *err)
{
    return base_error(err, VIV_EFORMAT, "'%s' is broken: %s", path, what);
}

/* Find the code, and compare it with the header and the digest. */
static int find_code(struct engine_module *module, const char *path,
                     viv_error *err)
{
    const struct engine_header *header = &module->header;
    const struct engine_code *code;
    uint8_t digest[32];

    code = os_library_find(&module->library, ENGINE_CODE_SYMBOL);
    if (code == NULL)
        return broken(path, "it has no symbol " ENGINE_CODE_SYMBOL, err);
    if (code->abi_version != header->abi_version ||
        code->skeleton_bytes != header->skeleton_bytes)
        return broken(path, "its header speaks of other code", err);
    base_sha256(code->skeleton, code->skeleton_bytes, digest);
    if (memcmp(digest, header->skeleton_digest, sizeof(digest)) != 0)
        return broken(path, "the digest of its skeleton is another", err);
    module->code = code;
    return 0;
}

static int compare_code(const struct engine_module *module, const char *path,
                        viv_error *err)
{
    const struct engine_code *code = module->code;
    const struct wasm_module *wasm = &module->wasm;
    uint32_t i;

    if (code->func_count != wasm->func_count ||
        code->type_count != wasm->type_count)
        return broken(path, "code and skeleton differ in their counts", err);
    for (i = 0; i < wasm->type_count; i++)
        if (wasm->types[i].canon == i && code->enters[i] == NULL)
            return broken(path, "a type has no trampoline", err);
    if (module->layout.state_bytes != module->header.state_bytes)
        return base_error(err, VIV_EVERSION,
                          "'%s' was compiled with %llu bytes of state, this "
                          "library lays out %u: compile it again",
                          path, (unsigned long long)module->header.state_bytes,
                          module->layout.state_bytes);
    return 0;
}

/* A copy of `name` with a NUL after it, for hosts that write C strings. */
static bool end_name(struct base_arena *arena, struct wasm_bytes *name)
{
    uint8_t *copy = base_arena_alloc(arena, name->len + (size_t)1, 1);

    if (copy == NULL)
        return false;
    if (name->len > 0)
        memcpy(copy, name->at, name->len);
    name->at = copy;
    return true;
}

/* Names that the embedder gets to see.  The arrays are in our own arena. */
static int end_names(struct engine_module *module, viv_error *err)
{
    struct wasm_import *imports = (struct wasm_import *)module->wasm.imports;
    struct wasm_export *exports = (struct wasm_export *)module->wasm.exports;
    bool done = true;
    uint32_t i;

    for (i = 0; done && i < module->wasm.import_count; i++)
        done = end_name(&module->arena, &imports[i].module) &&
               end_name(&module->arena, &imports[i].name);
    for (i = 0; done && i < module->wasm.export_count; i++)
        done = end_name(&module->arena, &exports[i].name);
    return done ? 0 : base_error_memory(err);
}

/* From the mapped library on. */
static int fill(struct engine_module *module, const char *path, viv_error *err)
{
    int code = find_code(module, path, err);

    if (code < 0)
        return code;
    code = wasm_decode(module->code->skeleton, module->code->skeleton_bytes,
                       WASM_SKELETON, &module->arena, &module->wasm, err);
    if (code < 0)
        return code;
    code = engine_layout(&module->wasm, &module->arena, &module->layout, err);
    if (code < 0)
        return code;
    code = compare_code(module, path, err);
    if (code == 0)
        code = end_names(module, err);
    if (code == 0)
        code = index_all(module, err);
    if (code == 0)
        code = engine_pieces_read(&module->pieces, &module->library.file,
                                  module->wasm.func_count, &module->arena, err);
    return code;
}

/* Read, check and map; the library is open on success. */
static int map(struct engine_module *module, const char *path, viv_error *err)
{
    struct os_file file;
    int code;

    code = engine_object_open(path, &file, &module->header, err);
    if (code < 0)
        return code;
    code = engine_object_check(path, &module->header, err);
    if (code == 0)
        code = os_library_open(&file, path, &module->library, err);
    if (code < 0)
        os_file_close(&file);
    return code;
}

static void find_code_parts(struct engine_module *module)
{
    struct os_library_unwind unwind = os_library_unwind(&module->library);

    os_library_code(&module->library, &module->code_at, &module->code_end);
    engine_cfi_init(&module->cfi, unwind.bytes, unwind.len,
                    (uintptr_t)unwind.bytes, unwind.header_at,
                    unwind.header_len);
    module->load_address = unwind.load_address;
}

static void unload(struct engine_module *module)
{
    base_arena_fini(&module->arena);
    if (module->library.handle != NULL)
        os_library_close(&module->library);
    base_free(module);
}

int engine_module_load(const char *path, struct engine_module **ret_module,
                       viv_error *err)
{
    struct engine_module *module = base_alloc_zero(1, sizeof(*module));
    int code;

    if (module == NULL)
        return base_error_memory(err);
    atomic_init(&module->refs, 1);
    base_arena_init(&module->arena);
    code = map(module, path, err);
    if (code == 0)
        code = fill(module, path, err);
    if (code < 0) {
        unload(module);
        return code;
    }
    find_code_parts(module);
    module->is_gs = module->header.target == ENGINE_TARGET_GS;
    module->is_metered = (module->header.flags & ENGINE_FLAG_FUEL) != 0;
    *ret_module = module;
    return 0;
}

struct engine_module *engine_module_ref(struct engine_module *module)
{
    uint32_t before = atomic_fetch_add(&module->refs, 1);

    CHECK(before > 0 && before < UINT32_MAX);
    return module;
}

void engine_module_unref(struct engine_module *module)
{
    uint32_t before = atomic_fetch_sub(&module->refs, 1);

    CHECK(before > 0);
    if (before == 1)
        unload(module);
}
