/* engine_verify.c - can a guest live in this image?
 *
 * SECURITY.  An image or a dump that is read from a file may have been made by
 * anybody.  Linear memory may hold anything: guest code cannot harm the host,
 * whatever it reads there.  State is another matter: generated code believes
 * the sizes of memory and tables, and calls whatever function a table entry or
 * a global refers to.  So those are checked here, each against the module,
 * before a guest runs:
 *
 *     1. memory_bytes is the size of linear memory, in whole wasm pages
 *     2. no table is larger than its capacity
 *     3. every funcref in a table, up to its capacity, and in a global is null
 *        or a function of the module with its own type
 *
 * The other fields are written anew (host fields, fuel, slots) or are read as
 * true or false (drop flags).  Of the store only the size is looked at: who
 * keeps something there checks it whenever it is used.
 *
 * Pages of an image that are zeros are not looked at: they hold null only, and
 * a table may be large.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_verify.h"

#include <stdbool.h>
#include <string.h>

#include "base/base_error.h"
#include "mem/mem_image.h"

/* The state of some guest, wherever it lies. */
struct state_view {
    const struct engine_module *module;
    const char *base;
    size_t state_bytes; /* with the store */
    uint64_t linear_bytes;
    const uint64_t *pages; /* bit p: page p of it has to be looked at */
    bool has_holes;        /* and the others are zeros, not to be touched */
};

static struct state_view view_image(const struct engine_module *module,
                                    const struct mem_image *image)
{
    return (struct state_view){
        .module = module,
        .base = mem_image_page(image, 0) + mem_image_state_bytes(image),
        .state_bytes = mem_image_state_bytes(image),
        .linear_bytes = mem_image_linear_bytes(image),
        .pages = image->stored,
        .has_holes = true,
    };
}

/* Is the page of this byte to be looked at? */
static bool is_wanted(const struct state_view *view, const char *at)
{
    const char *state = view->base - view->state_bytes;
    size_t page = (size_t)(at - state) / OS_PAGE_BYTES;

    return (view->pages[page / 64] >> page % 64 & 1) != 0;
}

/* A word of the state; 0 in a hole. */
static uint64_t word_at(const struct state_view *view, int64_t offset,
                        size_t bytes)
{
    uint64_t word = 0;

    if (!view->has_holes || is_wanted(view, view->base + offset))
        memcpy(&word, view->base + offset, bytes);
    return word;
}

static uint64_t memory_bytes(const struct state_view *view)
{
    return word_at(view, ENGINE_AT_MEMORY_BYTES, 8);
}

static uint64_t table_size(const struct state_view *view, uint32_t table)
{
    return word_at(view, view->module->layout.table_size_at[table], 4);
}

/* ------------------------------------------------------------------------
 * Within limits.
 */

static int check_shape(const struct engine_module *module,
                       const struct mem_image *image, viv_error *err)
{
    size_t own = module->layout.state_bytes;
    size_t all = mem_image_state_bytes(image);

    if (all >= own && all - own <= ENGINE_STORE_BYTES_MAX)
        return 0;
    return base_error(err, VIV_EVERSION,
                      "the image has %zu bytes of state, the module needs %zu "
                      "and can have %zu",
                      all, own, own + ENGINE_STORE_BYTES_MAX);
}

static int check_tables(const struct engine_instance *instance,
                        const struct state_view *view, viv_error *err)
{
    uint64_t sum = 0;
    uint32_t i;

    for (i = 0; i < instance->module->wasm.table_count; i++) {
        uint64_t entries = table_size(view, i);

        if (entries > instance->entries_max_of[i])
            return base_error(err, VIV_EINVAL,
                              "the image has %llu entries in table %u, which "
                              "can have %u",
                              (unsigned long long)entries, i,
                              instance->entries_max_of[i]);
        sum += entries;
    }
    if (sum <= instance->entries_max)
        return 0;
    return base_error(err, VIV_EINVAL,
                      "the image has %llu table entries, the limit "
                      "table_entries is %llu",
                      (unsigned long long)sum,
                      (unsigned long long)instance->entries_max);
}

