/* diff_call.c - calls: direct, through tables, and in tail position.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "diff_body.h"

static const struct diff_type *type_of(struct diff_module *m, uint32_t func)
{
    return &m->types[m->funcs[func].type];
}

/* Does it make a `wanted` (0: anything does)? */
static bool makes(const struct diff_type *type, char wanted)
{
    return wanted == 0 || strchr(type->results, wanted) != NULL;
}

/* Keep of what the call has pushed only what is wanted. */
static void take_results(struct diff_module *m, const struct diff_type *type,
                         char wanted)
{
    if (wanted == 0)
        diff_discard(m, type->results);
    else
        diff_reduce(m, type->results, wanted);
}

bool diff_call(struct diff_module *m, char wanted)
{
    uint32_t count = m->func_imports + m->profile.big_funcs;
    uint32_t i, start = diff_below(m, count);

    for (i = 0; i < count; i++) {
        uint32_t func = (start + i) % count;
        struct diff_type type = *type_of(m, func);

        if (!makes(&type, wanted))
            continue;
        diff_values(m, type.params);
        diff_emit_index(m, 0x10, func);
        take_results(m, &type, wanted);
        return true;
    }
    return false;
}

/* One of the types that are equal to type `index`. */
static uint32_t any_equal(struct diff_module *m, uint32_t index)
{
    uint32_t i, seen = 0, found = index;

    for (i = 0; i < m->type_count; i++) {
        if (strcmp(m->types[i].params, m->types[index].params) == 0 &&
            strcmp(m->types[i].results, m->types[index].results) == 0 &&
            diff_below(m, ++seen) == 0)
            found = i;
    }
    return found;
}

/* A table entry with a function that `fits`; false if there is none. */
static bool find_entry(struct diff_module *m, char wanted, const char *results,
                       uint32_t *ret_table, uint32_t *ret_at)
{
    uint32_t table, at, seen = 0;

    for (table = 0; table < m->table_count; table++) {
        const struct diff_table *in = &m->tables[table];

        for (at = 0; in->type == 'r' && at < in->min; at++) {
            const struct diff_type *type;

            if (in->entry[at] < 0)
                continue;
            type = type_of(m, (uint32_t)in->entry[at]);
            if (!makes(type, wanted) ||
                (results && strcmp(type->results, results) != 0))
                continue;
            if (diff_below(m, ++seen) == 0) {
                *ret_table = table;
                *ret_at = at;
            }
        }
    }
    return seen > 0;
}

/* Arguments, index and instruction; returns the type that is called. */
static struct diff_type call_entry(struct diff_module *m, uint8_t op,
                                   uint32_t table, uint32_t at)
{
    uint32_t func = (uint32_t)m->tables[table].entry[at];
    uint32_t type_index = any_equal(m, m->funcs[func].type);
    struct diff_type type = m->types[type_index];

    diff_values(m, type.params);
    if (diff_chance(m, m->profile.traps))
        diff_value(m, 'i');
    else if (diff_chance(m, m->profile.traps))
        diff_hidden(m, diff_below(m, m->tables[table].min + 2));
    else
        diff_hidden(m, at);
    diff_emit_index(m, op, type_index);
    diff_bytes_leb(&m->body.code, table);
    return type;
}

bool diff_call_indirect(struct diff_module *m, char wanted)
{
    struct diff_type type;
    uint32_t table, at;

    if (!find_entry(m, wanted, NULL, &table, &at))
        return false;
    type = call_entry(m, 0x11, table, at);
    take_results(m, &type, wanted);
    return true;
}

bool diff_tail_call(struct diff_module *m)
{
    uint32_t count = m->func_imports + m->profile.big_funcs;
    uint32_t i, start = diff_below(m, count), table, at;

    if (!m->profile.tail_calls)
        return false;
    if (diff_chance(m, 500) &&
        find_entry(m, 0, m->body.type->results, &table, &at)) {
        call_entry(m, 0x13, table, at);
        return true;
    }
    for (i = 0; i < count; i++) {
        uint32_t func = (start + i) % count;
        struct diff_type type = *type_of(m, func);

        if (strcmp(type.results, m->body.type->results) == 0) {
            diff_values(m, type.params);
            diff_emit_index(m, 0x12, func);
            return true;
        }
    }
    return false;
}
