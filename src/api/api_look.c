/* api_look.c - vivarium.h: looking into a sandbox, and writing into it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "api/api.h"
#include "engine/engine_memory.h"

int viv_global_get(viv_sandbox *sandbox, const char *name, size_t name_len,
                   viv_value *ret_value, uint32_t *ret_type)
{
    const struct engine_instance *instance;
    viv_value value = {.i64 = 0};
    uint32_t index, type;
    int code;

    if (sandbox == NULL || ret_value == NULL || ret_type == NULL)
        return VIV_EINVAL;
    instance = &api_sandbox(sandbox)->instance;
    code =
        api_find(instance->module, name, name_len, WASM_GLOBAL, &index, NULL);
    if (code < 0)
        return code;
    type = instance->module->wasm.globals[index].type;
    memcpy(&value, engine_instance_global(instance, index),
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
    const struct engine_instance *instance;

    if (sandbox == NULL || (to == NULL && len > 0))
        return VIV_EINVAL;
    instance = &api_sandbox(sandbox)->instance;
    if (!engine_memory_has(instance, address, len))
        return VIV_EINVAL;
    if (len > 0)
        memcpy(to, instance->region.base + address, len);
    return 0;
}

int viv_memory_write(viv_sandbox *sandbox, uint64_t address, const void *from,
                     size_t len)
{
    const struct engine_instance *instance;

    if (sandbox == NULL || (from == NULL && len > 0))
        return VIV_EINVAL;
    instance = &api_sandbox(sandbox)->instance;
    if (!engine_memory_has(instance, address, len))
        return VIV_EINVAL;
    mem_reset_enter(&api_sandbox(sandbox)->reset);
    if (len > 0)
        memcpy(instance->region.base + address, from, len);
    return 0;
}

uint64_t viv_memory_bytes(const viv_sandbox *sandbox)
{
    if (sandbox == NULL)
        return 0;
    return engine_instance_state(&api_sandbox(sandbox)->instance)->memory_bytes;
}
