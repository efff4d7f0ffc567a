/* engine_unwind.c - a walk over the frames of a guest.
 *
 *     high   [ enter_guest()          ]  ours: the walk is over
 *            [ a trampoline           ]  \
 *            [ a guest function       ]   | the module's: no frame pointers,
 *            [ ...                    ]   | left by its unwind tables
 *            [ the innermost function ]  /
 *            [ a helper               ]  \  ours, if the guest was stopped in
 *     low    [ ...                    ]  /  one
 *
 * Of ours, the folders engine and fiber keep frame pointers, see the Makefile:
 * in the middle of a call they lead to the guest.  A signal finds functions
 * that have made no frame yet, or will make none; then the first word on the
 * stack that is the address behind a call in the module is the way out.  Either
 * way no other register than rbp is known; compilers need no other to leave a
 * function from behind a call.
 *
 * SECURITY: see engine_cfi.c.  Every step makes the stack pointer larger, so
 * that no stack makes the walk longer than itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_unwind.h"

#define WORD sizeof(uintptr_t)

/* So much of the stack is looked at: more than functions of ours take that a
 * guest can bring to the end of the stack. */
#define SCAN_BYTES 4096u

static bool has_code(const struct engine_module *module, uintptr_t pc)
{
    return pc >= module->code_at && pc < module->code_end;
}

static bool is_in_module(const struct engine_unwind *walk)
{
    return os_regs_has(&walk->regs, OS_REG_PC) &&
           has_code(walk->module, walk->regs.at[OS_REG_PC]);
}

/* Behind a call whose return address is at `slot`. */
static void go_behind(struct engine_unwind *walk, uintptr_t slot, uintptr_t pc,
                      uintptr_t bp)
{
    walk->at_call = true;
    walk->regs = (struct os_regs){.known = 0};
    os_regs_set(&walk->regs, OS_REG_PC, pc);
    os_regs_set(&walk->regs, OS_REG_SP, slot + WORD);
    os_regs_set(&walk->regs, OS_REG_BP, bp);
}

/* Leave a function of ours by its frame pointer. */
static bool leave_framed(struct engine_unwind *walk)
{
    uintptr_t frame = walk->regs.at[OS_REG_BP], bp, pc;

    if (frame < walk->regs.at[OS_REG_SP] ||
        !engine_cfi_word(&walk->stack, frame, &bp) ||
        !engine_cfi_word(&walk->stack, frame + WORD, &pc))
        return false;
    go_behind(walk, frame + WORD, pc, bp);
    return true;
}

/* Not where a function begins: that could be a pointer to it. */
static bool is_behind_call(const struct engine_module *module, uintptr_t pc)
{
    struct engine_cfi_entry entry;

    return has_code(module, pc) &&
           engine_cfi_find(&module->cfi, pc - 1, &entry) && pc < entry.high;
}

/* What rbp was when the call was made whose return address is at `slot`: what
 * the outermost frame below it has saved, or what is still in it. */
static uintptr_t rbp_at(const struct engine_unwind *walk, uintptr_t slot)
{
    uintptr_t bp = walk->regs.at[OS_REG_BP], before = 0;

    if (bp < walk->regs.at[OS_REG_SP])
        return bp;
    while (bp > before && bp < slot) {
        before = bp;
        if (!engine_cfi_word(&walk->stack, bp, &bp))
            break;
    }
    return bp;
}

/* Leave functions of ours that may have no frames. */
static void leave_unframed(struct engine_unwind *walk)
{
    uintptr_t slot = (walk->regs.at[OS_REG_SP] + WORD - 1) & -WORD, end, pc;

    if (slot < walk->stack.low)
        slot = walk->stack.low;
    for (end = slot + SCAN_BYTES; slot < end; slot += WORD)
        if (engine_cfi_word(&walk->stack, slot, &pc) &&
            is_behind_call(walk->module, pc)) {
            go_behind(walk, slot, pc, rbp_at(walk, slot));
            return;
        }
}

void engine_unwind_start(struct engine_unwind *ret_walk,
                         const struct engine_module *module,
                         const struct engine_cfi_stack *stack,
                         const struct os_regs *regs, bool at_call)
{
    *ret_walk = (struct engine_unwind){
        .module = module,
        .stack = *stack,
        .regs = *regs,
        .at_call = at_call,
    };
    if (!os_regs_has(regs, OS_REG_SP) || !os_regs_has(regs, OS_REG_BP))
        return;
    if (!at_call && !is_in_module(ret_walk))
        leave_unframed(ret_walk);
    while (!is_in_module(ret_walk) && leave_framed(ret_walk))
        ;
}

bool engine_unwind_next(struct engine_unwind *walk,
                        struct engine_frame *ret_frame)
{
    uintptr_t pc = walk->regs.at[OS_REG_PC];
    /* A call that does not return can be the last instruction of a function. */
    uintptr_t inside = pc - walk->at_call;
    struct engine_cfi_entry entry;
    struct engine_cfi_rules rules;

    if (walk->is_cut || !is_in_module(walk))
        return false;
    if (!engine_cfi_find(&walk->module->cfi, inside, &entry)) {
        walk->is_cut = true;
        return false;
    }
    *ret_frame = (struct engine_frame){.pc = pc, .piece = entry.low};
    walk->is_cut = !engine_cfi_rules_at(&entry, inside, &rules) ||
                   !engine_cfi_leave(&rules, &walk->stack, &walk->regs);
    walk->at_call = true;
    return true;
}
