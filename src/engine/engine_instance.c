/* engine_instance.c - one living guest.
 *
 * Invariants, while no call is running:
 *     1. the fiber is idle, or paused
 *     2. the host fields of the state are ours: instance, helpers, base
 *     3. state.memory_bytes is the region's linear_bytes, and at most
 *        memory_max_pages
 *     4. no table is larger than entries_max_of it, which is at most its
 *        capacity; all together are at most entries_max
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_instance.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"
#include "engine/engine_birth.h"
#include "engine/engine_call.h"
#include "engine/engine_table.h"
#include "engine/engine_trap.h"
#include "engine/engine_verify.h"
#include "fiber/fiber_nudge.h"
#include "mem/mem_image.h"
#include "os/os_gs.h"
#include "os/os_map.h"

/* Any 32-bit address: all that compiled code can form, before offsets. */
#define LINEAR_BYTES ((size_t)1 << 32)

/* The widest access, and what is left of a page. */
#define WIDTH_BYTES OS_PAGE_BYTES

/* ------------------------------------------------------------------------
 * Birth and death.
 */

/* Without a memory nothing can be addressed, and nothing is reserved for it. */
static struct mem_shape shape_of(const struct engine_module *module,
                                 const viv_limits *limits, size_t store_bytes)
{
    struct mem_shape shape = {
        .guard_low_bytes = FIBER_STACK_GUARD_BYTES,
        .stack_bytes = os_map_round(limits->stack_bytes),
        .state_bytes = store_bytes + module->layout.state_bytes,
        .guard_high_bytes = WIDTH_BYTES,
    };

    if (module->wasm.memory_count > 0) {
        shape.linear_max_bytes = LINEAR_BYTES;
        shape.guard_high_bytes = ENGINE_GUARD_BYTES + WIDTH_BYTES;
    }
    return shape;
}

/* Arrays that live as long as the instance. */
static int allocate(struct engine_instance *instance, viv_error *err)
{
    const struct engine_module *module = instance->module;

    instance->entries_max_of = base_alloc_array(
        NULL, module->wasm.table_count + 1, sizeof(*instance->entries_max_of));
    instance->results = base_alloc_array(NULL, module->layout.transfer_slots,
                                         sizeof(*instance->results));
    if (instance->entries_max_of == NULL || instance->results == NULL)
        return base_error_memory(err);
    return 0;
}

/* The store is as large as the image's. */
static int map_image(struct engine_instance *instance, struct mem_image *image,
                     const viv_limits *limits, viv_error *err)
{
    struct mem_shape shape;
    int code = engine_verify_sizes(instance, image, err);

    if (code < 0)
        return code;
    shape = shape_of(instance->module, limits,
                     mem_image_state_bytes(image) -
                         instance->module->layout.state_bytes);
    return mem_region_init_image(&instance->region, &shape, image, err);
}

static int make_region(struct engine_instance *instance,
                       struct mem_image *image, const viv_limits *limits,
                       viv_error *err)
{
    struct mem_shape shape;
    uint64_t memory_bytes;
    int code = engine_birth_size(instance, limits, &memory_bytes, err);

    if (code < 0)
        return code;
    if (image != NULL)
        return map_image(instance, image, limits, err);
    shape = shape_of(instance->module, limits,
                     instance->link->needs_store ? instance->store_max : 0);
    code = mem_region_init(&instance->region, &shape, memory_bytes, err);
    if (code == 0)
        engine_birth_state(instance, memory_bytes);
    return code;
}

static void make_fiber(struct engine_instance *instance)
{
    const struct mem_region *region = &instance->region;
    struct fiber *fiber = &instance->fiber;

    fiber_init(fiber, mem_region_stack_low(region), region->shape.stack_bytes);
    fiber->code_at = instance->module->code_at;
    fiber->code_end = instance->module->code_end;
}

static int be_born(struct engine_instance *instance, struct mem_image *image,
                   const viv_limits *limits, viv_error *err)
{
    int code = allocate(instance, err);

    if (code == 0)
        code = make_region(instance, image, limits, err);
    if (code < 0)
        return code;
    make_fiber(instance);
    engine_instance_wake(instance);
    engine_instance_check(instance);
    return 0;
}

int engine_instance_init(struct engine_instance *instance,
                         struct engine_link *link, struct mem_image *image,
                         const viv_limits *limits, viv_host_call *host_call,
                         viv_error *err)
{
    int code;

    memset(instance, 0, sizeof(*instance));
    os_gs_init();
    fiber_nudge_init();
    code = engine_trap_install(err);
    if (code < 0)
        return code;
    instance->link = engine_link_ref(link);
    instance->module = link->module;
    instance->host_call = host_call;
    instance->fuel = limits->fuel;
    instance->host_calls_max = limits->host_calls;
    instance->waits_max = limits->waits;
    code = be_born(instance, image, limits, err);
    if (code < 0)
        engine_instance_fini(instance);
    return code;
}

void engine_instance_fini(struct engine_instance *instance)
{
    fiber_fini(&instance->fiber);
    mem_region_fini(&instance->region);
    base_free(instance->entries_max_of);
    base_free(instance->results);
    if (instance->link != NULL)
        engine_link_unref(instance->link);
    memset(instance, 0, sizeof(*instance));
}

/* ------------------------------------------------------------------------
 * Frozen, and alive again.
 */

void engine_instance_wake(struct engine_instance *instance)
{
    struct engine_state *state = engine_instance_state(instance);

    state->instance = instance;
    state->helpers = &engine_call_helpers;
    state->base = instance->region.base;
}

void engine_instance_sleep(struct engine_instance *instance)
{
    struct engine_state *state = engine_instance_state(instance);

    state->instance = NULL;
    state->helpers = NULL;
    state->base = NULL;
    state->fuel = 0;
    memset(engine_instance_slots(instance), 0,
           instance->module->layout.transfer_slots * sizeof(union engine_slot));
}

int engine_instance_freeze(struct engine_instance *instance,
                           struct mem_image **ret_image, viv_error *err)
{
    int code;

    CHECK(instance->fiber.state == FIBER_IDLE);
    engine_instance_sleep(instance);
    code = mem_image_new(&instance->region, ret_image, err);
    engine_instance_wake(instance);
    return code;
}

void engine_instance_check(const struct engine_instance *instance)
{
    const struct engine_state *state = engine_instance_state(instance);
    const struct engine_layout *layout = &instance->module->layout;
    uint64_t entries = 0;
    uint32_t i;

    mem_region_check(&instance->region);
    CHECK(instance->fiber.state == FIBER_IDLE ||
          instance->fiber.state == FIBER_PAUSED);
    CHECK(state->instance == instance);
    CHECK(state->helpers == &engine_call_helpers);
    CHECK(state->base == instance->region.base);
    CHECK(state->memory_bytes == instance->region.linear_bytes);
    CHECK(state->memory_bytes <=
          (uint64_t)instance->memory_max_pages * ENGINE_WASM_PAGE_BYTES);
    for (i = 0; i < instance->module->wasm.table_count; i++) {
        uint32_t size = *engine_table_size(instance, i);

        CHECK(size <= instance->entries_max_of[i]);
        CHECK(instance->entries_max_of[i] <= layout->table_capacity[i]);
        entries += size;
    }
    CHECK(entries <= instance->entries_max);
}
