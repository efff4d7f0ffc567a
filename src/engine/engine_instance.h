/* engine_instance.h - one living guest.
 *
 * Floor 3.  A module's code, a region of memory and a fiber to run on.  It
 * belongs to one thread at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_INSTANCE_H
#define ENGINE_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/engine_abi.h"
#include "engine/engine_module.h"
#include "fiber/fiber.h"
#include "mem/mem_region.h"
#include "vivarium.h"

/* A function that the host gives. */
struct engine_host_func {
    viv_host_func *func;
    void *cookie;
    const struct wasm_func_type *type;
    bool has_funcref; /* among its results */
};

struct engine_instance {
    struct fiber fiber; /* first: a fiber leads to its instance */
    struct mem_region region;
    struct engine_module *module; /* one reference */
    bool is_running;              /* a call has begun and not ended */

    /* What it may have. */
    uint32_t memory_max_pages;
    uint64_t entries_max;     /* of all tables together */
    uint32_t *entries_max_of; /* by table index */
    int64_t fuel;             /* of each call */

    /* What the host does for it. */
    struct engine_host_func *host_funcs; /* by function index */
    viv_host_call *host_call;            /* what they are called with */
    viv_value *results;                  /* where they write */

    /* The running call. */
    engine_enter enter;
    engine_func func;
    uint32_t import_index;
    uint64_t host_gs;

    /* Why it stopped. */
    uint32_t trap; /* enum engine_trap */
    int32_t host_code;
    uint64_t address;
    bool has_address;
};

/* Make an instance of `module` in `*instance`, whose address must not change:
 * everything up to the point where the guest has a say.  `limits` is complete
 * and checked.  `host_call` is what host functions will be called with.
 *
 * Shares `module`, copies the rest.  The caller owns it until
 * engine_instance_fini().  Fails with VIV_ELINK, VIV_ENOMEM, VIV_EINVAL when
 * the module is born larger than its limits, VIV_EUNSUPPORTED, VIV_EIO. */
int engine_instance_init(struct engine_instance *instance,
                         struct engine_module *module,
                         const viv_import *imports, size_t import_count,
                         const viv_limits *limits, viv_host_call *host_call,
                         viv_error *err);

/* The guest's part of being born: copy the active segments and run the start
 * function.  Returns 0 with the outcome, or VIV_ENOMEM, VIV_EIO. */
int engine_instance_start(struct engine_instance *instance,
                          viv_outcome *ret_outcome, viv_error *err);

/* Before: not running.  An instance that is all zeros is ignored. */
void engine_instance_fini(struct engine_instance *instance);

/* CHECK that what is written twice agrees. */
void engine_instance_check(const struct engine_instance *instance);

/* ------------------------------------------------------------------------
 * The state pages.
 */

static inline struct engine_state *
engine_instance_state(const struct engine_instance *instance)
{
    return (struct engine_state *)instance->region.base - 1;
}

/* Whose region this is: for helpers, which get the base only. */
static inline struct engine_instance *engine_instance_of(char *base)
{
    return ((struct engine_state *)base - 1)->instance;
}

static inline union engine_slot *
engine_instance_slots(const struct engine_instance *instance)
{
    return (union engine_slot *)(instance->region.base +
                                 instance->module->layout.transfer_at);
}

static inline char *
engine_instance_global(const struct engine_instance *instance, uint32_t global)
{
    return instance->region.base + instance->module->layout.global_at[global];
}

/* A reference out of a global that holds one. */
static inline engine_ref
engine_instance_global_ref(const struct engine_instance *instance,
                           uint32_t global)
{
    return *(engine_ref *)engine_instance_global(instance, global);
}

#endif /* ENGINE_INSTANCE_H */
