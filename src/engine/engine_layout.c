/* engine_layout.c - where a module's state lies below `base`.
 *
 * One cursor goes down from `base`.  What it places, in this order:
 *
 *     struct engine_state   64 bytes, ends at base
 *     transfer slots        16 each
 *     v128 globals          16 each
 *     other globals          8 each
 *     table sizes            4 each
 *     elem drop flags        1 each
 *     data drop flags        1 each
 *     tables                 8 per entry of capacity
 *
 * Invariants:
 *     1. nothing overlaps, and every offset is negative
 *     2. slots and v128 globals are aligned to 16, table sizes to 4, the rest
 *        that is wider than a byte to 8
 *     3. state_bytes is a whole number of pages and covers all of it
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_layout.h"

#include "base/base_arena.h"
#include "base/base_error.h"
#include "engine/engine_abi.h"

#define PAGE_BYTES      4096u
#define STATE_BYTES_MAX (UINT64_C(1) << 30)

/* Bytes used so far, counted down from base.  The products below cannot pass
 * 64 bits: counts are 32 bits wide, and so are the capacities. */
struct cursor {
    uint64_t used;
};

/* The offset of `count` things of `each` bytes, the lowest address of them.
 * Offsets of a state that turns out too large are never used. */
static int32_t place(struct cursor *cursor, uint64_t count, uint32_t each)
{
    uint64_t align = each;

    cursor->used += count * each;
    cursor->used = (cursor->used + align - 1) & ~(align - 1);
    return (int32_t) - (int64_t)cursor->used;
}

static uint32_t slots_of(const struct wasm_module *module)
{
    uint32_t slots = 1, i;

    for (i = 0; i < module->type_count; i++) {
        const struct wasm_func_type *type = &module->types[i];

        if (slots < type->param_count)
            slots = type->param_count;
        if (slots < type->result_count)
            slots = type->result_count;
    }
    return slots;
}

static uint32_t global_bytes(const struct wasm_global *global)
{
    return global->type == WASM_V128 ? 16 : 8;
}

/* The wide ones first, so that the narrow need no padding. */
static void place_globals(const struct wasm_module *module,
                          struct cursor *cursor, int32_t *global_at)
{
    uint32_t width, i;

    for (width = 16; width >= 8; width -= 8)
        for (i = 0; i < module->global_count; i++)
            if (global_bytes(&module->globals[i]) == width)
                global_at[i] = place(cursor, 1, width);
}

static uint32_t capacity_of(const struct wasm_table *table)
{
    uint64_t entries = ENGINE_TABLE_ENTRIES_GROW;

    if (table->limits.has_max)
        entries = table->limits.max;
    if (entries < table->limits.min)
        entries = table->limits.min;
    if (entries > ENGINE_TABLE_ENTRIES_MAX)
        entries = ENGINE_TABLE_ENTRIES_MAX;
    return (uint32_t)entries;
}

static int place_tables(const struct wasm_module *module, struct cursor *cursor,
                        struct engine_layout *layout, viv_error *err)
{
    uint32_t i;

    for (i = 0; i < module->table_count; i++) {
        const struct wasm_table *table = &module->tables[i];

        if (table->limits.min > ENGINE_TABLE_ENTRIES_MAX)
            return base_error(err, VIV_EUNSUPPORTED,
                              "table %u is born with %llu entries; %u is the "
                              "most",
                              i, (unsigned long long)table->limits.min,
                              ENGINE_TABLE_ENTRIES_MAX);
        layout->table_capacity[i] = capacity_of(table);
        layout->table_at[i] = place(cursor, layout->table_capacity[i], 8);
        if (cursor->used > STATE_BYTES_MAX)
            break; /* the caller says so */
    }
    return 0;
}

static int allocate(const struct wasm_module *module, struct base_arena *arena,
                    struct engine_layout *layout)
{
    layout->global_at =
        base_arena_alloc(arena, module->global_count, sizeof(int32_t));
    layout->table_at =
        base_arena_alloc(arena, module->table_count, sizeof(int32_t));
    layout->table_size_at =
        base_arena_alloc(arena, module->table_count, sizeof(int32_t));
    layout->table_capacity =
        base_arena_alloc(arena, module->table_count, sizeof(uint32_t));
    if (layout->global_at == NULL || layout->table_at == NULL ||
        layout->table_size_at == NULL || layout->table_capacity == NULL)
        return VIV_ENOMEM;
    return 0;
}

int engine_layout(const struct wasm_module *module, struct base_arena *arena,
                  struct engine_layout *ret_layout, viv_error *err)
{
    struct engine_layout layout = {0};
    struct cursor cursor = {sizeof(struct engine_state)};
    uint32_t i;

    if (allocate(module, arena, &layout) < 0)
        return base_error_memory(err);

    layout.transfer_slots = slots_of(module);
    layout.transfer_at = place(&cursor, layout.transfer_slots, 16);
    place_globals(module, &cursor, layout.global_at);
    for (i = 0; i < module->table_count; i++)
        layout.table_size_at[i] = place(&cursor, 1, 4);
    layout.elem_dropped_at = place(&cursor, module->elem_count, 1);
    layout.data_dropped_at = place(&cursor, module->data_count, 1);
    if (place_tables(module, &cursor, &layout, err) < 0)
        return VIV_EUNSUPPORTED;

    place(&cursor, 0, PAGE_BYTES);
    if (cursor.used > STATE_BYTES_MAX)
        return base_error(err, VIV_EUNSUPPORTED,
                          "globals and tables need %llu bytes; %llu is the "
                          "most",
                          (unsigned long long)cursor.used,
                          (unsigned long long)STATE_BYTES_MAX);
    layout.state_bytes = (uint32_t)cursor.used;
    *ret_layout = layout;
    return 0;
}
