/* aot_permissions.c - what could be permitted to a module, by its imports.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_permissions.h"

#include <stdbool.h>
#include <string.h>

/* Names that need permission are shorter. */
#define NAME_BYTES 64

/* False: it is too long, or a NUL is in it. */
static bool copy_name(struct wasm_bytes name, char to[NAME_BYTES])
{
    if (name.len >= NAME_BYTES || memchr(name.at, '\0', name.len) != NULL)
        return false;
    memcpy(to, name.at, name.len);
    to[name.len] = '\0';
    return true;
}

static void add(struct aot_permissions *permissions, const char *name)
{
    uint32_t i = 0;

    while (i < permissions->count && strcmp(permissions->names[i], name) != 0)
        i++;
    if (i == permissions->count && i < AOT_PERMISSIONS_MAX)
        permissions->names[permissions->count++] = name;
}

void aot_permissions_find(const struct wasm_module *module,
                          aot_permission_func *permission_of,
                          struct aot_permissions *ret_permissions)
{
    char from[NAME_BYTES], name[NAME_BYTES];

    ret_permissions->count = 0;
    for (uint32_t i = 0; i < module->import_count; i++) {
        const struct wasm_import *import = &module->imports[i];
        const char *permission = NULL;

        if (import->kind == WASM_FUNC && copy_name(import->module, from) &&
            copy_name(import->name, name))
            permission = permission_of(from, name);
        if (permission != NULL)
            add(ret_permissions, permission);
    }
}
