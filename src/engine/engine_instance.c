/* engine_instance.c - one living guest.
 *
 * Invariants, while no call is running:
 *     1. the fiber is idle
 *     2. the host fields of the state are ours: instance, helpers, base
 *     3. state.memory_bytes is the region's linear_bytes, and at most
 *        memory_max_pages
 *     4. no table is larger than entries_max_of it, which is at most its
 *        capacity; all together are at most entries_max
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_instance.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"
#include "engine/engine_call.h"
#include "engine/engine_const.h"
#include "engine/engine_link.h"
#include "engine/engine_memory.h"
#include "engine/engine_table.h"
#include "engine/engine_trap.h"
#include "os/os_gs.h"
#include "os/os_map.h"

#define LOW_GUARD_BYTES ((size_t)65536)

/* Any 32-bit address: all that compiled code can form, before offsets. */
#define LINEAR_BYTES ((size_t)1 << 32)

/* The widest access, and what is left of a page. */
#define WIDTH_BYTES OS_PAGE_BYTES

#define PAGES_MAX 65536u

/* An instance in the making. */
struct birth {
    struct engine_instance *instance;
    const struct wasm_module *wasm;
    const viv_import **rows; /* by import */
    const viv_limits *limits;
    viv_error *err;
};

/* ------------------------------------------------------------------------
 * Sizes.
 */

/* The row that answers the import of thing `index` of `kind`; NULL if it is
 * the module's own. */
static const viv_import *row_of(const struct birth *birth, enum wasm_kind kind,
                                uint32_t index)
{
    const struct wasm_module *wasm = birth->wasm;
    uint32_t imported = kind == WASM_TABLE    ? wasm->table_import_count
                        : kind == WASM_MEMORY ? wasm->memory_import_count
                                              : wasm->global_import_count;
    uint32_t i;

    if (index >= imported)
        return NULL;
    for (i = 0; i < birth->wasm->import_count; i++)
        if (birth->wasm->imports[i].kind == kind &&
            birth->wasm->imports[i].index == index)
            return birth->rows[i];
    return NULL;
}

/* What the host says of an imported memory or table, else what the module says.
 */
static struct wasm_limits limits_of(const struct birth *birth,
                                    enum wasm_kind kind, uint32_t index,
                                    struct wasm_limits declared)
{
    const viv_import *row = row_of(birth, kind, index);

    if (row == NULL)
        return declared;
    return (struct wasm_limits){row->min, row->max, row->has_max != 0};
}

static int size_memory(const struct birth *birth, uint64_t *ret_bytes)
{
    struct engine_instance *instance = birth->instance;
    uint64_t most = birth->limits->memory_bytes / ENGINE_WASM_PAGE_BYTES;
    struct wasm_limits limits;

    *ret_bytes = 0;
    if (birth->wasm->memory_count == 0)
        return 0;
    limits = limits_of(birth, WASM_MEMORY, 0, birth->wasm->memories[0].limits);
    if (limits.has_max && limits.max < most)
        most = limits.max;
    if (most > PAGES_MAX)
        most = PAGES_MAX;
    if (limits.min > most)
        return base_error(birth->err, VIV_EINVAL,
                          "the module is born with %llu bytes of memory, the "
                          "limit memory_bytes is %llu",
                          (unsigned long long)limits.min *
                              ENGINE_WASM_PAGE_BYTES,
                          (unsigned long long)birth->limits->memory_bytes);
    instance->memory_max_pages = (uint32_t)most;
    *ret_bytes = limits.min * ENGINE_WASM_PAGE_BYTES;
    return 0;
}

/* How many entries table `index` has and may have. */
static int size_table(const struct birth *birth, uint32_t index,
                      uint32_t *ret_entries, uint32_t *ret_max)
{
    uint32_t capacity = birth->instance->module->layout.table_capacity[index];
    struct wasm_limits limits =
        limits_of(birth, WASM_TABLE, index, birth->wasm->tables[index].limits);

    if (limits.min > capacity)
        return base_error(birth->err, VIV_EUNSUPPORTED,
                          "table %u is given %llu entries; the module was "
                          "compiled with room for %u",
                          index, (unsigned long long)limits.min, capacity);
    *ret_entries = (uint32_t)limits.min;
    *ret_max = limits.has_max && limits.max < capacity ? (uint32_t)limits.max
                                                       : capacity;
    return 0;
}

/* The sizes go to `entries_max_of` and, before there are state pages, to
 * `ret_entries`. */
