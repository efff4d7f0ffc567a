/* engine_link.c - a module, and what answers its imports.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_link.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"
#include "engine/engine_match.h"

/* ------------------------------------------------------------------------
 * What each kind of import leaves behind.
 */

static bool has_funcref(const struct wasm_func_type *type)
{
    return type->result_count > 0 &&
           memchr(type->results, WASM_FUNCREF, type->result_count) != NULL;
}

static struct wasm_limits limits_of(const viv_import *row)
{
    return (struct wasm_limits){row->min, row->max, row->has_max != 0};
}

static void take_func(struct engine_link *link, uint32_t index,
                      const viv_import *row)
{
    struct engine_host_func *host = &link->host_funcs[index];

    host->func = row->func;
    host->cookie = row->cookie;
    host->type = wasm_type_of_func(&link->module->wasm, index);
    host->has_funcref = has_funcref(host->type);
}

/* Bytes that the type does not use are zeros. */
static void take_global(struct engine_link *link, uint32_t index,
                        const viv_import *row)
{
    uint8_t type = link->module->wasm.globals[index].type;
    bool is_narrow = type == WASM_I32 || type == WASM_F32;

    memcpy(&link->globals[index], &row->value,
           is_narrow ? 4 : sizeof(row->value));
}

static void take(struct engine_link *link, const struct wasm_import *import,
                 const viv_import *row)
{
    switch (import->kind) {
    case WASM_FUNC:
        take_func(link, import->index, row);
        break;
    case WASM_GLOBAL:
        take_global(link, import->index, row);
        break;
    case WASM_TABLE:
        link->tables[import->index] = limits_of(row);
        break;
    case WASM_MEMORY:
        link->memories[import->index] = limits_of(row);
        break;
    }
}

/* ------------------------------------------------------------------------
 * Making one.
 */

static int allocate(struct engine_link *link, viv_error *err)
{
    const struct wasm_module *wasm = &link->module->wasm;
    struct base_arena *arena = &link->arena;

    link->host_funcs = base_arena_alloc(arena, wasm->func_import_count,
                                        sizeof(*link->host_funcs));
    link->globals = base_arena_alloc(arena, wasm->global_import_count,
                                     sizeof(*link->globals));
    link->tables =
        base_arena_alloc(arena, wasm->table_count, sizeof(*link->tables));
    link->memories =
        base_arena_alloc(arena, wasm->memory_count, sizeof(*link->memories));
    if (link->host_funcs == NULL || link->globals == NULL ||
        link->tables == NULL || link->memories == NULL)
        return base_error_memory(err);
    return 0;
}

static void take_all(struct engine_link *link, const viv_import **rows)
{
    const struct wasm_module *wasm = &link->module->wasm;
    uint32_t i;

    for (i = 0; i < wasm->table_count; i++)
        link->tables[i] = wasm->tables[i].limits;
    for (i = 0; i < wasm->memory_count; i++)
        link->memories[i] = wasm->memories[i].limits;
    for (i = 0; i < wasm->import_count; i++)
        take(link, &wasm->imports[i], rows[i]);
}

static int fill(struct engine_link *link, const viv_import *imports,
                size_t import_count, viv_error *err)
{
    const viv_import **rows = base_alloc_array(
        NULL, link->module->wasm.import_count + 1, sizeof(*rows));
    int code;

    if (rows == NULL)
        return base_error_memory(err);
    code = engine_match(link->module, imports, import_count, rows, err);
    if (code == 0)
        code = allocate(link, err);
    if (code == 0)
        take_all(link, rows);
    base_free(rows);
    return code;
}

int engine_link_new(struct engine_module *module, const viv_import *imports,
                    size_t import_count, struct engine_link **ret_link,
                    viv_error *err)
{
    struct engine_link *link = base_alloc_zero(1, sizeof(*link));
    int code;

    if (link == NULL)
        return base_error_memory(err);
    atomic_init(&link->refs, 1);
    base_arena_init(&link->arena);
    link->module = engine_module_ref(module);
    code = fill(link, imports, import_count, err);
    if (code < 0)
        engine_link_unref(link);
    else
        *ret_link = link;
    return code;
}

struct engine_link *engine_link_ref(struct engine_link *link)
{
    uint32_t before = atomic_fetch_add(&link->refs, 1);

    CHECK(before > 0 && before < UINT32_MAX);
    return link;
}

void engine_link_unref(struct engine_link *link)
{
    uint32_t before = atomic_fetch_sub(&link->refs, 1);

    CHECK(before > 0);
    if (before > 1)
        return;
    if (link->release != NULL)
        link->release(link->owner);
    engine_module_unref(link->module);
    base_arena_fini(&link->arena);
    base_free(link);
}
