/* test_wasm_type.c - value types, and the names of those we do not have.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include "wasm/wasm_type.h"

TEST(seven_bytes_are_value_types_and_two_of_them_references)
{
    int values = 0, refs = 0;

    for (int byte = 0; byte < 256; byte++) {
        if (!wasm_type_is_value((uint8_t)byte))
            continue;
        values++;
        refs += wasm_type_is_ref((uint8_t)byte);
        EXPECT_EQ_INT(*wasm_type_alone((uint8_t)byte), byte);
        EXPECT(strlen(wasm_type_text((uint8_t)byte)) >= 3);
    }
    EXPECT_EQ_INT(values, 7);
    EXPECT_EQ_INT(refs, 2);
    EXPECT_EQ_STR(wasm_type_text(WASM_EXTERNREF), "externref");
    EXPECT_EQ_STR(wasm_type_text(0), "unknown");
}

TEST(types_of_proposals_are_refused_by_name)
{
    viv_error err;

    EXPECT_EQ_INT(wasm_type_refuse(&err, 0x64, 9), VIV_EUNSUPPORTED);
    EXPECT_EQ_STR(err.text, "unsupported feature: typed function references "
                            "(type 0x64) at byte 9");
    EXPECT_EQ_INT(wasm_type_refuse(&err, 0x6e, 9), VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text, "garbage collection");
    EXPECT_EQ_INT(wasm_type_refuse(&err, 0x71, 9), VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text, "garbage collection");
    EXPECT_EQ_INT(wasm_type_refuse(&err, 0x69, 9), VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text, "exceptions");
    EXPECT_EQ_INT(wasm_type_refuse(&err, 0x68, 9), VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text, "stack switching");
}

TEST(other_bytes_are_no_types)
{
    viv_error err;

    EXPECT_EQ_INT(wasm_type_refuse(&err, 0x12, 9), VIV_EFORMAT);
    EXPECT_EQ_STR(err.text, "unknown type 0x12 at byte 9");
}

TEST(types_are_features)
{
    EXPECT_EQ_INT(wasm_type_feature(WASM_F64), 0);
    EXPECT_EQ_INT(wasm_type_feature(WASM_V128), WASM_FEATURE_SIMD);
    EXPECT_EQ_INT(wasm_type_feature(WASM_FUNCREF),
                  WASM_FEATURE_REFERENCE_TYPES);
}
