/* engine_const.c - the value of a constant expression.
 *
 * The expression was validated when the module was decoded, so operands are
 * there and have the right types: what is asserted here is our own work.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_const.h"

#include <string.h>

#include "base/base_check.h"
#include "base/base_read.h"
#include "wasm/wasm_decode.h"

enum {
    OP_END = 0x0b,
    OP_GLOBAL_GET = 0x23,
    OP_I32_CONST = 0x41,
    OP_I64_CONST = 0x42,
    OP_F32_CONST = 0x43,
    OP_F64_CONST = 0x44,
    OP_I32_ADD = 0x6a,
    OP_I32_SUB = 0x6b,
    OP_I32_MUL = 0x6c,
    OP_I64_ADD = 0x7c,
    OP_I64_SUB = 0x7d,
    OP_I64_MUL = 0x7e,
    OP_REF_NULL = 0xd0,
    OP_REF_FUNC = 0xd2,
    OP_SIMD = 0xfd
};

struct machine {
    const struct engine_instance *instance;
    struct base_read read;
    size_t depth;
    union engine_slot stack[WASM_CONST_DEPTH_MAX];
};

static uint32_t mix32(uint8_t op, uint32_t a, uint32_t b)
{
    return op == OP_I32_ADD ? a + b : op == OP_I32_SUB ? a - b : a * b;
}

static uint64_t mix64(uint8_t op, uint64_t a, uint64_t b)
{
    return op == OP_I64_ADD ? a + b : op == OP_I64_SUB ? a - b : a * b;
}

static void combine(struct machine *machine, uint8_t op)
{
    union engine_slot *a, *b;

    CHECK(machine->depth >= 2);
    a = &machine->stack[machine->depth - 2];
    b = &machine->stack[machine->depth - 1];
    if (op <= OP_I32_MUL)
        a->i64 = mix32(op, a->i32, b->i32);
    else
        a->i64 = mix64(op, a->i64, b->i64);
    machine->depth--;
}

static union engine_slot get_global(struct machine *machine, uint32_t index)
{
    const struct engine_instance *instance = machine->instance;
    union engine_slot value = {.half = {0, 0}};

    memcpy(&value, engine_instance_global(instance, index),
           instance->module->wasm.globals[index].type == WASM_V128 ? 16 : 8);
    return value;
}

static union engine_slot constant(struct machine *machine, uint8_t op)
{
    const struct engine_module *module = machine->instance->module;
    struct base_read *read = &machine->read;
    union engine_slot value = {.half = {0, 0}};

    switch (op) {
    case OP_I32_CONST:
        value.i32 = (uint32_t)base_read_leb_s32(read);
        break;
    case OP_I64_CONST:
        value.i64 = (uint64_t)base_read_leb_s64(read);
        break;
    case OP_F32_CONST:
        value.i32 = base_read_u32le(read);
        break;
    case OP_F64_CONST:
        value.i64 = base_read_u64le(read);
        break;
    case OP_SIMD: /* v128.const, the only one that is constant */
        CHECK(base_read_leb_u32(read) == 12);
        value.half[0] = base_read_u64le(read);
        value.half[1] = base_read_u64le(read);
        break;
    case OP_GLOBAL_GET:
        value = get_global(machine, base_read_leb_u32(read));
        break;
    case OP_REF_FUNC:
        value.ref = engine_module_ref_func(module, base_read_leb_u32(read));
        break;
    case OP_REF_NULL:
        base_read_u8(read);
        break;
    default:
        UNREACHABLE("an instruction that is not constant");
    }
    return value;
}

static void push(struct machine *machine, union engine_slot value)
{
    CHECK(machine->depth < WASM_CONST_DEPTH_MAX);
    machine->stack[machine->depth++] = value;
}

union engine_slot engine_const(const struct engine_instance *instance,
                               const struct wasm_expr *expr)
{
    struct machine machine;
    uint8_t op;

    machine.instance = instance;
    machine.depth = 0;
    base_read_init(&machine.read, expr->bytes.at, expr->bytes.len, expr->at);
    while ((op = base_read_u8(&machine.read)) != OP_END) {
        if ((op >= OP_I32_ADD && op <= OP_I32_MUL) ||
            (op >= OP_I64_ADD && op <= OP_I64_MUL))
            combine(&machine, op);
        else
            push(&machine, constant(&machine, op));
    }
    CHECK(machine.read.status == BASE_READ_OK && machine.depth == 1);
    return machine.stack[0];
}
