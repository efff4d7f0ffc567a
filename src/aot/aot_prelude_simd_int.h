/* aot_prelude_simd_int.h - integer lanes, where C finds the instructions.
 *
 * What may overflow is computed in unsigned lanes, which wrap.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_PRELUDE_SIMD_INT_H
#define AOT_PRELUDE_SIMD_INT_H

/* --- arithmetic ---------------------------------------------------------- */

SIMD_BINARY(i8x16_add, v_u8, +)
SIMD_BINARY(i16x8_add, v_u16, +)
SIMD_BINARY(i32x4_add, v_u32, +)
SIMD_BINARY(i64x2_add, v_u64, +)
SIMD_BINARY(i8x16_sub, v_u8, -)
SIMD_BINARY(i16x8_sub, v_u16, -)
SIMD_BINARY(i32x4_sub, v_u32, -)
SIMD_BINARY(i64x2_sub, v_u64, -)
SIMD_BINARY(i16x8_mul, v_u16, *)
SIMD_BINARY(i32x4_mul, v_u32, *)
SIMD_BINARY(i64x2_mul, v_u64, *)

#define SIMD_NEG(name, U)                                                      \
    SIMD_FN v128 name(v128 a)                                                  \
    {                                                                          \
        return (v128)(-(U)a);                                                  \
    }

SIMD_NEG(i8x16_neg, v_u8)
SIMD_NEG(i16x8_neg, v_u16)
SIMD_NEG(i32x4_neg, v_u32)
SIMD_NEG(i64x2_neg, v_u64)

/* The sign, all ones or zero, complements a and adds the 1. */
#define SIMD_ABS(name, U, S)                                                   \
    SIMD_FN v128 name(v128 a)                                                  \
    {                                                                          \
        U sign = (U)((S)a < 0);                                                \
        return (v128)(((U)a ^ sign) - sign);                                   \
    }

SIMD_ABS(i8x16_abs, v_u8, v_s8)
SIMD_ABS(i16x8_abs, v_u16, v_s16)
SIMD_ABS(i32x4_abs, v_u32, v_s32)
SIMD_ABS(i64x2_abs, v_u64, v_s64)

/* Where `a op b` take a, else b: the smaller one or the larger one. */
#define SIMD_CHOOSE(name, T, op)                                               \
    SIMD_FN v128 name(v128 a, v128 b)                                          \
    {                                                                          \
        T x = (T)a, y = (T)b, mask = (T)(x op y);                              \
        return (v128)((x & mask) | (y & ~mask));                               \
    }

SIMD_CHOOSE(i8x16_min_s, v_s8, <)
SIMD_CHOOSE(i8x16_min_u, v_u8, <)
SIMD_CHOOSE(i16x8_min_s, v_s16, <)
SIMD_CHOOSE(i16x8_min_u, v_u16, <)
SIMD_CHOOSE(i32x4_min_s, v_s32, <)
SIMD_CHOOSE(i32x4_min_u, v_u32, <)
SIMD_CHOOSE(i8x16_max_s, v_s8, >)
SIMD_CHOOSE(i8x16_max_u, v_u8, >)
SIMD_CHOOSE(i16x8_max_s, v_s16, >)
SIMD_CHOOSE(i16x8_max_u, v_u16, >)
SIMD_CHOOSE(i32x4_max_s, v_s32, >)
SIMD_CHOOSE(i32x4_max_u, v_u32, >)

/* Without a ninth bit: a + b is (a | b) * 2 - (a ^ b). */
#if defined(__SSE2__) && !defined(VIV_SIMD_GENERIC)
#define SIMD_AVERAGE(name, S, U, builtin)                                      \
    SIMD_FN v128 name(v128 a, v128 b)                                          \
    {                                                                          \
        return (v128)builtin((S)a, (S)b);                                      \
    }
#else
#define SIMD_AVERAGE(name, S, U, builtin)                                      \
    SIMD_FN v128 name(v128 a, v128 b)                                          \
    {                                                                          \
        return (v128)((U)(a | b) - ((U)(a ^ b) >> 1));                         \
    }
#endif

SIMD_AVERAGE(i8x16_avgr_u, v_char, v_u8, __builtin_ia32_pavgb128)
SIMD_AVERAGE(i16x8_avgr_u, v_s16, v_u16, __builtin_ia32_pavgw128)

