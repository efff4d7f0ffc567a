/* aot_prelude.h - the words that generated C is written in.
 *
 * Copied beside every module's generated units, with engine_abi.h.  The text
 * of a unit is the same for both flavours; what differs is here, chosen by
 * VIV_PORTABLE, which the compiler defines on the command line:
 *
 *              gs flavour                    portable flavour
 *   VIV_P      (nothing)                     char *base,      parameters
 *   VIV_P0     void                          char *base       if no others
 *   VIV_B      (nothing)                     base,            arguments
 *   VIV_B0     (nothing)                     base             if no others
 *   VIV_SEG    __seg_gs                      (nothing)
 *   VIV_AT(n)  n                             base + n
 *   VIV_LOOPS  char *base;                   (nothing)       for VIV_LOOP
 *   VIV_LOOP   base = VIV_BASE;              (nothing)       a loop begins
 *
 * Guest memory is accessed through volatile lvalues.  A load that nobody needs
 * must still trap, and memory must look right after a trap, wherever it came:
 * volatile says exactly that, and measured no slower than plain accesses (the
 * guest's own compiler has done what plain accesses would allow again).
 *
 * Nothing here is undefined in C beyond what gcc and clang define: units are
 * compiled with -fwrapv -fno-strict-aliasing -ffp-contract=off -fno-builtin.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_PRELUDE_H
#define AOT_PRELUDE_H

#include "engine_abi.h"

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

#define VIV_INLINE      static inline __attribute__((always_inline, unused))
#define VIV_COLD        static __attribute__((noinline, cold, noreturn, unused))
#define VIV_LIKELY(x)   __builtin_expect(!!(x), 1)
#define VIV_UNLIKELY(x) __builtin_expect(!!(x), 0)

#ifdef VIV_PORTABLE
#define VIV_P  char *base,
#define VIV_P0 char *base
#define VIV_B  base,
#define VIV_B0 base
#define VIV_SEG
#define VIV_AT(n) (base + (n))
#define VIV_BASE  base
#define VIV_ZERO  0
#define VIV_LOOPS
#define VIV_LOOP
#else
#define VIV_P
#define VIV_P0 void
#define VIV_B
#define VIV_B0
#define VIV_SEG   __seg_gs
#define VIV_AT(n) (n)
#define VIV_BASE  VIV_STATE(viv_pointer, ENGINE_AT_BASE)
#define VIV_ZERO  viv_zero()
#define VIV_LOOPS char *base;
#define VIV_LOOP  base = VIV_BASE;

/* 0, in a register.  x86 CPUs forward a store to a later load at once only if
 * the address has a register in it: four additions to `%gs:-40` take 36 ns, to
 * `%gs:-40(%rax)` 6 ns.  An instruction without inputs or effects, so that
 * compilers merge all uses in a function, and make it anew where registers are
 * short. */
VIV_INLINE u64 viv_zero(void)
{
    u64 zero;

    __asm__("xorl %k0, %k0" : "=r"(zero));
    return zero;
}
#endif

/* A tail call between functions of one C type is a jump by contract, where the
 * compiler can promise that; the others, and all of gcc's, are jumps by
 * -foptimize-sibling-calls: no call needs more than registers, so a jump is
 * always possible.  Calls that are no tail calls must not be jumps, or endless
 * recursion would be an endless loop.
 *
 *     VIV_NO_TAIL     before a function without tail calls
 *     VIV_ALL_TAIL    before one whose tail calls are all by contract
 *
 * A function of which only some are gets neither, and no contracts: clang 19
 * makes loops of tail recursion, and where it does it may break contracts. */
#ifdef __clang__
#define VIV_CONTRACT __attribute__((musttail))
#define VIV_NO_TAIL  __attribute__((disable_tail_calls))
#define VIV_ALL_TAIL __attribute__((disable_tail_calls))
#else
#define VIV_CONTRACT
#ifdef VIV_TAIL_CALLS
#define VIV_NO_TAIL __attribute__((optimize("no-optimize-sibling-calls")))
#else
#define VIV_NO_TAIL
#endif
#define VIV_ALL_TAIL
#endif
#define VIV_TAIL VIV_CONTRACT

