/* test_engine_match.c - imports meet what the host gives.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_match.h"

#include "guest.h"

static const uint8_t I32[] = {VIV_I32, VIV_I32, VIV_I32};
static const uint8_t I64[] = {VIV_I64};

static viv_module *module;
static viv_error err;

static int host(viv_host_call *call, const viv_value *args, viv_value *results,
                void *cookie)
{
    (void)call, (void)args, (void)results, (void)cookie;
    return 0;
}

/* What linking says of one row, or of none. */
static int link_with(const viv_import *rows, size_t count)
{
    const viv_import *found[8];

    err.text[0] = '\0';
    return engine_match((struct engine_module *)module, rows, count, found,
                        &err);
}

static void expect_fits(const viv_import *row)
{
    if (link_with(row, 1) < 0)
        test_fail(TEST_AT, "%s", err.text);
}

static void expect_misfit(const viv_import *row, const char *sentence)
{
    EXPECT_EQ_INT(link_with(row, row != NULL), VIV_ELINK);
    EXPECT_EQ_STR(err.text, sentence);
}

static viv_import func_row(const uint8_t *params, uint32_t param_count,
                           const uint8_t *results, uint32_t result_count)
{
    viv_import row =
        GUEST_FUNC("f", params, param_count, results, result_count, host, NULL);

    return row;
}

TEST(function_types_must_be_equal)
{
    viv_import good = func_row(I32, 2, I64, 1);
    viv_import fewer = func_row(I32, 1, I64, 1);
    viv_import other = func_row(I32, 2, I32, 1);
    viv_import none = func_row(NULL, 0, NULL, 0);

    module = guest_load("(module (import \"env\" \"f\" (func (param i32 i32) "
                        "(result i64))))",
                        false);
    expect_fits(&good);
    expect_misfit(NULL, "the import \"env\" \"f\" is not given: wanted is "
                        "function (i32, i32) -> (i64)");
    expect_misfit(&fewer, "the import \"env\" \"f\" does not fit: wanted is "
                          "function (i32, i32) -> (i64), given is function "
                          "(i32) -> (i64)");
    expect_misfit(&other, "the import \"env\" \"f\" does not fit: wanted is "
                          "function (i32, i32) -> (i64), given is function "
                          "(i32, i32) -> (i32)");
    expect_misfit(&none, "the import \"env\" \"f\" does not fit: wanted is "
                         "function (i32, i32) -> (i64), given is function () "
                         "-> ()");
    viv_module_unref(module);
}

TEST(names_are_matched_as_bytes_and_whole)
{
    viv_import row = func_row(NULL, 0, NULL, 0);

    module = guest_load("(module (import \"env\" \"f\\00g\" (func)))", false);
    EXPECT_EQ_INT(link_with(&row, 1), VIV_ELINK);
    row.name = "f\0g"; /* a row's names end at the NUL */
    EXPECT_EQ_INT(link_with(&row, 1), VIV_ELINK);
    viv_module_unref(module);
    module = guest_load("(module (import \"env\" \"f\" (func)))", false);
    row.name = "f";
    expect_fits(&row);
    row.name = "F";
    EXPECT_EQ_INT(link_with(&row, 1), VIV_ELINK);
    row.name = "f";
    row.module = "env2";
    EXPECT_EQ_INT(link_with(&row, 1), VIV_ELINK);
    viv_module_unref(module);
}

TEST(the_first_row_of_the_right_kind_counts)
{
    viv_import rows[3] = {
        {.module = "env", .name = "f", .kind = VIV_GLOBAL, .type = VIV_I32},
    };
    const viv_import *found[1];

    rows[1] = func_row(NULL, 0, NULL, 0);
    rows[2] = func_row(I32, 1, NULL, 0);
    module = guest_load("(module (import \"env\" \"f\" (func)))", false);
    EXPECT_EQ_INT(
        engine_match((struct engine_module *)module, rows, 3, found, NULL), 0);
    EXPECT(found[0] == &rows[1]);
    expect_misfit(&rows[0], "the import \"env\" \"f\" does not fit: wanted is "
                            "function () -> (), given is immutable global "
                            "i32");
    viv_module_unref(module);
}

