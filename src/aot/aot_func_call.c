/* aot_func_call.c - calls, and how C parameters stand for the guest's.
 *
 * Of a function's parameters, the first few integers and the first few floats
 * and vectors are C parameters, all of which fit registers; the others go
 * through the transfer slots, and so do results after the first.  See
 * engine_abi.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_func.h"

#include "base/base_check.h"

static bool is_float(uint8_t type)
{
    return type == WASM_F32 || type == WASM_F64 || type == WASM_V128;
}

bool aot_args_next(struct aot_args *args, uint32_t index)
{
    if (is_float(args->type->params[index]))
        return args->floats++ < ENGINE_ARGS_FLOAT;
    return args->ints++ < ENGINE_ARGS_INT;
}

const char *aot_return_type(const struct wasm_func_type *type)
{
    return type->result_count == 0 ? "void" : aot_c_type(type->results[0]);
}

/* The next C parameter from `*index` on; false if there is none. */
static bool next_register(struct aot_args *args, uint32_t *index)
{
    while (*index < args->type->param_count)
        if (aot_args_next(args, (*index)++))
            return true;
    return false;
}

bool aot_same_c_type(const struct wasm_func_type *a,
                     const struct wasm_func_type *b)
{
    struct aot_args args_a = {.type = a}, args_b = {.type = b};
    uint32_t i = 0, k = 0;

    if (aot_return_type(a) != aot_return_type(b))
        return false;
    for (;;) {
        bool more_a = next_register(&args_a, &i);
        bool more_b = next_register(&args_b, &k);

        if (!more_a || !more_b)
            return more_a == more_b;
        if (aot_c_type(a->params[i - 1]) != aot_c_type(b->params[k - 1]))
            return false;
    }
}

void aot_params_write(struct base_buf *out, const struct wasm_func_type *type,
                      bool names)
{
    struct aot_args args = {.type = type};
    bool any = false;

    for (uint32_t i = 0; i < type->param_count; i++) {
        if (!aot_args_next(&args, i))
            continue;
        base_buf_text(out, any ? "," : "(VIV_P ");
        base_buf_text(out, aot_c_type(type->params[i]));
        if (names) {
            base_buf_text(out, " l");
            base_buf_u64(out, i);
        }
        any = true;
    }
    base_buf_text(out, any ? ")" : "(VIV_P0)");
}

/* The arguments that go through slots: `VIV_SLOT(u32,6)=...;`.  They are the
 * topmost entries of the stack. */
static void write_slot_args(struct aot_func *func,
                            const struct wasm_func_type *type)
{
    struct aot_args args = {.type = type};
    uint32_t from = func->stack.len - type->param_count;

    for (uint32_t i = 0; i < type->param_count; i++)
        if (!aot_args_next(&args, i))
            aot_say(func, &func->body, "VIV_SLOT(%s,%u)=%v;",
                    aot_c_type(type->params[i]), i, &func->stack.at[from + i]);
}

/* `(VIV_B i0,i1)` */
static void write_args(struct aot_func *func, const struct wasm_func_type *type)
{
    struct aot_args args = {.type = type};
    uint32_t from = func->stack.len - type->param_count;
    bool any = false;

    for (uint32_t i = 0; i < type->param_count; i++) {
        if (!aot_args_next(&args, i))
            continue;
        aot_say(func, &func->body, "%s%v", any ? "," : "(VIV_B ",
                &func->stack.at[from + i]);
        any = true;
    }
    base_buf_text(&func->body, any ? ")" : "(VIV_B0)");
}

/* Where a call goes. */
struct callee {
    const struct wasm_func_type *type;
    uint32_t index;   /* of the function, if direct */
    bool is_indirect; /* the function is in the C variable `callee` */
};

static void write_call(struct aot_func *func, const struct callee *callee)
{
    if (callee->is_indirect)
        aot_say(func, &func->body, "((t%u)callee)", callee->type->canon);
    else
        base_buf_text(&func->body, func->names[callee->index]);
    write_args(func, callee->type);
    base_buf_char(&func->body, ';');
}

