/* wasm_check.c - is this function body valid?
 *
 * The validation algorithm of the specification (its appendix): a stack of
 * types, a stack of open blocks.  Most instructions are a row of a table with
 * a signature, applied here; wasm_check_control.c and wasm_check_operand.c
 * know the rest one by one.
 *
 * SECURITY.  The body comes from whoever wrote the file.  Whatever it says,
 * time is in proportion to its bytes times the largest type (a thousand
 * values), and memory is bounded by WASM_LOCALS_MAX, WASM_VALUES_MAX and
 * WASM_FRAMES_MAX.  Nothing here recurses.  After wasm_check_func() every
 * index and every type in the body is right, and the compiler asks no more.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm/wasm_check.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"
#include "wasm/wasm_check_parts.h"
#include "wasm/wasm_check_stack.h"
#include "wasm/wasm_error.h"
#include "wasm/wasm_type.h"

#define FIRST_LOCALS 256u

void wasm_check_init(struct wasm_check *check, struct wasm_module *module)
{
    *check = (struct wasm_check){.module = module};
    wasm_body_init(&check->body, module, (struct wasm_bytes){NULL, 0}, 0);
}

void wasm_check_fini(struct wasm_check *check)
{
    wasm_body_fini(&check->body);
    base_free(check->locals);
    base_free(check->stack);
    base_free(check->frames);
    *check = (struct wasm_check){.module = NULL};
}

const uint8_t *wasm_check_label(const struct wasm_check *check, uint32_t depth,
                                uint32_t *ret_count)
{
    const struct wasm_frame *frame;

    CHECK(depth < check->frame_count);
    frame = &check->frames[check->frame_count - 1 - depth];
    if (frame->op == WASM_OP_LOOP) {
        *ret_count = frame->param_count;
        return frame->params;
    }
    *ret_count = frame->result_count;
    return frame->results;
}

static int name_func(const struct wasm_check *check, int code, viv_error *err)
    __attribute__((cold, noinline));

/* Put the function before a sentence that knows nothing of it. */
static int name_func(const struct wasm_check *check, int code, viv_error *err)
{
    struct wasm_bytes name = check->module->funcs[check->func_index].name;
    viv_error inner;

    if (err == NULL || code == VIV_ENOMEM)
        return code;
    inner = *err;
    if (name.len == 0)
        return base_error(err, code, "function %u: %s", check->func_index,
                          inner.text);
    return base_error(err, code, "function %u (%.*s): %s", check->func_index,
                      (int)(name.len < 100 ? name.len : 100),
                      (const char *)name.at, inner.text);
}

/* `count` more locals of one type. */
static int add_locals(struct wasm_check *check, uint32_t count, uint8_t type,
                      viv_error *err)
{
    uint32_t needed = check->local_count + count;

    if (needed > check->local_capacity) {
        uint32_t capacity = 2 * check->local_capacity;
        uint8_t *locals;

        capacity = capacity < FIRST_LOCALS ? FIRST_LOCALS : capacity;
        capacity = capacity < needed ? needed : capacity;
        locals = base_alloc_array(check->locals, capacity, 1);
        if (locals == NULL)
            return base_error_memory(err);
        check->locals = locals;
        check->local_capacity = capacity;
    }
    if (count > 0)
        memset(check->locals + check->local_count, type, count);
    check->local_count = needed;
    return 0;
}

static int add_params(struct wasm_check *check,
                      const struct wasm_func_type *type, viv_error *err)
{
    int code = 0;

    check->local_count = 0;
    for (uint32_t i = 0; code == 0 && i < type->param_count; i++)
        code = add_locals(check, 1, type->params[i], err);
    return code;
}

/* One run of locals; `total` counts on beyond the limit, because too many for
 * the format is another fault than too many for us. */
static int decode_locals(struct wasm_check *check, uint64_t *total,
                         viv_error *err)
{
    struct base_read *in = &check->body.read;
    uint64_t at = base_read_offset(in);
    uint32_t count = base_read_leb_u32(in);
    uint64_t type_at = base_read_offset(in);
    uint8_t type = base_read_u8(in);

    if (in->status != BASE_READ_OK)
        return wasm_error_read(err, in);
    if (!wasm_type_is_value(type))
        return wasm_type_refuse(err, type, type_at);
    check->module->features |= wasm_type_feature(type);
    *total += count;
    if (*total > UINT32_MAX)
        return wasm_error(err, VIV_EFORMAT, at, "too many locals");
    if (*total > WASM_LOCALS_MAX)
        return 0;
    return add_locals(check, count, type, err);
}

