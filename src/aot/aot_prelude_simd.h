/* aot_prelude_simd.h - the SIMD instructions, as generated code calls them.
 *
 * Each of the 236 instructions of fixed-width SIMD is one function or macro
 * named by its mnemonic with `_` for `.`: `i8x16.add_sat_s` is written
 * i8x16_add_sat_s(a, b).  Operands stand in the order of WebAssembly, a lane
 * number behind the vector it picks from.  i32 and i64 are u32 and u64, a
 * truth is the u32 0 or 1.  Nothing has undefined behaviour, and no operand is
 * evaluated twice.
 *
 * Results are those of the specification to the bit, but for the payload of a
 * NaN where it leaves a choice.  One thing only the caller can prevent: where
 * the C compiler sees an operand that changes nothing, as in `x * 1.0` or
 * `x - 0.0`, it takes x itself for the result, and a signalling NaN in x stays
 * one.  v128_opaque() hides a constant from such reasoning.
 *
 * The text is parsed once per unit of generated code, so it includes no
 * system header.  It wants of the prelude: the types u8 to u64, s8 to s64,
 * f32, f64 and v128 (16 times u8), and for aot_prelude_simd_memory.h the
 * macros named there.  A little-endian CPU is assumed.
 *
 * To be compiled with -ffp-contract=off, and by gcc for another CPU than x86
 * with -fno-math-errno too, lest a square root call the C library.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_PRELUDE_SIMD_H
#define AOT_PRELUDE_SIMD_H

/* The same 16 bytes seen as lanes, and 8 bytes of them. */
typedef s8 v_s8 __attribute__((vector_size(16)));
typedef u8 v_u8 __attribute__((vector_size(16)));
typedef s16 v_s16 __attribute__((vector_size(16)));
typedef u16 v_u16 __attribute__((vector_size(16)));
typedef s32 v_s32 __attribute__((vector_size(16)));
typedef u32 v_u32 __attribute__((vector_size(16)));
typedef s64 v_s64 __attribute__((vector_size(16)));
typedef u64 v_u64 __attribute__((vector_size(16)));
typedef f32 v_f32 __attribute__((vector_size(16)));
typedef f64 v_f64 __attribute__((vector_size(16)));

typedef s8 v_s8x8 __attribute__((vector_size(8)));
typedef u8 v_u8x8 __attribute__((vector_size(8)));
typedef s16 v_s16x4 __attribute__((vector_size(8)));
typedef u16 v_u16x4 __attribute__((vector_size(8)));
typedef s32 v_s32x2 __attribute__((vector_size(8)));
typedef u32 v_u32x2 __attribute__((vector_size(8)));
typedef f32 v_f32x2 __attribute__((vector_size(8)));

/* Bytes as the builtins of x86 take them. */
typedef char v_char __attribute__((vector_size(16)));

#define SIMD_FN static inline __attribute__((always_inline))

/* An instruction that C has an operator for, lane by lane. */
#define SIMD_BINARY(name, T, op)                                               \
    SIMD_FN v128 name(v128 a, v128 b)                                          \
    {                                                                          \
        return (v128)((T)a op(T) b);                                           \
    }

/* The half of a vector that begins at lane `i`. */
#define SIMD_HALF_8(v, i)                                                      \
    __builtin_shufflevector(v, v, (i) + 0, (i) + 1, (i) + 2, (i) + 3, (i) + 4, \
                            (i) + 5, (i) + 6, (i) + 7)
#define SIMD_HALF_4(v, i)                                                      \
    __builtin_shufflevector(v, v, (i) + 0, (i) + 1, (i) + 2, (i) + 3)
#define SIMD_HALF_2(v, i) __builtin_shufflevector(v, v, (i) + 0, (i) + 1)

/* --- bits ---------------------------------------------------------------- */

/* A constant of two u64, the one with lane 0 first. */
#define v128_const(low, high) ((v128)(v_u64){(low), (high)})

/* `v`, of which the compiler knows nothing any more.  Costs no instruction,
 * and the chance to use a constant from where it lies in memory. */
#if defined(__x86_64__)
#define SIMD_REGISTER "x"
#elif defined(__aarch64__)
#define SIMD_REGISTER "w"
#else
#define SIMD_REGISTER "m"
#endif
SIMD_FN v128 v128_opaque(v128 v)
{
    __asm__("" : "+" SIMD_REGISTER(v));
    return v;
}

SIMD_FN v128 v128_not(v128 a)
{
    return ~a;
}

SIMD_BINARY(v128_and, v_u64, &)
SIMD_BINARY(v128_or, v_u64, |)
SIMD_BINARY(v128_xor, v_u64, ^)
SIMD_BINARY(v128_andnot, v_u64, &~)

/* Where `mask` has a 1, the bit of `a`, else that of `b`. */
SIMD_FN v128 v128_bitselect(v128 a, v128 b, v128 mask)
{
    return (a & mask) | (b & ~mask);
}

SIMD_FN u32 v128_any_true(v128 a)
{
    v_u64 half = (v_u64)a;

    return (half[0] | half[1]) != 0;
}

/* Each of these needs those above it. */
#include "aot_prelude_simd_lane.h"

#include "aot_prelude_simd_int.h"

#include "aot_prelude_simd_float.h"
#include "aot_prelude_simd_memory.h"

/* The instructions that C has no words for.  Both files define the same ones;
 * the generic one serves any CPU, and tests of it by the macro. */
#if defined(__SSE4_1__) && !defined(VIV_SIMD_GENERIC)
#include "aot_prelude_simd_x86.h"
#else
#include "aot_prelude_simd_generic.h"
#endif

#endif /* AOT_PRELUDE_SIMD_H */