/* State pages: at constant negative offsets.  Aligned, and never the guest's
 * to address. */
typedef char *viv_pointer;
typedef const struct engine_helpers *viv_helpers;

#define VIV_STATE(T, at)  (*(T VIV_SEG *)VIV_AT(at))
#define VIV_HELPERS       VIV_STATE(viv_helpers, ENGINE_AT_HELPERS)
#define VIV_GLOBAL(T, at) (*(volatile T VIV_SEG *)VIV_AT(VIV_ZERO + (at)))

/* Linear memory: any alignment, any aliasing. */
#define VIV_MEMORY_TYPE(T)                                                     \
    typedef T viv_##T __attribute__((aligned(1), may_alias))
VIV_MEMORY_TYPE(u8);
VIV_MEMORY_TYPE(s8);
VIV_MEMORY_TYPE(u16);
VIV_MEMORY_TYPE(s16);
VIV_MEMORY_TYPE(u32);
VIV_MEMORY_TYPE(s32);
VIV_MEMORY_TYPE(u64);
VIV_MEMORY_TYPE(f32);
VIV_MEMORY_TYPE(f64);
VIV_MEMORY_TYPE(v128);

/* In a loop the base is in the variable `base`, elsewhere in the segment: the
 * segment costs no register and nothing to set up, but a cycle of every load,
 * which loops of loads that wait for each other feel.  A loop, and all within
 * it, stands between
 *
 *     VIV_LOOP
 *     #undef VIV_MEMORY
 *     #define VIV_MEMORY VIV_BY_REGISTER
 *     ...
 *     #undef VIV_MEMORY
 *     #define VIV_MEMORY VIV_BY_SEGMENT */
