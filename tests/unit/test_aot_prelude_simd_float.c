/* test_aot_prelude_simd_float.c - SIMD instructions on floating-point lanes.
 *
 * How this works is told in simd_lanes.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "simd_lanes.h"

/* --- the plainest definitions -------------------------------------------- */

/* All in f64, which holds every f32 and whatever is computed here of one. */

static u64 bits_of(f64 x)
{
    u64 bits;

    memcpy(&bits, &x, sizeof(bits));
    return bits;
}

static f64 with_sign_of(f64 x, f64 sign)
{
    u64 bits = (bits_of(x) << 1 >> 1) | (bits_of(sign) >> 63 << 63);

    memcpy(&x, &bits, sizeof(x));
    return x;
}

static f64 min_of(f64 x, f64 y)
{
    if (x != x || y != y)
        return x + y;
    if (x == y)
        return bits_of(x) >> 63 ? x : y;
    return x < y ? x : y;
}

static f64 max_of(f64 x, f64 y)
{
    return -min_of(-x, -y);
}

enum rounding { NEAREST, FLOOR, CEIL, TRUNC };

static f64 rounded(f64 x, enum rounding rounding)
{
    f64 whole, rest;

    if (!(x > -0x1p52 && x < 0x1p52))
        return x + 0; /* whole, infinite, or a NaN that gets quiet */
    whole = (f64)(s64)x;
    rest = x - whole; /* between -1 and 1 */
    if (rounding == FLOOR && rest < 0)
        whole -= 1;
    if (rounding == CEIL && rest > 0)
        whole += 1;
    if (rounding == NEAREST && (rest < -0.5 || (rest == -0.5 && (s64)x % 2)))
        whole -= 1;
    if (rounding == NEAREST && (rest > 0.5 || (rest == 0.5 && (s64)x % 2)))
        whole += 1;
    return with_sign_of(whole, x);
}

/* The largest number whose square is at most `square`. */
static u64 root_of(unsigned __int128 square)
{
    u64 root = 0, bit;

    for (bit = (u64)1 << 54; bit != 0; bit >>= 1)
        if ((unsigned __int128)(root + bit) * (root + bit) <= square)
            root += bit;
    return root;
}

/* x is m * 2^e with an even e and m of 107 or 108 bits, so that its root has
 * 54: one more than the result, by which to round. */
static f64 square_root(f64 x)
{
    f64 zero = 0, power;
    unsigned __int128 m;
    u64 root, bits;
    int e = 0;

    if (!(x > 0) || x > 0x1.fffffffffffffp1023)
        return x < 0 ? zero / zero : x + x; /* 0, infinity, a NaN: itself */
    for (; x < 0x1p52; e--)
        x *= 2;
    for (; x >= 0x1p53; e++)
        x /= 2;
    m = (unsigned __int128)(u64)x << (54 + (e & 1));
    e = (e & ~1) - 54;
    root = root_of(m);
    if (root % 2 && ((unsigned __int128)root * root < m || root / 2 % 2))
        root++;
    bits = (u64)(1023 + e / 2 + 1) << 52;
    memcpy(&power, &bits, sizeof(power));
    return (f64)(root / 2) * power;
}

static u32 saturated(f64 x, f64 low, f64 high)
{
    if (x != x)
        return 0;
    return (u32)(s64)(x < low ? low : x > high ? high : x);
}

/* --- the instructions ---------------------------------------------------- */

