/* test_wasm_check_control.c - blocks, branches and calls.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm_fixture.h"

TEST(a_block_leaves_its_results_and_nothing_else)
{
    VALID(TYPE_I, BLOCK, I32, I32_CONST, 1, END, END);
    VALID(TYPE_IJ, BLOCK, TYPE_IJ, I32_CONST, 1, I64_CONST, 2, END, END);
    INVALID("type mismatch: expected i32, found nothing in end", TYPE_I, BLOCK,
            I32, END, END);
    INVALID("type mismatch: expected i32, found i64 in end", TYPE_I, BLOCK, I32,
            I64_CONST, 0, END, END);
    INVALID("type mismatch: 1 values too many in end", TYPE_NONE, BLOCK, EMPTY,
            I32_CONST, 0, END, END);
    INVALID("type mismatch: expected i64, found i32", TYPE_IJ, I64_CONST, 0,
            I32_CONST, 0, END);
}

TEST(a_block_sees_its_params_and_not_what_is_below)
{
    VALID(TYPE_I, I32_CONST, 1, BLOCK, TYPE_I_I, I32_EQZ, END, END);
    VALID(TYPE_I, I32_CONST, 1, LOOP, TYPE_I_I, BR, 0, END, END);
    INVALID("expected i32, found nothing in i32.eqz", TYPE_I, I32_CONST, 1,
            BLOCK, I32, I32_EQZ, END, END);
    INVALID("expected i32, found nothing in block", TYPE_I, BLOCK, TYPE_I_I,
            END, END);
}

TEST(both_arms_of_an_if_have_its_type)
{
    VALID(TYPE_I, I32_CONST, 1, IF, I32, I32_CONST, 1, ELSE, I32_CONST, 2, END,
          END);
    VALID(TYPE_NONE, I32_CONST, 1, IF, EMPTY, END, END);
    VALID(TYPE_I, I32_CONST, 1, I32_CONST, 1, IF, TYPE_I_I, END, END);
    VALID(TYPE_IJ, I32_CONST, 1, I64_CONST, 1, I32_CONST, 1, IF, TYPE_IJ_IJ,
          END, END);
    VALID(TYPE_I, I32_CONST, 1, IF, I32, UNREACHABLE_, ELSE, I32_CONST, 2, END,
          END);
    INVALID("if without else", TYPE_I, I32_CONST, 1, IF, I32, I32_CONST, 1, END,
            END);
    INVALID("expected i32, found nothing in end", TYPE_I, I32_CONST, 1, IF, I32,
            I32_CONST, 1, ELSE, END, END);
    INVALID("found nothing in else", TYPE_I, I32_CONST, 1, IF, I32, ELSE,
            I32_CONST, 1, END, END);
    INVALID("else without if", TYPE_NONE, BLOCK, EMPTY, ELSE, END, END);
    INVALID("else without if", TYPE_NONE, ELSE, END);
    INVALID("else without if", TYPE_NONE, I32_CONST, 1, IF, EMPTY, ELSE, ELSE,
            END, END);
    INVALID("expected i32, found i64 in if", TYPE_NONE, I64_CONST, 1, IF, EMPTY,
            END, END);
}

TEST(a_branch_carries_what_its_label_wants)
{
    VALID(TYPE_I, BLOCK, I32, I32_CONST, 1, BR, 0, END, END);
    VALID(TYPE_I, I32_CONST, 1, BR, 0, END);
    VALID(TYPE_I, BLOCK, I32, I64_CONST, 0, I32_CONST, 1, BR, 0, END, END);
    VALID(TYPE_I, LOOP, I32, BR, 0, END, END);
    INVALID("expected i32, found nothing in br", TYPE_I, BLOCK, I32, BR, 0, END,
            END);
    INVALID("unknown label 2 in br", TYPE_NONE, BLOCK, EMPTY, BR, 2, END, END);
    INVALID("unknown label 1 in br_if", TYPE_NONE, I32_CONST, 0, BR_IF, 1, END);
    VALID(TYPE_I, BLOCK, I32, I32_CONST, 1, I32_CONST, 0, BR_IF, 0, END, END);
    INVALID("expected i32, found nothing in br_if", TYPE_NONE, BR_IF, 0, END);
    INVALID("expected i32, found nothing in br_if", TYPE_I, I32_CONST, 0, BR_IF,
            0, END);
}

TEST(the_labels_of_a_br_table_agree)
{
    VALID(TYPE_I, BLOCK, I32, I32_CONST, 1, I32_CONST, 0, BR_TABLE, 2, 0, 1, 0,
          END, END);
    VALID(TYPE_NONE, I32_CONST, 0, BR_TABLE, 0, 0, END);
    INVALID("labels of br_table carry 1 and 0 values", TYPE_I, BLOCK, EMPTY,
            I32_CONST, 1, I32_CONST, 0, BR_TABLE, 1, 0, 1, END, UNREACHABLE_,
            END);
    INVALID("expected i64, found i32 in br_table", TYPE_I, BLOCK, I64,
            I32_CONST, 1, I32_CONST, 0, BR_TABLE, 1, 0, 1, END, DROP, I32_CONST,
            0, END);
    INVALID("unknown label 7 in br_table", TYPE_NONE, I32_CONST, 0, BR_TABLE, 1,
            7, 0, END);
    INVALID("unknown label 1 in br_table", TYPE_NONE, I32_CONST, 0, BR_TABLE, 1,
            0, 1, END);
}

/* Where nobody knows the value's type, labels of different types agree, as
 * long as they carry equally many. */
