/* test_wasm_op.c - the list of instructions agrees with itself.
 *
 * That it agrees with the specification is what the official scripts show.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <ctype.h>
#include <stdio.h>

#include "wasm/wasm_instr.h"

static const char *const names[] = {
#define X(NAME, CODE, TEXT, IMMEDIATE, SIGNATURE) #NAME,
#include "wasm/wasm_op_list.h"
#undef X
};

static enum wasm_op find(const char *text)
{
    for (int op = 0; op < WASM_OP_COUNT; op++) {
        if (strcmp(wasm_op_infos[op].text, text) == 0)
            return (enum wasm_op)op;
    }
    test_fail(TEST_AT, "no instruction %s", text);
}

TEST(codes_ascend_and_find_their_instruction)
{
    EXPECT_EQ_INT(WASM_OP_COUNT, 439);
    for (int op = 0; op < WASM_OP_COUNT; op++) {
        EXPECT_EQ_INT(wasm_op_find(wasm_op_infos[op].code), op);
        if (op > 0)
            EXPECT(wasm_op_infos[op - 1].code < wasm_op_infos[op].code);
    }
}

TEST(no_other_code_finds_anything)
{
    int found = 0;

    for (uint32_t code = 0; code < 0x110000; code++)
        found += wasm_op_find(code) != WASM_OP_COUNT;
    EXPECT_EQ_INT(found, WASM_OP_COUNT);
    EXPECT_EQ_INT(wasm_op_find(UINT32_MAX), WASM_OP_COUNT);
    EXPECT_EQ_INT(wasm_op_find(0xfcu << 12 | 0x100), WASM_OP_COUNT);
}

/* I32_TRUNC_SAT_F32_S is i32.trunc_sat_f32_s. */
TEST(names_are_the_mnemonics_in_upper_case)
{
    for (int op = 0; op < WASM_OP_COUNT; op++) {
        const char *text = wasm_op_infos[op].text;
        size_t len = strlen(text);
        for (size_t i = 0; i < len; i++)
            EXPECT_EQ_INT(names[op][i],
                          text[i] == '.' ? '_' : toupper(text[i]));
        if (op != WASM_OP_SELECT_T)
            EXPECT_EQ_INT(strlen(names[op]), len);
    }
}

TEST(signatures_are_letters_a_colon_and_at_most_one_letter)
{
    for (int op = 0; op < WASM_OP_COUNT; op++) {
        const char *signature = wasm_op_infos[op].signature;
        size_t operands = strspn(signature, "iIfFv");
        if (strcmp(signature, "*") == 0)
            continue;
        EXPECT(operands <= 3);
        EXPECT_EQ_INT(signature[operands], ':');
        EXPECT(strspn(signature + operands + 1, "iIfFv") <= 1);
        EXPECT(strlen(signature) <= operands + 2);
    }
}

TEST(the_first_letter_of_a_name_is_the_type_of_a_constant)
{
    EXPECT_EQ_STR(wasm_op_infos[find("i32.const")].signature, ":i");
    EXPECT_EQ_STR(wasm_op_infos[find("i64.extend_i32_u")].signature, "i:I");
    EXPECT_EQ_STR(wasm_op_infos[find("f64.promote_f32")].signature, "f:F");
    EXPECT_EQ_STR(wasm_op_infos[find("i64x2.replace_lane")].signature, "vI:v");
    EXPECT_EQ_STR(wasm_op_infos[find("v128.bitselect")].signature, "vvv:v");
}

/* The width is in the name: load8, load32x2, load64_zero; else it is the
 * type's. */
TEST(widths_are_those_that_the_names_say)
{
    for (int op = 0; op < WASM_OP_COUNT; op++) {
        const char *text = wasm_op_infos[op].text;
        const char *digits =
            strpbrk(strchr(text, '.') ? strchr(text, '.') : "", "123456789");
        unsigned bits = 0, lanes = 1;
        if (wasm_op_infos[op].immediate != WASM_IMM_MEMORY &&
            wasm_op_infos[op].immediate != WASM_IMM_MEMORY_LANE)
            continue;
        if (digits == NULL)
            EXPECT_EQ_INT(sscanf(text + 1, "%u", &bits), 1);
        else
            EXPECT(sscanf(digits, "%ux%u", &bits, &lanes) >= 1);
        EXPECT_EQ_INT(8u << wasm_op_width((enum wasm_op)op), bits * lanes);
    }
}

