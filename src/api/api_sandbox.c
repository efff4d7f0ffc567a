/* api_sandbox.c - vivarium.h: sandboxes and their limits.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "api/api.h"
#include "base/base_alloc.h"
#include "base/base_error.h"
#include "sandbox/sandbox_limits.h"
#include "wasi/wasi_imports.h"

void viv_limits_default(viv_limits *ret_limits)
{
    sandbox_limits_default(ret_limits);
}

const char *viv_limit_name(uint32_t limit)
{
    return sandbox_limits_name(limit);
}

int api_link(struct engine_module *module, const viv_import *imports,
             size_t import_count, struct engine_link **ret_link, viv_error *err)
{
    struct engine_link *link;
    int code = engine_link_new(module, imports, import_count, &link, err);

    if (code < 0)
        return code;
    link->needs_store = wasi_imports_are_in(&module->wasm);
    *ret_link = link;
    return 0;
}

int viv_sandbox_new(viv_module *module, const viv_import *imports,
                    size_t import_count, const viv_limits *limits,
                    viv_sandbox **ret_sandbox, viv_outcome *ret_outcome,
                    viv_error *err)
{
    struct sandbox *sandbox;
    struct engine_link *link;
    viv_limits checked;
    int code;

    if (module == NULL || ret_sandbox == NULL || ret_outcome == NULL ||
        (imports == NULL && import_count > 0))
        return base_error(err, VIV_EINVAL,
                          "viv_sandbox_new() needs a module, its imports and "
                          "places for the sandbox and the outcome");
    code = sandbox_limits_check(api_module(module), limits, &checked, err);
    if (code < 0)
        return code;
    code = api_link(api_module(module), imports, import_count, &link, err);
    if (code < 0)
        return code;
    code = sandbox_new(link, &checked, &sandbox, ret_outcome, err);
    engine_link_unref(link);
    if (code == 0)
        *ret_sandbox = (viv_sandbox *)sandbox;
    return code;
}

int viv_sandbox_from(viv_image *image, const viv_limits *limits,
                     viv_sandbox **ret_sandbox, viv_error *err)
{
    struct sandbox *sandbox;
    viv_limits checked;
    int code;

    if (image == NULL || ret_sandbox == NULL)
        return base_error(err, VIV_EINVAL,
                          "viv_sandbox_from() needs an image and a place for "
                          "the sandbox");
    code = sandbox_limits_check(api_image(image)->link->module, limits,
                                &checked, err);
    if (code == 0)
        code = sandbox_from(api_image(image), &checked, &sandbox, err);
    if (code == 0)
        *ret_sandbox = (viv_sandbox *)sandbox;
    return code;
}

int viv_sandbox_reset(viv_sandbox *sandbox, viv_error *err)
{
    enum sandbox_state was;
    int code;

    if (sandbox == NULL)
        return base_error(err, VIV_EINVAL,
                          "viv_sandbox_reset() needs a sandbox");
    code = sandbox_take(api_sandbox(sandbox), SANDBOX_NO_CALL, SANDBOX_BUSY,
                        &was, err);
    if (code < 0)
        return code;
    code = sandbox_reset(api_sandbox(sandbox), err);
    sandbox_put(api_sandbox(sandbox),
                code < 0 ? SANDBOX_STOPPED : SANDBOX_IDLE);
    return code;
}

/* ------------------------------------------------------------------------
 * Fork.
 */

static int make_all(struct sandbox_image *image, const viv_limits *limits,
                    size_t count, struct sandbox **ret_sandboxes,
                    viv_error *err)
{
    size_t done;

    for (done = 0; done < count; done++) {
        int code = sandbox_from(image, limits, &ret_sandboxes[done], err);

        if (code < 0) {
            while (done-- > 0)
                sandbox_free(ret_sandboxes[done]);
            return code;
        }
    }
    return 0;
}

/* The caller's array is written to only when there are all. */
static int fork_all(struct sandbox_image *image, const viv_limits *limits,
                    size_t count, viv_sandbox **ret_sandboxes, viv_error *err)
{
    struct sandbox **made =
        base_alloc_zero(count > 0 ? count : 1, sizeof(*made));
    int code;

    if (made == NULL)
        return base_error_memory(err);
    code = make_all(image, limits, count, made, err);
    if (code == 0 && count > 0)
        memcpy(ret_sandboxes, made, count * sizeof(*made));
    base_free(made);
    return code;
}

int viv_sandbox_fork(viv_sandbox *sandbox, size_t count,
                     viv_sandbox **ret_sandboxes, viv_error *err)
{
    viv_image *image;
    int code;

    if (sandbox == NULL || (ret_sandboxes == NULL && count > 0))
        return base_error(err, VIV_EINVAL,
                          "viv_sandbox_fork() needs a sandbox and places for "
                          "the new ones");
    code = viv_image_new(sandbox, &image, err);
    if (code < 0)
        return code;
    code = fork_all(api_image(image), &api_sandbox(sandbox)->limits, count,
                    ret_sandboxes, err);
    viv_image_unref(image);
    return code;
}

/* ------------------------------------------------------------------------
 * The end, and looking on.
 */

int viv_sandbox_free(viv_sandbox *sandbox)
{
    int code;

    if (sandbox == NULL)
        return 0;
    code = sandbox_take(api_sandbox(sandbox), SANDBOX_NO_CALL, SANDBOX_BUSY,
                        NULL, NULL);
    if (code == 0)
        sandbox_free(api_sandbox(sandbox));
    return code;
}

uint32_t viv_sandbox_state(const viv_sandbox *sandbox)
{
    enum sandbox_state state;

    if (sandbox == NULL)
        return VIV_IDLE;
    state = sandbox_state(api_sandbox(sandbox));
    switch (state) {
    case SANDBOX_BUSY:
        return VIV_RUNNING;
    case SANDBOX_PARKED:
        return VIV_IS_WAITING;
    default:
        return state;
    }
}

void viv_sandbox_meters(const viv_sandbox *sandbox, viv_meters *ret_last,
                        viv_meters *ret_sum)
{
    static const viv_meters none;

    if (ret_last != NULL)
        *ret_last = sandbox != NULL ? api_sandbox(sandbox)->last : none;
    if (ret_sum != NULL)
        *ret_sum = sandbox != NULL ? api_sandbox(sandbox)->sum : none;
}
