/* wasm_type.c - value types: which there are, and what they are called.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm/wasm_type.h"

#include <stddef.h>

#include "base/base_check.h"
#include "wasm/wasm_error.h"

const char *wasm_type_text(uint8_t type)
{
    switch (type) {
    case 0:
        return "unknown";
    case WASM_I32:
        return "i32";
    case WASM_I64:
        return "i64";
    case WASM_F32:
        return "f32";
    case WASM_F64:
        return "f64";
    case WASM_V128:
        return "v128";
    case WASM_FUNCREF:
        return "funcref";
    case WASM_EXTERNREF:
        return "externref";
    default:
        UNREACHABLE("not a value type");
    }
}

uint32_t wasm_type_feature(uint8_t type)
{
    if (type == WASM_V128)
        return WASM_FEATURE_SIMD;
    return wasm_type_is_ref(type) ? WASM_FEATURE_REFERENCE_TYPES : 0;
}

/* The proposal that a byte below belongs to, or NULL. */
static const char *proposal_of(uint8_t byte)
{
    if (byte == 0x63 || byte == 0x64)
        return "typed function references";
    if (byte == 0x69 || byte == 0x74) /* exnref, nullexnref */
        return "exceptions";
    if (byte == 0x68 || byte == 0x75) /* contref, nullcontref */
        return "stack switching";
    if (byte >= 0x6a && byte <= 0x6e) /* arrayref up to anyref */
        return "garbage collection";
    if (byte >= 0x71 && byte <= 0x73) /* nullref, null extern and func refs */
        return "garbage collection";
    return NULL;
}

int wasm_type_refuse(viv_error *err, uint8_t byte, uint64_t at)
{
    const char *proposal = proposal_of(byte);

    if (proposal == NULL)
        return wasm_error(err, VIV_EFORMAT, at, "unknown type 0x%02x", byte);
    return wasm_error(err, VIV_EUNSUPPORTED, at,
                      "unsupported feature: %s (type 0x%02x)", proposal, byte);
}

const uint8_t *wasm_type_alone(uint8_t type)
{
    static const uint8_t types[] = {WASM_I32,      WASM_I64,  WASM_F32,
                                    WASM_F64,      WASM_V128, WASM_FUNCREF,
                                    WASM_EXTERNREF};

    for (size_t i = 0; i < sizeof(types); i++) {
        if (types[i] == type)
            return &types[i];
    }
    UNREACHABLE("not a value type");
}
