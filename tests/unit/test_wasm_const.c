/* test_wasm_const.c - constant expressions, as initial values of globals.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm_fixture.h"

static struct fixture f;

/* Global 0: imported i32; 1: imported funcref; 2: i64 1; 3: mutable i32;
 * 4: of `type`, and its value is `bytes`.  Function 0: imported. */
static struct fixture *global(uint8_t type, const uint8_t *bytes, size_t len)
{
    static const uint8_t before[] = {3,   I64, 0,         I64_CONST, 1,  END,
                                     I32, 1,   I32_CONST, 0,         END};
    struct base_buf content;

    fixture_begin(&f);
    fixture_section(&f, 1, B(1, 0x60, 0, 0));
    fixture_section(&f, 2,
                    B(3, 1, 'm', 1, 'i', 3, I32, 0, 1, 'm', 1, 'r', 3, FUNCREF,
                      0, 1, 'm', 1, 'f', 0, 0));
    base_buf_init(&content, 1 << 20);
    base_buf_bytes(&content, before, sizeof(before));
    base_buf_char(&content, (char)type);
    base_buf_char(&content, 0);
    base_buf_bytes(&content, bytes, len);
    fixture_section(&f, 6, (const uint8_t *)content.at, content.len);
    base_buf_fini(&content);
    return &f;
}

static uint32_t features_of(struct fixture *it)
{
    uint32_t features;

    fixture_decode(it);
    EXPECT_EQ_STR(it->err.text, "");
    EXPECT_EQ_INT(it->module.global_count, 5);
    features = it->module.features;
    fixture_end(it);
    return features & (WASM_FEATURE_EXTENDED_CONST | WASM_FEATURE_SIMD);
}

TEST(constants_of_every_type)
{
    EXPECT_EQ_INT(features_of(global(I32, B(I32_CONST, 5, END))), 0);
    EXPECT_EQ_INT(features_of(global(I64, B(I64_CONST, 5, END))), 0);
    features_of(global(F32, B(F32_CONST, 0, 0, 0, 0, END)));
    features_of(global(F64, B(F64_CONST, 0, 0, 0, 0, 0, 0, 0, 0, END)));
    features_of(global(FUNCREF, B(REF_NULL, FUNCREF, END)));
    features_of(global(EXTERNREF, B(REF_NULL, EXTERNREF, END)));
    EXPECT_EQ_INT(features_of(global(V128, B(FD, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                             0, 0, 0, 0, 0, 0, 0, END))),
                  WASM_FEATURE_SIMD);
}

TEST(integers_can_be_added_subtracted_and_multiplied)
{
    EXPECT_EQ_INT(features_of(global(I32, B(I32_CONST, 1, I32_CONST, 2, I32_ADD,
                                            GLOBAL_GET, 0, 0x6b, I32_CONST, 3,
                                            0x6c, END))),
                  WASM_FEATURE_EXTENDED_CONST);
    EXPECT_EQ_INT(
        features_of(global(I64, B(I64_CONST, 1, I64_CONST, 2, 0x7c, I64_CONST,
                                  2, 0x7d, I64_CONST, 3, 0x7e, END))),
        WASM_FEATURE_EXTENDED_CONST);
    FIXTURE_REFUSED(global(I32, B(I32_CONST, 1, I32_CONST, 1, 0x6d, END)),
                    VIV_EFORMAT,
                    "constant expression required: i32.div_s is not constant");
    FIXTURE_REFUSED(global(I32, B(I32_CONST, 1, I64_CONST, 1, I32_ADD, END)),
                    VIV_EFORMAT, "type mismatch");
    FIXTURE_REFUSED(global(I32, B(I32_CONST, 1, I32_ADD, END)), VIV_EFORMAT,
                    "i32.add expects two i32");
}

TEST(immutable_globals_that_come_before_can_be_read)
{
    EXPECT_EQ_INT(features_of(global(I32, B(GLOBAL_GET, 0, END))), 0);
    EXPECT_EQ_INT(features_of(global(FUNCREF, B(GLOBAL_GET, 1, END))), 0);
    EXPECT_EQ_INT(features_of(global(I64, B(GLOBAL_GET, 2, END))),
                  WASM_FEATURE_EXTENDED_CONST);
    FIXTURE_REFUSED(global(I32, B(GLOBAL_GET, 3, END)), VIV_EFORMAT,
                    "global 3 is mutable");
    FIXTURE_REFUSED(global(I32, B(GLOBAL_GET, 4, END)), VIV_EFORMAT,
                    "unknown global 4");
    FIXTURE_REFUSED(global(I64, B(GLOBAL_GET, 0, END)), VIV_EFORMAT,
                    "type mismatch: expected i64, found i32");
}

TEST(one_value_must_be_left)
{
    FIXTURE_REFUSED(global(I32, B(END)), VIV_EFORMAT,
                    "expected i32, found 0 values");
    FIXTURE_REFUSED(global(I32, B(I32_CONST, 1, I32_CONST, 1, END)),
                    VIV_EFORMAT, "expected i32, found 2 values");
    FIXTURE_REFUSED(global(I32, B(I32_CONST, 1)), VIV_EFORMAT,
                    "unexpected end");
    FIXTURE_REFUSED(global(I32, B(I32_CONST, 1, NOP, END)), VIV_EFORMAT,
                    "nop is not constant");
    FIXTURE_REFUSED(global(FUNCREF, B(REF_NULL, EXTERNREF, END)), VIV_EFORMAT,
                    "expected funcref, found externref");
}

TEST(a_function_that_is_named_is_declared)
{
    global(FUNCREF, B(REF_FUNC, 0, END));
    EXPECT_EQ_INT(fixture_decode(&f), 0);
    EXPECT_EQ_INT(f.module.func_declared[0], 1);
    EXPECT_EQ_INT(f.module.globals[4].init.bytes.len, 3);
    EXPECT_EQ_INT(f.module.globals[4].init.bytes.at[0], REF_FUNC);
    EXPECT(f.module.bytes + f.module.globals[4].init.at ==
           f.module.globals[4].init.bytes.at);
    fixture_end(&f);
    FIXTURE_REFUSED(global(FUNCREF, B(REF_FUNC, 1, END)), VIV_EFORMAT,
                    "unknown function 1");
}

TEST(the_deepest_expression_and_the_first_that_is_too_deep)
{
    for (uint32_t depth = WASM_CONST_DEPTH_MAX;
         depth <= WASM_CONST_DEPTH_MAX + 1; depth++) {
        uint8_t bytes[4 * WASM_CONST_DEPTH_MAX];
        size_t len = 0;
        for (uint32_t i = 0; i < depth; i++) {
            bytes[len++] = I32_CONST;
            bytes[len++] = 0;
        }
        for (uint32_t i = 1; i < depth; i++)
            bytes[len++] = I32_ADD;
        bytes[len++] = END;
        if (depth == WASM_CONST_DEPTH_MAX)
            features_of(global(I32, bytes, len));
        else
            FIXTURE_REFUSED(global(I32, bytes, len), VIV_EUNSUPPORTED,
                            "the limit is 256");
    }
}

/* Proposals and br_table (which allocates) are no exception. */
TEST(what_is_not_constant_is_refused)
{
    FIXTURE_REFUSED(global(I32, B(0xfb, 0, END)), VIV_EUNSUPPORTED,
                    "garbage collection");
    FIXTURE_REFUSED(global(I32, B(BR_TABLE, 1, 0, 0, END)), VIV_EFORMAT,
                    "br_table is not constant");
}