/* --- saturating arithmetic ----------------------------------------------- */

#if __has_builtin(__builtin_elementwise_add_sat)

#define SIMD_ADD_SAT(name, T)                                                  \
    SIMD_FN v128 name(v128 a, v128 b)                                          \
    {                                                                          \
        return (v128)__builtin_elementwise_add_sat((T)a, (T)b);                \
    }
#define SIMD_SUB_SAT(name, T)                                                  \
    SIMD_FN v128 name(v128 a, v128 b)                                          \
    {                                                                          \
        return (v128)__builtin_elementwise_sub_sat((T)a, (T)b);                \
    }
#define SIMD_ADD_SAT_U(name, U)    SIMD_ADD_SAT(name, U)
#define SIMD_SUB_SAT_U(name, U)    SIMD_SUB_SAT(name, U)
#define SIMD_ADD_SAT_S(name, U, S) SIMD_ADD_SAT(name, S)
#define SIMD_SUB_SAT_S(name, U, S) SIMD_SUB_SAT(name, S)

#else

#define SIMD_ADD_SAT_U(name, U)                                                \
    SIMD_FN v128 name(v128 a, v128 b)                                          \
    {                                                                          \
        U sum = (U)a + (U)b;                                                   \
        return (v128)(sum | (U)(sum < (U)a));                                  \
    }
#define SIMD_SUB_SAT_U(name, U)                                                \
    SIMD_FN v128 name(v128 a, v128 b)                                          \
    {                                                                          \
        return (v128)(((U)a - (U)b) & (U)((U)a > (U)b));                       \
    }

/* The largest number, plus one if a is negative, where the sign of the result
 * tells of an overflow. */
#define SIMD_SATURATE(a, result, overflow, U, S)                               \
    v128_bitselect((v128)((~(U){0} >> 1) - (U)((S)a < 0)), (v128)result,       \
                   (v128)((S)(overflow) < 0))
#define SIMD_ADD_SAT_S(name, U, S)                                             \
    SIMD_FN v128 name(v128 a, v128 b)                                          \
    {                                                                          \
        U r = (U)a + (U)b;                                                     \
        return SIMD_SATURATE(a, r, ((U)a ^ r) & ((U)b ^ r), U, S);             \
    }
#define SIMD_SUB_SAT_S(name, U, S)                                             \
    SIMD_FN v128 name(v128 a, v128 b)                                          \
    {                                                                          \
        U r = (U)a - (U)b;                                                     \
        return SIMD_SATURATE(a, r, ((U)a ^ r) & (U)(a ^ b), U, S);             \
    }

#endif

SIMD_ADD_SAT_S(i8x16_add_sat_s, v_u8, v_s8)
SIMD_ADD_SAT_U(i8x16_add_sat_u, v_u8)
SIMD_SUB_SAT_S(i8x16_sub_sat_s, v_u8, v_s8)
SIMD_SUB_SAT_U(i8x16_sub_sat_u, v_u8)
SIMD_ADD_SAT_S(i16x8_add_sat_s, v_u16, v_s16)
SIMD_ADD_SAT_U(i16x8_add_sat_u, v_u16)
SIMD_SUB_SAT_S(i16x8_sub_sat_s, v_u16, v_s16)
SIMD_SUB_SAT_U(i16x8_sub_sat_u, v_u16)

/* --- comparisons --------------------------------------------------------- */

