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
 *       results <- transfer slots <---------- or a trap, or it waits
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

static int spend(struct engine_instance *instance, uint32_t limit)
{
    instance->end = (struct engine_end){
        .kind = VIV_SPENT,
        .limit = limit,
    };
    return FIBER_STOPPED;
}

/* The host function has returned something else than 0. */
static int no_answer(struct engine_instance *instance, int code)
{
    uint32_t kind = instance->end.kind;

    if (code == VIV_LATER && instance->has_token) {
        instance->end.kind = VIV_WAITING;
        return FIBER_WAITS;
    }
    if (code == VIV_EXIT && (kind == VIV_EXITED || kind == VIV_SPENT))
        return FIBER_STOPPED;
    engine_call_fail(instance, code < 0 ? code : VIV_EINVAL);
    return FIBER_STOPPED;
}

/* Have the pending host function write its results over its arguments, unless
 * it answers later or never. */
static int ask(struct engine_instance *instance)
{
    const struct engine_host_func *host =
        &instance->link->host_funcs[instance->import_index];
    union engine_slot *slots = engine_instance_slots(instance);
    size_t bytes = host->type->result_count * sizeof(*slots);
    int code;

    instance->has_token = false;
    instance->end.kind = 0;
    memset(instance->results, 0, bytes);
    code = host->func(instance->host_call, (const viv_value *)slots,
                      instance->results, host->cookie);
    if (code != 0)
        return no_answer(instance, code);
    if (host->has_funcref &&
        !are_refs_good(instance->module, host->type->results,
                       host->type->result_count, instance->results))
        return no_answer(instance, VIV_EINVAL);
    memcpy(slots, instance->results, bytes);
    return FIBER_FINISHED;
}

/* On the host's stack. */
static int on_host(void *arg)
{
    struct engine_instance *instance = arg;
    int how;

    if (instance->host_calls >= instance->host_calls_max)
        return spend(instance, VIV_LIMIT_HOST_CALLS);
    instance->host_calls++;
    lend_gs(instance);
    how = ask(instance);
    if (how == FIBER_FINISHED) {
        retake_gs(instance);
        instance->import_index = ENGINE_NO_IMPORT;
    }
    if (how != FIBER_WAITS)
        return how;
    if (instance->waits >= instance->waits_max)
        return spend(instance, VIV_LIMIT_WAITS);
    instance->waits++;
    return FIBER_WAITS;
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

void engine_call_results(const struct engine_instance *instance,
                         viv_value *results)
{
    const union engine_slot *slots = engine_instance_slots(instance);
    uint32_t i;

    for (i = 0; i < instance->type->result_count; i++)
        results[i] = trimmed(&slots[i], instance->type->results[i]);
}

static void enter_guest(void *arg)
{
    struct engine_instance *instance = arg;

    instance->enter(instance->region.base, instance->func);
}

int engine_call_check(const struct engine_instance *instance, uint32_t index,
                      const viv_value *args, viv_error *err)
{
    const struct wasm_func_type *type =
        wasm_type_of_func(&instance->module->wasm, index);

    if (are_refs_good(instance->module, type->params, type->param_count, args))
        return 0;
    return base_error(err, VIV_EINVAL,
                      "an argument refers to no function of the module");
}

enum fiber_end engine_call_start_again(struct engine_instance *instance,
                                       uint32_t index, const viv_value *args)
{
    const struct engine_code *code = instance->module->code;
    union engine_slot *slots = engine_instance_slots(instance);
    enum fiber_end end;

    instance->type = wasm_type_of_func(&instance->module->wasm, index);
    instance->enter = code->enters[instance->type->canon];
    instance->func = code->funcs[index];
    instance->import_index = ENGINE_NO_IMPORT;
    instance->end = (struct engine_end){0};
    if (instance->type->param_count > 0)
        memcpy(slots, args, instance->type->param_count * sizeof(*slots));
    take_gs(instance);
    end = fiber_run(&instance->fiber, enter_guest, instance);
    give_gs_back(instance);
    return end;
}

enum fiber_end engine_call_start(struct engine_instance *instance,
                                 uint32_t index, const viv_value *args)
{
    instance->host_calls = instance->waits = 0;
    engine_instance_state(instance)->fuel = (int64_t)instance->fuel;
    return engine_call_start_again(instance, index, args);
}

enum fiber_end engine_call_resume(struct engine_instance *instance)
{
    enum fiber_end end;

    instance->import_index = ENGINE_NO_IMPORT;
    take_gs(instance);
    end = fiber_resume(&instance->fiber);
    give_gs_back(instance);
    return end;
}

/* ------------------------------------------------------------------------
 * A host call that is answered later.
 */

const struct wasm_func_type *
engine_call_pending_type(const struct engine_instance *instance)
{
    return instance->link->host_funcs[instance->import_index].type;
}

bool engine_call_accepts(const struct engine_module *module,
                         const struct wasm_func_type *type,
                         const viv_value *results)
{
    return are_refs_good(module, type->results, type->result_count, results);
}

enum fiber_end engine_call_again(struct engine_instance *instance)
{
    return (enum fiber_end)ask(instance);
}

void engine_call_answer(struct engine_instance *instance,
                        const viv_value *results)
{
    const struct wasm_func_type *type = engine_call_pending_type(instance);

    if (type->result_count > 0)
        memcpy(engine_instance_slots(instance), results,
               type->result_count * sizeof(*results));
}

void engine_call_fail(struct engine_instance *instance, int32_t code)
{
    engine_trap_note(instance,
                     (struct engine_refusal){.trap = ENGINE_TRAP_HOST});
    instance->end.code = code;
}

uint64_t engine_call_fuel(const struct engine_instance *instance)
{
    int64_t left = engine_instance_state(instance)->fuel;

    if (!instance->module->is_metered)
        return 0;
    return instance->fuel - (uint64_t)(left < 0 ? 0 : left);
}