static viv_import sized(uint32_t kind, uint64_t min, bool has_max, uint64_t max)
{
    return (viv_import){.module = "env",
                        .name = "x",
                        .kind = kind,
                        .type = VIV_FUNCREF,
                        .min = min,
                        .has_max = has_max,
                        .max = max};
}

/* The largest and the smallest that fit, and what is next to them. */
static void expect_limits(uint32_t kind)
{
    viv_import row = sized(kind, 2, true, 5);

    expect_fits(&row);
    row.min = 5;
    expect_fits(&row);
    row.max = 6;
    EXPECT_EQ_INT(link_with(&row, 1), VIV_ELINK);
    row = sized(kind, 1, true, 5);
    EXPECT_EQ_INT(link_with(&row, 1), VIV_ELINK);
    row = sized(kind, 2, false, 0);
    EXPECT_EQ_INT(link_with(&row, 1), VIV_ELINK);
}

TEST(memories_are_matched_by_their_limits)
{
    viv_import row = sized(VIV_MEMORY, 1, true, 5);

    module = guest_load("(module (import \"env\" \"x\" (memory 2 5)))", false);
    expect_limits(VIV_MEMORY);
    expect_misfit(&row, "the import \"env\" \"x\" does not fit: wanted is "
                        "memory of 2 to 5, given is memory of 1 to 5");
    viv_module_unref(module);
    module = guest_load("(module (import \"env\" \"x\" (memory 2)))", false);
    row = sized(VIV_MEMORY, 3, false, 0);
    expect_fits(&row);
    row = sized(VIV_MEMORY, 3, true, 3);
    expect_fits(&row);
    viv_module_unref(module);
}

TEST(tables_are_matched_by_type_and_limits)
{
    viv_import row = sized(VIV_TABLE, 2, true, 5);

    module = guest_load("(module (import \"env\" \"x\" (table 2 5 funcref)))",
                        false);
    expect_limits(VIV_TABLE);
    row.type = VIV_EXTERNREF;
    expect_misfit(&row, "the import \"env\" \"x\" does not fit: wanted is "
                        "table of funcref of 2 to 5, given is table of "
                        "externref of 2 to 5");
    viv_module_unref(module);
}

TEST(globals_are_matched_by_type)
{
    viv_import row = {
        .module = "env", .name = "x", .kind = VIV_GLOBAL, .type = VIV_I64};

    module = guest_load("(module (import \"env\" \"x\" (global i64)))", false);
    expect_fits(&row);
    row.type = VIV_F64;
    expect_misfit(&row, "the import \"env\" \"x\" does not fit: wanted is "
                        "immutable global i64, given is immutable global f64");
    row.type = 12345;
    expect_misfit(&row, "the import \"env\" \"x\" does not fit: wanted is "
                        "immutable global i64, given is immutable global no "
                        "type");
    viv_module_unref(module);
}

TEST(a_function_given_as_a_value_must_be_the_modules)
{
    viv_import row = {
        .module = "env", .name = "x", .kind = VIV_GLOBAL, .type = VIV_FUNCREF};

    module =
        guest_load("(module (import \"env\" \"x\" (global funcref)))", false);
    expect_fits(&row);
    row.value.ref = 77;
    EXPECT_EQ_INT(link_with(&row, 1), VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "a reference to no function");
    viv_module_unref(module);
}

TEST(rows_that_are_none_are_refused_by_number)
{
    viv_import rows[2] = {sized(VIV_MEMORY, 0, false, 0)};
    viv_import bad[6] = {
        sized(VIV_MEMORY, 5, true, 4),      sized(VIV_TABLE, 5, true, 4),
        sized(VIV_MEMORY, 65537, false, 0), sized(9, 0, false, 0),
        func_row(NULL, 1, NULL, 0),         func_row(NULL, 0, NULL, 0)};

    bad[5].func = NULL;
    module = guest_load("(module)", false);
    for (size_t i = 0; i < 6; i++) {
        rows[1] = bad[i];
        EXPECT_EQ_INT(link_with(rows, 2), VIV_EINVAL);
        EXPECT_HAS_STR(err.text, "row 1 of the imports ");
    }
    rows[1] = sized(VIV_MEMORY, 65536, false, 0);
    EXPECT_EQ_INT(link_with(rows, 2), 0);
    rows[1].name = NULL;
    EXPECT_EQ_INT(link_with(rows, 2), VIV_EINVAL);
    viv_module_unref(module);
}
