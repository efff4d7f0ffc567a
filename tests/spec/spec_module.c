/* spec_module.c - a script's modules: read, judged, compiled, loaded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "spec_module.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base_arena.h"
#include "base/base_error.h"
#include "wasm/wasm_check.h"
#include "wasm/wasm_decode.h"

int spec_module_read(const char *path, struct base_arena *arena,
                     const uint8_t **ret_bytes, size_t *ret_len, viv_error *err)
{
    FILE *file = fopen(path, "rb");
    struct stat info;
    uint8_t *bytes;
    size_t len;

    if (file == NULL || fstat(fileno(file), &info) != 0) {
        if (file != NULL)
            fclose(file);
        return base_error(err, VIV_EIO, "%s: %s", path, strerror(errno));
    }
    len = (size_t)info.st_size;
    bytes = base_arena_alloc(arena, len + 1, 1);
    if (bytes == NULL || fread(bytes, 1, len, file) != len) {
        fclose(file);
        return base_error(err, bytes ? VIV_EIO : VIV_ENOMEM,
                          "%s: cannot be read", path);
    }
    fclose(file);
    *ret_bytes = bytes;
    *ret_len = len;
    return 0;
}

int spec_module_judge(const uint8_t *bytes, size_t len, viv_error *err)
{
    struct base_arena arena;
    struct wasm_module module;
    struct wasm_check check;
    int code;

    base_arena_init(&arena);
    code = wasm_decode(bytes, len, WASM_WHOLE, &arena, &module, err);
    if (code == 0) {
        wasm_check_init(&check, &module);
        for (uint32_t i = module.func_import_count;
             i < module.func_count && code == 0; i++)
            code = wasm_check_func(&check, i, err);
        wasm_check_fini(&check);
    }
    base_arena_fini(&arena);
    return code;
}

int spec_module_load(const struct spec_compiler *compiler, const uint8_t *bytes,
                     size_t len, viv_module **ret_module, viv_error *err)
{
    char path[4096];
    int code;

    snprintf(path, sizeof(path), "%s/module.viv", compiler->scratch);
    code = aot_compile(bytes, len, path, &compiler->options, NULL, err);
    if (code != 0)
        return code;
    code = viv_module_load(path, ret_module, err);
    unlink(path);
    return code;
}

void spec_module_reason(viv_error *err)
{
    static const char words[] = "unsupported feature: ";
    char *feature = strstr(err->text, words);
    char *end;

    if (feature != NULL) {
        feature += strlen(words);
        memmove(err->text, feature, strlen(feature) + 1);
    }
    end = strstr(err->text, feature ? " (" : " at byte ");
    if (end != NULL)
        *end = '\0';
}
