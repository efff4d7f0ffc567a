/* engine_link.h - a module, and what answers its imports.
 *
 * Floor 3.  Made once, from the rows that the host gives; never changes; shared
 * by all instances that come of it, and by the images between them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_LINK_H
#define ENGINE_LINK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base_arena.h"
#include "engine/engine_abi.h"
#include "engine/engine_module.h"
#include "vivarium.h"
#include "wasm/wasm_module.h"

/* A function that the host gives. */
struct engine_host_func {
    viv_host_func *func;
    void *cookie;
    const struct wasm_func_type *type;
    bool has_funcref; /* among its results */
};

struct engine_link {
    _Atomic uint32_t refs;
    struct engine_module *module;        /* one reference */
    struct engine_host_func *host_funcs; /* by function index */
    union engine_slot *globals;          /* by global index: those imported */
    struct wasm_limits *tables;   /* by table index: as the host says of */
    struct wasm_limits *memories; /* an imported one, else as the module says */
    void *owner; /* what must live as long; NULL at first, as below */
    void (*release)(void *owner);
    bool needs_store; /* false at first: set before the link is shared */
    struct base_arena arena;
};

/* Answer the imports of `module` by `imports`, as engine_match() does.  Shares
 * `module`, copies the rows - not the cookies' targets.  The caller owns one
 * reference.  Fails with VIV_ELINK, VIV_EINVAL, VIV_ENOMEM.  Any thread. */
int engine_link_new(struct engine_module *module, const viv_import *imports,
                    size_t import_count, struct engine_link **ret_link,
                    viv_error *err);

/* One reference more; one less.  Any thread. */
struct engine_link *engine_link_ref(struct engine_link *link);
void engine_link_unref(struct engine_link *link);

#endif /* ENGINE_LINK_H */
