/* aot_name.c - the guest's names, made fit for C.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_name.h"

#include <stdio.h>

#include "base/base_arena.h"
#include "base/base_error.h"

/* Long enough for C++ names that one can still tell apart, short enough for
 * a line. */
#define NAME_MAX 80u

/* "fn4294967295_" and a NUL.  Not "f": a function 32 named "load" would meet
 * the f32_load that every unit has. */
#define HEAD_MAX 16u

static bool is_word(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_';
}

static char *make(struct base_arena *arena, uint32_t index,
                  struct wasm_bytes name)
{
    uint32_t len = name.len < NAME_MAX ? name.len : NAME_MAX;
    char *text = base_arena_alloc(arena, HEAD_MAX + len, 1);
    int at;

    if (text == NULL)
        return NULL;
    at = snprintf(text, HEAD_MAX, len > 0 ? "fn%u_" : "fn%u", index);
    for (uint32_t i = 0; i < len; i++)
        text[at++] = is_word(name.at[i]) ? (char)name.at[i] : '_';
    text[at] = '\0';
    return text;
}

int aot_names(const struct wasm_module *module, struct base_arena *arena,
              const char *const **ret_names, viv_error *err)
{
    const char **names =
        base_arena_alloc(arena, module->func_count, sizeof(*names));
    struct wasm_bytes *found =
        base_arena_alloc(arena, module->func_count, sizeof(*found));

    if (names == NULL || found == NULL)
        return base_error_memory(err);
    for (uint32_t i = 0; i < module->import_count; i++)
        if (module->imports[i].kind == WASM_FUNC)
            found[module->imports[i].index] = module->imports[i].name;
    for (uint32_t i = 0; i < module->export_count; i++)
        if (module->exports[i].kind == WASM_FUNC)
            found[module->exports[i].index] = module->exports[i].name;
    for (uint32_t i = 0; i < module->func_count; i++) {
        if (module->funcs[i].name.len > 0)
            found[i] = module->funcs[i].name;
        names[i] = make(arena, i, found[i]);
        if (names[i] == NULL)
            return base_error_memory(err);
    }
    *ret_names = names;
    return 0;
}
