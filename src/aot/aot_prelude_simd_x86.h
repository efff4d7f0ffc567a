/* aot_prelude_simd_x86.h - instructions that SSE4.1 has and C has not.
 *
 * The twin of aot_prelude_simd_generic.h.  The builtins are those that gcc and
 * clang have in common.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_PRELUDE_SIMD_X86_H
#define AOT_PRELUDE_SIMD_X86_H

/* --- integers ------------------------------------------------------------ */

/* pshufb gives 0 for an index with its top bit set, and uses the low 4 bits of
 * any other: adding 0x70, saturated, sets the top bit from 16 on. */
SIMD_FN v128 i8x16_swizzle(v128 a, v128 index)
{
    v128 capped = i8x16_add_sat_u(index, i8x16_splat(0x70));

    return (v128)__builtin_ia32_pshufb128((v_char)a, (v_char)capped);
}

/* The bits of each half byte, looked up. */
SIMD_FN v128 i8x16_popcnt(v128 a)
{
    v_char counts = {0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4};
    v_char low = (v_char)(a & 15), high = (v_char)((v128)((v_u16)a >> 4) & 15);

    return (v128)__builtin_ia32_pshufb128(counts, low) +
           (v128)__builtin_ia32_pshufb128(counts, high);
}

#define SIMD_NARROW(name, T, builtin)                                          \
    SIMD_FN v128 name(v128 a, v128 b)                                          \
    {                                                                          \
        return (v128)builtin((T)a, (T)b);                                      \
    }

SIMD_NARROW(i8x16_narrow_i16x8_s, v_s16, __builtin_ia32_packsswb128)
SIMD_NARROW(i8x16_narrow_i16x8_u, v_s16, __builtin_ia32_packuswb128)
SIMD_NARROW(i16x8_narrow_i32x4_s, v_s32, __builtin_ia32_packssdw128)
SIMD_NARROW(i16x8_narrow_i32x4_u, v_s32, __builtin_ia32_packusdw128)

SIMD_FN u32 i8x16_bitmask(v128 a)
{
    return (u32)__builtin_ia32_pmovmskb128((v_char)a);
}

SIMD_FN u32 i16x8_bitmask(v128 a)
{
    return i8x16_bitmask(i8x16_narrow_i16x8_s(a, (v128){0}));
}

SIMD_FN u32 i32x4_bitmask(v128 a)
{
    return (u32)__builtin_ia32_movmskps((v_f32)a);
}

SIMD_FN u32 i64x2_bitmask(v128 a)
{
    return (u32)__builtin_ia32_movmskpd((v_f64)a);
}

/* pmulhrsw is this but for -1 times -1, the only way to the smallest number,
 * which has to be the largest. */
SIMD_FN v128 i16x8_q15mulr_sat_s(v128 a, v128 b)
{
    v_u16 r = (v_u16)__builtin_ia32_pmulhrsw128((v_s16)a, (v_s16)b);

    return (v128)(r ^ (v_u16)(r == 0x8000));
}

SIMD_FN v128 i32x4_dot_i16x8_s(v128 a, v128 b)
{
    return (v128)__builtin_ia32_pmaddwd128((v_s16)a, (v_s16)b);
}

SIMD_FN v128 i32x4_extadd_pairwise_i16x8_s(v128 a)
{
    return i32x4_dot_i16x8_s(a, i16x8_splat(1));
}

/* pmaddubsw multiplies unsigned lanes by signed ones. */
SIMD_FN v128 i16x8_extadd_pairwise_i8x16_s(v128 a)
{
    return (v128)__builtin_ia32_pmaddubsw128((v_char)i8x16_splat(1), (v_char)a);
}

SIMD_FN v128 i16x8_extadd_pairwise_i8x16_u(v128 a)
{
    return (v128)__builtin_ia32_pmaddubsw128((v_char)a, (v_char)i8x16_splat(1));
}

