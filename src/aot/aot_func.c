/* aot_func.c - one function's body becomes C: the pass.
 *
 * What a function looks like:
 *
 *     u32 fn7_max(VIV_P u32 l0, u32 l1)
 *     {
 *     u64 l2=0;                    locals that are no parameters
 *     u32 i0,i1;                   variables of the operand stack
 *     if(!((u32)((s32)l0<(s32)l1)))goto E1;
 *     i0=l1;
 *     goto L1;
 *     E1:;
 *     i0=l0;
 *     L1:;
 *     return i0;
 *     }
 *
 * There are no C blocks in it, whatever the nesting of the guest's: labels and
 * gotos only, so that no C compiler meets a limit of depth.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_func.h"

#include <stdarg.h>
#include <string.h>

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"

/* The C text of one function, at most: ten times that of the largest function
 * that browsers take.  Branches that carry many values can ask for more. */
#define BODY_BYTES_MAX ((size_t)1 << 27)

/* The cost is written into this room when the stretch ends. */
#define FUEL_ROOM "          "

static const char letters[] = "ijrdw";
static const char *const letter_types[] = {"u32", "u64", "f32", "f64", "v128"};

void aot_func_init(struct aot_func *func, struct wasm_module *module,
                   const struct engine_layout *layout, const char *const *names,
                   uint8_t *needed, bool fuel)
{
    memset(func, 0, sizeof(*func));
    func->module = module;
    func->layout = layout;
    func->names = names;
    func->needed = needed;
    func->fuel = fuel;
    wasm_check_init(&func->check, module);
    aot_stack_init(&func->stack);
    base_buf_init(&func->body, BODY_BYTES_MAX);
    base_buf_init(&func->scratch, BODY_BYTES_MAX);
}

void aot_func_fini(struct aot_func *func)
{
    wasm_check_fini(&func->check);
    aot_stack_fini(&func->stack);
    base_buf_fini(&func->body);
    base_buf_fini(&func->scratch);
    base_free(func->labels);
    base_free(func->variables);
    memset(func, 0, sizeof(*func));
}

void aot_say(struct aot_func *func, struct base_buf *out, const char *format,
             ...)
{
    const char *from = format;
    va_list args;

    va_start(args, format);
    for (;;) {
        const char *at = from;

        /* Formats are short: a loop is done before strchr() has begun. */
        while (*at != '%' && *at != '\0')
            at++;
        base_buf_bytes(out, from, (size_t)(at - from));
        if (*at == '\0')
            break;
        from = at + 2;
        switch (at[1]) {
        case 's':
            base_buf_text(out, va_arg(args, const char *));
            break;
        case 'u':
            base_buf_u64(out, va_arg(args, uint32_t));
            break;
        case 'x':
            base_buf_hex(out, va_arg(args, uint64_t));
            break;
        case 'd':
            base_buf_s64(out, va_arg(args, int64_t));
            break;
        case 'c':
            base_buf_char(out, (char)va_arg(args, int));
            break;
        case 'v':
            aot_value_write(out, &func->stack,
                            va_arg(args, const struct aot_value *));
            break;
        case '%':
            base_buf_char(out, '%');
            break;
        default:
            UNREACHABLE("aot_say: unknown directive");
        }
    }
    va_end(args);
}

/* Remember that the variable of `type` at `height` has to be declared. */
void aot_use_variable(struct aot_func *func, uint32_t height, uint8_t type)
{
    const char *letter = strchr(letters, aot_letter(type));

    if (height >= func->variable_capacity) {
        uint32_t capacity = height * 2 + 64;
        uint8_t *variables = base_alloc_array(func->variables, capacity, 1);

        if (variables == NULL) {
            func->failed = true;
            return;
        }
        func->variables = variables;
        func->variable_capacity = capacity;
    }
    while (func->variable_count <= height)
        func->variables[func->variable_count++] = 0;
    func->variables[height] |= (uint8_t)(1u << (letter - letters));
}

/* Assign the entry at `height` to its variable, if it is something else.
 * Entries below that mention this variable come first. */
static void settle(struct aot_func *func, uint32_t height);

/* The variable of `height` is about to change: assign what mentions it. */
void aot_settle_mentions(struct aot_func *func, uint32_t height)
{
    struct aot_stack *stack = &func->stack;
    uint32_t end = height < stack->len ? height : stack->len;
    uint32_t from = end > AOT_REACH_MAX ? end - AOT_REACH_MAX : 0;

    for (uint32_t h = from; h < end; h++)
        if (stack->at[h].kind == AOT_EXPRESSION && stack->at[h].top > height)
            settle(func, h);
}

