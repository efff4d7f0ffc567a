/* spec_host.h - what the modules of scripts import.
 *
 * Scripts link modules to the host module `spectest` and to each other.  Our
 * sandboxes share nothing, so a module gets of another instance:
 *     functions            as host functions that call the other sandbox; a
 *                          trap there becomes a trap here
 *     immutable globals    as their value
 *     memories, tables,    as the row that says how large they are: enough to
 *     mutable globals      see that an import does not fit, and refused as
 *                          `shares` when it would
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SPEC_HOST_H
#define SPEC_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vivarium.h"

/* Opaque types. */
struct base_arena;

/* An instance that other modules may import from: `as` is how they call it.
 * Borrows all that it points to. */
struct spec_exporter {
    struct spec_exporter *next;
    const char *as;
    viv_module *module;
    viv_sandbox *sandbox; /* NULL: it is skipped, for this reason: */
    const char *skip;
};

/* The rows for one module.  `skip` is why it cannot be had here, or NULL;
 * `hides` is why its not being linkable would prove nothing, or NULL. */
struct spec_rows {
    const viv_import *rows;
    size_t count;
    const char *skip;
    const char *hides;
};

/* Make the rows for the imports of `module`, in `arena`.  What nobody exports
 * gets no row.  Sandboxes made with the rows borrow the arena and the
 * exporters' sandboxes.  Fails with VIV_ENOMEM. */
int spec_host_rows(const viv_module *module,
                   const struct spec_exporter *exporters,
                   struct base_arena *arena, struct spec_rows *ret_rows,
                   viv_error *err);

/* Would the module in `bytes`, if it could be had, import a memory, a table or
 * a mutable global of `exporter`?  Then what it writes there is missing.  Looks
 * for the import's names as the format spells them: the bytes may be of a
 * feature that cannot be decoded. */
bool spec_host_shares(const struct spec_exporter *exporter,
                      const uint8_t *bytes, size_t len);

/* The trap that a call ended with: that of the other sandbox where the call
 * went through one.  0 if it did not trap. */
uint32_t spec_host_trap(const viv_outcome *outcome);

#endif /* SPEC_HOST_H */
