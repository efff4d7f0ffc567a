/* os_cpu.c - what this CPU and this kernel can do.
 *
 * Levels are those of the x86-64 psABI.  A CPU that has AVX is not enough: the
 * kernel says by XCR0 which registers it saves when it switches threads.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_cpu.h"

#include <cpuid.h>
#include <stdint.h>
#include <sys/auxv.h>

#define AT_HWCAP2_FSGSBASE 2u

/* Bits of XCR0: SSE and AVX state; those and the three of AVX-512. */
#define XCR0_AVX    0x06u
#define XCR0_AVX512 0xe6u

/* All that code compiled for any level can use, x87 included. */
#define XCR0_GUEST 0xe7u

/* What xsave writes always: registers of x87 and SSE, and a header. */
#define XSAVE_LEAST_BYTES 576u

/* Registers of cpuid that the levels look at. */
struct features {
    uint32_t ecx1;  /* leaf 1 */
    uint32_t ebx7;  /* leaf 7 */
    uint32_t ecx80; /* leaf 0x80000001 */
    uint32_t xcr0;  /* 0 if the kernel does not use xsave */
};

#define ECX1_V2                                                                \
    (bit_SSE3 | bit_SSSE3 | bit_CMPXCHG16B | bit_SSE4_1 | bit_SSE4_2 |         \
     bit_POPCNT)
#define ECX80_V2 bit_LAHF_LM
#define ECX1_V3  (bit_AVX | bit_FMA | bit_F16C | bit_MOVBE)
#define EBX7_V3  (bit_BMI | bit_AVX2 | bit_BMI2)
#define ECX80_V3 bit_ABM
#define EBX7_V4                                                                \
    (bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL)

static uint32_t read_xcr0(void)
{
    uint32_t low, high;

    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static struct features read_features(void)
{
    struct features f = {0};
    uint32_t a, b, c, d;

    if (__get_cpuid(1, &a, &b, &c, &d)) {
        f.ecx1 = c;
        if (c & bit_OSXSAVE)
            f.xcr0 = read_xcr0();
    }
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d))
        f.ebx7 = b;
    if (__get_cpuid(0x80000001, &a, &b, &c, &d))
        f.ecx80 = c;
    return f;
}

static bool has(uint32_t word, uint32_t bits)
{
    return (word & bits) == bits;
}

int os_cpu_level(void)
{
    struct features f = read_features();

    if (!has(f.ecx1, ECX1_V2) || !has(f.ecx80, ECX80_V2))
        return 1;
    if (!has(f.ecx1, ECX1_V3) || !has(f.ebx7, EBX7_V3) ||
        !has(f.ecx80, ECX80_V3) || !has(f.xcr0, XCR0_AVX))
        return 2;
    if (!has(f.ebx7, EBX7_V4) || !has(f.xcr0, XCR0_AVX512))
        return 3;
    return 4;
}

bool os_cpu_has_fsgsbase(void)
{
    return (getauxval(AT_HWCAP2) & AT_HWCAP2_FSGSBASE) != 0;
}

void os_cpu_xsave(uint32_t *ret_mask, uint32_t *ret_bytes)
{
    uint32_t mask = read_features().xcr0 & XCR0_GUEST;
    uint32_t bytes = XSAVE_LEAST_BYTES, i;

    /* Each part has its place, which the CPU tells. */
    for (i = 2; i < 8; i++) {
        uint32_t size, offset, c, d;

        if ((mask >> i & 1) != 0 &&
            __get_cpuid_count(0xd, i, &size, &offset, &c, &d) &&
            bytes < offset + size)
            bytes = offset + size;
    }
    *ret_mask = mask;
    *ret_bytes = mask == 0 ? 512 : (bytes + 63) & ~63u;
}
