/* wasm_check_stack.h - the two stacks of validation: values and blocks.
 *
 * Floor 1.  For src/wasm/wasm_check*.c only.  All functions return 0 or a
 * code, with the sentence in `err`; `instr` is the instruction that asks, for
 * the sentence.
 *
 * In code that cannot run, the stack is as deep as anybody likes below what
 * was pushed: a pop from there gives type 0, which is of any type.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASM_CHECK_STACK_H
#define WASM_CHECK_STACK_H

#include <stdbool.h>
#include <stdint.h>

#include "vivarium.h"
#include "wasm/wasm_check.h"

static inline struct wasm_frame *wasm_check_top(struct wasm_check *check)
{
    return &check->frames[check->frame_count - 1];
}

/* Make room for `count` values more.  Refuses more than WASM_VALUES_MAX. */
int wasm_check_reserve(struct wasm_check *check, const struct wasm_instr *instr,
                       uint32_t count, viv_error *err);

static inline int wasm_check_push(struct wasm_check *check,
                                  const struct wasm_instr *instr, uint8_t type,
                                  viv_error *err)
{
    if (__builtin_expect(check->stack_len == check->stack_capacity, 0)) {
        int code = wasm_check_reserve(check, instr, 1, err);
        if (code != 0)
            return code;
    }
    check->stack[check->stack_len++] = type;
    return 0;
}

/* One value of whatever type it has: 0 if nobody knows. */
int wasm_check_pop_any(struct wasm_check *check, const struct wasm_instr *instr,
                       uint8_t *ret_type, viv_error *err);

/* The way of wasm_check_pop() that is not the usual one. */
int wasm_check_pop_slow(struct wasm_check *check,
                        const struct wasm_instr *instr, uint8_t type,
                        viv_error *err);

/* One value of type `type`. */
static inline int wasm_check_pop(struct wasm_check *check,
                                 const struct wasm_instr *instr, uint8_t type,
                                 viv_error *err)
{
    uint32_t len = check->stack_len;

    if (__builtin_expect(len > wasm_check_top(check)->height &&
                             check->stack[len - 1] == type,
                         1)) {
        check->stack_len = len - 1;
        return 0;
    }
    return wasm_check_pop_slow(check, instr, type, err);
}

/* `count` values of these types, the last on top. */
int wasm_check_push_all(struct wasm_check *check,
                        const struct wasm_instr *instr, const uint8_t *types,
                        uint32_t count, viv_error *err);
int wasm_check_pop_all(struct wasm_check *check, const struct wasm_instr *instr,
                       const uint8_t *types, uint32_t count, viv_error *err);

/* As wasm_check_pop_all(), but leave everything as it is. */
int wasm_check_has_all(struct wasm_check *check, const struct wasm_instr *instr,
                       const uint8_t *types, uint32_t count, viv_error *err);

/* Open a block of the type in `instr`, whose params have been popped, and push
 * them again.  Refuses more than WASM_FRAMES_MAX. */
int wasm_check_open(struct wasm_check *check, const struct wasm_instr *instr,
                    viv_error *err);

/* The values on top are the results of the innermost block, and all it has:
 * pop them. */
int wasm_check_close(struct wasm_check *check, const struct wasm_instr *instr,
                     viv_error *err);

/* What follows in the innermost block cannot run. */
void wasm_check_cut(struct wasm_check *check);

#endif /* WASM_CHECK_STACK_H */
