/* mutate.c - a mutator that knows how a wasm file is put together.
 *
 * Blind changes mostly break a length or a count, and the decoder stops there.
 * This one takes the file apart into sections, or the code section into
 * bodies, changes one of them, and writes all lengths and counts anew.  A part
 * of the changes stays blind, and so does every change of a file that does not
 * come apart.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "wasm/wasm_instr.h"

#define PARTS_MAX     64
#define SCRATCH_BYTES 65536u
#define HEADER_BYTES  8u
#define SECTION_CODE  10u

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t len, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t len, size_t max,
                               unsigned seed);

struct part {
    uint8_t id; /* sections */
    const uint8_t *at;
    size_t len;
};

struct parts {
    struct part part[PARTS_MAX];
    size_t count;
};

struct out {
    uint8_t bytes[SCRATCH_BYTES];
    size_t len;
    bool full;
};

/* One thread: a fuzzer's process has no other. */
static struct out file, code;
static uint8_t changed[SCRATCH_BYTES];
static uint32_t random_state;

/* Numbers below `below`, or 0. */
static uint32_t any(uint32_t below)
{
    random_state = random_state * 1664525u + 1013904223u;
    return below ? (random_state >> 8) % below : 0;
}

static void put(struct out *out, const void *bytes, size_t len)
{
    if (out->full || len > sizeof(out->bytes) - out->len) {
        out->full = true;
        return;
    }
    if (len > 0)
        memcpy(out->bytes + out->len, bytes, len);
    out->len += len;
}

static void put_byte(struct out *out, uint8_t byte)
{
    put(out, &byte, 1);
}

static void put_leb(struct out *out, uint64_t value)
{
    while (value >= 0x80) {
        put_byte(out, (uint8_t)(value | 0x80));
        value >>= 7;
    }
    put_byte(out, (uint8_t)value);
}

