/* aot_func_bulk.c - bulk memory, tables, references.
 *
 * What works on many bytes or entries is the engine's, called through the
 * helper table; single entries of tables are accessed in place.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_func.h"

#include "base/base_check.h"

/* Three operands and a helper without result: `helper(VIV_BASE,...)`, with
 * the indices that it takes first. */
static void emit_bulk(struct aot_func *func, const char *helper,
                      const uint32_t *indices, uint32_t count)
{
    struct aot_value operands[3];

    for (int i = 2; i >= 0; i--)
        operands[i] = aot_pop(func);
    if (func->fuel)
        aot_say(func, &func->body, "VIV_FUEL_BULK(%v);", &operands[2]);
    aot_say(func, &func->body, "VIV_HELPERS->%s(VIV_BASE", helper);
    for (uint32_t i = 0; i < count; i++)
        aot_say(func, &func->body, ",%uu", indices[i]);
    aot_say(func, &func->body, ",%v,%v,%v);\n", &operands[0], &operands[1],
            &operands[2]);
}

static void emit_drop(struct aot_func *func, const char *helper,
                      uint32_t segment)
{
    aot_say(func, &func->body, "VIV_HELPERS->%s(VIV_BASE,%uu);\n", helper,
            segment);
}

static void emit_memory_grow(struct aot_func *func)
{
    struct aot_value pages = aot_pop(func);

    aot_assign(func, WASM_I32);
    aot_say(func, &func->body, "VIV_HELPERS->memory_grow(VIV_BASE,%v);\n",
            &pages);
}

static void emit_table_grow(struct aot_func *func, uint32_t table)
{
    struct aot_value entries = aot_pop(func);
    struct aot_value value = aot_pop(func);

    if (func->fuel)
        aot_say(func, &func->body, "VIV_FUEL_BULK(%v);", &entries);
    aot_assign(func, WASM_I32);
    aot_say(func, &func->body, "VIV_HELPERS->table_grow(VIV_BASE,%uu,%v,%v);\n",
            table, &value, &entries);
}

/* `{u32 at=...;` and the check that it is in the table. */
static void write_index(struct aot_func *func, uint32_t table,
                        const struct aot_value *index)
{
    aot_say(func, &func->body, "{u32 at=%v;VIV_IN_TABLE(at,", index);
    aot_table_size_write(func, table);
    base_buf_text(&func->body, ");");
}

static void emit_table_get(struct aot_func *func, uint32_t table)
{
    struct aot_value index = aot_pop(func);

    aot_settle_mentions(func, func->stack.len);
    write_index(func, table, &index);
    aot_assign(func, func->module->tables[table].type);
    aot_say(func, &func->body, "VIV_ENTRY(%d,at);}\n",
            (int64_t)func->layout->table_at[table]);
}

static void emit_table_set(struct aot_func *func, uint32_t table)
{
    struct aot_value value = aot_pop(func);
    struct aot_value index = aot_pop(func);

    write_index(func, table, &index);
    aot_say(func, &func->body, "VIV_ENTRY(%d,at)=%v;}\n",
            (int64_t)func->layout->table_at[table], &value);
}

static void emit_size(struct aot_func *func, const struct wasm_instr *instr)
{
    aot_assign(func, WASM_I32);
    if (instr->op == WASM_OP_MEMORY_SIZE)
        base_buf_text(&func->body, "VIV_MEMORY_SIZE");
    else
        aot_table_size_write(func, instr->index);
    base_buf_text(&func->body, ";\n");
}

bool aot_bulk_emit(struct aot_func *func, const struct wasm_instr *instr)
{
    uint32_t pair[] = {instr->index, instr->index2};
    uint32_t swapped[] = {instr->index2, instr->index};

    switch (instr->op) {
    case WASM_OP_MEMORY_SIZE:
    case WASM_OP_TABLE_SIZE:
        emit_size(func, instr);
        return true;
    case WASM_OP_MEMORY_GROW:
        emit_memory_grow(func);
        return true;
    case WASM_OP_MEMORY_COPY:
        emit_bulk(func, "memory_copy", NULL, 0);
        return true;
    case WASM_OP_MEMORY_FILL:
        emit_bulk(func, "memory_fill", NULL, 0);
        return true;
    case WASM_OP_MEMORY_INIT:
        emit_bulk(func, "memory_init", pair, 1);
        return true;
    case WASM_OP_DATA_DROP:
        emit_drop(func, "data_drop", instr->index);
        return true;
    case WASM_OP_TABLE_GET:
        emit_table_get(func, instr->index);
        return true;
    case WASM_OP_TABLE_SET:
        emit_table_set(func, instr->index);
        return true;
    case WASM_OP_TABLE_GROW:
        emit_table_grow(func, instr->index);
        return true;
    case WASM_OP_TABLE_FILL:
        emit_bulk(func, "table_fill", pair, 1);
        return true;
    case WASM_OP_TABLE_COPY:
        emit_bulk(func, "table_copy", pair, 2);
        return true;
    case WASM_OP_TABLE_INIT: /* the helper takes the table first */
        emit_bulk(func, "table_init", swapped, 2);
        return true;
    case WASM_OP_ELEM_DROP:
        emit_drop(func, "elem_drop", instr->index);
        return true;
    default:
        return false;
    }
}
