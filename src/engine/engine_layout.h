/* engine_layout.h - where a module's state lies below `base`.
 *
 * Floor 3.  A pure function of the decoded module: the compiler bakes the
 * offsets into code, the engine computes them again when it loads that code,
 * and the header of the compiled file has `state_bytes` to compare.
 *
 * From `base` down: struct engine_state, transfer slots, globals, table sizes,
 * drop flags - what every run touches, in as few pages as can be - and last
 * the tables.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_LAYOUT_H
#define ENGINE_LAYOUT_H

#include <stdint.h>

#include "vivarium.h"
#include "wasm/wasm_module.h"

/* Opaque types. */
struct base_arena;

struct engine_layout {
    int32_t transfer_at;     /* all offsets are from base, and negative */
    uint32_t transfer_slots; /* as many as the module's types can need */
    int32_t elem_dropped_at;
    int32_t data_dropped_at;
    int32_t *global_at;       /* by global index */
    int32_t *table_at;        /* by table index */
    int32_t *table_size_at;   /* by table index */
    uint32_t *table_capacity; /* entries that there is room for */
    uint32_t state_bytes;     /* all of it, in whole OS pages of 4 KiB */
};

/* Lay out `module`.  The arrays come from `arena`.  Fails with
 * VIV_EUNSUPPORTED when a table is born with more entries than
 * ENGINE_TABLE_ENTRIES_MAX, or all of it passes 1 GiB; or with VIV_ENOMEM. */
int engine_layout(const struct wasm_module *module, struct base_arena *arena,
                  struct engine_layout *ret_layout, viv_error *err);

#endif /* ENGINE_LAYOUT_H */
