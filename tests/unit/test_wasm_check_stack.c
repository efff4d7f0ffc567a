/* test_wasm_check_stack.c - the two stacks at their limits.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm_fixture.h"

#include "wasm/wasm_check_stack.h"

static int nested(uint32_t depth, viv_error *err)
{
    struct base_buf body;
    int code;

    base_buf_init(&body, 1 << 20);
    base_buf_char(&body, 0);
    for (uint32_t i = 0; i < depth; i++)
        base_buf_bytes(&body, "\x02\x40", 2);
    for (uint32_t i = 0; i <= depth; i++)
        base_buf_char(&body, END);
    code =
        fixture_body(TYPE_NONE, (const uint8_t *)body.at, body.len, NULL, err);
    base_buf_fini(&body);
    return code;
}

TEST(the_most_blocks_within_blocks_and_one_too_many)
{
    viv_error err;

    EXPECT_EQ_INT(nested(WASM_FRAMES_MAX, &err), 0);
    EXPECT_EQ_INT(nested(WASM_FRAMES_MAX + 1, &err), VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text, "10001 blocks within blocks: the limit is 10000");
}

static int stacked(uint32_t count, viv_error *err)
{
    struct base_buf body;
    int code;

    base_buf_init(&body, 1 << 22);
    base_buf_char(&body, 0);
    for (uint32_t i = 0; i < count; i++)
        base_buf_bytes(&body, "\x41\0", 2);
    base_buf_char(&body, BR);
    base_buf_char(&body, 0);
    base_buf_char(&body, END);
    code =
        fixture_body(TYPE_NONE, (const uint8_t *)body.at, body.len, NULL, err);
    base_buf_fini(&body);
    return code;
}

TEST(the_most_values_at_once_and_one_too_many)
{
    viv_error err;

    EXPECT_EQ_INT(stacked(WASM_VALUES_MAX, &err), 0);
    EXPECT_EQ_INT(stacked(WASM_VALUES_MAX + 1, &err), VIV_EUNSUPPORTED);
    EXPECT_HAS_STR(err.text,
                   "1000001 values on the stack: the limit is 1000000");
}

/* A checker whose function has just begun. */
struct begun {
    struct fixture f;
    struct wasm_check check;
    struct wasm_instr instr;
};

static void begin(struct begun *it)
{
    fixture_module(&it->f, TYPE_NONE, B(0, END));
    EXPECT_EQ_INT(fixture_decode(&it->f), 0);
    wasm_check_init(&it->check, &it->f.module);
    EXPECT_EQ_INT(wasm_check_begin(&it->check, 2, &it->f.err), 0);
    it->instr = (struct wasm_instr){.op = WASM_OP_CALL, .at = 77};
}

static void end(struct begun *it)
{
    wasm_check_fini(&it->check);
    fixture_end(&it->f);
}

TEST(what_is_pushed_is_popped_the_last_first)
{
    static const uint8_t types[] = {WASM_I32, WASM_F64, WASM_V128};
    struct begun it;
    uint8_t type;

    begin(&it);
    EXPECT_EQ_INT(
        wasm_check_push_all(&it.check, &it.instr, types, 3, &it.f.err), 0);
    EXPECT_EQ_INT(wasm_check_has_all(&it.check, &it.instr, types, 3, &it.f.err),
                  0);
    EXPECT_EQ_INT(wasm_check_pop_any(&it.check, &it.instr, &type, &it.f.err),
                  0);
    EXPECT_EQ_INT(type, WASM_V128);
    EXPECT_EQ_INT(wasm_check_pop_all(&it.check, &it.instr, types, 2, &it.f.err),
                  0);
    EXPECT_EQ_INT(it.check.stack_len, 0);
    EXPECT_EQ_INT(wasm_check_pop(&it.check, &it.instr, WASM_I32, &it.f.err),
                  VIV_EFORMAT);
    EXPECT_EQ_STR(it.f.err.text, "type mismatch: expected i32, found nothing "
                                 "in call at byte 77");
    end(&it);
}

TEST(a_failed_pop_of_many_takes_nothing)
{
    static const uint8_t there[] = {WASM_I32, WASM_F64};
    static const uint8_t wanted[] = {WASM_I64, WASM_F64};
    struct begun it;

    begin(&it);
    EXPECT_EQ_INT(
        wasm_check_push_all(&it.check, &it.instr, there, 2, &it.f.err), 0);
    EXPECT_EQ_INT(
        wasm_check_pop_all(&it.check, &it.instr, wanted, 2, &it.f.err),
        VIV_EFORMAT);
    EXPECT_EQ_INT(it.check.stack_len, 2);
    end(&it);
}

TEST(below_a_cut_there_is_whatever_is_wanted)
{
    static const uint8_t types[] = {WASM_I64, WASM_F64, WASM_I32};
    struct begun it;
    uint8_t type;

    begin(&it);
    wasm_check_cut(&it.check);
    EXPECT_EQ_INT(wasm_check_push(&it.check, &it.instr, WASM_I32, &it.f.err),
                  0);
    EXPECT_EQ_INT(wasm_check_has_all(&it.check, &it.instr, types, 3, &it.f.err),
                  0);
    EXPECT_EQ_INT(it.check.stack_len, 1);
    EXPECT_EQ_INT(wasm_check_pop_all(&it.check, &it.instr, types, 3, &it.f.err),
                  0);
    EXPECT_EQ_INT(it.check.stack_len, 0);
    EXPECT_EQ_INT(wasm_check_pop_any(&it.check, &it.instr, &type, &it.f.err),
                  0);
    EXPECT_EQ_INT(type, 0);
    end(&it);
}
