/* aot_header.h - what a compiled module says of itself.
 *
 * Top floor; internal to src/aot.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_HEADER_H
#define AOT_HEADER_H

#include "aot/aot_cc.h"
#include "base/base_buf.h"
#include "engine/engine_abi.h"
#include "engine/engine_layout.h"
#include "wasm/wasm_module.h"

void aot_header_make(const struct wasm_module *module,
                     const struct engine_layout *layout,
                     const struct base_buf *skeleton, const struct aot_cc *cc,
                     struct engine_header *ret_header);

#endif /* AOT_HEADER_H */
