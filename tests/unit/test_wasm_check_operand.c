/* test_wasm_check_operand.c - variables, tables, references, immediates.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm_fixture.h"

TEST(locals_have_their_types)
{
    VALID(TYPE_I_I, LOCAL_GET, 0, LOCAL_TEE, 0, LOCAL_SET, 0, LOCAL_GET, 0,
          END);
    INVALID("expected i32, found i64 in local.set", TYPE_I_I, I64_CONST, 0,
            LOCAL_SET, 0, LOCAL_GET, 0, END);
    INVALID("expected i32, found nothing in local.tee", TYPE_I_I, LOCAL_TEE, 0,
            END);
    INVALID("unknown local 1 in local.set", TYPE_I_I, I32_CONST, 0, LOCAL_SET,
            1, LOCAL_GET, 0, END);
}

TEST(only_mutable_globals_can_be_set)
{
    VALID(TYPE_NONE, GLOBAL_GET, 1, GLOBAL_SET, 1, END);
    VALID(TYPE_I, GLOBAL_GET, 0, END);
    INVALID("global 0 is immutable", TYPE_NONE, I32_CONST, 0, GLOBAL_SET, 0,
            END);
    INVALID("expected f64, found i32 in global.set", TYPE_NONE, I32_CONST, 0,
            GLOBAL_SET, 1, END);
    INVALID("unknown global 3 in global.get", TYPE_NONE, GLOBAL_GET, 3, DROP,
            END);
}

TEST(select_is_for_two_numbers_or_vectors_of_a_kind)
{
    VALID(TYPE_I, I32_CONST, 1, I32_CONST, 2, I32_CONST, 0, SELECT, END);
    VALID(TYPE_I, UNREACHABLE_, SELECT, END);
    VALID(TYPE_I, UNREACHABLE_, I32_CONST, 2, I32_CONST, 0, SELECT, END);
    VALID(TYPE_NONE, UNREACHABLE_, SELECT, DROP, END);
    INVALID("select of i32 or i64", TYPE_I, I32_CONST, 1, I64_CONST, 2,
            I32_CONST, 0, SELECT, END);
    INVALID("select of externref must say so", TYPE_NONE, GLOBAL_GET, 2,
            GLOBAL_GET, 2, I32_CONST, 0, SELECT, DROP, END);
    INVALID("select of externref must say so", TYPE_NONE, UNREACHABLE_,
            GLOBAL_GET, 2, I32_CONST, 0, SELECT, DROP, END);
    INVALID("expected a value, found nothing in select", TYPE_I, I32_CONST, 1,
            I32_CONST, 0, SELECT, END);
    /* What is selected is still of the one type that is known. */
    INVALID("expected i32, found f64 in end", TYPE_I, UNREACHABLE_, GLOBAL_GET,
            1, I32_CONST, 0, SELECT, END);
}

TEST(select_with_a_type_is_for_all)
{
    VALID(TYPE_NONE, GLOBAL_GET, 2, GLOBAL_GET, 2, I32_CONST, 0, SELECT_T, 1,
          EXTERNREF, DROP, END);
    INVALID("expected i32, found i64 in select", TYPE_I, I32_CONST, 1,
            I64_CONST, 2, I32_CONST, 0, SELECT_T, 1, I32, END);
}

TEST(tables_hold_references_of_their_type)
{
    VALID(TYPE_NONE, I32_CONST, 0, TABLE_GET, 0, DROP, END);
    VALID(TYPE_NONE, I32_CONST, 0, REF_NULL, EXTERNREF, TABLE_SET, 1, END);
    VALID(TYPE_I, REF_NULL, FUNCREF, I32_CONST, 1, FC, 15, 0, END);
    VALID(TYPE_NONE, I32_CONST, 0, REF_NULL, FUNCREF, I32_CONST, 1, FC, 17, 0,
          END);
    VALID(TYPE_I, FC, 16, 1, END);
    INVALID("expected funcref, found externref in table.set", TYPE_NONE,
            I32_CONST, 0, REF_NULL, EXTERNREF, TABLE_SET, 0, END);
    INVALID("expected funcref, found i32 in table.grow", TYPE_I, I32_CONST, 0,
            I32_CONST, 1, FC, 15, 0, END);
    INVALID("found nothing in table.fill", TYPE_NONE, REF_NULL, FUNCREF,
            I32_CONST, 1, FC, 17, 0, END);
    INVALID("unknown table 2 in table.get", TYPE_NONE, I32_CONST, 0, TABLE_GET,
            2, DROP, END);
    INVALID("unknown table 2 in table.size", TYPE_I, FC, 16, 2, END);
}

TEST(segments_and_tables_go_together_by_type)
{
    VALID(TYPE_NONE, I32_CONST, 0, I32_CONST, 0, I32_CONST, 0, FC, 12, 0, 0,
          END);
    VALID(TYPE_NONE, I32_CONST, 0, I32_CONST, 0, I32_CONST, 0, FC, 12, 1, 1,
          END);
    INVALID("segment 1 and table 0 in table.init", TYPE_NONE, I32_CONST, 0,
            I32_CONST, 0, I32_CONST, 0, FC, 12, 1, 0, END);
    INVALID("unknown element segment 2", TYPE_NONE, FC, 13, 2, END);
    INVALID("unknown table 2 in table.init", TYPE_NONE, FC, 12, 0, 2, END);
    INVALID("unknown element segment 2", TYPE_NONE, FC, 12, 2, 0, END);
    INVALID("tables 0 and 1 in table.copy", TYPE_NONE, FC, 14, 0, 1, END);
    INVALID("unknown table 2 in table.copy", TYPE_NONE, FC, 14, 0, 2, END);
    INVALID("unknown table 3 in table.copy", TYPE_NONE, FC, 14, 3, 0, END);
    INVALID("unknown data segment 1 in memory.init", TYPE_NONE, FC, 8, 1, 0,
            END);
    INVALID("unknown data segment 1 in data.drop", TYPE_NONE, FC, 9, 1, END);
}

