/* diff_plan.c - what a module has besides code.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "diff_model.h"

uint8_t diff_type_byte(char letter)
{
    switch (letter) {
    case 'i':
        return 0x7f;
    case 'I':
        return 0x7e;
    case 'f':
        return 0x7d;
    case 'F':
        return 0x7c;
    case 'v':
        return 0x7b;
    case 'r':
        return 0x70;
    default:
        return 0x6f;
    }
}

bool diff_is_ref(char letter)
{
    return letter == 'r' || letter == 'e';
}

char diff_any_letter(struct diff_module *m)
{
    static const char letters[] = "iiiiiiIIIIffFFFvvvrree";
    char letter;

    do {
        letter = letters[diff_random_below(&m->random, sizeof(letters) - 1)];
    } while ((letter == 'v' && !m->profile.simd) ||
             (diff_is_ref(letter) && !m->profile.refs));
    return letter;
}

uint32_t diff_type(struct diff_module *m, const char *params,
                   const char *results)
{
    uint32_t i;

    for (i = 0; i < m->type_count; i++) {
        if (strcmp(m->types[i].params, params) == 0 &&
            strcmp(m->types[i].results, results) == 0 &&
            !diff_random_chance(&m->random, 50))
            return i;
    }
    if (m->type_count == DIFF_TYPES)
        return DIFF_TYPES;
    strncpy(m->types[i].params, params, DIFF_ARITY - 1);
    strncpy(m->types[i].results, results, DIFF_ARITY - 1);
    return m->type_count++;
}

static void plan_profile(struct diff_module *m)
{
    static const uint32_t traps[] = {0, 5, 10, 10, 30, 120};
    struct diff_random *random = &m->random;

    m->profile = (struct diff_profile){
        .simd = diff_random_chance(random, 600),
        .refs = diff_random_chance(random, 600),
        .tail_calls = diff_random_chance(random, 600),
        .extended_const = diff_random_chance(random, 500),
        .memory = diff_random_chance(random, 930),
        .deep = diff_random_chance(random, 150),
        .traps = traps[diff_random_below(random, 6)],
        .budget = 10 + diff_random_below(
                           random, diff_random_chance(random, 150) ? 220 : 60),
        .big_funcs = 1 + diff_random_below(random, 4),
        .small_funcs = 2 + diff_random_below(random, 8),
    };
}

/* `least` to `most` letters, without vectors if `plain`. */
static void any_types(struct diff_module *m, char *ret_types, uint32_t least,
                      uint32_t most, bool plain)
{
    uint32_t count = least + diff_random_below(&m->random, most - least + 1);
    uint32_t i;

    for (i = 0; i < count; i++) {
        do {
            ret_types[i] = diff_any_letter(m);
        } while (plain && ret_types[i] == 'v');
    }
    ret_types[count] = '\0';
}

static uint32_t any_signature(struct diff_module *m, bool plain)
{
    struct diff_random *random = &m->random;
    struct diff_type type;
    uint32_t most = diff_random_chance(random, 150) ? 20 : 4;

    any_types(m, type.params, 0, most, plain);
    most = diff_random_chance(random, 60)    ? 16
           : diff_random_chance(random, 300) ? 4
                                             : 1;
    any_types(m, type.results, 0, most, plain);
    return diff_type(m, type.params, type.results);
}

static void add_func(struct diff_module *m, uint32_t type, bool imported)
{
    struct diff_func *func = &m->funcs[m->func_count++];

    func->type = type;
    func->imported = imported;
    m->func_imports += imported;
}

/* Few different types, so that tail calls and tables find their like. */
static void plan_funcs(struct diff_module *m)
{
    struct diff_random *random = &m->random;
    uint32_t i, pool[4];

    for (i = diff_random_below(random, 4); i > 0; i--)
        add_func(m, any_signature(m, true), true);
    for (i = 0; i < 4; i++)
        pool[i] = any_signature(m, false);
    if (diff_random_chance(random, 120)) {
        m->start = (int32_t)m->func_count;
        pool[0] = diff_type(m, "", "");
        add_func(m, pool[0], false);
    }
    for (i = 0; i < m->profile.big_funcs; i++)
        add_func(m, pool[diff_random_below(random, 4)], false);
}

static uint64_t imported_value(struct diff_module *m, char type)
{
    uint64_t bits;

    switch (type) {
    case 'i':
        return diff_random_i32(&m->random);
    case 'f':
        bits = diff_random_f32(&m->random);
        return (bits & 0x7f800000) == 0x7f800000 ? 0x7fc00000 : bits;
    case 'F':
        bits = diff_random_f64(&m->random);
        return (bits >> 52 & 0x7ff) == 0x7ff ? 0x7ff8ull << 48 : bits;
    case 'e':
        return diff_random_below(&m->random, 5);
    default:
        return diff_random_i64(&m->random);
    }
}

