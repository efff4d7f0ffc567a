/* diff_ops.c - which instructions there are, by what they make.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diff_ops.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "wasm/wasm_instr.h"

static const struct {
    const char *text;
    uint32_t code;
    enum wasm_immediate immediate;
    const char *signature;
} rows[] = {
#define X(NAME, CODE, TEXT, IMMEDIATE, SIGNATURE)                              \
    {TEXT, CODE, WASM_IMM_##IMMEDIATE, SIGNATURE},
#include "wasm/wasm_op_list.h"
#undef X
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static struct diff_op ops[ROWS];
static enum diff_list lists[ROWS];
static uint32_t op_count;

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool is_float_vector(const char *text)
{
    return begins(text, "f32x4.") || begins(text, "f64x2.");
}

/* f32x4.add and the like: what can make a NaN that was not there before, or
 * another one of it. */
static bool makes_nans(const char *text)
{
    static const char *const names[] = {"add",
                                        "sub",
                                        "mul",
                                        "div",
                                        "sqrt",
                                        "min",
                                        "max",
                                        "ceil",
                                        "floor",
                                        "trunc",
                                        "nearest",
                                        "demote_f64x2_zero",
                                        "promote_low_f32x4"};
    size_t i;

    if (!is_float_vector(text))
        return false;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(text + 6, names[i]) == 0)
            return true;
    }
    return false;
}

static enum diff_care care_of(const char *text)
{
    const char *name = strchr(text, '.') + 1;

    if (text[0] == 'i' && text[3] == '.') {
        if (begins(name, "div_") || begins(name, "rem_"))
            return DIFF_CARE_DIVIDE;
        if (begins(name, "trunc_f"))
            return DIFF_CARE_CONVERT;
        if (begins(name, "reinterpret_"))
            return DIFF_CARE_EXACT;
    }
    if (begins(name, "copysign") || begins(name, "store"))
        return begins(text, "f") ? DIFF_CARE_EXACT : DIFF_CARE_NONE;
    if (is_float_vector(text) &&
        (begins(name, "splat") || begins(name, "replace_lane")))
        return DIFF_CARE_EXACT;
    return makes_nans(text) ? DIFF_CARE_NANS : DIFF_CARE_NONE;
}

/* i64.load32_s: 4 bytes.  The first number behind the dot, or the type's. */
static uint8_t log2_bytes_of(const char *text)
{
    const char *at = strchr(text, '.') + 1;
    long bits;

    at += strcspn(at, "0123456789");
    bits = strtol(*at ? at : text + 1, NULL, 10);
    if (strstr(text, "x2_") || strstr(text, "x4_") || strstr(text, "x8_"))
        bits = 64;
    return bits == 8 ? 0 : bits == 16 ? 1 : bits == 32 ? 2 : bits == 64 ? 3 : 4;
}

/* The lanes of a lane immediate: i8x16.replace_lane or v128.load8_lane. */
static uint8_t lanes_of(const char *text, enum diff_immediate immediate)
{
    if (immediate == DIFF_IMM_LANE)
        return (uint8_t)strtol(strchr(text, 'x') + 1, NULL, 10);
    if (immediate == DIFF_IMM_MEMORY_LANE)
        return (uint8_t)(16 >> log2_bytes_of(text));
    return 0;
}

static enum diff_immediate immediate_of(enum wasm_immediate immediate)
{
    switch (immediate) {
    case WASM_IMM_NONE:
        return DIFF_IMM_NONE;
    case WASM_IMM_LANE:
        return DIFF_IMM_LANE;
    case WASM_IMM_MEMORY:
        return DIFF_IMM_MEMORY;
    case WASM_IMM_MEMORY_LANE:
        return DIFF_IMM_MEMORY_LANE;
    case WASM_IMM_V128:
        return DIFF_IMM_SHUFFLE;
    default:
        return DIFF_IMM_OTHER;
    }
}

void diff_ops_init(void)
{
    size_t i;

    for (i = 0; i < ROWS; i++) {
        const char *colon = strchr(rows[i].signature, ':');
        enum diff_immediate immediate = immediate_of(rows[i].immediate);
        struct diff_op *op = &ops[op_count];

        if (immediate == DIFF_IMM_OTHER || colon == NULL ||
            colon == rows[i].signature)
            continue;
        op->text = rows[i].text;
        op->code = rows[i].code;
        op->immediate = immediate;
        op->care = care_of(op->text);
        memcpy(op->params, rows[i].signature,
               (size_t)(colon - rows[i].signature));
        op->result = colon[1];
        op->lanes = lanes_of(op->text, immediate);
        lists[op_count] = DIFF_PURE;
        if (immediate == DIFF_IMM_MEMORY || immediate == DIFF_IMM_MEMORY_LANE) {
            op->log2_bytes = log2_bytes_of(op->text);
            lists[op_count] = op->result ? DIFF_LOADS : DIFF_STORES;
        }
        op_count++;
    }
}

const struct diff_op *diff_ops_any(struct diff_random *random,
                                   enum diff_list list, char result, bool simd)
{
    const struct diff_op *found = NULL;
    uint32_t i, seen = 0;

    for (i = 0; i < op_count; i++) {
        if (lists[i] != list || ops[i].result != result ||
            (!simd && (result == 'v' || strchr(ops[i].params, 'v'))))
            continue;
        if (diff_random_below(random, ++seen) == 0)
            found = &ops[i];
    }
    return found;
}

const struct diff_op *diff_ops_at(uint32_t index)
{
    return index < op_count ? &ops[index] : NULL;
}

uint32_t diff_ops_count(void)
{
    return op_count;
}

void diff_ops_write(struct diff_bytes *code, const struct diff_op *op,
                    struct diff_random *random)
{
    uint32_t i;

    if (op->code > 0xff) {
        diff_bytes_u8(code, (uint8_t)(op->code >> 12));
        diff_bytes_leb(code, op->code & 0xfff);
    } else {
        diff_bytes_u8(code, (uint8_t)op->code);
    }
    if (op->immediate == DIFF_IMM_LANE)
        diff_bytes_u8(code, (uint8_t)diff_random_below(random, op->lanes));
    for (i = 0; op->immediate == DIFF_IMM_SHUFFLE && i < 16; i++)
        diff_bytes_u8(code, (uint8_t)diff_random_below(random, 32));
}
