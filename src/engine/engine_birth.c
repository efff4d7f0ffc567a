/* engine_birth.c - what a guest begins with.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_birth.h"

#include <string.h>

#include "base/base_error.h"
#include "engine/engine_const.h"
#include "engine/engine_memory.h"
#include "engine/engine_table.h"
#include "engine/engine_trap.h"
#include "os/os_map.h"

/* ------------------------------------------------------------------------
 * Sizes.
 */

static int size_memory(struct engine_instance *instance,
                       const viv_limits *limits, uint64_t *ret_bytes,
                       viv_error *err)
{
    const struct wasm_limits *declared = &instance->link->memories[0];
    uint64_t most = limits->memory_bytes / ENGINE_WASM_PAGE_BYTES;

    *ret_bytes = 0;
    if (instance->module->wasm.memory_count == 0)
        return 0;
    if (declared->has_max && declared->max < most)
        most = declared->max;
    if (most > ENGINE_WASM_PAGES_MAX)
        most = ENGINE_WASM_PAGES_MAX;
    if (declared->min > most)
        return base_error(err, VIV_EINVAL,
                          "the module is born with %llu bytes of memory, the "
                          "limit memory_bytes is %llu",
                          (unsigned long long)declared->min *
                              ENGINE_WASM_PAGE_BYTES,
                          (unsigned long long)limits->memory_bytes);
    instance->memory_max_pages = (uint32_t)most;
    *ret_bytes = declared->min * ENGINE_WASM_PAGE_BYTES;
    return 0;
}

/* How many entries table `index` may have. */
static int size_table(struct engine_instance *instance, uint32_t index,
                      viv_error *err)
{
    uint32_t capacity = instance->module->layout.table_capacity[index];
    const struct wasm_limits *declared = &instance->link->tables[index];

    if (declared->min > capacity)
        return base_error(err, VIV_EUNSUPPORTED,
                          "table %u is given %llu entries; the module was "
                          "compiled with room for %u",
                          index, (unsigned long long)declared->min, capacity);
    instance->entries_max_of[index] =
        declared->has_max && declared->max < capacity ? (uint32_t)declared->max
                                                      : capacity;
    return 0;
}

static int size_tables(struct engine_instance *instance,
                       const viv_limits *limits, viv_error *err)
{
    uint64_t sum = 0;
    uint32_t i;

    for (i = 0; i < instance->module->wasm.table_count; i++) {
        int code = size_table(instance, i, err);

        if (code < 0)
            return code;
        sum += instance->link->tables[i].min;
    }
    if (sum > limits->table_entries)
        return base_error(err, VIV_EINVAL,
                          "the module is born with %llu table entries, the "
                          "limit table_entries is %llu",
                          (unsigned long long)sum,
                          (unsigned long long)limits->table_entries);
    instance->entries_max = limits->table_entries;
    return 0;
}

static void size_store(struct engine_instance *instance,
                       const viv_limits *limits)
{
    size_t bytes = limits->file_bytes < ENGINE_STORE_BYTES_MAX
                       ? (size_t)limits->file_bytes
                       : ENGINE_STORE_BYTES_MAX;

    instance->store_max = bytes - bytes % OS_PAGE_BYTES;
}

int engine_birth_size(struct engine_instance *instance,
                      const viv_limits *limits, uint64_t *ret_memory_bytes,
                      viv_error *err)
{
    int code = size_memory(instance, limits, ret_memory_bytes, err);

    size_store(instance, limits);
    return code < 0 ? code : size_tables(instance, limits, err);
}

/* ------------------------------------------------------------------------
 * State.
 */

static void write_global(struct engine_instance *instance, uint32_t index)
{
    const struct wasm_module *wasm = &instance->module->wasm;
    const struct wasm_global *global = &wasm->globals[index];
    union engine_slot value;

    if (index < wasm->global_import_count)
        value = instance->link->globals[index];
    else
        value = engine_const(instance, &global->init);
    memcpy(engine_instance_global(instance, index), &value,
           global->type == WASM_V128 ? 16 : 8);
}

void engine_birth_state(struct engine_instance *instance, uint64_t memory_bytes)
{
    const struct wasm_module *wasm = &instance->module->wasm;
    uint32_t i;

    engine_instance_state(instance)->memory_bytes = memory_bytes;
    for (i = 0; i < wasm->table_count; i++)
        *engine_table_size(instance, i) =
            (uint32_t)instance->link->tables[i].min;
    for (i = 0; i < wasm->global_count; i++)
        write_global(instance, i);
}

/* ------------------------------------------------------------------------
 * Segments.
 */

static struct engine_refusal fill_elem(struct engine_instance *instance,
                                       uint32_t segment)
{
    const struct wasm_elem *elem = &instance->module->wasm.elems[segment];
    struct engine_refusal refusal = {0};

    if (elem->mode == WASM_ACTIVE)
        refusal = engine_table_init(instance, elem->table, segment,
                                    engine_const(instance, &elem->offset).i32,
                                    0, elem->count);
    if (elem->mode != WASM_PASSIVE)
        engine_table_drop(instance, segment);
    return refusal;
}

static struct engine_refusal fill_data(struct engine_instance *instance,
                                       uint32_t segment)
{
    const struct wasm_data *data = &instance->module->wasm.datas[segment];
    struct engine_refusal refusal = {0};

    if (data->mode == WASM_PASSIVE)
        return refusal;
    refusal = engine_memory_init(instance, segment,
                                 engine_const(instance, &data->offset).i32, 0,
                                 data->bytes.len);
    engine_memory_drop(instance, segment);
    return refusal;
}

/* Each segment is applied before the next one is looked at. */
bool engine_birth_fill(struct engine_instance *instance)
{
    const struct wasm_module *wasm = &instance->module->wasm;
    struct engine_refusal refusal = {0};
    uint32_t i;

    for (i = 0; i < wasm->elem_count && refusal.trap == 0; i++)
        refusal = fill_elem(instance, i);
    for (i = 0; i < wasm->data_count && refusal.trap == 0; i++)
        refusal = fill_data(instance, i);
    if (refusal.trap != 0)
        engine_trap_note(instance, refusal);
    return refusal.trap == 0;
}
