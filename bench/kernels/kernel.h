/* kernel.h - what every kernel of the speed measurement starts from.
 *
 * A kernel is one C file without a libc, compiled twice from the same text: to
 * WebAssembly and to native code.  It defines one function by KERNEL(name),
 * which does `rounds` rounds of work and returns a checksum.  The checksum is
 * the same in every build and for every call: a kernel seeds its own random
 * numbers, and nothing in it depends on the size or value of a pointer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KERNEL_H
#define KERNEL_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#ifdef __wasm__
#define KERNEL(name)                                                           \
    u32 kernel_##name(u32 rounds);                                             \
    __attribute__((export_name(#name))) u32 kernel_##name(u32 rounds)
#else
#define KERNEL(name)                                                           \
    u32 kernel_##name(u32 rounds);                                             \
    u32 kernel_##name(u32 rounds)
#endif

/* A random number of 32 bits: xorshift, whose state is never 0. */
static inline u32 rnd(u32 *state)
{
    u32 x = *state;

    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}

/* One more value into a checksum: order matters, as it should. */
static inline u32 mix(u32 sum, u32 value)
{
    return (sum ^ value) * 16777619u + 0x9e3779b9u;
}

#endif /* KERNEL_H */
