/* wasm_check_operand.c - the rules of variables, tables and immediates.
 *
 * SECURITY.  Everything here is named by numbers from the file: each is
 * compared with how many there are before it is looked up.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_check.h"
#include "wasm/wasm_check_parts.h"
#include "wasm/wasm_check_stack.h"
#include "wasm/wasm_error.h"
#include "wasm/wasm_type.h"

/* 0 if `index` is below `count`. */
static int check_index(const struct wasm_instr *instr, const char *what,
                       uint32_t index, uint32_t count, viv_error *err)
{
    if (__builtin_expect(index < count, 1))
        return 0;
    return wasm_error(err, VIV_EFORMAT, instr->at, "unknown %s %u in %s", what,
                      index, wasm_op_infos[instr->op].text);
}

static int apply_local(struct wasm_check *check, const struct wasm_instr *instr,
                       viv_error *err)
{
    int code =
        check_index(instr, "local", instr->index, check->local_count, err);
    uint8_t type;

    if (code != 0)
        return code;
    type = check->locals[instr->index];
    if (instr->op != WASM_OP_LOCAL_GET)
        code = wasm_check_pop(check, instr, type, err);
    if (code == 0 && instr->op != WASM_OP_LOCAL_SET)
        code = wasm_check_push(check, instr, type, err);
    return code;
}

static int apply_global(struct wasm_check *check,
                        const struct wasm_instr *instr, viv_error *err)
{
    const struct wasm_module *module = check->module;
    int code =
        check_index(instr, "global", instr->index, module->global_count, err);
    const struct wasm_global *global;

    if (code != 0)
        return code;
    global = &module->globals[instr->index];
    if (instr->op == WASM_OP_GLOBAL_GET)
        return wasm_check_push(check, instr, global->type, err);
    if (!global->is_mutable)
        return wasm_error(err, VIV_EFORMAT, instr->at, "global %u is immutable",
                          instr->index);
    return wasm_check_pop(check, instr, global->type, err);
}

/* Values come off in reverse: the entry's type is the table's. */
static int apply_table(struct wasm_check *check, const struct wasm_instr *instr,
                       viv_error *err)
{
    const struct wasm_module *module = check->module;
    enum wasm_op op = instr->op;
    int code =
        check_index(instr, "table", instr->index, module->table_count, err);
    uint8_t type;

    if (code != 0)
        return code;
    type = module->tables[instr->index].type;
    if (op == WASM_OP_TABLE_GROW || op == WASM_OP_TABLE_FILL)
        code = wasm_check_pop(check, instr, WASM_I32, err);
    if (code == 0 && op != WASM_OP_TABLE_GET)
        code = wasm_check_pop(check, instr, type, err);
    if (code == 0 && op != WASM_OP_TABLE_GROW)
        code = wasm_check_pop(check, instr, WASM_I32, err);

    if (code == 0 && op == WASM_OP_TABLE_GET)
        code = wasm_check_push(check, instr, type, err);
    if (code == 0 && op == WASM_OP_TABLE_GROW)
        code = wasm_check_push(check, instr, WASM_I32, err);
    return code;
}

static int apply_ref_is_null(struct wasm_check *check,
                             const struct wasm_instr *instr, viv_error *err)
{
    uint8_t type;
    int code = wasm_check_pop_any(check, instr, &type, err);

    if (code != 0)
        return code;
    if (type != 0 && !wasm_type_is_ref(type))
        return wasm_error(err, VIV_EFORMAT, instr->at,
                          "type mismatch: expected a reference, found %s in "
                          "ref.is_null",
                          wasm_type_text(type));
    return wasm_check_push(check, instr, WASM_I32, err);
}

static int apply_ref_func(struct wasm_check *check,
                          const struct wasm_instr *instr, viv_error *err)
{
    const struct wasm_module *module = check->module;
    int code =
        check_index(instr, "function", instr->index, module->func_count, err);

    if (code != 0)
        return code;
    if (!module->func_declared[instr->index])
        return wasm_error(err, VIV_EFORMAT, instr->at,
                          "undeclared function reference: function %u",
                          instr->index);
    return wasm_check_push(check, instr, WASM_FUNCREF, err);
}

/* Without a type of its own, select is for numbers and vectors only. */
static int apply_select(struct wasm_check *check,
                        const struct wasm_instr *instr, viv_error *err)
{
    uint8_t a, b;
    int code = wasm_check_pop(check, instr, WASM_I32, err);

    if (code == 0)
        code = wasm_check_pop_any(check, instr, &b, err);
    if (code == 0)
        code = wasm_check_pop_any(check, instr, &a, err);
    if (code != 0)
        return code;
    if (wasm_type_is_ref(a) || wasm_type_is_ref(b))
        return wasm_error(err, VIV_EFORMAT, instr->at,
                          "type mismatch: select of %s must say so",
                          wasm_type_text(wasm_type_is_ref(a) ? a : b));
    if (a != b && a != 0 && b != 0)
        return wasm_error(err, VIV_EFORMAT, instr->at,
                          "type mismatch: select of %s or %s",
                          wasm_type_text(a), wasm_type_text(b));
    return wasm_check_push(check, instr, a != 0 ? a : b, err);
}

static int apply_select_t(struct wasm_check *check,
                          const struct wasm_instr *instr, viv_error *err)
{
    uint8_t type = (uint8_t)instr->index;
    int code = wasm_check_pop(check, instr, WASM_I32, err);

    if (code == 0)
        code = wasm_check_pop(check, instr, type, err);
    if (code == 0)
        code = wasm_check_pop(check, instr, type, err);
    return code != 0 ? code : wasm_check_push(check, instr, type, err);
}

