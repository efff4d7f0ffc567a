/* engine_backtrace.c - where a guest is, or was when its call was stopped.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_backtrace.h"

#include "engine/engine_unwind.h"

/* ------------------------------------------------------------------------
 * Names.
 */

static const struct wasm_bytes *import_name(const struct wasm_module *wasm,
                                            uint32_t func)
{
    uint32_t i;

    for (i = 0; i < wasm->import_count; i++)
        if (wasm->imports[i].kind == WASM_FUNC &&
            wasm->imports[i].index == func)
            return &wasm->imports[i].name;
    return NULL;
}

static const struct wasm_bytes *export_name(const struct wasm_module *wasm,
                                            uint32_t func)
{
    uint32_t i;

    for (i = 0; i < wasm->export_count; i++)
        if (wasm->exports[i].kind == WASM_FUNC &&
            wasm->exports[i].index == func)
            return &wasm->exports[i].name;
    return NULL;
}

static void fill(viv_frame *frame, const struct engine_module *module,
                 uint32_t func, uintptr_t pc)
{
    const struct wasm_module *wasm = &module->wasm;
    const struct wasm_bytes *name = &wasm->funcs[func].name;

    if (name->len == 0)
        name = func < wasm->func_import_count ? import_name(wasm, func)
                                              : export_name(wasm, func);
    *frame = (viv_frame){.func = func, .offset = pc - module->load_address};
    if (name != NULL) {
        frame->name = (const char *)name->at;
        frame->name_len = name->len;
    }
}

/* ------------------------------------------------------------------------
 * The walk.
 */

static struct engine_cfi_stack stack_of(const struct engine_instance *instance)
{
    const struct fiber_stack *stack = &instance->fiber.stack;

    return (struct engine_cfi_stack){
        .bytes = stack->at,
        .low = (uintptr_t)stack->at,
        .high = (uintptr_t)fiber_stack_top(stack),
    };
}

/* The next function outward; false if there is none.  What the compiler made
 * for itself is left out, and so are imports: the one that was called is known
 * without. */
static bool next_func(struct engine_unwind *walk, uint32_t *ret_func,
                      uintptr_t *ret_pc)
{
    const struct engine_module *module = walk->module;
    struct engine_frame frame;

    while (engine_unwind_next(walk, &frame)) {
        *ret_pc = frame.pc;
        if (engine_module_func_at(module, frame.piece, ret_func) &&
            *ret_func >= module->wasm.func_import_count)
            return true;
    }
    return false;
}

size_t engine_backtrace(const struct engine_instance *instance,
                        viv_frame *frames, size_t max, bool *ret_more)
{
    const struct engine_module *module = instance->module;
    struct engine_cfi_stack stack = stack_of(instance);
    uint32_t func = instance->import_index;
    struct engine_unwind walk;
    struct os_regs regs;
    size_t count = 0;
    uintptr_t pc;
    bool at_call, any;

    *ret_more = false;
    if (!fiber_where(&instance->fiber, &regs, &at_call))
        return 0;
    engine_unwind_start(&walk, module, &stack, &regs, at_call);
    pc = walk.regs.at[OS_REG_PC];
    any = func != ENGINE_NO_IMPORT || next_func(&walk, &func, &pc);
    while (any && count < max) {
        fill(&frames[count++], module, func, pc);
        any = next_func(&walk, &func, &pc);
    }
    *ret_more = any || walk.is_cut;
    return count;
}