static void settle(struct aot_func *func, uint32_t height)
{
    struct aot_value value = func->stack.at[height];

    if (value.kind == AOT_VARIABLE)
        return;
    aot_settle_mentions(func, height);
    aot_use_variable(func, height, value.type);
    aot_say(func, &func->body, "%c%u=%v;\n", aot_letter(value.type), height,
            &value);
    aot_stack_settle(&func->stack, height);
}

void aot_settle_local(struct aot_func *func, uint32_t local)
{
    struct aot_stack *stack = &func->stack;
    uint64_t bit = (uint64_t)1 << (local % 64);
    uint32_t lowest = stack->len;

    /* Find the lowest first, then go up: an entry may only be assigned when
     * those below it that mention its variable are. */
    if (stack->mentions[local % 64] == 0)
        return;
    for (uint32_t left = stack->mentions[local % 64]; left > 0 && lowest > 0;) {
        lowest--;
        left -= (stack->at[lowest].locals & bit) != 0;
    }
    for (uint32_t h = lowest; h < stack->len; h++)
        if ((stack->at[h].locals & bit) != 0)
            settle(func, h);
}

void aot_settle_all(struct aot_func *func)
{
    for (uint32_t h = func->stack.settled; h < func->stack.len; h++)
        settle(func, h);
    func->stack.settled = func->stack.len;
}

void aot_push_variable(struct aot_func *func, uint8_t type)
{
    struct aot_value *value = aot_stack_push(&func->stack, type, AOT_VARIABLE);

    if (value == NULL)
        return;
    value->top = value->height + 1;
    aot_use_variable(func, value->height, type);
    aot_stack_pushed(&func->stack, value);
}

void aot_assign(struct aot_func *func, uint8_t type)
{
    uint32_t height = func->stack.len;

    aot_settle_mentions(func, height);
    aot_push_variable(func, type);
    aot_say(func, &func->body, "%c%u=", aot_letter(type), height);
}

/* Move the text in `scratch` to the stack's; returns where it is. */
static uint32_t keep_scratch(struct aot_func *func)
{
    size_t at = func->stack.text.len;

    base_buf_bytes(&func->stack.text, func->scratch.at, func->scratch.len);
    if (func->stack.text.failed)
        func->failed = true;
    return (uint32_t)at;
}

void aot_push_scratch(struct aot_func *func, uint8_t type,
                      const struct aot_value *operands, uint32_t count)
{
    struct aot_value *value;
    uint64_t locals = 0;
    uint32_t top = 0;

    for (uint32_t i = 0; i < count; i++) {
        locals |= operands[i].locals;
        if (operands[i].top > top)
            top = operands[i].top;
    }
    if (func->scratch.len > AOT_TEXT_MAX ||
        top > func->stack.len + AOT_REACH_MAX) {
        aot_assign(func, type);
        base_buf_bytes(&func->body, func->scratch.at, func->scratch.len);
        base_buf_text(&func->body, ";\n");
        return;
    }
    value = aot_stack_push(&func->stack, type, AOT_EXPRESSION);
    if (value == NULL)
        return;
    value->locals = locals;
    value->top = top;
    value->text_len = (uint32_t)func->scratch.len;
    value->text_at = keep_scratch(func);
    aot_stack_pushed(&func->stack, value);
}

void aot_push_constant(struct aot_func *func, uint8_t type, bool is_one)
{
    struct aot_value *value = aot_stack_push(&func->stack, type, AOT_CONSTANT);

    if (value == NULL)
        return;
    value->is_one = is_one;
    value->text_len = (uint32_t)func->scratch.len;
    value->text_at = keep_scratch(func);
}

struct aot_value aot_pop(struct aot_func *func)
{
    if (func->stack.len == 0) { /* only after memory ran out */
        struct aot_value nothing = {.kind = AOT_LOCAL};

        CHECK(func->stack.failed);
        return nothing;
    }
    return aot_stack_pop(&func->stack);
}

void aot_fuel_begin(struct aot_func *func)
{
    if (!func->fuel)
        return;
    base_buf_text(&func->body, "VIV_FUEL(");
    func->fuel_at = func->body.len;
    base_buf_text(&func->body, FUEL_ROOM ");\n");
    func->fuel_cost = 0;
    func->fuel_is_open = true;
}

void aot_fuel_save(struct aot_func *func)
{
    if (func->fuel)
        base_buf_text(&func->body, "VIV_FUEL_SAVE;");
}

void aot_fuel_end(struct aot_func *func)
{
    uint32_t cost = func->fuel_cost;
    char *last;

    if (!func->fuel_is_open || func->body.failed)
        return;
    func->fuel_is_open = false;
    last = func->body.at + func->fuel_at + sizeof(FUEL_ROOM) - 2;
    do {
        *last-- = (char)('0' + cost % 10);
        cost /= 10;
    } while (cost != 0);
}

