/* api_sandbox.c - vivarium.h: sandboxes, limits and calls.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "api/api.h"
#include "base/base_alloc.h"
#include "base/base_error.h"
#include "engine/engine_call.h"
#include "engine/engine_memory.h"

/* What every limit may be, and is by default. */
#define MEMORY_BYTES_DEFAULT  (UINT64_C(1) << 32)
#define STACK_BYTES_DEFAULT   (UINT64_C(8) << 20)
#define STACK_BYTES_MIN       (UINT64_C(64) << 10)
#define TABLE_ENTRIES_DEFAULT UINT64_C(1000000)

void viv_limits_default(viv_limits *ret_limits)
{
    *ret_limits = (viv_limits){
        .size = sizeof(viv_limits),
        .memory_bytes = MEMORY_BYTES_DEFAULT,
        .stack_bytes = STACK_BYTES_DEFAULT,
        .table_entries = TABLE_ENTRIES_DEFAULT,
        .fuel = VIV_FUEL_ENDLESS,
    };
}

/* Fields that we do not know are limits that we cannot keep. */
static int check_size(const viv_limits *limits, viv_error *err)
{
    const char *bytes = (const char *)limits;
    size_t i;

    if (limits->size < sizeof(*limits))
        return base_error(err, VIV_EINVAL,
                          "the limits have %zu bytes, this library needs %zu: "
                          "begin with viv_limits_default()",
                          limits->size, sizeof(*limits));
    if (limits->size > 64 * sizeof(*limits))
        return base_error(err, VIV_EINVAL, "the limits have %zu bytes",
                          limits->size);
    for (i = sizeof(*limits); i < limits->size; i++)
        if (bytes[i] != 0)
            return base_error(err, VIV_EUNSUPPORTED,
                              "the limits set something that this library, "
                              "version %s, does not know",
                              viv_version());
    return 0;
}

static int check_limits(const struct engine_module *module,
                        const viv_limits *limits, viv_error *err)
{
    int code = check_size(limits, err);

    if (code < 0)
        return code;
    if (limits->stack_bytes < STACK_BYTES_MIN)
        return base_error(err, VIV_EINVAL,
                          "stack_bytes is %llu; %llu is the least",
                          (unsigned long long)limits->stack_bytes,
                          (unsigned long long)STACK_BYTES_MIN);
    if (limits->fuel < VIV_FUEL_ENDLESS && !module->is_metered)
        return base_error(err, VIV_EUNSUPPORTED,
                          "fuel is limited to %llu, but the module was "
                          "compiled without --fuel",
                          (unsigned long long)limits->fuel);
    return 0;
}

/* ------------------------------------------------------------------------
 * Sandboxes.
 */

viv_sandbox *viv_host_call_sandbox(viv_host_call *call)
{
    return call->sandbox;
}

/* On failure, or when the guest does not survive its birth, nothing is left
 * that has to be given back. */
static int give_birth(viv_sandbox *sandbox, viv_module *module,
                      const viv_import *imports, size_t import_count,
                      const viv_limits *limits, viv_outcome *ret_outcome,
                      viv_error *err)
{
    struct engine_instance *instance = &sandbox->instance;
    int code;

    sandbox->host_call.sandbox = sandbox;
    code = engine_instance_init(instance, api_module(module), imports,
                                import_count, limits, &sandbox->host_call, err);
    if (code < 0)
        return code;
    code = engine_instance_start(instance, ret_outcome, err);
    if (code < 0 || ret_outcome->kind != VIV_RETURNED)
        engine_instance_fini(instance);
    return code;
}

int viv_sandbox_new(viv_module *module, const viv_import *imports,
                    size_t import_count, const viv_limits *limits,
                    viv_sandbox **ret_sandbox, viv_outcome *ret_outcome,
                    viv_error *err)
{
    viv_outcome outcome;
    viv_sandbox *sandbox;
    viv_limits defaults;
    int code;

    if (module == NULL || ret_sandbox == NULL || ret_outcome == NULL ||
        (imports == NULL && import_count > 0))
        return base_error(err, VIV_EINVAL,
                          "viv_sandbox_new() needs a module, its imports and "
                          "places for the sandbox and the outcome");
    viv_limits_default(&defaults);
    if (limits == NULL)
        limits = &defaults;
    code = check_limits(api_module(module), limits, err);
    if (code < 0)
        return code;
    sandbox = base_alloc_zero(1, sizeof(*sandbox));
    if (sandbox == NULL)
        return base_error_memory(err);
    code = give_birth(sandbox, module, imports, import_count, limits, &outcome,
                      err);
    if (code < 0 || outcome.kind != VIV_RETURNED) {
        base_free(sandbox);
        sandbox = NULL;
    }
    if (code < 0)
        return code;
    *ret_sandbox = sandbox;
    *ret_outcome = outcome;
    return 0;
}

