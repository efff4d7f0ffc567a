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
#include "engine/engine_link.h"
#include "fiber/fiber.h"
#include "mem/mem_region.h"
#include "vivarium.h"

/* Opaque types. */
struct mem_image;

/* The guest is not in a host function. */
#define ENGINE_NO_IMPORT UINT32_MAX

/* The largest store that there can be. */
#define ENGINE_STORE_BYTES_MAX ((size_t)1 << 30)

/* How a call ended before its function returned, or why it does not go on. */
struct engine_end {
    uint32_t kind;  /* VIV_TRAPPED ... */
    uint32_t trap;  /* VIV_TRAP_... */
    uint32_t limit; /* VIV_LIMIT_... */
    int32_t code;   /* of a host function that failed, or of an exit */
    bool has_address;
    uint64_t address;
};

struct engine_instance {
    struct fiber fiber; /* first: a fiber leads to its instance */
    struct mem_region region;
    struct engine_link *link;     /* one reference */
    struct engine_module *module; /* the link's */

    /* What it may have. */
    uint32_t memory_max_pages;
    size_t store_max;         /* bytes, in whole pages */
    uint64_t entries_max;     /* of all tables together */
    uint32_t *entries_max_of; /* by table index */
    uint64_t fuel;            /* of each call */
    uint64_t host_calls_max;  /* of each call */
    uint64_t waits_max;       /* of each call: answers that come later */

    /* What the host does for it. */
    viv_host_call *host_call; /* what host functions are called with */
    viv_value *results;       /* where they write */
    bool has_token;           /* the running one has taken a token */

    /* The running call. */
    const struct wasm_func_type *type;
    engine_enter enter;
    engine_func func;
    uint32_t import_index; /* whose host function it is in */
    uint64_t host_gs;
    uint64_t host_calls, waits; /* so far */
    struct engine_end end;
};

/* Make an instance in `*instance`, whose address must not change: a new one,
 * ready for engine_birth_fill(); or one that is what `image` is, if that is not
 * NULL.  `limits` is complete and checked.  `host_call` is what host functions
 * will be called with.
 *
 * Shares `link` and `image`.  The caller owns it until engine_instance_fini().
 * Fails with VIV_ENOMEM, VIV_EINVAL when it begins larger than its limits,
 * VIV_EUNSUPPORTED, VIV_EIO. */
int engine_instance_init(struct engine_instance *instance,
                         struct engine_link *link, struct mem_image *image,
                         const viv_limits *limits, viv_host_call *host_call,
                         viv_error *err);

/* Before: no call runs on it; one that is paused is abandoned.  An instance
 * that is all zeros is ignored. */
void engine_instance_fini(struct engine_instance *instance);

/* Freeze what its region holds, without what only this process knows.  Before:
 * the fiber is idle.  The caller owns `*ret_image`.  Fails with VIV_ENOMEM,
 * VIV_EIO. */
int engine_instance_freeze(struct engine_instance *instance,
                           struct mem_image **ret_image, viv_error *err);

/* Make zeros of what means nothing but to this process and this run, so that
 * the region can be written down; and write it anew, whenever the region was
 * written down, mapped or copied to. */
void engine_instance_sleep(struct engine_instance *instance);
void engine_instance_wake(struct engine_instance *instance);

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

/* The store: what lies below the module's own state, for higher floors to keep
 * in the region what is of the guest and no module knows of.  Zeros at birth;
 * its bytes may come from a loaded image.  `*ret_bytes` may be 0. */
static inline char *
engine_instance_store(const struct engine_instance *instance, size_t *ret_bytes)
{
    *ret_bytes = instance->region.shape.state_bytes -
                 instance->module->layout.state_bytes;
    return mem_region_state(&instance->region);
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