/* i8x16 has 16 lanes, v128.load32_lane chooses from 4. */
TEST(lanes_are_those_that_the_names_say)
{
    for (int op = 0; op < WASM_OP_COUNT; op++) {
        const char *text = wasm_op_infos[op].text;
        unsigned bits = 0, lanes = 0;
        if (wasm_op_infos[op].immediate == WASM_IMM_LANE) {
            EXPECT_EQ_INT(sscanf(text + 1, "%ux%u", &bits, &lanes), 2);
            EXPECT_EQ_INT(wasm_op_lanes((enum wasm_op)op), lanes);
        } else if (wasm_op_infos[op].immediate == WASM_IMM_MEMORY_LANE) {
            EXPECT_EQ_INT(
                sscanf(strpbrk(strchr(text, '.'), "12368"), "%u", &bits), 1);
            EXPECT_EQ_INT(wasm_op_lanes((enum wasm_op)op), 128 / bits);
        }
    }
}

TEST(features_are_known_by_instruction)
{
    static const struct {
        const char *text;
        uint32_t features;
    } rows[] = {
        {"i32.add", 0},
        {"memory.grow", 0},
        {"i64.extend32_s", WASM_FEATURE_SIGN_EXTENSION},
        {"i64.trunc_sat_f64_u", WASM_FEATURE_SATURATING},
        {"memory.copy", WASM_FEATURE_BULK_MEMORY},
        {"table.copy", WASM_FEATURE_BULK_MEMORY},
        {"table.grow", WASM_FEATURE_REFERENCE_TYPES},
        {"table.get", WASM_FEATURE_REFERENCE_TYPES},
        {"ref.func", WASM_FEATURE_REFERENCE_TYPES},
        {"return_call_indirect", WASM_FEATURE_TAIL_CALLS},
        {"f64x2.pmax", WASM_FEATURE_SIMD},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        EXPECT_EQ_INT(wasm_op_infos[find(rows[i].text)].features,
                      rows[i].features);
    EXPECT_EQ_INT(wasm_op_infos[WASM_OP_SELECT].features, 0);
    EXPECT_EQ_INT(wasm_op_infos[WASM_OP_SELECT_T].features,
                  WASM_FEATURE_REFERENCE_TYPES);
}

TEST(instructions_of_proposals_are_refused_by_name)
{
    static const struct {
        uint8_t byte;
        uint32_t number;
        const char *name;
    } rows[] = {
        {0x06, 0, "exceptions (opcode 0x06)"},
        {0x1f, 0, "exceptions (opcode 0x1f)"},
        {0x14, 0, "typed function references (opcode 0x14)"},
        {0xd5, 0, "typed function references (opcode 0xd5)"},
        {0xd3, 0, "garbage collection (opcode 0xd3)"},
        {0xe0, 0, "stack switching (opcode 0xe0)"},
        {0xfb, 2, "garbage collection (opcode 0xfb 0x02)"},
        {0xfc, 22, "wide arithmetic (opcode 0xfc 0x16)"},
        {0xfd, 0x100, "relaxed SIMD (opcode 0xfd 0x100)"},
        {0xfe, 0x10, "threads (opcode 0xfe 0x10)"},
    };
    viv_error err;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        EXPECT_EQ_INT(wasm_op_refuse(&err, rows[i].byte, rows[i].number, 3),
                      VIV_EUNSUPPORTED);
        EXPECT_HAS_STR(err.text, rows[i].name);
    }
}

TEST(what_is_nothing_is_refused_as_that)
{
    viv_error err;

    EXPECT_EQ_INT(wasm_op_refuse(&err, 0xff, 0, 3), VIV_EFORMAT);
    EXPECT_EQ_STR(err.text, "unknown instruction (opcode 0xff) at byte 3");
    EXPECT_EQ_INT(wasm_op_refuse(&err, 0xfc, 0x12, 3), VIV_EFORMAT);
    EXPECT_EQ_STR(err.text, "unknown instruction (opcode 0xfc 0x12) at byte 3");
    EXPECT_EQ_INT(wasm_op_refuse(&err, 0xfd, 0x9a, 3), VIV_EFORMAT);
    EXPECT_EQ_INT(wasm_op_refuse(&err, 0xfd, 0x130, 3), VIV_EFORMAT);
}
