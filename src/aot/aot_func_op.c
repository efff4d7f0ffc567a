/* aot_func_op.c - instructions that compute, load and store.
 *
 * Most are known by the shape of their row in wasm_op_list.h: operands in,
 * one result out.  Their C is an operator from the table below, or a call of
 * the word in the prelude that has the instruction's name: `f32.sqrt` is
 * `f32_sqrt(...)`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_func.h"

#include <string.h>

#include "base/base_check.h"
#include "engine/engine_abi.h"

/* A and B are the operands, which are atoms: names, calls, in parentheses. */
static const char *const templates[WASM_OP_COUNT] = {
    [WASM_OP_I32_EQZ] = "((u32)(A==0))",
    [WASM_OP_I32_EQ] = "((u32)(A==B))",
    [WASM_OP_I32_NE] = "((u32)(A!=B))",
    [WASM_OP_I32_LT_S] = "((u32)((s32)A<(s32)B))",
    [WASM_OP_I32_LT_U] = "((u32)(A<B))",
    [WASM_OP_I32_GT_S] = "((u32)((s32)A>(s32)B))",
    [WASM_OP_I32_GT_U] = "((u32)(A>B))",
    [WASM_OP_I32_LE_S] = "((u32)((s32)A<=(s32)B))",
    [WASM_OP_I32_LE_U] = "((u32)(A<=B))",
    [WASM_OP_I32_GE_S] = "((u32)((s32)A>=(s32)B))",
    [WASM_OP_I32_GE_U] = "((u32)(A>=B))",
    [WASM_OP_I32_ADD] = "(A+B)",
    [WASM_OP_I32_SUB] = "(A-B)",
    [WASM_OP_I32_MUL] = "(A*B)",
    [WASM_OP_I32_AND] = "(A&B)",
    [WASM_OP_I32_OR] = "(A|B)",
    [WASM_OP_I32_XOR] = "(A^B)",
    [WASM_OP_I32_SHL] = "(A<<(B&31))",
    [WASM_OP_I32_SHR_U] = "(A>>(B&31))",
    [WASM_OP_I32_SHR_S] = "((u32)((s32)A>>(B&31)))",
    [WASM_OP_I32_EXTEND8_S] = "((u32)(s32)(s8)A)",
    [WASM_OP_I32_EXTEND16_S] = "((u32)(s32)(s16)A)",
    [WASM_OP_I64_EQZ] = "((u32)(A==0))",
    [WASM_OP_I64_EQ] = "((u32)(A==B))",
    [WASM_OP_I64_NE] = "((u32)(A!=B))",
    [WASM_OP_I64_LT_S] = "((u32)((s64)A<(s64)B))",
    [WASM_OP_I64_LT_U] = "((u32)(A<B))",
    [WASM_OP_I64_GT_S] = "((u32)((s64)A>(s64)B))",
    [WASM_OP_I64_GT_U] = "((u32)(A>B))",
    [WASM_OP_I64_LE_S] = "((u32)((s64)A<=(s64)B))",
    [WASM_OP_I64_LE_U] = "((u32)(A<=B))",
    [WASM_OP_I64_GE_S] = "((u32)((s64)A>=(s64)B))",
    [WASM_OP_I64_GE_U] = "((u32)(A>=B))",
    [WASM_OP_I64_ADD] = "(A+B)",
    [WASM_OP_I64_SUB] = "(A-B)",
    [WASM_OP_I64_MUL] = "(A*B)",
    [WASM_OP_I64_AND] = "(A&B)",
    [WASM_OP_I64_OR] = "(A|B)",
    [WASM_OP_I64_XOR] = "(A^B)",
    [WASM_OP_I64_SHL] = "(A<<(B&63))",
    [WASM_OP_I64_SHR_U] = "(A>>(B&63))",
    [WASM_OP_I64_SHR_S] = "((u64)((s64)A>>(B&63)))",
    [WASM_OP_I64_EXTEND8_S] = "((u64)(s64)(s8)A)",
    [WASM_OP_I64_EXTEND16_S] = "((u64)(s64)(s16)A)",
    [WASM_OP_I64_EXTEND32_S] = "((u64)(s64)(s32)A)",
    [WASM_OP_F32_EQ] = "((u32)(A==B))",
    [WASM_OP_F32_NE] = "((u32)(A!=B))",
    [WASM_OP_F32_LT] = "((u32)(A<B))",
    [WASM_OP_F32_GT] = "((u32)(A>B))",
    [WASM_OP_F32_LE] = "((u32)(A<=B))",
    [WASM_OP_F32_GE] = "((u32)(A>=B))",
    [WASM_OP_F32_ADD] = "(A+B)",
    [WASM_OP_F32_SUB] = "(A-B)",
    [WASM_OP_F32_MUL] = "(A*B)",
    [WASM_OP_F32_DIV] = "(A/B)",
    [WASM_OP_F32_NEG] = "(-A)",
    [WASM_OP_F64_EQ] = "((u32)(A==B))",
    [WASM_OP_F64_NE] = "((u32)(A!=B))",
    [WASM_OP_F64_LT] = "((u32)(A<B))",
    [WASM_OP_F64_GT] = "((u32)(A>B))",
    [WASM_OP_F64_LE] = "((u32)(A<=B))",
    [WASM_OP_F64_GE] = "((u32)(A>=B))",
    [WASM_OP_F64_ADD] = "(A+B)",
    [WASM_OP_F64_SUB] = "(A-B)",
    [WASM_OP_F64_MUL] = "(A*B)",
    [WASM_OP_F64_DIV] = "(A/B)",
    [WASM_OP_F64_NEG] = "(-A)",
    [WASM_OP_I32_WRAP_I64] = "((u32)A)",
    [WASM_OP_I64_EXTEND_I32_S] = "((u64)(s64)(s32)A)",
    [WASM_OP_I64_EXTEND_I32_U] = "((u64)A)",
    [WASM_OP_I32_REINTERPRET_F32] = "f32_bits(A)",
    [WASM_OP_I64_REINTERPRET_F64] = "f64_bits(A)",
    [WASM_OP_F32_REINTERPRET_I32] = "f32_of(A)",
    [WASM_OP_F64_REINTERPRET_I64] = "f64_of(A)",
};

