/* test_wasm_decode_spaces.c - functions, tables, memories, globals, exports.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm_fixture.h"

#include <stdio.h>

static struct fixture f;

/* Types 0: [] -> [], 1: [] -> [i32]; a function of each; a table, a memory, a
 * mutable global; then the section that is tested. */
static struct fixture *with(uint8_t id, const uint8_t *bytes, size_t len)
{
    fixture_begin(&f);
    fixture_section(&f, 1, B(2, 0x60, 0, 0, 0x60, 0, 1, I32));
    fixture_section(&f, 3, B(2, 0, 1));
    fixture_section(&f, 4, B(1, FUNCREF, 0, 1));
    fixture_section(&f, 5, B(1, 0, 1));
    fixture_section(&f, 6, B(1, I32, 1, I32_CONST, 0, END));
    fixture_section(&f, id, bytes, len);
    if (id < 10)
        fixture_section(&f, 10, B(2, 2, 0, END, 4, 0, I32_CONST, 0, END));
    return &f;
}

TEST(exports_name_what_there_is)
{
    with(7, B(4, 1, 'f', 0, 1, 1, 't', 1, 0, 1, 'm', 2, 0, 1, 'g', 3, 0));
    EXPECT_EQ_INT(fixture_decode(&f), 0);
    EXPECT_EQ_INT(f.module.export_count, 4);
    EXPECT_EQ_INT(f.module.exports[0].kind, WASM_FUNC);
    EXPECT_EQ_INT(f.module.exports[0].index, 1);
    EXPECT_EQ_INT(f.module.exports[3].kind, WASM_GLOBAL);
    EXPECT_EQ_INT(f.module.func_declared[0], 0);
    EXPECT_EQ_INT(f.module.func_declared[1], 1);
    EXPECT(f.module.features & WASM_FEATURE_MUTABLE_GLOBALS);
    fixture_end(&f);
}

TEST(exports_of_what_there_is_not_are_refused)
{
    FIXTURE_REFUSED(with(7, B(1, 0, 0, 2)), VIV_EFORMAT,
                    "unknown function 2: there are 2");
    FIXTURE_REFUSED(with(7, B(1, 0, 1, 1)), VIV_EFORMAT, "unknown table 1");
    FIXTURE_REFUSED(with(7, B(1, 0, 2, 1)), VIV_EFORMAT, "unknown memory 1");
    FIXTURE_REFUSED(with(7, B(1, 0, 3, 1)), VIV_EFORMAT, "unknown global 1");
    FIXTURE_REFUSED(with(7, B(1, 0, 4, 0)), VIV_EUNSUPPORTED,
                    "exceptions (exporting a tag)");
    FIXTURE_REFUSED(with(7, B(1, 0, 5, 0)), VIV_EFORMAT,
                    "malformed export kind 5");
}

TEST(two_exports_cannot_have_one_name)
{
    FIXTURE_REFUSED(with(7, B(3, 1, 'a', 0, 0, 1, 'b', 0, 0, 1, 'a', 2, 0)),
                    VIV_EFORMAT, "duplicate export name a at byte 54");
    FIXTURE_REFUSED(with(7, B(2, 0, 0, 0, 0, 0, 0)), VIV_EFORMAT, "duplicate");
}

/* A hundred thousand names that differ in their last bytes only: in time that
 * a test has. */
TEST(many_exports_are_compared_in_little_time)
{
    for (int twice = 0; twice < 2; twice++) {
        struct base_buf content;
        uint32_t count = 100000;
        base_buf_init(&content, 1 << 26);
        fixture_leb(&content, count);
        for (uint32_t i = 0; i < count; i++) {
            char name[64];
            int len = snprintf(name, sizeof(name), "%040u",
                               twice && i == count - 1 ? 7 : i);
            fixture_sized(&content, name, (size_t)len);
            base_buf_bytes(&content, "\0", 2);
        }
        with(7, (const uint8_t *)content.at, content.len);
        base_buf_fini(&content);
        if (twice) {
            FIXTURE_REFUSED(&f, VIV_EFORMAT, "duplicate export name 00000");
        } else {
            EXPECT_EQ_INT(fixture_decode(&f), 0);
            fixture_end(&f);
        }
    }
}

TEST(the_start_function_takes_and_gives_nothing)
{
    with(8, B(0));
    EXPECT_EQ_INT(fixture_decode(&f), 0);
    EXPECT(f.module.has_start);
    EXPECT_EQ_INT(f.module.start, 0);
    EXPECT_EQ_INT(f.module.func_declared[0], 0);
    fixture_end(&f);
    FIXTURE_REFUSED(with(8, B(1)), VIV_EFORMAT,
                    "start function 1 has parameters or results");
    FIXTURE_REFUSED(with(8, B(2)), VIV_EFORMAT, "unknown function 2");
}

static struct fixture *alone(uint8_t id, const uint8_t *bytes, size_t len)
{
    fixture_begin(&f);
    fixture_section(&f, id, bytes, len);
    return &f;
}

TEST(there_is_one_memory_at_most)
{
    FIXTURE_REFUSED(alone(5, B(2, 0, 1, 0, 1)), VIV_EUNSUPPORTED,
                    "multi-memory (2 memories) at byte 10");
    alone(5, B(0));
    EXPECT_EQ_INT(fixture_decode(&f), 0);
    EXPECT_EQ_INT(f.module.memory_count, 0);
    fixture_end(&f);
}

TEST(functions_have_types_that_there_are)
{
    FIXTURE_REFUSED(alone(3, B(1, 0)), VIV_EFORMAT,
                    "unknown type 0: there are 0");
}

TEST(a_global_cannot_name_itself)
{
    FIXTURE_REFUSED(
        alone(6, B(2, I32, 0, I32_CONST, 1, END, I32, 0, GLOBAL_GET, 1, END)),
        VIV_EFORMAT, "unknown global 1 at byte 18");
}

TEST(the_most_tables_and_one_too_many)
{
    for (uint32_t count = WASM_TABLES_MAX; count <= WASM_TABLES_MAX + 1;
         count++) {
        struct base_buf content;
        base_buf_init(&content, 1 << 24);
        fixture_leb(&content, count);
        for (uint32_t i = 0; i < count; i++)
            base_buf_bytes(&content, "\x70\0", 3);
        alone(4, (const uint8_t *)content.at, content.len);
        base_buf_fini(&content);
        if (count == WASM_TABLES_MAX) {
            EXPECT_EQ_INT(fixture_decode(&f), 0);
            EXPECT_EQ_INT(f.module.table_count, count);
            EXPECT(f.module.features & WASM_FEATURE_REFERENCE_TYPES);
            fixture_end(&f);
        } else {
            FIXTURE_REFUSED(&f, VIV_EUNSUPPORTED, "the limit is 100000");
        }
    }
}
