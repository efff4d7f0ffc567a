/* diff_memory.c - what reads and writes memory and tables.
 *
 * Most addresses are inside, in ways that a compiler cannot see through; some
 * end at the last byte; and as many as the profile's `traps` says go anywhere.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diff_body.h"

static uint32_t wild_offset(struct diff_module *m)
{
    static const uint32_t offsets[] = {0,          1,          0xffff,
                                       0x10000,    0x7fffffff, 0x80000000,
                                       0x80000001, 0xfffffff0, 0xffffffff};

    return offsets[diff_below(m, sizeof(offsets) / sizeof(offsets[0]))];
}

static bool is_wild(struct diff_module *m)
{
    return diff_chance(m, m->profile.traps);
}

/* Push `any & mask`. */
static void masked(struct diff_module *m, uint32_t mask)
{
    diff_value(m, 'i');
    diff_i32(m, mask);
    diff_emit(m, 0x71);
}

/* Push an address; returns the offset that belongs to it. */
static uint32_t push_address(struct diff_module *m, uint32_t bytes)
{
    uint32_t back;

    if (is_wild(m)) {
        diff_value(m, 'i');
        return wild_offset(m);
    }
    if (diff_chance(m, 80)) {
        back = bytes + diff_below(m, 20);
        diff_emit_index(m, 0x3f, 0);
        diff_i32(m, 16);
        diff_emit(m, 0x74);
        diff_i32(m, back);
        diff_emit(m, 0x6b);
        return back - bytes;
    }
    if (diff_chance(m, 150)) {
        diff_i32(m, diff_below(m, 4096));
        return diff_below(m, 64);
    }
    masked(m, diff_chance(m, 500) ? 0xff : 0x7fff);
    return diff_below(m, diff_chance(m, 500) ? 32 : 0x7000);
}

void diff_write_access(struct diff_module *m, const struct diff_op *op,
                       uint32_t offset)
{
    struct diff_bytes *code = &m->body.code;

    diff_ops_write(code, op, &m->random);
    diff_bytes_leb(code, diff_below(m, op->log2_bytes + 1u));
    diff_bytes_leb(code, offset);
    if (op->immediate == DIFF_IMM_MEMORY_LANE)
        diff_bytes_u8(code, (uint8_t)diff_below(m, op->lanes));
}

bool diff_load(struct diff_module *m, char type)
{
    const struct diff_op *op =
        diff_ops_any(&m->random, DIFF_LOADS, type, m->profile.simd);
    uint32_t offset;

    if (op == NULL || !m->profile.memory)
        return false;
    offset = push_address(m, 1u << op->log2_bytes);
    if (op->params[1])
        diff_value(m, op->params[1]);
    diff_write_access(m, op, offset);
    return true;
}

bool diff_store(struct diff_module *m)
{
    const struct diff_op *op =
        diff_ops_any(&m->random, DIFF_STORES, 0, m->profile.simd);
    uint32_t offset;

    if (!m->profile.memory)
        return false;
    offset = push_address(m, 1u << op->log2_bytes);
    diff_stored(m, op->params[1]);
    diff_write_access(m, op, offset);
    return true;
}

/* --- bulk memory ------------------------------------------------------------
 */

static void push_range(struct diff_module *m, uint32_t ranges)
{
    while (ranges-- > 0)
        masked(m, 0x3fff);
}

static bool memory_init(struct diff_module *m)
{
    uint32_t index = diff_below(m, m->data_count);
    const struct diff_data *data = &m->datas[index];
    uint32_t from, len;

    if (m->data_count == 0 || (!data->passive && !is_wild(m)))
        return false;
    from = diff_below(m, data->len + 1);
    len = diff_below(m, data->len - from + 1) + is_wild(m);
    push_range(m, 1);
    diff_hidden(m, from);
    diff_hidden(m, len);
    diff_emit_fc(m, 8);
    diff_bytes_leb(&m->body.code, index);
    diff_emit(m, 0);
    return true;
}

static bool data_drop(struct diff_module *m)
{
    uint32_t index = diff_below(m, m->data_count);

    if (m->data_count == 0 || (m->datas[index].passive && !is_wild(m)))
        return false;
    diff_emit_fc(m, 9);
    diff_bytes_leb(&m->body.code, index);
    return true;
}

static bool memory_copy(struct diff_module *m)
{
    push_range(m, 2);
    masked(m, is_wild(m) ? 0xffffffff : 0x1ff);
    diff_emit_fc(m, 10);
    diff_emit(m, 0);
    diff_emit(m, 0);
    return true;
}

static bool memory_fill(struct diff_module *m)
{
    push_range(m, 1);
    diff_value(m, 'i');
    masked(m, is_wild(m) ? 0xffffffff : 0x1ff);
    diff_emit_fc(m, 11);
    diff_emit(m, 0);
    return true;
}

