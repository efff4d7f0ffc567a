/* diff_value.c - expressions: trees of instructions that make one value.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "diff_body.h"

#define DEPTH_MAX 14

static void leaf(struct diff_module *m, char type)
{
    uint32_t how = diff_below(m, 10);
    int32_t global = how == 0 ? diff_global(m, type, false) : -1;

    if (global >= 0)
        diff_emit_index(m, 0x23, (uint32_t)global);
    else if (how < 4)
        diff_any_const(m, type);
    else
        diff_emit_index(m, 0x20, diff_local(m, type));
}

void diff_canonical(struct diff_module *m, char type)
{
    uint32_t scratch = m->body.scratch[(uint8_t)type];

    diff_emit_index(m, 0x21, scratch);
    if (type == 'f') {
        diff_emit(m, 0x43);
        diff_bytes_raw(&m->body.code, "\0\0\xc0\x7f", 4);
    } else {
        diff_emit(m, 0x44);
        diff_bytes_raw(&m->body.code, "\0\0\0\0\0\0\xf8\x7f", 8);
    }
    diff_emit_index(m, 0x20, scratch);
    diff_emit_index(m, 0x20, scratch);
    diff_emit_index(m, 0x20, scratch);
    diff_emit(m, type == 'f' ? 0x5c : 0x62);
    diff_emit(m, 0x1b);
}

void diff_canonical_v128(struct diff_module *m, const struct diff_op *op)
{
    bool is_single = op->text[1] == '3';
    uint32_t scratch = m->body.scratch['v'], i;

    diff_emit_index(m, 0x22, scratch);
    diff_emit_index(m, 0xfd, 12);
    for (i = 0; i < (is_single ? 4 : 2); i++)
        diff_bytes_raw(&m->body.code,
                       is_single ? "\0\0\xc0\x7f" : "\0\0\0\0\0\0\xf8\x7f",
                       is_single ? 4 : 8);
    diff_emit_index(m, 0x20, scratch);
    diff_emit_index(m, 0x20, scratch);
    diff_emit_index(m, 0xfd, is_single ? 0x41 : 0x47);
    diff_emit_index(m, 0xfd, 0x52);
}

void diff_exact(struct diff_module *m, char type)
{
    bool single = type == 'f';

    switch (m->body.budget > 0 ? diff_below(m, 6) : 1) {
    case 0:
        if (diff_load(m, type))
            return;
        /* fall through */
    case 1:
        diff_any_const(m, type);
        return;
    case 2:
        diff_value(m, single ? 'i' : 'I');
        diff_emit(m, single ? 0xbe : 0xbf);
        return;
    case 3:
        m->body.budget--;
        diff_exact(m, type);
        diff_emit(m, (uint8_t)((single ? 0x8b : 0x99) + diff_below(m, 2)));
        return;
    default:
        diff_value(m, type);
        diff_canonical(m, type);
    }
}

void diff_stored(struct diff_module *m, char type)
{
    if (type == 'f' || type == 'F')
        diff_exact(m, type);
    else
        diff_value(m, type);
}

/* A float that every integer type can hold: a small integer and a bit. */
static void small_float(struct diff_module *m, char type)
{
    diff_value(m, 'i');
    diff_i32(m, 0x7f);
    diff_emit(m, 0x71);
    diff_emit(m, type == 'f' ? 0xb2 : 0xb7);
    diff_any_const(m, type);
    diff_emit(m, type == 'f' ? 0x98 : 0xa6); /* copysign */
    diff_emit(m, type == 'f' ? 0x8b : 0x99); /* abs */
}

