/* aot_name.h - the guest's names, made fit for C.
 *
 * Top floor; internal to src/aot.
 *
 * Function 7 called `max` becomes `fn7_max`: the number makes it unique, the
 * `fn` keeps it away from the words of the prelude, the variables of generated
 * functions, and every name of the C compiler and its libraries; the rest is
 * for people who read backtraces.
 *
 * SECURITY: the names come from the module.  All but [A-Za-z0-9_] becomes `_`,
 * and what is long is cut.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_NAME_H
#define AOT_NAME_H

#include "vivarium.h"
#include "wasm/wasm_module.h"

/* Opaque types. */
struct base_arena;

/* C names for all functions, by function index, in `arena`.  The name is that
 * of the name section, else of an export, else of the import.  Fails with
 * VIV_ENOMEM. */
int aot_names(const struct wasm_module *module, struct base_arena *arena,
              const char *const **ret_names, viv_error *err);

#endif /* AOT_NAME_H */
