/* diff_ops.h - which instructions there are, by what they make.
 *
 * From the list in src/wasm, so that what the compiler can do is what is
 * generated; that the list is right, other engines find out.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DIFF_OPS_H
#define DIFF_OPS_H

#include <stdbool.h>
#include <stdint.h>

#include "diff_bytes.h"
#include "diff_random.h"

/* What follows the opcode; all others are written by hand. */
enum diff_immediate {
    DIFF_IMM_NONE,
    DIFF_IMM_LANE,
    DIFF_IMM_MEMORY,
    DIFF_IMM_MEMORY_LANE,
    DIFF_IMM_SHUFFLE,
    DIFF_IMM_OTHER
};

/* How results that are not determined come about, or traps. */
enum diff_care {
    DIFF_CARE_NONE,
    DIFF_CARE_DIVIDE,  /* traps: the second operand is the divisor */
    DIFF_CARE_CONVERT, /* traps: a float to an integer */
    DIFF_CARE_EXACT,   /* lets out the bits of its last, float, operand */
    DIFF_CARE_NANS     /* a vector with NaNs of its own making */
};

struct diff_op {
    const char *text;
    uint32_t code;
    enum diff_immediate immediate;
    enum diff_care care;
    char params[4];
    char result;        /* 0 for none */
    uint8_t log2_bytes; /* of the memory that is accessed */
    uint8_t lanes;
};

/* Kinds of lists. */
enum diff_list { DIFF_PURE, DIFF_LOADS, DIFF_STORES, DIFF_LISTS };

/* Once, before anything else. */
void diff_ops_init(void);

/* Any instruction of `list` that makes `result`; with vectors among its
 * operands only if `simd`.  NULL if there is none. */
const struct diff_op *diff_ops_any(struct diff_random *random,
                                   enum diff_list list, char result, bool simd);

/* Number `index` of all those of any list, NULL past the end: for going
 * through them one by one. */
const struct diff_op *diff_ops_at(uint32_t index);
uint32_t diff_ops_count(void);

/* The opcode and, except for memory, its immediates. */
void diff_ops_write(struct diff_bytes *code, const struct diff_op *op,
                    struct diff_random *random);

#endif /* DIFF_OPS_H */
