/* diff_block.c - blocks, loops, branches.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "diff_body.h"

#define PARAMS_MOST  3
#define RESULTS_MOST 4

/* Write the opcode and the block's type and open its label; false, and nothing
 * is written, if there is no room. */
static bool open(struct diff_module *m, uint8_t op, const char *params,
                 const char *results)
{
    struct diff_label *label = &m->body.labels[m->body.label_count];
    uint32_t type = DIFF_TYPES;

    if (m->body.label_count == DIFF_LABELS)
        return false;
    if (*params || strlen(results) > 1 || diff_chance(m, 100)) {
        type = diff_type(m, params, results);
        if (type == DIFF_TYPES)
            return false;
    }
    diff_emit(m, op);
    if (type < DIFF_TYPES)
        diff_bytes_sleb(&m->body.code, type);
    else
        diff_emit(m, *results ? diff_type_byte(*results) : 0x40);
    label->is_loop = op == 0x03;
    strcpy(label->types, label->is_loop ? params : results);
    m->body.label_count++;
    return true;
}

static void close(struct diff_module *m)
{
    diff_emit(m, 0x0b);
    m->body.label_count--;
}

struct shape {
    char params[PARAMS_MOST + 1];
    char results[RESULTS_MOST + 1];
};

/* Mostly what the first version of the format had: no parameters, at most one
 * result. */
static struct shape any_shape(struct diff_module *m, char wanted)
{
    struct shape shape = {{0}, {0}};

    if (diff_chance(m, 250))
        diff_any_types(m, 0, PARAMS_MOST, shape.params);
    if (diff_chance(m, 250))
        diff_any_types(m, wanted, RESULTS_MOST, shape.results);
    else
        shape.results[0] = wanted;
    return shape;
}

/* After the end of the block; if it could not be opened its parameters are
 * still there. */
static void take_results(struct diff_module *m, const char *types, char wanted)
{
    if (wanted)
        diff_reduce(m, types, wanted);
    else
        diff_discard(m, types);
}

static bool give_up(struct diff_module *m, const char *params, char wanted)
{
    diff_discard(m, params);
    if (wanted)
        diff_any_const(m, wanted);
    return true;
}

/* The inside up to the end, or to the else. */
static void arm(struct diff_module *m, const struct shape *shape, bool leaves)
{
    diff_discard(m, shape->params);
    diff_statements(m);
    if (leaves)
        diff_leave(m, shape->results);
    else
        diff_values(m, shape->results);
}

bool diff_block(struct diff_module *m, char wanted)
{
    struct shape shape = any_shape(m, wanted);

    diff_values(m, shape.params);
    if (!open(m, 0x02, shape.params, shape.results))
        return give_up(m, shape.params, wanted);
    arm(m, &shape, diff_chance(m, 60));
    close(m);
    take_results(m, shape.results, wanted);
    return true;
}

/* Push whether to leave through an if: seldom, so that there is something
 * left to run. */
static void rare_condition(struct diff_module *m)
{
    diff_value(m, 'i');
    diff_i32(m, 7);
    diff_emit(m, 0x71);
    diff_emit(m, 0x45);
}

bool diff_if(struct diff_module *m, char wanted)
{
    struct shape shape = any_shape(m, wanted);
    bool leaves = diff_chance(m, 250);

    diff_values(m, shape.params);
    if (leaves)
        rare_condition(m);
    else
        diff_value(m, 'i');
    if (!open(m, 0x04, shape.params, shape.results)) {
        diff_emit(m, 0x1a);
        return give_up(m, shape.params, wanted);
    }
    arm(m, &shape, leaves);
    if (strcmp(shape.params, shape.results) != 0 || diff_chance(m, 700)) {
        diff_emit(m, 0x05);
        arm(m, &shape, false);
    }
    close(m);
    take_results(m, shape.results, wanted);
    return true;
}

void diff_spend(struct diff_module *m, uint32_t cost)
{
    const char *results = m->body.type->results;

    diff_emit_index(m, 0x23, m->fuel);
    diff_i32(m, cost);
    diff_emit(m, 0x6b);
    diff_emit_index(m, 0x24, m->fuel);
    diff_emit_index(m, 0x23, m->fuel);
    diff_i32(m, 0);
    diff_emit(m, 0x48);
    diff_emit(m, 0x04);
    diff_emit(m, 0x40);
    for (; *results; results++)
        diff_any_const(m, *results);
    diff_emit(m, 0x0f);
    diff_emit(m, 0x0b);
}

/* Push 1 while there is fuel, of which it takes one. */
static void has_fuel(struct diff_module *m)
{
    diff_emit_index(m, 0x23, m->fuel);
    diff_i32(m, 1);
    diff_emit(m, 0x6b);
    diff_emit_index(m, 0x24, m->fuel);
    diff_emit_index(m, 0x23, m->fuel);
    diff_i32(m, 0);
    diff_emit(m, 0x4a);
}