int engine_verify_sizes(const struct engine_instance *instance,
                        const struct mem_image *image, viv_error *err)
{
    uint64_t most =
        (uint64_t)instance->memory_max_pages * ENGINE_WASM_PAGE_BYTES;
    int code = check_shape(instance->module, image, err);
    struct state_view view;

    if (code < 0)
        return code;
    view = view_image(instance->module, image);
    if (view.state_bytes - instance->module->layout.state_bytes >
        instance->store_max)
        return base_error(
            err, VIV_EINVAL,
            "the image has %zu bytes for files, the limit file_bytes allows "
            "%zu",
            view.state_bytes - instance->module->layout.state_bytes,
            instance->store_max);
    if (view.linear_bytes > most)
        return base_error(err, VIV_EINVAL,
                          "the image has %llu bytes of memory, the limit "
                          "memory_bytes allows %llu",
                          (unsigned long long)view.linear_bytes,
                          (unsigned long long)most);
    return check_tables(instance, &view, err);
}

/* ------------------------------------------------------------------------
 * From outside.
 */

static int refuse(const char *what, uint32_t index, viv_error *err)
{
    return base_error(err, VIV_EFORMAT,
                      "the state was tampered with: %s %u of the guest is "
                      "impossible",
                      what, index);
}

static bool are_entries_good(const struct state_view *view, uint32_t table)
{
    const struct engine_layout *layout = &view->module->layout;
    const char *at = view->base + layout->table_at[table];
    const char *end =
        at + (size_t)layout->table_capacity[table] * sizeof(engine_ref);

    while (at < end) {
        engine_ref ref;

        if (!is_wanted(view, at)) { /* on to the next page */
            at = (const char *)(((uintptr_t)at / OS_PAGE_BYTES + 1) *
                                OS_PAGE_BYTES);
            continue;
        }
        memcpy(&ref, at, sizeof(ref));
        if (!engine_module_has_ref(view->module, ref))
            return false;
        at += sizeof(ref);
    }
    return true;
}

static int verify_tables(const struct state_view *view, viv_error *err)
{
    const struct wasm_module *wasm = &view->module->wasm;
    uint32_t i;

    for (i = 0; i < wasm->table_count; i++) {
        if (table_size(view, i) > view->module->layout.table_capacity[i])
            return refuse("the size of table", i, err);
        if (wasm->tables[i].type == WASM_FUNCREF && !are_entries_good(view, i))
            return refuse("an entry of table", i, err);
    }
    return 0;
}

static int verify_globals(const struct state_view *view, viv_error *err)
{
    const struct wasm_module *wasm = &view->module->wasm;
    uint32_t i;

    for (i = 0; i < wasm->global_count; i++)
        if (wasm->globals[i].type == WASM_FUNCREF &&
            !engine_module_has_ref(
                view->module,
                word_at(view, view->module->layout.global_at[i], 8)))
            return refuse("global", i, err);
    return 0;
}

static int verify(const struct state_view *view, viv_error *err)
{
    int code;

    if (memory_bytes(view) != view->linear_bytes ||
        view->linear_bytes % ENGINE_WASM_PAGE_BYTES != 0)
        return refuse("the size of memory", 0, err);
    code = verify_tables(view, err);
    return code < 0 ? code : verify_globals(view, err);
}

int engine_verify_image(const struct engine_module *module,
                        const struct mem_image *image, viv_error *err)
{
    int code = check_shape(module, image, err);
    struct state_view view;

    if (code < 0)
        return code;
    view = view_image(module, image);
    return verify(&view, err);
}

int engine_verify_region(const struct engine_instance *instance,
                         const uint64_t *changed, viv_error *err)
{
    struct state_view view = {
        .module = instance->module,
        .base = instance->region.base,
        .state_bytes = instance->region.shape.state_bytes,
        .linear_bytes = instance->region.linear_bytes,
        .pages = changed,
    };
    int code = verify(&view, err);

    return code < 0 ? code : check_tables(instance, &view, err);
}
