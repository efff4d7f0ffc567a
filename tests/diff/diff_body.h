/* diff_body.h - the code of one function, made from the top down.
 *
 * `value` pushes what a type asks for, `statement` leaves the stack as it was;
 * both call each other until the budget is spent.  All write to m->body.code.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DIFF_BODY_H
#define DIFF_BODY_H

#include "diff_model.h"
#include "diff_ops.h"

/* diff_body.c: words. */
void diff_emit(struct diff_module *m, uint8_t op);
void diff_emit_index(struct diff_module *m, uint8_t op, uint32_t index);
void diff_emit_fc(struct diff_module *m, uint32_t op);
void diff_i32(struct diff_module *m, uint32_t value);
void diff_any_const(struct diff_module *m, char type);
bool diff_chance(struct diff_module *m, uint32_t permille);
uint32_t diff_below(struct diff_module *m, uint32_t below);

/* Any local of that type, parameters included. */
uint32_t diff_local(struct diff_module *m, char type);

/* Any global of that type but FUEL and OPAQUE; -1 if there is none. */
int32_t diff_global(struct diff_module *m, char type, bool to_set);

/* Begin a function of that type: its locals are declared.  End it. */
void diff_begin(struct diff_module *m, const struct diff_type *type);
void diff_end(struct diff_module *m, struct diff_func *func);

/* A list of up to `most` types in which `wanted` occurs, unless it is 0. */
void diff_any_types(struct diff_module *m, char wanted, uint32_t most,
                    char *ret_types);

/* Pop all of `types`, into variables or nowhere.  All but one `wanted`. */
void diff_discard(struct diff_module *m, const char *types);
void diff_reduce(struct diff_module *m, const char *types, char wanted);

/* Push an i32 that is `value`, which a compiler may or may not see. */
void diff_hidden(struct diff_module *m, uint32_t value);

/* diff_value.c: what can be had as a value. */
void diff_value(struct diff_module *m, char type);
void diff_values(struct diff_module *m, const char *types);

/* A float whose bits are determined even if it is a NaN. */
void diff_exact(struct diff_module *m, char type);

/* A value for where the bits of a float are seen. */
void diff_stored(struct diff_module *m, char type);

/* The float on the stack becomes the one NaN if it is any NaN; the vector that
 * `op` has made, in each lane. */
void diff_canonical(struct diff_module *m, char type);
void diff_canonical_v128(struct diff_module *m, const struct diff_op *op);

/* diff_memory.c */
bool diff_load(struct diff_module *m, char type);
bool diff_store(struct diff_module *m);
bool diff_bulk(struct diff_module *m);
bool diff_table_get(struct diff_module *m, char type);
bool diff_table_statement(struct diff_module *m);
bool diff_sizes(struct diff_module *m);

/* The opcode, alignment, offset and lane. */
void diff_write_access(struct diff_module *m, const struct diff_op *op,
                       uint32_t offset);

/* diff_call.c */
bool diff_call(struct diff_module *m, char type);
bool diff_call_indirect(struct diff_module *m, char type);
bool diff_tail_call(struct diff_module *m);

/* diff_block.c */
bool diff_block(struct diff_module *m, char type);
bool diff_loop(struct diff_module *m, char type);
bool diff_if(struct diff_module *m, char type);
bool diff_branch_if(struct diff_module *m, char type);
bool diff_deep(struct diff_module *m);

/* Take `cost` from FUEL and return anything if it was spent. */
void diff_spend(struct diff_module *m, uint32_t cost);

/* Push the values of a branch away from here, go, and write code that cannot
 * be reached, up to the end of a block with `results`. */
void diff_leave(struct diff_module *m, const char *results);

/* diff_dead.c: code behind a jump, up to the end of a block with `results`. */
void diff_dead(struct diff_module *m, const char *results);

/* diff_statement.c */
void diff_statements(struct diff_module *m);

#endif /* DIFF_BODY_H */
