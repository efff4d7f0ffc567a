/* wasi_imports.c - preview 1 as rows to link with.
 *
 * All rows are one host function, whose cookie says which of ours it stands
 * for: what has to be done before and after each is done in one place.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_imports.h"

#include <string.h>

#include "sandbox/sandbox_call.h"
#include "sandbox/sandbox_token.h"
#include "wasi/wasi_abi.h"

static const char MODULE[] = "wasi_snapshot_preview1";

struct function {
    int (*func)(struct wasi *wasi, const viv_value *args);
    const char *permission;
};

#define NONE    NULL
#define ARGS    "arguments"
#define ENV     "environment"
#define CLOCK   "clock"
#define RANDOM  "random"
#define FILES   "files"
#define STREAMS "streams"
#define SOCKETS "sockets"

#define FUNCTION(name, params, permission) {wasi_abi_##name, permission},
static const struct function functions[] = {WASI_FUNCTIONS(FUNCTION)};

#define COUNT (sizeof(functions) / sizeof(functions[0]))

/* ------------------------------------------------------------------------
 * One host call.
 */

/* Is this the host call that wanted to be asked again? */
static bool is_again(const struct wasi *wasi)
{
    return wasi->again_serial == sandbox_serial(wasi->sandbox) &&
           wasi->again_call == wasi->sandbox->instance.host_calls;
}

static void begin(struct wasi *wasi)
{
    wasi->guest = wasi_guest_of(&wasi->sandbox->instance);
    wasi->is_again = is_again(wasi);
    wasi_files_begin(&wasi->files, sandbox_serial(wasi->sandbox));
    wasi_files_ready(&wasi->files);
}

/* A start function has nobody who would resume it: then that is the answer. */
static int ask_again(struct wasi *wasi, viv_value *results)
{
    if (sandbox_token_again(wasi->sandbox, wasi->wakes_at, NULL) < 0) {
        results[0].i32 = WASI_ENOTSUP;
        return 0;
    }
    wasi->again_serial = sandbox_serial(wasi->sandbox);
    wasi->again_call = wasi->sandbox->instance.host_calls;
    return VIV_LATER;
}

static int answer(viv_host_call *call, const viv_value *args,
                  viv_value *results, void *cookie)
{
    const struct function *function = cookie;
    struct wasi *wasi;
    int code = wasi_of(call->sandbox, &wasi, NULL);

    if (code < 0)
        return code;
    begin(wasi);
    code = function->func(wasi, args);
    switch (code) {
    case WASI_EXITED:
        return sandbox_call_exit(call->sandbox, wasi->exit_code);
    case WASI_SPENT:
        return sandbox_call_spend(call->sandbox, wasi->spent);
    case WASI_AGAIN:
        return ask_again(wasi, results);
    default:
        results[0].i32 = (uint32_t)code;
        return 0;
    }
}

/* ------------------------------------------------------------------------
 * The table.
 */

#define I "\x7f" /* VIV_I32 */
#define L "\x7e" /* VIV_I64 */

enum number {
#define NUMBER(name, params, permission) NUMBER_##name,
    WASI_FUNCTIONS(NUMBER)
};

/* proc_exit, alone, returns nothing. */
#define RESULTS(name) (NUMBER_##name == NUMBER_proc_exit ? 0 : 1)

#define ROW(func_name, params_, permission)                                    \
    {.module = MODULE,                                                         \
     .name = #func_name,                                                       \
     .kind = VIV_FUNC,                                                         \
     .func_type = {(const uint8_t *)(params_), (const uint8_t *)I,             \
                   sizeof(params_) - 1, RESULTS(func_name)},                   \
     .func = answer,                                                           \
     .cookie = (void *)&functions[NUMBER_##func_name]},

static const viv_import rows[] = {WASI_FUNCTIONS(ROW)};

const viv_import *wasi_imports(size_t *ret_count)
{
    *ret_count = COUNT;
    return rows;
}

const char *wasi_imports_permission(const char *module, const char *name)
{
    if (strcmp(module, MODULE) != 0)
        return NULL;
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(rows[i].name, name) == 0)
            return functions[i].permission;
    return NULL;
}

bool wasi_imports_are_in(const struct wasm_module *module)
{
    for (uint32_t i = 0; i < module->import_count; i++) {
        const struct wasm_bytes *name = &module->imports[i].module;

        if (name->len == sizeof(MODULE) - 1 &&
            memcmp(name->at, MODULE, name->len) == 0)
            return true;
    }
    return false;
}
