/* wasm_check_stack.c - the two stacks of validation: values and blocks.
 *
 * Invariants
 *   1. frames[0].height == 0, and heights do not fall from outer to inner
 *   2. stack_len >= the height of the innermost frame
 *   3. a type 0 is on the stack only above the height of a frame that is
 *      unreachable, or was when a block inside it was opened
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasm/wasm_check_stack.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"
#include "wasm/wasm_error.h"
#include "wasm/wasm_type.h"

#define FIRST_VALUES 256u
#define FIRST_FRAMES 32u

int wasm_check_reserve(struct wasm_check *check, const struct wasm_instr *instr,
                       uint32_t count, viv_error *err)
{
    uint32_t needed = check->stack_len + count;
    uint32_t capacity = check->stack_capacity;
    uint8_t *stack;

    if (needed <= capacity)
        return 0;
    if (needed > WASM_VALUES_MAX)
        return wasm_error(err, VIV_EUNSUPPORTED, instr->at,
                          "%u values on the stack: the limit is %u", needed,
                          WASM_VALUES_MAX);
    capacity = capacity < FIRST_VALUES ? FIRST_VALUES : 2 * capacity;
    capacity = capacity < needed ? needed : capacity;
    capacity = capacity < WASM_VALUES_MAX ? capacity : WASM_VALUES_MAX;
    stack = base_alloc_array(check->stack, capacity, 1);
    if (stack == NULL)
        return base_error_memory(err);
    check->stack = stack;
    check->stack_capacity = capacity;
    return 0;
}

static int mismatch(const struct wasm_instr *instr, const char *expected,
                    const char *found, viv_error *err)
{
    return wasm_error(err, VIV_EFORMAT, instr->at,
                      "type mismatch: expected %s, found %s in %s", expected,
                      found, wasm_op_infos[instr->op].text);
}

/* The type of the value `depth` below the top; 0 if nobody knows.  False if
 * there is no such value. */
static bool find(struct wasm_check *check, uint32_t depth, uint8_t *ret_type)
{
    const struct wasm_frame *frame = wasm_check_top(check);

    DCHECK(check->stack_len >= frame->height);
    *ret_type = 0;
    if (depth < check->stack_len - frame->height)
        *ret_type = check->stack[check->stack_len - 1 - depth];
    else if (!frame->unreachable)
        return false;
    return true;
}

static int expect(struct wasm_check *check, const struct wasm_instr *instr,
                  uint32_t depth, uint8_t type, viv_error *err)
{
    uint8_t found;

    if (!find(check, depth, &found))
        return mismatch(instr, wasm_type_text(type), "nothing", err);
    if (found != type && found != 0 && type != 0)
        return mismatch(instr, wasm_type_text(type), wasm_type_text(found),
                        err);
    return 0;
}

/* Values that are not there, in code that cannot run, are not counted down. */
static void drop(struct wasm_check *check, uint32_t count)
{
    uint32_t there = check->stack_len - wasm_check_top(check)->height;

    check->stack_len -= count < there ? count : there;
}

int wasm_check_pop_any(struct wasm_check *check, const struct wasm_instr *instr,
                       uint8_t *ret_type, viv_error *err)
{
    if (!find(check, 0, ret_type))
        return mismatch(instr, "a value", "nothing", err);
    drop(check, 1);
    return 0;
}

int wasm_check_pop_slow(struct wasm_check *check,
                        const struct wasm_instr *instr, uint8_t type,
                        viv_error *err)
{
    int code = expect(check, instr, 0, type, err);

    if (code == 0)
        drop(check, 1);
    return code;
}

int wasm_check_push_all(struct wasm_check *check,
                        const struct wasm_instr *instr, const uint8_t *types,
                        uint32_t count, viv_error *err)
{
    int code;

    if (count == 0)
        return 0;
    code = wasm_check_reserve(check, instr, count, err);
    if (code != 0)
        return code;
    memcpy(check->stack + check->stack_len, types, count);
    check->stack_len += count;
    return 0;
}

/* Almost always the values are simply there; one by one they are looked at
 * only where some may be unknown, or for the sentence. */
int wasm_check_has_all(struct wasm_check *check, const struct wasm_instr *instr,
                       const uint8_t *types, uint32_t count, viv_error *err)
{
    uint32_t there = check->stack_len - wasm_check_top(check)->height;
    int code = 0;

    if (count == 0 ||
        (count <= there &&
         memcmp(check->stack + check->stack_len - count, types, count) == 0))
        return 0;
    for (uint32_t depth = 0; code == 0 && depth < count; depth++)
        code = expect(check, instr, depth, types[count - 1 - depth], err);
    return code;
}

int wasm_check_pop_all(struct wasm_check *check, const struct wasm_instr *instr,
                       const uint8_t *types, uint32_t count, viv_error *err)
{
    int code = wasm_check_has_all(check, instr, types, count, err);

    if (code == 0)
        drop(check, count);
    return code;
}

static int reserve_frame(struct wasm_check *check,
                         const struct wasm_instr *instr, viv_error *err)
{
    uint32_t capacity = check->frame_capacity;
    struct wasm_frame *frames;

    if (check->frame_count > WASM_FRAMES_MAX)
        return wasm_error(err, VIV_EUNSUPPORTED, instr->at,
                          "%u blocks within blocks: the limit is %u",
                          check->frame_count, WASM_FRAMES_MAX);
    if (check->frame_count < capacity)
        return 0;
    capacity = capacity < FIRST_FRAMES ? FIRST_FRAMES : 2 * capacity;
    frames = base_alloc_array(check->frames, capacity, sizeof(*frames));
    if (frames == NULL)
        return base_error_memory(err);
    check->frames = frames;
    check->frame_capacity = capacity;
    return 0;
}

int wasm_check_open(struct wasm_check *check, const struct wasm_instr *instr,
                    viv_error *err)
{
    int code = reserve_frame(check, instr, err);

    if (code != 0)
        return code;
    check->frames[check->frame_count++] =
        (struct wasm_frame){.op = instr->op,
                            .params = instr->params,
                            .results = instr->results,
                            .param_count = instr->param_count,
                            .result_count = instr->result_count,
                            .height = check->stack_len};
    return wasm_check_push_all(check, instr, instr->params, instr->param_count,
                               err);
}

int wasm_check_close(struct wasm_check *check, const struct wasm_instr *instr,
                     viv_error *err)
{
    const struct wasm_frame *frame = wasm_check_top(check);
    int code = wasm_check_pop_all(check, instr, frame->results,
                                  frame->result_count, err);

    if (code == 0 && check->stack_len != frame->height)
        return wasm_error(err, VIV_EFORMAT, instr->at,
                          "type mismatch: %u values too many in %s",
                          check->stack_len - frame->height,
                          wasm_op_infos[instr->op].text);
    return code;
}

void wasm_check_cut(struct wasm_check *check)
{
    struct wasm_frame *frame = wasm_check_top(check);

    check->stack_len = frame->height;
    frame->unreachable = true;
}
