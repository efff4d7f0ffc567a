/* os_regs.h - what the registers of a CPU held.
 *
 * Floor 1.  Numbered as the unwind tables of the platform number them (System V
 * ABI for x86-64, "DWARF Register Number Mapping"): rax, rdx, rcx, rbx, rsi,
 * rdi, rbp, rsp, r8 to r15, and where to go on.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_REGS_H
#define OS_REGS_H

#include <stdbool.h>
#include <stdint.h>

enum os_reg {
    OS_REG_BX = 3,
    OS_REG_BP = 6,
    OS_REG_SP = 7,
    OS_REG_R12 = 12,
    OS_REG_R13 = 13,
    OS_REG_R14 = 14,
    OS_REG_R15 = 15,
    OS_REG_PC = 16,
    OS_REG_COUNT = 17
};

struct os_regs {
    uintptr_t at[OS_REG_COUNT];
    uint32_t known; /* bit r: at[r] means something */
};

static inline void os_regs_set(struct os_regs *regs, unsigned reg,
                               uintptr_t value)
{
    regs->at[reg] = value;
    regs->known |= 1u << reg;
}

static inline bool os_regs_has(const struct os_regs *regs, unsigned reg)
{
    return reg < OS_REG_COUNT && (regs->known >> reg & 1) != 0;
}

#endif /* OS_REGS_H */