static int decode_all_locals(struct wasm_check *check, viv_error *err)
{
    struct base_read *in = &check->body.read;
    uint64_t at = base_read_offset(in);
    uint32_t runs = base_read_leb_u32(in);
    uint64_t total = check->local_count;
    int code = 0;

    if (in->status != BASE_READ_OK)
        return wasm_error_read(err, in);
    for (uint32_t i = 0; code == 0 && i < runs; i++)
        code = decode_locals(check, &total, err);
    if (code == 0 && total > WASM_LOCALS_MAX)
        code =
            wasm_error(err, VIV_EUNSUPPORTED, at, "%u locals: the limit is %u",
                       (uint32_t)total, WASM_LOCALS_MAX);
    return code;
}

/* The function is a block whose label is where `return` goes. */
static int open_func(struct wasm_check *check,
                     const struct wasm_func_type *type, viv_error *err)
{
    struct wasm_instr instr = {.op = WASM_OP_BLOCK,
                               .results = type->results,
                               .result_count = type->result_count};

    return wasm_check_open(check, &instr, err);
}

int wasm_check_begin(struct wasm_check *check, uint32_t func_index,
                     viv_error *err)
{
    const struct wasm_module *module = check->module;
    const struct wasm_func *func = &module->funcs[func_index];
    const struct wasm_func_type *type;
    int code;

    CHECK(func_index >= module->func_import_count);
    CHECK(func_index < module->func_count);
    type = wasm_type_of_func(module, func_index);
    check->func_index = func_index;
    check->stack_len = 0;
    check->frame_count = 0;
    base_read_init(&check->body.read, func->body.at, func->body.len,
                   func->body_at);

    code = add_params(check, type, err);
    if (code == 0)
        code = decode_all_locals(check, err);
    if (code == 0)
        code = open_func(check, type, err);
    return code != 0 ? name_func(check, code, err) : 0;
}

/* The letters of signatures. */
static const uint8_t letters[128] = {['i'] = WASM_I32,
                                     ['I'] = WASM_I64,
                                     ['f'] = WASM_F32,
                                     ['F'] = WASM_F64,
                                     ['v'] = WASM_V128};

/* Are the operands of `signature` on the stack, all of them known? */
static bool has_operands(struct wasm_check *check, const char *signature,
                         uint32_t count)
{
    const uint8_t *operands;

    if (count == 0)
        return true; /* there may be no stack at all yet */
    if (count > check->stack_len - wasm_check_top(check)->height)
        return false;
    operands = check->stack + (check->stack_len - count);
    for (uint32_t i = 0; i < count; i++) {
        if (operands[i] != letters[(unsigned char)signature[i]])
            return false;
    }
    return true;
}

static int apply_signature(struct wasm_check *check,
                           const struct wasm_instr *instr,
                           const char *signature, viv_error *err)
{
    uint32_t count = 0;
    int code = 0;
    char result;

    while (signature[count] != ':')
        count++;
    if (__builtin_expect(has_operands(check, signature, count), 1)) {
        check->stack_len -= count;
    } else {
        for (uint32_t i = count; code == 0 && i-- > 0;)
            code = wasm_check_pop(check, instr,
                                  letters[(unsigned char)signature[i]], err);
        if (code != 0)
            return code;
    }
    result = signature[count + 1];
    if (result == '\0')
        return 0;
    return wasm_check_push(check, instr, letters[(unsigned char)result], err);
}

static int step(struct wasm_check *check, struct wasm_instr *instr,
                viv_error *err)
{
    int code = wasm_body_next(&check->body, instr, err);
    const struct wasm_op_info *info;

    if (__builtin_expect(code != 0, 0))
        return code;
    info = &wasm_op_infos[instr->op];
    check->module->features |= info->features;
    if (info->signature[0] == '*') {
        if (instr->op <= WASM_OP_RETURN_CALL_INDIRECT)
            return wasm_check_control(check, instr, err);
        return wasm_check_operand(check, instr, err);
    }
    if (info->immediate != WASM_IMM_NONE) {
        code = wasm_check_immediate(check, instr, err);
        if (code != 0)
            return code;
    }
    return apply_signature(check, instr, info->signature, err);
}

int wasm_check_step(struct wasm_check *check, struct wasm_instr *ret_instr,
                    viv_error *err)
{
    int code;

    CHECK(check->frame_count > 0);
    code = step(check, ret_instr, err);
    return __builtin_expect(code != 0, 0) ? name_func(check, code, err) : 0;
}

int wasm_check_func(struct wasm_check *check, uint32_t func_index,
                    viv_error *err)
{
    struct wasm_instr instr;
    int code = wasm_check_begin(check, func_index, err);

    while (code == 0 && check->frame_count > 0)
        code = wasm_check_step(check, &instr, err);
    return code;
}