int viv_sandbox_free(viv_sandbox *sandbox)
{
    if (sandbox == NULL)
        return 0;
    if (sandbox->instance.is_running)
        return VIV_EBUSY;
    engine_instance_fini(&sandbox->instance);
    base_free(sandbox);
    return 0;
}

/* ------------------------------------------------------------------------
 * Calls.
 */

static int check_counts(const struct wasm_func_type *type, const char *name,
                        size_t name_len, size_t arg_count, size_t result_count,
                        viv_error *err)
{
    if (arg_count == type->param_count && result_count == type->result_count)
        return 0;
    return base_error(err, VIV_EINVAL,
                      "\"%.*s\" takes %u arguments and returns %u values; the "
                      "call has %zu and room for %zu",
                      name_len < 200 ? (int)name_len : 200, name,
                      type->param_count, type->result_count, arg_count,
                      result_count);
}

int viv_call(viv_sandbox *sandbox, const char *name, size_t name_len,
             const viv_value *args, size_t arg_count, viv_value *results,
             size_t result_count, viv_outcome *ret_outcome, viv_error *err)
{
    const struct engine_module *module;
    uint32_t index;
    int code;

    if (sandbox == NULL || ret_outcome == NULL ||
        (args == NULL && arg_count > 0) ||
        (results == NULL && result_count > 0))
        return base_error(err, VIV_EINVAL,
                          "viv_call() needs a sandbox, the values that are "
                          "counted and a place for the outcome");
    module = sandbox->instance.module;
    code = api_find(module, name, name_len, WASM_FUNC, &index, err);
    if (code < 0)
        return code;
    code = check_counts(wasm_type_of_func(&module->wasm, index), name, name_len,
                        arg_count, result_count, err);
    if (code < 0)
        return code;
    return engine_call(&sandbox->instance, index, args, results, ret_outcome,
                       err);
}

/* ------------------------------------------------------------------------
 * Looking in from outside.
 */

int viv_global_get(viv_sandbox *sandbox, const char *name, size_t name_len,
                   viv_value *ret_value, uint32_t *ret_type)
{
    const struct engine_module *module;
    viv_value value = {.i64 = 0};
    uint32_t index, type;
    int code;

    if (sandbox == NULL || ret_value == NULL || ret_type == NULL)
        return VIV_EINVAL;
    module = sandbox->instance.module;
    code = api_find(module, name, name_len, WASM_GLOBAL, &index, NULL);
    if (code < 0)
        return code;
    type = module->wasm.globals[index].type;
    memcpy(&value, engine_instance_global(&sandbox->instance, index),
           type == WASM_V128                      ? 16
           : type == WASM_I32 || type == WASM_F32 ? 4
                                                  : 8);
    *ret_value = value;
    *ret_type = type;
    return 0;
}

int viv_memory_read(viv_sandbox *sandbox, uint64_t address, void *to,
                    size_t len)
{
    if (sandbox == NULL || (to == NULL && len > 0) ||
        !engine_memory_has(&sandbox->instance, address, len))
        return VIV_EINVAL;
    if (len > 0)
        memcpy(to, sandbox->instance.region.base + address, len);
    return 0;
}

int viv_memory_write(viv_sandbox *sandbox, uint64_t address, const void *from,
                     size_t len)
{
    if (sandbox == NULL || (from == NULL && len > 0) ||
        !engine_memory_has(&sandbox->instance, address, len))
        return VIV_EINVAL;
    if (len > 0)
        memcpy(sandbox->instance.region.base + address, from, len);
    return 0;
}

uint64_t viv_memory_bytes(const viv_sandbox *sandbox)
{
    if (sandbox == NULL)
        return 0;
    return engine_instance_state(&sandbox->instance)->memory_bytes;
}
