/* engine_cfi_rules.h - the rules that hold at one instruction.
 *
 * Floor 3.  An entry's programs describe how the rules change from the first
 * instruction of a function to the last.
 *
 *     CFA, "canonical frame address": the caller's stack pointer as it is when
 *     the function has returned.  All else is found from there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_CFI_RULES_H
#define ENGINE_CFI_RULES_H

#include "engine/engine_cfi.h"
#include "os/os_regs.h"

enum engine_cfi_kind {
    ENGINE_CFI_SAME,       /* it is as the caller left it */
    ENGINE_CFI_LOST,       /* nobody knows; of the pc: there is no caller */
    ENGINE_CFI_BY_OFFSET,  /* it was saved at CFA + offset */
    ENGINE_CFI_BY_ADDRESS, /* it was saved where `expression` says */
};

/* The caller's value of a register. */
struct engine_cfi_rule {
    enum engine_cfi_kind kind;
    int64_t offset;
    struct engine_cfi_bytes expression;
};

struct engine_cfi_rules {
    /* The CFA: what `cfa` says, or register + offset if that is empty. */
    struct engine_cfi_bytes cfa;
    uint64_t cfa_register;
    int64_t cfa_offset;
    struct engine_cfi_rule of[OS_REG_COUNT];
};

/* The rules of `entry` at `pc`, which is in it.  False when its programs have
 * something that compilers of C for this CPU do not write.  Time is linear in
 * the length of the programs. */
bool engine_cfi_rules_at(const struct engine_cfi_entry *entry, uintptr_t pc,
                         struct engine_cfi_rules *ret_rules);

#endif /* ENGINE_CFI_RULES_H */
