/* engine_verify.h - can a guest live in this image?
 *
 * Floor 3.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_VERIFY_H
#define ENGINE_VERIFY_H

#include "engine/engine_instance.h"
#include "vivarium.h"

struct mem_image;

/* Is the image one of the instance's module, and within the instance's limits?
 * Reads sizes only.  Fails with VIV_EINVAL and a sentence that names both. */
int engine_verify_sizes(const struct engine_instance *instance,
                        const struct mem_image *image, viv_error *err);

/* For an image that comes from outside: is all of its state such that code of
 * `module` can run on it without harm to the host, whatever else it does?
 * Fails with VIV_EFORMAT.  Any thread. */
int engine_verify_image(const struct engine_module *module,
                        const struct mem_image *image, viv_error *err);

/* The same for a region whose image is good and in whose state these pages were
 * changed from outside: bit p stands for page p, from the lowest. */
int engine_verify_region(const struct engine_instance *instance,
                         const uint64_t *changed, viv_error *err);

#endif /* ENGINE_VERIFY_H */
