/* spec_host.c - what the modules of scripts import.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* memmem */
#include "spec_host.h"

#include <string.h>

#include "base/base_arena.h"
#include "base/base_error.h"

/* What a forwarding function returns: a trap of the other side as one number
 * below this; this itself for a call that could not be made. */
#define FORWARD_FAILED (-100)

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* --- spectest ------------------------------------------------------------- */

static int print_nothing(viv_host_call *call, const viv_value *args,
                         viv_value *results, void *cookie)
{
    (void)call, (void)args, (void)results, (void)cookie;
    return 0;
}

#define PRINT(its_name, ...)                                                   \
    {                                                                          \
        .module = "spectest", .name = its_name, .kind = VIV_FUNC,              \
        .func = print_nothing,                                                 \
        .func_type = {.params = (const uint8_t[]){__VA_ARGS__, 0},             \
                      .param_count = sizeof((uint8_t[]){__VA_ARGS__})},        \
    }
#define CONSTANT(its_name, its_type, field, number)                            \
    {                                                                          \
        .module = "spectest", .name = its_name, .kind = VIV_GLOBAL,            \
        .type = its_type, .value = {.field = number},                          \
    }

static const viv_import spectest[] = {
    {.module = "spectest",
     .name = "print",
     .kind = VIV_FUNC,
     .func = print_nothing},
    PRINT("print_i32", VIV_I32),
    PRINT("print_i64", VIV_I64),
    PRINT("print_f32", VIV_F32),
    PRINT("print_f64", VIV_F64),
    PRINT("print_i32_f32", VIV_I32, VIV_F32),
    PRINT("print_f64_f64", VIV_F64, VIV_F64),
    CONSTANT("global_i32", VIV_I32, i32, 666),
    CONSTANT("global_i64", VIV_I64, i64, 666),
    CONSTANT("global_f32", VIV_F32, f32, 666.6f),
    CONSTANT("global_f64", VIV_F64, f64, 666.6),
    {.module = "spectest",
     .name = "table",
     .kind = VIV_TABLE,
     .type = VIV_FUNCREF,
     .has_max = 1,
     .min = 10,
     .max = 20},
    {.module = "spectest",
     .name = "memory",
     .kind = VIV_MEMORY,
     .has_max = 1,
     .min = 1,
     .max = 2},
};

/* --- other instances ------------------------------------------------------ */

struct forward {
    viv_sandbox *sandbox;
    const char *name;
    size_t name_len;
    viv_func_type type;
};

static int forward_call(viv_host_call *call, const viv_value *args,
                        viv_value *results, void *cookie)
{
    const struct forward *to = cookie;
    viv_outcome outcome;

    (void)call;
    if (viv_call(to->sandbox, to->name, to->name_len, args,
                 to->type.param_count, results, to->type.result_count, &outcome,
                 NULL) != 0)
        return FORWARD_FAILED;
    if (outcome.kind == VIV_RETURNED)
        return 0;
    return FORWARD_FAILED - (int)spec_host_trap(&outcome);
}

uint32_t spec_host_trap(const viv_outcome *outcome)
{
    if (outcome->kind != VIV_TRAPPED)
        return 0;
    if (outcome->trap == VIV_TRAP_HOST && outcome->host_code < FORWARD_FAILED)
        return (uint32_t)(FORWARD_FAILED - outcome->host_code);
    return outcome->trap;
}

static bool is_called(const char *text, size_t len, const char *name)
{
    return strlen(name) == len && memcmp(text, name, len) == 0;
}

static bool find_export(const viv_module *module, const viv_extern *wanted,
                        viv_extern *ret_found)
{
    uint32_t count = viv_module_export_count(module);

    for (uint32_t i = 0; i < count; i++)
        if (viv_module_export(module, i, ret_found) == 0 &&
            ret_found->name_len == wanted->name_len &&
            memcmp(ret_found->name, wanted->name, wanted->name_len) == 0)
            return true;
    return false;
}

static int offer_func(const struct spec_exporter *from, const viv_extern *it,
                      struct base_arena *arena, viv_import *row, viv_error *err)
{
    struct forward *to = base_arena_alloc(arena, 1, sizeof(*to));

    if (to == NULL)
        return base_error_memory(err);
    *to = (struct forward){from->sandbox, it->name, it->name_len, it->func};
    row->func_type = it->func;
    row->func = forward_call;
    row->cookie = to;
    return 0;
}

