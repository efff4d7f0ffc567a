/* wasm_instr.c - one instruction at a time.
 *
 * SECURITY.  The body comes from whoever wrote the file.  Every instruction is
 * read through a base_read, which cannot leave the body; an index is returned
 * as it was read, except that of a block's type, which is looked up here and
 * therefore checked here; the one thing that is allocated, the labels of a
 * br_table, is paid for by at least as many bytes of the body.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm/wasm_instr.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"
#include "wasm/wasm_error.h"
#include "wasm/wasm_type.h"

void wasm_body_init(struct wasm_body *body, const struct wasm_module *module,
                    struct wasm_bytes bytes, uint32_t at)
{
    *body = (struct wasm_body){.module = module};
    base_read_init(&body->read, bytes.at, bytes.len, at);
}

void wasm_body_fini(struct wasm_body *body)
{
    base_free(body->targets);
    body->targets = NULL;
    body->target_capacity = 0;
}

static void set_block(struct wasm_instr *instr, const uint8_t *params,
                      uint32_t param_count, const uint8_t *results,
                      uint32_t result_count)
{
    instr->params = params;
    instr->param_count = param_count;
    instr->results = results;
    instr->result_count = result_count;
}

/* Nothing, one value type, or the index of a function type: all three are one
 * s33, and what is neither a type nor negative is an index. */
static int read_block(struct wasm_body *body, struct wasm_instr *instr,
                      viv_error *err)
{
    struct base_read *in = &body->read;
    uint64_t at = base_read_offset(in);
    uint8_t byte = base_read_left(in) > 0 ? *in->at : 0x40;
    const struct wasm_func_type *type;
    int64_t index;

    if (byte == 0x40 || wasm_type_is_value(byte)) {
        base_read_u8(in);
        if (byte == 0x40)
            set_block(instr, NULL, 0, NULL, 0);
        else
            set_block(instr, NULL, 0, wasm_type_alone(byte), 1);
        return 0;
    }
    if (byte > 0x40 && byte < 0x80)
        return wasm_type_refuse(err, byte, at);

    index = base_read_leb_s33(in);
    if (in->status != BASE_READ_OK)
        return 0;
    if (index < 0)
        return wasm_error(err, VIV_EFORMAT, at, "malformed block type");
    if (index >= body->module->type_count)
        return wasm_error(err, VIV_EFORMAT, at, "unknown type %llu",
                          (unsigned long long)index);
    type = &body->module->types[index];
    set_block(instr, type->params, type->param_count, type->results,
              type->result_count);
    return 0;
}

static int reserve_targets(struct wasm_body *body, uint32_t count,
                           viv_error *err)
{
    uint32_t *targets;

    if (count <= body->target_capacity)
        return 0;
    targets = base_alloc_array(body->targets, count, sizeof(*targets));
    if (targets == NULL)
        return base_error_memory(err);
    body->targets = targets;
    body->target_capacity = count;
    return 0;
}

/* Each label takes a byte or more, so a count beyond the bytes left is a lie:
 * found before it is believed. */
static int read_labels(struct wasm_body *body, struct wasm_instr *instr,
                       viv_error *err)
{
    struct base_read *in = &body->read;
    uint64_t at = base_read_offset(in);
    uint32_t count = base_read_leb_u32(in);
    int code;

    if (count >= base_read_left(in)) {
        base_read_fail(in, BASE_READ_END);
        return 0;
    }
    if (count > WASM_TARGETS_MAX)
        return wasm_error(err, VIV_EUNSUPPORTED, at,
                          "br_table has %u labels: the limit is %u", count,
                          WASM_TARGETS_MAX);
    code = reserve_targets(body, count + 1, err);
    if (code != 0)
        return code;
    for (uint32_t i = 0; i <= count; i++)
        body->targets[i] = base_read_leb_u32(in);
    instr->targets = body->targets;
    instr->target_count = count;
    return 0;
}

static int read_type(struct base_read *in, struct wasm_instr *instr,
                     viv_error *err)
{
    uint64_t at = base_read_offset(in);
    uint32_t count = base_read_leb_u32(in);

    if (in->status == BASE_READ_OK && count != 1)
        return wasm_error(err, VIV_EFORMAT, at,
                          "select names %u types: must be 1", count);
    at = base_read_offset(in);
    instr->index = base_read_u8(in);
    if (in->status == BASE_READ_OK && !wasm_type_is_value(instr->index))
        return wasm_type_refuse(err, (uint8_t)instr->index, at);
    return 0;
}

static int read_ref_type(struct base_read *in, struct wasm_instr *instr,
                         viv_error *err)
{
    uint64_t at = base_read_offset(in);

    instr->index = base_read_u8(in);
    if (in->status != BASE_READ_OK || wasm_type_is_ref(instr->index))
        return 0;
    if (instr->index < 0x40 || instr->index >= 0x80)
        return wasm_error(err, VIV_EUNSUPPORTED, at,
                          "unsupported feature: typed function references "
                          "(heap type 0x%02x)",
                          instr->index);
    return wasm_type_refuse(err, (uint8_t)instr->index, at);
}