int wasm_check_operand(struct wasm_check *check, const struct wasm_instr *instr,
                       viv_error *err)
{
    uint8_t type;

    switch (instr->op) {
    case WASM_OP_LOCAL_GET:
    case WASM_OP_LOCAL_SET:
    case WASM_OP_LOCAL_TEE:
        return apply_local(check, instr, err);
    case WASM_OP_GLOBAL_GET:
    case WASM_OP_GLOBAL_SET:
        return apply_global(check, instr, err);
    case WASM_OP_DROP:
        return wasm_check_pop_any(check, instr, &type, err);
    case WASM_OP_SELECT:
        return apply_select(check, instr, err);
    case WASM_OP_SELECT_T:
        return apply_select_t(check, instr, err);
    case WASM_OP_TABLE_GET:
    case WASM_OP_TABLE_SET:
    case WASM_OP_TABLE_GROW:
    case WASM_OP_TABLE_FILL:
        return apply_table(check, instr, err);
    case WASM_OP_REF_NULL:
        return wasm_check_push(check, instr, (uint8_t)instr->index, err);
    case WASM_OP_REF_IS_NULL:
        return apply_ref_is_null(check, instr, err);
    case WASM_OP_REF_FUNC:
        return apply_ref_func(check, instr, err);
    default:
        UNREACHABLE("an instruction with a signature");
    }
}

static int check_memory(struct wasm_check *check,
                        const struct wasm_instr *instr, viv_error *err)
{
    return check_index(instr, "memory", 0, check->module->memory_count, err);
}

static int check_access(struct wasm_check *check,
                        const struct wasm_instr *instr, viv_error *err)
{
    int code = check_memory(check, instr, err);

    if (code == 0 && instr->align > wasm_op_width(instr->op))
        return wasm_error(err, VIV_EFORMAT, instr->at,
                          "alignment 2**%u of %s is larger than natural",
                          instr->align, wasm_op_infos[instr->op].text);
    return code;
}

static int check_lane(const struct wasm_instr *instr, viv_error *err)
{
    return check_index(instr, "lane", instr->index, wasm_op_lanes(instr->op),
                       err);
}

/* i8x16.shuffle chooses from the lanes of two vectors. */
static int check_shuffle(const struct wasm_instr *instr, viv_error *err)
{
    int code = 0;

    for (int i = 0; code == 0 && i < 16; i++)
        code = check_index(instr, "lane", instr->v128[i], 32, err);
    return code;
}

/* Only with a data count section is it known, while code is read, which data
 * segments there will be. */
static int check_data(struct wasm_check *check, const struct wasm_instr *instr,
                      viv_error *err)
{
    if (!check->module->has_data_count)
        return wasm_error(err, VIV_EFORMAT, instr->at,
                          "%s needs a data count section",
                          wasm_op_infos[instr->op].text);
    return check_index(instr, "data segment", instr->index,
                       check->module->data_count, err);
}

static int check_table_init(struct wasm_check *check,
                            const struct wasm_instr *instr, viv_error *err)
{
    const struct wasm_module *module = check->module;
    int code =
        check_index(instr, "table", instr->index2, module->table_count, err);

    if (code == 0)
        code = check_index(instr, "element segment", instr->index,
                           module->elem_count, err);
    if (code == 0 &&
        module->elems[instr->index].type != module->tables[instr->index2].type)
        code = wasm_error(err, VIV_EFORMAT, instr->at,
                          "type mismatch: segment %u and table %u in "
                          "table.init",
                          instr->index, instr->index2);
    return code;
}

static int check_table_copy(struct wasm_check *check,
                            const struct wasm_instr *instr, viv_error *err)
{
    const struct wasm_module *module = check->module;
    int code =
        check_index(instr, "table", instr->index, module->table_count, err);

    if (code == 0)
        code = check_index(instr, "table", instr->index2, module->table_count,
                           err);
    if (code == 0 &&
        module->tables[instr->index].type != module->tables[instr->index2].type)
        code = wasm_error(err, VIV_EFORMAT, instr->at,
                          "type mismatch: tables %u and %u in table.copy",
                          instr->index, instr->index2);
    return code;
}

/* data.drop, elem.drop, table.size. */
static int check_plain_index(struct wasm_check *check,
                             const struct wasm_instr *instr, viv_error *err)
{
    if (instr->op == WASM_OP_DATA_DROP)
        return check_data(check, instr, err);
    if (instr->op == WASM_OP_ELEM_DROP)
        return check_index(instr, "element segment", instr->index,
                           check->module->elem_count, err);
    return check_index(instr, "table", instr->index, check->module->table_count,
                       err);
}

int wasm_check_immediate(struct wasm_check *check,
                         const struct wasm_instr *instr, viv_error *err)
{
    int code;

    switch (wasm_op_infos[instr->op].immediate) {
    case WASM_IMM_MEMORY:
        return check_access(check, instr, err);
    case WASM_IMM_MEMORY_LANE:
        code = check_access(check, instr, err);
        return code != 0 ? code : check_lane(instr, err);
    case WASM_IMM_MEMORY_ZERO:
    case WASM_IMM_MEMORY_ZERO2:
        return check_memory(check, instr, err);
    case WASM_IMM_DATA_MEMORY:
        code = check_memory(check, instr, err);
        return code != 0 ? code : check_data(check, instr, err);
    case WASM_IMM_ELEM_TABLE:
        return check_table_init(check, instr, err);
    case WASM_IMM_TABLE_TABLE:
        return check_table_copy(check, instr, err);
    case WASM_IMM_INDEX:
        return check_plain_index(check, instr, err);
    case WASM_IMM_LANE:
        return check_lane(instr, err);
    case WASM_IMM_V128:
        return instr->op == WASM_OP_I8X16_SHUFFLE ? check_shuffle(instr, err)
                                                  : 0;
    default:
        return 0;
    }
}
