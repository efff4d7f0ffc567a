/* engine_unwind.h - a walk over the frames of a guest.
 *
 * Floor 3.  From where a guest stands outward, as long as there are functions
 * of its module:
 *
 *     struct engine_unwind walk;
 *     struct engine_frame frame;
 *
 *     engine_unwind_start(&walk, module, &stack, &regs, at_call);
 *     while (engine_unwind_next(&walk, &frame))
 *         ...
 *
 * The walk reads the stack and the module's unwind tables and nothing else,
 * whatever the registers hold.  It always ends.  It allocates nothing and takes
 * no lock: signal handlers may use it.  A step takes some 150 ns.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_UNWIND_H
#define ENGINE_UNWIND_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/engine_cfi_leave.h"
#include "engine/engine_module.h"
#include "os/os_regs.h"

/* Where one function stands. */
struct engine_frame {
    uintptr_t pc;    /* its instruction, or the one behind its call */
    uintptr_t piece; /* where the piece of code begins that pc is in: the */
                     /* function, unless the compiler split it */
};

struct engine_unwind {
    const struct engine_module *module;
    struct engine_cfi_stack stack;
    struct os_regs regs;
    bool at_call; /* pc is behind a call, not at an instruction */
    bool is_cut;  /* it ended inside the guest: there are more frames */
};

/* Begin where `regs` are: at an instruction, or, `at_call`, behind a call that
 * has not returned, in a function that keeps a frame pointer.  If that is no
 * code of the module, the walk begins with the first caller that is.  `module`
 * is borrowed. */
void engine_unwind_start(struct engine_unwind *ret_walk,
                         const struct engine_module *module,
                         const struct engine_cfi_stack *stack,
                         const struct os_regs *regs, bool at_call);

/* The next frame outward; false if there is none, or none that can be found.
 */
bool engine_unwind_next(struct engine_unwind *walk,
                        struct engine_frame *ret_frame);

#endif /* ENGINE_UNWIND_H */
