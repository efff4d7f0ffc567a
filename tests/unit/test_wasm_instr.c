/* test_wasm_instr.c - one instruction at a time, and lies about its length.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm_fixture.h"

static const uint8_t pair[] = {WASM_I32, WASM_F64};
static const struct wasm_func_type types[] = {
    {.params = pair, .param_count = 2, .results = pair, .result_count = 1}};
static const struct wasm_module module = {.types = types, .type_count = 1};

static struct wasm_instr instr;
static viv_error err;

/* Decode one instruction; expects that it is all there is. */
static int next(const uint8_t *bytes, size_t len)
{
    struct wasm_body body;
    int code;

    wasm_body_init(&body, &module, (struct wasm_bytes){bytes, (uint32_t)len},
                   100);
    err.text[0] = '\0';
    code = wasm_body_next(&body, &instr, &err);
    if (code == 0)
        EXPECT_EQ_INT(base_read_left(&body.read), 0);
    instr.targets = NULL;
    wasm_body_fini(&body);
    return code;
}

/* The same, cut short at every byte. */
static void next_needs_all(const uint8_t *bytes, size_t len)
{
    for (size_t cut = 0; cut < len; cut++) {
        EXPECT_EQ_INT(next(bytes, cut), VIV_EFORMAT);
        EXPECT_HAS_STR(err.text, "unexpected end at byte 10");
    }
    EXPECT_EQ_INT(next(bytes, len), 0);
    EXPECT_EQ_INT(instr.at, 100);
}

