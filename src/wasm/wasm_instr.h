/* wasm_instr.h - one instruction at a time.
 *
 * Floor 1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASM_INSTR_H
#define WASM_INSTR_H

#include <stdint.h>

#include "base/base_read.h"
#include "vivarium.h"
#include "wasm/wasm_module.h"

/* WASM_OP_I32_ADD and so on: every instruction that we support, numbered from
 * 0 without gaps, from the list wasm_op_list.h. */
enum wasm_op {
#define X(NAME, CODE, TEXT, IMMEDIATE, SIGNATURE) WASM_OP_##NAME,
#include "wasm/wasm_op_list.h"
#undef X
    WASM_OP_COUNT
};

/* What follows an opcode. */
enum wasm_immediate {
    WASM_IMM_NONE,
    WASM_IMM_BLOCK,         /* a block type: params, results */
    WASM_IMM_LABEL,         /* index */
    WASM_IMM_LABELS,        /* targets, the default last */
    WASM_IMM_INDEX,         /* index: local, global, function, table, data */
    WASM_IMM_CALL_INDIRECT, /* index: type; index2: table */
    WASM_IMM_TYPES,         /* select with a type: index is the type */
    WASM_IMM_REF_TYPE,      /* index: WASM_FUNCREF or WASM_EXTERNREF */
    WASM_IMM_MEMORY,        /* align, offset */
    WASM_IMM_MEMORY_LANE,   /* align, offset, index: lane */
    WASM_IMM_MEMORY_ZERO,   /* one memory index, which is 0 */
    WASM_IMM_MEMORY_ZERO2,  /* two memory indices, which are 0 */
    WASM_IMM_DATA_MEMORY,   /* index: data segment; a memory index 0 */
    WASM_IMM_ELEM_TABLE,    /* index: elem segment; index2: table */
    WASM_IMM_TABLE_TABLE,   /* index: to table; index2: from table */
    WASM_IMM_LANE,          /* index: lane */
    WASM_IMM_I32,           /* i64, sign extended */
    WASM_IMM_I64,           /* i64 */
    WASM_IMM_F32,           /* i64: the bits */
    WASM_IMM_F64,           /* i64: the bits */
    WASM_IMM_V128,          /* v128; also the 16 lanes of i8x16.shuffle */
};

/* One row of wasm_op_list.h.
 *
 * `signature` is operands, a colon, results, in the letters i (i32), I (i64),
 * f (f32), F (f64), v (v128); or "*" for instructions whose types depend on
 * their immediates or on the stack, which wasm_check.c knows one by one. */
struct wasm_op_info {
    const char *text; /* "i32.add" */
    const char *signature;
    enum wasm_immediate immediate;
    uint32_t code;     /* 0x6a; or prefix << 12 | number: 0xfd00c */
    uint32_t features; /* enum wasm_feature that its use is, or 0 */
};

extern const struct wasm_op_info wasm_op_infos[WASM_OP_COUNT];

/* All codes side by side: 256 single bytes, 256 numbers for each prefix.  The
 * instruction plus 1; 0 where there is none. */
extern const uint16_t wasm_op_slots[0x300];

#define WASM_OP_SLOT(CODE)                                                     \
    ((CODE) < 0x100 ? (CODE)                                                   \
                    : ((CODE) >> 12 == 0xfc ? 0x100 : 0x200) + ((CODE)&0xff))

/* The instruction with this code; WASM_OP_COUNT if there is none, whatever
 * number `code` is. */
static inline enum wasm_op wasm_op_find(uint32_t code)
{
    uint32_t prefix = code >> 12;
    uint16_t found = 0;

    if (code < 0x100 ||
        ((prefix == 0xfc || prefix == 0xfd) && (code & 0xfff) < 0x100))
        found = wasm_op_slots[WASM_OP_SLOT(code)];
    return found > 0 ? (enum wasm_op)(found - 1) : WASM_OP_COUNT;
}

/* The base-2 logarithm of how many bytes of memory `op` accesses, which is
 * also the largest alignment it may declare.  Before: its immediate is
 * WASM_IMM_MEMORY or WASM_IMM_MEMORY_LANE. */
uint32_t wasm_op_width(enum wasm_op op);

/* How many lanes there are for `op` to choose from.  Before: its immediate is
 * WASM_IMM_LANE or WASM_IMM_MEMORY_LANE. */
uint32_t wasm_op_lanes(enum wasm_op op);

/* Refuse the opcode `byte`, found at `at`, by the name of its proposal if it
 * has one: VIV_EUNSUPPORTED, else VIV_EFORMAT.  `number` is what follows it,
 * if it is a prefix. */
int wasm_op_refuse(viv_error *err, uint8_t byte, uint32_t number, uint64_t at)
    __attribute__((cold));

struct wasm_instr {
    enum wasm_op op;
    uint32_t at; /* offset of the opcode in the file */
    uint32_t index;
    uint32_t index2;
    uint32_t align; /* log2 */
    uint32_t offset;
    uint64_t i64;
    uint8_t v128[16];
    /* A block's type.  A type that is one value has params NULL, 0 and points
     * into static storage. */
    const uint8_t *params;
    const uint8_t *results;
    uint32_t param_count;
    uint32_t result_count;
    /* br_table: target_count labels, then the default; decoded, in storage of
     * the reader that the next instruction overwrites. */
    const uint32_t *targets;
    uint32_t target_count;
};

/* The most labels that one br_table may have, without the default: the limit
 * of the browsers on the size of a whole function, in bytes. */
#define WASM_TARGETS_MAX 7654321u

/* A function body being read. */
struct wasm_body {
    const struct wasm_module *module;
    struct base_read read;
    uint32_t *targets; /* owned: br_table */
    uint32_t target_capacity;
};

/* Begin at the first instruction of `bytes`, which start at offset `at` of the
 * file.  Borrows all. */
void wasm_body_init(struct wasm_body *body, const struct wasm_module *module,
                    struct wasm_bytes bytes, uint32_t at);
void wasm_body_fini(struct wasm_body *body);

/* Decode the next instruction.  Checks form only (LEBs, opcodes, that type
 * indices of blocks exist), not types.  Fails with VIV_EFORMAT,
 * VIV_EUNSUPPORTED or VIV_ENOMEM; the sentence ends with `at byte N`. */
int wasm_body_next(struct wasm_body *body, struct wasm_instr *ret_instr,
                   viv_error *err);

#endif /* WASM_INSTR_H */
