/* aot_skeleton.h - a module without its code.
 *
 * Top floor; internal to src/aot.  What a compiled module carries so that the
 * engine can link and instantiate it: the same WebAssembly bytes, less the
 * code section and all custom sections but the names of functions.  So there
 * is one format, one decoder, and one fuzzer for it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_SKELETON_H
#define AOT_SKELETON_H

#include "base/base_buf.h"
#include "vivarium.h"
#include "wasm/wasm_module.h"

/* Append the skeleton of `module`, which was decoded, to `out`.  Fails with
 * VIV_ENOMEM. */
int aot_skeleton(const struct wasm_module *module, struct base_buf *out,
                 viv_error *err);

#endif /* AOT_SKELETON_H */