/* Instructions that can trap happen where they stand. */
static bool can_trap(enum wasm_op op)
{
    switch (op) {
    case WASM_OP_I32_DIV_S:
    case WASM_OP_I32_DIV_U:
    case WASM_OP_I32_REM_S:
    case WASM_OP_I32_REM_U:
    case WASM_OP_I64_DIV_S:
    case WASM_OP_I64_DIV_U:
    case WASM_OP_I64_REM_S:
    case WASM_OP_I64_REM_U:
    case WASM_OP_I32_TRUNC_F32_S:
    case WASM_OP_I32_TRUNC_F32_U:
    case WASM_OP_I32_TRUNC_F64_S:
    case WASM_OP_I32_TRUNC_F64_U:
    case WASM_OP_I64_TRUNC_F32_S:
    case WASM_OP_I64_TRUNC_F32_U:
    case WASM_OP_I64_TRUNC_F64_S:
    case WASM_OP_I64_TRUNC_F64_U:
        return true;
    default:
        return false;
    }
}

/* Instructions whose word is followed by something in the bytes. */
static bool has_lane(const struct wasm_instr *instr)
{
    return wasm_op_infos[instr->op].immediate == WASM_IMM_LANE;
}

static uint8_t type_of_letter(char letter)
{
    switch (letter) {
    case 'i':
        return WASM_I32;
    case 'I':
        return WASM_I64;
    case 'f':
        return WASM_F32;
    case 'F':
        return WASM_F64;
    case 'v':
        return WASM_V128;
    default:
        UNREACHABLE("a signature has letters i I f F v only");
    }
}

/* The instruction's name as a word of the prelude. */
static void write_word(struct base_buf *out, enum wasm_op op)
{
    for (const char *at = wasm_op_infos[op].text; *at != '\0'; at++)
        base_buf_char(out, *at == '.' ? '_' : *at);
}

/* An operand of an operator: constants that would fold away are hidden. */
static void write_operand(struct aot_func *func, struct base_buf *out,
                          const struct aot_value *value)
{
    if (value->is_one)
        aot_say(func, out, "%s_opaque(%v)", aot_c_type(value->type), value);
    else
        aot_value_write(out, &func->stack, value);
}

