/* test_aot_stack.c - tests of the guest's operand stack.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_stack.h"

#include <signal.h>

#include "base/base_alloc.h"
#include "test.h"
#include "wasm/wasm_module.h"

static struct aot_stack stack;

static void push_local(uint32_t local)
{
    struct aot_value *value = aot_stack_push(&stack, WASM_I32, AOT_LOCAL);

    value->local = local;
    value->locals = (uint64_t)1 << (local % 64);
    aot_stack_pushed(&stack, value);
}

static void push_variable(uint8_t type)
{
    struct aot_value *value = aot_stack_push(&stack, type, AOT_VARIABLE);

    value->top = value->height + 1;
    aot_stack_pushed(&stack, value);
}

static void push_text(const char *text, enum aot_value_kind kind, uint32_t top)
{
    struct aot_value *value = aot_stack_push(&stack, WASM_I32, kind);

    value->text_at = (uint32_t)stack.text.len;
    value->text_len = (uint32_t)strlen(text);
    value->top = top;
    base_buf_text(&stack.text, text);
    aot_stack_pushed(&stack, value);
}

static const char *text_of(const struct aot_value *value)
{
    static struct base_buf out;

    base_buf_fini(&out);
    base_buf_init(&out, 1000);
    aot_value_write(&out, &stack, value);
    base_buf_char(&out, '\0');
    return out.at;
}

TEST(a_new_stack_is_empty_and_owns_nothing)
{
    aot_stack_init(&stack);
    EXPECT_EQ_INT(stack.len, 0);
    EXPECT(stack.at == NULL);
    aot_stack_check(&stack);
    aot_stack_fini(&stack);
}

TEST(what_is_pushed_last_is_popped_first)
{
    struct aot_value value;

    aot_stack_init(&stack);
    push_local(3);
    push_text("7u", AOT_CONSTANT, 0);
    aot_stack_check(&stack);
    value = aot_stack_pop(&stack);
    EXPECT_EQ_INT(value.height, 1);
    EXPECT_EQ_STR(text_of(&value), "7u");
    value = aot_stack_pop(&stack);
    EXPECT_EQ_INT(value.height, 0);
    EXPECT_EQ_STR(text_of(&value), "l3");
    EXPECT_EQ_INT(stack.len, 0);
    aot_stack_fini(&stack);
}

static void pop_nothing(void)
{
    aot_stack_init(&stack);
    (void)aot_stack_pop(&stack);
}

TEST(an_empty_stack_cannot_be_popped)
{
    EXPECT_DIES(SIGABRT, pop_nothing);
}

TEST(each_kind_of_value_has_its_text)
{
    aot_stack_init(&stack);
    push_local(70);
    push_variable(WASM_F64);
    push_text("0x5ull", AOT_CONSTANT, 0);
    push_text("(l1+d3)", AOT_EXPRESSION, 4);
    aot_stack_check(&stack);
    EXPECT_EQ_STR(text_of(&stack.at[0]), "l70");
    EXPECT_EQ_STR(text_of(&stack.at[1]), "d1");
    EXPECT_EQ_STR(text_of(&stack.at[2]), "0x5ull");
    EXPECT_EQ_STR(text_of(&stack.at[3]), "(l1+d3)");
    aot_stack_fini(&stack);
}

TEST(types_have_letters_and_c_types)
{
    static const struct {
        uint8_t type;
        char letter;
        const char *c_type;
    } rows[] = {
        {WASM_I32, 'i', "u32"},       {WASM_I64, 'j', "u64"},
        {WASM_F32, 'r', "f32"},       {WASM_F64, 'd', "f64"},
        {WASM_V128, 'w', "v128"},     {WASM_FUNCREF, 'j', "u64"},
        {WASM_EXTERNREF, 'j', "u64"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        EXPECT_EQ_INT(aot_letter(rows[i].type), rows[i].letter);
        EXPECT_EQ_STR(aot_c_type(rows[i].type), rows[i].c_type);
    }
}

TEST(settling_makes_an_entry_its_own_variable)
{
    aot_stack_init(&stack);
    push_text("l0", AOT_EXPRESSION, 0);
    push_local(5);
    EXPECT_EQ_INT(stack.mentions[5], 1);
    aot_stack_settle(&stack, 1);
    EXPECT_EQ_INT(stack.at[1].kind, AOT_VARIABLE);
    EXPECT_EQ_INT(stack.at[1].top, 2);
    EXPECT_EQ_INT(stack.mentions[5], 0);
    EXPECT_EQ_INT(stack.at[0].kind, AOT_EXPRESSION);
    EXPECT_EQ_STR(text_of(&stack.at[1]), "i1");
    aot_stack_check(&stack);
    aot_stack_fini(&stack);
}

TEST(mentions_of_locals_are_counted_by_bit)
{
    aot_stack_init(&stack);
    push_local(1);
    push_local(65);
    push_local(2);
    EXPECT_EQ_INT(stack.mentions[1], 2);
    EXPECT_EQ_INT(stack.mentions[2], 1);
    (void)aot_stack_pop(&stack);
    (void)aot_stack_pop(&stack);
    EXPECT_EQ_INT(stack.mentions[1], 1);
    EXPECT_EQ_INT(stack.mentions[2], 0);
    aot_stack_cut(&stack, 0);
    EXPECT_EQ_INT(stack.mentions[1], 0);
    aot_stack_fini(&stack);
}

TEST(popping_below_what_was_settled_lowers_the_mark)
{
    aot_stack_init(&stack);
    push_variable(WASM_I32);
    push_variable(WASM_I32);
    stack.settled = 2;
    (void)aot_stack_pop(&stack);
    EXPECT_EQ_INT(stack.settled, 1);
    push_local(0);
    aot_stack_check(&stack);
    aot_stack_fini(&stack);
}

TEST(cutting_to_nothing_forgets_the_text)
{
    aot_stack_init(&stack);
    push_text("12345u", AOT_CONSTANT, 0);
    push_text("(l0+l1)", AOT_EXPRESSION, 0);
    aot_stack_cut(&stack, 1);
    EXPECT_EQ_INT(stack.len, 1);
    EXPECT(stack.text.len > 0);
    aot_stack_cut(&stack, 0);
    EXPECT_EQ_INT(stack.text.len, 0);
    aot_stack_fini(&stack);
}

static void break_a_variable(void)
{
    aot_stack_init(&stack);
    push_variable(WASM_I32);
    push_variable(WASM_I32);
    stack.at[1].top = 1;
    aot_stack_check(&stack);
}

TEST(the_check_finds_a_variable_of_another_height)
{
    EXPECT_DIES(SIGABRT, break_a_variable);
}

static void break_a_mention(void)
{
    aot_stack_init(&stack);
    push_variable(WASM_I32);
    push_text("(i0+1u)", AOT_EXPRESSION, 1);
    aot_stack_check(&stack);
}

TEST(the_check_finds_an_entry_that_mentions_a_variable_below_it)
{
    EXPECT_DIES(SIGABRT, break_a_mention);
}

static void break_the_mark(void)
{
    aot_stack_init(&stack);
    push_local(0);
    stack.settled = 1;
    aot_stack_check(&stack);
}

TEST(the_check_finds_what_is_said_to_be_settled_and_is_not)
{
    EXPECT_DIES(SIGABRT, break_the_mark);
}

TEST(clearing_keeps_the_storage_only)
{
    aot_stack_init(&stack);
    push_local(9);
    stack.failed = true;
    aot_stack_clear(&stack);
    EXPECT_EQ_INT(stack.len, 0);
    EXPECT_EQ_INT(stack.mentions[9], 0);
    EXPECT(!stack.failed);
    EXPECT(stack.at != NULL);
    aot_stack_fini(&stack);
}

TEST(running_out_of_memory_is_remembered_and_harmless)
{
    aot_stack_init(&stack);
    base_alloc_fail_at(1);
    EXPECT(aot_stack_push(&stack, WASM_I32, AOT_LOCAL) == NULL);
    EXPECT(stack.failed);
    base_alloc_fail_at(0);
    aot_stack_clear(&stack);
    for (int i = 0; i < 64; i++)
        push_local(0);
    base_alloc_fail_at(1);
    EXPECT(aot_stack_push(&stack, WASM_I32, AOT_LOCAL) != NULL);
    EXPECT(stack.failed);
    EXPECT_EQ_INT(stack.len, 64);
    aot_stack_fini(&stack);
}
