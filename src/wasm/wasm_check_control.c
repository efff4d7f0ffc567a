/* wasm_check_control.c - the rules of blocks, branches and calls.
 *
 * SECURITY.  Labels, functions, types and tables are named by numbers from the
 * file: each is compared with how many there are before it is looked up.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "base/base_check.h"
#include "wasm/wasm_check_parts.h"
#include "wasm/wasm_check_stack.h"
#include "wasm/wasm_error.h"
#include "wasm/wasm_type.h"

static int unknown(const struct wasm_instr *instr, const char *what,
                   uint32_t index, viv_error *err)
{
    return wasm_error(err, VIV_EFORMAT, instr->at, "unknown %s %u in %s", what,
                      index, wasm_op_infos[instr->op].text);
}

static int open_block(struct wasm_check *check, const struct wasm_instr *instr,
                      viv_error *err)
{
    int code = 0;

    if (instr->param_count > 0 || instr->result_count > 1)
        check->module->features |= WASM_FEATURE_MULTI_VALUE;
    else if (instr->result_count == 1)
        check->module->features |= wasm_type_feature(instr->results[0]);

    if (instr->op == WASM_OP_IF)
        code = wasm_check_pop(check, instr, WASM_I32, err);
    if (code == 0)
        code = wasm_check_pop_all(check, instr, instr->params,
                                  instr->param_count, err);
    return code != 0 ? code : wasm_check_open(check, instr, err);
}

static int apply_else(struct wasm_check *check, const struct wasm_instr *instr,
                      viv_error *err)
{
    struct wasm_frame *frame = wasm_check_top(check);
    int code;

    if (frame->op != WASM_OP_IF)
        return wasm_error(err, VIV_EFORMAT, instr->at, "else without if");
    code = wasm_check_close(check, instr, err);
    if (code != 0)
        return code;
    frame->op = WASM_OP_ELSE;
    frame->unreachable = false;
    return wasm_check_push_all(check, instr, frame->params, frame->param_count,
                               err);
}

/* Without an else, what goes in comes out. */
static bool is_same(const struct wasm_frame *frame)
{
    return frame->param_count == frame->result_count &&
           (frame->param_count == 0 ||
            memcmp(frame->params, frame->results, frame->param_count) == 0);
}

static int apply_end(struct wasm_check *check, const struct wasm_instr *instr,
                     viv_error *err)
{
    struct wasm_frame frame = *wasm_check_top(check);
    const struct base_read *in = &check->body.read;
    int code = wasm_check_close(check, instr, err);

    if (code != 0)
        return code;
    if (frame.op == WASM_OP_IF && !is_same(&frame))
        return wasm_error(err, VIV_EFORMAT, instr->at,
                          "type mismatch: if without else must have the "
                          "results that it has as parameters");
    check->frame_count--;
    if (check->frame_count == 0 && base_read_left(in) > 0)
        return wasm_error(err, VIV_EFORMAT, base_read_offset(in),
                          "%zu bytes too many behind the end",
                          base_read_left(in));
    return wasm_check_push_all(check, instr, frame.results, frame.result_count,
                               err);
}

static int apply_br(struct wasm_check *check, const struct wasm_instr *instr,
                    viv_error *err)
{
    const uint8_t *types;
    uint32_t count;
    int code;

    if (instr->index >= check->frame_count)
        return unknown(instr, "label", instr->index, err);
    types = wasm_check_label(check, instr->index, &count);
    code = wasm_check_pop_all(check, instr, types, count, err);
    if (code == 0)
        wasm_check_cut(check);
    return code;
}

static int apply_br_if(struct wasm_check *check, const struct wasm_instr *instr,
                       viv_error *err)
{
    const uint8_t *types;
    uint32_t count;
    int code;

    if (instr->index >= check->frame_count)
        return unknown(instr, "label", instr->index, err);
    types = wasm_check_label(check, instr->index, &count);
    code = wasm_check_pop(check, instr, WASM_I32, err);
    if (code == 0)
        code = wasm_check_pop_all(check, instr, types, count, err);
    if (code == 0)
        code = wasm_check_push_all(check, instr, types, count, err);
    return code;
}

/* All labels must carry as many values as the default, of the types that are
 * there.  A label like the one before needs no second look: that is what keeps
 * a table of a million labels with a thousand values each from taking time. */