static int size_tables(const struct birth *birth, uint32_t *ret_entries)
{
    uint64_t most = birth->limits->table_entries, sum = 0;
    uint32_t i;

    for (i = 0; i < birth->wasm->table_count; i++) {
        int code = size_table(birth, i, &ret_entries[i],
                              &birth->instance->entries_max_of[i]);

        if (code < 0)
            return code;
        sum += ret_entries[i];
    }
    if (sum > most)
        return base_error(birth->err, VIV_EINVAL,
                          "the module is born with %llu table entries, the "
                          "limit table_entries is %llu",
                          (unsigned long long)sum, (unsigned long long)most);
    birth->instance->entries_max = most;
    return 0;
}

/* ------------------------------------------------------------------------
 * The region and what is in it.
 */

/* Without a memory nothing can be addressed, and nothing is reserved for it. */
static int make_region(const struct birth *birth, uint64_t memory_bytes)
{
    struct engine_instance *instance = birth->instance;
    struct mem_shape shape = {
        .guard_low_bytes = LOW_GUARD_BYTES,
        .state_bytes = instance->module->layout.state_bytes,
        .guard_high_bytes = WIDTH_BYTES,
    };

    if (birth->wasm->memory_count > 0) {
        shape.linear_max_bytes = LINEAR_BYTES;
        shape.guard_high_bytes = ENGINE_GUARD_BYTES + WIDTH_BYTES;
    }
    return mem_region_init(&instance->region, &shape, memory_bytes, birth->err);
}

static void write_global(const struct birth *birth, uint32_t index)
{
    const struct engine_instance *instance = birth->instance;
    const struct wasm_global *global = &birth->wasm->globals[index];
    const viv_import *row = row_of(birth, WASM_GLOBAL, index);
    union engine_slot value = {.half = {0, 0}};
    bool is_narrow = global->type == WASM_I32 || global->type == WASM_F32;

    if (row == NULL)
        value = engine_const(instance, &global->init);
    else
        memcpy(&value, &row->value, is_narrow ? 4 : 16);
    memcpy(engine_instance_global(instance, index), &value,
           global->type == WASM_V128 ? 16 : 8);
}

/* Before anything of the guest's counts: host fields, sizes, globals. */
static void write_state(const struct birth *birth, uint64_t memory_bytes,
                        const uint32_t *entries)
{
    struct engine_instance *instance = birth->instance;
    struct engine_state *state = engine_instance_state(instance);
    uint32_t i;

    state->instance = instance;
    state->helpers = &engine_call_helpers;
    state->base = instance->region.base;
    state->memory_bytes = memory_bytes;
    for (i = 0; i < birth->wasm->table_count; i++)
        *engine_table_size(instance, i) = entries[i];
    for (i = 0; i < birth->wasm->global_count; i++)
        write_global(birth, i);
}

/* ------------------------------------------------------------------------
 * What the host gives.
 */

static bool has_funcref(const struct wasm_func_type *type)
{
    return type->result_count > 0 &&
           memchr(type->results, WASM_FUNCREF, type->result_count) != NULL;
}

static void take_host_funcs(const struct birth *birth)
{
    struct engine_instance *instance = birth->instance;
    uint32_t i;

    for (i = 0; i < birth->wasm->import_count; i++) {
        const struct wasm_import *import = &birth->wasm->imports[i];
        struct engine_host_func *host;

        if (import->kind != WASM_FUNC)
            continue;
        host = &instance->host_funcs[import->index];
        host->func = birth->rows[i]->func;
        host->cookie = birth->rows[i]->cookie;
        host->type = wasm_type_of_func(birth->wasm, import->index);
        host->has_funcref = has_funcref(host->type);
    }
}

/* Arrays that live as long as the instance. */
static int allocate(struct engine_instance *instance, viv_error *err)
{
    const struct engine_module *module = instance->module;

    instance->entries_max_of = base_alloc_array(
        NULL, module->wasm.table_count + 1, sizeof(*instance->entries_max_of));
    instance->host_funcs =
        base_alloc_array(NULL, module->wasm.func_import_count + 1,
                         sizeof(*instance->host_funcs));
    instance->results = base_alloc_array(NULL, module->layout.transfer_slots,
                                         sizeof(*instance->results));
    if (instance->entries_max_of == NULL || instance->host_funcs == NULL ||
        instance->results == NULL)
        return base_error_memory(err);
    return 0;
}

/* ------------------------------------------------------------------------
 * Birth and death.
 */

static int grow_up(const struct birth *birth, uint32_t *entries)
{
    struct engine_instance *instance = birth->instance;
    uint64_t memory_bytes;
    int code;

    code = allocate(instance, birth->err);
    if (code < 0)
        return code;
    take_host_funcs(birth);
    code = size_memory(birth, &memory_bytes);
    if (code < 0)
        return code;
    code = size_tables(birth, entries);
    if (code < 0)
        return code;
    code = make_region(birth, memory_bytes);
    if (code < 0)
        return code;
    code = fiber_init(&instance->fiber, birth->limits->stack_bytes, birth->err);
    if (code < 0)
        return code;
    write_state(birth, memory_bytes, entries);
    return 0;
}

