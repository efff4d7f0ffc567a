/* aot_func.h - one function's body becomes C.
 *
 * Top floor; internal to src/aot.  Validation and translation are one pass:
 * the checker decodes and checks an instruction, then it is translated.
 *
 *     aot_func.c          the pass, variables, statements, the function's head
 *     aot_func_op.c       instructions that compute, load and store
 *     aot_func_control.c  blocks and branches
 *     aot_func_bulk.c     bulk memory, tables
 *     aot_func_call.c     calls, and what C parameters look like
 *
 * SECURITY: names and bytes come from a file that nobody trusts.  Nothing of
 * it reaches the C text but numbers, and names reduced to [A-Za-z0-9_].
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_FUNC_H
#define AOT_FUNC_H

#include <stdbool.h>
#include <stdint.h>

#include "aot/aot_stack.h"
#include "base/base_buf.h"
#include "engine/engine_abi.h"
#include "engine/engine_layout.h"
#include "vivarium.h"
#include "wasm/wasm_check.h"
#include "wasm/wasm_module.h"

/* One open block, beside the checker's. */
struct aot_label {
    uint32_t id;     /* `L<id>`, and `E<id>` for an else */
    uint32_t height; /* of the stack below the block's params */
    bool is_loop;
    bool is_if;     /* an if whose else has not come */
    bool is_dead;   /* the block itself is in dead code: nothing is emitted */
    bool is_used;   /* somebody branches to `L<id>` */
    uint32_t table; /* the latest goto table that has it as a target, or 0 */
    const uint8_t *params;
    const uint8_t *results;
    uint32_t param_count;
    uint32_t result_count;
};

/* Reused for all functions of a module. */
struct aot_func {
    /* What it works on; borrowed. */
    struct wasm_module *module;
    const struct engine_layout *layout;
    const char *const *names; /* C names by function index */
    uint8_t *needed;          /* enum aot_need: functions that were called */
    bool fuel;

    /* State of the function being translated. */
    uint32_t index;
    struct wasm_check check;
    struct aot_stack stack;
    struct base_buf body;    /* statements */
    struct base_buf scratch; /* the expression being put together */
    struct aot_label *labels;
    uint32_t label_count;
    uint32_t label_capacity;
    uint32_t label_ids;
    uint8_t *variables; /* by height: which letters are in use, as bits */
    uint32_t variable_count;
    uint32_t variable_capacity;
    bool is_dead; /* the next instruction cannot run */
    bool failed;  /* memory ran out */
    bool has_tail_call;
    bool has_other_tail_call; /* to a function of another C type */
    bool has_loop;
    uint32_t loop_depth; /* loops that are open; 0: in none */
    size_t fuel_at;      /* where in `body` this stretch's cost goes */
    uint32_t fuel_cost;  /* of this stretch so far */
    bool fuel_is_open;
};

void aot_func_init(struct aot_func *func, struct wasm_module *module,
                   const struct engine_layout *layout, const char *const *names,
                   uint8_t *needed, bool fuel);
void aot_func_fini(struct aot_func *func);

/* Check function `index`, which is not imported, and append its C definition
 * to `out`.  Fails as wasm_check_step() does. */
int aot_func_emit(struct aot_func *func, uint32_t index, struct base_buf *out,
                  viv_error *err);

/* How a unit needs the declaration of a function: not at all; because it calls
 * it; because it defines it, with what the prelude says of its tail calls.
 * (clang heeds what stands before the first declaration only.) */
enum aot_need {
    AOT_NEED_NOT,
    AOT_NEED,
    AOT_NEED_NO_TAIL, /* VIV_NO_TAIL */
    AOT_NEED_ALL_TAIL /* VIV_ALL_TAIL */
};

/* The need for the function that was emitted last. */
enum aot_need aot_func_need(const struct aot_func *func);

/* --- for the files of src/aot/aot_func*.c --- */

/* Append to `out`: %s text, %u uint32_t, %x uint64_t as hexadecimal, %d
 * int64_t, %c char, %v const struct aot_value *, %% a percent sign. */
void aot_say(struct aot_func *func, struct base_buf *out, const char *format,
             ...);

/* The variable of `type` at `height` has to be declared. */
void aot_use_variable(struct aot_func *func, uint32_t height, uint8_t type);

/* A new entry that is a variable, with `name = ` written: the caller writes
 * the rest of the statement.  Operands are popped before. */
void aot_assign(struct aot_func *func, uint8_t type);

/* A new entry that is a variable, and was assigned by other means. */
void aot_push_variable(struct aot_func *func, uint8_t type);

/* A new entry that is the text in `scratch`, an expression of `operands`; a
 * variable if that is wiser. */
void aot_push_scratch(struct aot_func *func, uint8_t type,
                      const struct aot_value *operands, uint32_t count);

/* The same for a constant: text that mentions nothing. */
void aot_push_constant(struct aot_func *func, uint8_t type, bool is_one);

struct aot_value aot_pop(struct aot_func *func);

/* Assign entries to their variables: those below `height` that mention the
 * variable of `height`, which is about to change; those that mention `local`;
 * all. */
void aot_settle_mentions(struct aot_func *func, uint32_t height);
void aot_settle_local(struct aot_func *func, uint32_t local);
void aot_settle_all(struct aot_func *func);

/* Fuel: a stretch of straight code begins or ends here. */
void aot_fuel_begin(struct aot_func *func);
void aot_fuel_end(struct aot_func *func);

/* Somebody else may look at what is left: a call or a return comes. */
void aot_fuel_save(struct aot_func *func);

/* Translate one checked instruction; each handles its share and says whether
 * it knew it. */
bool aot_control_emit(struct aot_func *func, const struct wasm_instr *instr);
bool aot_call_emit(struct aot_func *func, const struct wasm_instr *instr);
bool aot_bulk_emit(struct aot_func *func, const struct wasm_instr *instr);
void aot_op_emit(struct aot_func *func, const struct wasm_instr *instr);

/* Append the current size of a table: a constant, if it cannot grow. */
void aot_table_size_write(struct aot_func *func, uint32_t table);

/* In dead code only the nesting of blocks matters. */
void aot_control_skip(struct aot_func *func, const struct wasm_instr *instr);

/* Open the label of the function itself. */
void aot_control_begin(struct aot_func *func);

/* How the parameters of a function of type `type` are passed. */
struct aot_args {
    const struct wasm_func_type *type;
    uint32_t ints, floats; /* passed in registers so far */
};

/* Is parameter number `index` a C parameter?  Ask in order, from 0. */
bool aot_args_next(struct aot_args *args, uint32_t index);

/* The C type of what it returns: that of its first result. */
const char *aot_return_type(const struct wasm_func_type *type);

/* Is the C type of these two functions the same? */
bool aot_same_c_type(const struct wasm_func_type *a,
                     const struct wasm_func_type *b);

/* Append `(VIV_P u32 l0, ...)`; with `names` false only the types. */
void aot_params_write(struct base_buf *out, const struct wasm_func_type *type,
                      bool names);

#endif /* AOT_FUNC_H */
