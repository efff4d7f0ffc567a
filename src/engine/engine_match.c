/* engine_match.c - imports meet the rows of a host.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_match.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/base_error.h"
#include "wasm/wasm_type.h"

/* Room for what is wanted and what is given, as text; longer is cut. */
#define TEXT_BYTES 96

/* An import and the row that has its names. */
struct pair {
    const struct wasm_module *wasm;
    const struct wasm_import *import;
    const viv_import *row;
};

/* ------------------------------------------------------------------------
 * Types as text.
 */

/* Append to `text`, which ends at `at`; returns the new end. */
static size_t append(char text[TEXT_BYTES], size_t at, const char *what)
{
    int len = snprintf(text + at, TEXT_BYTES - at, "%s", what);

    at += (size_t)len;
    return at < TEXT_BYTES ? at : TEXT_BYTES - 1;
}

static size_t append_types(char text[TEXT_BYTES], size_t at,
                           const uint8_t *types, uint32_t count)
{
    uint32_t i;

    at = append(text, at, "(");
    for (i = 0; i < count && at < TEXT_BYTES - 1; i++) {
        at = append(text, at, i == 0 ? "" : ", ");
        at = append(text, at, wasm_type_text(types[i]));
    }
    return append(text, at, ")");
}

static void write_func(char text[TEXT_BYTES], const uint8_t *params,
                       uint32_t param_count, const uint8_t *results,
                       uint32_t result_count)
{
    size_t at = append(text, 0, "function ");

    at = append_types(text, at, params, param_count);
    at = append(text, at, " -> ");
    append_types(text, at, results, result_count);
}

static void write_limits(char text[TEXT_BYTES], const char *what, uint64_t min,
                         bool has_max, uint64_t max)
{
    if (has_max)
        snprintf(text, TEXT_BYTES, "%s of %llu to %llu", what,
                 (unsigned long long)min, (unsigned long long)max);
    else
        snprintf(text, TEXT_BYTES, "%s of %llu or more", what,
                 (unsigned long long)min);
}

static void write_wanted(const struct pair *pair, char text[TEXT_BYTES])
{
    const struct wasm_module *wasm = pair->wasm;
    uint32_t index = pair->import->index;
    const struct wasm_limits *limits;
    const struct wasm_func_type *type;
    char what[32];

    switch (pair->import->kind) {
    case WASM_FUNC:
        type = wasm_type_of_func(wasm, index);
        write_func(text, type->params, type->param_count, type->results,
                   type->result_count);
        break;
    case WASM_TABLE:
        limits = &wasm->tables[index].limits;
        snprintf(what, sizeof(what), "table of %s",
                 wasm_type_text(wasm->tables[index].type));
        write_limits(text, what, limits->min, limits->has_max, limits->max);
        break;
    case WASM_MEMORY:
        limits = &wasm->memories[index].limits;
        write_limits(text, "memory", limits->min, limits->has_max, limits->max);
        break;
    case WASM_GLOBAL:
        snprintf(text, TEXT_BYTES, "%s global %s",
                 wasm->globals[index].is_mutable ? "mutable" : "immutable",
                 wasm_type_text(wasm->globals[index].type));
        break;
    }
}

/* The byte may be any number here. */
static const char *row_type_text(uint32_t type)
{
    return type <= 0xff && wasm_type_is_value((uint8_t)type)
               ? wasm_type_text((uint8_t)type)
               : "no type";
}

static void write_given(const viv_import *row, char text[TEXT_BYTES])
{
    char what[32];

    switch (row->kind) {
    case VIV_FUNC:
        write_func(text, row->func_type.params, row->func_type.param_count,
                   row->func_type.results, row->func_type.result_count);
        break;
    case VIV_TABLE:
        snprintf(what, sizeof(what), "table of %s", row_type_text(row->type));
        write_limits(text, what, row->min, row->has_max, row->max);
        break;
    case VIV_MEMORY:
        write_limits(text, "memory", row->min, row->has_max, row->max);
        break;
    default:
        snprintf(text, TEXT_BYTES, "immutable global %s",
                 row_type_text(row->type));
    }
}

/* ------------------------------------------------------------------------
 * Matching.
 */

static int mismatch(const struct pair *pair, viv_error *err)
{
    const struct wasm_import *import = pair->import;
    char wanted[TEXT_BYTES], given[TEXT_BYTES];

    write_wanted(pair, wanted);
    if (pair->row == NULL)
        return base_error(err, VIV_ELINK,
                          "the import \"%.*s\" \"%.*s\" is not given: "
                          "wanted is %s",
                          (int)import->module.len, import->module.at,
                          (int)import->name.len, import->name.at, wanted);
    write_given(pair->row, given);
    return base_error(err, VIV_ELINK,
                      "the import \"%.*s\" \"%.*s\" does not fit: wanted is "
                      "%s, given is %s",
                      (int)import->module.len, import->module.at,
                      (int)import->name.len, import->name.at, wanted, given);
}

