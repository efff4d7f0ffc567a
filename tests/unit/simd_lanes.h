/* simd_lanes.h - compare SIMD instructions with what they do to each lane.
 *
 * OP() declares an instruction of the prelude together with its definition in
 * the plainest C, one lane at a time.  ops_agree() runs both on every pair of
 * the numbers where mistakes live, and on random ones.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SIMD_LANES_H
#define SIMD_LANES_H

#include "test.h"

#include <stdio.h>

typedef uint8_t u8;
typedef int8_t s8;
typedef uint16_t u16;
typedef int16_t s16;
typedef uint32_t u32;
typedef int32_t s32;
typedef uint64_t u64;
typedef int64_t s64;
typedef float f32;
typedef double f64;
typedef u8 v128 __attribute__((vector_size(16)));

/* Memory is whatever `base` of the test points to. */
#define VIV_LOAD(T, addr, offset)                                              \
    __extension__({                                                            \
        T loaded_;                                                             \
        memcpy(&loaded_, base + (u32)(addr) + (offset), sizeof(loaded_));      \
        loaded_;                                                               \
    })
#define VIV_STORE(T, addr, offset, value)                                      \
    __extension__({                                                            \
        T stored_ = (value);                                                   \
        memcpy(base + (u32)(addr) + (offset), &stored_, sizeof(stored_));      \
    })

#include "aot/aot_prelude_simd.h"

#define ROUNDS_RANDOM   10000
#define CANONICAL_NAN32 0x7fc00000u
#define CANONICAL_NAN64 0x7ff8000000000000u

union lanes {
    v128 v;
    u8 u8[16];
    s8 s8[16];
    u16 u16[8];
    s16 s16[8];
    u32 u32[4];
    s32 s32[4];
    u64 u64[2];
    s64 s64[2];
    f32 f32[4];
    f64 f64[2];
};

/* What the lanes of the operands are filled with.  The last two have no other
 * NaN than the canonical ones. */
enum shape { I8, I16, I32, I64, F32, F64, F32_CANONICAL, F64_CANONICAL };

struct input {
    union lanes a, b, c;
    u32 count;
};

/* How results are compared: by bits, or as floating-point numbers, where any
 * quiet NaN is as good as another. */
enum sameness { BITS, FLOATS_32, FLOATS_64 };

struct op {
    const char *name;
    enum shape shape;
    enum sameness sameness;
    void (*got)(const struct input *in, union lanes *r);
    void (*want)(const struct input *in, union lanes *r);
    struct op *next;
};

static struct op *first_op;

/* For the definitions: lane `i` of an operand. */
#define A(T) in->a.T[i]
#define B(T) in->b.T[i]
#define C(T) in->c.T[i]

