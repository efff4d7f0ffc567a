/* diff_body.c - the words that functions are made of.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diff_body.h"

#include <string.h>

bool diff_chance(struct diff_module *m, uint32_t permille)
{
    return diff_random_chance(&m->random, permille);
}

uint32_t diff_below(struct diff_module *m, uint32_t below)
{
    return diff_random_below(&m->random, below);
}

void diff_emit(struct diff_module *m, uint8_t op)
{
    diff_bytes_u8(&m->body.code, op);
}

void diff_emit_index(struct diff_module *m, uint8_t op, uint32_t index)
{
    diff_bytes_u8(&m->body.code, op);
    diff_bytes_leb(&m->body.code, index);
}

void diff_emit_fc(struct diff_module *m, uint32_t op)
{
    diff_emit_index(m, 0xfc, op);
}

void diff_i32(struct diff_module *m, uint32_t value)
{
    diff_emit(m, 0x41);
    diff_bytes_sleb(&m->body.code, (int32_t)value);
}

void diff_any_const(struct diff_module *m, char type)
{
    struct diff_bytes *code = &m->body.code;
    uint8_t vector[16];
    uint32_t single;
    uint64_t wide;

    switch (type) {
    case 'i':
        diff_i32(m, diff_random_i32(&m->random));
        break;
    case 'I':
        diff_emit(m, 0x42);
        diff_bytes_sleb(code, (int64_t)diff_random_i64(&m->random));
        break;
    case 'f':
        single = diff_random_f32(&m->random);
        diff_emit(m, 0x43);
        diff_bytes_raw(code, &single, 4);
        break;
    case 'F':
        wide = diff_random_f64(&m->random);
        diff_emit(m, 0x44);
        diff_bytes_raw(code, &wide, 8);
        break;
    case 'v':
        diff_random_v128(&m->random, vector);
        diff_emit_index(m, 0xfd, 12);
        diff_bytes_raw(code, vector, 16);
        break;
    default:
        diff_emit_index(m, 0xd0, diff_type_byte(type));
    }
}

uint32_t diff_local(struct diff_module *m, char type)
{
    const char *locals = m->body.locals;
    uint32_t i, seen = 0, found = 0;

    for (i = 0; locals[i]; i++) {
        if (locals[i] == type && i != m->body.scratch[(uint8_t)type] &&
            diff_below(m, ++seen) == 0)
            found = i;
    }
    return found;
}

int32_t diff_global(struct diff_module *m, char type, bool to_set)
{
    uint32_t i, seen = 0;
    int32_t found = -1;

    for (i = 0; i < m->global_count; i++) {
        const struct diff_global *global = &m->globals[i];

        if (global->type != type || i == m->fuel || i == m->opaque ||
            (to_set && !global->is_mutable))
            continue;
        if (diff_below(m, ++seen) == 0)
            found = (int32_t)i;
    }
    return found;
}

/* Two locals of each type to play with, and the scratch. */
static uint32_t declare_locals(struct diff_module *m, uint32_t at)
{
    static const char letters[] = DIFF_LETTERS;
    struct diff_bytes groups = {0};
    uint32_t i, count = 0;

    for (i = 0; letters[i]; i++) {
        char letter = letters[i];
        uint32_t more = 2 + diff_below(m, 2);

        if ((letter == 'v' && !m->profile.simd) ||
            (diff_is_ref(letter) && !m->profile.refs))
            continue;
        memset(m->body.locals + at, letter, more);
        at += more;
        m->body.scratch[(uint8_t)letter] = at - 1;
        diff_bytes_leb(&groups, more);
        diff_bytes_u8(&groups, diff_type_byte(letter));
        count++;
    }
    diff_bytes_leb(&m->body.code, count);
    diff_bytes_raw(&m->body.code, groups.at, groups.len);
    diff_bytes_fini(&groups);
    return at;
}

void diff_begin(struct diff_module *m, const struct diff_type *type)
{
    struct diff_body *body = &m->body;
    uint32_t at = (uint32_t)strlen(type->params);

    memset(body, 0, sizeof(*body));
    body->type = type;
    body->param_count = at;
    body->budget = (int32_t)m->profile.budget;
    memcpy(body->locals, type->params, at);
    at = declare_locals(m, at);
    body->locals[at] = '\0';
    memcpy(body->labels[0].types, type->results, DIFF_ARITY);
    body->label_count = 1;
}

void diff_end(struct diff_module *m, struct diff_func *func)
{
    diff_emit(m, 0x0b);
    func->body = m->body.code;
    memset(&m->body.code, 0, sizeof(m->body.code));
}

void diff_any_types(struct diff_module *m, char wanted, uint32_t most,
                    char *ret_types)
{
    uint32_t count = diff_below(m, most + 1), i;

    for (i = 0; i < count; i++)
        ret_types[i] = diff_any_letter(m);
    ret_types[count] = '\0';
    if (wanted && count == 0) {
        ret_types[1] = '\0';
        count = 1;
    }
    if (wanted)
        ret_types[diff_below(m, count)] = wanted;
}

static void pop(struct diff_module *m, char type)
{
    int32_t global = diff_chance(m, 200) ? diff_global(m, type, true) : -1;

    if (global >= 0)
        diff_emit_index(m, 0x24, (uint32_t)global);
    else if (diff_chance(m, 700))
        diff_emit_index(m, 0x21, diff_local(m, type));
    else
        diff_emit(m, 0x1a);
}

static void discard_part(struct diff_module *m, const char *types, size_t count)
{
    while (count > 0)
        pop(m, types[--count]);
}

void diff_discard(struct diff_module *m, const char *types)
{
    discard_part(m, types, strlen(types));
}

void diff_reduce(struct diff_module *m, const char *types, char wanted)
{
    uint32_t scratch = m->body.scratch[(uint8_t)wanted];
    size_t at = (size_t)(strchr(types, wanted) - types);

    diff_discard(m, types + at + 1);
    if (at > 0) {
        diff_emit_index(m, 0x21, scratch);
        discard_part(m, types, at);
        diff_emit_index(m, 0x20, scratch);
    }
}

void diff_hidden(struct diff_module *m, uint32_t value)
{
    diff_i32(m, value);
    if (diff_chance(m, 700)) {
        diff_emit_index(m, 0x23, m->opaque);
        diff_emit(m, 0x6a);
    }
}
