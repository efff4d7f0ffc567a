/* aot_prelude_simd_lane.h - single lanes: splat, extract, replace, shuffle.
 *
 * Lane numbers are constants that the validator has checked.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_PRELUDE_SIMD_LANE_H
#define AOT_PRELUDE_SIMD_LANE_H

/* `X` is the type of one lane on the WebAssembly stack. */
#define SIMD_SPLAT_16(name, T, L, X)                                           \
    SIMD_FN v128 name(X x)                                                     \
    {                                                                          \
        L l = (L)x;                                                            \
        return (v128)(T){l, l, l, l, l, l, l, l, l, l, l, l, l, l, l, l};      \
    }
#define SIMD_SPLAT_8(name, T, L, X)                                            \
    SIMD_FN v128 name(X x)                                                     \
    {                                                                          \
        L l = (L)x;                                                            \
        return (v128)(T){l, l, l, l, l, l, l, l};                              \
    }
#define SIMD_SPLAT_4(name, T, X)                                               \
    SIMD_FN v128 name(X x)                                                     \
    {                                                                          \
        return (v128)(T){x, x, x, x};                                          \
    }
#define SIMD_SPLAT_2(name, T, X)                                               \
    SIMD_FN v128 name(X x)                                                     \
    {                                                                          \
        return (v128)(T){x, x};                                                \
    }

SIMD_SPLAT_16(i8x16_splat, v_u8, u8, u32)
SIMD_SPLAT_8(i16x8_splat, v_u16, u16, u32)
SIMD_SPLAT_4(i32x4_splat, v_u32, u32)
SIMD_SPLAT_2(i64x2_splat, v_u64, u64)
SIMD_SPLAT_4(f32x4_splat, v_f32, f32)
SIMD_SPLAT_2(f64x2_splat, v_f64, f64)

/* By way of a signed lane, the conversion to X extends the sign. */
#define SIMD_EXTRACT(name, T, X)                                               \
    SIMD_FN X name(v128 v, u32 lane)                                           \
    {                                                                          \
        return (X)((T)v)[lane];                                                \
    }

SIMD_EXTRACT(i8x16_extract_lane_s, v_s8, u32)
SIMD_EXTRACT(i8x16_extract_lane_u, v_u8, u32)
SIMD_EXTRACT(i16x8_extract_lane_s, v_s16, u32)
SIMD_EXTRACT(i16x8_extract_lane_u, v_u16, u32)
SIMD_EXTRACT(i32x4_extract_lane, v_u32, u32)
SIMD_EXTRACT(i64x2_extract_lane, v_u64, u64)
SIMD_EXTRACT(f32x4_extract_lane, v_f32, f32)
SIMD_EXTRACT(f64x2_extract_lane, v_f64, f64)

#define SIMD_REPLACE(name, T, L, X)                                            \
    SIMD_FN v128 name(v128 v, u32 lane, X x)                                   \
    {                                                                          \
        T lanes = (T)v;                                                        \
        lanes[lane] = (L)x;                                                    \
        return (v128)lanes;                                                    \
    }

SIMD_REPLACE(i8x16_replace_lane, v_u8, u8, u32)
SIMD_REPLACE(i16x8_replace_lane, v_u16, u16, u32)
SIMD_REPLACE(i32x4_replace_lane, v_u32, u32, u32)
SIMD_REPLACE(i64x2_replace_lane, v_u64, u64, u64)
SIMD_REPLACE(f32x4_replace_lane, v_f32, f32, f32)
SIMD_REPLACE(f64x2_replace_lane, v_f64, f64, f64)

/* i8x16_shuffle(a, b, i0, ..., i15); 16 to 31 are the lanes of b. */
#define i8x16_shuffle(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

#endif /* AOT_PRELUDE_SIMD_LANE_H */