/* With the arrays that are needed for the time of birth only. */
static int be_born(struct birth *birth, const viv_import *imports,
                   size_t import_count)
{
    const struct engine_module *module = birth->instance->module;
    uint32_t *entries =
        base_alloc_array(NULL, birth->wasm->table_count + 1, sizeof(*entries));
    int code;

    birth->rows = base_alloc_array(NULL, birth->wasm->import_count + 1,
                                   sizeof(*birth->rows));
    if (entries == NULL || birth->rows == NULL)
        code = base_error_memory(birth->err);
    else
        code =
            engine_link(module, imports, import_count, birth->rows, birth->err);
    if (code == 0)
        code = grow_up(birth, entries);
    base_free(birth->rows);
    base_free(entries);
    return code;
}

int engine_instance_init(struct engine_instance *instance,
                         struct engine_module *module,
                         const viv_import *imports, size_t import_count,
                         const viv_limits *limits, viv_host_call *host_call,
                         viv_error *err)
{
    struct birth birth = {
        .instance = instance,
        .wasm = &module->wasm,
        .limits = limits,
        .err = err,
    };
    int code;

    memset(instance, 0, sizeof(*instance));
    os_gs_init();
    code = engine_trap_install(err);
    if (code < 0)
        return code;
    instance->module = engine_module_ref(module);
    instance->host_call = host_call;
    instance->fuel =
        limits->fuel > INT64_MAX ? INT64_MAX : (int64_t)limits->fuel;
    code = be_born(&birth, imports, import_count);
    if (code < 0)
        engine_instance_fini(instance);
    else
        engine_instance_check(instance);
    return code;
}

void engine_instance_fini(struct engine_instance *instance)
{
    CHECK(!instance->is_running);
    fiber_fini(&instance->fiber);
    mem_region_fini(&instance->region);
    base_free(instance->entries_max_of);
    base_free(instance->host_funcs);
    base_free(instance->results);
    if (instance->module != NULL)
        engine_module_unref(instance->module);
    memset(instance, 0, sizeof(*instance));
}

void engine_instance_check(const struct engine_instance *instance)
{
    const struct engine_state *state = engine_instance_state(instance);
    const struct engine_layout *layout = &instance->module->layout;
    uint64_t entries = 0;
    uint32_t i;

    mem_region_check(&instance->region);
    CHECK(instance->is_running || instance->fiber.state == FIBER_IDLE);
    CHECK(state->instance == instance);
    CHECK(state->helpers == &engine_call_helpers);
    CHECK(state->base == instance->region.base);
    CHECK(state->memory_bytes == instance->region.linear_bytes);
    CHECK(state->memory_bytes <=
          (uint64_t)instance->memory_max_pages * ENGINE_WASM_PAGE_BYTES);
    for (i = 0; i < instance->module->wasm.table_count; i++) {
        uint32_t size = *engine_table_size(instance, i);

        CHECK(size <= instance->entries_max_of[i]);
        CHECK(instance->entries_max_of[i] <= layout->table_capacity[i]);
        entries += size;
    }
    CHECK(entries <= instance->entries_max);
}

/* ------------------------------------------------------------------------
 * The guest's part.
 */

static struct engine_refusal start_elem(struct engine_instance *instance,
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

static struct engine_refusal start_data(struct engine_instance *instance,
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

/* Each segment is applied before the next one is looked at: what the earlier
 * ones wrote stays when a later one does not fit. */
static struct engine_refusal start_segments(struct engine_instance *instance)
{
    const struct wasm_module *wasm = &instance->module->wasm;
    struct engine_refusal refusal = {0};
    uint32_t i;

    for (i = 0; i < wasm->elem_count && refusal.trap == 0; i++)
        refusal = start_elem(instance, i);
    for (i = 0; i < wasm->data_count && refusal.trap == 0; i++)
        refusal = start_data(instance, i);
    return refusal;
}

int engine_instance_start(struct engine_instance *instance,
                          viv_outcome *ret_outcome, viv_error *err)
{
    const struct wasm_module *wasm = &instance->module->wasm;
    viv_outcome outcome = {.kind = VIV_RETURNED};
    struct engine_refusal refusal = start_segments(instance);

    if (refusal.trap != 0) {
        engine_trap_note(instance, refusal);
        engine_trap_outcome(instance, &outcome);
    } else if (wasm->has_start) {
        return engine_call(instance, wasm->start, NULL, NULL, ret_outcome, err);
    }
    *ret_outcome = outcome;
    return 0;
}
