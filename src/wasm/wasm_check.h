/* wasm_check.h - is this function body valid?
 *
 * Floor 1.  The validation algorithm of the specification, one instruction at
 * a time, so that the compiler can translate in the same pass.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASM_CHECK_H
#define WASM_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "vivarium.h"
#include "wasm/wasm_instr.h"
#include "wasm/wasm_module.h"

/* One block that is open. */
struct wasm_frame {
    enum wasm_op op; /* BLOCK, LOOP, IF, ELSE; BLOCK for the function itself */
    const uint8_t *params;
    const uint8_t *results;
    uint32_t param_count;
    uint32_t result_count;
    uint32_t height;  /* of the value stack, below the params */
    bool unreachable; /* the rest of the block cannot run */
};

/* The largest number of locals, parameters included, that a function may have:
 * the limit of the WebAssembly JavaScript API, which browsers share. */
#define WASM_LOCALS_MAX 50000u

/* The largest number of blocks within blocks, not counting the function
 * itself: generated C nests as deep. */
#define WASM_FRAMES_MAX 10000u

/* The most values that may be on the stack at once: calls with many results
 * push a thousand for every two bytes of code. */
#define WASM_VALUES_MAX 1000000u

/* Reusable: one checker validates any number of bodies, one after the other,
 * and keeps its storage.  The fields are for reading. */
struct wasm_check {
    struct wasm_module *module; /* `features` is added to */
    struct wasm_body body;
    uint32_t func_index;
    uint8_t *locals; /* types of params and locals */
    uint32_t local_count;
    uint32_t local_capacity;
    uint8_t *stack; /* types; 0 is `unknown`, in unreachable code only */
    uint32_t stack_len;
    uint32_t stack_capacity;
    struct wasm_frame *frames; /* [0] is the function itself */
    uint32_t frame_count;      /* 0: the body has ended */
    uint32_t frame_capacity;
};

/* Before: `module` is decoded and outlives the checker. */
void wasm_check_init(struct wasm_check *check, struct wasm_module *module);
void wasm_check_fini(struct wasm_check *check);

/* Begin with the body of function `func_index`, which is not imported: decode
 * its locals. */
int wasm_check_begin(struct wasm_check *check, uint32_t func_index,
                     viv_error *err);

/* Decode the next instruction into `*ret_instr` and apply it to the types.
 * Call it until `frame_count` is 0; after the last `end` it fails unless the
 * body's bytes are used up exactly.
 *
 * Fails with VIV_EFORMAT, VIV_EUNSUPPORTED or VIV_ENOMEM; the sentence ends
 * with `at byte N`. */
int wasm_check_step(struct wasm_check *check, struct wasm_instr *ret_instr,
                    viv_error *err);

/* All of the above for one function. */
int wasm_check_func(struct wasm_check *check, uint32_t func_index,
                    viv_error *err);

/* Is block `depth` (0: innermost) a loop, and which types does a branch to it
 * carry?  Before: depth < frame_count. */
const uint8_t *wasm_check_label(const struct wasm_check *check, uint32_t depth,
                                uint32_t *ret_count);

#endif /* WASM_CHECK_H */