TEST(constants_are_sign_extended_or_bits)
{
    next_needs_all(B(I32_CONST, 0x80, 0x7f));
    EXPECT_EQ_INT(instr.op, WASM_OP_I32_CONST);
    EXPECT_EQ_INT(instr.i64, -128);
    next_needs_all(B(I64_CONST, 0x80, 0x80, 0x80, 0x80, 0x10));
    EXPECT_EQ_INT(instr.i64, 1ll << 32);
    next_needs_all(B(F32_CONST, 1, 2, 3, 0xff));
    EXPECT_EQ_INT(instr.i64, 0xff030201);
    next_needs_all(B(F64_CONST, 1, 2, 3, 4, 5, 6, 7, 0xff));
    EXPECT_EQ_INT(instr.i64, 0xff07060504030201);
    next_needs_all(
        B(FD, 12, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    EXPECT_EQ_INT(instr.op, WASM_OP_V128_CONST);
    for (int i = 0; i < 16; i++)
        EXPECT_EQ_INT(instr.v128[i], i);
}

TEST(indices_come_in_the_order_of_the_header)
{
    next_needs_all(B(CALL, 0xe5, 0x8e, 0x26));
    EXPECT_EQ_INT(instr.index, 624485);
    next_needs_all(B(CALL_INDIRECT, 3, 4));
    EXPECT_EQ_INT(instr.index, 3);
    EXPECT_EQ_INT(instr.index2, 4);
    next_needs_all(B(FC, 12, 5, 6));
    EXPECT_EQ_INT(instr.op, WASM_OP_TABLE_INIT);
    EXPECT_EQ_INT(instr.index, 5);
    EXPECT_EQ_INT(instr.index2, 6);
    next_needs_all(B(FC, 14, 7, 8));
    EXPECT_EQ_INT(instr.op, WASM_OP_TABLE_COPY);
    EXPECT_EQ_INT(instr.index, 7);
    next_needs_all(B(FC, 8, 9, 0));
    EXPECT_EQ_INT(instr.op, WASM_OP_MEMORY_INIT);
    EXPECT_EQ_INT(instr.index, 9);
    next_needs_all(B(FC, 10, 0, 0));
    EXPECT_EQ_INT(instr.op, WASM_OP_MEMORY_COPY);
}

TEST(memory_accesses_have_alignment_offset_and_lane)
{
    next_needs_all(B(I32_LOAD, 2, 0xff, 0xff, 0xff, 0xff, 0x0f));
    EXPECT_EQ_INT(instr.align, 2);
    EXPECT_EQ_INT(instr.offset, UINT32_MAX);
    next_needs_all(B(FD, 84, 0, 7, 15));
    EXPECT_EQ_INT(instr.op, WASM_OP_V128_LOAD8_LANE);
    EXPECT_EQ_INT(instr.offset, 7);
    EXPECT_EQ_INT(instr.index, 15);
    EXPECT_EQ_INT(next(B(I32_LOAD, 0x42, 0, 0)), VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text, "multi-memory (memory flags 0x42) at byte 101");
    EXPECT_EQ_INT(next(B(I32_LOAD, 0x80, 1, 0)), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "malformed memory flags");
    EXPECT_EQ_INT(next(B(MEMORY_SIZE, 1)), VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text, "multi-memory (memory 1)");
    EXPECT_EQ_INT(next(B(FC, 10, 0, 1)), VIV_EUNSUPPORTED);
}

TEST(a_block_is_of_nothing_of_a_value_or_of_a_function_type)
{
    next_needs_all(B(BLOCK, EMPTY));
    EXPECT_EQ_INT(instr.param_count + instr.result_count, 0);
    next_needs_all(B(LOOP, V128));
    EXPECT_EQ_INT(instr.param_count, 0);
    EXPECT_EQ_INT(instr.result_count, 1);
    EXPECT_EQ_INT(instr.results[0], WASM_V128);
    next_needs_all(B(IF, 0x80, 0));
    EXPECT_EQ_INT(instr.param_count, 2);
    EXPECT(instr.params == pair);
    EXPECT_EQ_INT(instr.result_count, 1);

    EXPECT_EQ_INT(next(B(BLOCK, 1)), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "unknown type 1 at byte 101");
    EXPECT_EQ_INT(next(B(BLOCK, 0x41)), VIV_EFORMAT);
    EXPECT_EQ_INT(next(B(BLOCK, 0xff, 0x7f)), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "malformed block type");
    EXPECT_EQ_INT(next(B(BLOCK, 0x64, 0)), VIV_EUNSUPPORTED);
    EXPECT_EQ_INT(next(B(BLOCK, 0xff, 0xff, 0xff, 0xff, 0x0f)), VIV_EFORMAT);
    EXPECT_EQ_INT(next(B(BLOCK, 0xff, 0xff, 0xff, 0xff, 0x2f)), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "too large");
}

TEST(types_of_select_and_null_are_checked)
{
    next_needs_all(B(SELECT_T, 1, EXTERNREF));
    EXPECT_EQ_INT(instr.op, WASM_OP_SELECT_T);
    EXPECT_EQ_INT(instr.index, WASM_EXTERNREF);
    EXPECT_EQ_INT(next(B(SELECT_T, 0)), VIV_EFORMAT);
    EXPECT_EQ_INT(next(B(SELECT_T, 2, I32, I32)), VIV_EFORMAT);
    EXPECT_EQ_INT(next(B(SELECT_T, 1, EMPTY)), VIV_EFORMAT);
    EXPECT_EQ_INT(next(B(SELECT_T, 1, 0x6e)), VIV_EUNSUPPORTED);
    next_needs_all(B(REF_NULL, FUNCREF));
    EXPECT_EQ_INT(instr.index, WASM_FUNCREF);
    EXPECT_EQ_INT(next(B(REF_NULL, I32)), VIV_EFORMAT);
    EXPECT_EQ_INT(next(B(REF_NULL, 0)), VIV_EUNSUPPORTED);
    EXPECT_EQ_INT(next(B(REF_NULL, 0x71)), VIV_EUNSUPPORTED);
}

TEST(labels_are_decoded_the_default_last)
{
    const uint8_t bytes[] = {BR_TABLE, 2, 5, 0x80, 1, 7, BR_TABLE, 0, 9};
    struct wasm_body body;

    wasm_body_init(&body, &module, (struct wasm_bytes){bytes, sizeof(bytes)},
                   0);
    EXPECT_EQ_INT(wasm_body_next(&body, &instr, &err), 0);
    EXPECT_EQ_INT(instr.target_count, 2);
    EXPECT_EQ_INT(instr.targets[0], 5);
    EXPECT_EQ_INT(instr.targets[1], 128);
    EXPECT_EQ_INT(instr.targets[2], 7);
    EXPECT_EQ_INT(wasm_body_next(&body, &instr, &err), 0);
    EXPECT_EQ_INT(instr.target_count, 0);
    EXPECT_EQ_INT(instr.targets[0], 9);
    wasm_body_fini(&body);
    next_needs_all(B(BR_TABLE, 2, 1, 1, 1));
}

/* If a count were believed, allocation 1 would fail with VIV_ENOMEM. */
TEST(a_count_of_labels_without_labels_allocates_nothing)
{
    base_alloc_fail_at(1);
    EXPECT_EQ_INT(next(B(BR_TABLE, 0xff, 0xff, 0xff, 0xff, 0x0f, 0)),
                  VIV_EFORMAT);
    EXPECT_EQ_INT(next(B(BR_TABLE, 3, 0, 0, 0)), VIV_EFORMAT);
    EXPECT_EQ_INT(next(B(BR_TABLE, 3, 0, 0, 0, 0)), VIV_ENOMEM);
    base_alloc_fail_at(0);
    EXPECT_EQ_STR(err.text, "out of memory");
}

TEST(the_largest_br_table_and_the_smallest_that_is_too_large)
{
    static uint8_t bytes[WASM_TARGETS_MAX + 8];
    uint32_t count = WASM_TARGETS_MAX;

    for (int more = 0; more < 2; more++, count++) {
        bytes[0] = BR_TABLE;
        for (int i = 0; i < 4; i++)
            bytes[1 + i] =
                (uint8_t)((count >> (7 * i) & 0x7f) | (i < 3 ? 0x80 : 0));
        EXPECT_EQ_INT(next(bytes, 5 + count + 1), more ? VIV_EUNSUPPORTED : 0);
    }
    EXPECT_HAS_STR(err.text, "7654322 labels: the limit is 7654321");
}

TEST(what_is_no_instruction_is_refused_where_it_stands)
{
    EXPECT_EQ_INT(next(B(0xff)), VIV_EFORMAT);
    EXPECT_EQ_STR(err.text, "unknown instruction (opcode 0xff) at byte 100");
    EXPECT_EQ_INT(next(B(FD, 0x80, 2)), VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text, "relaxed SIMD (opcode 0xfd 0x100) at byte 100");
    EXPECT_EQ_INT(next(B(FC, 0x80, 0x80, 0x80, 0x80, 0x10)), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "integer too large");
    EXPECT_EQ_INT(next(B(FC, 0x8a, 0x80, 0x80, 0x80, 0x80, 0)), VIV_EFORMAT);
    EXPECT_HAS_STR(err.text, "integer representation too long");
}

/* 0xfc 0x0a in five bytes is still memory.copy. */
TEST(numbers_behind_prefixes_may_be_long)
{
    next_needs_all(B(FC, 0x8a, 0x80, 0x80, 0x80, 0, 0, 0));
    EXPECT_EQ_INT(instr.op, WASM_OP_MEMORY_COPY);
}
