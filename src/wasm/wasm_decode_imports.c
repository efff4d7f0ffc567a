/* wasm_decode_imports.c - the import section, and room for what it begins.
 *
 * SECURITY.  See wasm_decoder.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_arena.h"
#include "base/base_check.h"
#include "wasm/wasm_decoder.h"

/* How large may each index space get? */
struct spaces {
    uint32_t imports;
    uint32_t funcs;
    uint32_t tables;
    uint32_t globals;
};

static int measure(struct wasm_decoder *decoder, struct spaces *spaces)
{
    int code = wasm_decoder_peek(decoder, WASM_SECTION_IMPORT, "imports",
                                 WASM_IMPORTS_MAX, &spaces->imports);

    if (code == 0)
        code = wasm_decoder_peek(decoder, WASM_SECTION_FUNC, "functions",
                                 WASM_FUNCS_MAX, &spaces->funcs);
    if (code == 0)
        code = wasm_decoder_peek(decoder, WASM_SECTION_TABLE, "tables",
                                 WASM_TABLES_MAX, &spaces->tables);
    if (code == 0)
        code = wasm_decoder_peek(decoder, WASM_SECTION_GLOBAL, "globals",
                                 WASM_GLOBALS_MAX, &spaces->globals);
    return code;
}

/* Each import is counted for every space, because its kind is not known yet:
 * wasted is address space, which the kernel gives pages to only when they are
 * touched. */
int wasm_decode_spaces(struct wasm_decoder *decoder)
{
    struct wasm_module *module = decoder->module;
    struct base_arena *arena = decoder->arena;
    struct spaces spaces;
    int code = measure(decoder, &spaces);
    size_t imports;

    if (code != 0)
        return code;
    imports = spaces.imports;
    module->funcs =
        base_arena_alloc(arena, imports + spaces.funcs, sizeof(*module->funcs));
    decoder->func_declared = base_arena_alloc(arena, imports + spaces.funcs, 1);
    decoder->tables = base_arena_alloc(arena, imports + spaces.tables,
                                       sizeof(*decoder->tables));
    decoder->memories = base_arena_alloc(arena, 1, sizeof(*decoder->memories));
    decoder->globals = base_arena_alloc(arena, imports + spaces.globals,
                                        sizeof(*decoder->globals));
    if (module->funcs == NULL || decoder->func_declared == NULL ||
        decoder->tables == NULL || decoder->memories == NULL ||
        decoder->globals == NULL)
        return wasm_decoder_memory(decoder);
    module->func_declared = decoder->func_declared;
    module->tables = decoder->tables;
    module->memories = decoder->memories;
    module->globals = decoder->globals;
    return 0;
}

static int import_func(struct wasm_decoder *decoder, struct base_read *in)
{
    struct wasm_module *module = decoder->module;
    struct wasm_func *func = &module->funcs[module->func_count];
    int code = wasm_decoder_index(decoder, in, "type", module->type_count,
                                  &func->type);

    module->func_import_count = ++module->func_count;
    return code;
}

static int import_table(struct wasm_decoder *decoder, struct base_read *in)
{
    struct wasm_module *module = decoder->module;
    struct wasm_table *table = &decoder->tables[module->table_count];
    int code = wasm_decoder_table(decoder, in, table);

    module->table_import_count = ++module->table_count;
    return code;
}

static int import_memory(struct wasm_decoder *decoder, struct base_read *in)
{
    struct wasm_module *module = decoder->module;

    if (module->memory_count > 0)
        return wasm_decoder_unsupported(decoder, base_read_offset(in),
                                        "multi-memory (a second memory)");
    module->memory_import_count = ++module->memory_count;
    return wasm_decoder_memory_type(decoder, in, decoder->memories);
}

/* A global that others change would have to live outside the sandbox's own
 * region, and a fresh copy of the sandbox would not be fresh. */
static int import_global(struct wasm_decoder *decoder, struct base_read *in,
                         const struct wasm_import *import)
{
    struct wasm_module *module = decoder->module;
    struct wasm_global *global = &decoder->globals[module->global_count];
    uint64_t at = base_read_offset(in);
    int code = wasm_decoder_global_type(decoder, in, global);

    if (code != 0)
        return code;
    if (global->is_mutable)
        return wasm_decoder_unsupported(
            decoder, at,
            "importing a mutable global (" WASM_NAME_FORMAT "." WASM_NAME_FORMAT
            ")",
            WASM_NAME(import->module), WASM_NAME(import->name));
    module->global_import_count = ++module->global_count;
    return 0;
}

static int decode_import(struct wasm_decoder *decoder, struct base_read *in,
                         struct wasm_import *import)
{
    struct wasm_module *module = decoder->module;
    int code = wasm_decoder_name(decoder, in, &import->module);
    uint64_t at;
    uint8_t kind;

    if (code == 0)
        code = wasm_decoder_name(decoder, in, &import->name);
    if (code != 0)
        return code;
    at = base_read_offset(in);
    kind = base_read_u8(in);
    import->kind = kind;

    switch (kind) {
    case WASM_FUNC:
        import->index = module->func_count;
        return import_func(decoder, in);
    case WASM_TABLE:
        import->index = module->table_count;
        return import_table(decoder, in);
    case WASM_MEMORY:
        import->index = module->memory_count;
        return import_memory(decoder, in);
    case WASM_GLOBAL:
        import->index = module->global_count;
        return import_global(decoder, in, import);
    case 4:
        return wasm_decoder_unsupported(decoder, at,
                                        "exceptions (importing a tag)");
    default:
        return wasm_decoder_bad(decoder, at, "malformed import kind %u", kind);
    }
}

int wasm_decode_imports(struct wasm_decoder *decoder, struct base_read *in)
{
    struct wasm_import *imports;
    uint32_t count;
    int code =
        wasm_decoder_count(decoder, in, "imports", 4, WASM_IMPORTS_MAX, &count);

    if (code != 0)
        return code;
    imports = base_arena_alloc(decoder->arena, count, sizeof(*imports));
    if (imports == NULL)
        return wasm_decoder_memory(decoder);
    decoder->module->imports = imports;
    decoder->module->import_count = count;
    for (uint32_t i = 0; code == 0 && i < count; i++)
        code = decode_import(decoder, in, &imports[i]);
    return code;
}
