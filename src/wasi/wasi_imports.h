/* wasi_imports.h - preview 1 as rows to link with.
 *
 * Floor 6.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WASI_IMPORTS_H
#define WASI_IMPORTS_H

#include <stdbool.h>
#include <stddef.h>

#include "vivarium.h"
#include "wasm/wasm_module.h"

/* viv_wasi_imports(), viv_wasi_permission(). */
const viv_import *wasi_imports(size_t *ret_count);
const char *wasi_imports_permission(const char *module, const char *name);

/* Does the module import anything of preview 1, and so need a store? */
bool wasi_imports_are_in(const struct wasm_module *module);

#endif /* WASI_IMPORTS_H */
