/* mem_seal.h - bytes become an image.
 *
 * Floor 2.  For those who make images, out of a region or out of a file:
 *
 *     mem_seal_begin() --> mem_seal_put() ... --> mem_seal_end()
 *           any failure --> mem_image_unref()
 *
 * One thread at a time, until the end.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MEM_SEAL_H
#define MEM_SEAL_H

#include <stddef.h>

#include "mem/mem_image.h"

/* An image of these sizes that has no file yet.  Fails with VIV_ENOMEM. */
int mem_seal_empty(size_t state_bytes, size_t linear_bytes,
                   struct mem_image **ret_image, viv_error *err);

/* An image of these sizes, in whole pages, that is all zeros and can still be
 * written to.  Takes memory for a bit a page.  The caller owns it; whatever
 * happens, mem_image_unref() gives it back.  Fails with VIV_ENOMEM, VIV_EIO. */
int mem_seal_begin(size_t state_bytes, size_t linear_bytes,
                   struct mem_image **ret_image, viv_error *err);

/* Write `count` pages from page `first` on, none of which was written before.
 * Copies; pages that are all zeros stay holes.  Fails with VIV_ENOMEM, VIV_EIO;
 * what was written then is undefined. */
int mem_seal_put(struct mem_image *image, size_t first, const char *bytes,
                 size_t count, viv_error *err);

/* Make pages [first, end), none of which was written before, what they are in
 * the image `from`.  Beyond its end, and everywhere if it is NULL, that is
 * zeros.  Fails as mem_seal_put(). */
int mem_seal_copy(struct mem_image *image, const struct mem_image *from,
                  size_t first, size_t end, viv_error *err);

/* From now on it never changes.  Fails with VIV_ENOMEM, VIV_EIO. */
int mem_seal_end(struct mem_image *image, viv_error *err);

#endif /* MEM_SEAL_H */