/* The row for the export `it` of `from`; `row` has its names and kind. */
static int offer(const struct spec_exporter *from, const viv_extern *it,
                 struct base_arena *arena, viv_import *row,
                 struct spec_rows *rows, viv_error *err)
{
    row->type = it->type;
    row->has_max = it->has_max;
    row->min = it->min;
    row->max = it->max;
    switch (it->kind) {
    case VIV_FUNC:
        return offer_func(from, it, arena, row, err);
    case VIV_MEMORY:
        row->min = viv_memory_bytes(from->sandbox) / 65536;
        rows->skip = "importing another instance's memory";
        return 0;
    case VIV_TABLE:
        rows->skip = "importing another instance's table";
        return 0;
    default:
        if (it->mutable_)
            rows->hides = rows->skip = "importing a mutable global";
        return viv_global_get(from->sandbox, it->name, it->name_len,
                              &row->value, &row->type);
    }
}

/* Names of modules are not NUL-terminated; those of rows are. */
static const char *copy_name(struct base_arena *arena, const char *name,
                             size_t len)
{
    char *copy = base_arena_alloc(arena, len + 1, 1);

    return copy == NULL ? NULL : memcpy(copy, name, len);
}

/* The rows of one import: none if nobody has it. */
static int add_row(const viv_extern *wanted,
                   const struct spec_exporter *exporters,
                   struct base_arena *arena, viv_import *to,
                   struct spec_rows *rows, viv_error *err)
{
    viv_extern found;

    for (size_t i = 0; i < COUNT(spectest); i++) {
        if (is_called(wanted->module, wanted->module_len, "spectest") &&
            is_called(wanted->name, wanted->name_len, spectest[i].name)) {
            to[rows->count++] = spectest[i];
            return 0;
        }
    }
    for (; exporters != NULL; exporters = exporters->next) {
        if (!is_called(wanted->module, wanted->module_len, exporters->as))
            continue;
        if (exporters->sandbox == NULL) {
            rows->hides = rows->skip = exporters->skip;
            return 0;
        }
        if (!find_export(exporters->module, wanted, &found))
            return 0;
        to += rows->count++;
        to->module = exporters->as;
        to->name = copy_name(arena, wanted->name, wanted->name_len);
        if (to->name == NULL)
            return base_error_memory(err);
        to->kind = found.kind;
        return offer(exporters, &found, arena, to, rows, err);
    }
    return 0;
}

int spec_host_rows(const viv_module *module,
                   const struct spec_exporter *exporters,
                   struct base_arena *arena, struct spec_rows *ret_rows,
                   viv_error *err)
{
    uint32_t count = viv_module_import_count(module);
    viv_import *rows = base_arena_alloc(arena, count, sizeof(*rows));
    int code = 0;

    *ret_rows = (struct spec_rows){.rows = rows};
    if (rows == NULL)
        return base_error_memory(err);
    for (uint32_t i = 0; i < count && code == 0; i++) {
        viv_extern wanted;

        code = viv_module_import(module, i, &wanted);
        if (code == 0)
            code = add_row(&wanted, exporters, arena, rows, ret_rows, err);
    }
    return code;
}

/* `len` and the name, as the format has them; returns the end.  Names of
 * scripts are shorter than 128 bytes, so the length is one byte. */
static uint8_t *spell(uint8_t *to, const char *name, size_t len)
{
    *to++ = (uint8_t)len;
    memcpy(to, name, len);
    return to + len;
}

bool spec_host_shares(const struct spec_exporter *exporter,
                      const uint8_t *bytes, size_t len)
{
    size_t as_len = strlen(exporter->as);
    uint8_t names[2 * 128];
    viv_extern it;

    if (exporter->module == NULL || as_len > 127)
        return false;
    for (uint32_t i = 0; viv_module_export(exporter->module, i, &it) == 0;
         i++) {
        bool is_shared = it.kind == VIV_MEMORY || it.kind == VIV_TABLE ||
                         (it.kind == VIV_GLOBAL && it.mutable_);

        if (is_shared && it.name_len <= 127) {
            uint8_t *end = spell(names, exporter->as, as_len);

            end = spell(end, it.name, it.name_len);
            if (memmem(bytes, len, names, (size_t)(end - names)) != NULL)
                return true;
        }
    }
    return false;
}
