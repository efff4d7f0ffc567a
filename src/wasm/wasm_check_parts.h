/* wasm_check_parts.h - the rules of validation that are no plain signature.
 *
 * Floor 1.  For src/wasm/wasm_check*.c only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASM_CHECK_PARTS_H
#define WASM_CHECK_PARTS_H

#include "vivarium.h"
#include "wasm/wasm_check.h"

/* Apply unreachable, blocks, branches and calls: the instructions up to
 * WASM_OP_RETURN_CALL_INDIRECT, except nop.  In wasm_check_control.c. */
int wasm_check_control(struct wasm_check *check, const struct wasm_instr *instr,
                       viv_error *err);

/* Apply the other instructions whose signature is "*": drop, select,
 * variables, tables, references.  In wasm_check_operand.c. */
int wasm_check_operand(struct wasm_check *check, const struct wasm_instr *instr,
                       viv_error *err);

/* Is the immediate of an instruction with a plain signature valid: is there
 * such a memory, segment, lane?  In wasm_check_operand.c. */
int wasm_check_immediate(struct wasm_check *check,
                         const struct wasm_instr *instr, viv_error *err);

#endif /* WASM_CHECK_PARTS_H */
