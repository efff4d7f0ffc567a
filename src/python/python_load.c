/* python_load.c - a Python guest from its folder.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/python_load.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base_error.h"
#include "python/python_box.h"
#include "python/python_run.h"
#include "sandbox/sandbox_call.h"
#include "sandbox/sandbox_limits.h"
#include "sandbox/sandbox_save.h"
#include "wasi/wasi.h"

/* Where an installed guest is, if nobody says otherwise. */
#ifndef PYTHON_LOAD_FOLDER
#define PYTHON_LOAD_FOLDER "/usr/local/lib/vivarium/python"
#endif

struct paths {
    char module[PATH_MAX], pack[PATH_MAX], image[PATH_MAX];
};

/* ------------------------------------------------------------------------
 * The folder.
 */

static bool join(char *to, const char *folder, const char *name)
{
    int len = snprintf(to, PATH_MAX, "%s/%s", folder, name);

    return len > 0 && len < PATH_MAX;
}

static int find(const char *folder, struct paths *ret_paths, viv_error *err)
{
    if (folder == NULL)
        folder = getenv(VIV_PYTHON_FOLDER);
    if (folder == NULL || folder[0] == '\0')
        folder = PYTHON_LOAD_FOLDER;
    if (join(ret_paths->module, folder, "python.viv") &&
        join(ret_paths->pack, folder, "python.pack") &&
        join(ret_paths->image, folder, "python.image"))
        return 0;
    return base_error(err, VIV_EINVAL, "the name of the folder is too long");
}

static int load_link(const struct paths *paths,
                     const viv_python_function *functions, size_t count,
                     struct engine_link **ret_link, viv_error *err)
{
    struct engine_module *module;
    int code = engine_module_load(paths->module, &module, err);

    if (code < 0)
        return code;
    code =
        python_host_link(module, paths->pack, functions, count, ret_link, err);
    engine_module_unref(module);
    return code;
}

/* ------------------------------------------------------------------------
 * Starting for the first time.
 */

/* What nobody would call a limit, but an accident would meet. */
static void generous(viv_limits *limits)
{
    sandbox_limits_default(limits);
    limits->run_ns = 600 * VIV_NS_PER_S;
    limits->wall_ns = 600 * VIV_NS_PER_S;
}

static int find_func(const struct sandbox *sandbox, const char *name,
                     uint32_t *ret_index, viv_error *err)
{
    const struct wasm_export *export =
        engine_module_find(sandbox->instance.module, name, strlen(name));

    if (export == NULL || export->kind != WASM_FUNC ||
        wasm_type_of_func(&sandbox->instance.module->wasm, export->index)
                ->param_count != 0)
        return base_error(err, VIV_EFORMAT, "the guest has no function \"%s\"",
                          name);
    *ret_index = export->index;
    return 0;
}

/* What the guest wrote to standard error says why. */
static int no_start(const struct sandbox *sandbox, const char *name,
                    viv_error *err)
{
    size_t len;
    const char *text = wasi_output(sandbox, 2, &len);

    if (len > 250) {
        text += len - 250;
        len = 250;
    }
    return base_error(err, VIV_EFORMAT, "Python did not start: %s failed: %.*s",
                      name, (int)len, text);
}

/* Call a function without arguments that returns nothing, or 0 for success. */
static int call(struct sandbox *sandbox, const char *name, viv_error *err)
{
    viv_value result = {0};
    viv_outcome outcome;
    uint32_t index = 0;
    int code = find_func(sandbox, name, &index, err);

    if (code == 0)
        code = sandbox_call_start(sandbox, index, NULL, &result, &outcome, err);
    if (code < 0)
        return code;
    return outcome.kind == VIV_RETURNED && result.i32 == 0
               ? 0
               : no_start(sandbox, name, err);
}

static int start(struct engine_link *link, struct sandbox **ret_sandbox,
                 viv_error *err)
{
    struct sandbox *sandbox;
    viv_limits limits;
    viv_outcome outcome;
    int code;

    generous(&limits);
    code = sandbox_new(link, &limits, &sandbox, &outcome, err);
    if (code < 0)
        return code;
    if (sandbox == NULL)
        return base_error(err, VIV_EFORMAT, "the module does not initialise");
    code = python_box_apply(sandbox, NULL, err);
    if (code == 0)
        code = call(sandbox, "_initialize", err);
    if (code == 0)
        code = call(sandbox, "viv_start", err);
    if (code < 0)
        sandbox_free(sandbox);
    else
        *ret_sandbox = sandbox;
    return code;
}

static int freeze_to(struct sandbox *sandbox, const char *path, viv_error *err)
{
    struct sandbox_image *image;
    int code = sandbox_image_new(sandbox, &image, err);

    if (code < 0)
        return code;
    code = sandbox_save_place(image, path, err);
    sandbox_image_unref(image);
    return code;
}

int python_load_build(const char *folder, viv_error *err)
{
    struct paths paths;
    struct engine_link *link;
    struct sandbox *sandbox = NULL;
    int code = find(folder, &paths, err);

    if (code == 0)
        code = load_link(&paths, NULL, 0, &link, err);
    if (code < 0)
        return code;
    code = start(link, &sandbox, err);
    if (code == 0) {
        code = freeze_to(sandbox, paths.image, err);
        sandbox_free(sandbox);
    }
    engine_link_unref(link);
    return code;
}

/* ------------------------------------------------------------------------
 * Loading.
 */

/* An image whose Python knows the functions of its host. */
static int declare(struct sandbox_image *bare, struct sandbox_image **ret_image,
                   viv_error *err)
{
    struct sandbox *sandbox;
    viv_limits limits;
    int code;

    generous(&limits);
    code = sandbox_from(bare, &limits, &sandbox, err);
    if (code < 0)
        return code;
    code = python_declare(sandbox, err);
    if (code == 0)
        code = sandbox_image_new(sandbox, ret_image, err);
    sandbox_free(sandbox);
    return code;
}

int python_load(const char *folder, const viv_python_function *functions,
                size_t count, struct sandbox_image **ret_image, viv_error *err)
{
    struct paths paths;
    struct engine_link *link;
    struct sandbox_image *image;
    int code = find(folder, &paths, err);

    if (code == 0)
        code = load_link(&paths, functions, count, &link, err);
    if (code < 0)
        return code;
    code = sandbox_save_open(link, paths.image, &image, err);
    engine_link_unref(link);
    if (code < 0)
        return code;
    if (count > 0) {
        code = declare(image, ret_image, err);
        sandbox_image_unref(image);
    } else {
        *ret_image = image;
    }
    return code;
}
