/* diff_dead.c - code that cannot be reached, and must be valid all the same.
 *
 * Behind a jump the stack has no bottom: what is popped beyond it is whatever
 * the instruction wants.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "diff_body.h"

#define STEPS_MOST 10
#define STACK_MOST 64

/* What is known of the stack; `?` is of any type. */
struct dead {
    char stack[STACK_MOST];
    uint32_t len;
};

static bool has(const struct dead *dead, uint32_t below_top, char type)
{
    char there;

    if (below_top >= dead->len)
        return true;
    there = dead->stack[dead->len - 1 - below_top];
    return there == type || there == '?';
}

static void take(struct dead *dead, uint32_t count)
{
    dead->len = dead->len > count ? dead->len - count : 0;
}

static void give(struct dead *dead, char type)
{
    if (type && dead->len < STACK_MOST)
        dead->stack[dead->len++] = type;
}

static bool needs(struct diff_module *m, const struct diff_op *op, char type)
{
    (void)m;
    return strchr(op->params, type) != NULL || op->result == type;
}

static void instruction(struct diff_module *m, struct dead *dead)
{
    const struct diff_op *op = diff_ops_at(diff_below(m, diff_ops_count()));
    uint32_t i, count = (uint32_t)strlen(op->params);
    bool accesses = op->immediate == DIFF_IMM_MEMORY ||
                    op->immediate == DIFF_IMM_MEMORY_LANE;

    if ((needs(m, op, 'v') && !m->profile.simd) ||
        (accesses && !m->profile.memory))
        return;
    for (i = 0; i < count; i++) {
        if (!has(dead, i, op->params[count - 1 - i]))
            return;
    }
    if (accesses)
        diff_write_access(m, op, diff_random_i32(&m->random));
    else
        diff_ops_write(&m->body.code, op, &m->random);
    take(dead, count);
    give(dead, op->result);
}

static void pop(struct diff_module *m, struct dead *dead)
{
    char type = dead->len ? dead->stack[dead->len - 1] : '?';

    if (type == '?')
        type = diff_any_letter(m);
    if (diff_chance(m, 500))
        diff_emit(m, 0x1a);
    else
        diff_emit_index(m, 0x21, diff_local(m, type));
    take(dead, 1);
}

static void push(struct diff_module *m, struct dead *dead)
{
    char type = diff_any_letter(m);

    if (dead->len == STACK_MOST)
        return;
    if (diff_chance(m, 300))
        diff_value(m, type);
    else if (diff_chance(m, 500))
        diff_any_const(m, type);
    else
        diff_emit_index(m, 0x20, diff_local(m, type));
    give(dead, type);
}

/* select of two values that are not there: what it makes has no type. */
static void select_nothing(struct diff_module *m, struct dead *dead)
{
    if (dead->len > 1 || !has(dead, 0, 'i'))
        return;
    diff_emit(m, 0x1b);
    dead->len = 0;
    give(dead, '?');
}

/* Another jump, whose values are not there either. */
static void jump(struct diff_module *m, struct dead *dead)
{
    if (dead->len > 0)
        return;
    if (diff_chance(m, 500))
        diff_emit_index(m, 0x0c, diff_below(m, m->body.label_count));
    else
        diff_emit(m, diff_chance(m, 500) ? 0x0f : 0x00);
}

/* The block ends when what is left is the end of its results. */
static void settle(struct diff_module *m, struct dead *dead,
                   const char *results)
{
    uint32_t count = (uint32_t)strlen(results), i;

    while (dead->len > 0) {
        for (i = 0; i < dead->len && i < count; i++) {
            if (!has(dead, i, results[count - 1 - i]))
                break;
        }
        if (i == dead->len)
            return;
        pop(m, dead);
    }
}

void diff_dead(struct diff_module *m, const char *results)
{
    uint32_t steps = diff_below(m, STEPS_MOST);
    struct dead dead = {{0}, 0};

    if (diff_chance(m, 300))
        return;
    while (steps-- > 0) {
        switch (diff_below(m, 12)) {
        case 0:
        case 1:
            push(m, &dead);
            break;
        case 2:
            pop(m, &dead);
            break;
        case 3:
            select_nothing(m, &dead);
            break;
        case 4:
            jump(m, &dead);
            break;
        default:
            instruction(m, &dead);
        }
    }
    settle(m, &dead, results);
}
