/* sandbox_image.h - a sandbox frozen at a quiet moment.
 *
 * Floor 5.  Pages, and the link of whatever lives in them.  Never changes; any
 * thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SANDBOX_IMAGE_H
#define SANDBOX_IMAGE_H

#include <stdatomic.h>
#include <stdint.h>

#include "engine/engine_link.h"
#include "mem/mem_image.h"
#include "sandbox/sandbox.h"
#include "vivarium.h"

struct sandbox_image {
    _Atomic uint32_t refs;
    struct engine_link *link; /* one reference */
    struct mem_image *pages;  /* one reference */
};

/* Can `sandbox`, which the caller has taken, be written down as it is?  Fails
 * with what sandbox_beside.may_freeze() says. */
int sandbox_image_may(struct sandbox *sandbox, viv_error *err);

/* Freeze `sandbox`, which the caller has taken.  The caller owns one
 * reference.  Fails as the above, and with VIV_ENOMEM, VIV_EIO. */
int sandbox_image_new(struct sandbox *sandbox, struct sandbox_image **ret_image,
                      viv_error *err);

struct sandbox_image *sandbox_image_ref(struct sandbox_image *image);
void sandbox_image_unref(struct sandbox_image *image);

/* An image of these pages: takes `pages`, also on failure, and shares `link`.
 * Fails with VIV_ENOMEM. */
int sandbox_image_wrap(struct engine_link *link, struct mem_image *pages,
                       struct sandbox_image **ret_image, viv_error *err);

#endif /* SANDBOX_IMAGE_H */
