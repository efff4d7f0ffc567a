/* mem_place.h - images that are used where they lie, in a file.
 *
 * Floor 2.  An image that is loaded is read, digested and copied into memory.
 * One that is PLACED is only mapped: nobody reads a page of it before a region
 * touches it, and all processes that map it share them.
 *
 * The price is trust.  What the file holds later is what the image holds, so
 * whoever can write to the file can change it at any time, and no digest of the
 * pages is compared.  It is for files that come with a program, as its shared
 * libraries do, and opening refuses one that others may write to.
 *
 * The file is that of mem_format.h, of a kind of its own: header and runs,
 * zeros up to a page, and then all pages, also those of zeros, each at its
 * place.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MEM_PLACE_H
#define MEM_PLACE_H

#include <stdint.h>

#include "base/base_buf.h"
#include "mem/mem_image.h"
#include "vivarium.h"

/* Make the bytes of such a file.  As mem_save_image(), without a key. */
int mem_place_save(struct mem_image *image, const uint8_t identity[32],
                   struct base_buf *ret_bytes, viv_error *err);

/* Map the file `path` as an image; it stays open as long.  The header, its
 * check value and the runs are checked, as mem_load.h says, and fail as there;
 * and VIV_EIO for a file that others than its owner may write to, or that is
 * owned by somebody who is neither root nor the user of this process.
 *
 * The caller owns one reference, and knows the digest without reading pages. */
int mem_place_open(const char *path, const uint8_t identity[32],
                   uint64_t limit_linear_bytes, struct mem_image **ret_image,
                   viv_error *err);

/* A descriptor, which the caller owns, of such a file that holds the image: of
 * the one that it was opened from; or of a copy in memory, which is sealed.  It
 * can be handed to another process, which opens it by the name that the kernel
 * has for it.  Fails with VIV_ENOMEM, VIV_EIO. */
int mem_place_share(struct mem_image *image, const uint8_t identity[32],
                    int *ret_fd, viv_error *err);

#endif /* MEM_PLACE_H */
