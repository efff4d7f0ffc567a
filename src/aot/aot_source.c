/* aot_source.c - a module as C: several units that compile at the same time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_source.h"

#include <string.h>

#include "aot/aot_func.h"
#include "aot/aot_module.h"
#include "aot/aot_name.h"
#include "base/base_alloc.h"
#include "base/base_arena.h"
#include "base/base_error.h"

/* Bytes of function bodies in one unit.  Small enough that two dozen units of
 * a large module keep many cores busy to the end, large enough that the words
 * every unit begins with cost little beside it. */
#define UNIT_BYTES 200000u

/* All C of one unit. */
#define UNIT_TEXT_MAX ((size_t)1 << 29)

/* A translation in progress. */
struct maker {
    struct wasm_module *module;
    const struct engine_layout *layout;
    const struct aot_options *options;
    struct base_arena arena;
    const char *const *names;
    uint8_t *needed; /* functions that the unit calls or defines */
    struct aot_func func;
    struct base_buf bodies; /* of the unit */
    struct aot_source source;
    uint32_t done;
};

void aot_source_fini(struct aot_source *source)
{
    for (uint32_t i = 0; i < source->unit_count; i++)
        base_buf_fini(&source->units[i]);
    base_free(source->units);
    memset(source, 0, sizeof(*source));
}

static uint64_t body_bytes(const struct wasm_module *module)
{
    uint64_t bytes = 0;

    for (uint32_t i = module->func_import_count; i < module->func_count; i++)
        bytes += module->funcs[i].body.len;
    return bytes;
}

/* How many units, and how many bytes each gets: equal shares. */
static uint32_t count_units(uint64_t bytes, uint64_t *ret_share)
{
    uint32_t units = (uint32_t)((bytes + UNIT_BYTES - 1) / UNIT_BYTES);

    if (units == 0)
        units = 1;
    *ret_share = bytes / units + 1;
    return units;
}

static void report(struct maker *maker)
{
    const struct aot_options *options = maker->options;
    uint32_t total =
        maker->module->func_count - maker->module->func_import_count;

    if (options->progress != NULL)
        options->progress(options->progress_cookie, AOT_EMIT, maker->done,
                          total);
}

/* Translate functions from `*index` on until the unit has its share, or all
 * of them if it is the last. */
static int emit_bodies(struct maker *maker, uint64_t share, bool is_last,
                       uint32_t *index, viv_error *err)
{
    const struct wasm_module *module = maker->module;
    uint64_t bytes = 0;

    base_buf_clear(&maker->bodies);
    memset(maker->needed, 0, module->func_count);
    while (*index < module->func_count && (is_last || bytes < share)) {
        int r = aot_func_emit(&maker->func, *index, &maker->bodies, err);

        if (r < 0)
            return r;
        maker->needed[*index] = (uint8_t)aot_func_need(&maker->func);
        bytes += module->funcs[*index].body.len;
        ++*index;
        if (++maker->done % 256 == 0)
            report(maker);
    }
    return 0;
}

static int make_unit(struct maker *maker, uint64_t share, uint32_t number,
                     uint32_t skeleton_bytes, uint32_t *index, viv_error *err)
{
    struct base_buf *unit = &maker->source.units[number];
    bool is_last = number + 1 == maker->source.unit_count;
    struct aot_module_text text = {
        .module = maker->module,
        .layout = maker->layout,
        .names = maker->names,
        .needed = maker->needed,
        .skeleton_bytes = skeleton_bytes,
    };
    int r = emit_bodies(maker, share, is_last, index, err);

    if (r < 0)
        return r;
    for (uint32_t i = 0; is_last && i < maker->module->func_count; i++)
        if (maker->needed[i] == AOT_NEED_NOT)
            maker->needed[i] = AOT_NEED;
    aot_module_write_head(&text, unit);
    base_buf_bytes(unit, maker->bodies.at, maker->bodies.len);
    if (is_last)
        aot_module_write_tail(&text, unit);
    return unit->failed || maker->bodies.failed ? base_error_memory(err) : 0;
}

static int make_units(struct maker *maker, uint32_t skeleton_bytes,
                      viv_error *err)
{
    struct aot_source *source = &maker->source;
    uint32_t index = maker->module->func_import_count;
    uint64_t share;
    uint32_t count = count_units(body_bytes(maker->module), &share);

    source->units = base_alloc_zero(count, sizeof(*source->units));
    if (source->units == NULL)
        return base_error_memory(err);
    source->unit_count = count;
    for (uint32_t i = 0; i < count; i++)
        base_buf_init(&source->units[i], UNIT_TEXT_MAX);
    for (uint32_t i = 0; i < count; i++) {
        int r = make_unit(maker, share, i, skeleton_bytes, &index, err);

        if (r < 0)
            return r;
    }
    report(maker);
    return 0;
}

static int prepare(struct maker *maker, viv_error *err)
{
    maker->needed =
        base_arena_alloc(&maker->arena, maker->module->func_count, 1);
    if (maker->needed == NULL)
        return base_error_memory(err);
    return aot_names(maker->module, &maker->arena, &maker->names, err);
}

int aot_source_make(struct wasm_module *module,
                    const struct engine_layout *layout, bool fuel,
                    uint32_t skeleton_bytes, const struct aot_options *options,
                    struct aot_source *ret_source, viv_error *err)
{
    struct maker maker = {
        .module = module,
        .layout = layout,
        .options = options,
    };
    int r;

    base_arena_init(&maker.arena);
    base_buf_init(&maker.bodies, UNIT_TEXT_MAX);
    r = prepare(&maker, err);
    if (r == 0) {
        aot_func_init(&maker.func, module, layout, maker.names, maker.needed,
                      fuel);
        r = make_units(&maker, skeleton_bytes, err);
        aot_func_fini(&maker.func);
    }
    base_buf_fini(&maker.bodies);
    base_arena_fini(&maker.arena);
    if (r < 0)
        aot_source_fini(&maker.source);
    else
        *ret_source = maker.source;
    return r;
}
