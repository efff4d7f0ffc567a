/* aot_prelude_simd_memory.h - vectors from memory and back.
 *
 * Macros, as VIV_LOAD(T, addr, offset) and VIV_STORE(T, addr, offset, value)
 * of the prelude may name variables of the function they stand in.  Those
 * access one T of u8, u16, u32, u64 or v128 at any alignment, and trap outside
 * of the memory.  `addr` and `v` are evaluated once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_PRELUDE_SIMD_MEMORY_H
#define AOT_PRELUDE_SIMD_MEMORY_H

#define v128_load(addr, offset)     VIV_LOAD(v128, addr, offset)
#define v128_store(addr, offset, v) VIV_STORE(v128, addr, offset, v)

/* --- 64 bits, every lane extended to twice its size ---------------------- */

#define SIMD_WIDEN(name, from, to)                                             \
    SIMD_FN v128 name(u64 x)                                                   \
    {                                                                          \
        return (v128) __builtin_convertvector((from)x, to);                    \
    }

SIMD_WIDEN(simd_widen_s8, v_s8x8, v_s16)
SIMD_WIDEN(simd_widen_u8, v_u8x8, v_u16)
SIMD_WIDEN(simd_widen_s16, v_s16x4, v_s32)
SIMD_WIDEN(simd_widen_u16, v_u16x4, v_u32)
SIMD_WIDEN(simd_widen_s32, v_s32x2, v_s64)
SIMD_WIDEN(simd_widen_u32, v_u32x2, v_u64)

#define v128_load8x8_s(addr, offset) simd_widen_s8(VIV_LOAD(u64, addr, offset))
#define v128_load8x8_u(addr, offset) simd_widen_u8(VIV_LOAD(u64, addr, offset))
#define v128_load16x4_s(addr, offset)                                          \
    simd_widen_s16(VIV_LOAD(u64, addr, offset))
#define v128_load16x4_u(addr, offset)                                          \
    simd_widen_u16(VIV_LOAD(u64, addr, offset))
#define v128_load32x2_s(addr, offset)                                          \
    simd_widen_s32(VIV_LOAD(u64, addr, offset))
#define v128_load32x2_u(addr, offset)                                          \
    simd_widen_u32(VIV_LOAD(u64, addr, offset))

/* --- one lane, into all or into the first -------------------------------- */

#define v128_load8_splat(addr, offset)  i8x16_splat(VIV_LOAD(u8, addr, offset))
#define v128_load16_splat(addr, offset) i16x8_splat(VIV_LOAD(u16, addr, offset))
#define v128_load32_splat(addr, offset) i32x4_splat(VIV_LOAD(u32, addr, offset))
#define v128_load64_splat(addr, offset) i64x2_splat(VIV_LOAD(u64, addr, offset))

SIMD_FN v128 simd_first_u32(u32 x)
{
    return (v128)(v_u32){x, 0, 0, 0};
}

SIMD_FN v128 simd_first_u64(u64 x)
{
    return (v128)(v_u64){x, 0};
}

#define v128_load32_zero(addr, offset)                                         \
    simd_first_u32(VIV_LOAD(u32, addr, offset))
#define v128_load64_zero(addr, offset)                                         \
    simd_first_u64(VIV_LOAD(u64, addr, offset))

/* --- one lane of a given vector ------------------------------------------ */

#define v128_load8_lane(addr, offset, lane, v)                                 \
    i8x16_replace_lane(v, lane, VIV_LOAD(u8, addr, offset))
#define v128_load16_lane(addr, offset, lane, v)                                \
    i16x8_replace_lane(v, lane, VIV_LOAD(u16, addr, offset))
#define v128_load32_lane(addr, offset, lane, v)                                \
    i32x4_replace_lane(v, lane, VIV_LOAD(u32, addr, offset))
#define v128_load64_lane(addr, offset, lane, v)                                \
    i64x2_replace_lane(v, lane, VIV_LOAD(u64, addr, offset))

#define v128_store8_lane(addr, offset, lane, v)                                \
    VIV_STORE(u8, addr, offset, (u8)i8x16_extract_lane_u(v, lane))
#define v128_store16_lane(addr, offset, lane, v)                               \
    VIV_STORE(u16, addr, offset, (u16)i16x8_extract_lane_u(v, lane))
#define v128_store32_lane(addr, offset, lane, v)                               \
    VIV_STORE(u32, addr, offset, i32x4_extract_lane(v, lane))
#define v128_store64_lane(addr, offset, lane, v)                               \
    VIV_STORE(u64, addr, offset, i64x2_extract_lane(v, lane))

#endif /* AOT_PRELUDE_SIMD_MEMORY_H */