SIMD_BINARY(i8x16_eq, v_u8, ==)
SIMD_BINARY(i8x16_ne, v_u8, !=)
SIMD_BINARY(i8x16_lt_s, v_s8, <)
SIMD_BINARY(i8x16_lt_u, v_u8, <)
SIMD_BINARY(i8x16_gt_s, v_s8, >)
SIMD_BINARY(i8x16_gt_u, v_u8, >)
SIMD_BINARY(i8x16_le_s, v_s8, <=)
SIMD_BINARY(i8x16_le_u, v_u8, <=)
SIMD_BINARY(i8x16_ge_s, v_s8, >=)
SIMD_BINARY(i8x16_ge_u, v_u8, >=)
SIMD_BINARY(i16x8_eq, v_u16, ==)
SIMD_BINARY(i16x8_ne, v_u16, !=)
SIMD_BINARY(i16x8_lt_s, v_s16, <)
SIMD_BINARY(i16x8_lt_u, v_u16, <)
SIMD_BINARY(i16x8_gt_s, v_s16, >)
SIMD_BINARY(i16x8_gt_u, v_u16, >)
SIMD_BINARY(i16x8_le_s, v_s16, <=)
SIMD_BINARY(i16x8_le_u, v_u16, <=)
SIMD_BINARY(i16x8_ge_s, v_s16, >=)
SIMD_BINARY(i16x8_ge_u, v_u16, >=)
SIMD_BINARY(i32x4_eq, v_u32, ==)
SIMD_BINARY(i32x4_ne, v_u32, !=)
SIMD_BINARY(i32x4_lt_s, v_s32, <)
SIMD_BINARY(i32x4_lt_u, v_u32, <)
SIMD_BINARY(i32x4_gt_s, v_s32, >)
SIMD_BINARY(i32x4_gt_u, v_u32, >)
SIMD_BINARY(i32x4_le_s, v_s32, <=)
SIMD_BINARY(i32x4_le_u, v_u32, <=)
SIMD_BINARY(i32x4_ge_s, v_s32, >=)
SIMD_BINARY(i32x4_ge_u, v_u32, >=)
SIMD_BINARY(i64x2_eq, v_u64, ==)
SIMD_BINARY(i64x2_ne, v_u64, !=)
SIMD_BINARY(i64x2_lt_s, v_s64, <)
SIMD_BINARY(i64x2_gt_s, v_s64, >)
SIMD_BINARY(i64x2_le_s, v_s64, <=)
SIMD_BINARY(i64x2_ge_s, v_s64, >=)

#define SIMD_ALL_TRUE(name, T)                                                 \
    SIMD_FN u32 name(v128 a)                                                   \
    {                                                                          \
        return !v128_any_true((v128)((T)a == 0));                              \
    }

SIMD_ALL_TRUE(i8x16_all_true, v_u8)
SIMD_ALL_TRUE(i16x8_all_true, v_u16)
SIMD_ALL_TRUE(i32x4_all_true, v_u32)
SIMD_ALL_TRUE(i64x2_all_true, v_u64)

/* --- shifts -------------------------------------------------------------- */

#define SIMD_SHIFT(name, T, op, bits)                                          \
    SIMD_FN v128 name(v128 a, u32 count)                                       \
    {                                                                          \
        return (v128)((T)a op(count & ((bits)-1)));                            \
    }

SIMD_SHIFT(i16x8_shl, v_u16, <<, 16)
SIMD_SHIFT(i16x8_shr_s, v_s16, >>, 16)
SIMD_SHIFT(i16x8_shr_u, v_u16, >>, 16)
SIMD_SHIFT(i32x4_shl, v_u32, <<, 32)
SIMD_SHIFT(i32x4_shr_s, v_s32, >>, 32)
SIMD_SHIFT(i32x4_shr_u, v_u32, >>, 32)
SIMD_SHIFT(i64x2_shl, v_u64, <<, 64)
SIMD_SHIFT(i64x2_shr_s, v_s64, >>, 64)
SIMD_SHIFT(i64x2_shr_u, v_u64, >>, 64)

/* No CPU shifts bytes.  Pairs of them are shifted, a single bit of each byte
 * along with them, and from where that came to lie we know which bits have
 * crossed over from the neighbour. */
SIMD_FN v128 i8x16_shl(v128 a, u32 count)
{
    v128 lowest = i16x8_shl(i8x16_splat(1), count & 7);

    return i16x8_shl(a, count & 7) & ~(lowest - 1);
}

SIMD_FN v128 i8x16_shr_u(v128 a, u32 count)
{
    v128 highest = i16x8_shr_u(i8x16_splat(0x80), count & 7);

    return i16x8_shr_u(a, count & 7) & (highest + highest - 1);
}

/* Flipping the sign and taking it off again spreads it to the left. */
SIMD_FN v128 i8x16_shr_s(v128 a, u32 count)
{
    v128 highest = i16x8_shr_u(i8x16_splat(0x80), count & 7);

    return (i8x16_shr_u(a, count) ^ highest) - highest;
}

