/* aot_prelude_simd_generic.h - the same instructions for any CPU, in C.
 *
 * The twin of aot_prelude_simd_x86.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_PRELUDE_SIMD_GENERIC_H
#define AOT_PRELUDE_SIMD_GENERIC_H

/* --- integers ------------------------------------------------------------ */

SIMD_FN v128 i8x16_swizzle(v128 a, v128 index)
{
    v128 r = {0};
    int i;

    for (i = 0; i < 16; i++)
        r[i] = a[index[i] & 15];
    return r & (v128)(index < 16);
}

/* Bits are counted in pairs, in fours, in eights. */
SIMD_FN v128 i8x16_popcnt(v128 a)
{
    a -= (a >> 1) & 0x55;
    a = (a & 0x33) + ((a >> 2) & 0x33);
    return (a + (a >> 4)) & 15;
}

/* Cut every lane to what the narrow one holds; the even half lanes are it. */
#define SIMD_NARROW_TO(name, min, max, splat, low, high, T, ...)               \
    SIMD_FN v128 name(v128 a, v128 b)                                          \
    {                                                                          \
        v128 least = splat((u32)(low)), most = splat((u32)(high));             \
        T x = (T)min(max(a, least), most), y = (T)min(max(b, least), most);    \
        return (v128)__builtin_shufflevector(x, y, __VA_ARGS__);               \
    }
#define SIMD_NARROW_8(name, low, high)                                         \
    SIMD_NARROW_TO(name, i16x8_min_s, i16x8_max_s, i16x8_splat, low, high,     \
                   v_u8, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26,    \
                   28, 30)
#define SIMD_NARROW_16(name, low, high)                                        \
    SIMD_NARROW_TO(name, i32x4_min_s, i32x4_max_s, i32x4_splat, low, high,     \
                   v_u16, 0, 2, 4, 6, 8, 10, 12, 14)

SIMD_NARROW_8(i8x16_narrow_i16x8_s, -0x80, 0x7f)
SIMD_NARROW_8(i8x16_narrow_i16x8_u, 0, 0xff)
SIMD_NARROW_16(i16x8_narrow_i32x4_s, -0x8000, 0x7fff)
SIMD_NARROW_16(i16x8_narrow_i32x4_u, 0, 0xffff)

#define SIMD_BITMASK(name, U, lanes)                                           \
    SIMD_FN u32 name(v128 a)                                                   \
    {                                                                          \
        U sign = (U)a >> (128 / (lanes)-1);                                    \
        u32 i, mask = 0;                                                       \
                                                                               \
        for (i = 0; i < (lanes); i++)                                          \
            mask |= (u32)sign[i] << i;                                         \
        return mask;                                                           \
    }

SIMD_BITMASK(i8x16_bitmask, v_u8, 16)
SIMD_BITMASK(i16x8_bitmask, v_u16, 8)
SIMD_BITMASK(i32x4_bitmask, v_u32, 4)
SIMD_BITMASK(i64x2_bitmask, v_u64, 2)

/* The product of two lanes has 32 bits, of which 15 are rounded away. */
SIMD_FN v128 i16x8_q15mulr_sat_s(v128 a, v128 b)
{
    v_s32 low = (v_s32)i32x4_extmul_low_i16x8_s(a, b);
    v_s32 high = (v_s32)i32x4_extmul_high_i16x8_s(a, b);

    low = (low + 0x4000) >> 15;
    high = (high + 0x4000) >> 15;
    return i16x8_narrow_i32x4_s((v128)low, (v128)high);
}

/* The even and the odd half lanes, with their signs. */
#define SIMD_EVEN(a, U, S, bits) ((U)((S)((U)a << (bits)) >> (bits)))
#define SIMD_ODD(a, U, S, bits)  ((U)((S)a >> (bits)))

SIMD_FN v128 i32x4_dot_i16x8_s(v128 a, v128 b)
{
    v_u32 even =
        SIMD_EVEN(a, v_u32, v_s32, 16) * SIMD_EVEN(b, v_u32, v_s32, 16);
    v_u32 odd = SIMD_ODD(a, v_u32, v_s32, 16) * SIMD_ODD(b, v_u32, v_s32, 16);

    return (v128)(even + odd);
}

SIMD_FN v128 i32x4_extadd_pairwise_i16x8_s(v128 a)
{
    return (v128)(SIMD_EVEN(a, v_u32, v_s32, 16) +
                  SIMD_ODD(a, v_u32, v_s32, 16));
}

SIMD_FN v128 i16x8_extadd_pairwise_i8x16_s(v128 a)
{
    return (v128)(SIMD_EVEN(a, v_u16, v_s16, 8) + SIMD_ODD(a, v_u16, v_s16, 8));
}

SIMD_FN v128 i16x8_extadd_pairwise_i8x16_u(v128 a)
{
    return (v128)(((v_u16)a & 0xff) + ((v_u16)a >> 8));
}

/* --- floating point ------------------------------------------------------ */

/* From 2^23 (2^52) on every number is whole, and adding as much leaves no room
 * for a fraction: the sum is rounded, to the nearest whole number and to an
 * even one in the middle.  From there it is at most 1 to any other rounding.
 *
 * simd_whole() puts back what the sum cannot tell: the sign, and the numbers
 * that were whole.  A NaN is not among these, and has been quietened. */