static int read_memory(struct base_read *in, struct wasm_instr *instr,
                       viv_error *err)
{
    uint64_t at = base_read_offset(in);

    instr->align = base_read_leb_u32(in);
    if (__builtin_expect(instr->align >= 0x40, 0)) {
        if (instr->align < 0x80)
            return wasm_error(err, VIV_EUNSUPPORTED, at,
                              "unsupported feature: multi-memory (memory "
                              "flags 0x%02x)",
                              instr->align);
        return wasm_error(err, VIV_EFORMAT, at, "malformed memory flags 0x%x",
                          instr->align);
    }
    instr->offset = base_read_leb_u32(in);
    return 0;
}

static int read_memory_zero(struct base_read *in, viv_error *err)
{
    uint64_t at = base_read_offset(in);
    uint32_t memory = base_read_leb_u32(in);

    if (memory == 0)
        return 0;
    return wasm_error(err, VIV_EUNSUPPORTED, at,
                      "unsupported feature: multi-memory (memory %u)", memory);
}

static int read_memory_zero2(struct base_read *in, viv_error *err)
{
    int code = read_memory_zero(in, err);

    return code != 0 ? code : read_memory_zero(in, err);
}

static void read_v128(struct base_read *in, struct wasm_instr *instr)
{
    const uint8_t *bytes = base_read_bytes(in, 16);

    if (bytes != NULL)
        memcpy(instr->v128, bytes, 16);
}

static int read_immediate(struct wasm_body *body, enum wasm_immediate immediate,
                          struct wasm_instr *instr, viv_error *err)
{
    struct base_read *in = &body->read;
    int code;

    switch (immediate) {
    case WASM_IMM_NONE:
        return 0;
    case WASM_IMM_BLOCK:
        return read_block(body, instr, err);
    case WASM_IMM_LABELS:
        return read_labels(body, instr, err);
    case WASM_IMM_LABEL:
    case WASM_IMM_INDEX:
        instr->index = base_read_leb_u32(in);
        return 0;
    case WASM_IMM_CALL_INDIRECT:
    case WASM_IMM_ELEM_TABLE:
    case WASM_IMM_TABLE_TABLE:
        instr->index = base_read_leb_u32(in);
        instr->index2 = base_read_leb_u32(in);
        return 0;
    case WASM_IMM_TYPES:
        return read_type(in, instr, err);
    case WASM_IMM_REF_TYPE:
        return read_ref_type(in, instr, err);
    case WASM_IMM_MEMORY:
        return read_memory(in, instr, err);
    case WASM_IMM_MEMORY_LANE:
        code = read_memory(in, instr, err);
        instr->index = base_read_u8(in);
        return code;
    case WASM_IMM_MEMORY_ZERO:
        return read_memory_zero(in, err);
    case WASM_IMM_MEMORY_ZERO2:
        return read_memory_zero2(in, err);
    case WASM_IMM_DATA_MEMORY:
        instr->index = base_read_leb_u32(in);
        return read_memory_zero(in, err);
    case WASM_IMM_LANE:
        instr->index = base_read_u8(in);
        return 0;
    case WASM_IMM_I32:
        instr->i64 = (uint64_t)(int64_t)base_read_leb_s32(in);
        return 0;
    case WASM_IMM_I64:
        instr->i64 = (uint64_t)base_read_leb_s64(in);
        return 0;
    case WASM_IMM_F32:
        instr->i64 = base_read_u32le(in);
        return 0;
    case WASM_IMM_F64:
        instr->i64 = base_read_u64le(in);
        return 0;
    case WASM_IMM_V128:
        read_v128(in, instr);
        return 0;
    }
    UNREACHABLE("an unknown immediate");
}

/* The opcode as wasm_op_find() takes it.  A number that no table has room for
 * becomes one that no instruction has. */
static uint32_t read_opcode(struct base_read *in, uint8_t *ret_byte,
                            uint32_t *ret_number)
{
    uint8_t byte = base_read_u8(in);
    uint32_t number = 0;

    *ret_byte = byte;
    *ret_number = 0;
    if (__builtin_expect(byte < 0xfb || byte == 0xff, 1))
        return byte;
    number = base_read_leb_u32(in);
    *ret_number = number;
    return (uint32_t)byte << 12 | (number < 0xfff ? number : 0xfff);
}

int wasm_body_next(struct wasm_body *body, struct wasm_instr *ret_instr,
                   viv_error *err)
{
    struct base_read *in = &body->read;
    uint64_t at = base_read_offset(in);
    uint32_t number;
    uint8_t byte;
    int code;

    ret_instr->op = wasm_op_find(read_opcode(in, &byte, &number));
    ret_instr->at = (uint32_t)at;
    if (__builtin_expect(in->status != BASE_READ_OK, 0))
        return wasm_error_read(err, in);
    if (__builtin_expect(ret_instr->op == WASM_OP_COUNT, 0))
        return wasm_op_refuse(err, byte, number, at);

    code = read_immediate(body, wasm_op_infos[ret_instr->op].immediate,
                          ret_instr, err);
    if (__builtin_expect(code == 0 && in->status != BASE_READ_OK, 0))
        return wasm_error_read(err, in);
    return code;
}