/* For the calls. */
#define OF_A     (in->a.v)
#define OF_AB    (in->a.v, in->b.v)
#define OF_ABC   (in->a.v, in->b.v, in->c.v)
#define OF_COUNT (in->a.v, in->count)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define OP_DECLARE(name, shape, sameness)                                      \
    __attribute__((constructor)) static void name##_register(void)             \
    {                                                                          \
        static struct op op = {#name,      shape,       sameness,              \
                               name##_got, name##_want, NULL};                 \
        op.next = first_op;                                                    \
        first_op = &op;                                                        \
    }

/* A vector whose lanes, seen as T, are `expression`. */
#define OP_SAME(name, shape, operands, T, expression, sameness)                \
    static void name##_got(const struct input *in, union lanes *r)             \
    {                                                                          \
        r->v = name operands;                                                  \
    }                                                                          \
    static void name##_want(const struct input *in, union lanes *r)            \
    {                                                                          \
        size_t i;                                                              \
        for (i = 0; i < COUNT(r->T); i++)                                      \
            r->T[i] = expression;                                              \
    }                                                                          \
    OP_DECLARE(name, shape, sameness)

#define OP(name, shape, operands, T, expression)                               \
    OP_SAME(name, shape, operands, T, expression, BITS)

/* A u32 gathered from all lanes, seen as T: `start`, then r = expression. */
#define OP_GATHER(name, shape, T, start, expression)                           \
    static void name##_got(const struct input *in, union lanes *r)             \
    {                                                                          \
        r->u32[0] = name(in->a.v);                                             \
    }                                                                          \
    static void name##_want(const struct input *in, union lanes *ret)          \
    {                                                                          \
        u32 i, r = start;                                                      \
        for (i = 0; i < COUNT(ret->T); i++)                                    \
            r = expression;                                                    \
        ret->u32[0] = r;                                                       \
    }                                                                          \
    OP_DECLARE(name, shape, BITS)

/* --- inputs -------------------------------------------------------------- */

static const u64 edges_i8[] = {0,    1,    2,    15,   16,  0x7e,
                               0x7f, 0x80, 0x81, 0xfe, 0xff};
static const u64 edges_i16[] = {0,      1,      2,      0x7f,   0x80,   0xff,
                                0x100,  0x4000, 0x7fff, 0x8000, 0x8001, 0xc000,
                                0xff7f, 0xff80, 0xfffe, 0xffff};
static const u64 edges_i32[] = {0,          1,          2,          0x7fff,
                                0x8000,     0xffff,     0x10000,    0x1000001,
                                0x7fffffff, 0x80000000, 0x80000001, 0xffff7fff,
                                0xffff8000, 0xfffffffe, 0xffffffff};
static const u64 edges_i64[] = {0,
                                1,
                                2,
                                0x7fffffff,
                                0x80000000,
                                0xffffffff,
                                0x100000000,
                                0x7fffffffffffffff,
                                0x8000000000000000,
                                0x8000000000000001,
                                0xffffffff80000000,
                                0xfffffffffffffffe,
                                0xffffffffffffffff};

/* Numbers around every limit of a conversion or a rounding; each is used with
 * both signs, and as it is or next to it.  Both tables begin with the NaNs:
 * canonical, quiet, signalling, signalling with one bit. */
static const u64 edges_f32[] = {
    CANONICAL_NAN32, 0x7fe12345, 0x7fa12345, 0x7f800001, /* NaNs */
    0x7f800000,      0x7f7fffff, 0,          1, /* infinity, huge, tiny */
    0x007fffff,      0x00800000, 0x3effffff, 0x3f000000, /* 0.5 */
    0x3f000001,      0x3f7fffff, 0x3f800000, 0x3fc00000, /* 1, 1.5 */
    0x40200000,      0x40600000, 0x4a800000, 0x4afffffe, /* 2.5, 3.5, 2^22 */
    0x4affffff,      0x4b000000, 0x4b000001, 0x4b800000, /* 2^23, 2^24 */
    0x4effffff,      0x4f000000, 0x4f000001, 0x4f7fffff, /* 2^31 */
    0x4f800000,      0x4f800001, 0x5f000000, 0x5f800000, /* 2^32, 2^63, 2^64 */
};
static const u64 edges_f64[] = {
    CANONICAL_NAN64,
    0x7ffc123456789abc,
    0x7ff4123456789abc,
    0x7ff0000000000001,
    0x7ff0000000000000,
    0x7fefffffffffffff,
    0,
    1,
    0x000fffffffffffff,
    0x0010000000000000,
    0x3fdfffffffffffff,
    0x3fe0000000000000, /* 0.5 */
    0x3fe0000000000001,
    0x3fefffffffffffff,
    0x3ff0000000000000, /* 1 */
    0x3ff8000000000000,
    0x4004000000000000,
    0x400c000000000000, /* 1.5 */
    0x41dfffffff800000,
    0x41dfffffffc00000,
    0x41dfffffffe00000, /* 2^31 - 1 */
    0x41dfffffffffffff,
    0x41e0000000000000,
    0x41e0000000000001, /* 2^31 */
    0x41e0000000200000,
    0x41efffffffe00000,
    0x41effffffff00000, /* 2^32 - 1 */
    0x41efffffffffffff,
    0x41f0000000000000,
    0x432fffffffffffff, /* 2^32 */
    0x4330000000000000,
    0x4330000000000001,
    0x4340000000000000, /* 2^52 */
    0x43e0000000000000,
    0x43f0000000000000,
    0x47efffffe0000000, /* 2^63 */
    0x47efffffefffffff,
    0x47effffff0000000,
    0x36a0000000000000, /* max f32 */
    0x3690000000000000,
    0x380fffffffffffff, /* the tiniest f32 and its half */
};

struct edges {
    const u64 *at;
    u32 count; /* with both signs of floating-point numbers */
    u32 bits;
    u32 is_float;
};

static struct edges edges_of(enum shape shape)
{
    switch (shape) {
    case I8:
        return (struct edges){edges_i8, COUNT(edges_i8), 8, 0};
    case I16:
        return (struct edges){edges_i16, COUNT(edges_i16), 16, 0};
    case I32:
        return (struct edges){edges_i32, COUNT(edges_i32), 32, 0};
    case I64:
        return (struct edges){edges_i64, COUNT(edges_i64), 64, 0};
    case F32:
    case F32_CANONICAL:
        return (struct edges){edges_f32, 2 * COUNT(edges_f32), 32, 1};
    default:
        return (struct edges){edges_f64, 2 * COUNT(edges_f64), 64, 1};
    }
}

static u64 edge_at(const struct edges *edges, u64 index)
{
    u64 i = index % edges->count;

    if (!edges->is_float)
        return edges->at[i];
    return edges->at[i / 2] | (i % 2) << (edges->bits - 1);
}

/* splitmix64, from the same seed in every run. */
static u64 random_bits(void)
{
    static u64 state;
    u64 x = state += 0x9e3779b97f4a7c15;

    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

static void lane_set(union lanes *v, u32 bits, u32 i, u64 x)
{
    memcpy(v->u8 + i * bits / 8, &x, bits / 8);
}

/* The first rounds are all pairs of edges, in lane 0 and shifted in others. */
static void input_fill(struct input *in, enum shape shape, u64 round)
{
    struct edges edges = edges_of(shape);
    u64 pairs = (u64)edges.count * edges.count;
    u32 i;

    for (i = 0; i < 128 / edges.bits; i++) {
        u64 x = random_bits(), y = random_bits();

        if (round < pairs || x % 4 == 0)
            x = edge_at(&edges, round < pairs ? round + i : x >> 8);
        if (round < pairs || y % 4 == 0)
            y = edge_at(&edges,
                        round < pairs ? round / edges.count + 3 * i : y >> 8);
        lane_set(&in->a, edges.bits, i, x);
        lane_set(&in->b, edges.bits, i, y);
        lane_set(&in->c, edges.bits, i, random_bits());
    }
    in->count = round < 300 ? (u32)round : (u32)random_bits();
}

static int is_nan32(u32 x)
{
    return (x & 0x7fffffff) > 0x7f800000;
}

static int is_nan64(u64 x)
{
    return (x & 0x7fffffffffffffff) > 0x7ff0000000000000;
}

static void nans_become_canonical(union lanes *v, enum shape shape)
{
    u32 i;

    for (i = 0; i < 4 && shape == F32_CANONICAL; i++)
        if (is_nan32(v->u32[i]))
            v->u32[i] = CANONICAL_NAN32 | (v->u32[i] & 0x80000000);
    for (i = 0; i < 2 && shape == F64_CANONICAL; i++)
        if (is_nan64(v->u64[i]))
            v->u64[i] = CANONICAL_NAN64 | (v->u64[i] & 0x8000000000000000);
}

/* --- comparing ----------------------------------------------------------- */

/* A NaN is right if one was wanted and it is quiet; if `canonical`, only with
 * no other bit of the fraction set. */
static int is_same32(u32 got, u32 want, int canonical)
{
    if (!is_nan32(want))
        return got == want;
    return canonical ? (got & 0x7fffffff) == CANONICAL_NAN32
                     : (got & CANONICAL_NAN32) == CANONICAL_NAN32;
}

static int is_same64(u64 got, u64 want, int canonical)
{
    if (!is_nan64(want))
        return got == want;
    return canonical ? (got & 0x7fffffffffffffff) == CANONICAL_NAN64
                     : (got & CANONICAL_NAN64) == CANONICAL_NAN64;
}

static int is_same(const union lanes *got, const union lanes *want,
                   enum sameness sameness, int canonical)
{
    u32 i, same = 1;

    if (sameness == BITS)
        return memcmp(got, want, sizeof(*got)) == 0;
    for (i = 0; i < 4 && sameness == FLOATS_32; i++)
        same &= (u32)is_same32(got->u32[i], want->u32[i], canonical);
    for (i = 0; i < 2 && sameness == FLOATS_64; i++)
        same &= (u32)is_same64(got->u64[i], want->u64[i], canonical);
    return (int)same;
}

static void print_lanes(const char *what, const union lanes *v)
{
    printf("%s %016llx %016llx\n", what, (unsigned long long)v->u64[1],
           (unsigned long long)v->u64[0]);
}

static void op_agrees(const struct op *op, enum shape shape)
{
    struct edges edges = edges_of(shape);
    u64 round, rounds = (u64)edges.count * edges.count + ROUNDS_RANDOM;
    int canonical = shape >= F32_CANONICAL;

    for (round = 0; round < rounds; round++) {
        union lanes got = {{0}}, want = {{0}};
        struct input in;

        input_fill(&in, shape, round);
        nans_become_canonical(&in.a, shape);
        nans_become_canonical(&in.b, shape);
        op->got(&in, &got);
        op->want(&in, &want);
        if (is_same(&got, &want, op->sameness, canonical))
            continue;
        print_lanes("a   ", &in.a);
        print_lanes("b   ", &in.b);
        print_lanes("c   ", &in.c);
        print_lanes("want", &want);
        print_lanes("got ", &got);
        test_fail(op->name, "wrong, count %u, round %llu", in.count,
                  (unsigned long long)round);
    }
}

/* A program built for a CPU with SSE4.1 cannot be tried on another. */
static void cpu_check(void)
{
#if defined(__SSE4_1__)
    if (!__builtin_cpu_supports("sse4.2"))
        SKIP("this CPU has no SSE4.2");
#endif
}

static void ops_agree(void)
{
    const struct op *op;

    cpu_check();
    for (op = first_op; op != NULL; op = op->next)
        op_agrees(op, op->shape);
}

#endif /* SIMD_LANES_H */