/* The operands are used up by a statement that assigns the first result to
 * the lowest operand's variable: what waits below and mentions it is first. */
static void begin_call(struct aot_func *func, const struct wasm_func_type *type)
{
    uint32_t height = func->stack.len - type->param_count;

    if (type->result_count > 0)
        aot_settle_mentions(func, height);
}

static void emit_call(struct aot_func *func, const struct callee *callee)
{
    const struct wasm_func_type *type = callee->type;
    uint32_t height = func->stack.len - type->param_count;

    aot_fuel_save(func);
    write_slot_args(func, type);
    if (type->result_count > 0)
        aot_say(func, &func->body, "%c%u=", aot_letter(type->results[0]),
                height);
    write_call(func, callee);
    if (func->fuel)
        base_buf_text(&func->body, "VIV_FUEL_LOAD;");
    aot_stack_cut(&func->stack, height);
    for (uint32_t i = 0; i < type->result_count; i++) {
        aot_push_variable(func, type->results[i]);
        if (i > 0)
            aot_say(func, &func->body, "%c%u=VIV_SLOT(%s,%u);",
                    aot_letter(type->results[i]), height + i,
                    aot_c_type(type->results[i]), i);
    }
}

static void emit_tail_call(struct aot_func *func, const struct callee *callee)
{
    const struct wasm_func_type *own =
        wasm_type_of_func(func->module, func->index);

    aot_fuel_save(func);
    write_slot_args(func, callee->type);
    if (aot_same_c_type(own, callee->type))
        base_buf_text(&func->body, "VIV_TAIL ");
    else
        func->has_other_tail_call = true;
    base_buf_text(&func->body, "return ");
    write_call(func, callee);
    aot_fuel_end(func);
    func->is_dead = true;
    func->has_tail_call = true;
}

static void emit_direct(struct aot_func *func, uint32_t index, bool is_tail)
{
    struct callee callee = {
        .type = wasm_type_of_func(func->module, index),
        .index = index,
    };

    if (func->needed[index] == AOT_NEED_NOT)
        func->needed[index] = AOT_NEED;
    begin_call(func, callee.type);
    if (is_tail)
        emit_tail_call(func, &callee);
    else
        emit_call(func, &callee);
    base_buf_char(&func->body, '\n');
}

void aot_table_size_write(struct aot_func *func, uint32_t table)
{
    const struct wasm_table *it = &func->module->tables[table];
    bool imported = table < func->module->table_import_count;

    if (!imported && it->limits.has_max && it->limits.min == it->limits.max)
        aot_say(func, &func->body, "%uu", (uint32_t)it->limits.min);
    else
        aot_say(func, &func->body, "VIV_STATE(u32,%d)",
                (int64_t)func->layout->table_size_at[table]);
}

static void emit_indirect(struct aot_func *func, const struct wasm_instr *instr,
                          bool is_tail)
{
    const struct wasm_func_type *type = &func->module->types[instr->index];
    struct aot_value index = aot_pop(func);
    struct callee callee = {
        .type = &func->module->types[type->canon],
        .is_indirect = true,
    };

    begin_call(func, type);
    aot_say(func, &func->body, "{u32 at=%v;VIV_IN_TABLE(at,", &index);
    aot_table_size_write(func, instr->index2);
    aot_say(func, &func->body, ");engine_func callee=VIV_CALLEE(%d,at,%u);",
            (int64_t)func->layout->table_at[instr->index2], type->canon);
    if (is_tail)
        emit_tail_call(func, &callee);
    else
        emit_call(func, &callee);
    base_buf_text(&func->body, "}\n");
}

bool aot_call_emit(struct aot_func *func, const struct wasm_instr *instr)
{
    switch (instr->op) {
    case WASM_OP_CALL:
        emit_direct(func, instr->index, false);
        return true;
    case WASM_OP_RETURN_CALL:
        emit_direct(func, instr->index, true);
        return true;
    case WASM_OP_CALL_INDIRECT:
        emit_indirect(func, instr, false);
        return true;
    case WASM_OP_RETURN_CALL_INDIRECT:
        emit_indirect(func, instr, true);
        return true;
    default:
        return false;
    }
}
