/* test_engine_layout.c - where a module's state lies below `base`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_layout.h"

#include "base/base_alloc.h"
#include "base/base_arena.h"
#include "engine/engine_abi.h"
#include "test.h"

#define MANY 16

static struct base_arena arena;
static struct wasm_module module;
static struct wasm_func_type types[MANY];
static struct wasm_global globals[MANY];
static struct wasm_table tables[MANY];
static struct engine_layout layout;
static viv_error err;

static void begin(void)
{
    base_arena_init(&arena);
    module.types = types;
    module.globals = globals;
    module.tables = tables;
}

static int lay_out(void)
{
    return engine_layout(&module, &arena, &layout, &err);
}

static void add_table(uint64_t min, bool has_max, uint64_t max)
{
    tables[module.table_count++] =
        (struct wasm_table){WASM_FUNCREF, {min, max, has_max}};
}

static void add_global(uint8_t type)
{
    globals[module.global_count++].type = type;
}

/* One byte of `map` for each byte of state; nothing may be placed twice. */
static void claim(uint8_t *map, int64_t at, uint64_t bytes, uint32_t align)
{
    EXPECT(at < 0);
    EXPECT_EQ_INT((uint64_t)-at % align, 0);
    EXPECT((uint64_t)-at <= layout.state_bytes);
    EXPECT(bytes <= (uint64_t)-at);
    for (uint64_t i = 0; i < bytes; i++)
        EXPECT_EQ_INT(map[layout.state_bytes + at + (int64_t)i]++, 0);
}

static void claim_all(uint8_t *map)
{
    uint32_t i;

    claim(map, -(int64_t)sizeof(struct engine_state), 64, 64);
    claim(map, layout.transfer_at, 16 * layout.transfer_slots, 16);
    for (i = 0; i < module.global_count; i++) {
        uint32_t bytes = globals[i].type == WASM_V128 ? 16 : 8;

        claim(map, layout.global_at[i], bytes, bytes);
    }
    for (i = 0; i < module.table_count; i++) {
        claim(map, layout.table_size_at[i], 4, 4);
        claim(map, layout.table_at[i], 8 * layout.table_capacity[i], 8);
    }
    claim(map, layout.elem_dropped_at, module.elem_count, 1);
    claim(map, layout.data_dropped_at, module.data_count, 1);
}

TEST(an_empty_module_has_one_page)
{
    begin();
    EXPECT_EQ_INT(lay_out(), 0);
    EXPECT_EQ_INT(layout.state_bytes, 4096);
    EXPECT_EQ_INT(layout.transfer_slots, 1);
    EXPECT_EQ_INT(layout.transfer_at, -80);
    base_arena_fini(&arena);
}

TEST(nothing_overlaps_and_all_is_aligned)
{
    static const uint8_t kinds[] = {WASM_I32,  WASM_V128, WASM_F64,
                                    WASM_V128, WASM_I64,  WASM_FUNCREF};
    uint8_t *map;

    begin();
    module.type_count = 2;
    types[0].param_count = 7;
    types[1].result_count = 3;
    for (size_t i = 0; i < sizeof(kinds); i++)
        add_global(kinds[i]);
    add_table(5, true, 7);
    add_table(0, true, 0);
    add_table(3, true, 1000);
    module.elem_count = 3;
    module.data_count = 5;
    EXPECT_EQ_INT(lay_out(), 0);
    EXPECT_EQ_INT(layout.transfer_slots, 7);
    map = base_alloc_zero(layout.state_bytes, 1);
    claim_all(map);
    base_free(map);
    base_arena_fini(&arena);
}

TEST(results_need_slots_as_arguments_do)
{
    begin();
    module.type_count = 1;
    types[0].param_count = 2;
    types[0].result_count = 9;
    EXPECT_EQ_INT(lay_out(), 0);
    EXPECT_EQ_INT(layout.transfer_slots, 9);
    base_arena_fini(&arena);
}

TEST(tables_have_room_to_grow)
{
    begin();
    add_table(5, true, 7);
    add_table(5, false, 0);
    add_table(ENGINE_TABLE_ENTRIES_GROW + 1, false, 0);
    add_table(5, true, UINT32_MAX);
    EXPECT_EQ_INT(lay_out(), 0);
    EXPECT_EQ_INT(layout.table_capacity[0], 7);
    EXPECT_EQ_INT(layout.table_capacity[1], ENGINE_TABLE_ENTRIES_GROW);
    EXPECT_EQ_INT(layout.table_capacity[2], ENGINE_TABLE_ENTRIES_GROW + 1);
    EXPECT_EQ_INT(layout.table_capacity[3], ENGINE_TABLE_ENTRIES_MAX);
    EXPECT_EQ_INT(layout.state_bytes % 4096, 0);
    base_arena_fini(&arena);
}

TEST(the_largest_table_is_laid_out_and_one_more_entry_is_not)
{
    begin();
    add_table(ENGINE_TABLE_ENTRIES_MAX, false, 0);
    EXPECT_EQ_INT(lay_out(), 0);
    tables[0].limits.min++;
    EXPECT_EQ_INT(lay_out(), VIV_EUNSUPPORTED);
    EXPECT_EQ_STR(err.text, "table 0 is born with 10000001 entries; 10000000 "
                            "is the most");
    base_arena_fini(&arena);
}

TEST(more_than_a_gibibyte_of_state_is_refused)
{
    begin();
    while (module.table_count < 13)
        add_table(0, true, ENGINE_TABLE_ENTRIES_MAX);
    EXPECT_EQ_INT(lay_out(), 0);
    add_table(0, true, ENGINE_TABLE_ENTRIES_MAX);
    EXPECT_EQ_INT(lay_out(), VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text, "1073741824 is the most");
    base_arena_fini(&arena);
}

TEST(it_says_when_memory_ran_out)
{
    begin();
    add_global(WASM_I32);
    base_alloc_fail_at(1);
    EXPECT_EQ_INT(lay_out(), VIV_ENOMEM);
    base_alloc_fail_at(0);
    base_arena_fini(&arena);
}