static void translate(struct aot_func *func, const struct wasm_instr *instr)
{
    if (func->is_dead) {
        aot_control_skip(func, instr);
        return;
    }
    func->fuel_cost++;
    if (!aot_control_emit(func, instr) && !aot_call_emit(func, instr))
        aot_op_emit(func, instr);
    DCHECK(func->is_dead || func->failed || func->stack.failed ||
           func->check.frame_count == 0 ||
           func->stack.len == func->check.stack_len);
}

/* `u32 l2=0,l3=0;` for the locals that are not C parameters.  One line for
 * each run of equal types. */
static void write_locals(struct aot_func *func, struct base_buf *out)
{
    const struct wasm_func_type *type =
        wasm_type_of_func(func->module, func->index);
    struct aot_args args = {.type = type};
    uint8_t open = 0; /* the type of the line being written */

    for (uint32_t i = 0; i < func->check.local_count; i++) {
        uint8_t local = func->check.locals[i];

        if (i < type->param_count && aot_args_next(&args, i))
            continue;
        if (local == open)
            aot_say(func, out, ",l%u", i);
        else
            aot_say(func, out, "%s%s l%u", open != 0 ? ";\n" : "",
                    aot_c_type(local), i);
        if (i < type->param_count)
            aot_say(func, out, "=VIV_SLOT(%s,%u)", aot_c_type(local), i);
        else
            base_buf_text(out, local == WASM_V128 ? "={0}" : "=0");
        open = local;
    }
    if (open != 0)
        base_buf_text(out, ";\n");
}

static void write_variables(struct aot_func *func, struct base_buf *out)
{
    for (unsigned k = 0; letters[k] != '\0'; k++) {
        bool any = false;

        for (uint32_t h = 0; h < func->variable_count; h++) {
            if ((func->variables[h] & 1u << k) == 0)
                continue;
            if (any)
                aot_say(func, out, ",%c%u", letters[k], h);
            else
                aot_say(func, out, "%s %c%u", letter_types[k], letters[k], h);
            any = true;
        }
        if (any)
            base_buf_text(out, ";\n");
    }
}

static void write_func(struct aot_func *func, struct base_buf *out)
{
    const struct wasm_func_type *type =
        wasm_type_of_func(func->module, func->index);

    if (func->has_other_tail_call)
        base_buf_text(out, "#undef VIV_TAIL\n#define VIV_TAIL\n");
    aot_say(func, out, "%s %s", aot_return_type(type),
            func->names[func->index]);
    aot_params_write(out, type, true);
    base_buf_text(out, "\n{\n");
    write_locals(func, out);
    write_variables(func, out);
    if (func->has_loop)
        base_buf_text(out, "VIV_LOOPS\n");
    if (func->fuel)
        base_buf_text(out, "s64 fuel=VIV_FUEL_NOW;\n");
    base_buf_bytes(out, func->body.at, func->body.len);
    base_buf_text(out, "}\n\n");
    if (func->has_other_tail_call)
        base_buf_text(out, "#undef VIV_TAIL\n#define VIV_TAIL VIV_CONTRACT\n");
}

enum aot_need aot_func_need(const struct aot_func *func)
{
    if (!func->has_tail_call)
        return AOT_NEED_NO_TAIL;
    return func->has_other_tail_call ? AOT_NEED : AOT_NEED_ALL_TAIL;
}

static void begin(struct aot_func *func, uint32_t index)
{
    func->index = index;
    func->label_count = 0;
    func->label_ids = 0;
    func->variable_count = 0;
    func->is_dead = false;
    func->failed = false;
    func->fuel_is_open = false;
    func->has_tail_call = false;
    func->has_other_tail_call = false;
    func->has_loop = false;
    func->loop_depth = 0;
    aot_stack_clear(&func->stack);
    base_buf_clear(&func->body);
    aot_control_begin(func);
    aot_fuel_begin(func);
}

int aot_func_emit(struct aot_func *func, uint32_t index, struct base_buf *out,
                  viv_error *err)
{
    struct wasm_instr instr;
    int r;

    r = wasm_check_begin(&func->check, index, err);
    if (r < 0)
        return r;
    begin(func, index);
    while (func->check.frame_count > 0) {
        r = wasm_check_step(&func->check, &instr, err);
        if (r < 0)
            return r;
        translate(func, &instr);
        if (func->failed || func->stack.failed)
            return base_error_memory(err);
    }
    write_func(func, out);
    if (func->body.failed || func->scratch.failed || out->failed)
        return base_error(err, VIV_ENOMEM,
                          "the C code of function %u (%s) is too large: out of "
                          "memory",
                          index, func->names[index]);
    return 0;
}
