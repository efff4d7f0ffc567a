/* aot_stack.c - the guest's operand stack, at translation time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_stack.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "wasm/wasm_module.h"

/* All text of one function's pending entries; the whole function is at most
 * this long, so nothing valid ever reaches it. */
#define TEXT_BYTES_MAX ((size_t)1 << 31)

void aot_stack_init(struct aot_stack *stack)
{
    memset(stack, 0, sizeof(*stack));
    base_buf_init(&stack->text, TEXT_BYTES_MAX);
}

void aot_stack_fini(struct aot_stack *stack)
{
    base_free(stack->at);
    base_buf_fini(&stack->text);
    memset(stack, 0, sizeof(*stack));
}

void aot_stack_clear(struct aot_stack *stack)
{
    stack->len = 0;
    stack->settled = 0;
    stack->failed = false;
    memset(stack->mentions, 0, sizeof(stack->mentions));
    base_buf_clear(&stack->text);
}

static bool reserve(struct aot_stack *stack)
{
    uint32_t capacity = stack->capacity == 0 ? 64 : stack->capacity * 2;
    struct aot_value *at;

    if (stack->len < stack->capacity)
        return true;
    at = base_alloc_array(stack->at, capacity, sizeof(*at));
    if (at == NULL)
        return false;
    stack->at = at;
    stack->capacity = capacity;
    return true;
}

struct aot_value *aot_stack_push(struct aot_stack *stack, uint8_t type,
                                 enum aot_value_kind kind)
{
    struct aot_value *value;

    /* Out of memory: overwrite the last entry and remember.  The translation
     * is thrown away at the end of the function. */
    if (!reserve(stack)) {
        stack->failed = true;
        if (stack->capacity == 0)
            return NULL;
        stack->len = stack->capacity - 1;
    }
    value = &stack->at[stack->len];
    memset(value, 0, sizeof(*value));
    value->height = stack->len;
    value->type = type;
    value->kind = (uint8_t)kind;
    stack->len++;
    return value;
}

static void count_mentions(struct aot_stack *stack, uint64_t locals, int by)
{
    while (locals != 0) {
        stack->mentions[__builtin_ctzll(locals)] += (uint32_t)by;
        locals &= locals - 1;
    }
}

void aot_stack_pushed(struct aot_stack *stack, const struct aot_value *value)
{
    count_mentions(stack, value->locals, 1);
}

struct aot_value aot_stack_pop(struct aot_stack *stack)
{
    struct aot_value value;

    CHECK(stack->len > 0);
    value = stack->at[--stack->len];
    count_mentions(stack, value.locals, -1);
    if (stack->settled > stack->len)
        stack->settled = stack->len;
    return value;
}

void aot_stack_settle(struct aot_stack *stack, uint32_t height)
{
    struct aot_value *value = &stack->at[height];

    CHECK(height < stack->len);
    count_mentions(stack, value->locals, -1);
    value->kind = AOT_VARIABLE;
    value->locals = 0;
    value->top = height + 1;
    value->is_one = 0;
}

void aot_stack_cut(struct aot_stack *stack, uint32_t height)
{
    while (stack->len > height)
        (void)aot_stack_pop(stack);
    /* No text is in use any more: begin again. */
    if (stack->len == 0)
        base_buf_clear(&stack->text);
}

char aot_letter(uint8_t type)
{
    switch (type) {
    case WASM_I32:
        return 'i';
    case WASM_F32:
        return 'r';
    case WASM_F64:
        return 'd';
    case WASM_V128:
        return 'w';
    default:
        return 'j';
    }
}

const char *aot_c_type(uint8_t type)
{
    switch (type) {
    case WASM_I32:
        return "u32";
    case WASM_F32:
        return "f32";
    case WASM_F64:
        return "f64";
    case WASM_V128:
        return "v128";
    default:
        return "u64";
    }
}

void aot_value_write(struct base_buf *out, const struct aot_stack *stack,
                     const struct aot_value *value)
{
    switch ((enum aot_value_kind)value->kind) {
    case AOT_LOCAL:
        base_buf_char(out, 'l');
        base_buf_u64(out, value->local);
        break;
    case AOT_VARIABLE:
        base_buf_char(out, aot_letter(value->type));
        base_buf_u64(out, value->height);
        break;
    case AOT_CONSTANT:
    case AOT_EXPRESSION:
        if (value->text_len > 0)
            base_buf_bytes(out, stack->text.at + value->text_at,
                           value->text_len);
        break;
    }
}

void aot_stack_check(const struct aot_stack *stack)
{
    for (uint32_t h = 0; h < stack->len; h++) {
        const struct aot_value *value = &stack->at[h];

        CHECK(value->height == h);
        CHECK(value->kind != AOT_VARIABLE || value->top == h + 1);
        CHECK(value->top == 0 || value->top > h);
        CHECK(h >= stack->settled || value->kind == AOT_VARIABLE);
    }
}