/* --- wider lanes --------------------------------------------------------- */

#define SIMD_EXTEND(name, from, to, HALF, lane)                                \
    SIMD_FN v128 name(v128 a)                                                  \
    {                                                                          \
        return (v128) __builtin_convertvector(HALF((from)a, lane), to);        \
    }

SIMD_EXTEND(i16x8_extend_low_i8x16_s, v_s8, v_s16, SIMD_HALF_8, 0)
SIMD_EXTEND(i16x8_extend_low_i8x16_u, v_u8, v_u16, SIMD_HALF_8, 0)
SIMD_EXTEND(i16x8_extend_high_i8x16_s, v_s8, v_s16, SIMD_HALF_8, 8)
SIMD_EXTEND(i16x8_extend_high_i8x16_u, v_u8, v_u16, SIMD_HALF_8, 8)
SIMD_EXTEND(i32x4_extend_low_i16x8_s, v_s16, v_s32, SIMD_HALF_4, 0)
SIMD_EXTEND(i32x4_extend_low_i16x8_u, v_u16, v_u32, SIMD_HALF_4, 0)
SIMD_EXTEND(i32x4_extend_high_i16x8_s, v_s16, v_s32, SIMD_HALF_4, 4)
SIMD_EXTEND(i32x4_extend_high_i16x8_u, v_u16, v_u32, SIMD_HALF_4, 4)
SIMD_EXTEND(i64x2_extend_low_i32x4_s, v_s32, v_s64, SIMD_HALF_2, 0)
SIMD_EXTEND(i64x2_extend_low_i32x4_u, v_u32, v_u64, SIMD_HALF_2, 0)
SIMD_EXTEND(i64x2_extend_high_i32x4_s, v_s32, v_s64, SIMD_HALF_2, 2)
SIMD_EXTEND(i64x2_extend_high_i32x4_u, v_u32, v_u64, SIMD_HALF_2, 2)

/* `extend` names the two extensions whose results are multiplied. */
#define SIMD_EXTMUL(name, extend, T)                                           \
    SIMD_FN v128 name(v128 a, v128 b)                                          \
    {                                                                          \
        return (v128)((T)extend(a) * (T)extend(b));                            \
    }

SIMD_EXTMUL(i16x8_extmul_low_i8x16_s, i16x8_extend_low_i8x16_s, v_u16)
SIMD_EXTMUL(i16x8_extmul_low_i8x16_u, i16x8_extend_low_i8x16_u, v_u16)
SIMD_EXTMUL(i16x8_extmul_high_i8x16_s, i16x8_extend_high_i8x16_s, v_u16)
SIMD_EXTMUL(i16x8_extmul_high_i8x16_u, i16x8_extend_high_i8x16_u, v_u16)
SIMD_EXTMUL(i32x4_extmul_low_i16x8_s, i32x4_extend_low_i16x8_s, v_u32)
SIMD_EXTMUL(i32x4_extmul_low_i16x8_u, i32x4_extend_low_i16x8_u, v_u32)
SIMD_EXTMUL(i32x4_extmul_high_i16x8_s, i32x4_extend_high_i16x8_s, v_u32)
SIMD_EXTMUL(i32x4_extmul_high_i16x8_u, i32x4_extend_high_i16x8_u, v_u32)
SIMD_EXTMUL(i64x2_extmul_low_i32x4_s, i64x2_extend_low_i32x4_s, v_u64)
SIMD_EXTMUL(i64x2_extmul_low_i32x4_u, i64x2_extend_low_i32x4_u, v_u64)
SIMD_EXTMUL(i64x2_extmul_high_i32x4_s, i64x2_extend_high_i32x4_s, v_u64)
SIMD_EXTMUL(i64x2_extmul_high_i32x4_u, i64x2_extend_high_i32x4_u, v_u64)

/* Unsigned neighbours: the even lanes masked, the odd ones shifted down. */
SIMD_FN v128 i32x4_extadd_pairwise_i16x8_u(v128 a)
{
    return (v128)(((v_u32)a & 0xffff) + ((v_u32)a >> 16));
}

#endif /* AOT_PRELUDE_SIMD_INT_H */
