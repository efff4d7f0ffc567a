/* diff_write.c - the sections of a module, one after the other.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "diff_model.h"

static void section(struct diff_bytes *file, uint8_t id, uint32_t count,
                    struct diff_bytes *items)
{
    struct diff_bytes whole = {0};

    if (count > 0) {
        diff_bytes_leb(&whole, count);
        diff_bytes_raw(&whole, items->at, items->len);
        diff_bytes_u8(file, id);
        diff_bytes_sized(file, whole.at, whole.len);
    }
    diff_bytes_fini(&whole);
    diff_bytes_fini(items);
}

static void put_name(struct diff_bytes *out, char letter, uint32_t number)
{
    char name[16];
    int len = snprintf(name, sizeof(name), "%c%u", letter, number);

    diff_bytes_sized(out, name, (size_t)len);
}

static void put_letters(struct diff_bytes *out, const char *letters)
{
    diff_bytes_leb(out, strlen(letters));
    for (; *letters; letters++)
        diff_bytes_u8(out, diff_type_byte(*letters));
}

static void write_types(struct diff_module *m, struct diff_bytes *file)
{
    struct diff_bytes out = {0};
    uint32_t i;

    for (i = 0; i < m->type_count; i++) {
        diff_bytes_u8(&out, 0x60);
        put_letters(&out, m->types[i].params);
        put_letters(&out, m->types[i].results);
    }
    section(file, 1, m->type_count, &out);
}

static void put_limits(struct diff_bytes *out, bool has_max, uint32_t min,
                       uint32_t max)
{
    diff_bytes_u8(out, has_max);
    diff_bytes_leb(out, min);
    if (has_max)
        diff_bytes_leb(out, max);
}

static void put_table(struct diff_bytes *out, const struct diff_table *table)
{
    diff_bytes_u8(out, diff_type_byte(table->type));
    put_limits(out, table->has_max, table->min, table->max);
}

static void put_import(struct diff_bytes *out, char letter, uint32_t number,
                       uint8_t kind)
{
    diff_bytes_sized(out, "h", 1);
    put_name(out, letter, number);
    diff_bytes_u8(out, kind);
}

static void write_imports(struct diff_module *m, struct diff_bytes *file)
{
    struct diff_bytes out = {0};
    uint32_t i, count = m->func_imports;

    for (i = 0; i < m->func_imports; i++) {
        put_import(&out, 'f', i, 0);
        diff_bytes_leb(&out, m->funcs[i].type);
    }
    if (m->table_count > 0 && m->tables[0].imported) {
        put_import(&out, 't', 0, 1);
        put_table(&out, &m->tables[0]);
        count++;
    }
    if (m->profile.memory && m->memory_imported) {
        put_import(&out, 'm', 0, 2);
        put_limits(&out, m->memory_has_max, m->memory_min, m->memory_max);
        count++;
    }
    for (i = 0; i < m->global_count && m->globals[i].imported; i++) {
        put_import(&out, 'g', i, 3);
        diff_bytes_u8(&out, diff_type_byte(m->globals[i].type));
        diff_bytes_u8(&out, 0);
        count++;
    }
    section(file, 2, count, &out);
}

static void write_func_types(struct diff_module *m, struct diff_bytes *file)
{
    struct diff_bytes out = {0};
    uint32_t i;

    for (i = m->func_imports; i < m->func_count; i++)
        diff_bytes_leb(&out, m->funcs[i].type);
    section(file, 3, m->func_count - m->func_imports, &out);
}

static void write_tables(struct diff_module *m, struct diff_bytes *file)
{
    struct diff_bytes out = {0};
    uint32_t i, count = 0;

    for (i = 0; i < m->table_count; i++) {
        if (!m->tables[i].imported) {
            put_table(&out, &m->tables[i]);
            count++;
        }
    }
    section(file, 4, count, &out);
}

static void write_memory(struct diff_module *m, struct diff_bytes *file)
{
    struct diff_bytes out = {0};

    put_limits(&out, m->memory_has_max, m->memory_min, m->memory_max);
    section(file, 5, m->profile.memory && !m->memory_imported, &out);
}

/* --- constant expressions --------------------------------------------------
 */

/* global.get of an imported global of that type; false if there is none. */
static bool put_imported(struct diff_module *m, struct diff_bytes *out,
                         char type)
{
    uint32_t i, start = diff_random_below(&m->random, m->global_count);

    for (i = 0; i < m->global_count; i++) {
        uint32_t at = (start + i) % m->global_count;

        if (m->globals[at].imported && m->globals[at].type == type) {
            diff_bytes_u8(out, 0x23);
            diff_bytes_leb(out, at);
            return true;
        }
    }
    return false;
}

static void put_number(struct diff_bytes *out, char type, uint64_t value)
{
    uint32_t bits = (uint32_t)value;

    if (type == 'i') {
        diff_bytes_u8(out, 0x41);
        diff_bytes_sleb(out, (int32_t)bits);
    } else if (type == 'I') {
        diff_bytes_u8(out, 0x42);
        diff_bytes_sleb(out, (int64_t)value);
    } else if (type == 'f') {
        diff_bytes_u8(out, 0x43);
        diff_bytes_raw(out, &bits, 4);
    } else {
        diff_bytes_u8(out, 0x44);
        diff_bytes_raw(out, &value, 8);
    }
}