static void write_template(struct aot_func *func, struct base_buf *out,
                           const char *text, const struct aot_value *operands)
{
    for (; *text != '\0'; text++)
        if (*text == 'A' || *text == 'B')
            write_operand(func, out, &operands[*text - 'A']);
        else
            base_buf_char(out, *text);
}

/* Vector arithmetic whose constant operands fold away lane by lane. */
static bool folds_lanes(enum wasm_op op)
{
    switch (op) {
    case WASM_OP_F32X4_ADD:
    case WASM_OP_F32X4_SUB:
    case WASM_OP_F32X4_MUL:
    case WASM_OP_F32X4_DIV:
    case WASM_OP_F64X2_ADD:
    case WASM_OP_F64X2_SUB:
    case WASM_OP_F64X2_MUL:
    case WASM_OP_F64X2_DIV:
        return true;
    default:
        return false;
    }
}

static void write_lanes(struct base_buf *out, const struct wasm_instr *instr)
{
    for (int i = 0; i < 16; i++) {
        base_buf_char(out, ',');
        base_buf_u64(out, instr->v128[i]);
    }
}

static void write_compute(struct aot_func *func, struct base_buf *out,
                          const struct wasm_instr *instr,
                          const struct aot_value *operands, uint32_t count)
{
    if (templates[instr->op] != NULL) {
        write_template(func, out, templates[instr->op], operands);
        return;
    }
    write_word(out, instr->op);
    for (uint32_t i = 0; i < count; i++) {
        base_buf_char(out, i == 0 ? '(' : ',');
        if (folds_lanes(instr->op))
            write_operand(func, out, &operands[i]);
        else
            aot_value_write(out, &func->stack, &operands[i]);
        if (i == 0 && has_lane(instr))
            aot_say(func, out, ",%u", instr->index);
    }
    if (instr->op == WASM_OP_I8X16_SHUFFLE)
        write_lanes(out, instr);
    base_buf_char(out, ')');
}

static void emit_compute(struct aot_func *func, const struct wasm_instr *instr)
{
    const char *signature = wasm_op_infos[instr->op].signature;
    uint32_t count = (uint32_t)strcspn(signature, ":");
    uint8_t type = type_of_letter(signature[count + 1]);
    struct aot_value operands[3] = {{0}};

    CHECK(count >= 1 && count <= 3);
    for (uint32_t i = count; i > 0; i--)
        operands[i - 1] = aot_pop(func);
    if (can_trap(instr->op)) {
        aot_assign(func, type);
        write_compute(func, &func->body, instr, operands, count);
        base_buf_text(&func->body, ";\n");
        return;
    }
    base_buf_clear(&func->scratch);
    write_compute(func, &func->scratch, instr, operands, count);
    aot_push_scratch(func, type, operands, count);
}