#define OPS(P, W)                                                              \
    OP(P##_eq, F##W, OF_AB, s##W, A(f##W) == B(f##W) ? -1 : 0)                 \
    OP(P##_ne, F##W, OF_AB, s##W, A(f##W) != B(f##W) ? -1 : 0)                 \
    OP(P##_lt, F##W, OF_AB, s##W, A(f##W) < B(f##W) ? -1 : 0)                  \
    OP(P##_gt, F##W, OF_AB, s##W, A(f##W) > B(f##W) ? -1 : 0)                  \
    OP(P##_le, F##W, OF_AB, s##W, A(f##W) <= B(f##W) ? -1 : 0)                 \
    OP(P##_ge, F##W, OF_AB, s##W, A(f##W) >= B(f##W) ? -1 : 0)                 \
    OP(P##_abs, F##W, OF_A, u##W, A(u##W) << 1 >> 1)                           \
    OP(P##_neg, F##W, OF_A, u##W, A(u##W) ^ (u##W)1 << (W - 1))                \
    OP(P##_pmin, F##W, OF_AB, u##W, B(f##W) < A(f##W) ? B(u##W) : A(u##W))     \
    OP(P##_pmax, F##W, OF_AB, u##W, A(f##W) < B(f##W) ? B(u##W) : A(u##W))     \
    OPF(P##_add, W, OF_AB, f##W, A(f##W) + B(f##W))                            \
    OPF(P##_sub, W, OF_AB, f##W, A(f##W) - B(f##W))                            \
    OPF(P##_mul, W, OF_AB, f##W, A(f##W) * B(f##W))                            \
    OPF(P##_div, W, OF_AB, f##W, A(f##W) / B(f##W))                            \
    OPF(P##_min, W, OF_AB, f##W, (f##W)min_of(A(f##W), B(f##W)))               \
    OPF(P##_max, W, OF_AB, f##W, (f##W)max_of(A(f##W), B(f##W)))               \
    OPF(P##_sqrt, W, OF_A, f##W, (f##W)square_root(A(f##W)))                   \
    OPF(P##_nearest, W, OF_A, f##W, (f##W)rounded(A(f##W), NEAREST))           \
    OPF(P##_floor, W, OF_A, f##W, (f##W)rounded(A(f##W), FLOOR))               \
    OPF(P##_ceil, W, OF_A, f##W, (f##W)rounded(A(f##W), CEIL))                 \
    OPF(P##_trunc, W, OF_A, f##W, (f##W)rounded(A(f##W), TRUNC))               \
    OP(P##_splat, F##W, (in->a.f##W[0]), u##W, in->a.u##W[0])

#define OPF(name, W, operands, T, expression)                                  \
    OP_SAME(name, F##W, operands, T, expression, FLOATS_##W)

OPS(f32x4, 32)
OPS(f64x2, 64)

OP(f32x4_convert_i32x4_s, I32, OF_A, f32, (f32)A(s32))
OP(f32x4_convert_i32x4_u, I32, OF_A, f32, (f32)A(u32))
OP(f64x2_convert_low_i32x4_s, I32, OF_A, f64, (f64)A(s32))
OP(f64x2_convert_low_i32x4_u, I32, OF_A, f64, (f64)A(u32))
OP_SAME(f64x2_promote_low_f32x4, F32, OF_A, f64, (f64)A(f32), FLOATS_64)
OP_SAME(f32x4_demote_f64x2_zero, F64, OF_A, f32, i < 2 ? (f32)in->a.f64[i] : 0,
        FLOATS_32)

OP(i32x4_trunc_sat_f32x4_s, F32, OF_A, u32,
   saturated(A(f32), INT32_MIN, INT32_MAX))
OP(i32x4_trunc_sat_f32x4_u, F32, OF_A, u32, saturated(A(f32), 0, UINT32_MAX))
OP(i32x4_trunc_sat_f64x2_s_zero, F64, OF_A, u32,
   i < 2 ? saturated(in->a.f64[i], INT32_MIN, INT32_MAX) : 0)
OP(i32x4_trunc_sat_f64x2_u_zero, F64, OF_A, u32,
   i < 2 ? saturated(in->a.f64[i], 0, UINT32_MAX) : 0)

TEST(float_instructions_do_to_each_lane_what_the_plainest_c_does)
{
    ops_agree();
}

TEST(canonical_nans_make_no_other_nans)
{
    const struct op *op;

    cpu_check();
    for (op = first_op; op != NULL; op = op->next)
        if (op->sameness != BITS)
            op_agrees(op, op->shape == F32 ? F32_CANONICAL : F64_CANONICAL);
}

#define SIGNALLING_32 0x7fa12345u

/* What v128_opaque() is for: without it, x may come back as it is. */
TEST(an_operation_with_an_opaque_one_or_zero_quietens)
{
    v_u32 signalling = (v_u32){0} + SIGNALLING_32;
    union lanes x = {v128_opaque((v128)signalling)};
    v128 one = v128_opaque(v128_const(0x3f8000003f800000, 0x3f8000003f800000));
    v128 zero = v128_opaque((v128){0});
    union lanes results[4];
    u32 i;

    cpu_check();
    results[0].v = f32x4_mul(x.v, one);
    results[1].v = f32x4_div(x.v, one);
    results[2].v = f32x4_sub(x.v, zero);
    results[3].v = f32x4_add(x.v, f32x4_neg(zero));
    for (i = 0; i < 4; i++)
        EXPECT_EQ_INT(results[i].u32[i] & CANONICAL_NAN32, CANONICAL_NAN32);
}

TEST(lanes_come_and_go_with_every_bit)
{
    union lanes v = {.u32 = {SIGNALLING_32, 1, 2, 3}}, got, want = v;
    f32 lane = f32x4_extract_lane(v.v, 0);

    cpu_check();
    want.u32[2] = SIGNALLING_32;
    got.v = f32x4_replace_lane(v.v, 2, lane);
    EXPECT_EQ_MEM(&got, &want, 16);

    v.u64[0] = 0x7ff4123456789abc;
    want = v;
    want.u64[1] = v.u64[0];
    got.v = f64x2_replace_lane(v.v, 1, f64x2_extract_lane(v.v, 0));
    EXPECT_EQ_MEM(&got, &want, 16);
}
