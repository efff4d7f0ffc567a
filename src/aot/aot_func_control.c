/* aot_func_control.c - blocks and branches become labels and gotos.
 *
 * At the border of a block every value is in its variable: before it opens,
 * all of the stack is settled; a branch moves the values that it carries down
 * to where the block's results are, and so does falling out of its end.
 *
 *     block           loop            if              if with else
 *     ...             L1:;            if(!c)goto E1;  if(!c)goto E1;
 *     L1:;            ...             ...             ...
 *                                     E1:;            goto L1;
 *                                     L1:;            E1:;
 *                                                     ...
 *                                                     L1:;
 *
 * A label appears only if something jumps to it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_func.h"

#include "base/base_alloc.h"
#include "base/base_check.h"

static struct aot_label *push_label(struct aot_func *func)
{
    struct aot_label *label;

    if (func->label_count == func->label_capacity) {
        uint32_t capacity = func->label_capacity * 2 + 16;
        struct aot_label *labels =
            base_alloc_array(func->labels, capacity, sizeof(*labels));

        if (labels == NULL) {
            func->failed = true;
            return NULL;
        }
        func->labels = labels;
        func->label_capacity = capacity;
    }
    label = &func->labels[func->label_count++];
    *label = (struct aot_label){.id = func->label_ids++};
    return label;
}

void aot_control_begin(struct aot_func *func)
{
    const struct wasm_func_type *type =
        wasm_type_of_func(func->module, func->index);
    struct aot_label *label = push_label(func);

    if (label == NULL)
        return;
    label->results = type->results;
    label->result_count = type->result_count;
}

static struct aot_label *label_at(struct aot_func *func, uint32_t depth)
{
    CHECK(depth < func->label_count);
    return &func->labels[func->label_count - 1 - depth];
}

/* What a branch to `label` carries. */
static uint32_t carried(const struct aot_label *label)
{
    return label->is_loop ? label->param_count : label->result_count;
}

/* Assign the topmost `count` values to the variables from `height` up, which
 * lie at or below them.  The entries stay what they are. */
static void move_down(struct aot_func *func, uint32_t height, uint32_t count)
{
    const struct aot_stack *stack = &func->stack;
    uint32_t from = stack->len - count;

    for (uint32_t i = 0; i < count; i++) {
        const struct aot_value *value = &stack->at[from + i];

        if (value->kind == AOT_VARIABLE && value->height == height + i)
            continue;
        aot_use_variable(func, height + i, value->type);
        aot_say(func, &func->body, "%c%u=%v;", aot_letter(value->type),
                height + i, value);
    }
}

/* Return the topmost values from the function. */
static void write_return(struct aot_func *func)
{
    const struct wasm_func_type *type =
        wasm_type_of_func(func->module, func->index);
    const struct aot_stack *stack = &func->stack;
    uint32_t from = stack->len - type->result_count;

    aot_fuel_save(func);
    for (uint32_t i = 1; i < type->result_count; i++)
        aot_say(func, &func->body, "VIV_SLOT(%s,%u)=%v;",
                aot_c_type(type->results[i]), i, &stack->at[from + i]);
    if (type->result_count > 0)
        aot_say(func, &func->body, "return %v;", &stack->at[from]);
    else
        base_buf_text(&func->body, "return;");
}

/* Carry the values and jump: statements on one line, no newline. */
static void write_branch(struct aot_func *func, uint32_t depth)
{
    struct aot_label *label = label_at(func, depth);

    if (depth + 1 == func->label_count) {
        write_return(func);
        return;
    }
    move_down(func, label->height, carried(label));
    label->is_used = true;
    aot_say(func, &func->body, "goto L%u;", label->id);
}

static void write_label(struct aot_func *func, char letter, uint32_t id)
{
    aot_say(func, &func->body, "%c%u:;\n", letter, id);
}

/* What follows cannot run. */
static void die(struct aot_func *func)
{
    aot_fuel_end(func);
    func->is_dead = true;
}

static void push_results(struct aot_func *func, const uint8_t *types,
                         uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        aot_push_variable(func, types[i]);
}

/* Memory is accessed through a register in the outermost loop and all that it
 * holds; see VIV_MEMORY. */
