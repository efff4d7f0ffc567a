/* wasm_const.c - constant expressions: of globals, offsets, table entries.
 *
 * WebAssembly 2.0 with extended constants: constants, ref.null, ref.func,
 * add, sub and mul of integers, and global.get of any immutable global that
 * comes before.
 *
 * SECURITY.  The expression comes from whoever wrote the file.  It is read one
 * instruction at a time by wasm_instr.c; each is on the list below or refused;
 * the stack of types has an end and is compared with it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm/wasm_decoder.h"
#include "wasm/wasm_instr.h"
#include "wasm/wasm_type.h"

struct stack {
    uint8_t types[WASM_CONST_DEPTH_MAX];
    uint32_t len;
};

static int push(struct wasm_decoder *decoder, const struct wasm_instr *instr,
                struct stack *stack, uint8_t type)
{
    if (stack->len == WASM_CONST_DEPTH_MAX)
        return wasm_decoder_limit(decoder, instr->at,
                                  "values at once in a constant expression",
                                  stack->len + 1, WASM_CONST_DEPTH_MAX);
    stack->types[stack->len++] = type;
    return 0;
}

static int push_global(struct wasm_decoder *decoder,
                       const struct wasm_instr *instr, struct stack *stack)
{
    struct wasm_module *module = decoder->module;

    if (instr->index >= module->global_count)
        return wasm_decoder_bad(
            decoder, instr->at,
            "constant expression required: unknown global %u", instr->index);
    if (module->globals[instr->index].is_mutable)
        return wasm_decoder_bad(
            decoder, instr->at,
            "constant expression required: global %u is mutable", instr->index);
    if (instr->index >= module->global_import_count)
        module->features |= WASM_FEATURE_EXTENDED_CONST;
    return push(decoder, instr, stack, module->globals[instr->index].type);
}

static int push_func(struct wasm_decoder *decoder,
                     const struct wasm_instr *instr, struct stack *stack)
{
    if (instr->index >= decoder->module->func_count)
        return wasm_decoder_bad(decoder, instr->at, "unknown function %u",
                                instr->index);
    decoder->func_declared[instr->index] = 1;
    return push(decoder, instr, stack, WASM_FUNCREF);
}

/* Two integers become one. */
static int combine(struct wasm_decoder *decoder, const struct wasm_instr *instr,
                   struct stack *stack, uint8_t type)
{
    if (stack->len < 2 || stack->types[stack->len - 1] != type ||
        stack->types[stack->len - 2] != type)
        return wasm_decoder_bad(decoder, instr->at,
                                "type mismatch in constant expression: "
                                "%s expects two %s",
                                wasm_op_infos[instr->op].text,
                                wasm_type_text(type));
    decoder->module->features |= WASM_FEATURE_EXTENDED_CONST;
    stack->len--;
    return 0;
}

static int apply(struct wasm_decoder *decoder, const struct wasm_instr *instr,
                 struct stack *stack)
{
    decoder->module->features |= wasm_op_infos[instr->op].features;
    switch (instr->op) {
    case WASM_OP_I32_CONST:
        return push(decoder, instr, stack, WASM_I32);
    case WASM_OP_I64_CONST:
        return push(decoder, instr, stack, WASM_I64);
    case WASM_OP_F32_CONST:
        return push(decoder, instr, stack, WASM_F32);
    case WASM_OP_F64_CONST:
        return push(decoder, instr, stack, WASM_F64);
    case WASM_OP_V128_CONST:
        return push(decoder, instr, stack, WASM_V128);
    case WASM_OP_REF_NULL:
        return push(decoder, instr, stack, (uint8_t)instr->index);
    case WASM_OP_REF_FUNC:
        return push_func(decoder, instr, stack);
    case WASM_OP_GLOBAL_GET:
        return push_global(decoder, instr, stack);
    case WASM_OP_I32_ADD:
    case WASM_OP_I32_SUB:
    case WASM_OP_I32_MUL:
        return combine(decoder, instr, stack, WASM_I32);
    case WASM_OP_I64_ADD:
    case WASM_OP_I64_SUB:
    case WASM_OP_I64_MUL:
        return combine(decoder, instr, stack, WASM_I64);
    default:
        return wasm_decoder_bad(decoder, instr->at,
                                "constant expression required: %s is not "
                                "constant",
                                wasm_op_infos[instr->op].text);
    }
}

static int check_result(struct wasm_decoder *decoder, uint64_t at,
                        const struct stack *stack, uint8_t type)
{
    if (stack->len != 1)
        return wasm_decoder_bad(decoder, at,
                                "type mismatch: expected %s, found %u values",
                                wasm_type_text(type), stack->len);
    if (stack->types[0] != type)
        return wasm_decoder_bad(
            decoder, at, "type mismatch: expected %s, found %s",
            wasm_type_text(type), wasm_type_text(stack->types[0]));
    return 0;
}

/* Read up to and with `end`; `ret_last` is the instruction before it. */
static int decode_body(struct wasm_decoder *decoder, struct wasm_body *body,
                       uint8_t type, struct wasm_instr *ret_last)
{
    struct stack stack = {.len = 0};
    struct wasm_instr instr;
    int code;

    for (;;) {
        code = wasm_body_next(body, &instr, decoder->err);
        if (code != 0)
            return code;
        if (instr.op == WASM_OP_END)
            return check_result(decoder, instr.at, &stack, type);
        code = apply(decoder, &instr, &stack);
        if (code != 0)
            return code;
        *ret_last = instr;
    }
}

static int decode(struct wasm_decoder *decoder, struct base_read *in,
                  uint8_t type, struct wasm_expr *ret_expr,
                  struct wasm_instr *ret_last)
{
    struct wasm_body body = {.module = decoder->module, .read = *in};
    const uint8_t *start = in->at;
    int code;

    ret_expr->at = (uint32_t)base_read_offset(in);
    code = decode_body(decoder, &body, type, ret_last);
    wasm_body_fini(&body);
    *in = body.read;
    ret_expr->bytes = (struct wasm_bytes){start, (uint32_t)(in->at - start)};
    return code;
}

int wasm_const_decode(struct wasm_decoder *decoder, struct base_read *in,
                      uint8_t type, struct wasm_expr *ret_expr)
{
    struct wasm_instr last;

    return decode(decoder, in, type, ret_expr, &last);
}

/* Nothing takes a reference from the stack, so an expression that leaves one
 * is a single instruction. */
int wasm_const_decode_item(struct wasm_decoder *decoder, struct base_read *in,
                           uint8_t type, struct wasm_elem_item *ret_item)
{
    struct wasm_expr expr;
    struct wasm_instr last;
    int code = decode(decoder, in, type, &expr, &last);

    if (code != 0)
        return code;
    if (last.op == WASM_OP_REF_NULL)
        *ret_item = (struct wasm_elem_item){WASM_ELEM_NULL, 0};
    else if (last.op == WASM_OP_REF_FUNC)
        *ret_item = (struct wasm_elem_item){WASM_ELEM_FUNC, last.index};
    else
        *ret_item = (struct wasm_elem_item){WASM_ELEM_GLOBAL, last.index};
    return 0;
}