/* --- floating point ------------------------------------------------------ */

/* The direction, with 8 for raising no flag that nobody would look at. */
#define SIMD_NEAREST 8
#define SIMD_FLOOR   9
#define SIMD_CEIL    10
#define SIMD_TRUNC   11

#define SIMD_ROUND(name, T, builtin, direction)                                \
    SIMD_FN v128 name(v128 a)                                                  \
    {                                                                          \
        return (v128)builtin((T)a, direction);                                 \
    }

SIMD_ROUND(f32x4_nearest, v_f32, __builtin_ia32_roundps, SIMD_NEAREST)
SIMD_ROUND(f32x4_floor, v_f32, __builtin_ia32_roundps, SIMD_FLOOR)
SIMD_ROUND(f32x4_ceil, v_f32, __builtin_ia32_roundps, SIMD_CEIL)
SIMD_ROUND(f32x4_trunc, v_f32, __builtin_ia32_roundps, SIMD_TRUNC)
SIMD_ROUND(f64x2_nearest, v_f64, __builtin_ia32_roundpd, SIMD_NEAREST)
SIMD_ROUND(f64x2_floor, v_f64, __builtin_ia32_roundpd, SIMD_FLOOR)
SIMD_ROUND(f64x2_ceil, v_f64, __builtin_ia32_roundpd, SIMD_CEIL)
SIMD_ROUND(f64x2_trunc, v_f64, __builtin_ia32_roundpd, SIMD_TRUNC)

SIMD_FN v128 f32x4_demote_f64x2_zero(v128 a)
{
    return (v128)__builtin_ia32_cvtpd2ps((v_f64)a);
}

/* The conversions to s32 give the smallest number, 0x80000000, for whatever is
 * out of range.  That is right below; above, all its bits are wrong. */
SIMD_FN v128 i32x4_trunc_sat_f32x4_s(v128 a)
{
    v_f32 x = (v_f32)a;
    v_f32 number = (v_f32)((v_u32)x & (v_u32)(x == x));
    v_u32 above = (v_u32)(x >= 0x1p31f);

    return (v128)((v_u32)__builtin_ia32_cvttps2dq(number) ^ above);
}

/* From 2^31 on the low part is 0x80000000, and the high part is the rest. */
SIMD_FN v128 i32x4_trunc_sat_f32x4_u(v128 a)
{
    v_f32 x = (v_f32)simd_max_f32(a, (v128){0});
    v_f32 rest = x - 0x1p31f;
    v_u32 above = (v_u32)(rest >= 0x1p31f);
    v_u32 high = (v_u32)__builtin_ia32_cvttps2dq(rest) ^ above;
    v_u32 low = (v_u32)__builtin_ia32_cvttps2dq(x);

    return (v128)(low + (v_u32)i32x4_max_s((v128)high, (v128){0}));
}

/* The limit above is 0 for a NaN, and min prefers it. */
SIMD_FN v128 i32x4_trunc_sat_f64x2_s_zero(v128 a)
{
    v_f64 x = (v_f64)a, top = {0x7fffffff, 0x7fffffff};
    v128 limit = (v128)((v_u64)top & (v_u64)(x == x));

    return (v128)__builtin_ia32_cvttpd2dq((v_f64)simd_min_f64(a, limit));
}

/* A whole number below 2^52 that has 2^52 added to it is its own fraction. */
SIMD_FN v128 i32x4_trunc_sat_f64x2_u_zero(v128 a)
{
    v_f64 top = {0xffffffff, 0xffffffff};
    v128 x = simd_min_f64(simd_max_f64(a, (v128){0}), (v128)top);
    v_u32 bits = (v_u32)((v_f64)f64x2_trunc(x) + 0x1p52);

    return (v128)__builtin_shufflevector(bits, (v_u32){0}, 0, 2, 4, 5);
}

#endif /* AOT_PRELUDE_SIMD_X86_H */