#define SIMD_ROUNDING(nearest, whole, T, U, simd_abs, magic, sign)             \
    SIMD_FN v128 whole(v128 a, T rounded)                                      \
    {                                                                          \
        v128 with_sign = (v128)((U)rounded | ((U)a & (sign)));                 \
        return v128_bitselect(a, with_sign,                                    \
                              (v128)((T)simd_abs(a) >= (magic)));              \
    }                                                                          \
    SIMD_FN v128 nearest(v128 a)                                               \
    {                                                                          \
        return whole(a, ((T)simd_abs(a) + (magic)) - (magic));                 \
    }

SIMD_ROUNDING(f32x4_nearest, simd_whole_f32, v_f32, v_u32, f32x4_abs, 0x1p23f,
              SIMD_SIGN_32)
SIMD_ROUNDING(f64x2_nearest, simd_whole_f64, v_f64, v_u64, f64x2_abs, 0x1p52,
              SIMD_SIGN_64)

/* 1 in the lanes where `mask` is all ones. */
#define SIMD_ONE_IF(mask, T, U) ((T)((U)((T){0} + 1) & (U)(mask)))

#define SIMD_FLOOR_CEIL(name, nearest, whole, T, U, op, step)                  \
    SIMD_FN v128 name(v128 a)                                                  \
    {                                                                          \
        T r = (T)nearest(a);                                                   \
        return whole(a, r step SIMD_ONE_IF(r op(T) a, T, U));                  \
    }

SIMD_FLOOR_CEIL(f32x4_floor, f32x4_nearest, simd_whole_f32, v_f32, v_u32, >, -)
SIMD_FLOOR_CEIL(f32x4_ceil, f32x4_nearest, simd_whole_f32, v_f32, v_u32, <, +)
SIMD_FLOOR_CEIL(f64x2_floor, f64x2_nearest, simd_whole_f64, v_f64, v_u64, >, -)
SIMD_FLOOR_CEIL(f64x2_ceil, f64x2_nearest, simd_whole_f64, v_f64, v_u64, <, +)

SIMD_FN v128 f32x4_trunc(v128 a)
{
    return simd_whole_f32(a, (v_f32)f32x4_floor(f32x4_abs(a)));
}

SIMD_FN v128 f64x2_trunc(v128 a)
{
    return simd_whole_f64(a, (v_f64)f64x2_floor(f64x2_abs(a)));
}

SIMD_FN v128 f32x4_demote_f64x2_zero(v128 a)
{
    v_f32x2 x = __builtin_convertvector((v_f64)a, v_f32x2);

    return (v128)__builtin_shufflevector(x, (v_f32x2){0}, 0, 1, 2, 3);
}

/* C does not say what a number out of range converts to.  So it is made 0
 * before, like a NaN, and becomes `least` or `most` afterwards. */
#define SIMD_TRUNC_SAT(name, T, I, U, low, high, least, most)                  \
    SIMD_FN U name(T x)                                                        \
    {                                                                          \
        U below = (U)(x < (low)), above = (U)(x >= (high));                    \
        U number = (U)x & (U)(x == x) & ~(below | above);                      \
        U r = (U) __builtin_convertvector((T)number, I);                       \
        return r | (below & (least)) | (above & (most));                       \
    }

SIMD_TRUNC_SAT(simd_trunc_f32_s, v_f32, v_s32, v_u32, -0x1p31f, 0x1p31f,
               0x80000000, 0x7fffffff)
SIMD_TRUNC_SAT(simd_trunc_f32_u, v_f32, v_u32, v_u32, 0.0f, 0x1p32f, 0,
               0xffffffff)
SIMD_TRUNC_SAT(simd_trunc_f64_s, v_f64, v_s64, v_u64, -0x1p31, 0x1p31,
               0x80000000, 0x7fffffff)
SIMD_TRUNC_SAT(simd_trunc_f64_u, v_f64, v_s64, v_u64, 0.0, 0x1p32, 0,
               0xffffffff)

SIMD_FN v128 i32x4_trunc_sat_f32x4_s(v128 a)
{
    return (v128)simd_trunc_f32_s((v_f32)a);
}

SIMD_FN v128 i32x4_trunc_sat_f32x4_u(v128 a)
{
    return (v128)simd_trunc_f32_u((v_f32)a);
}

/* The low halves of two u64 lanes, and zeros. */
SIMD_FN v128 simd_pack_u64(v_u64 a)
{
    return (v128)__builtin_shufflevector((v_u32)a, (v_u32){0}, 0, 2, 4, 5);
}

SIMD_FN v128 i32x4_trunc_sat_f64x2_s_zero(v128 a)
{
    return simd_pack_u64(simd_trunc_f64_s((v_f64)a));
}

SIMD_FN v128 i32x4_trunc_sat_f64x2_u_zero(v128 a)
{
    return simd_pack_u64(simd_trunc_f64_u((v_f64)a));
}

#endif /* AOT_PRELUDE_SIMD_GENERIC_H */
