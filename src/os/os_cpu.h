/* os_cpu.h - what this CPU and this kernel can do.
 *
 * Floor 1.  x86-64.  Any thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_CPU_H
#define OS_CPU_H

#include <stdbool.h>
#include <stdint.h>

/* The level of the x86-64 psABI, 1 to 4, whose instructions may be used here:
 * the CPU has them and the kernel saves their registers. */
int os_cpu_level(void);

/* May user code write the segment base of %gs by itself (wrgsbase)? */
bool os_cpu_has_fsgsbase(void);

/* What the instruction xsave needs to be told to save all registers that the
 * code of guests can use - x87, SSE, AVX, AVX-512 - and how many bytes it then
 * writes, a multiple of 64.  A mask of 0: there is no xsave, and fxsave, which
 * writes 512 bytes, saves all that there is. */
void os_cpu_xsave(uint32_t *ret_mask, uint32_t *ret_bytes);

#endif /* OS_CPU_H */
