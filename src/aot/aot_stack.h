/* aot_stack.h - the guest's operand stack, at translation time.
 *
 * Top floor.  An entry is C text that gives the value: a constant, a local, a
 * variable, or an expression of those that has no side effect and cannot
 * trap.  Expressions wait here until something consumes them, so that
 * `a + b * c` becomes one C expression; whatever has an effect, can trap, or
 * reads what may change (memory, globals) is assigned to a variable at once.
 *
 * The variable of height h and type i32 is `i<h>`; other types have other
 * letters.
 *
 * Invariants, asserted by aot_stack_check():
 *   1. an entry at height h mentions only variables of heights >= h
 *   2. an AOT_VARIABLE at height h is the variable of height h
 *   3. no entry mentions a local that was assigned since it was pushed
 *
 * From 1 follows that values may be moved down, bottom first, without one
 * overwriting what a later one still needs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_STACK_H
#define AOT_STACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base_buf.h"

enum aot_value_kind {
    AOT_CONSTANT,   /* text that mentions nothing */
    AOT_LOCAL,      /* `l<index>` */
    AOT_VARIABLE,   /* its own variable */
    AOT_EXPRESSION, /* text, in parentheses or a call */
};

/* Expressions stay this short, and reach no farther up than this: longer ones
 * become variables.  It bounds the work per instruction, and makes no
 * difference to the code that comes out. */
#define AOT_TEXT_MAX  160u
#define AOT_REACH_MAX 32u

struct aot_value {
    uint64_t locals;  /* which locals it mentions: bit index % 64 */
    uint32_t height;  /* where on the stack it was pushed */
    uint32_t top;     /* 1 + highest variable it mentions; 0: none */
    uint32_t local;   /* AOT_LOCAL */
    uint32_t text_at; /* AOT_CONSTANT, AOT_EXPRESSION */
    uint32_t text_len;
    uint8_t type;
    uint8_t kind;   /* enum aot_value_kind */
    uint8_t is_one; /* a vector constant: arithmetic may fold it away */
};

struct aot_stack {
    struct aot_value *at; /* owned */
    uint32_t len;
    uint32_t capacity;
    uint32_t settled;      /* entries below this are variables */
    uint32_t mentions[64]; /* entries per bit of `locals` */
    struct base_buf text;  /* of constants and expressions */
    bool failed;           /* memory ran out */
};

/* An empty stack; allocates nothing yet. */
void aot_stack_init(struct aot_stack *stack);
void aot_stack_fini(struct aot_stack *stack);

/* Forget all entries, keep the storage. */
void aot_stack_clear(struct aot_stack *stack);

/* Push, and give the new entry to fill: its height is set, the rest zero.
 * Call aot_stack_pushed() once it is filled. */
struct aot_value *aot_stack_push(struct aot_stack *stack, uint8_t type,
                                 enum aot_value_kind kind);
void aot_stack_pushed(struct aot_stack *stack, const struct aot_value *value);

/* Before: not empty. */
struct aot_value aot_stack_pop(struct aot_stack *stack);

/* Entry `height` is its own variable from now on. */
void aot_stack_settle(struct aot_stack *stack, uint32_t height);

/* Drop all entries above `height`. */
void aot_stack_cut(struct aot_stack *stack, uint32_t height);

/* The letter of a type's variables: i j r d w, of which with a number behind it
 * none is the name of a type, as `f32` and `v128` are.  References are j. */
char aot_letter(uint8_t type);

/* The type's name in C. */
const char *aot_c_type(uint8_t type);

/* Append the C text of `value`, which is on the stack or was just popped. */
void aot_value_write(struct base_buf *out, const struct aot_stack *stack,
                     const struct aot_value *value);

/* Assert the invariants. */
void aot_stack_check(const struct aot_stack *stack);

#endif /* AOT_STACK_H */
