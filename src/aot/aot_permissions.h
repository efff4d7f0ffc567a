/* aot_permissions.h - what could be permitted to a module, by its imports.
 *
 * Top floor; internal to src/aot.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_PERMISSIONS_H
#define AOT_PERMISSIONS_H

#include <stdint.h>

#include "aot/aot.h"
#include "wasm/wasm_module.h"

/* More than there are. */
#define AOT_PERMISSIONS_MAX 16

struct aot_permissions {
    const char *names[AOT_PERMISSIONS_MAX]; /* each is another */
    uint32_t count;
};

/* What `permission_of` says of the imports of `module`.  Linear in their
 * number. */
void aot_permissions_find(const struct wasm_module *module,
                          aot_permission_func *permission_of,
                          struct aot_permissions *ret_permissions);

#endif /* AOT_PERMISSIONS_H */