TEST(in_code_that_cannot_run_labels_agree_in_number_only)
{
    VALID(TYPE_I, BLOCK, I64, UNREACHABLE_, I32_CONST, 0, BR_TABLE, 1, 0, 1,
          END, DROP, I32_CONST, 0, END);
    INVALID("labels of br_table carry", TYPE_I, BLOCK, EMPTY, UNREACHABLE_,
            I32_CONST, 0, BR_TABLE, 1, 0, 1, END, I32_CONST, 0, END);
}

TEST(code_that_cannot_run_is_checked_with_values_of_any_type)
{
    VALID(TYPE_I, UNREACHABLE_, END);
    VALID(TYPE_I, UNREACHABLE_, I32_ADD, END);
    VALID(TYPE_I, UNREACHABLE_, I64_ADD, DROP, END);
    VALID(TYPE_I, UNREACHABLE_, RETURN_CALL, 0, END);
    VALID(TYPE_I, I32_CONST, 0, RETURN, I64_ADD, DROP, END);
    VALID(TYPE_IJ, UNREACHABLE_, I64_CONST, 0, END);
    VALID(TYPE_I, BLOCK, EMPTY, BR, 0, DROP, DROP, DROP, END, I32_CONST, 0,
          END);
    INVALID("expected i32, found i64 in i32.add", TYPE_I, UNREACHABLE_,
            I64_CONST, 0, I32_ADD, END);
    INVALID("values too many", TYPE_NONE, UNREACHABLE_, I32_CONST, 0, END);
    INVALID("expected i32, found nothing in i32.eqz", TYPE_I, UNREACHABLE_,
            BLOCK, I32, I32_EQZ, END, END);
    INVALID("expected i64, found i32 in end", TYPE_IJ, UNREACHABLE_, I32_CONST,
            0, END);
    /* After br_if the types of the label are known. */
    INVALID("expected i64, found i32 in i64.add", TYPE_I, UNREACHABLE_,
            I32_CONST, 0, BR_IF, 0, I64_CONST, 0, I64_ADD, DROP, I32_CONST, 0,
            END);
}

TEST(calls_take_params_and_give_results)
{
    VALID(TYPE_I, I32_CONST, 0, CALL, 0, END);
    VALID(TYPE_NONE, CALL, 1, END);
    INVALID("expected i32, found nothing in call", TYPE_I, CALL, 0, END);
    INVALID("unknown function 3 in call", TYPE_NONE, CALL, 3, END);
    VALID(TYPE_I, I32_CONST, 7, I32_CONST, 0, CALL_INDIRECT, TYPE_I_I, 0, END);
    VALID(TYPE_IJ, I32_CONST, 0, CALL_INDIRECT, TYPE_IJ, 0, END);
    INVALID("unknown type 8 in call_indirect", TYPE_NONE, I32_CONST, 0,
            CALL_INDIRECT, TYPE_TOO_BIG, 0, END);
    INVALID("unknown table 2 in call_indirect", TYPE_NONE, I32_CONST, 0,
            CALL_INDIRECT, 0, 2, END);
    INVALID("table 1 is not of funcref", TYPE_NONE, I32_CONST, 0, CALL_INDIRECT,
            0, 1, END);
    INVALID("expected i32, found i64 in call_indirect", TYPE_NONE, I64_CONST, 0,
            CALL_INDIRECT, 0, 0, END);
}

TEST(tail_calls_give_the_results_of_the_function)
{
    VALID(TYPE_I, I32_CONST, 0, RETURN_CALL, 0, END);
    VALID(TYPE_I, I64_CONST, 1, I32_CONST, 0, RETURN_CALL, 0, END);
    VALID(TYPE_I, I32_CONST, 0, RETURN_CALL_INDIRECT, TYPE_I, 0, END);
    INVALID("return_call of a function with other results", TYPE_I, RETURN_CALL,
            1, END);
    INVALID("return_call_indirect of a function with other results", TYPE_I,
            I32_CONST, 0, RETURN_CALL_INDIRECT, TYPE_IJ, 0, END);
    INVALID("return_call of a function with other results", TYPE_V, I32_CONST,
            0, RETURN_CALL, 0, END);
    INVALID("expected i32, found nothing in return_call", TYPE_I, RETURN_CALL,
            0, END);
    INVALID("unknown function 9 in return_call", TYPE_I, RETURN_CALL, 9, END);
}

TEST(return_takes_the_results_from_any_depth)
{
    VALID(TYPE_I, BLOCK, EMPTY, LOOP, EMPTY, I32_CONST, 0, RETURN, END, END,
          I32_CONST, 0, END);
    INVALID("expected i32, found nothing in return", TYPE_I, I32_CONST, 0,
            BLOCK, EMPTY, RETURN, END, END);
}
