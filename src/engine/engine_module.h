/* engine_module.h - compiled code, mapped.
 *
 * Floor 3.  Never changes once it is made, and is shared by any number of
 * instances on any threads.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_MODULE_H
#define ENGINE_MODULE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base_arena.h"
#include "engine/engine_abi.h"
#include "engine/engine_cfi.h"
#include "engine/engine_layout.h"
#include "engine/engine_pieces.h"
#include "os/os_library.h"
#include "vivarium.h"
#include "wasm/wasm_module.h"

struct engine_module {
    _Atomic uint32_t refs;
    bool is_gs;      /* else portable */
    bool is_metered; /* it counts fuel */
    const struct engine_code *code;
    struct wasm_module wasm; /* functions have no bodies */
    struct engine_layout layout;
    struct engine_header header;
    uintptr_t code_at, code_end; /* its code; signal handlers compare with it */
    struct engine_cfi cfi; /* how to leave its functions; for handlers, too */
    struct engine_pieces pieces; /* what its functions were split into */
    uintptr_t load_address;      /* what addresses in the file count from */
    uint32_t *exports_by_name;   /* export indices, for engine_module_find() */
    uint32_t *funcs_by_address;  /* function indices */
    struct os_library library;
    struct base_arena arena;
};

/* Load the file `path`: check its header, map its code, decode the skeleton in
 * it, and compare what the two say.  The caller owns one reference.  Fails with
 * VIV_EIO, VIV_EFORMAT, VIV_EVERSION or VIV_ENOMEM.  Any thread. */
int engine_module_load(const char *path, struct engine_module **ret_module,
                       viv_error *err);

/* One reference more; one less, the last of which unmaps the code. */
struct engine_module *engine_module_ref(struct engine_module *module);
void engine_module_unref(struct engine_module *module);

/* The export of this name, or NULL. */
const struct wasm_export *engine_module_find(const struct engine_module *module,
                                             const char *name, size_t len);

/* The function that begins at `address`, or that the compiler took the piece
 * out of that begins there.  False if there is none: it is one of the
 * compiler's own, such as a trampoline. */
bool engine_module_func_at(const struct engine_module *module,
                           uintptr_t address, uint32_t *ret_func);

/* Can this be a reference to a function of the module, or null?  What comes
 * from a host has to be asked about. */
bool engine_module_has_ref(const struct engine_module *module, engine_ref ref);

/* The reference to function `index`. */
engine_ref engine_module_ref_func(const struct engine_module *module,
                                  uint32_t index);

#endif /* ENGINE_MODULE_H */
