/* diff_func.c - the functions of a module, and its exports.
 *
 * JavaScript has no vectors, so there are none at the border: functions with
 * vectors are called through others that take and give two i64 instead.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "diff_body.h"

static void export_it(struct diff_module *m, const char *name, uint8_t kind,
                      uint32_t index)
{
    diff_bytes_sized(&m->exports, name, strlen(name));
    diff_bytes_u8(&m->exports, kind);
    diff_bytes_leb(&m->exports, index);
    m->export_count++;
}

/* A function more, whose body has just been written. */
static uint32_t add_func(struct diff_module *m, uint32_t type, const char *name)
{
    struct diff_func *func = &m->funcs[m->func_count];

    func->type = type;
    diff_end(m, func);
    if (name)
        export_it(m, name, 0, m->func_count);
    return m->func_count++;
}

static void add_callee(struct diff_module *m, char letter, uint32_t func)
{
    struct diff_callee *callee = &m->callees[m->callee_count++];

    snprintf(callee->name, sizeof(callee->name), "%c%u", letter, func);
    callee->type = m->funcs[func].type;
    export_it(m, callee->name, 0, func);
}

/* --- vectors as two i64 -----------------------------------------------------
 */

static void split_vectors(const char *types, char *ret_types)
{
    for (; *types; types++) {
        *ret_types++ = *types == 'v' ? 'I' : *types;
        if (*types == 'v')
            *ret_types++ = 'I';
    }
    *ret_types = '\0';
}

/* Push parameter `param`, and the next if it is a vector; returns how many. */
static uint32_t push_param(struct diff_module *m, char type, uint32_t param)
{
    diff_emit_index(m, 0x20, param);
    if (type != 'v')
        return 1;
    diff_emit_index(m, 0xfd, 0x12);
    diff_emit_index(m, 0x20, param + 1);
    diff_emit_index(m, 0xfd, 0x1e);
    diff_emit(m, 1);
    return 2;
}

/* The results on the stack, vectors last to first, through locals. */
static void split_results(struct diff_module *m, const char *results,
                          uint32_t first_local)
{
    uint32_t count = (uint32_t)strlen(results), i, lane;

    for (i = count; i-- > 0;)
        diff_emit_index(m, 0x21, first_local + i);
    for (i = 0; i < count; i++) {
        for (lane = 0; lane < (results[i] == 'v' ? 2 : 1); lane++) {
            diff_emit_index(m, 0x20, first_local + i);
            if (results[i] == 'v') {
                diff_emit_index(m, 0xfd, 0x1d);
                diff_emit(m, (uint8_t)lane);
            }
        }
    }
}

/* A body whose locals are one for each of `results`. */
static void begin_plain(struct diff_module *m, const char *params,
                        const char *results)
{
    struct diff_bytes *code = &m->body.code;

    memset(&m->body, 0, sizeof(m->body));
    m->body.param_count = (uint32_t)strlen(params);
    diff_bytes_leb(code, strlen(results));
    for (; *results; results++) {
        diff_emit(m, 1);
        diff_emit(m, diff_type_byte(*results));
    }
}

static bool split_type(struct diff_module *m, const struct diff_type *type,
                       struct diff_type *ret_type, uint32_t *ret_index)
{
    split_vectors(type->params, ret_type->params);
    split_vectors(type->results, ret_type->results);
    *ret_index = diff_type(m, ret_type->params, ret_type->results);
    return *ret_index < DIFF_TYPES && m->func_count < DIFF_FUNCS - 1;
}

/* A function that calls `func` on behalf of those who have no vectors. */
static void add_wrapper(struct diff_module *m, uint32_t func)
{
    struct diff_type type = m->types[m->funcs[func].type], outer;
    uint32_t i, index, param = 0;

    if (!split_type(m, &type, &outer, &index))
        return;
    begin_plain(m, outer.params, type.results);
    for (i = 0; type.params[i]; i++)
        param += push_param(m, type.params[i], param);
    diff_emit_index(m, 0x10, func);
    split_results(m, type.results, param);
    add_callee(m, 'w', add_func(m, index, NULL));
}

/* --- functions of one instruction ------------------------------------------
 */

/* The local behind the parameters that holds the result, and then two for
 * making it canonical. */
static void small_body(struct diff_module *m, const struct diff_op *op,
                       const struct diff_type *outer, const char *results)
{
    char locals[4] = {results[0], 0};
    uint32_t i, param = 0;
    bool constant = diff_chance(m, 250);

    if (op->care == DIFF_CARE_NANS)
        locals[1] = 'v';
    begin_plain(m, outer->params, locals);
    m->body.scratch['v'] = m->body.param_count + 1;
    for (i = 0; op->params[i]; i++) {
        if (constant && i == 1) {
            diff_any_const(m, op->params[i]);
            param += op->params[i] == 'v' ? 2 : 1;
        } else {
            param += push_param(m, op->params[i], param);
        }
    }
    if (op->immediate == DIFF_IMM_MEMORY ||
        op->immediate == DIFF_IMM_MEMORY_LANE)
        diff_write_access(m, op,
                          diff_chance(m, 600) ? diff_below(m, 70000)
                                              : diff_random_i32(&m->random));
    else
        diff_ops_write(&m->body.code, op, &m->random);
    if (op->care == DIFF_CARE_NANS)
        diff_canonical_v128(m, op);
    split_results(m, results, m->body.param_count);
}

