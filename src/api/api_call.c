/* api_call.c - vivarium.h: calls, host calls, and answers that come later.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "api/api.h"
#include "base/base_error.h"
#include "os/os_clock.h"
#include "os/os_nudge.h"
#include "sandbox/sandbox_call.h"
#include "sandbox/sandbox_wait.h"

/* Less than this, and pausing takes more time than what is paused. */
#define SLICE_NS_MIN UINT64_C(10000)

/* ------------------------------------------------------------------------
 * Calls.
 */

static int check_counts(const struct wasm_func_type *type, const char *name,
                        size_t name_len, size_t arg_count, size_t result_count,
                        viv_error *err)
{
    if (arg_count == type->param_count && result_count == type->result_count)
        return 0;
    return base_error(err, VIV_EINVAL,
                      "\"%.*s\" takes %u arguments and returns %u values; the "
                      "call has %zu and room for %zu",
                      name_len < 200 ? (int)name_len : 200, name,
                      type->param_count, type->result_count, arg_count,
                      result_count);
}

int viv_call(viv_sandbox *sandbox, const char *name, size_t name_len,
             const viv_value *args, size_t arg_count, viv_value *results,
             size_t result_count, viv_outcome *ret_outcome, viv_error *err)
{
    const struct engine_module *module;
    uint32_t index;
    int code;

    if (sandbox == NULL || ret_outcome == NULL ||
        (args == NULL && arg_count > 0) ||
        (results == NULL && result_count > 0))
        return base_error(err, VIV_EINVAL,
                          "viv_call() needs a sandbox, the values that are "
                          "counted and a place for the outcome");
    module = api_sandbox(sandbox)->instance.module;
    code = api_find(module, name, name_len, WASM_FUNC, &index, err);
    if (code < 0)
        return code;
    code = check_counts(wasm_type_of_func(&module->wasm, index), name, name_len,
                        arg_count, result_count, err);
    if (code < 0)
        return code;
    return sandbox_call_start(api_sandbox(sandbox), index, args, results,
                              ret_outcome, err);
}

int viv_call_resume(viv_sandbox *sandbox, viv_value *results,
                    size_t result_count, viv_outcome *ret_outcome,
                    viv_error *err)
{
    if (sandbox == NULL || ret_outcome == NULL ||
        (results == NULL && result_count > 0))
        return base_error(err, VIV_EINVAL,
                          "viv_call_resume() needs a sandbox, room for the "
                          "results and a place for the outcome");
    return sandbox_call_resume(api_sandbox(sandbox), results, result_count,
                               ret_outcome, err);
}

int viv_call_wait(viv_sandbox *sandbox, uint64_t max_ns, viv_error *err)
{
    if (sandbox == NULL)
        return base_error(err, VIV_EINVAL, "viv_call_wait() needs a sandbox");
    return sandbox_wait(api_sandbox(sandbox), max_ns, err);
}

uint64_t viv_call_due(const viv_sandbox *sandbox)
{
    return sandbox == NULL ? UINT64_MAX
                           : sandbox_wait_due(api_sandbox(sandbox));
}

int viv_call_watch(viv_sandbox *sandbox, viv_ready_func *func, void *cookie)
{
    if (sandbox == NULL)
        return VIV_EINVAL;
    sandbox_wait_watch(api_sandbox(sandbox), func, cookie);
    return 0;
}

int viv_call_cancel(viv_sandbox *sandbox)
{
    return sandbox == NULL ? VIV_EINVAL
                           : sandbox_wait_cancel(api_sandbox(sandbox));
}

int viv_call_drop(viv_sandbox *sandbox)
{
    return sandbox == NULL ? VIV_EINVAL
                           : sandbox_call_drop(api_sandbox(sandbox), NULL);
}

int viv_call_slice(viv_sandbox *sandbox, uint64_t ns)
{
    if (sandbox == NULL || (ns > 0 && ns < SLICE_NS_MIN))
        return VIV_EINVAL;
    api_sandbox(sandbox)->slice_ns = ns;
    return 0;
}

/* ------------------------------------------------------------------------
 * Host calls.
 */

viv_sandbox *viv_host_call_sandbox(viv_host_call *call)
{
    return call == NULL ? NULL : (viv_sandbox *)call->sandbox;
}

int viv_host_call_exit(viv_host_call *call, int32_t code)
{
    if (call == NULL)
        return VIV_EINVAL;
    return sandbox_call_exit(call->sandbox, code);
}

int viv_host_call_later(viv_host_call *call, viv_token **ret_token,
                        viv_error *err)
{
    struct sandbox_token *token;
    int code;

    if (call == NULL || ret_token == NULL)
        return base_error(err, VIV_EINVAL,
                          "viv_host_call_later() needs a host call and a place "
                          "for the token");
    code = sandbox_token_take(call->sandbox, &token, err);
    if (code == 0)
        *ret_token = (viv_token *)token;
    return code;
}

int viv_host_call_sleep(viv_host_call *call, uint64_t ns, viv_error *err)
{
    uint64_t now = os_clock_now();

    if (call == NULL)
        return base_error(err, VIV_EINVAL,
                          "viv_host_call_sleep() needs a host call");
    return sandbox_token_sleep(
        call->sandbox, ns >= VIV_ENDLESS ? OS_NUDGE_NEVER : now + ns, err);
}

int viv_token_answer(viv_token *token, const viv_value *results, size_t count)
{
    if (token == NULL || (results == NULL && count > 0))
        return VIV_EINVAL;
    return sandbox_token_answer(api_token(token), results, count);
}

int viv_token_fail(viv_token *token, int32_t code)
{
    return token == NULL ? VIV_EINVAL
                         : sandbox_token_fail(api_token(token), code);
}

void viv_token_free(viv_token *token)
{
    if (token != NULL)
        sandbox_token_free(api_token(token));
}