static uint64_t any_number(struct diff_module *m, char type)
{
    return type == 'i'   ? diff_random_i32(&m->random)
           : type == 'I' ? diff_random_i64(&m->random)
           : type == 'f' ? diff_random_f32(&m->random)
                         : diff_random_f64(&m->random);
}

static void put_integer(struct diff_module *m, struct diff_bytes *out,
                        char type, uint32_t depth)
{
    uint32_t how = diff_random_below(&m->random, 3);

    if (m->profile.extended_const && depth < 3 &&
        diff_random_chance(&m->random, 500)) {
        put_integer(m, out, type, depth + 1);
        put_integer(m, out, type, depth + 1);
        diff_bytes_u8(out, (uint8_t)((type == 'i' ? 0x6a : 0x7c) + how));
    } else if (how > 0 || !put_imported(m, out, type)) {
        put_number(out, type, any_number(m, type));
    }
}

static void put_reference(struct diff_module *m, struct diff_bytes *out,
                          char type)
{
    uint32_t func = diff_random_below(&m->random, m->func_count);

    if (type == 'e' && diff_random_chance(&m->random, 600) &&
        put_imported(m, out, type))
        return;
    if (type == 'r' && diff_random_chance(&m->random, 500)) {
        diff_bytes_u8(out, 0xd2);
        diff_bytes_leb(out, func);
        return;
    }
    diff_bytes_u8(out, 0xd0);
    diff_bytes_u8(out, diff_type_byte(type));
}

static void put_init(struct diff_module *m, struct diff_bytes *out, char type)
{
    uint8_t vector[16];

    if (type == 'v') {
        diff_random_v128(&m->random, vector);
        diff_bytes_raw(out, "\xfd\x0c", 2);
        diff_bytes_raw(out, vector, 16);
    } else if (diff_is_ref(type)) {
        put_reference(m, out, type);
    } else if (type == 'i' || type == 'I') {
        put_integer(m, out, type, 0);
    } else if (!diff_random_chance(&m->random, 300) ||
               !put_imported(m, out, type)) {
        put_number(out, type, any_number(m, type));
    }
    diff_bytes_u8(out, 0x0b);
}

/* An offset of the value `at`, now and then as a sum. */
static void put_offset(struct diff_module *m, struct diff_bytes *out,
                       uint32_t at)
{
    uint32_t part = diff_random_i32(&m->random);

    if (m->profile.extended_const && diff_random_chance(&m->random, 400)) {
        put_number(out, 'i', at - part);
        put_number(out, 'i', part);
        diff_bytes_u8(out, 0x6a);
    } else {
        put_number(out, 'i', at);
    }
    diff_bytes_u8(out, 0x0b);
}

static void write_globals(struct diff_module *m, struct diff_bytes *file)
{
    struct diff_bytes out = {0};
    uint32_t i, count = 0;

    for (i = 0; i < m->global_count; i++) {
        if (m->globals[i].imported)
            continue;
        count++;
        diff_bytes_u8(&out, diff_type_byte(m->globals[i].type));
        diff_bytes_u8(&out, m->globals[i].is_mutable);
        if (i == m->fuel || i == m->opaque) {
            put_number(&out, 'i', i == m->fuel ? DIFF_FUEL : 0);
            diff_bytes_u8(&out, 0x0b);
        } else {
            put_init(m, &out, m->globals[i].type);
        }
    }
    section(file, 6, count, &out);
}

/* --- segments ---------------------------------------------------------------
 */

static bool has_null(const struct diff_elem *elem)
{
    uint32_t i;

    for (i = 0; i < elem->count; i++) {
        if (elem->func[i] < 0)
            return true;
    }
    return elem->type == 'e';
}

static void put_elem_items(struct diff_bytes *out, const struct diff_elem *elem,
                           bool as_exprs)
{
    uint32_t i;

    diff_bytes_leb(out, elem->count);
    for (i = 0; i < elem->count; i++) {
        if (!as_exprs) {
            diff_bytes_leb(out, (uint32_t)elem->func[i]);
            continue;
        }
        diff_bytes_u8(out, elem->func[i] < 0 ? 0xd0 : 0xd2);
        if (elem->func[i] < 0)
            diff_bytes_u8(out, diff_type_byte(elem->type));
        else
            diff_bytes_leb(out, (uint32_t)elem->func[i]);
        diff_bytes_u8(out, 0x0b);
    }
}