static bool same_types(const uint8_t *a, uint32_t a_count, const uint8_t *b,
                       uint32_t b_count)
{
    return a_count == b_count && (a_count == 0 || memcmp(a, b, a_count) == 0);
}

static bool fits_func(const struct wasm_func_type *type,
                      const viv_func_type *given)
{
    return same_types(type->params, type->param_count, given->params,
                      given->param_count) &&
           same_types(type->results, type->result_count, given->results,
                      given->result_count);
}

/* The specification's matching of limits: at least as large, and bounded at
 * least as tightly. */
static bool fits_limits(const struct wasm_limits *wanted, const viv_import *row)
{
    if (row->min < wanted->min)
        return false;
    return !wanted->has_max || (row->has_max && row->max <= wanted->max);
}

static bool fits(const struct pair *pair)
{
    const struct wasm_module *wasm = pair->wasm;
    const viv_import *row = pair->row;
    uint32_t index = pair->import->index;

    if (row->kind != (uint32_t)pair->import->kind)
        return false;
    switch (pair->import->kind) {
    case WASM_FUNC:
        return fits_func(wasm_type_of_func(wasm, index), &row->func_type);
    case WASM_TABLE:
        return row->type == wasm->tables[index].type &&
               fits_limits(&wasm->tables[index].limits, row);
    case WASM_MEMORY:
        return fits_limits(&wasm->memories[index].limits, row);
    case WASM_GLOBAL:
        return !wasm->globals[index].is_mutable &&
               row->type == wasm->globals[index].type;
    }
    return false;
}

/* ------------------------------------------------------------------------
 * Rows.
 */

/* What is wrong with a row, whoever wants it; NULL if nothing is. */
static const char *fault_of(const viv_import *row)
{
    const viv_func_type *type = &row->func_type;
    bool sized = row->kind == VIV_TABLE || row->kind == VIV_MEMORY;

    if (row->module == NULL || row->name == NULL)
        return "has no name";
    if (row->kind > VIV_GLOBAL)
        return "is of no known kind";
    if (row->kind == VIV_FUNC && row->func == NULL)
        return "is a function without an address";
    if (row->kind == VIV_FUNC &&
        ((type->param_count > 0 && type->params == NULL) ||
         (type->result_count > 0 && type->results == NULL)))
        return "is a function without types";
    if (sized && row->has_max && row->max < row->min)
        return "has a maximum below its minimum";
    if (row->kind == VIV_MEMORY && row->min > ENGINE_WASM_PAGES_MAX)
        return "is a memory of more than 65536 pages";
    return NULL;
}

static int check_rows(const viv_import *imports, size_t count, viv_error *err)
{
    size_t i;

    for (i = 0; i < count; i++) {
        const char *fault = fault_of(&imports[i]);

        if (fault != NULL)
            return base_error(err, VIV_EINVAL, "row %zu of the imports %s", i,
                              fault);
    }
    return 0;
}

static bool is_named(struct wasm_bytes name, const char *text)
{
    return strlen(text) == name.len && memcmp(text, name.at, name.len) == 0;
}

/* The first row of the same names and kind; else the first of the same names;
 * else NULL. */
static const viv_import *find_row(const struct wasm_import *import,
                                  const viv_import *imports, size_t count)
{
    const viv_import *found = NULL;
    size_t i;

    for (i = 0; i < count; i++) {
        const viv_import *row = &imports[i];

        if (!is_named(import->name, row->name) ||
            !is_named(import->module, row->module))
            continue;
        if (row->kind == (uint32_t)import->kind)
            return row;
        if (found == NULL)
            found = row;
    }
    return found;
}

/* A function that a host gives as a value has to be one of the module's. */
static int check_value(const struct engine_module *module,
                       const struct pair *pair, viv_error *err)
{
    const viv_import *row = pair->row;

    if (row->kind != VIV_GLOBAL || row->type != VIV_FUNCREF ||
        engine_module_has_ref(module, row->value.ref))
        return 0;
    return base_error(err, VIV_EINVAL,
                      "the global \"%s\" \"%s\" is given as a reference to no "
                      "function of the module",
                      row->module, row->name);
}

int engine_match(const struct engine_module *module, const viv_import *imports,
                 size_t import_count, const viv_import **ret_rows,
                 viv_error *err)
{
    const struct wasm_module *wasm = &module->wasm;
    uint32_t i;
    int code;

    code = check_rows(imports, import_count, err);
    if (code < 0)
        return code;
    for (i = 0; i < wasm->import_count; i++) {
        struct pair pair = {.wasm = wasm, .import = &wasm->imports[i]};

        pair.row = find_row(pair.import, imports, import_count);
        if (pair.row == NULL || !fits(&pair))
            return mismatch(&pair, err);
        code = check_value(module, &pair, err);
        if (code < 0)
            return code;
        ret_rows[i] = pair.row;
    }
    return 0;
}
