/* test_wasm_decode_types.c - function types, and which of them are equal.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm_fixture.h"

static struct fixture f;

static struct fixture *types(const uint8_t *bytes, size_t len)
{
    fixture_begin(&f);
    fixture_section(&f, 1, bytes, len);
    return &f;
}

TEST(types_are_as_written)
{
    types(B(2, 0x60, 2, I32, F64, 1, V128, 0x60, 0, 0));
    EXPECT_EQ_INT(fixture_decode(&f), 0);
    EXPECT_EQ_INT(f.module.type_count, 2);
    EXPECT_EQ_INT(f.module.types[0].param_count, 2);
    EXPECT_EQ_INT(f.module.types[0].params[0], WASM_I32);
    EXPECT_EQ_INT(f.module.types[0].params[1], WASM_F64);
    EXPECT_EQ_INT(f.module.types[0].result_count, 1);
    EXPECT_EQ_INT(f.module.types[0].results[0], WASM_V128);
    EXPECT_EQ_INT(f.module.types[1].param_count, 0);
    EXPECT_EQ_INT(f.module.types[1].result_count, 0);
    EXPECT_EQ_INT(f.module.features, WASM_FEATURE_SIMD);
    fixture_end(&f);
}

TEST(several_results_and_references_are_features)
{
    types(B(1, 0x60, 1, EXTERNREF, 2, I32, I32));
    EXPECT_EQ_INT(fixture_decode(&f), 0);
    EXPECT_EQ_INT(f.module.features,
                  WASM_FEATURE_MULTI_VALUE | WASM_FEATURE_REFERENCE_TYPES);
    fixture_end(&f);
}

TEST(what_is_no_function_type_is_refused)
{
    FIXTURE_REFUSED(types(B(1, 0x5f, 0, 0)), VIV_EUNSUPPORTED,
                    "garbage collection (type form 0x5f) at byte 11");
    FIXTURE_REFUSED(types(B(1, 0x4e, 0, 0)), VIV_EUNSUPPORTED,
                    "garbage collection");
    FIXTURE_REFUSED(types(B(1, 0x50, 0, 0)), VIV_EUNSUPPORTED,
                    "garbage collection");
    FIXTURE_REFUSED(types(B(1, 0x5d, 0, 0)), VIV_EUNSUPPORTED,
                    "stack switching");
    FIXTURE_REFUSED(types(B(1, 0x61, 0, 0)), VIV_EFORMAT,
                    "unknown type form 0x61");
    FIXTURE_REFUSED(types(B(1, 0x60, 1, 0x64, 0, 0)), VIV_EUNSUPPORTED,
                    "typed function references");
    FIXTURE_REFUSED(types(B(1, 0x60, 1, 0x01, 0)), VIV_EFORMAT,
                    "unknown type 0x01 at byte 13");
}

/* Against the plain definition: the first type with the same lists. */
TEST(canon_is_the_first_of_equal_types)
{
    struct base_buf content;
    uint32_t count = 500, random = 1;

    base_buf_init(&content, 1 << 20);
    fixture_leb(&content, count);
    for (uint32_t i = 0; i < count; i++) {
        base_buf_char(&content, 0x60);
        for (int list = 0; list < 2; list++) {
            random = random * 1664525 + 1013904223;
            base_buf_char(&content, (char)(random >> 28 & 3));
            for (uint32_t k = 0; k < (random >> 28 & 3); k++)
                base_buf_char(&content, (char)(I64 + (random >> (20 + k) & 1)));
        }
    }
    types((const uint8_t *)content.at, content.len);
    base_buf_fini(&content);
    EXPECT_EQ_INT(fixture_decode(&f), 0);

    for (uint32_t i = 0; i < count; i++) {
        const struct wasm_func_type *a = &f.module.types[i];
        uint32_t first = 0;
        for (;; first++) {
            const struct wasm_func_type *b = &f.module.types[first];
            if (a->param_count == b->param_count &&
                a->result_count == b->result_count &&
                memcmp(a->params, b->params, a->param_count) == 0 &&
                memcmp(a->results, b->results, a->result_count) == 0)
                break;
        }
        EXPECT_EQ_INT(a->canon, first);
    }
    fixture_end(&f);
}

TEST(the_longest_list_and_the_first_that_is_too_long)
{
    for (uint32_t count = WASM_PARAMS_MAX; count <= WASM_PARAMS_MAX + 1;
         count++) {
        struct base_buf content;
        base_buf_init(&content, 1 << 20);
        base_buf_text(&content, "\x01\x60");
        fixture_leb(&content, count);
        for (uint32_t i = 0; i < count; i++)
            base_buf_char(&content, I32);
        base_buf_char(&content, 0);
        types((const uint8_t *)content.at, content.len);
        base_buf_fini(&content);
        if (count == WASM_PARAMS_MAX) {
            EXPECT_EQ_INT(fixture_decode(&f), 0);
            fixture_end(&f);
        } else {
            FIXTURE_REFUSED(&f, VIV_EUNSUPPORTED,
                            "1001 parameters: the limit is 1000");
        }
    }
}

TEST(the_most_types_and_one_too_many)
{
    for (uint32_t count = WASM_TYPES_MAX; count <= WASM_TYPES_MAX + 1;
         count++) {
        struct base_buf content;
        base_buf_init(&content, 1 << 24);
        fixture_leb(&content, count);
        for (uint32_t i = 0; i < count; i++)
            base_buf_bytes(&content, "\x60\0", 3);
        types((const uint8_t *)content.at, content.len);
        base_buf_fini(&content);
        if (count == WASM_TYPES_MAX) {
            EXPECT_EQ_INT(fixture_decode(&f), 0);
            EXPECT_EQ_INT(f.module.types[count - 1].canon, 0);
            fixture_end(&f);
        } else {
            FIXTURE_REFUSED(&f, VIV_EUNSUPPORTED,
                            "1000001 types: the limit is 1000000");
        }
    }
}