static void put_elem(struct diff_module *m, struct diff_bytes *out,
                     const struct diff_elem *elem)
{
    bool as_exprs = has_null(elem) ||
                    (m->profile.refs && diff_random_chance(&m->random, 300));
    bool explicit_table =
        elem->mode == 0 && (elem->table > 0 || elem->type != 'r' ||
                            diff_random_chance(&m->random, 200));
    uint32_t flags = (as_exprs ? 4u : 0u) | (explicit_table ? 2u : 0u);

    if (elem->mode > 0)
        flags |= elem->mode == 1 ? 1u : 3u;
    diff_bytes_leb(out, flags);
    if (explicit_table)
        diff_bytes_leb(out, elem->table);
    if (elem->mode == 0)
        put_offset(m, out, elem->at);
    if (flags & 3u)
        diff_bytes_u8(out, as_exprs ? diff_type_byte(elem->type) : 0);
    put_elem_items(out, elem, as_exprs);
}

/* What ref.func names in a body must be named outside of bodies too. */
static uint32_t put_declared(struct diff_module *m, struct diff_bytes *out)
{
    struct diff_bytes list = {0};
    uint32_t i, count = 0;

    for (i = 0; i < m->func_count; i++) {
        if (m->funcs[i].named_by_ref) {
            diff_bytes_leb(&list, i);
            count++;
        }
    }
    if (count > 0) {
        diff_bytes_raw(out, "\3\0", 2);
        diff_bytes_leb(out, count);
        diff_bytes_raw(out, list.at, list.len);
    }
    diff_bytes_fini(&list);
    return count > 0;
}

static void write_elems(struct diff_module *m, struct diff_bytes *file)
{
    struct diff_bytes out = {0};
    uint32_t i, count = m->elem_count;

    for (i = 0; i < m->elem_count; i++)
        put_elem(m, &out, &m->elems[i]);
    count += put_declared(m, &out);
    section(file, 9, count, &out);
}

static void put_data(struct diff_module *m, struct diff_bytes *out,
                     const struct diff_data *data)
{
    uint8_t bytes[16];
    uint32_t at;

    diff_bytes_u8(out, data->passive);
    if (!data->passive)
        put_offset(m, out, data->at);
    diff_bytes_leb(out, data->len);
    for (at = 0; at < data->len; at += 16) {
        diff_random_v128(&m->random, bytes);
        diff_bytes_raw(out, bytes, data->len - at < 16 ? data->len - at : 16);
    }
}

static void write_datas(struct diff_module *m, struct diff_bytes *file)
{
    struct diff_bytes out = {0};
    uint32_t i;

    for (i = 0; i < m->data_count; i++)
        put_data(m, &out, &m->datas[i]);
    section(file, 11, m->data_count, &out);
}

/* --- the rest ---------------------------------------------------------------
 */

static void write_code(struct diff_module *m, struct diff_bytes *file)
{
    struct diff_bytes out = {0};
    uint32_t i;

    for (i = m->func_imports; i < m->func_count; i++) {
        diff_bytes_sized(&out, m->funcs[i].body.at, m->funcs[i].body.len);
        diff_bytes_fini(&m->funcs[i].body);
    }
    section(file, 10, m->func_count - m->func_imports, &out);
}

/* Names that a C compiler would rather not see. */
static void write_names(struct diff_module *m, struct diff_bytes *file)
{
    static const char *const names[] = {
        "main",      "int",
        "f0",        "*/ oops /*",
        "a\"b\\n%s", "\xc3\xa4",
        "memcpy",    "std::vector<int>::push_back(int&&)",
        "",          "two\nlines",
        "viv_code",  "__builtin_trap",
        "$gs",       "?\?/"};
    struct diff_bytes map = {0}, whole = {0};
    uint32_t i, count = 0;

    for (i = 0; i < m->func_count; i++) {
        const char *name = names[diff_random_below(&m->random, 14)];

        if (diff_random_chance(&m->random, 500)) {
            diff_bytes_leb(&map, i);
            diff_bytes_sized(&map, name, strlen(name));
            count++;
        }
    }
    diff_bytes_sized(&whole, "name", 4);
    section(&whole, 1, count, &map);
    diff_bytes_u8(file, 0);
    diff_bytes_sized(file, whole.at, whole.len);
    diff_bytes_fini(&whole);
}

void diff_write(struct diff_module *m, struct diff_bytes *ret_file)
{
    struct diff_bytes leb = {0};

    diff_bytes_raw(ret_file, "\0asm\1\0\0\0", 8);
    write_types(m, ret_file);
    write_imports(m, ret_file);
    write_func_types(m, ret_file);
    write_tables(m, ret_file);
    write_memory(m, ret_file);
    write_globals(m, ret_file);
    section(ret_file, 7, m->export_count, &m->exports);
    if (m->start >= 0) {
        diff_bytes_leb(&leb, (uint32_t)m->start);
        diff_bytes_u8(ret_file, 8);
        diff_bytes_sized(ret_file, leb.at, leb.len);
    }
    write_elems(m, ret_file);
    leb.len = 0;
    if (m->data_count > 0) {
        diff_bytes_leb(&leb, m->data_count);
        diff_bytes_u8(ret_file, 12);
        diff_bytes_sized(ret_file, leb.at, leb.len);
    }
    diff_bytes_fini(&leb);
    write_code(m, ret_file);
    write_datas(m, ret_file);
    if (diff_random_chance(&m->random, 300))
        write_names(m, ret_file);
}