/* An unsigned LEB128 at *at, which moves behind it; false if there is none. */
static bool get_leb(const uint8_t **at, const uint8_t *end, uint32_t *ret)
{
    unsigned shift;

    *ret = 0;
    for (shift = 0; *at < end && shift < 32; shift += 7) {
        uint8_t byte = *(*at)++;

        *ret |= (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

/* A length, and that many bytes. */
static bool get_part(const uint8_t **at, const uint8_t *end,
                     struct parts *parts, uint8_t id)
{
    uint32_t len;

    if (parts->count == PARTS_MAX || !get_leb(at, end, &len) ||
        len > (size_t)(end - *at))
        return false;
    parts->part[parts->count++] = (struct part){id, *at, len};
    *at += len;
    return true;
}

static bool split_file(const uint8_t *bytes, size_t len, struct parts *parts)
{
    const uint8_t *at = bytes + HEADER_BYTES, *end = bytes + len;

    parts->count = 0;
    if (len < HEADER_BYTES || memcmp(bytes, "\0asm\1\0\0\0", 8) != 0)
        return false;
    while (at < end) {
        uint8_t id = *at++;

        if (!get_part(&at, end, parts, id))
            return false;
    }
    return parts->count > 0;
}

static bool split_code(const struct part *section, struct parts *bodies)
{
    const uint8_t *at = section->at, *end = at + section->len;
    uint32_t count;

    bodies->count = 0;
    if (!get_leb(&at, end, &count))
        return false;
    while (at < end) {
        if (!get_part(&at, end, bodies, 0))
            return false;
    }
    return bodies->count > 0;
}

static void join_file(const struct parts *parts)
{
    size_t i;

    file.len = 0;
    file.full = false;
    put(&file, "\0asm\1\0\0\0", HEADER_BYTES);
    for (i = 0; i < parts->count; i++) {
        put_byte(&file, parts->part[i].id);
        put_leb(&file, parts->part[i].len);
        put(&file, parts->part[i].at, parts->part[i].len);
    }
}

static void join_code(const struct parts *bodies)
{
    size_t i;

    code.len = 0;
    code.full = false;
    put_leb(&code, bodies->count);
    for (i = 0; i < bodies->count; i++) {
        put_leb(&code, bodies->part[i].len);
        put(&code, bodies->part[i].at, bodies->part[i].len);
    }
}

static const struct {
    uint32_t code;
    enum wasm_immediate immediate;
} ops[] = {
#define X(NAME, CODE, TEXT, IMMEDIATE, SIGNATURE) {CODE, WASM_IMM_##IMMEDIATE},
#include "wasm/wasm_op_list.h"
#undef X
};

/* Seldom a number that no module has. */
static void put_index(struct out *out)
{
    put_leb(out, any(16) == 0 ? random_state : any(any(4) ? 3 : 12));
}

static void put_block_type(struct out *out)
{
    static const uint8_t types[] = {0x40, 0x40, 0x7f, 0x7e, 0x7d,
                                    0x7c, 0x7b, 0x70, 0x6f};

    if (any(4) == 0)
        put_index(out);
    else
        put_byte(out, types[any(sizeof(types))]);
}

static void put_bytes(struct out *out, unsigned count)
{
    while (count-- > 0)
        put_byte(out, (uint8_t)any(any(2) ? 256 : 32));
}

static void put_labels(struct out *out)
{
    uint32_t count = any(5);

    put_leb(out, count++);
    while (count-- > 0)
        put_index(out);
}

static void put_memory(struct out *out)
{
    put_leb(out, any(6));
    put_leb(out, any(3) ? any(64) : random_state);
}

static void put_immediate(struct out *out, enum wasm_immediate immediate)
{
    switch (immediate) {
    case WASM_IMM_NONE:
        return;
    case WASM_IMM_BLOCK:
        put_block_type(out);
        return;
    case WASM_IMM_LABELS:
        put_labels(out);
        return;
    case WASM_IMM_TYPES:
        put_byte(out, 1);
        put_byte(out, (uint8_t)(0x7f - any(5)));
        return;
    case WASM_IMM_REF_TYPE:
        put_byte(out, (uint8_t)(0x6f + any(2)));
        return;
    case WASM_IMM_MEMORY_LANE:
    case WASM_IMM_MEMORY:
        put_memory(out);
        if (immediate == WASM_IMM_MEMORY_LANE)
            put_byte(out, (uint8_t)any(17));
        return;
    case WASM_IMM_MEMORY_ZERO:
    case WASM_IMM_MEMORY_ZERO2:
        put_byte(out, 0);
        if (immediate == WASM_IMM_MEMORY_ZERO2)
            put_byte(out, 0);
        return;
    case WASM_IMM_CALL_INDIRECT:
    case WASM_IMM_DATA_MEMORY:
    case WASM_IMM_ELEM_TABLE:
    case WASM_IMM_TABLE_TABLE:
        put_index(out);
        put_leb(out, any(2));
        return;
    case WASM_IMM_F32:
        put_bytes(out, 4);
        return;
    case WASM_IMM_F64:
        put_bytes(out, 8);
        return;
    case WASM_IMM_V128:
        put_bytes(out, 16);
        return;
    case WASM_IMM_LABEL:
    case WASM_IMM_INDEX:
    case WASM_IMM_LANE:
    case WASM_IMM_I32:
    case WASM_IMM_I64:
        put_index(out);
        return;
    }
}

/* The body with one instruction more, somewhere; its new length. */
static size_t insert_instruction(const struct part *body)
{
    static struct out out;
    size_t where = any((uint32_t)body->len + 1);
    size_t op = any(sizeof(ops) / sizeof(ops[0]));

    out.len = 0;
    out.full = false;
    put(&out, body->at, where);
    if (ops[op].code > 0xff) {
        put_byte(&out, (uint8_t)(ops[op].code >> 12));
        put_leb(&out, ops[op].code & 0xfff);
    } else {
        put_byte(&out, (uint8_t)ops[op].code);
    }
    put_immediate(&out, ops[op].immediate);
    put(&out, body->at + where, body->len - where);
    memcpy(changed, out.bytes, out.len);
    return out.len;
}

static size_t change_bytes(const struct part *part, size_t max)
{
    size_t len = part->len < sizeof(changed) ? part->len : sizeof(changed);

    memcpy(changed, part->at, len);
    return LLVMFuzzerMutate(changed, len,
                            max < sizeof(changed) ? max : sizeof(changed));
}

/* Change, double or drop one of `parts`; `is_code` if they are bodies. */
static void change_one(struct parts *parts, size_t room, bool is_code)
{
    struct part *part = &parts->part[any((uint32_t)parts->count)];
    uint32_t how = any(16);
    size_t other;

    if (how == 0 && parts->count > 1) {
        *part = parts->part[--parts->count];
    } else if (how == 1 && parts->count < PARTS_MAX) {
        parts->part[parts->count++] = *part;
    } else if (how == 2) {
        struct part was = *part;

        other = any((uint32_t)parts->count);
        *part = parts->part[other];
        parts->part[other] = was;
    } else {
        part->len = is_code && how < 10 ? insert_instruction(part)
                                        : change_bytes(part, part->len + room);
        part->at = changed;
    }
}

static struct part *find_code(struct parts *sections)
{
    size_t i;

    for (i = 0; i < sections->count; i++) {
        if (sections->part[i].id == SECTION_CODE)
            return &sections->part[i];
    }
    return NULL;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t len, size_t max,
                               unsigned seed)
{
    static struct parts sections, bodies;
    struct part *in_code;

    random_state = seed;
    if (any(4) == 0 || !split_file(bytes, len, &sections))
        return LLVMFuzzerMutate(bytes, len, max);
    in_code = find_code(&sections);
    if (any(2) == 0 && in_code != NULL && split_code(in_code, &bodies)) {
        change_one(&bodies, max - len, true);
        join_code(&bodies);
        in_code->at = code.bytes;
        in_code->len = code.len;
    } else {
        change_one(&sections, max - len, false);
    }
    join_file(&sections);
    if (file.full || code.full || file.len > max)
        return LLVMFuzzerMutate(bytes, len, max);
    memcpy(bytes, file.bytes, file.len);
    return file.len;
}
