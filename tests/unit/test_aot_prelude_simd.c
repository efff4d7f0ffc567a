/* test_aot_prelude_simd.c - SIMD instructions on integers, lanes and memory.
 *
 * Those on floating-point numbers are in test_aot_prelude_simd_float.c; how
 * both work, in simd_lanes.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "simd_lanes.h"

static s64 clamp(s64 x, s64 low, s64 high)
{
    return x < low ? low : x > high ? high : x;
}

static s64 magnitude(s64 x)
{
    return x < 0 ? (s64)(0 - (u64)x) : x;
}

static u8 bits_in(u8 x)
{
    u8 count = 0;

    for (; x != 0; x &= (u8)(x - 1))
        count++;
    return count;
}

/* --- what every width has ------------------------------------------------ */

#define OPS(P, W)                                                              \
    OP(P##_add, I##W, OF_AB, u##W, (u##W)((u64)A(u##W) + B(u##W)))             \
    OP(P##_sub, I##W, OF_AB, u##W, (u##W)((u64)A(u##W) - B(u##W)))             \
    OP(P##_neg, I##W, OF_A, u##W, (u##W)(0 - (u64)A(u##W)))                    \
    OP(P##_abs, I##W, OF_A, u##W, (u##W)magnitude(A(s##W)))                    \
    OP(P##_shl, I##W, OF_COUNT, u##W, (u##W)((u64)A(u##W) << in->count % W))   \
    OP(P##_shr_s, I##W, OF_COUNT, s##W, (s##W)(A(s##W) >> in->count % W))      \
    OP(P##_shr_u, I##W, OF_COUNT, u##W, (u##W)(A(u##W) >> in->count % W))      \
    OP(P##_eq, I##W, OF_AB, s##W, A(u##W) == B(u##W) ? -1 : 0)                 \
    OP(P##_ne, I##W, OF_AB, s##W, A(u##W) != B(u##W) ? -1 : 0)                 \
    OP(P##_lt_s, I##W, OF_AB, s##W, A(s##W) < B(s##W) ? -1 : 0)                \
    OP(P##_gt_s, I##W, OF_AB, s##W, A(s##W) > B(s##W) ? -1 : 0)                \
    OP(P##_le_s, I##W, OF_AB, s##W, A(s##W) <= B(s##W) ? -1 : 0)               \
    OP(P##_ge_s, I##W, OF_AB, s##W, A(s##W) >= B(s##W) ? -1 : 0)               \
    OP_GATHER(P##_all_true, I##W, u##W, 1, (A(u##W) != 0) & r)                 \
    OP_GATHER(P##_bitmask, I##W, u##W, 0, r | (u32)(A(s##W) < 0) << i)

OPS(i8x16, 8)
OPS(i16x8, 16)
OPS(i32x4, 32)
OPS(i64x2, 64)

/* --- what the narrow ones have ------------------------------------------- */

#define OPS_BELOW_64(P, W)                                                     \
    OP(P##_lt_u, I##W, OF_AB, s##W, A(u##W) < B(u##W) ? -1 : 0)                \
    OP(P##_gt_u, I##W, OF_AB, s##W, A(u##W) > B(u##W) ? -1 : 0)                \
    OP(P##_le_u, I##W, OF_AB, s##W, A(u##W) <= B(u##W) ? -1 : 0)               \
    OP(P##_ge_u, I##W, OF_AB, s##W, A(u##W) >= B(u##W) ? -1 : 0)               \
    OP(P##_min_s, I##W, OF_AB, s##W, A(s##W) < B(s##W) ? A(s##W) : B(s##W))    \
    OP(P##_min_u, I##W, OF_AB, u##W, A(u##W) < B(u##W) ? A(u##W) : B(u##W))    \
    OP(P##_max_s, I##W, OF_AB, s##W, A(s##W) > B(s##W) ? A(s##W) : B(s##W))    \
    OP(P##_max_u, I##W, OF_AB, u##W, A(u##W) > B(u##W) ? A(u##W) : B(u##W))

OPS_BELOW_64(i8x16, 8)
OPS_BELOW_64(i16x8, 16)
OPS_BELOW_64(i32x4, 32)

#define OPS_BELOW_32(P, W, MIN, MAX, UMAX)                                     \
    OP(P##_add_sat_s, I##W, OF_AB, s##W,                                       \
       (s##W)clamp(A(s##W) + B(s##W), MIN, MAX))                               \
    OP(P##_add_sat_u, I##W, OF_AB, u##W,                                       \
       (u##W)clamp(A(u##W) + B(u##W), 0, UMAX))                                \
    OP(P##_sub_sat_s, I##W, OF_AB, s##W,                                       \
       (s##W)clamp(A(s##W) - B(s##W), MIN, MAX))                               \
    OP(P##_sub_sat_u, I##W, OF_AB, u##W,                                       \
       (u##W)clamp(A(u##W) - B(u##W), 0, UMAX))                                \
    OP(P##_avgr_u, I##W, OF_AB, u##W, (u##W)((A(u##W) + B(u##W) + 1) / 2))

OPS_BELOW_32(i8x16, 8, INT8_MIN, INT8_MAX, UINT8_MAX)
OPS_BELOW_32(i16x8, 16, INT16_MIN, INT16_MAX, UINT16_MAX)

OP(i16x8_mul, I16, OF_AB, u16, (u16)((u64)A(u16) * B(u16)))
OP(i32x4_mul, I32, OF_AB, u32, A(u32) * B(u32))
OP(i64x2_mul, I64, OF_AB, u64, A(u64) * B(u64))

OP(i8x16_popcnt, I8, OF_A, u8, bits_in(A(u8)))
OP(i16x8_q15mulr_sat_s, I16, OF_AB, s16,
   (s16)clamp((A(s16) * B(s16) + 0x4000) >> 15, INT16_MIN, INT16_MAX))

/* --- from one width to the other ----------------------------------------- */

/* Lanes of W bits, of the shape P, from lanes of NW bits, of the shape N. */
#define OPS_WIDENING(P, W, N, NW, half)                                        \
    OP(P##_extend_low_##N##_s, I##NW, OF_A, s##W, in->a.s##NW[i])              \
    OP(P##_extend_low_##N##_u, I##NW, OF_A, u##W, in->a.u##NW[i])              \
    OP(P##_extend_high_##N##_s, I##NW, OF_A, s##W, in->a.s##NW[i + (half)])    \
    OP(P##_extend_high_##N##_u, I##NW, OF_A, u##W, in->a.u##NW[i + (half)])    \
    OP(P##_extmul_low_##N##_s, I##NW, OF_AB, s##W,                             \
       (s##W)((s64)in->a.s##NW[i] * in->b.s##NW[i]))                           \
    OP(P##_extmul_low_##N##_u, I##NW, OF_AB, u##W,                             \
       (u##W)((u64)in->a.u##NW[i] * in->b.u##NW[i]))                           \
    OP(P##_extmul_high_##N##_s, I##NW, OF_AB, s##W,                            \
       (s##W)((s64)in->a.s##NW[i + (half)] * in->b.s##NW[i + (half)]))         \
    OP(P##_extmul_high_##N##_u, I##NW, OF_AB, u##W,                            \
       (u##W)((u64)in->a.u##NW[i + (half)] * in->b.u##NW[i + (half)]))

OPS_WIDENING(i16x8, 16, i8x16, 8, 8)
OPS_WIDENING(i32x4, 32, i16x8, 16, 4)
OPS_WIDENING(i64x2, 64, i32x4, 32, 2)

#define OPS_PAIRWISE(P, W, N, NW)                                              \
    OP(P##_extadd_pairwise_##N##_s, I##NW, OF_A, s##W,                         \
       (s##W)(in->a.s##NW[2 * i] + in->a.s##NW[2 * i + 1]))                    \
    OP(P##_extadd_pairwise_##N##_u, I##NW, OF_A, u##W,                         \
       (u##W)(in->a.u##NW[2 * i] + in->a.u##NW[2 * i + 1]))

OPS_PAIRWISE(i16x8, 16, i8x16, 8)
OPS_PAIRWISE(i32x4, 32, i16x8, 16)

#define EITHER(T, i, half) ((i) < (half) ? in->a.T[i] : in->b.T[(i) - (half)])

OP(i8x16_narrow_i16x8_s, I16, OF_AB, s8,
   (s8)clamp(EITHER(s16, i, 8), INT8_MIN, INT8_MAX))
OP(i8x16_narrow_i16x8_u, I16, OF_AB, u8,
   (u8)clamp(EITHER(s16, i, 8), 0, UINT8_MAX))
OP(i16x8_narrow_i32x4_s, I32, OF_AB, s16,
   (s16)clamp(EITHER(s32, i, 4), INT16_MIN, INT16_MAX))
OP(i16x8_narrow_i32x4_u, I32, OF_AB, u16,
   (u16)clamp(EITHER(s32, i, 4), 0, UINT16_MAX))

OP(i32x4_dot_i16x8_s, I16, OF_AB, u32,
   (u32)(in->a.s16[2 * i] * in->b.s16[2 * i]) +
       (u32)(in->a.s16[2 * i + 1] * in->b.s16[2 * i + 1]))

/* --- bits and bytes ------------------------------------------------------ */

OP(v128_not, I8, OF_A, u8, (u8)~A(u8))
OP(v128_and, I8, OF_AB, u8, A(u8) & B(u8))
OP(v128_or, I8, OF_AB, u8, A(u8) | B(u8))
OP(v128_xor, I8, OF_AB, u8, A(u8) ^ B(u8))
OP(v128_andnot, I8, OF_AB, u8, (u8)(A(u8) & ~B(u8)))
OP(v128_bitselect, I8, OF_ABC, u8, (u8)((A(u8) & C(u8)) | (B(u8) & ~C(u8))))
OP_GATHER(v128_any_true, I8, u8, 0, r | (A(u8) != 0))

OP(v128_opaque, I8, OF_A, u8, A(u8))
OP(i8x16_swizzle, I8, OF_AB, u8, B(u8) < 16 ? in->a.u8[B(u8)] : 0)

OP(i8x16_splat, I32, (in->a.u32[0]), u8, (u8)in->a.u32[0])
OP(i16x8_splat, I32, (in->a.u32[0]), u16, (u16)in->a.u32[0])
OP(i32x4_splat, I32, (in->a.u32[0]), u32, in->a.u32[0])
OP(i64x2_splat, I64, (in->a.u64[0]), u64, in->a.u64[0])

#define SHUFFLE_BACKWARDS(a, b)                                                \
    i8x16_shuffle(a, b, 31, 29, 27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5,   \
                  3, 1)
#define SHUFFLE_INTERLEAVED(a, b)                                              \
    i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)

OP(SHUFFLE_BACKWARDS, I8, OF_AB, u8, EITHER(u8, 31 - 2 * i, 16))
OP(SHUFFLE_INTERLEAVED, I8, OF_AB, u8,
   i % 2 == 0 ? in->a.u8[i / 2] : in->b.u8[i / 2])

TEST(integer_instructions_do_to_each_lane_what_the_plainest_c_does)
{
    ops_agree();
}

/* Vectors that are nearly empty are rare among the random ones. */
TEST(a_single_bit_makes_a_vector_true)
{
    u32 i;

    cpu_check();
    EXPECT_EQ_INT(v128_any_true((v128){0}), 0);
    for (i = 0; i < 128; i++) {
        union lanes v = {{0}};

        v.u8[i / 8] = (u8)(1 << i % 8);
        EXPECT_EQ_INT(v128_any_true(v.v), 1);
        EXPECT_EQ_INT(i8x16_all_true(v.v), 0);
        EXPECT_EQ_INT(i64x2_all_true(v.v), 0);
        v.u64[i < 64] = 0x8000;
        EXPECT_EQ_INT(i64x2_all_true(v.v), 1);
        EXPECT_EQ_INT(i32x4_all_true(v.v), 0);
    }
}

/* --- lanes --------------------------------------------------------------- */

#define EXPECT_LANES(P, T, X)                                                  \
    for (i = 0; i < COUNT(v.T); i++) {                                         \
        union lanes changed = v, want = v;                                     \
        want.T[i] = (T)0x0123456789abcdef;                                     \
        changed.v = P##_replace_lane(v.v, i, (X)0x0123456789abcdef);           \
        EXPECT_EQ_MEM(&changed, &want, 16);                                    \
    }

TEST(one_lane_is_replaced_and_no_other)
{
    union lanes v = {.u64 = {0xfedcba9876543210, 0x8899aabbccddeeff}};
    u32 i;

    cpu_check();
    EXPECT_LANES(i8x16, u8, u32)
    EXPECT_LANES(i16x8, u16, u32)
    EXPECT_LANES(i32x4, u32, u32)
    EXPECT_LANES(i64x2, u64, u64)
}

TEST(a_lane_is_extracted_with_or_without_its_sign)
{
    union lanes v = {.u64 = {0xfedcba9876543210, 0x0899aabbccddeeff}};
    u32 i;

    cpu_check();
    for (i = 0; i < 16; i++) {
        EXPECT_EQ_INT(i8x16_extract_lane_s(v.v, i), (u32)(s32)v.s8[i]);
        EXPECT_EQ_INT(i8x16_extract_lane_u(v.v, i), v.u8[i]);
        EXPECT_EQ_INT(i16x8_extract_lane_s(v.v, i / 2), (u32)(s32)v.s16[i / 2]);
        EXPECT_EQ_INT(i16x8_extract_lane_u(v.v, i / 2), v.u16[i / 2]);
        EXPECT_EQ_INT(i32x4_extract_lane(v.v, i / 4), v.u32[i / 4]);
        EXPECT_EQ_INT(i64x2_extract_lane(v.v, i / 8), v.u64[i / 8]);
    }
}

TEST(a_constant_begins_with_its_low_half)
{
    union lanes v = {v128_const(0x0706050403020100, 0x0f0e0d0c0b0a0908)};
    u32 i;

    for (i = 0; i < 16; i++)
        EXPECT_EQ_INT(v.u8[i], i);
}

/* --- memory -------------------------------------------------------------- */

#define MEMORY_SIZE 64

/* Bytes of both signs, none of which appears twice. */
static void memory_fill(u8 *memory)
{
    u32 i;

    for (i = 0; i < MEMORY_SIZE; i++)
        memory[i] = (u8)(i * 37 + 0x71);
}

/* `load` is written with `at++` for the address and 3 for the offset; lane i of
 * its result, seen as T, is the memory at `from` lanes seen as M. */
#define EXPECT_LOAD(load, T, M, lane_wanted)                                   \
    for (start = 0; start < 32; start++) {                                     \
        union lanes got;                                                       \
        u32 i, at = start;                                                     \
        M m[16];                                                               \
        memcpy(m, base + start + 3, 16);                                       \
        got.v = load;                                                          \
        EXPECT_EQ_INT(at, start + 1);                                          \
        for (i = 0; i < COUNT(got.T); i++)                                     \
            EXPECT_EQ_INT(got.T[i], (T)(lane_wanted));                         \
    }

TEST(loads_fill_extend_splat_or_pad)
{
    u8 base[MEMORY_SIZE];
    u32 start;

    cpu_check();
    memory_fill(base);
    EXPECT_LOAD(v128_load(at++, 3ull), u8, u8, m[i])
    EXPECT_LOAD(v128_load8x8_s(at++, 3ull), s16, s8, m[i])
    EXPECT_LOAD(v128_load8x8_u(at++, 3ull), u16, u8, m[i])
    EXPECT_LOAD(v128_load16x4_s(at++, 3ull), s32, s16, m[i])
    EXPECT_LOAD(v128_load16x4_u(at++, 3ull), u32, u16, m[i])
    EXPECT_LOAD(v128_load32x2_s(at++, 3ull), s64, s32, m[i])
    EXPECT_LOAD(v128_load32x2_u(at++, 3ull), u64, u32, m[i])
    EXPECT_LOAD(v128_load8_splat(at++, 3ull), u8, u8, m[0])
    EXPECT_LOAD(v128_load16_splat(at++, 3ull), u16, u16, m[0])
    EXPECT_LOAD(v128_load32_splat(at++, 3ull), u32, u32, m[0])
    EXPECT_LOAD(v128_load64_splat(at++, 3ull), u64, u64, m[0])
    EXPECT_LOAD(v128_load32_zero(at++, 3ull), u32, u32, i == 0 ? m[0] : 0)
    EXPECT_LOAD(v128_load64_zero(at++, 3ull), u64, u64, i == 0 ? m[0] : 0)
}

#define EXPECT_LANE_LOAD(load, T)                                              \
    for (lane = 0; lane < COUNT(v.T); lane++) {                                \
        union lanes vectors[2] = {v, {{0}}}, want = v, got;                    \
        u32 at = 5, from = 0;                                                  \
        memcpy(&want.T[lane], base + 8, sizeof(want.T[0]));                    \
        got.v = load(at++, 3ull, lane, vectors[from++].v);                     \
        EXPECT_EQ_MEM(&got, &want, 16);                                        \
        EXPECT_EQ_INT(at, 6);                                                  \
        EXPECT_EQ_INT(from, 1);                                                \
    }

TEST(a_lane_is_loaded_into_a_vector)
{
    union lanes v = {.u64 = {0x1111111122222222, 0x3333333344444444}};
    u8 base[MEMORY_SIZE];
    u32 lane;

    cpu_check();
    memory_fill(base);
    EXPECT_LANE_LOAD(v128_load8_lane, u8)
    EXPECT_LANE_LOAD(v128_load16_lane, u16)
    EXPECT_LANE_LOAD(v128_load32_lane, u32)
    EXPECT_LANE_LOAD(v128_load64_lane, u64)
}

#define EXPECT_LANE_STORE(store, T)                                            \
    for (lane = 0; lane < COUNT(v.T); lane++) {                                \
        union lanes vectors[2] = {v, {{0}}};                                   \
        u32 at = 5, from = 0;                                                  \
        memory_fill(base);                                                     \
        memory_fill(want);                                                     \
        memcpy(want + 8, &v.T[lane], sizeof(v.T[0]));                          \
        store(at++, 3ull, lane, vectors[from++].v);                            \
        EXPECT_EQ_MEM(base, want, MEMORY_SIZE);                                \
        EXPECT_EQ_INT(at, 6);                                                  \
        EXPECT_EQ_INT(from, 1);                                                \
    }

TEST(a_lane_is_stored_and_nothing_beside_it)
{
    union lanes v = {.u64 = {0x0123456789abcdef, 0xfedcba9876543210}};
    u8 base[MEMORY_SIZE], want[MEMORY_SIZE];
    u32 lane;

    cpu_check();
    EXPECT_LANE_STORE(v128_store8_lane, u8)
    EXPECT_LANE_STORE(v128_store16_lane, u16)
    EXPECT_LANE_STORE(v128_store32_lane, u32)
    EXPECT_LANE_STORE(v128_store64_lane, u64)
}

TEST(a_vector_is_stored_whole)
{
    union lanes v = {.u64 = {0x0123456789abcdef, 0xfedcba9876543210}};
    u8 base[MEMORY_SIZE], want[MEMORY_SIZE];
    u32 at = 5;

    cpu_check();
    memory_fill(base);
    memory_fill(want);
    memcpy(want + 8, &v, 16);
    v128_store(at++, 3ull, v.v);
    EXPECT_EQ_MEM(base, want, MEMORY_SIZE);
    EXPECT_EQ_INT(at, 6);
}