#define VIV_BY_SEGMENT(T, address, offset)                                     \
    (*(volatile viv_##T VIV_SEG *)VIV_AT((u64)(u32)(address) + (offset)))
#define VIV_BY_REGISTER(T, address, offset)                                    \
    (*(volatile viv_##T *)(base + ((u64)(u32)(address) + (offset))))
#define VIV_MEMORY VIV_BY_SEGMENT

/* What was loaded, and for clang and AVX-512 a value that it knows nothing of:
 * else it makes the load part of an instruction with a mask, which leaves out
 * what the mask does, though it is volatile and shall trap (clang 19). */
#if defined(__clang__) && defined(__AVX512F__)
#define VIV_LOADED(T, registers)                                               \
    VIV_INLINE T viv_loaded_##T(T x)                                           \
    {                                                                          \
        __asm__("" : registers(x));                                            \
        return x;                                                              \
    }
VIV_LOADED(u8, "+r")
VIV_LOADED(s8, "+r")
VIV_LOADED(u16, "+r")
VIV_LOADED(s16, "+r")
VIV_LOADED(u32, "+r")
VIV_LOADED(s32, "+r")
VIV_LOADED(u64, "+r")
VIV_LOADED(f32, "+v")
VIV_LOADED(f64, "+v")
VIV_LOADED(v128, "+v")
#define VIV_LOAD(T, address, offset)                                           \
    viv_loaded_##T(VIV_MEMORY(T, address, offset))
#else
#define VIV_LOAD(T, address, offset) VIV_MEMORY(T, address, offset)
#endif
#define VIV_STORE(T, address, offset, value)                                   \
    ((void)(VIV_MEMORY(T, address, offset) = (value)))

/* Traps. */

VIV_COLD void viv_trap_(VIV_P u32 trap)
{
    VIV_HELPERS->trap(VIV_BASE, trap);
    __builtin_unreachable();
}

#define viv_trap(trap) viv_trap_(VIV_B trap)

VIV_COLD void viv_trap_call(VIV_P u64 entry)
{
    viv_trap(entry == 0 ? ENGINE_TRAP_NULL_FUNC : ENGINE_TRAP_FUNC_TYPE);
}

/* An access whose offset is too far for the guard: give its exact address, or
 * trap. */
VIV_INLINE u32 viv_far_(VIV_P u32 address, u32 offset, u32 bytes)
{
    u64 at = (u64)address + offset;

    if (VIV_UNLIKELY(at + bytes > VIV_STATE(u64, ENGINE_AT_MEMORY_BYTES)))
        viv_trap(ENGINE_TRAP_MEMORY);
    return (u32)at;
}

#define viv_far(address, offset, bytes) viv_far_(VIV_B address, offset, bytes)

/* Fuel: paid at the head of every straight stretch of code, before it runs.
 * While a function runs, what is left is in its variable `fuel`; the state has
 * it whenever another function may look: at calls and returns.  To count in
 * the state itself would make every stretch wait for the one before it to
 * reach memory and come back.  So after a trap, what counts as spent is what
 * was spent at the latest call or return: the same on every machine. */
#define VIV_FUEL_NOW  VIV_GLOBAL(s64, ENGINE_AT_FUEL)
#define VIV_FUEL_SAVE ((void)(VIV_FUEL_NOW = fuel))
#define VIV_FUEL_LOAD ((void)(fuel = VIV_FUEL_NOW))

VIV_COLD void viv_spent_(VIV_P s64 fuel)
{
    VIV_FUEL_SAVE;
    viv_trap(ENGINE_TRAP_FUEL);
}

#define VIV_FUEL(cost)                                                         \
    do {                                                                       \
        if (VIV_UNLIKELY((fuel -= (cost)) < 0))                                \
            viv_spent_(VIV_B fuel);                                            \
    } while (0)

/* Bulk operations cost by length as well: 1 for each 16 bytes or entries. */
#define VIV_FUEL_BULK(len) VIV_FUEL((s64)((u32)(len) >> 4))

/* Transfer slots; see engine_abi.h.  VIV_TRANSFER_AT is the module's. */
#define VIV_SLOT(T, k) (*(T VIV_SEG *)VIV_AT(VIV_TRANSFER_AT + 16 * (k)))

/* An indirect call: the function, or a trap. */
extern const engine_func viv_funcs[] __attribute__((visibility("hidden")));

VIV_INLINE engine_func viv_callee_(VIV_P u64 entry, u32 type)
{
    if (VIV_UNLIKELY((u32)(entry >> 32) != type + 1))
        viv_trap_call(VIV_B entry);
    return viv_funcs[(u32)entry - 1];
}

/* Entry `index` of the table whose size is `size`. */
#define VIV_ENTRY(table_at, index)                                             \
    (*(volatile u64 VIV_SEG *)VIV_AT((table_at) + (s64)(u64)(u32)(index)*8))
#define VIV_IN_TABLE(index, size)                                              \
    do {                                                                       \
        if (VIV_UNLIKELY((u32)(index) >= (u32)(size)))                         \
            viv_trap(ENGINE_TRAP_TABLE);                                       \
    } while (0)
#define VIV_CALLEE(table_at, index, type)                                      \
    viv_callee_(VIV_B VIV_ENTRY(table_at, index), type)

/* Memory and table instructions. */
#define VIV_MEMORY_SIZE ((u32)(VIV_STATE(u64, ENGINE_AT_MEMORY_BYTES) >> 16))

#define i32_load(a, o)     VIV_LOAD(u32, a, o)
#define i64_load(a, o)     VIV_LOAD(u64, a, o)
#define f32_load(a, o)     VIV_LOAD(f32, a, o)
#define f64_load(a, o)     VIV_LOAD(f64, a, o)
#define i32_load8_s(a, o)  ((u32)(s32)VIV_LOAD(s8, a, o))
#define i32_load8_u(a, o)  ((u32)VIV_LOAD(u8, a, o))
#define i32_load16_s(a, o) ((u32)(s32)VIV_LOAD(s16, a, o))
#define i32_load16_u(a, o) ((u32)VIV_LOAD(u16, a, o))
#define i64_load8_s(a, o)  ((u64)(s64)VIV_LOAD(s8, a, o))
#define i64_load8_u(a, o)  ((u64)VIV_LOAD(u8, a, o))
#define i64_load16_s(a, o) ((u64)(s64)VIV_LOAD(s16, a, o))
#define i64_load16_u(a, o) ((u64)VIV_LOAD(u16, a, o))
#define i64_load32_s(a, o) ((u64)(s64)VIV_LOAD(s32, a, o))
#define i64_load32_u(a, o) ((u64)VIV_LOAD(u32, a, o))

#define i32_store(a, o, x)   VIV_STORE(u32, a, o, x)
#define i64_store(a, o, x)   VIV_STORE(u64, a, o, x)
#define f32_store(a, o, x)   VIV_STORE(f32, a, o, x)
#define f64_store(a, o, x)   VIV_STORE(f64, a, o, x)
#define i32_store8(a, o, x)  VIV_STORE(u8, a, o, (u8)(x))
#define i32_store16(a, o, x) VIV_STORE(u16, a, o, (u16)(x))
#define i64_store8(a, o, x)  VIV_STORE(u8, a, o, (u8)(x))
#define i64_store16(a, o, x) VIV_STORE(u16, a, o, (u16)(x))
#define i64_store32(a, o, x) VIV_STORE(u32, a, o, (u32)(x))

/* Integers. */

VIV_INLINE u32 i32_clz(u32 x)
{
    return x == 0 ? 32 : (u32)__builtin_clz(x);
}

VIV_INLINE u32 i32_ctz(u32 x)
{
    return x == 0 ? 32 : (u32)__builtin_ctz(x);
}

VIV_INLINE u64 i64_clz(u64 x)
{
    return x == 0 ? 64 : (u64)__builtin_clzll(x);
}

VIV_INLINE u64 i64_ctz(u64 x)
{
    return x == 0 ? 64 : (u64)__builtin_ctzll(x);
}

#define i32_popcnt(x) ((u32)__builtin_popcount(x))
#define i64_popcnt(x) ((u64)__builtin_popcountll(x))

VIV_INLINE u32 i32_rotl(u32 x, u32 n)
{
    return x << (n & 31) | x >> (-n & 31);
}

VIV_INLINE u32 i32_rotr(u32 x, u32 n)
{
    return x >> (n & 31) | x << (-n & 31);
}

VIV_INLINE u64 i64_rotl(u64 x, u64 n)
{
    return x << (n & 63) | x >> (-n & 63);
}

VIV_INLINE u64 i64_rotr(u64 x, u64 n)
{
    return x >> (n & 63) | x << (-n & 63);
}

/* Division.  The three that can trap take the base for it. */
#define VIV_DIVISION(prefix, U, S, MIN)                                        \
    VIV_INLINE U prefix##_div_s_(VIV_P U x, U y)                               \
    {                                                                          \
        if (VIV_UNLIKELY(y == 0))                                              \
            viv_trap(ENGINE_TRAP_DIVIDE_BY_ZERO);                              \
        if (VIV_UNLIKELY(x == MIN && y == (U)-1))                              \
            viv_trap(ENGINE_TRAP_INT_OVERFLOW);                                \
        return (U)((S)x / (S)y);                                               \
    }                                                                          \
    VIV_INLINE U prefix##_div_u_(VIV_P U x, U y)                               \
    {                                                                          \
        if (VIV_UNLIKELY(y == 0))                                              \
            viv_trap(ENGINE_TRAP_DIVIDE_BY_ZERO);                              \
        return x / y;                                                          \
    }                                                                          \
    VIV_INLINE U prefix##_rem_s_(VIV_P U x, U y)                               \
    {                                                                          \
        if (VIV_UNLIKELY(y == 0))                                              \
            viv_trap(ENGINE_TRAP_DIVIDE_BY_ZERO);                              \
        return y == (U)-1 ? 0 : (U)((S)x % (S)y);                              \
    }                                                                          \
    VIV_INLINE U prefix##_rem_u_(VIV_P U x, U y)                               \
    {                                                                          \
        if (VIV_UNLIKELY(y == 0))                                              \
            viv_trap(ENGINE_TRAP_DIVIDE_BY_ZERO);                              \
        return x % y;                                                          \
    }

VIV_DIVISION(i32, u32, s32, 0x80000000u)
VIV_DIVISION(i64, u64, s64, 0x8000000000000000ull)

#define i32_div_s(x, y) i32_div_s_(VIV_B x, y)
#define i32_div_u(x, y) i32_div_u_(VIV_B x, y)
#define i32_rem_s(x, y) i32_rem_s_(VIV_B x, y)
#define i32_rem_u(x, y) i32_rem_u_(VIV_B x, y)
#define i64_div_s(x, y) i64_div_s_(VIV_B x, y)
#define i64_div_u(x, y) i64_div_u_(VIV_B x, y)
#define i64_rem_s(x, y) i64_rem_s_(VIV_B x, y)
#define i64_rem_u(x, y) i64_rem_u_(VIV_B x, y)

/* Floats. */

VIV_INLINE f32 f32_of(u32 bits)
{
    union {
        u32 u;
        f32 f;
    } x = {bits};

    return x.f;
}

VIV_INLINE f64 f64_of(u64 bits)
{
    union {
        u64 u;
        f64 f;
    } x = {bits};

    return x.f;
}

VIV_INLINE u32 f32_bits(f32 f)
{
    union {
        f32 f;
        u32 u;
    } x = {f};

    return x.u;
}

VIV_INLINE u64 f64_bits(f64 f)
{
    union {
        f64 f;
        u64 u;
    } x = {f};

    return x.u;
}

/* A value that the C compiler may not reason about.  Folding `x * 1` or
 * `x - 0` to `x` is right for numbers, but a signalling NaN must come out
 * quiet. */
#if defined(__x86_64__)
#define VIV_OPAQUE_FLOAT "+x"
#elif defined(__aarch64__)
#define VIV_OPAQUE_FLOAT "+w"
#else
#define VIV_OPAQUE_FLOAT "+m"
#endif

VIV_INLINE f32 f32_opaque(f32 x)
{
    __asm__("" : VIV_OPAQUE_FLOAT(x));
    return x;
}

VIV_INLINE f64 f64_opaque(f64 x)
{
    __asm__("" : VIV_OPAQUE_FLOAT(x));
    return x;
}

/* min and max: NaN wins, and -0 is below +0. */
#define VIV_FLOAT_MIN_MAX(F, U, prefix)                                        \
    VIV_INLINE F prefix##_min(F x, F y)                                        \
    {                                                                          \
        if (VIV_UNLIKELY(x != x || y != y))                                    \
            return x + y;                                                      \
        if (x == y)                                                            \
            return prefix##_of(prefix##_bits(x) | prefix##_bits(y));           \
        return x < y ? x : y;                                                  \
    }                                                                          \
    VIV_INLINE F prefix##_max(F x, F y)                                        \
    {                                                                          \
        if (VIV_UNLIKELY(x != x || y != y))                                    \
            return x + y;                                                      \
        if (x == y)                                                            \
            return prefix##_of(prefix##_bits(x) & prefix##_bits(y));           \
        return x > y ? x : y;                                                  \
    }

VIV_FLOAT_MIN_MAX(f32, u32, f32)
VIV_FLOAT_MIN_MAX(f64, u64, f64)

#define f32_abs(x)         __builtin_fabsf(x)
#define f64_abs(x)         __builtin_fabs(x)
#define f32_copysign(x, y) __builtin_copysignf(x, y)
#define f64_copysign(x, y) __builtin_copysign(x, y)
#define f32_sqrt(x)        __builtin_sqrtf(x)
#define f64_sqrt(x)        __builtin_sqrt(x)

/* Rounding: a call into libm where the CPU has no instruction. */
#define f32_ceil(x)    __builtin_ceilf(x)
#define f64_ceil(x)    __builtin_ceil(x)
#define f32_floor(x)   __builtin_floorf(x)
#define f64_floor(x)   __builtin_floor(x)
#define f32_trunc(x)   __builtin_truncf(x)
#define f64_trunc(x)   __builtin_trunc(x)
#define f32_nearest(x) __builtin_nearbyintf(x)
#define f64_nearest(x) __builtin_nearbyint(x)

#define f32_demote_f64(x)  ((f32)f64_opaque(x))
#define f64_promote_f32(x) ((f64)(x))

#define f32_convert_i32_s(x) ((f32)(s32)(x))
#define f32_convert_i32_u(x) ((f32)(u32)(x))
#define f32_convert_i64_s(x) ((f32)(s64)(x))
#define f32_convert_i64_u(x) ((f32)(u64)(x))
#define f64_convert_i32_s(x) ((f64)(s32)(x))
#define f64_convert_i32_u(x) ((f64)(u32)(x))
#define f64_convert_i64_s(x) ((f64)(s64)(x))
#define f64_convert_i64_u(x) ((f64)(u64)(x))

/* Float to integer.  `low` and `high` are the nearest floats that are out of
 * range, or, with >=, the lowest that is in range where its neighbour below
 * cannot be told apart. */
#define VIV_TRUNC(name, T, S, F, low_ok, high, min, max)                       \
    VIV_INLINE T name##_(VIV_P F x)                                            \
    {                                                                          \
        if (VIV_UNLIKELY(!((low_ok) && x < (high))))                           \
            viv_trap(x != x ? ENGINE_TRAP_BAD_CONVERSION                       \
                            : ENGINE_TRAP_INT_OVERFLOW);                       \
        return (T)(S)x;                                                        \
    }                                                                          \
    VIV_INLINE T name##_sat_(F x)                                              \
    {                                                                          \
        if (VIV_LIKELY((low_ok) && x < (high)))                                \
            return (T)(S)x;                                                    \
        return x != x ? 0 : x < 0 ? (T)(min) : (T)(max);                       \
    }

VIV_TRUNC(i32_f32_s, u32, s32, f32, x >= -2147483648.f, 2147483648.f,
          0x80000000u, 0x7fffffffu)
VIV_TRUNC(i32_f32_u, u32, u32, f32, x > -1.f, 4294967296.f, 0, 0xffffffffu)
VIV_TRUNC(i32_f64_s, u32, s32, f64, x > -2147483649., 2147483648., 0x80000000u,
          0x7fffffffu)
VIV_TRUNC(i32_f64_u, u32, u32, f64, x > -1., 4294967296., 0, 0xffffffffu)
VIV_TRUNC(i64_f32_s, u64, s64, f32, x >= -9223372036854775808.f,
          9223372036854775808.f, 0x8000000000000000u, 0x7fffffffffffffffu)
VIV_TRUNC(i64_f32_u, u64, u64, f32, x > -1.f, 18446744073709551616.f, 0,
          0xffffffffffffffffu)
VIV_TRUNC(i64_f64_s, u64, s64, f64, x >= -9223372036854775808.,
          9223372036854775808., 0x8000000000000000u, 0x7fffffffffffffffu)
VIV_TRUNC(i64_f64_u, u64, u64, f64, x > -1., 18446744073709551616., 0,
          0xffffffffffffffffu)

#define i32_trunc_f32_s(x) i32_f32_s_(VIV_B x)
#define i32_trunc_f32_u(x) i32_f32_u_(VIV_B x)
#define i32_trunc_f64_s(x) i32_f64_s_(VIV_B x)
#define i32_trunc_f64_u(x) i32_f64_u_(VIV_B x)
#define i64_trunc_f32_s(x) i64_f32_s_(VIV_B x)
#define i64_trunc_f32_u(x) i64_f32_u_(VIV_B x)
#define i64_trunc_f64_s(x) i64_f64_s_(VIV_B x)
#define i64_trunc_f64_u(x) i64_f64_u_(VIV_B x)

#define i32_trunc_sat_f32_s(x) i32_f32_s_sat_(x)
#define i32_trunc_sat_f32_u(x) i32_f32_u_sat_(x)
#define i32_trunc_sat_f64_s(x) i32_f64_s_sat_(x)
#define i32_trunc_sat_f64_u(x) i32_f64_u_sat_(x)
#define i64_trunc_sat_f32_s(x) i64_f32_s_sat_(x)
#define i64_trunc_sat_f32_u(x) i64_f32_u_sat_(x)
#define i64_trunc_sat_f64_s(x) i64_f64_s_sat_(x)
#define i64_trunc_sat_f64_u(x) i64_f64_u_sat_(x)

#endif /* AOT_PRELUDE_H */
