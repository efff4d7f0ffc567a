/* api_save.c - vivarium.h: images and sandboxes as bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "api/api.h"
#include "base/base_alloc.h"
#include "base/base_error.h"
#include "sandbox/sandbox_limits.h"
#include "sandbox/sandbox_save.h"

static bool is_key_good(const viv_key *key)
{
    return key == NULL || key->bytes != NULL || key->len == 0;
}

int viv_image_save(const viv_image *image, const viv_image *over,
                   const viv_key *key, const char *path, viv_error *err)
{
    if (image == NULL || path == NULL || !is_key_good(key))
        return base_error(err, VIV_EINVAL,
                          "viv_image_save() needs an image, a path, and the "
                          "bytes of the key");
    return sandbox_save_image(api_image(image), api_image(over), key, path,
                              err);
}

int viv_image_load(viv_module *module, const viv_import *imports,
                   size_t import_count, const viv_image *over,
                   const viv_key *key, const char *path, viv_image **ret_image,
                   viv_error *err)
{
    struct sandbox_image *image;
    struct engine_link *link;
    int code;

    if (module == NULL || path == NULL || ret_image == NULL ||
        (imports == NULL && import_count > 0) || !is_key_good(key))
        return base_error(err, VIV_EINVAL,
                          "viv_image_load() needs a module, its imports, a "
                          "path, the bytes of the key and a place for the "
                          "image");
    code = api_link(api_module(module), imports, import_count, &link, err);
    if (code < 0)
        return code;
    code =
        sandbox_save_load_image(link, api_image(over), key, path, &image, err);
    engine_link_unref(link);
    if (code == 0)
        *ret_image = (viv_image *)image;
    return code;
}

int viv_sandbox_dump(viv_sandbox *sandbox, const viv_key *key, void **ret_bytes,
                     size_t *ret_len, viv_error *err)
{
    enum sandbox_state was;
    int code;

    if (sandbox == NULL || ret_bytes == NULL || ret_len == NULL ||
        !is_key_good(key))
        return base_error(err, VIV_EINVAL,
                          "viv_sandbox_dump() needs a sandbox, the bytes of "
                          "the key and places for what it returns");
    code = sandbox_take(api_sandbox(sandbox), SANDBOX_STILL, SANDBOX_BUSY, &was,
                        err);
    if (code < 0)
        return code;
    code =
        sandbox_save_dump(api_sandbox(sandbox), key, ret_bytes, ret_len, err);
    sandbox_put(api_sandbox(sandbox), was);
    return code;
}

int viv_sandbox_load(viv_image *image, const viv_limits *limits,
                     const viv_key *key, const void *bytes, size_t len,
                     viv_sandbox **ret_sandbox, viv_error *err)
{
    struct sandbox *sandbox;
    viv_limits checked;
    int code;

    if (image == NULL || (bytes == NULL && len > 0) || ret_sandbox == NULL ||
        !is_key_good(key))
        return base_error(err, VIV_EINVAL,
                          "viv_sandbox_load() needs an image, the bytes of the "
                          "dump and of the key, and a place for the sandbox");
    code = sandbox_limits_check(api_image(image)->link->module, limits,
                                &checked, err);
    if (code == 0)
        code = sandbox_save_load(api_image(image), &checked, key, bytes, len,
                                 &sandbox, err);
    if (code == 0)
        *ret_sandbox = (viv_sandbox *)sandbox;
    return code;
}

void viv_free(void *bytes)
{
    base_free(bytes);
}