static void add_global(struct diff_module *m, char type, bool imported,
                       bool is_mutable)
{
    struct diff_global *global = &m->globals[m->global_count++];

    global->type = type;
    global->imported = imported;
    global->is_mutable = is_mutable;
    if (imported)
        global->value = imported_value(m, type);
}

static void plan_globals(struct diff_module *m)
{
    struct diff_random *random = &m->random;
    uint32_t i;
    char type;

    for (i = diff_random_below(random, 5); i > 0; i--) {
        type = diff_any_letter(m);
        if (type != 'v' && type != 'r')
            add_global(m, type, true, false);
    }
    m->fuel = m->global_count;
    add_global(m, 'i', false, true);
    m->opaque = m->global_count;
    add_global(m, 'i', false, true);
    for (i = diff_random_below(random, 9); i > 0; i--) {
        add_global(m, diff_any_letter(m), false,
                   diff_random_chance(random, 700));
        m->globals[m->global_count - 1].exported =
            m->globals[m->global_count - 1].type != 'v';
    }
}

static void plan_tables(struct diff_module *m)
{
    struct diff_random *random = &m->random;
    uint32_t i, count = diff_random_below(random, m->profile.refs ? 4 : 2);

    for (i = 0; i < count; i++) {
        struct diff_table *table = &m->tables[m->table_count++];

        table->type = i > 0 && diff_random_chance(random, 400) ? 'e' : 'r';
        table->min = diff_random_below(random, DIFF_ENTRIES);
        table->has_max = diff_random_chance(random, 600);
        table->max = table->min + diff_random_below(random, 8);
        table->imported = i == 0 && diff_random_chance(random, 200);
        memset(table->entry, 0xff, sizeof(table->entry));
    }
}

static struct diff_elem *add_elem(struct diff_module *m, uint8_t mode)
{
    struct diff_elem *elem = &m->elems[m->elem_count++];
    uint32_t i;

    elem->mode = mode;
    elem->count = 1 + diff_random_below(&m->random, 12);
    elem->type =
        m->profile.refs && diff_random_chance(&m->random, 100) ? 'e' : 'r';
    for (i = 0; i < elem->count; i++) {
        elem->func[i] = (int32_t)diff_random_below(&m->random, m->func_count);
        if (elem->type == 'e' ||
            (m->profile.refs && diff_random_chance(&m->random, 60)))
            elem->func[i] = -1;
    }
    return elem;
}

/* Put an active segment into `table`, inside it unless this is one of the few
 * modules that shall trap at birth. */
static void aim_elem(struct diff_module *m, struct diff_elem *elem,
                     uint32_t index)
{
    struct diff_table *table = &m->tables[index];
    uint32_t i;

    elem->table = index;
    elem->type = table->type;
    if (elem->count > table->min)
        elem->count = table->min;
    elem->at = diff_random_below(&m->random, table->min - elem->count + 1);
    for (i = 0; i < elem->count; i++) {
        if (table->type == 'e')
            elem->func[i] = -1;
        table->entry[elem->at + i] = elem->func[i];
    }
    if (diff_random_chance(&m->random, m->profile.traps / 8))
        elem->at = table->min - elem->count + 1;
}

static void plan_elems(struct diff_module *m)
{
    uint32_t i;

    for (i = 0; i < m->table_count; i++)
        aim_elem(m, add_elem(m, 0), i);
    for (i = diff_random_below(&m->random, 3); i > 0 && m->table_count; i--)
        add_elem(m, (uint8_t)(1 + diff_random_chance(&m->random, 200)));
}

static void plan_memory(struct diff_module *m)
{
    struct diff_random *random = &m->random;
    uint32_t i;

    m->memory_min =
        diff_random_chance(random, 30) ? 0 : 1 + diff_random_below(random, 3);
    m->memory_has_max = diff_random_chance(random, 750);
    m->memory_max = m->memory_min + diff_random_below(random, 5);
    m->memory_imported = diff_random_chance(random, 150);
    for (i = diff_random_below(random, 5); i > 0; i--) {
        struct diff_data *data = &m->datas[m->data_count++];

        data->passive = diff_random_chance(random, 350);
        data->len = diff_random_below(random, 300);
        data->at = diff_random_below(random, 5000);
        if (m->memory_min == 0 && !data->passive)
            data->at = data->len = 0;
        else if (diff_random_chance(random, m->profile.traps / 8))
            data->at = m->memory_min * 65536 - data->len + 1;
    }
}

void diff_plan(struct diff_module *m)
{
    m->start = -1;
    plan_profile(m);
    plan_funcs(m);
    plan_globals(m);
    plan_tables(m);
    plan_elems(m);
    if (m->profile.memory)
        plan_memory(m);
}
