/* test_wasm_decode_imports.c - imports, and room for index spaces.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm_fixture.h"

static struct fixture f;

static struct fixture *imports(const uint8_t *bytes, size_t len)
{
    fixture_begin(&f);
    fixture_section(&f, 1, B(2, 0x60, 0, 0, 0x60, 0, 1, I32));
    fixture_section(&f, 2, bytes, len);
    return &f;
}

TEST(imported_things_come_first_in_their_index_spaces)
{
    imports(B(6, 1, 'm', 1, 'a', 3, I32, 0, 1, 'm', 1, 'b', 0, 1, 1, 'm', 1,
              'c', 1, FUNCREF, 1, 2, 3, 1, 'm', 1, 'd', 0, 0, 1, 'm', 1, 'e', 2,
              0, 4, 0, 0, 3, F64, 0));
    fixture_section(&f, 3, B(1, 0));
    fixture_section(&f, 4, B(1, EXTERNREF, 0, 5));
    fixture_section(&f, 6, B(1, I64, 1, I64_CONST, 0, END));
    EXPECT_EQ_INT(fixture_decode_form(&f, WASM_SKELETON), 0);

    EXPECT_EQ_INT(f.module.import_count, 6);
    EXPECT_EQ_INT(f.module.func_count, 3);
    EXPECT_EQ_INT(f.module.func_import_count, 2);
    EXPECT_EQ_INT(f.module.funcs[0].type, 1);
    EXPECT_EQ_INT(f.module.funcs[1].type, 0);
    EXPECT_EQ_INT(f.module.table_count, 2);
    EXPECT_EQ_INT(f.module.table_import_count, 1);
    EXPECT_EQ_INT(f.module.tables[0].limits.max, 3);
    EXPECT_EQ_INT(f.module.tables[1].type, WASM_EXTERNREF);
    EXPECT_EQ_INT(f.module.memory_count, 1);
    EXPECT_EQ_INT(f.module.memory_import_count, 1);
    EXPECT_EQ_INT(f.module.memories[0].limits.min, 4);
    EXPECT(!f.module.memories[0].limits.has_max);
    EXPECT_EQ_INT(f.module.global_count, 3);
    EXPECT_EQ_INT(f.module.global_import_count, 2);
    EXPECT_EQ_INT(f.module.globals[1].type, WASM_F64);
    EXPECT(f.module.globals[2].is_mutable);
    EXPECT_EQ_INT(f.module.imports[3].kind, WASM_FUNC);
    EXPECT_EQ_INT(f.module.imports[3].index, 1);
    EXPECT_EQ_INT(f.module.imports[3].name.at[0], 'd');
    EXPECT_EQ_INT(f.module.imports[5].index, 1);
    EXPECT_EQ_INT(f.module.imports[5].module.len, 0);
    fixture_end(&f);
}

TEST(a_mutable_global_is_refused_by_name)
{
    FIXTURE_REFUSED(
        imports(B(1, 3, 'e', 'n', 'v', 2, 's', 'p', 3, I32, 1)),
        VIV_EUNSUPPORTED,
        "unsupported feature: importing a mutable global (env.sp) at byte 29");
}

TEST(what_cannot_be_imported_is_refused)
{
    FIXTURE_REFUSED(imports(B(1, 0, 0, 4, 0, 0)), VIV_EUNSUPPORTED,
                    "exceptions (importing a tag)");
    FIXTURE_REFUSED(imports(B(1, 0, 0, 5, 0)), VIV_EFORMAT,
                    "malformed import kind 5 at byte 23");
    FIXTURE_REFUSED(imports(B(1, 0, 0, 0, 2)), VIV_EFORMAT,
                    "unknown type 2: there are 2");
    FIXTURE_REFUSED(imports(B(2, 0, 0, 2, 0, 1, 0, 0, 2, 0, 1)),
                    VIV_EUNSUPPORTED, "multi-memory (a second memory)");
    FIXTURE_REFUSED(imports(B(1, 0, 0, 2, 4, 1)), VIV_EUNSUPPORTED, "memory64");
}

TEST(a_name_of_an_import_cannot_disturb_a_terminal)
{
    FIXTURE_REFUSED(imports(B(1, 1, 0x1b, 1, '\n', 3, I32, 1)),
                    VIV_EUNSUPPORTED, "(?.?)");
}

/* As many as the limit allows: that the last one fits is for the sanitizers to
 * see. */
TEST(the_most_functions_and_one_too_many_in_two_sections)
{
    for (uint32_t declared = WASM_FUNCS_MAX - 1; declared <= WASM_FUNCS_MAX;
         declared++) {
        struct base_buf content;
        imports(B(1, 0, 0, 0, 0));
        base_buf_init(&content, 1 << 24);
        fixture_leb(&content, declared);
        for (uint32_t i = 0; i < declared; i++)
            base_buf_char(&content, 1);
        fixture_section(&f, 3, (const uint8_t *)content.at, content.len);
        base_buf_fini(&content);
        if (declared < WASM_FUNCS_MAX) {
            EXPECT_EQ_INT(fixture_decode_form(&f, WASM_SKELETON), 0);
            EXPECT_EQ_INT(f.module.func_count, WASM_FUNCS_MAX);
            EXPECT_EQ_INT(f.module.funcs[WASM_FUNCS_MAX - 1].type, 1);
            fixture_end(&f);
        } else {
            FIXTURE_REFUSED(&f, VIV_EUNSUPPORTED,
                            "1000001 functions: the limit is 1000000");
        }
    }
}
