/* api.h - what stands behind the opaque types of vivarium.h.
 *
 * Top floor but the worker's and the compiler's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef API_H
#define API_H

#include <stddef.h>

#include "engine/engine_module.h"
#include "sandbox/sandbox.h"
#include "sandbox/sandbox_image.h"
#include "sandbox/sandbox_token.h"
#include "vivarium.h"

/* Each opaque type is one of ours under another name. */
static inline struct engine_module *api_module(const viv_module *module)
{
    return (struct engine_module *)module;
}

static inline struct sandbox_image *api_image(const viv_image *image)
{
    return (struct sandbox_image *)image;
}

static inline struct sandbox *api_sandbox(const viv_sandbox *sandbox)
{
    return (struct sandbox *)sandbox;
}

static inline struct sandbox_token *api_token(const viv_token *token)
{
    return (struct sandbox_token *)token;
}

/* The export of this name and kind (enum wasm_kind): its index in the index
 * space of its kind in `*ret_index`.  Fails with VIV_ENOTFOUND, or with
 * VIV_EINVAL without a name. */
int api_find(const struct engine_module *module, const char *name,
             size_t name_len, uint32_t kind, uint32_t *ret_index,
             viv_error *err);

/* engine_link_new(), for a guest that has a store if its module needs one. */
int api_link(struct engine_module *module, const viv_import *imports,
             size_t import_count, struct engine_link **ret_link,
             viv_error *err);

/* The public form of a function type, borrowed. */
viv_func_type api_func_type(const struct wasm_func_type *type);

#endif /* API_H */
