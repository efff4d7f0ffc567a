/* engine_call.c - into the guest, out to the host, and back.
 *
 *     host's stack                          fiber
 *     ------------                          -----
 *     engine_call
 *       arguments -> transfer slots
 *       %gs = base
 *       fiber_run ------------------------> enter_guest
 *                                             enter(base, func)
 *                                               guest code
 *                                                 host_call_helper
 *       on_host   <------------------------------- fiber_call_host
 *         slots -> host function -> slots
 *         %gs = base, if it is not
 *                 -------------------------------> guest code
 *                                                  ...
 *       results <- transfer slots <---------- or a trap
 *       %gs = what it was
 *
 * About %gs: to write it costs as much as a whole host call, to read it next to
 * nothing.  The base stays in place while a host function runs, unless the host
 * had one of its own; and it is looked at afterwards, because another engine
 * that runs inside a host function may have left its own behind.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_call.h"

#include <string.h>

#include "base/base_check.h"
#include "base/base_error.h"
#include "engine/engine_memory.h"
#include "engine/engine_table.h"
#include "engine/engine_trap.h"
#include "os/os_gs.h"
#include "os/os_signal.h"

_Static_assert(sizeof(viv_value) == sizeof(union engine_slot),
               "values are copied to slots as they are");

/* ------------------------------------------------------------------------
 * The segment base.
 */

static uint64_t base_of(const struct engine_instance *instance)
{
    return (uint64_t)(uintptr_t)instance->region.base;
}

static void take_gs(struct engine_instance *instance)
{
    if (!instance->module->is_gs)
        return;
    instance->host_gs = os_gs_get();
    if (instance->host_gs != base_of(instance))
        os_gs_set(base_of(instance));
}

static void give_gs_back(const struct engine_instance *instance)
{
    if (instance->module->is_gs && instance->host_gs != base_of(instance))
        os_gs_set(instance->host_gs);
}

/* Around a host function. */
static void lend_gs(const struct engine_instance *instance)
{
    if (instance->module->is_gs && instance->host_gs != 0)
        os_gs_set(instance->host_gs);
}

static void retake_gs(const struct engine_instance *instance)
{
    if (instance->module->is_gs && os_gs_get() != base_of(instance))
        os_gs_set(base_of(instance));
}

/* ------------------------------------------------------------------------
 * Out to the host.
 */

static bool are_refs_good(const struct engine_module *module,
                          const uint8_t *types, uint32_t count,
                          const viv_value *values)
{
    uint32_t i;

    for (i = 0; i < count; i++)
        if (types[i] == WASM_FUNCREF &&
            !engine_module_has_ref(module, values[i].ref))
            return false;
    return true;
}

/* On the host's stack. */
static int on_host(void *arg)
{
    struct engine_instance *instance = arg;
    const struct engine_host_func *host =
        &instance->host_funcs[instance->import_index];
    union engine_slot *slots = engine_instance_slots(instance);
    size_t bytes = host->type->result_count * sizeof(*slots);
    int code;

    lend_gs(instance);
    memset(instance->results, 0, bytes);
    code = host->func(instance->host_call, (const viv_value *)slots,
                      instance->results, host->cookie);
    if (code == 0 && host->has_funcref &&
        !are_refs_good(instance->module, host->type->results,
                       host->type->result_count, instance->results))
        code = VIV_EINVAL;
    if (code != 0) {
        instance->host_code = code;
        engine_trap_note(instance,
                         (struct engine_refusal){.trap = ENGINE_TRAP_HOST});
        return FIBER_STOPPED;
    }
    memcpy(slots, instance->results, bytes);
    retake_gs(instance);
    return FIBER_FINISHED;
}

static void host_call_helper(char *base, uint32_t import_index)
{
    struct engine_instance *instance = engine_instance_of(base);

    instance->import_index = import_index;
    fiber_call_host(&instance->fiber, on_host, instance);
}

const struct engine_helpers engine_call_helpers = {
    .trap = engine_trap_helper,
    .host_call = host_call_helper,
    .memory_grow = engine_memory_grow_helper,
    .memory_copy = engine_memory_copy_helper,
    .memory_fill = engine_memory_fill_helper,
    .memory_init = engine_memory_init_helper,
    .data_drop = engine_memory_drop_helper,
    .table_grow = engine_table_grow_helper,
    .table_fill = engine_table_fill_helper,
    .table_copy = engine_table_copy_helper,
    .table_init = engine_table_init_helper,
    .elem_drop = engine_table_drop_helper,
};

/* ------------------------------------------------------------------------
 * Into the guest.
 */

/* Generated code writes as much of a slot as the type needs; what else is there
 * is older. */
static viv_value trimmed(const union engine_slot *slot, uint8_t type)
{
    viv_value value;

    memset(&value, 0, sizeof(value));
    switch (type) {
    case WASM_I32:
    case WASM_F32:
        value.i32 = slot->i32;
        break;
    case WASM_V128:
        memcpy(value.v128, slot->v128, sizeof(value.v128));
        break;
    default:
        value.i64 = slot->i64;
    }
    return value;
}

static void enter_guest(void *arg)
{
    struct engine_instance *instance = arg;

    instance->enter(instance->region.base, instance->func);
}

static enum fiber_end run(struct engine_instance *instance, uint32_t index,
                          const struct wasm_func_type *type)
{
    enum fiber_end end;

    instance->enter = instance->module->code->enters[type->canon];
    instance->func = instance->module->code->funcs[index];
    instance->is_running = true;
    engine_instance_state(instance)->fuel = instance->fuel;
    take_gs(instance);
    end = fiber_run(&instance->fiber, enter_guest, instance);
    give_gs_back(instance);
    instance->is_running = false;
    return end;
}

static uint64_t fuel_used(const struct engine_instance *instance)
{
    int64_t left = engine_instance_state(instance)->fuel;

    if (!instance->module->is_metered)
        return 0;
    return (uint64_t)(instance->fuel - (left < 0 ? 0 : left));
}

static int prepare(struct engine_instance *instance,
                   const struct wasm_func_type *type, const viv_value *args,
                   viv_error *err)
{
    if (instance->is_running)
        return base_error(err, VIV_EBUSY,
                          "the sandbox is running: this is inside its call");
    if (!are_refs_good(instance->module, type->params, type->param_count, args))
        return base_error(err, VIV_EINVAL,
                          "an argument refers to no function of the module");
    return os_signal_enter_thread(err);
}

int engine_call(struct engine_instance *instance, uint32_t index,
                const viv_value *args, viv_value *results,
                viv_outcome *ret_outcome, viv_error *err)
{
    const struct wasm_func_type *type =
        wasm_type_of_func(&instance->module->wasm, index);
    union engine_slot *slots = engine_instance_slots(instance);
    viv_outcome outcome = {.kind = VIV_RETURNED};
    int code = prepare(instance, type, args, err);
    uint32_t i;

    if (code < 0)
        return code;
    if (type->param_count > 0)
        memcpy(slots, args, type->param_count * sizeof(*slots));
    if (run(instance, index, type) == FIBER_STOPPED)
        engine_trap_outcome(instance, &outcome);
    else
        for (i = 0; i < type->result_count; i++)
            results[i] = trimmed(&slots[i], type->results[i]);
    outcome.fuel_used = fuel_used(instance);
    *ret_outcome = outcome;
    return 0;
}
