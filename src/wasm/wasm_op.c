/* wasm_op.c - what there is to know about each instruction.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_check.h"
#include "wasm/wasm_error.h"
#include "wasm/wasm_instr.h"

/* The feature that the instruction with a code is part of, as a constant.
 * Instructions of 1.0 that are newer with certain immediates are not here. */
#define FEATURES(CODE)                                                         \
    ((CODE) >= 0xfd000                  ? WASM_FEATURE_SIMD                    \
     : (CODE) >= 0xfc00f                ? WASM_FEATURE_REFERENCE_TYPES         \
     : (CODE) >= 0xfc008                ? WASM_FEATURE_BULK_MEMORY             \
     : (CODE) >= 0xfc000                ? WASM_FEATURE_SATURATING              \
     : (CODE) >= 0xd0                   ? WASM_FEATURE_REFERENCE_TYPES         \
     : (CODE) >= 0xc0                   ? WASM_FEATURE_SIGN_EXTENSION          \
     : (CODE) == 0x25 || (CODE) == 0x26 ? WASM_FEATURE_REFERENCE_TYPES         \
     : (CODE) == 0x1c                   ? WASM_FEATURE_REFERENCE_TYPES         \
     : (CODE) == 0x12 || (CODE) == 0x13 ? WASM_FEATURE_TAIL_CALLS              \
                                        : 0)

const struct wasm_op_info wasm_op_infos[WASM_OP_COUNT] = {
#define X(NAME, CODE, TEXT, IMMEDIATE, SIGNATURE)                              \
    {TEXT, SIGNATURE, WASM_IMM_##IMMEDIATE, CODE, FEATURES(CODE)},
#include "wasm/wasm_op_list.h"
#undef X
};

const uint16_t wasm_op_slots[0x300] = {
#define X(NAME, CODE, TEXT, IMMEDIATE, SIGNATURE)                              \
    [WASM_OP_SLOT(CODE)] = WASM_OP_##NAME + 1,
#include "wasm/wasm_op_list.h"
#undef X
};

uint32_t wasm_op_width(enum wasm_op op)
{
    /* i32.load up to i64.store32, and v128.load up to v128.store. */
    static const uint8_t plain[] = {2, 3, 2, 3, 0, 0, 1, 1, 0, 0, 1, 1,
                                    2, 2, 2, 3, 2, 3, 0, 1, 0, 1, 2};
    static const uint8_t vector[] = {4, 3, 3, 3, 3, 3, 3, 0, 1, 2, 3, 4};
    uint32_t code = wasm_op_infos[op].code;

    if (code >= 0x28 && code <= 0x3e)
        return plain[code - 0x28];
    if (code >= 0xfd000 && code <= 0xfd00b)
        return vector[code - 0xfd000];
    if (code >= 0xfd054 && code <= 0xfd05b) /* load8_lane to store64_lane */
        return (code - 0xfd054) % 4;
    CHECK(code == 0xfd05c || code == 0xfd05d); /* load32_zero, load64_zero */
    return code - 0xfd05c + 2;
}

uint32_t wasm_op_lanes(enum wasm_op op)
{
    /* From i8x16.extract_lane_s up to f64x2.replace_lane. */
    static const uint8_t lanes[] = {16, 16, 16, 8, 8, 8, 4,
                                    4,  2,  2,  4, 4, 2, 2};
    uint32_t code = wasm_op_infos[op].code;

    if (wasm_op_infos[op].immediate == WASM_IMM_MEMORY_LANE)
        return 16u >> wasm_op_width(op);
    CHECK(code >= 0xfd015 && code <= 0xfd022);
    return lanes[code - 0xfd015];
}

/* Opcodes of proposals that we do not have. */
static const struct {
    uint8_t first;
    uint8_t last;
    uint8_t prefix; /* or 0, and `first` and `last` are the opcode itself */
    const char *proposal;
} refused[] = {
    {0x06, 0x0a, 0, "exceptions"},
    {0x14, 0x15, 0, "typed function references"},
    {0x18, 0x19, 0, "exceptions"},
    {0x1f, 0x1f, 0, "exceptions"},
    {0xd3, 0xd3, 0, "garbage collection"},
    {0xd4, 0xd6, 0, "typed function references"},
    {0xe0, 0xe6, 0, "stack switching"},
    {0x00, 0xff, 0xfb, "garbage collection"},
    {0x13, 0x16, 0xfc, "wide arithmetic"},
    {0x00, 0xff, 0xfe, "threads"},
};

static const char *proposal_of(uint8_t byte, uint32_t number)
{
    if (byte == 0xfd && number >= 0x100 && number < 0x130)
        return "relaxed SIMD";
    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
        uint32_t sought = refused[i].prefix != 0 ? number : byte;
        if ((refused[i].prefix == 0 || refused[i].prefix == byte) &&
            sought >= refused[i].first && sought <= refused[i].last)
            return refused[i].proposal;
    }
    return NULL;
}

int wasm_op_refuse(viv_error *err, uint8_t byte, uint32_t number, uint64_t at)
{
    const char *proposal = proposal_of(byte, number);
    int code = proposal != NULL ? VIV_EUNSUPPORTED : VIV_EFORMAT;
    const char *before =
        proposal != NULL ? "unsupported feature: " : "unknown instruction";
    const char *name = proposal != NULL ? proposal : "";

    if (byte >= 0xfb && byte <= 0xfe)
        return wasm_error(err, code, at, "%s%s (opcode 0x%02x 0x%02x)", before,
                          name, byte, number);
    return wasm_error(err, code, at, "%s%s (opcode 0x%02x)", before, name,
                      byte);
}
