/* aot_prelude_simd_float.h - floating-point lanes.
 *
 * The four operations of arithmetic quieten a NaN as the CPU does.  Sign
 * operations and pmin, pmax move bits and leave a NaN as it is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_PRELUDE_SIMD_FLOAT_H
#define AOT_PRELUDE_SIMD_FLOAT_H

#define SIMD_SIGN_32 0x80000000u
#define SIMD_SIGN_64 0x8000000000000000u

/* --- comparisons and arithmetic ------------------------------------------ */

SIMD_BINARY(f32x4_eq, v_f32, ==)
SIMD_BINARY(f32x4_ne, v_f32, !=)
SIMD_BINARY(f32x4_lt, v_f32, <)
SIMD_BINARY(f32x4_gt, v_f32, >)
SIMD_BINARY(f32x4_le, v_f32, <=)
SIMD_BINARY(f32x4_ge, v_f32, >=)
SIMD_BINARY(f64x2_eq, v_f64, ==)
SIMD_BINARY(f64x2_ne, v_f64, !=)
SIMD_BINARY(f64x2_lt, v_f64, <)
SIMD_BINARY(f64x2_gt, v_f64, >)
SIMD_BINARY(f64x2_le, v_f64, <=)
SIMD_BINARY(f64x2_ge, v_f64, >=)

SIMD_BINARY(f32x4_add, v_f32, +)
SIMD_BINARY(f32x4_sub, v_f32, -)
SIMD_BINARY(f32x4_mul, v_f32, *)
SIMD_BINARY(f32x4_div, v_f32, /)
SIMD_BINARY(f64x2_add, v_f64, +)
SIMD_BINARY(f64x2_sub, v_f64, -)
SIMD_BINARY(f64x2_mul, v_f64, *)
SIMD_BINARY(f64x2_div, v_f64, /)

SIMD_FN v128 f32x4_abs(v128 a)
{
    return (v128)((v_u32)a & ~SIMD_SIGN_32);
}

SIMD_FN v128 f64x2_abs(v128 a)
{
    return (v128)((v_u64)a & ~SIMD_SIGN_64);
}

SIMD_FN v128 f32x4_neg(v128 a)
{
    return (v128)((v_u32)a ^ SIMD_SIGN_32);
}

SIMD_FN v128 f64x2_neg(v128 a)
{
    return (v128)((v_u64)a ^ SIMD_SIGN_64);
}

#if defined(__SSE2__) && !defined(VIV_SIMD_GENERIC)
#define SIMD_SQRT(name, T, lanes, vector, scalar)                              \
    SIMD_FN v128 name(v128 a)                                                  \
    {                                                                          \
        return (v128)vector((T)a);                                             \
    }
#elif __has_builtin(__builtin_elementwise_sqrt)
#define SIMD_SQRT(name, T, lanes, vector, scalar)                              \
    SIMD_FN v128 name(v128 a)                                                  \
    {                                                                          \
        return (v128)__builtin_elementwise_sqrt((T)a);                         \
    }
#else
#define SIMD_SQRT(name, T, lanes, vector, scalar)                              \
    SIMD_FN v128 name(v128 a)                                                  \
    {                                                                          \
        T x = (T)a;                                                            \
        int i;                                                                 \
                                                                               \
        for (i = 0; i < (lanes); i++)                                          \
            x[i] = scalar(x[i]);                                               \
        return (v128)x;                                                        \
    }
#endif

SIMD_SQRT(f32x4_sqrt, v_f32, 4, __builtin_ia32_sqrtps, __builtin_sqrtf)
SIMD_SQRT(f64x2_sqrt, v_f64, 2, __builtin_ia32_sqrtpd, __builtin_sqrt)

/* --- smaller and larger -------------------------------------------------- */

/* simd_min(x, y) is x < y ? x : y, and simd_max(x, y) is x > y ? x : y: so of
 * two zeros, or of anything and a NaN, the second. */
#if defined(__SSE2__) && !defined(VIV_SIMD_GENERIC)
#define SIMD_MIN_MAX(name, T, op, builtin)                                     \
    SIMD_FN v128 name(v128 x, v128 y)                                          \
    {                                                                          \
        return (v128)builtin((T)x, (T)y);                                      \
    }
#else
#define SIMD_MIN_MAX(name, T, op, builtin)                                     \
    SIMD_FN v128 name(v128 x, v128 y)                                          \
    {                                                                          \
        return v128_bitselect(x, y, (v128)((T)x op(T) y));                     \
    }
#endif

SIMD_MIN_MAX(simd_min_f32, v_f32, <, __builtin_ia32_minps)
SIMD_MIN_MAX(simd_max_f32, v_f32, >, __builtin_ia32_maxps)
SIMD_MIN_MAX(simd_min_f64, v_f64, <, __builtin_ia32_minpd)
SIMD_MIN_MAX(simd_max_f64, v_f64, >, __builtin_ia32_maxpd)

SIMD_FN v128 f32x4_pmin(v128 a, v128 b)
{
    return simd_min_f32(b, a);
}

SIMD_FN v128 f32x4_pmax(v128 a, v128 b)
{
    return simd_max_f32(b, a);
}

SIMD_FN v128 f64x2_pmin(v128 a, v128 b)
{
    return simd_min_f64(b, a);
}

SIMD_FN v128 f64x2_pmax(v128 a, v128 b)
{
    return simd_max_f64(b, a);
}

/* min and max are asked both ways round.  The answers differ for zeros of
 * unlike sign, where `|` makes the -0 of min and `&` the +0 of max, and where
 * there is a NaN, which is then replaced by the canonical one: all ones down to
 * the first bit of the fraction, hence the shift by 10 or 13. */
#define SIMD_EITHER_IS_NAN(T, U, a, b) ((U)((T)a != (T)a) | (U)((T)b != (T)b))

#define SIMD_NAN_MIN_MAX(name, either, op, T, U, shift)                        \
    SIMD_FN v128 name(v128 a, v128 b)                                          \
    {                                                                          \
        U nan = SIMD_EITHER_IS_NAN(T, U, a, b);                                \
        U r = (U)either(a, b) op(U) either(b, a);                              \
        return (v128)((r | nan) & ~(nan >> (shift)));                          \
    }

SIMD_NAN_MIN_MAX(f32x4_min, simd_min_f32, |, v_f32, v_u32, 10)
SIMD_NAN_MIN_MAX(f32x4_max, simd_max_f32, &, v_f32, v_u32, 10)
SIMD_NAN_MIN_MAX(f64x2_min, simd_min_f64, |, v_f64, v_u64, 13)
SIMD_NAN_MIN_MAX(f64x2_max, simd_max_f64, &, v_f64, v_u64, 13)

/* --- conversions --------------------------------------------------------- */

SIMD_FN v128 f32x4_convert_i32x4_s(v128 a)
{
    return (v128) __builtin_convertvector((v_s32)a, v_f32);
}

SIMD_FN v128 f32x4_convert_i32x4_u(v128 a)
{
    return (v128) __builtin_convertvector((v_u32)a, v_f32);
}

SIMD_EXTEND(f64x2_convert_low_i32x4_s, v_s32, v_f64, SIMD_HALF_2, 0)
SIMD_EXTEND(f64x2_convert_low_i32x4_u, v_u32, v_f64, SIMD_HALF_2, 0)
SIMD_EXTEND(f64x2_promote_low_f32x4, v_f32, v_f64, SIMD_HALF_2, 0)

#endif /* AOT_PRELUDE_SIMD_FLOAT_H */
