/* engine_table.c - tables: what compiled code does not do itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_table.h"

#include "engine/engine_bulk.h"
#include "fiber/fiber_nudge.h"

#define NO_MORE UINT32_MAX

uint32_t *engine_table_size(const struct engine_instance *instance,
                            uint32_t table)
{
    return (uint32_t *)(instance->region.base +
                        instance->module->layout.table_size_at[table]);
}

static engine_ref *entries_of(const struct engine_instance *instance,
                              uint32_t table)
{
    return (engine_ref *)(instance->region.base +
                          instance->module->layout.table_at[table]);
}

static struct engine_refusal check(uint32_t size, uint32_t at, uint32_t len)
{
    struct engine_refusal refusal = {0};

    if (at > size || len > size - at)
        refusal.trap = ENGINE_TRAP_TABLE;
    return refusal;
}

/* ------------------------------------------------------------------------
 * Growing and filling.
 */

static uint64_t entries_now(const struct engine_instance *instance)
{
    uint64_t entries = 0;
    uint32_t i;

    for (i = 0; i < instance->module->wasm.table_count; i++)
        entries += *engine_table_size(instance, i);
    return entries;
}

static void fill(struct engine_instance *instance, engine_ref *at,
                 engine_ref value, uint32_t len)
{
    uint32_t i;

    for (i = 0; i < len; i++) {
        at[i] = value;
        if (i % ENGINE_BULK_REFS == 0)
            fiber_nudge_poll(&instance->fiber);
    }
}

/* Entries beyond the size hold nothing that anybody reads, so that this may end
 * anywhere: the size is written last. */
uint32_t engine_table_grow_helper(char *base, uint32_t table, engine_ref value,
                                  uint32_t entries)
{
    struct engine_instance *instance = engine_instance_of(base);
    uint32_t *size = engine_table_size(instance, table);
    uint32_t before = *size;

    if (entries > instance->entries_max_of[table] - before ||
        entries_now(instance) + entries > instance->entries_max) {
        fiber_nudge_poll(&instance->fiber); /* it may ask for ever */
        return NO_MORE;
    }
    fill(instance, entries_of(instance, table) + before, value, entries);
    *size = before + entries;
    return before;
}

void engine_table_fill_helper(char *base, uint32_t table, uint32_t at,
                              engine_ref value, uint32_t len)
{
    struct engine_instance *instance = engine_instance_of(base);

    engine_trap_raise(instance,
                      check(*engine_table_size(instance, table), at, len));
    fill(instance, entries_of(instance, table) + at, value, len);
}

void engine_table_copy_helper(char *base, uint32_t to_table,
                              uint32_t from_table, uint32_t to, uint32_t from,
                              uint32_t len)
{
    struct engine_instance *instance = engine_instance_of(base);
    uint32_t to_size = *engine_table_size(instance, to_table);
    uint32_t from_size = *engine_table_size(instance, from_table);

    engine_trap_raise(instance, check(from_size, from, len));
    engine_trap_raise(instance, check(to_size, to, len));
    engine_bulk_move(instance, entries_of(instance, to_table) + to,
                     entries_of(instance, from_table) + from,
                     len * sizeof(engine_ref));
}

/* ------------------------------------------------------------------------
 * Element segments.
 */

static char *drop_flag(const struct engine_instance *instance, uint32_t segment)
{
    return instance->region.base + instance->module->layout.elem_dropped_at +
           segment;
}

static engine_ref ref_of(const struct engine_instance *instance,
                         const struct wasm_elem_item *item)
{
    switch (item->kind) {
    case WASM_ELEM_FUNC:
        return engine_module_ref_func(instance->module, item->index);
    case WASM_ELEM_GLOBAL:
        return engine_instance_global_ref(instance, item->index);
    default:
        return 0;
    }
}

struct engine_refusal engine_table_init(struct engine_instance *instance,
                                        uint32_t table, uint32_t segment,
                                        uint32_t to, uint32_t from,
                                        uint32_t len)
{
    const struct wasm_elem *elem = &instance->module->wasm.elems[segment];
    uint32_t count = *drop_flag(instance, segment) ? 0 : elem->count;
    engine_ref *all = entries_of(instance, table);
    struct engine_refusal refusal;
    uint32_t i;

    refusal = check(count, from, len);
    if (refusal.trap == 0)
        refusal = check(*engine_table_size(instance, table), to, len);
    if (refusal.trap != 0)
        return refusal;
    for (i = 0; i < len; i++) {
        all[to + i] = ref_of(instance, &elem->items[from + i]);
        if (i % ENGINE_BULK_REFS == 0)
            fiber_nudge_poll(&instance->fiber);
    }
    return refusal;
}

void engine_table_drop(struct engine_instance *instance, uint32_t segment)
{
    *drop_flag(instance, segment) = 1;
}

void engine_table_init_helper(char *base, uint32_t table, uint32_t segment,
                              uint32_t to, uint32_t from, uint32_t len)
{
    struct engine_instance *instance = engine_instance_of(base);

    engine_trap_raise(
        instance, engine_table_init(instance, table, segment, to, from, len));
}

void engine_table_drop_helper(char *base, uint32_t segment)
{
    engine_table_drop(engine_instance_of(base), segment);
}
