/* engine_memory.c - linear memory: what loads and stores do not do themselves.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine/engine_memory.h"

#include "engine/engine_bulk.h"
#include "fiber/fiber_nudge.h"

#define NO_MORE UINT32_MAX

static uint64_t bytes_now(const struct engine_instance *instance)
{
    return engine_instance_state(instance)->memory_bytes;
}

bool engine_memory_has(const struct engine_instance *instance, uint64_t address,
                       uint64_t len)
{
    uint64_t bytes = bytes_now(instance);

    return address <= bytes && len <= bytes - address;
}

/* May `len` bytes at `at` be touched?  If not, the first that may not be is the
 * address of the trap. */
static struct engine_refusal check(const struct engine_instance *instance,
                                   uint32_t at, uint32_t len)
{
    struct engine_refusal refusal = {0};
    uint64_t bytes = bytes_now(instance);

    if (!engine_memory_has(instance, at, len)) {
        refusal.trap = ENGINE_TRAP_MEMORY;
        refusal.has_address = true;
        refusal.address = at > bytes ? at : bytes;
    }
    return refusal;
}

/* One memory.grow. */
struct growth {
    struct engine_instance *instance;
    uint32_t pages;
    uint32_t answer;
};

/* On the host's stack: on the fiber's, a signal handler of the host's that has
 * asked for no stack of its own could find its end, and end all of it between
 * the pages' change and the number's. */
static int grow(void *arg)
{
    struct growth *growth = arg;
    struct engine_instance *instance = growth->instance;
    uint64_t bytes =
        bytes_now(instance) + (uint64_t)growth->pages * ENGINE_WASM_PAGE_BYTES;

    if (mem_region_grow(&instance->region, bytes) == 0) {
        engine_instance_state(instance)->memory_bytes = bytes;
        growth->answer =
            (uint32_t)(bytes / ENGINE_WASM_PAGE_BYTES) - growth->pages;
    }
    return FIBER_FINISHED;
}

uint32_t engine_memory_grow_helper(char *base, uint32_t pages)
{
    struct engine_instance *instance = engine_instance_of(base);
    struct growth growth = {instance, pages, NO_MORE};
    uint32_t before = (uint32_t)(bytes_now(instance) / ENGINE_WASM_PAGE_BYTES);

    if (pages <= instance->memory_max_pages - before)
        fiber_call_host(&instance->fiber, grow, &growth);
    else
        fiber_nudge_poll(&instance->fiber); /* it may ask for ever */
    return growth.answer;
}

void engine_memory_copy_helper(char *base, uint32_t to, uint32_t from,
                               uint32_t len)
{
    struct engine_instance *instance = engine_instance_of(base);

    engine_trap_raise(instance, check(instance, from, len));
    engine_trap_raise(instance, check(instance, to, len));
    engine_bulk_move(instance, base + to, base + from, len);
}

void engine_memory_fill_helper(char *base, uint32_t to, uint32_t byte,
                               uint32_t len)
{
    struct engine_instance *instance = engine_instance_of(base);

    engine_trap_raise(instance, check(instance, to, len));
    engine_bulk_fill(instance, base + to, (uint8_t)byte, len);
}

/* ------------------------------------------------------------------------
 * Data segments.
 */

static char *drop_flag(const struct engine_instance *instance, uint32_t segment)
{
    return instance->region.base + instance->module->layout.data_dropped_at +
           segment;
}

struct engine_refusal engine_memory_init(struct engine_instance *instance,
                                         uint32_t segment, uint32_t to,
                                         uint32_t from, uint32_t len)
{
    struct wasm_bytes data = instance->module->wasm.datas[segment].bytes;
    uint32_t data_len = *drop_flag(instance, segment) ? 0 : data.len;
    struct engine_refusal refusal = {.trap = ENGINE_TRAP_MEMORY};

    if (from > data_len || len > data_len - from)
        return refusal; /* no address in memory is to blame */
    refusal = check(instance, to, len);
    if (refusal.trap == 0 && len > 0)
        engine_bulk_move(instance, instance->region.base + to, data.at + from,
                         len);
    return refusal;
}

void engine_memory_drop(struct engine_instance *instance, uint32_t segment)
{
    *drop_flag(instance, segment) = 1;
}

void engine_memory_init_helper(char *base, uint32_t segment, uint32_t to,
                               uint32_t from, uint32_t len)
{
    struct engine_instance *instance = engine_instance_of(base);

    engine_trap_raise(instance,
                      engine_memory_init(instance, segment, to, from, len));
}

void engine_memory_drop_helper(char *base, uint32_t segment)
{
    engine_memory_drop(engine_instance_of(base), segment);
}
