/* test_wasm_check.c - bodies as a whole: locals, steps, sentences.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm_fixture.h"

#include "base/base_alloc.h"
#include "wasm/wasm_type.h"

TEST(a_sentence_names_function_place_and_types)
{
    viv_error err;

    EXPECT_EQ_INT(
        fixture_body(TYPE_I, B(0, I64_CONST, 1, I32_EQZ, END), NULL, &err),
        VIV_EFORMAT);
    EXPECT_EQ_STR(err.text, "function 2 (main): type mismatch: expected i32, "
                            "found i64 in i32.eqz at byte 140");
}

TEST(who_wants_no_sentence_gets_the_code)
{
    struct wasm_check check;
    struct fixture f;

    fixture_module(&f, TYPE_I, B(0, NOP, END));
    EXPECT_EQ_INT(fixture_decode(&f), 0);
    wasm_check_init(&check, &f.module);
    EXPECT_EQ_INT(wasm_check_func(&check, 2, NULL), VIV_EFORMAT);
    wasm_check_fini(&check);
    fixture_end(&f);
}

/* Every instruction with a signature, alone: valid with its operands, invalid
 * with one too few and with one of another type. */
static size_t put_constants(uint8_t *to, const char *letters, size_t wrong)
{
    size_t len = 0;

    for (size_t i = 0; letters[i] != ':'; i++) {
        char letter = letters[i];
        if (i == wrong)
            letter = letter == 'i' ? 'I' : 'i';
        switch (letter) {
        case 'i':
        case 'I':
            to[len++] = letter == 'i' ? I32_CONST : I64_CONST;
            to[len++] = 0;
            break;
        case 'f':
        case 'F':
            to[len] = letter == 'f' ? F32_CONST : F64_CONST;
            memset(to + len + 1, 0, 8);
            len += letter == 'f' ? 5 : 9;
            break;
        default:
            to[len] = FD;
            to[len + 1] = 12;
            memset(to + len + 2, 0, 16);
            len += 18;
        }
    }
    return len;
}

static size_t put_op(uint8_t *to, const struct wasm_op_info *info)
{
    static const uint8_t immediate_bytes[] = {
        [WASM_IMM_INDEX] = 1,        [WASM_IMM_MEMORY] = 2,
        [WASM_IMM_MEMORY_LANE] = 3,  [WASM_IMM_MEMORY_ZERO] = 1,
        [WASM_IMM_MEMORY_ZERO2] = 2, [WASM_IMM_DATA_MEMORY] = 2,
        [WASM_IMM_ELEM_TABLE] = 2,   [WASM_IMM_TABLE_TABLE] = 2,
        [WASM_IMM_LANE] = 1,         [WASM_IMM_I32] = 1,
        [WASM_IMM_I64] = 1,          [WASM_IMM_F32] = 4,
        [WASM_IMM_F64] = 8,          [WASM_IMM_V128] = 16};
    size_t len = 0;
    uint32_t number = info->code & 0xfff;

    if (info->code < 0x100) {
        to[len++] = (uint8_t)info->code;
    } else {
        to[len++] = (uint8_t)(info->code >> 12);
        to[len++] = (uint8_t)(number < 0x80 ? number : (number & 0x7f) | 0x80);
        if (number >= 0x80)
            to[len++] = (uint8_t)(number >> 7);
    }
    memset(to + len, 0, 16);
    return len + immediate_bytes[info->immediate];
}

/* `wrong`: which operand is of another type; `missing`: the first is not
 * there. */
static int check_op(const struct wasm_op_info *info, size_t wrong, int missing,
                    viv_error *err)
{
    const char *signature = info->signature;
    uint8_t body[128] = {0};
    size_t len = 1;

    len +=
        put_constants(body + len, signature + missing, wrong - (size_t)missing);
    len += put_op(body + len, info);
    if (strchr(signature, ':')[1] != '\0')
        body[len++] = DROP;
    body[len++] = END;
    return fixture_body(TYPE_NONE, body, len, NULL, err);
}

TEST(every_instruction_takes_and_gives_what_its_signature_says)
{
    int tried = 0;

    for (int op = 0; op < WASM_OP_COUNT; op++) {
        const struct wasm_op_info *info = &wasm_op_infos[op];
        viv_error err;
        if (info->signature[0] == '*')
            continue;
        tried++;
        EXPECT_EQ_INT(check_op(info, SIZE_MAX, 0, &err), 0);
        for (size_t i = 0; info->signature[i] != ':'; i++) {
            EXPECT_EQ_INT(check_op(info, i, 0, &err), VIV_EFORMAT);
            EXPECT_HAS_STR(err.text, "type mismatch: expected ");
            EXPECT_HAS_STR(err.text, info->text);
        }
        if (info->signature[0] != ':')
            EXPECT_EQ_INT(check_op(info, SIZE_MAX, 1, &err), VIV_EFORMAT);
    }
    EXPECT_EQ_INT(tried, 410);
}