static int apply_br_table(struct wasm_check *check,
                          const struct wasm_instr *instr, viv_error *err)
{
    uint32_t last_count = 0;
    const uint8_t *last = NULL;
    int code = wasm_check_pop(check, instr, WASM_I32, err);

    for (uint32_t i = 0; code == 0 && i <= instr->target_count; i++) {
        uint32_t depth = instr->targets[instr->target_count - i];
        const uint8_t *types;
        uint32_t count;

        if (depth >= check->frame_count)
            return unknown(instr, "label", depth, err);
        types = wasm_check_label(check, depth, &count);
        if (i > 0 && count != last_count)
            return wasm_error(err, VIV_EFORMAT, instr->at,
                              "type mismatch: labels of br_table carry %u and "
                              "%u values",
                              last_count, count);
        if (i == 0 ||
            (types != last && count > 0 && memcmp(types, last, count) != 0))
            code = wasm_check_has_all(check, instr, types, count, err);
        last = types;
        last_count = count;
    }
    if (code == 0)
        wasm_check_cut(check);
    return code;
}

static int apply_return(struct wasm_check *check,
                        const struct wasm_instr *instr, viv_error *err)
{
    const struct wasm_frame *func = &check->frames[0];
    int code = wasm_check_pop_all(check, instr, func->results,
                                  func->result_count, err);

    if (code == 0)
        wasm_check_cut(check);
    return code;
}

/* The type of what is called; pops the index into the table. */
static int find_callee(struct wasm_check *check, const struct wasm_instr *instr,
                       const struct wasm_func_type **ret_type, viv_error *err)
{
    struct wasm_module *module = check->module;

    if (instr->op == WASM_OP_CALL || instr->op == WASM_OP_RETURN_CALL) {
        if (instr->index >= module->func_count)
            return unknown(instr, "function", instr->index, err);
        *ret_type = wasm_type_of_func(module, instr->index);
        return 0;
    }
    if (instr->index2 >= module->table_count)
        return unknown(instr, "table", instr->index2, err);
    if (instr->index >= module->type_count)
        return unknown(instr, "type", instr->index, err);
    if (module->tables[instr->index2].type != WASM_FUNCREF)
        return wasm_error(err, VIV_EFORMAT, instr->at,
                          "type mismatch: table %u is not of funcref",
                          instr->index2);
    if (instr->index2 > 0)
        module->features |= WASM_FEATURE_REFERENCE_TYPES;
    *ret_type = &module->types[instr->index];
    return wasm_check_pop(check, instr, WASM_I32, err);
}

static int apply_call(struct wasm_check *check, const struct wasm_instr *instr,
                      viv_error *err)
{
    const struct wasm_func_type *type;
    int code = find_callee(check, instr, &type, err);

    if (code == 0)
        code = wasm_check_pop_all(check, instr, type->params, type->param_count,
                                  err);
    if (code == 0)
        code = wasm_check_push_all(check, instr, type->results,
                                   type->result_count, err);
    return code;
}

/* The results of the callee become those of the function. */
static int apply_return_call(struct wasm_check *check,
                             const struct wasm_instr *instr, viv_error *err)
{
    const struct wasm_frame *func = &check->frames[0];
    const struct wasm_func_type *type;
    int code = find_callee(check, instr, &type, err);

    if (code == 0)
        code = wasm_check_pop_all(check, instr, type->params, type->param_count,
                                  err);
    if (code != 0)
        return code;
    if (type->result_count != func->result_count ||
        (type->result_count > 0 &&
         memcmp(type->results, func->results, type->result_count) != 0))
        return wasm_error(err, VIV_EFORMAT, instr->at,
                          "type mismatch: %s of a function with other results",
                          wasm_op_infos[instr->op].text);
    wasm_check_cut(check);
    return 0;
}

int wasm_check_control(struct wasm_check *check, const struct wasm_instr *instr,
                       viv_error *err)
{
    switch (instr->op) {
    case WASM_OP_UNREACHABLE:
        wasm_check_cut(check);
        return 0;
    case WASM_OP_BLOCK:
    case WASM_OP_LOOP:
    case WASM_OP_IF:
        return open_block(check, instr, err);
    case WASM_OP_ELSE:
        return apply_else(check, instr, err);
    case WASM_OP_END:
        return apply_end(check, instr, err);
    case WASM_OP_BR:
        return apply_br(check, instr, err);
    case WASM_OP_BR_IF:
        return apply_br_if(check, instr, err);
    case WASM_OP_BR_TABLE:
        return apply_br_table(check, instr, err);
    case WASM_OP_RETURN:
        return apply_return(check, instr, err);
    case WASM_OP_CALL:
    case WASM_OP_CALL_INDIRECT:
        return apply_call(check, instr, err);
    case WASM_OP_RETURN_CALL:
    case WASM_OP_RETURN_CALL_INDIRECT:
        return apply_return_call(check, instr, err);
    default:
        UNREACHABLE("not a control instruction");
    }
}
