/* api_module.c - vivarium.h: modules, and what they import and export.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "api/api.h"
#include "base/base_error.h"

int viv_module_load(const char *path, viv_module **ret_module, viv_error *err)
{
    struct engine_module *module;
    int code;

    if (path == NULL || ret_module == NULL)
        return base_error(err, VIV_EINVAL,
                          "viv_module_load() needs a path and a place for the "
                          "module");
    code = engine_module_load(path, &module, err);
    if (code == 0)
        *ret_module = (viv_module *)module;
    return code;
}

viv_module *viv_module_ref(viv_module *module)
{
    return (viv_module *)engine_module_ref(api_module(module));
}

void viv_module_unref(viv_module *module)
{
    if (module != NULL)
        engine_module_unref(api_module(module));
}

/* ------------------------------------------------------------------------
 * Looking inside.
 */

viv_func_type api_func_type(const struct wasm_func_type *type)
{
    return (viv_func_type){
        .params = type->params,
        .results = type->results,
        .param_count = type->param_count,
        .result_count = type->result_count,
    };
}

static void set_limits(const struct wasm_limits *limits, viv_extern *out)
{
    out->min = limits->min;
    out->has_max = limits->has_max;
    out->max = limits->has_max ? limits->max : 0;
}

/* What thing `index` of `kind` is, beyond its names. */
static void describe(const struct wasm_module *wasm, enum wasm_kind kind,
                     uint32_t index, viv_extern *out)
{
    out->kind = kind;
    switch (kind) {
    case WASM_FUNC:
        out->func = api_func_type(wasm_type_of_func(wasm, index));
        break;
    case WASM_TABLE:
        out->type = wasm->tables[index].type;
        set_limits(&wasm->tables[index].limits, out);
        break;
    case WASM_MEMORY:
        set_limits(&wasm->memories[index].limits, out);
        break;
    case WASM_GLOBAL:
        out->type = wasm->globals[index].type;
        out->mutable_ = wasm->globals[index].is_mutable;
        break;
    }
}

uint32_t viv_module_import_count(const viv_module *module)
{
    return module == NULL ? 0 : api_module(module)->wasm.import_count;
}

uint32_t viv_module_export_count(const viv_module *module)
{
    return module == NULL ? 0 : api_module(module)->wasm.export_count;
}

int viv_module_import(const viv_module *module, uint32_t index,
                      viv_extern *ret_import)
{
    const struct wasm_import *import;
    viv_extern out = {0};

    if (index >= viv_module_import_count(module) || ret_import == NULL)
        return VIV_EINVAL;
    import = &api_module(module)->wasm.imports[index];
    out.module = (const char *)import->module.at;
    out.module_len = import->module.len;
    out.name = (const char *)import->name.at;
    out.name_len = import->name.len;
    describe(&api_module(module)->wasm, import->kind, import->index, &out);
    *ret_import = out;
    return 0;
}

int viv_module_export(const viv_module *module, uint32_t index,
                      viv_extern *ret_export)
{
    const struct wasm_export *export;
    viv_extern out = {0};

    if (index >= viv_module_export_count(module) || ret_export == NULL)
        return VIV_EINVAL;
    export = &api_module(module)->wasm.exports[index];
    out.name = (const char *)export->name.at;
    out.name_len = export->name.len;
    describe(&api_module(module)->wasm, export->kind, export->index, &out);
    *ret_export = out;
    return 0;
}

/* ------------------------------------------------------------------------
 * Finding by name.
 */

static const char *const KINDS[] = {"function", "table", "memory", "global"};

int api_find(const struct engine_module *module, const char *name,
             size_t name_len, uint32_t kind, uint32_t *ret_index,
             viv_error *err)
{
    const struct wasm_export *export;

    if (name == NULL)
        return base_error(err, VIV_EINVAL, "no name is given");
    export = engine_module_find(module, name, name_len);
    if (export == NULL)
        return base_error(err, VIV_ENOTFOUND,
                          "the module exports nothing called \"%.*s\"",
                          name_len < 200 ? (int)name_len : 200, name);
    if (export->kind != kind)
        return base_error(err, VIV_ENOTFOUND,
                          "the export \"%.*s\" is a %s, not a %s",
                          name_len < 200 ? (int)name_len : 200, name,
                          KINDS[export->kind], KINDS[kind]);
    *ret_index = export->index;
    return 0;
}

int viv_func_type_of(const viv_module *module, const char *name,
                     size_t name_len, viv_func_type *ret_type)
{
    uint32_t index;
    int code;

    if (module == NULL || ret_type == NULL)
        return VIV_EINVAL;
    code =
        api_find(api_module(module), name, name_len, WASM_FUNC, &index, NULL);
    if (code == 0)
        *ret_type =
            api_func_type(wasm_type_of_func(&api_module(module)->wasm, index));
    return code;
}
