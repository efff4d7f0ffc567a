/* api_python.c - vivarium.h: Python.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "api/api.h"
#include "base/base_error.h"
#include "python/python_box.h"
#include "python/python_load.h"
#include "python/python_promise.h"
#include "python/python_question.h"
#include "python/python_run.h"
#include "sandbox/sandbox_save.h"

static struct python_promise *promise_of(viv_promise *promise)
{
    return (struct python_promise *)promise;
}

/* ------------------------------------------------------------------------
 * Images.
 */

int viv_python_load(const char *folder, const viv_python_function *functions,
                    size_t function_count, viv_image **ret_image,
                    viv_error *err)
{
    struct sandbox_image *image;
    int code;

    if (ret_image == NULL || (functions == NULL && function_count > 0))
        return base_error(err, VIV_EINVAL,
                          "viv_python_load() needs the functions that are "
                          "counted and a place for the image");
    code = python_load(folder, functions, function_count, &image, err);
    if (code == 0)
        *ret_image = (viv_image *)image;
    return code;
}

int viv_python_load_image(viv_image *base, const viv_image *over,
                          const viv_key *key, const char *path,
                          viv_image **ret_image, viv_error *err)
{
    struct sandbox_image *image;
    int code;

    if (base == NULL || path == NULL || ret_image == NULL ||
        python_host_of_link(api_image(base)->link) == NULL)
        return base_error(err, VIV_EINVAL,
                          "viv_python_load_image() needs an image of a Python "
                          "guest, a path and a place for the image");
    code = sandbox_save_load_image(api_image(base)->link,
                                   over != NULL ? api_image(over) : NULL, key,
                                   path, &image, err);
    if (code == 0)
        *ret_image = (viv_image *)image;
    return code;
}

int viv_python_build(const char *folder, viv_error *err)
{
    return python_load_build(folder, err);
}

int viv_python_apply(viv_sandbox *sandbox, const viv_wasi *wasi, viv_error *err)
{
    enum sandbox_state was;
    int code;

    if (sandbox == NULL)
        return base_error(err, VIV_EINVAL,
                          "viv_python_apply() needs a sandbox");
    code = sandbox_take(api_sandbox(sandbox), SANDBOX_QUIET, SANDBOX_BUSY, &was,
                        err);
    if (code < 0)
        return code;
    code = python_box_apply(api_sandbox(sandbox), wasi, err);
    sandbox_put(api_sandbox(sandbox), was);
    return code;
}

/* ------------------------------------------------------------------------
 * Runs and calls.
 */

int viv_python_run(viv_sandbox *sandbox, const char *source, size_t len,
                   const char *name, uint32_t flags,
                   viv_python_result *ret_result, viv_error *err)
{
    if (sandbox == NULL || (source == NULL && len > 0) || ret_result == NULL)
        return base_error(err, VIV_EINVAL,
                          "viv_python_run() needs a sandbox, source and a "
                          "place for the result");
    return python_run(api_sandbox(sandbox), source, len, name, flags,
                      ret_result, err);
}

int viv_python_call(viv_sandbox *sandbox, const char *module,
                    const char *function, const void *args, size_t args_len,
                    const void *named, size_t named_len, uint32_t flags,
                    viv_python_result *ret_result, viv_error *err)
{
    if (sandbox == NULL || module == NULL || function == NULL ||
        (args == NULL && args_len > 0) || (named == NULL && named_len > 0) ||
        ret_result == NULL)
        return base_error(err, VIV_EINVAL,
                          "viv_python_call() needs a sandbox, the names of "
                          "module and function, the arguments that are counted "
                          "and a place for the result");
    return python_call(api_sandbox(sandbox), module, function, args, args_len,
                       named, named_len, flags, ret_result, err);
}

int viv_python_resume(viv_sandbox *sandbox, viv_python_result *ret_result,
                      viv_error *err)
{
    if (sandbox == NULL || ret_result == NULL)
        return base_error(err, VIV_EINVAL,
                          "viv_python_resume() needs a sandbox and a place for "
                          "the result");
    return python_resume(api_sandbox(sandbox), ret_result, err);
}

/* ------------------------------------------------------------------------
 * Questions and promises.
 */

viv_sandbox *viv_question_sandbox(viv_question *question)
{
    return question == NULL || question->box == NULL
               ? NULL
               : (viv_sandbox *)question->box->sandbox;
}

int viv_question_is_again(const viv_question *question)
{
    return question != NULL && question->is_again;
}

int viv_question_raise(viv_question *question, const char *type,
                       const char *message)
{
    if (question == NULL || type == NULL || message == NULL)
        return VIV_EINVAL;
    return python_question_raise(question, type, message);
}

int viv_question_later(viv_question *question, viv_promise **ret_promise,
                       viv_error *err)
{
    struct python_promise *promise;
    int code;

    if (question == NULL || ret_promise == NULL)
        return base_error(err, VIV_EINVAL,
                          "viv_question_later() needs a question and a place "
                          "for the promise");
    code = python_question_later(question, &promise, err);
    if (code == 0)
        *ret_promise = (viv_promise *)promise;
    return code;
}

int viv_promise_keep(viv_promise *promise, const void *bytes, size_t len)
{
    if (promise == NULL || (bytes == NULL && len > 0))
        return VIV_EINVAL;
    return python_promise_keep(promise_of(promise), bytes, len);
}

int viv_promise_break(viv_promise *promise, const char *type,
                      const char *message)
{
    if (promise == NULL || type == NULL || message == NULL)
        return VIV_EINVAL;
    return python_promise_break(promise_of(promise), type, message);
}

void viv_promise_free(viv_promise *promise)
{
    if (promise != NULL)
        python_promise_free(promise_of(promise));
}