bool diff_bulk(struct diff_module *m)
{
    static bool (*const makers[])(struct diff_module *) = {
        memory_init, memory_init, data_drop, memory_copy, memory_fill};

    return m->profile.memory && makers[diff_below(m, 5)](m);
}

/* --- tables -----------------------------------------------------------------
 */

static int32_t any_table(struct diff_module *m, char type)
{
    uint32_t i, seen = 0;
    int32_t found = -1;

    for (i = 0; i < m->table_count; i++) {
        if (type == 0 || m->tables[i].type == type) {
            if (diff_below(m, ++seen) == 0)
                found = (int32_t)i;
        }
    }
    return found;
}

/* Push the index of an entry with `more` others behind it. */
static bool push_entry(struct diff_module *m, uint32_t table, uint32_t more)
{
    uint32_t min = m->tables[table].min;

    if (is_wild(m))
        diff_value(m, 'i');
    else if (min > more)
        diff_hidden(m, diff_below(m, min - more));
    else
        return false;
    return true;
}

bool diff_table_get(struct diff_module *m, char type)
{
    int32_t table = any_table(m, type);

    if (table < 0 || !push_entry(m, (uint32_t)table, 0))
        return false;
    diff_emit_index(m, 0x25, (uint32_t)table);
    return true;
}

static bool table_set(struct diff_module *m, uint32_t table)
{
    if (!push_entry(m, table, 0))
        return false;
    diff_value(m, m->tables[table].type);
    diff_emit_index(m, 0x26, table);
    return true;
}

static bool table_fill(struct diff_module *m, uint32_t table)
{
    uint32_t len = diff_below(m, 4);

    if (!push_entry(m, table, len))
        return false;
    diff_value(m, m->tables[table].type);
    diff_hidden(m, len);
    diff_emit_fc(m, 17);
    diff_bytes_leb(&m->body.code, table);
    return true;
}

/* Push two ranges' starts; the second in a table of the same type. */
static bool table_copy(struct diff_module *m, uint32_t table)
{
    uint32_t from = (uint32_t)any_table(m, m->tables[table].type);
    uint32_t len = diff_below(m, 5);

    if (m->tables[table].min <= len || m->tables[from].min <= len)
        return false;
    push_entry(m, table, len);
    push_entry(m, from, len);
    diff_hidden(m, len);
    diff_emit_fc(m, 14);
    diff_bytes_leb(&m->body.code, table);
    diff_bytes_leb(&m->body.code, from);
    return true;
}

static bool table_init(struct diff_module *m, uint32_t table)
{
    uint32_t index = diff_below(m, m->elem_count);
    const struct diff_elem *elem = &m->elems[index];
    uint32_t from, len;

    if (elem->type != m->tables[table].type || (elem->mode != 1 && !is_wild(m)))
        return false;
    from = diff_below(m, elem->count + 1);
    len = diff_below(m, elem->count - from + 1);
    if (m->tables[table].min <= len)
        return false;
    push_entry(m, table, len);
    diff_hidden(m, from);
    diff_hidden(m, len);
    diff_emit_fc(m, 12);
    diff_bytes_leb(&m->body.code, index);
    diff_bytes_leb(&m->body.code, table);
    return true;
}

static bool elem_drop(struct diff_module *m, uint32_t table)
{
    uint32_t index = diff_below(m, m->elem_count);

    (void)table;
    if (m->elems[index].mode == 1 && !is_wild(m))
        return false;
    diff_emit_fc(m, 13);
    diff_bytes_leb(&m->body.code, index);
    return true;
}

bool diff_table_statement(struct diff_module *m)
{
    static bool (*const makers[])(struct diff_module *, uint32_t) = {
        table_set, table_set, table_fill, table_copy, table_init, elem_drop};
    uint32_t how = diff_below(m, 6);
    int32_t table = any_table(m, 0);

    if (table < 0 || (!m->profile.refs && how < 3))
        return false;
    return makers[how](m, (uint32_t)table);
}

/* --- sizes ------------------------------------------------------------------
 */

/* Small steps, or ones that no engine grants. */
static uint32_t any_growth(struct diff_module *m)
{
    static const uint32_t wild[] = {0xffffffff, 0x80000000, 70000000};

    return diff_chance(m, 800) ? diff_below(m, 3) : wild[diff_below(m, 3)];
}

bool diff_sizes(struct diff_module *m)
{
    uint32_t how = diff_below(m, 4);
    int32_t table = any_table(m, 0);

    if (how < 2 && m->profile.memory) {
        if (how == 1)
            diff_hidden(m, any_growth(m));
        diff_emit_index(m, how == 1 ? 0x40 : 0x3f, 0);
        return true;
    }
    if (how < 2 || table < 0 || !m->profile.refs)
        return false;
    if (how == 3) {
        diff_value(m, m->tables[table].type);
        diff_hidden(m, any_growth(m));
    }
    diff_emit_fc(m, how == 3 ? 15 : 16);
    diff_bytes_leb(&m->body.code, (uint32_t)table);
    return true;
}
