/* python_host.c - what all sandboxes of one Python have in common on the host.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/python_host.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "base/base_text.h"
#include "python/python_question.h"
#include "wasi/wasi_imports.h"

/* ------------------------------------------------------------------------
 * Copies.
 */

static void forget_function(viv_python_function *function)
{
    base_free((char *)function->module);
    base_free((char *)function->name);
    base_free((char *)function->signature);
    base_free((char *)function->doc);
}

static void release(void *owner)
{
    struct python_host *host = owner;

    for (uint32_t i = 0; i < host->function_count; i++)
        forget_function(&host->functions[i]);
    base_free(host->functions);
    base_free(host->pack);
    base_free(host);
}

static int copy_function(viv_python_function *to,
                         const viv_python_function *from, viv_error *err)
{
    if (from->module == NULL || from->name == NULL || from->signature == NULL ||
        from->func == NULL)
        return base_error(err, VIV_EINVAL,
                          "a function of the host needs module, name, "
                          "signature and the function itself");
    *to = *from;
    to->module = base_text_copy(from->module);
    to->name = base_text_copy(from->name);
    to->signature = base_text_copy(from->signature);
    to->doc = base_text_copy(from->doc != NULL ? from->doc : "");
    return to->module != NULL && to->name != NULL && to->signature != NULL &&
                   to->doc != NULL
               ? 0
               : base_error_memory(err);
}

static int copy_functions(struct python_host *host,
                          const viv_python_function *functions, size_t count,
                          viv_error *err)
{
    int code = 0;

    if (count > UINT16_MAX)
        return base_error(err, VIV_EINVAL, "%zu functions are too many", count);
    host->functions = base_alloc_zero(count + 1, sizeof(*functions));
    if (host->functions == NULL)
        return base_error_memory(err);
    for (size_t i = 0; code == 0 && i < count; i++) {
        host->function_count++;
        code = copy_function(&host->functions[i], &functions[i], err);
    }
    return code;
}

/* ------------------------------------------------------------------------
 * Linking.
 */

/* The exported function `name`, of this many parameters. */
static int find_func(const struct engine_module *module, const char *name,
                     uint8_t result, uint32_t *ret_index, viv_error *err)
{
    const struct wasm_export *export =
        engine_module_find(module, name, strlen(name));
    const struct wasm_func_type *type;

    if (export != NULL && export->kind == WASM_FUNC) {
        type = wasm_type_of_func(&module->wasm, export->index);
        if (type->param_count == 1 && type->params[0] == WASM_I32 &&
            type->result_count == 1 && type->results[0] == result) {
            *ret_index = export->index;
            return 0;
        }
    }
    return base_error(err, VIV_EFORMAT,
                      "the module is not a Python guest of this library: it "
                      "has no function \"%s\" that fits",
                      name);
}

static int make(const struct engine_module *module, const char *pack,
                const viv_python_function *functions, size_t count,
                struct python_host **ret_host, viv_error *err)
{
    struct python_host *host = base_alloc_zero(1, sizeof(*host));
    int code;

    if (host == NULL)
        return base_error_memory(err);
    *ret_host = host;
    code = find_func(module, "viv_room", WASM_I32, &host->room_func, err);
    if (code == 0)
        code = find_func(module, "viv_do", WASM_I64, &host->do_func, err);
    if (code == 0)
        code = copy_functions(host, functions, count, err);
    if (code < 0)
        return code;
    host->pack = base_text_copy(pack);
    return host->pack != NULL ? 0 : base_error_memory(err);
}

/* WASI's rows, then the door's. */
static int link_rows(struct engine_module *module,
                     struct engine_link **ret_link, viv_error *err)
{
    size_t wasi_count, door_count;
    const viv_import *wasi = wasi_imports(&wasi_count);
    const viv_import *door = python_question_imports(&door_count);
    viv_import *rows =
        base_alloc_array(NULL, wasi_count + door_count, sizeof(*rows));
    int code;

    if (rows == NULL)
        return base_error_memory(err);
    memcpy(rows, wasi, wasi_count * sizeof(*rows));
    memcpy(rows + wasi_count, door, door_count * sizeof(*rows));
    code =
        engine_link_new(module, rows, wasi_count + door_count, ret_link, err);
    base_free(rows);
    return code;
}

int python_host_link(struct engine_module *module, const char *pack,
                     const viv_python_function *functions, size_t count,
                     struct engine_link **ret_link, viv_error *err)
{
    struct python_host *host = NULL;
    struct engine_link *link;
    int code = make(module, pack, functions, count, &host, err);

    if (code == 0)
        code = link_rows(module, &link, err);
    if (code < 0) {
        if (host != NULL)
            release(host);
        return code;
    }
    link->needs_store = true;
    link->owner = host;
    link->release = release;
    *ret_link = link;
    return 0;
}

struct python_host *python_host_of_link(const struct engine_link *link)
{
    return link->release == release ? link->owner : NULL;
}

struct python_host *python_host_of(const struct sandbox *sandbox)
{
    return python_host_of_link(sandbox->instance.link);
}
