/* aot_source.h - a module as C: several units that compile at the same time.
 *
 * Top floor; internal to src/aot.
 *
 *     unit 0 .. n-1   the functions, cut where their bytes reach a share
 *     the last unit   also has what belongs to the module as a whole: thunks
 *                     for imports, trampolines, the function table, `viv_code`
 *
 * The text depends on the module and on `fuel` only: not on the machine, the
 * target, the number of jobs or the time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_SOURCE_H
#define AOT_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "aot/aot.h"
#include "base/base_buf.h"
#include "engine/engine_layout.h"
#include "vivarium.h"
#include "wasm/wasm_module.h"

struct aot_source {
    struct base_buf *units; /* owned, each with its text */
    uint32_t unit_count;
};

/* Check all bodies of `module` and translate them.  `skeleton_bytes` goes into
 * the descriptor.  Fails with VIV_EFORMAT,
 * VIV_EUNSUPPORTED or VIV_ENOMEM. */
int aot_source_make(struct wasm_module *module,
                    const struct engine_layout *layout, bool fuel,
                    uint32_t skeleton_bytes, const struct aot_options *options,
                    struct aot_source *ret_source, viv_error *err);
void aot_source_fini(struct aot_source *source);

/* What the compiled object takes in by .incbin, from its working folder. */
#define AOT_SKELETON_FILE "skeleton.wasm"
#define AOT_HEADER_FILE   "header.bin"

#endif /* AOT_SOURCE_H */