TEST(locals_are_params_and_what_the_body_declares)
{
    VALID_BODY(TYPE_I_I, B(2, 1, I64, 2, F32, LOCAL_GET, 1, DROP, LOCAL_GET, 3,
                           LOCAL_SET, 2, LOCAL_GET, 0, END));
    REFUSED_BODY(VIV_EFORMAT, "unknown local 4 in local.get", TYPE_NONE,
                 B(2, 1, I64, 3, F32, LOCAL_GET, 4, DROP, END));
    REFUSED_BODY(VIV_EFORMAT, "unknown type 0x40", TYPE_NONE,
                 B(1, 1, EMPTY, END));
    REFUSED_BODY(VIV_EUNSUPPORTED, "typed function references", TYPE_NONE,
                 B(1, 1, 0x63, FUNCREF, END));
    REFUSED_BODY(VIV_EFORMAT, "unexpected end", TYPE_NONE, B(2, 1, I64));
    VALID_BODY(TYPE_NONE, B(3, 0, I64, 0, F32, 0, FUNCREF, END));
}

TEST(the_most_locals_and_one_too_many)
{
    VALID_BODY(TYPE_NONE, B(2, 0xcf, 0x86, 3, I32, 1, I64, END));
    REFUSED_BODY(VIV_EUNSUPPORTED, "50001 locals: the limit is 50000",
                 TYPE_NONE, B(2, 0xd0, 0x86, 3, I32, 1, I64, END));
    REFUSED_BODY(VIV_EUNSUPPORTED, "50001 locals: the limit is 50000", TYPE_I_I,
                 B(1, 0xd0, 0x86, 3, I32, LOCAL_GET, 0, END));
    REFUSED_BODY(VIV_EFORMAT, "too many locals", TYPE_NONE,
                 B(2, 0xff, 0xff, 0xff, 0xff, 0x0f, I32, 1, I64, END));
}

TEST(a_body_ends_with_its_last_end)
{
    REFUSED_BODY(VIV_EFORMAT, "2 bytes too many behind the end", TYPE_NONE,
                 B(0, END, NOP, END));
    REFUSED_BODY(VIV_EFORMAT, "unexpected end", TYPE_NONE, B(0, NOP));
    REFUSED_BODY(VIV_EFORMAT, "unexpected end", TYPE_NONE, B(0));
    REFUSED_BODY(VIV_EFORMAT, "unexpected end", TYPE_NONE, NULL, 0);
    REFUSED_BODY(VIV_EFORMAT, "unexpected end", TYPE_NONE,
                 B(0, BLOCK, EMPTY, END));
}

static uint32_t features_of(uint8_t type, const uint8_t *body, size_t len)
{
    viv_error err = {0, ""};
    uint32_t features;

    fixture_body(type, body, len, &features, &err);
    EXPECT_EQ_STR(err.text, "");
    return features;
}

TEST(what_a_body_uses_is_noted)
{
    EXPECT_EQ_INT(features_of(TYPE_NONE, B(0, NOP, END)), 0);
    EXPECT_EQ_INT(features_of(TYPE_NONE, B(0, BLOCK, EMPTY, END, END)), 0);
    EXPECT_EQ_INT(
        features_of(TYPE_IJ, B(0, BLOCK, TYPE_IJ, UNREACHABLE_, END, END)),
        WASM_FEATURE_MULTI_VALUE);
    EXPECT_EQ_INT(
        features_of(TYPE_NONE, B(0, BLOCK, V128, UNREACHABLE_, END, DROP, END)),
        WASM_FEATURE_SIMD);
    EXPECT_EQ_INT(features_of(TYPE_NONE, B(1, 1, EXTERNREF, END)),
                  WASM_FEATURE_REFERENCE_TYPES);
    EXPECT_EQ_INT(features_of(TYPE_I, B(0, I32_CONST, 0, 0xc0, END)),
                  WASM_FEATURE_SIGN_EXTENSION);
    EXPECT_EQ_INT(features_of(TYPE_NONE, B(0, RETURN_CALL, 1, END)),
                  WASM_FEATURE_TAIL_CALLS);
    EXPECT_EQ_INT(features_of(TYPE_NONE, B(0, FC, 9, 0, END)),
                  WASM_FEATURE_BULK_MEMORY);
}

