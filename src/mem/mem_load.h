/* mem_load.h - bytes become images and regions again.
 *
 * Floor 2.  mem_save.h is the way there, mem_format.h has the format.
 *
 * The bytes may come from anybody.  Everything is checked before anything is
 * used: the check value, with the `key` if there is one (not NULL); that the
 * file is of the right kind; that `identity` is the one it was saved with; that
 * it is a delta over the right image; sizes; every run; the digest of all
 * pages.  What is refused has changed nothing.
 *
 * Checked is that it is what was saved, not that it makes sense.  Without a key
 * anybody can make a file that loads, with any bytes in the state pages: then
 * who gives them a meaning must check them.
 *
 * Fails with
 *     VIV_EFORMAT    it is damaged, of another kind, or sealed otherwise
 *     VIV_EVERSION   it is of another format, identity or image; both are named
 *     VIV_EINVAL     its linear memory is larger than allowed
 *     VIV_ENOMEM, VIV_EIO
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MEM_LOAD_H
#define MEM_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "mem/mem_image.h"
#include "mem/mem_region.h"
#include "vivarium.h"

/* Make the image that mem_save_image() saved, with `over` the one that it was
 * saved over.  Linear memory of more than `limit_linear_bytes` is refused;
 * state pages may have any size unless there is `over`.  Allocates what the
 * file has in pages, and a bit for each page that the image shall have.
 *
 * The caller owns one reference.  A whole image knows its digest.  Any thread.
 */
int mem_load_image(const uint8_t *bytes, size_t len, struct mem_image *over,
                   const uint8_t identity[32], const void *key, size_t key_len,
                   uint64_t limit_linear_bytes, struct mem_image **ret_image,
                   viv_error *err);

/* Make `region`, which was just made from an image equal to the one of the
 * region that was saved, what that was.  Grows it if it must, to at most
 * `limit_linear_bytes` and what its shape allows.  On failure the region is as
 * it was. */
int mem_load_region(struct mem_region *region, const uint8_t *bytes, size_t len,
                    const uint8_t identity[32], const void *key, size_t key_len,
                    uint64_t limit_linear_bytes, viv_error *err);

/* Are these two digests or identities the same?  VIV_EVERSION names both, and
 * `what` they are of. */
int mem_load_check_same(const uint8_t *files, const uint8_t *ours,
                        const char *what, viv_error *err);

/* Is linear memory of so many bytes within the limit?  VIV_EINVAL names both.
 */
int mem_load_check_linear(uint64_t bytes, uint64_t limit, viv_error *err);

#endif /* MEM_LOAD_H */