/* Push whether to go round once more: there is fuel, and a counter in a local
 * is below its end, or anything. */
static void again(struct diff_module *m)
{
    uint32_t counter = diff_local(m, 'i');

    if (diff_chance(m, 500)) {
        diff_emit_index(m, 0x20, counter);
        diff_i32(m, 1);
        diff_emit(m, 0x6a);
        diff_emit_index(m, 0x22, counter);
        diff_i32(m, 1 + diff_below(m, 20));
        diff_emit(m, 0x49);
    } else {
        diff_value(m, 'i');
        diff_i32(m, 0);
        diff_emit(m, 0x47);
    }
    has_fuel(m);
    diff_emit(m, 0x71);
}

bool diff_loop(struct diff_module *m, char wanted)
{
    struct shape shape = any_shape(m, wanted);

    diff_values(m, shape.params);
    if (!open(m, 0x03, shape.params, shape.results))
        return give_up(m, shape.params, wanted);
    diff_discard(m, shape.params);
    diff_statements(m);
    diff_values(m, shape.params);
    again(m);
    diff_emit_index(m, 0x0d, 0);
    diff_discard(m, shape.params);
    if (diff_chance(m, 50))
        diff_leave(m, shape.results);
    else
        diff_values(m, shape.results);
    close(m);
    take_results(m, shape.results, wanted);
    return true;
}

/* A label, near ones more often; its depth. */
static uint32_t any_depth(struct diff_module *m)
{
    uint32_t most = m->body.label_count;

    return diff_below(m, diff_chance(m, 600) && most > 3 ? 3 : most);
}

static struct diff_label *label_at(struct diff_module *m, uint32_t depth)
{
    return &m->body.labels[m->body.label_count - 1 - depth];
}

bool diff_branch_if(struct diff_module *m, char wanted)
{
    uint32_t depth = any_depth(m);
    struct diff_label label = *label_at(m, depth);

    if (wanted && strchr(label.types, wanted) == NULL)
        return false;
    diff_values(m, label.types);
    if (label.is_loop)
        has_fuel(m);
    rare_condition(m);
    if (label.is_loop)
        diff_emit(m, 0x71);
    diff_emit_index(m, 0x0d, depth);
    take_results(m, label.types, wanted);
    return true;
}

/* Labels that carry the same as the one at `depth`. */
static void branch_table(struct diff_module *m, uint32_t depth)
{
    struct diff_bytes targets = {0};
    uint32_t i, count = 0;

    for (i = 0; i < m->body.label_count && count < 12; i++) {
        if (strcmp(label_at(m, i)->types, label_at(m, depth)->types) == 0 &&
            diff_chance(m, 700)) {
            diff_bytes_leb(&targets, i);
            count++;
        }
    }
    diff_value(m, 'i');
    if (diff_chance(m, 700)) {
        diff_i32(m, 7);
        diff_emit(m, 0x71);
    }
    diff_emit_index(m, 0x0e, count);
    diff_bytes_raw(&m->body.code, targets.at, targets.len);
    diff_bytes_leb(&m->body.code, depth);
    diff_bytes_fini(&targets);
}

void diff_leave(struct diff_module *m, const char *results)
{
    uint32_t depth = any_depth(m), how = diff_below(m, 8);

    if (how == 0 && diff_chance(m, m->profile.traps * 4)) {
        diff_emit(m, 0x00);
    } else if (how >= 4 || !diff_tail_call(m)) {
        if (how == 7)
            depth = m->body.label_count - 1;
        diff_spend(m, 1); /* any of the targets may be a loop */
        diff_values(m, label_at(m, depth)->types);
        if (how == 7)
            diff_emit(m, 0x0f);
        else if (how >= 5)
            branch_table(m, depth);
        else
            diff_emit_index(m, 0x0c, depth);
    }
    diff_dead(m, results);
}

bool diff_deep(struct diff_module *m)
{
    uint32_t count = 5 + diff_below(m, 90), i;

    if (!m->profile.deep || m->body.label_count + count > DIFF_LABELS)
        return false;
    for (i = 0; i < count; i++) {
        if (!open(m, 0x02, "", ""))
            break;
    }
    count = i;
    for (i = 0; i < 3 && m->body.budget > 0; i++) {
        diff_value(m, 'i');
        diff_emit_index(m, 0x0d, diff_below(m, count));
        diff_statements(m);
    }
    while (count-- > 0) {
        if (diff_chance(m, 100))
            diff_statements(m);
        close(m);
    }
    return true;
}