/* What the compiler sees while it translates. */
TEST(steps_show_the_instruction_and_the_state_after_it)
{
    struct wasm_check check;
    struct wasm_instr instr;
    struct fixture f;

    fixture_module(&f, TYPE_I,
                   B(1, 1, F64, LOOP, EMPTY, I32_CONST, 5, BR_IF, 0, END,
                     I32_CONST, 7, END));
    EXPECT_EQ_INT(fixture_decode(&f), 0);
    wasm_check_init(&check, &f.module);
    EXPECT_EQ_INT(wasm_check_begin(&check, 2, &f.err), 0);
    EXPECT_EQ_INT(check.frame_count, 1);
    EXPECT_EQ_INT(check.frames[0].op, WASM_OP_BLOCK);
    EXPECT_EQ_INT(check.frames[0].result_count, 1);
    EXPECT_EQ_INT(check.local_count, 1);
    EXPECT_EQ_INT(check.locals[0], WASM_F64);

    EXPECT_EQ_INT(wasm_check_step(&check, &instr, &f.err), 0);
    EXPECT_EQ_INT(instr.op, WASM_OP_LOOP);
    EXPECT_EQ_INT(check.frame_count, 2);
    EXPECT_EQ_INT(wasm_check_step(&check, &instr, &f.err), 0);
    EXPECT_EQ_INT(instr.i64, 5);
    EXPECT_EQ_INT(check.stack_len, 1);
    EXPECT_EQ_INT(check.stack[0], WASM_I32);
    EXPECT_EQ_INT(wasm_check_step(&check, &instr, &f.err), 0);
    EXPECT_EQ_INT(check.stack_len, 0);
    EXPECT_EQ_INT(wasm_check_step(&check, &instr, &f.err), 0);
    EXPECT_EQ_INT(check.frame_count, 1);
    EXPECT_EQ_INT(wasm_check_step(&check, &instr, &f.err), 0);
    EXPECT_EQ_INT(wasm_check_step(&check, &instr, &f.err), 0);
    EXPECT_EQ_INT(instr.op, WASM_OP_END);
    EXPECT_EQ_INT(check.frame_count, 0);
    EXPECT_EQ_INT(check.stack_len, 1); /* the result */
    wasm_check_fini(&check);
    fixture_end(&f);
}

TEST(a_label_carries_the_params_of_a_loop_and_the_results_of_a_block)
{
    struct wasm_check check;
    struct wasm_instr instr;
    struct fixture f;
    uint32_t count;

    fixture_module(&f, TYPE_I,
                   B(0, I32_CONST, 0, LOOP, TYPE_I_I, BLOCK, TYPE_IJ,
                     UNREACHABLE_, END, DROP, DROP, END, END));
    EXPECT_EQ_INT(fixture_decode(&f), 0);
    wasm_check_init(&check, &f.module);
    EXPECT_EQ_INT(wasm_check_begin(&check, 2, &f.err), 0);
    for (int i = 0; i < 3; i++)
        EXPECT_EQ_INT(wasm_check_step(&check, &instr, &f.err), 0);
    EXPECT_EQ_INT(wasm_check_label(&check, 0, &count)[1], WASM_I64);
    EXPECT_EQ_INT(count, 2);
    EXPECT_EQ_INT(wasm_check_label(&check, 1, &count)[0], WASM_I32);
    EXPECT_EQ_INT(count, 1);
    EXPECT_EQ_INT(wasm_check_label(&check, 2, &count)[0], WASM_I32);
    wasm_check_fini(&check);
    fixture_end(&f);
}

TEST(one_checker_checks_one_body_after_the_other_even_after_a_failure)
{
    struct wasm_check check;
    struct fixture f;

    fixture_module(&f, TYPE_I,
                   B(1, 3, I64, BLOCK, EMPTY, LOCAL_GET, 0, UNREACHABLE_));
    EXPECT_EQ_INT(fixture_decode(&f), 0);
    wasm_check_init(&check, &f.module);
    for (int i = 0; i < 3; i++) {
        EXPECT_EQ_INT(wasm_check_func(&check, 2, &f.err), VIV_EFORMAT);
        EXPECT_EQ_INT(wasm_check_func(&check, 1, &f.err), 0);
        EXPECT_EQ_INT(check.local_count, 0);
    }
    wasm_check_fini(&check);
    fixture_end(&f);
}

TEST(whichever_allocation_fails_the_answer_is_no_memory)
{
    int code = VIV_ENOMEM;
    struct fixture f;
    uint64_t n;

    fixture_module(&f, TYPE_NONE,
                   B(1, 200, 4, I64, BLOCK, EMPTY, I32_CONST, 0, BR_TABLE, 3, 0,
                     0, 0, 0, END, END));
    EXPECT_EQ_INT(fixture_decode(&f), 0);
    for (n = 1; code != 0; n++) {
        base_alloc_fail_at(n);
        code = fixture_check(&f);
        base_alloc_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM);
        if (code != 0)
            EXPECT_EQ_STR(f.err.text, "out of memory");
    }
    EXPECT_EQ_INT(n, 6); /* locals, values, frames, labels; then success */
    fixture_end(&f);
}