static void begin_loop(struct aot_func *func)
{
    if (func->loop_depth++ > 0)
        return;
    func->has_loop = true;
    base_buf_text(&func->body, "VIV_LOOP\n#undef VIV_MEMORY\n"
                               "#define VIV_MEMORY VIV_BY_REGISTER\n");
}

static void end_loop(struct aot_func *func)
{
    CHECK(func->loop_depth > 0);
    if (--func->loop_depth == 0)
        base_buf_text(&func->body, "#undef VIV_MEMORY\n"
                                   "#define VIV_MEMORY VIV_BY_SEGMENT\n");
}

static void emit_block(struct aot_func *func, const struct wasm_instr *instr)
{
    struct aot_value condition = {0};
    struct aot_label *label;

    if (instr->op == WASM_OP_IF)
        condition = aot_pop(func);
    aot_settle_all(func);
    label = push_label(func);
    if (label == NULL)
        return;
    label->height = func->stack.len - instr->param_count;
    label->params = instr->params;
    label->param_count = instr->param_count;
    label->results = instr->results;
    label->result_count = instr->result_count;
    if (instr->op == WASM_OP_BLOCK)
        return;
    aot_fuel_end(func);
    if (instr->op == WASM_OP_LOOP) {
        label->is_loop = true;
        begin_loop(func);
        write_label(func, 'L', label->id);
    } else {
        label->is_if = true;
        aot_say(func, &func->body, "if(!%v)goto E%u;\n", &condition, label->id);
    }
    aot_fuel_begin(func);
}

static void emit_else(struct aot_func *func)
{
    struct aot_label *label = label_at(func, 0);

    if (label->is_dead)
        return;
    if (!func->is_dead) {
        aot_fuel_end(func);
        write_branch(func, 0);
        base_buf_char(&func->body, '\n');
    }
    label->is_if = false;
    aot_stack_cut(&func->stack, label->height);
    push_results(func, label->params, label->param_count);
    write_label(func, 'E', label->id);
    func->is_dead = false;
    aot_fuel_begin(func);
}

static void emit_end_of_func(struct aot_func *func)
{
    if (!func->is_dead) {
        aot_fuel_end(func);
        write_return(func);
        base_buf_char(&func->body, '\n');
    }
    func->label_count = 0;
    aot_stack_cut(&func->stack, 0);
}

static void emit_end(struct aot_func *func)
{
    struct aot_label label = *label_at(func, 0);
    bool is_target = label.is_used && !label.is_loop;

    if (func->label_count == 1) {
        emit_end_of_func(func);
        return;
    }
    func->label_count--;
    if (label.is_dead)
        return;
    if (!func->is_dead) {
        move_down(func, label.height, label.result_count);
        base_buf_char(&func->body, '\n');
    }
    if (label.is_loop)
        end_loop(func);
    if (label.is_if || is_target) {
        aot_fuel_end(func);
        func->is_dead = false;
    }
    if (label.is_if)
        write_label(func, 'E', label.id);
    if (is_target)
        write_label(func, 'L', label.id);
    aot_stack_cut(&func->stack, label.height);
    if (func->is_dead)
        return;
    push_results(func, label.results, label.result_count);
    if (label.is_if || is_target)
        aot_fuel_begin(func);
}

static void emit_br_if(struct aot_func *func, uint32_t depth)
{
    struct aot_value condition = aot_pop(func);

    aot_fuel_end(func);
    aot_say(func, &func->body, "if(%v){", &condition);
    write_branch(func, depth);
    base_buf_text(&func->body, "}\n");
    aot_fuel_begin(func);
}

/* ------------------------------------------------------------------------
 * Tables.
 *
 * A table of many targets in a loop is how interpreters look that were compiled
 * to WebAssembly: every operation ends with a branch back to the head, which
 * reads the next one and selects among all.  A `switch` there becomes one
 * indirect jump, and its target is anybody's guess.  Written as computed gotos,
 * C compilers copy the head, with the jump, to the end of each operation; and
 * what follows an operation is easier to guess.
 */

/* For fewer it is not worth a table; more no interpreter has. */
#define GOTO_TABLE_MIN 128
#define GOTO_TABLE_MAX 1024

static bool is_dispatch(const struct aot_func *func,
                        const struct wasm_instr *instr)
{
    return func->loop_depth > 0 && instr->target_count >= GOTO_TABLE_MIN &&
           instr->target_count <= GOTO_TABLE_MAX;
}

