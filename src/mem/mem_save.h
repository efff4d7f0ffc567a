/* mem_save.h - images and regions become bytes.
 *
 * Floor 2.  mem_format.h has the format, mem_load.h the way back.
 *
 * `identity` says of what this is the memory - which module, which layout - in
 * 32 bytes that the caller makes and mem_load_...() compares.  With a `key`, a
 * secret of any length that is not NULL, whoever reads the file knows that
 * somebody with the key wrote it; nothing is encrypted.
 *
 * What `ret_bytes`, an initialised buffer, held is replaced.  On failure it is
 * empty.  Fails with VIV_ENOMEM only, also when that is more than the buffer's
 * maximum.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MEM_SAVE_H
#define MEM_SAVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/base_buf.h"
#include "mem/mem_image.h"
#include "mem/mem_region.h"
#include "vivarium.h"

/* A whole image, or with `over` what differs from that: whoever loads it must
 * have `over` then.  Before: both have state pages of one size.  Costs 1 ms for
 * 1 MB that is saved, and once for each image its digest.  Any thread. */
int mem_save_image(struct mem_image *image, struct mem_image *over,
                   const uint8_t identity[32], const void *key, size_t key_len,
                   struct base_buf *ret_bytes, viv_error *err);

/* What differs between a region and the image that it is made from; how large
 * linear memory has become.  Before: it is made from one, and nothing writes to
 * it meanwhile.  Costs as much. */
int mem_save_region(const struct mem_region *region, const uint8_t identity[32],
                    const void *key, size_t key_len, struct base_buf *ret_bytes,
                    viv_error *err);

#endif /* MEM_SAVE_H */
