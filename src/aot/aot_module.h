/* aot_module.h - the C of a module that is not a function's body.
 *
 * Top floor; internal to src/aot.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_MODULE_H
#define AOT_MODULE_H

#include <stdint.h>

#include "base/base_buf.h"
#include "engine/engine_layout.h"
#include "wasm/wasm_module.h"

struct aot_module_text {
    const struct wasm_module *module;
    const struct engine_layout *layout;
    const char *const *names; /* C names by function index */
    const uint8_t *needed;    /* enum aot_need, by function index */
    uint32_t skeleton_bytes;
};

/* What each unit begins with: the prelude, function types, declarations. */
void aot_module_write_head(const struct aot_module_text *text,
                           struct base_buf *out);

/* What one unit ends with: thunks, trampolines, the function table, the
 * descriptor, and by .incbin the skeleton and the header. */
void aot_module_write_tail(const struct aot_module_text *text,
                           struct base_buf *out);

#endif /* AOT_MODULE_H */
