/* sandbox_image.c - a sandbox frozen at a quiet moment.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/sandbox_image.h"

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"

/* ------------------------------------------------------------------------
 * Making and sharing.
 */

int sandbox_image_wrap(struct engine_link *link, struct mem_image *pages,
                       struct sandbox_image **ret_image, viv_error *err)
{
    struct sandbox_image *image = base_alloc_zero(1, sizeof(*image));

    if (image == NULL) {
        mem_image_unref(pages);
        return base_error_memory(err);
    }
    atomic_init(&image->refs, 1);
    image->link = engine_link_ref(link);
    image->pages = pages;
    *ret_image = image;
    return 0;
}

int sandbox_image_may(struct sandbox *sandbox, viv_error *err)
{
    int code = 0;

    for (struct sandbox_beside *beside = sandbox->beside;
         beside != NULL && code == 0; beside = beside->next)
        if (beside->may_freeze != NULL)
            code = beside->may_freeze(beside, err);
    return code;
}

int sandbox_image_new(struct sandbox *sandbox, struct sandbox_image **ret_image,
                      viv_error *err)
{
    struct mem_image *pages;
    int code = sandbox_image_may(sandbox, err);

    if (code == 0)
        code = engine_instance_freeze(&sandbox->instance, &pages, err);
    return code < 0 ? code
                    : sandbox_image_wrap(sandbox->instance.link, pages,
                                         ret_image, err);
}

struct sandbox_image *sandbox_image_ref(struct sandbox_image *image)
{
    uint32_t before = atomic_fetch_add(&image->refs, 1);

    CHECK(before > 0 && before < UINT32_MAX);
    return image;
}

void sandbox_image_unref(struct sandbox_image *image)
{
    uint32_t before = atomic_fetch_sub(&image->refs, 1);

    CHECK(before > 0);
    if (before > 1)
        return;
    mem_image_unref(image->pages);
    engine_link_unref(image->link);
    base_free(image);
}