static uint64_t read_u64(const uint8_t *bytes)
{
    uint64_t value = 0;

    for (int i = 7; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

/* Is this 0, -0, 1 or -1?  Arithmetic with them folds away. */
static bool is_identity(uint64_t bits, uint64_t one)
{
    uint64_t magnitude = bits & ~((uint64_t)1 << 63);

    return magnitude == 0 || magnitude == one;
}

/* Identities are opaque wherever they go: the C compiler would find them in
 * locals and arguments as well. */
static void write_float(struct aot_func *func, const char *type, uint64_t bits,
                        const char *suffix, bool opaque)
{
    if (opaque)
        aot_say(func, &func->scratch, "%s_opaque(%s_of(%x%s))", type, type,
                bits, suffix);
    else
        aot_say(func, &func->scratch, "%s_of(%x%s)", type, bits, suffix);
}

static void emit_constant(struct aot_func *func, const struct wasm_instr *instr)
{
    struct base_buf *out = &func->scratch;
    uint64_t bits = instr->i64;

    base_buf_clear(out);
    switch (instr->op) {
    case WASM_OP_I32_CONST:
        aot_say(func, out, "%uu", (uint32_t)bits);
        aot_push_constant(func, WASM_I32, false);
        break;
    case WASM_OP_I64_CONST:
        aot_say(func, out, "%xull", bits);
        aot_push_constant(func, WASM_I64, false);
        break;
    case WASM_OP_F32_CONST:
        write_float(func, "f32", bits & 0xffffffffu, "u",
                    is_identity(bits << 32, 0x3f80000000000000u));
        aot_push_constant(func, WASM_F32, false);
        break;
    case WASM_OP_F64_CONST:
        write_float(func, "f64", bits, "ull",
                    is_identity(bits, 0x3ff0000000000000u));
        aot_push_constant(func, WASM_F64, false);
        break;
    case WASM_OP_V128_CONST:
        aot_say(func, out, "v128_const(%xull,%xull)", read_u64(instr->v128),
                read_u64(instr->v128 + 8));
        aot_push_constant(func, WASM_V128, true);
        break;
    default:
        UNREACHABLE("not a constant");
    }
}

static void emit_reference(struct aot_func *func, uint64_t bits)
{
    base_buf_clear(&func->scratch);
    aot_say(func, &func->scratch, "%xull", bits);
    aot_push_constant(func, WASM_FUNCREF, false);
}

static void emit_ref_func(struct aot_func *func, uint32_t index)
{
    const struct wasm_func_type *type = wasm_type_of_func(func->module, index);

    emit_reference(func, ENGINE_REF_FUNC(index, type->canon));
}

static void emit_is_null(struct aot_func *func)
{
    struct aot_value operand = aot_pop(func);

    base_buf_clear(&func->scratch);
    aot_say(func, &func->scratch, "((u32)(%v==0))", &operand);
    aot_push_scratch(func, WASM_I32, &operand, 1);
}

static void emit_local_get(struct aot_func *func, uint32_t local)
{
    struct aot_value *value =
        aot_stack_push(&func->stack, func->check.locals[local], AOT_LOCAL);

    if (value == NULL)
        return;
    value->local = local;
    value->locals = (uint64_t)1 << (local % 64);
    aot_stack_pushed(&func->stack, value);
}

static void emit_local_set(struct aot_func *func, uint32_t local)
{
    struct aot_value value = aot_pop(func);

    aot_settle_local(func, local);
    if (value.kind == AOT_LOCAL && value.local == local)
        return;
    aot_say(func, &func->body, "l%u=%v;\n", local, &value);
}

/* The value of an immutable global that is a plain constant: as good as the
 * constant itself.  False if it is not. */
static bool emit_global_constant(struct aot_func *func,
                                 const struct wasm_global *global)
{
    struct wasm_body body;
    struct wasm_instr first, second;
    bool is_constant;

    if (global->is_mutable || global->init.bytes.len == 0)
        return false;
    wasm_body_init(&body, func->module, global->init.bytes, global->init.at);
    is_constant =
        wasm_body_next(&body, &first, NULL) == 0 &&
        first.op >= WASM_OP_I32_CONST && first.op <= WASM_OP_F64_CONST &&
        wasm_body_next(&body, &second, NULL) == 0 && second.op == WASM_OP_END;
    wasm_body_fini(&body);
    if (is_constant)
        emit_constant(func, &first);
    return is_constant;
}

static void emit_global(struct aot_func *func, const struct wasm_instr *instr)
{
    const struct wasm_global *global = &func->module->globals[instr->index];
    int64_t at = func->layout->global_at[instr->index];
    struct aot_value value;

    if (instr->op == WASM_OP_GLOBAL_SET) {
        value = aot_pop(func);
        aot_say(func, &func->body, "VIV_GLOBAL(%s,%d)=%v;\n",
                aot_c_type(global->type), at, &value);
        return;
    }
    if (emit_global_constant(func, global))
        return;
    aot_assign(func, global->type);
    aot_say(func, &func->body, "VIV_GLOBAL(%s,%d);\n", aot_c_type(global->type),
            at);
}

static void emit_select(struct aot_func *func)
{
    struct aot_value operands[3];

    for (int i = 2; i >= 0; i--)
        operands[i] = aot_pop(func);
    base_buf_clear(&func->scratch);
    aot_say(func, &func->scratch, "(%v?%v:%v)", &operands[2], &operands[0],
            &operands[1]);
    aot_push_scratch(func, operands[0].type, operands, 3);
}

/* How many bytes of memory an instruction touches, from its name: the bits
 * after `load` or `store`, times the number after `x`; or those of its type. */
static uint32_t access_bytes(enum wasm_op op)
{
    const char *text = wasm_op_infos[op].text;
    const char *at = strstr(text, "load");
    uint32_t bits = 0, times = 0;

    at = at != NULL ? at + strlen("load") : strstr(text, "store") + 5;
    for (; *at >= '0' && *at <= '9'; at++)
        bits = bits * 10 + (uint32_t)(*at - '0');
    if (*at == 'x')
        times = (uint32_t)(at[1] - '0');
    if (bits == 0)
        bits = text[0] == 'v' ? 128 : text[1] == '3' ? 32 : 64;
    return bits / 8 * (times == 0 ? 1 : times);
}

/* `word(address,offset` */
static void write_access(struct aot_func *func, const struct wasm_instr *instr,
                         const struct aot_value *address)
{
    struct base_buf *out = &func->body;

    write_word(out, instr->op);
    if (instr->offset < ENGINE_OFFSET_FAR)
        aot_say(func, out, "(%v,%uu", address, instr->offset);
    else
        aot_say(func, out, "(viv_far(%v,%uu,%u),0", address, instr->offset,
                access_bytes(instr->op));
}

static void emit_load(struct aot_func *func, const struct wasm_instr *instr)
{
    const char *text = wasm_op_infos[instr->op].text;
    bool lane = wasm_op_infos[instr->op].immediate == WASM_IMM_MEMORY_LANE;
    struct aot_value vector = {0}, address;
    char letter = text[0] == 'v'   ? 'v'
                  : text[0] == 'i' ? (text[1] == '3' ? 'i' : 'I')
                                   : (text[1] == '3' ? 'f' : 'F');

    if (lane)
        vector = aot_pop(func);
    address = aot_pop(func);
    aot_assign(func, type_of_letter(letter));
    write_access(func, instr, &address);
    if (lane)
        aot_say(func, &func->body, ",%u,%v", instr->index, &vector);
    base_buf_text(&func->body, ");\n");
}

static void emit_store(struct aot_func *func, const struct wasm_instr *instr)
{
    bool lane = wasm_op_infos[instr->op].immediate == WASM_IMM_MEMORY_LANE;
    struct aot_value value = aot_pop(func);
    struct aot_value address = aot_pop(func);

    write_access(func, instr, &address);
    if (lane)
        aot_say(func, &func->body, ",%u", instr->index);
    aot_say(func, &func->body, ",%v);\n", &value);
}

/* Loads and stores are the instructions with a memory argument. */
static bool emit_access(struct aot_func *func, const struct wasm_instr *instr)
{
    const struct wasm_op_info *info = &wasm_op_infos[instr->op];

    if (info->immediate != WASM_IMM_MEMORY &&
        info->immediate != WASM_IMM_MEMORY_LANE)
        return false;
    if (info->text[info->text[0] == 'v' ? 5 : 4] == 's') /* v128.s, i32.s */
        emit_store(func, instr);
    else
        emit_load(func, instr);
    return true;
}

static bool emit_variable(struct aot_func *func, const struct wasm_instr *instr)
{
    switch (instr->op) {
    case WASM_OP_LOCAL_GET:
        emit_local_get(func, instr->index);
        return true;
    case WASM_OP_LOCAL_SET:
        emit_local_set(func, instr->index);
        return true;
    case WASM_OP_LOCAL_TEE:
        emit_local_set(func, instr->index);
        emit_local_get(func, instr->index);
        return true;
    case WASM_OP_GLOBAL_GET:
    case WASM_OP_GLOBAL_SET:
        emit_global(func, instr);
        return true;
    case WASM_OP_DROP:
        (void)aot_pop(func);
        return true;
    case WASM_OP_SELECT:
    case WASM_OP_SELECT_T:
        emit_select(func);
        return true;
    case WASM_OP_REF_NULL:
        emit_reference(func, 0);
        return true;
    case WASM_OP_REF_IS_NULL:
        emit_is_null(func);
        return true;
    case WASM_OP_REF_FUNC:
        emit_ref_func(func, instr->index);
        return true;
    case WASM_OP_I32_CONST:
    case WASM_OP_I64_CONST:
    case WASM_OP_F32_CONST:
    case WASM_OP_F64_CONST:
    case WASM_OP_V128_CONST:
        emit_constant(func, instr);
        return true;
    default:
        return false;
    }
}

void aot_op_emit(struct aot_func *func, const struct wasm_instr *instr)
{
    if (!emit_variable(func, instr) && !emit_access(func, instr) &&
        !aot_bulk_emit(func, instr))
        emit_compute(func, instr);
}