static void operands(struct diff_module *m, const struct diff_op *op)
{
    bool wild = diff_chance(m, m->profile.traps);
    size_t i, count = strlen(op->params);

    for (i = 0; i < count; i++) {
        char type = op->params[i];
        bool is_last = i + 1 == count;

        if (op->care == DIFF_CARE_EXACT && is_last)
            diff_exact(m, type);
        else if (op->care == DIFF_CARE_CONVERT && !wild)
            small_float(m, type);
        else
            diff_value(m, type);
        if (op->care == DIFF_CARE_DIVIDE && is_last && !wild) {
            diff_emit(m, type == 'i' ? 0x41 : 0x42);
            diff_emit(m, 1);
            diff_emit(m, type == 'i' ? 0x72 : 0x84); /* or: not zero */
        }
    }
}

static bool pure(struct diff_module *m, char type)
{
    const struct diff_op *op =
        diff_ops_any(&m->random, DIFF_PURE, type, m->profile.simd);

    if (op == NULL)
        return false;
    operands(m, op);
    diff_ops_write(&m->body.code, op, &m->random);
    if (op->care == DIFF_CARE_NANS)
        diff_canonical_v128(m, op);
    return true;
}

static bool tee(struct diff_module *m, char type)
{
    diff_value(m, type);
    diff_emit_index(m, 0x22, diff_local(m, type));
    return true;
}

static bool choose(struct diff_module *m, char type)
{
    diff_value(m, type);
    diff_value(m, type);
    diff_value(m, 'i');
    if (diff_is_ref(type) || (m->profile.refs && diff_chance(m, 200))) {
        diff_emit_index(m, 0x1c, 1);
        diff_emit(m, diff_type_byte(type));
    } else {
        diff_emit(m, 0x1b);
    }
    return true;
}

static bool sizes(struct diff_module *m, char type)
{
    (void)type;
    return diff_sizes(m);
}

static bool is_null(struct diff_module *m, char type)
{
    (void)type;
    if (!m->profile.refs)
        return false;
    diff_value(m, diff_chance(m, 500) ? 'r' : 'e');
    diff_emit(m, 0xd1);
    return true;
}

/* Functions of the plan only: those that come later have no number yet. */
static bool function_name(struct diff_module *m, char type)
{
    uint32_t func = diff_below(m, m->func_imports + m->profile.big_funcs);

    (void)type;
    m->funcs[func].named_by_ref = true;
    diff_emit_index(m, 0xd2, func);
    return true;
}

static const struct {
    bool (*make)(struct diff_module *m, char type);
    uint32_t weight;
    const char *types;
} makers[] = {
    {pure, 110, "iIfFv"},
    {diff_load, 22, "iIfFv"},
    {tee, 8, DIFF_LETTERS},
    {choose, 10, DIFF_LETTERS},
    {diff_block, 8, DIFF_LETTERS},
    {diff_if, 8, DIFF_LETTERS},
    {diff_loop, 7, DIFF_LETTERS},
    {diff_call, 10, DIFF_LETTERS},
    {diff_call_indirect, 8, DIFF_LETTERS},
    {diff_branch_if, 5, DIFF_LETTERS},
    {sizes, 4, "i"},
    {is_null, 4, "i"},
    {diff_table_get, 20, "re"},
    {function_name, 20, "r"},
};

#define MAKERS (sizeof(makers) / sizeof(makers[0]))

static bool make(struct diff_module *m, char type)
{
    uint32_t total = 0, at;
    size_t i;

    for (i = 0; i < MAKERS; i++)
        total += strchr(makers[i].types, type) ? makers[i].weight : 0;
    at = diff_below(m, total);
    for (i = 0; i < MAKERS; i++) {
        if (strchr(makers[i].types, type) == NULL)
            continue;
        if (at < makers[i].weight)
            return makers[i].make(m, type);
        at -= makers[i].weight;
    }
    return false;
}

void diff_value(struct diff_module *m, char type)
{
    struct diff_body *body = &m->body;

    body->budget--;
    body->depth++;
    if (body->budget <= 0 || body->depth > DEPTH_MAX || diff_chance(m, 150) ||
        !make(m, type))
        leaf(m, type);
    body->depth--;
}

void diff_values(struct diff_module *m, const char *types)
{
    for (; *types; types++)
        diff_value(m, *types);
}
