/* api_image.c - vivarium.h: images.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "api/api.h"
#include "base/base_error.h"

int viv_image_new(viv_sandbox *sandbox, viv_image **ret_image, viv_error *err)
{
    struct sandbox_image *image;
    enum sandbox_state was;
    int code;

    if (sandbox == NULL || ret_image == NULL)
        return base_error(err, VIV_EINVAL,
                          "viv_image_new() needs a sandbox and a place for the "
                          "image");
    code = sandbox_take(api_sandbox(sandbox), SANDBOX_STILL, SANDBOX_BUSY, &was,
                        err);
    if (code < 0)
        return code;
    code = sandbox_image_new(api_sandbox(sandbox), &image, err);
    sandbox_put(api_sandbox(sandbox), was);
    if (code == 0)
        *ret_image = (viv_image *)image;
    return code;
}

viv_image *viv_image_ref(viv_image *image)
{
    return (viv_image *)sandbox_image_ref(api_image(image));
}

void viv_image_unref(viv_image *image)
{
    if (image != NULL)
        sandbox_image_unref(api_image(image));
}

void viv_image_bytes(const viv_image *image, uint64_t *ret_memory,
                     uint64_t *ret_stored)
{
    const struct mem_image *pages =
        image != NULL ? api_image(image)->pages : NULL;

    if (ret_memory != NULL)
        *ret_memory = pages != NULL ? mem_image_linear_bytes(pages) : 0;
    if (ret_stored != NULL)
        *ret_stored = pages != NULL ? mem_image_stored_bytes(pages) : 0;
}