static void add_small(struct diff_module *m, const struct diff_op *op)
{
    struct diff_type type = {{0}, {op->result}}, outer;
    bool accesses = op->immediate == DIFF_IMM_MEMORY ||
                    op->immediate == DIFF_IMM_MEMORY_LANE;
    uint32_t index;

    if ((accesses && !m->profile.memory) ||
        (!m->profile.simd && (strchr(op->params, 'v') || op->result == 'v')))
        return;
    memcpy(type.params, op->params, sizeof(op->params));
    if (!split_type(m, &type, &outer, &index))
        return;
    small_body(m, op, &outer, type.results);
    add_callee(m, 's', add_func(m, index, NULL));
}

/* memory.init, copy, fill with any three numbers. */
static void add_small_bulk(struct diff_module *m)
{
    uint32_t how = diff_below(m, 3), i;
    uint32_t type = diff_type(m, "iii", "");

    if (!m->profile.memory || type == DIFF_TYPES ||
        (how == 0 && m->data_count == 0))
        return;
    begin_plain(m, "iii", "");
    for (i = 0; i < 3; i++)
        diff_emit_index(m, 0x20, i);
    diff_emit_fc(m, how == 0 ? 8 : how == 1 ? 10 : 11);
    if (how == 0)
        diff_bytes_leb(&m->body.code, diff_below(m, m->data_count));
    diff_emit(m, 0);
    if (how == 1)
        diff_emit(m, 0);
    add_callee(m, 's', add_func(m, type, NULL));
}

/* An entry of a table, by index: right, null, of another type, outside. */
static void add_small_indirect(struct diff_module *m)
{
    uint32_t table = diff_below(m, m->table_count), type, i;
    const struct diff_type *callee;
    struct diff_type own = {"i", {0}}, outer;

    if (m->table_count == 0 || m->tables[table].type != 'r')
        return;
    type = m->funcs[diff_below(m, m->func_imports + m->profile.big_funcs)].type;
    strcpy(own.results, m->types[type].results);
    if (!split_type(m, &own, &outer, &i))
        return;
    callee = &m->types[type];
    begin_plain(m, "i", callee->results);
    for (uint32_t k = 0; callee->params[k]; k++)
        diff_any_const(m, callee->params[k]);
    diff_emit_index(m, 0x20, 0);
    diff_i32(m, 0x3f);
    diff_emit(m, 0x71);
    diff_emit_index(m, 0x11, type);
    diff_bytes_leb(&m->body.code, table);
    split_results(m, own.results, 1);
    add_callee(m, 's', add_func(m, i, NULL));
}

static void add_small_ones(struct diff_module *m)
{
    uint32_t i;

    for (i = 0; i < m->profile.small_funcs && m->func_count < DIFF_FUNCS - 8;
         i++) {
        if (diff_chance(m, 80))
            add_small_bulk(m);
        else if (diff_chance(m, 80))
            add_small_indirect(m);
        else
            add_small(m, diff_ops_at(diff_below(m, diff_ops_count())));
    }
}

/* --- all of them ------------------------------------------------------------
 */

static void add_big(struct diff_module *m, uint32_t func)
{
    struct diff_type type = m->types[m->funcs[func].type];

    diff_begin(m, &type);
    diff_spend(m, DIFF_FUEL_ENTER);
    diff_statements(m);
    diff_statements(m);
    if (diff_chance(m, 80))
        diff_leave(m, type.results);
    else
        diff_values(m, type.results);
    diff_end(m, &m->funcs[func]);
}

static void add_refuel(struct diff_module *m)
{
    uint32_t type = diff_type(m, "", "");

    begin_plain(m, "", "");
    diff_i32(m, DIFF_FUEL);
    diff_emit_index(m, 0x24, m->fuel);
    add_func(m, type == DIFF_TYPES ? 0 : type, "refuel");
}

/* A vector global, as two i64. */
static void add_reader(struct diff_module *m, uint32_t global)
{
    uint32_t type = diff_type(m, "", "II"), lane;

    if (type == DIFF_TYPES || m->func_count == DIFF_FUNCS - 1)
        return;
    begin_plain(m, "", "");
    for (lane = 0; lane < 2; lane++) {
        diff_emit_index(m, 0x23, global);
        diff_emit_index(m, 0xfd, 0x1d);
        diff_emit(m, (uint8_t)lane);
    }
    add_callee(m, 'v', add_func(m, type, NULL));
}

static void export_state(struct diff_module *m)
{
    char name[16];
    uint32_t i;

    if (m->profile.memory)
        export_it(m, "mem", 2, 0);
    for (i = 0; i < m->global_count; i++) {
        snprintf(name, sizeof(name), "g%u", i);
        if (m->globals[i].exported)
            export_it(m, name, 3, i);
    }
}

void diff_funcs(struct diff_module *m)
{
    uint32_t i, planned = m->func_count;

    for (i = m->func_imports; i < planned; i++)
        add_big(m, i);
    for (i = m->func_imports; i < planned; i++) {
        const struct diff_type *type = &m->types[m->funcs[i].type];

        if (strchr(type->params, 'v') || strchr(type->results, 'v'))
            add_wrapper(m, i);
        else
            add_callee(m, 'f', i);
    }
    add_small_ones(m);
    for (i = 0; i < m->global_count; i++) {
        if (m->globals[i].type == 'v')
            add_reader(m, i);
    }
    add_refuel(m);
    export_state(m);
}
