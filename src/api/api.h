/* api.h - what stands behind the opaque types of vivarium.h.
 *
 * Top floor but the compiler's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef API_H
#define API_H

#include <stddef.h>

#include "engine/engine_instance.h"
#include "engine/engine_module.h"
#include "vivarium.h"

/* A viv_module is a struct engine_module under another name. */
static inline struct engine_module *api_module(const viv_module *module)
{
    return (struct engine_module *)module;
}

/* One for each sandbox: it can run only one host function at a time. */
struct viv_host_call {
    viv_sandbox *sandbox;
};

struct viv_sandbox {
    struct engine_instance instance;
    struct viv_host_call host_call;
};

/* The export of this name and kind (enum wasm_kind): its index in the index
 * space of its kind in `*ret_index`.  Fails with VIV_ENOTFOUND, or with
 * VIV_EINVAL without a name. */
int api_find(const struct engine_module *module, const char *name,
             size_t name_len, uint32_t kind, uint32_t *ret_index,
             viv_error *err);

/* The public form of a function type, borrowed. */
viv_func_type api_func_type(const struct wasm_func_type *type);

#endif /* API_H */
