/* engine_cfi_leave.h - from a function's registers to its caller's.
 *
 * Floor 3.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_CFI_LEAVE_H
#define ENGINE_CFI_LEAVE_H

#include "engine/engine_cfi_rules.h"

/* A stack that may be read: from low up to high. */
struct engine_cfi_stack {
    const char *bytes; /* of the address low */
    uintptr_t low, high;
};

/* The word at `address`.  False if it is not wholly in the stack, or not
 * aligned. */
bool engine_cfi_word(const struct engine_cfi_stack *stack, uintptr_t address,
                     uintptr_t *ret_word);

/* Change `regs`, which are those of a function at an instruction where `rules`
 * hold, to what they will be when it has returned.  What only the function
 * itself could tell is not known any more.
 *
 * False, and `regs` as they were, when that takes a register that is not known
 * or a word outside the stack, or when the caller's stack pointer would not be
 * above the function's own: so every chain of these ends. */
bool engine_cfi_leave(const struct engine_cfi_rules *rules,
                      const struct engine_cfi_stack *stack,
                      struct os_regs *regs);

#endif /* ENGINE_CFI_LEAVE_H */