/* Distances between labels, so that nothing has to be relocated. */
static void write_distances(struct aot_func *func,
                            const struct wasm_instr *instr, uint32_t id)
{
    uint32_t last = instr->targets[instr->target_count];

    base_buf_text(&func->body, "{static const int T[]={");
    for (uint32_t i = 0; i < instr->target_count; i++)
        aot_say(func, &func->body, "&&T%u_%u-&&T%u_%u,\n", id,
                instr->targets[i], id, last);
    base_buf_text(&func->body, "};\n");
}

/* Each target has one label, however often it is in the table. */
static void write_targets(struct aot_func *func, const struct wasm_instr *instr,
                          uint32_t id)
{
    for (uint32_t i = 0; i <= instr->target_count; i++) {
        struct aot_label *label = label_at(func, instr->targets[i]);

        if (label->table == id)
            continue;
        label->table = id;
        aot_say(func, &func->body, "T%u_%u:;", id, instr->targets[i]);
        write_branch(func, instr->targets[i]);
        base_buf_char(&func->body, '\n');
    }
}

static void emit_goto_table(struct aot_func *func,
                            const struct wasm_instr *instr)
{
    struct aot_value index = aot_pop(func);
    uint32_t id = func->label_ids++;
    uint32_t last = instr->targets[instr->target_count];

    write_distances(func, instr, id);
    aot_say(func, &func->body, "goto *((char*)&&T%u_%u+(%v<%uu?T[%v]:0));}\n",
            id, last, &index, instr->target_count, &index);
    write_targets(func, instr, id);
    die(func);
}

static void emit_switch(struct aot_func *func, const struct wasm_instr *instr)
{
    struct aot_value index = aot_pop(func);
    uint32_t last = instr->targets[instr->target_count];

    aot_say(func, &func->body, "switch(%v){\n", &index);
    for (uint32_t i = 0; i < instr->target_count; i++) {
        if (instr->targets[i] == last)
            continue;
        aot_say(func, &func->body, "case %uu:", i);
        /* Neighbours with the same target share the branch. */
        if (i + 1 < instr->target_count &&
            instr->targets[i + 1] == instr->targets[i])
            continue;
        write_branch(func, instr->targets[i]);
        base_buf_char(&func->body, '\n');
    }
    base_buf_text(&func->body, "default:");
    write_branch(func, last);
    base_buf_text(&func->body, "}\n");
    die(func);
}

bool aot_control_emit(struct aot_func *func, const struct wasm_instr *instr)
{
    switch (instr->op) {
    case WASM_OP_UNREACHABLE:
        base_buf_text(&func->body, "viv_trap(ENGINE_TRAP_UNREACHABLE);\n");
        die(func);
        return true;
    case WASM_OP_NOP:
        return true;
    case WASM_OP_BLOCK:
    case WASM_OP_LOOP:
    case WASM_OP_IF:
        emit_block(func, instr);
        return true;
    case WASM_OP_ELSE:
        emit_else(func);
        return true;
    case WASM_OP_END:
        emit_end(func);
        return true;
    case WASM_OP_BR:
        write_branch(func, instr->index);
        base_buf_char(&func->body, '\n');
        die(func);
        return true;
    case WASM_OP_BR_IF:
        emit_br_if(func, instr->index);
        return true;
    case WASM_OP_BR_TABLE:
        if (is_dispatch(func, instr))
            emit_goto_table(func, instr);
        else
            emit_switch(func, instr);
        return true;
    case WASM_OP_RETURN:
        write_return(func);
        base_buf_char(&func->body, '\n');
        die(func);
        return true;
    default:
        return false;
    }
}

void aot_control_skip(struct aot_func *func, const struct wasm_instr *instr)
{
    struct aot_label *label;

    switch (instr->op) {
    case WASM_OP_BLOCK:
    case WASM_OP_LOOP:
    case WASM_OP_IF:
        label = push_label(func);
        if (label != NULL)
            label->is_dead = true;
        break;
    case WASM_OP_ELSE:
        emit_else(func);
        break;
    case WASM_OP_END:
        emit_end(func);
        break;
    default:
        break;
    }
}
