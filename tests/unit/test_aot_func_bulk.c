/* test_aot_func_bulk.c - tests of bulk memory and table instructions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot_tools.h"

static const char *c_of(const char *body, bool fuel)
{
    char wat[2048];
    viv_error err = {0};

    snprintf(wat, sizeof(wat),
             "(module (memory 1) (table $t 4 funcref) (table $u 4 externref)"
             " (table $v 2 2 externref) (data $d \"abc\") (data $e \"\")"
             " (elem $x func 0) (elem $y func 0)"
             " (func (param i32 i32 i32) (result i32) %s))",
             body);
    tools_open(wat);
    return tools_try_emit(0, fuel, &err);
}

#define THREE "(local.get 0) (local.get 1) (local.get 2)"

TEST(bulk_memory_asks_the_engine)
{
    static const struct {
        const char *body;
        const char *text;
    } rows[] = {
        {"(memory.copy " THREE ")", "memory_copy(VIV_BASE,l0,l1,l2);"},
        {"(memory.fill " THREE ")", "memory_fill(VIV_BASE,l0,l1,l2);"},
        {"(memory.init $e " THREE ")", "memory_init(VIV_BASE,1u,l0,l1,l2);"},
        {"(data.drop $e)", "data_drop(VIV_BASE,1u);"},
        {"(elem.drop $y)", "elem_drop(VIV_BASE,1u);"},
        {"(table.copy $u $v " THREE ")",
         "table_copy(VIV_BASE,1u,2u,l0,l1,l2);"},
        {"(table.init $t $y " THREE ")",
         "table_init(VIV_BASE,0u,1u,l0,l1,l2);"},
        {"(table.fill $u (local.get 0) (ref.null extern) (local.get 2))",
         "table_fill(VIV_BASE,1u,l0,0x0ull,l2);"},
        {"(drop (table.grow $u (ref.null extern) (local.get 2)))",
         "i0=VIV_HELPERS->table_grow(VIV_BASE,1u,0x0ull,l2);"},
        {"(drop (memory.grow (local.get 2)))",
         "i0=VIV_HELPERS->memory_grow(VIV_BASE,l2);"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char body[300];

        snprintf(body, sizeof(body), "%s i32.const 0", rows[i].body);
        EXPECT_HAS_STR(c_of(body, false), rows[i].text);
    }
}

TEST(entries_of_tables_are_accessed_in_place_behind_a_check)
{
    const char *c =
        c_of("(table.set $u (local.get 0) (table.get $v (local.get 1)))"
             " i32.const 0",
             false);

    EXPECT(tools_in_order(c, "{u32 at=l1;VIV_IN_TABLE(at,2u);",
                          "{u32 at=l0;VIV_IN_TABLE(at,VIV_STATE(u32,-"));
    EXPECT_EQ_INT(tools_count(c, "VIV_ENTRY("), 2);
}

TEST(a_value_waits_while_a_table_is_read_over_it)
{
    const char *c = c_of("(i32.add (i32.const 1) (i32.load (local.get 0)))"
                         " (drop (table.get $u (local.get 1)))",
                         false);

    EXPECT(tools_in_order(c, "i0=(1u+i1);", "{u32 at=l1;"));
    EXPECT(tools_in_order(c, "j1=VIV_ENTRY(", "return i0;"));
}

TEST(sizes_are_read_where_they_stand)
{
    const char *c = c_of("memory.size (drop (memory.grow (i32.const 1)))"
                         " memory.size i32.add",
                         false);

    EXPECT(tools_in_order(c, "i0=VIV_MEMORY_SIZE;", "memory_grow"));
    EXPECT(tools_in_order(c, "memory_grow", "i1=VIV_MEMORY_SIZE;"));
    EXPECT_HAS_STR(c_of("table.size $v", false), "i0=2u;");
    EXPECT_HAS_STR(c_of("table.size $u", false), "i0=VIV_STATE(u32,-");
}

TEST(bulk_operations_cost_by_length_when_metered)
{
    EXPECT_HAS_STR(c_of("(memory.fill " THREE ") i32.const 0", true),
                   "VIV_FUEL_BULK(l2);VIV_HELPERS->memory_fill");
    EXPECT_HAS_STR(
        c_of("(table.grow $u (ref.null extern) (local.get 2))", true),
        "VIV_FUEL_BULK(l2);");
    EXPECT_EQ_INT(
        tools_count(c_of("(memory.fill " THREE ") i32.const 0", false), "FUEL"),
        0);
}