TEST(references_are_null_or_of_declared_functions)
{
    VALID(TYPE_I, REF_NULL, EXTERNREF, REF_IS_NULL, END);
    VALID(TYPE_I, UNREACHABLE_, REF_IS_NULL, END);
    VALID(TYPE_NONE, REF_FUNC, 1, DROP, END);
    INVALID("expected a reference, found i32 in ref.is_null", TYPE_I, I32_CONST,
            0, REF_IS_NULL, END);
    INVALID("undeclared function reference: function 0", TYPE_NONE, REF_FUNC, 0,
            DROP, END);
    INVALID("unknown function 3 in ref.func", TYPE_NONE, REF_FUNC, 3, DROP,
            END);
}

TEST(alignment_is_at_most_natural)
{
    VALID(TYPE_I, I32_CONST, 0, I32_LOAD, 2, 0, END);
    INVALID("alignment 2**3 of i32.load is larger than natural", TYPE_I,
            I32_CONST, 0, I32_LOAD, 3, 0, END);
    VALID(TYPE_NONE, I32_CONST, 0, I64_CONST, 0, I64_STORE, 3, 0, END);
    INVALID("alignment 2**4", TYPE_NONE, I32_CONST, 0, I64_CONST, 0, I64_STORE,
            4, 0, END);
    INVALID("alignment 2**63", TYPE_I, I32_CONST, 0, I32_LOAD, 63, 0, END);
    VALID(TYPE_V, I32_CONST, 0, FD, 0, 4, 0, END);
    INVALID("alignment 2**5 of v128.load", TYPE_V, I32_CONST, 0, FD, 0, 5, 0,
            END);
    INVALID("alignment 2**3 of v128.load32_zero", TYPE_V, I32_CONST, 0, FD, 92,
            3, 0, END);
}

TEST(lanes_are_those_that_there_are)
{
    VALID(TYPE_V, I32_CONST, 0, FD, 17, I32_CONST, 0, FD, 28, 3, END);
    INVALID("unknown lane 4 in i32x4.replace_lane", TYPE_V, I32_CONST, 0, FD,
            17, I32_CONST, 0, FD, 28, 4, END);
    VALID(TYPE_V, I32_CONST, 0, I32_CONST, 0, FD, 17, FD, 85, 1, 0, 7, END);
    INVALID("unknown lane 8 in v128.load16_lane", TYPE_V, I32_CONST, 0,
            I32_CONST, 0, FD, 17, FD, 85, 1, 0, 8, END);
    VALID(TYPE_V, I32_CONST, 0, FD, 17, I32_CONST, 0, FD, 17, FD, 13, 0, 31, 2,
          3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, END);
    INVALID("unknown lane 32 in i8x16.shuffle", TYPE_V, I32_CONST, 0, FD, 17,
            I32_CONST, 0, FD, 17, FD, 13, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
            12, 13, 14, 32, END);
    /* The bytes of a constant are not lanes. */
    VALID(TYPE_V, FD, 12, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
          255, 255, 255, 255, 255, END);
}

/* A module with nothing in it but one function. */
static void refused_alone(const char *words, const uint8_t *code, size_t len)
{
    struct fixture f;

    fixture_begin(&f);
    fixture_section(&f, 1, B(1, 0x60, 0, 0));
    fixture_section(&f, 3, B(1, 0));
    fixture_section(&f, 10, code, len);
    fixture_section(&f, 11, B(1, 1, 0));
    EXPECT_EQ_INT(fixture_decode(&f), 0);
    EXPECT_EQ_INT(fixture_check(&f), VIV_EFORMAT);
    EXPECT_HAS_STR(f.err.text, words);
    fixture_end(&f);
}

TEST(memory_must_be_there)
{
    refused_alone("unknown memory 0 in memory.size",
                  B(1, 5, 0, MEMORY_SIZE, 0, DROP, END));
    refused_alone("unknown memory 0 in memory.grow",
                  B(1, 7, 0, I32_CONST, 0, MEMORY_GROW, 0, DROP, END));
    refused_alone("unknown memory 0 in i32.load",
                  B(1, 8, 0, I32_CONST, 0, I32_LOAD, 0, 0, DROP, END));
    refused_alone("unknown memory 0 in memory.copy",
                  B(1, 6, 0, FC, 10, 0, 0, END));
    refused_alone("unknown memory 0 in memory.fill",
                  B(1, 5, 0, FC, 11, 0, END));
    refused_alone("unknown memory 0 in memory.init",
                  B(1, 6, 0, FC, 8, 0, 0, END));
}

TEST(data_segments_can_be_named_with_a_data_count_only)
{
    refused_alone("data.drop needs a data count section",
                  B(1, 5, 0, FC, 9, 0, END));
}
