/* mem_image.h - a region frozen at a quiet moment.
 *
 * Floor 2.  What state pages and linear memory held, in a file of memory that
 * nobody can write to any more.  Regions are made from it by mapping it
 * privately (mem_region_init_image), so what they do not change they share.
 *
 *     page 0                        state_bytes / OS_PAGE_BYTES
 *     [ state, lowest byte first    ][ linear memory               ]
 *
 * Pages that are all zeros are holes: they take no memory, and a bit for each
 * page says which are not.
 *
 * An image never changes.  It is shared by counting; any thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MEM_IMAGE_H
#define MEM_IMAGE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "os/os_map.h"
#include "vivarium.h"

struct mem_region;

#define MEM_IMAGE_DIGEST_BYTES 32

/* To be read by this floor only. */
struct mem_image {
    _Atomic uint32_t refs;
    int fd; /* the file: of memory, and sealed; or placed, see mem_place.h */
    uint64_t at; /* where in it the image begins */
    size_t state_bytes;
    size_t linear_bytes;
    const char *view; /* all of the file, read-only; read stored pages only, for
                         reading a hole gives it memory */
    uint64_t *stored; /* bit p: page p is not all zeros */
    size_t stored_pages;
    pthread_mutex_t lock; /* of the digest */
    bool has_digest;
    uint8_t digest[MEM_IMAGE_DIGEST_BYTES];
};

/* Freeze what `region` holds now.  Before: nothing writes to it meanwhile.
 * Copies every page that is not all zeros, and costs in proportion to those
 * alone: a page that was never touched is not looked at.  The region is not
 * changed and does not become a mapping of the image: see mem_region_adopt().
 *
 * The caller owns one reference.  Fails with VIV_ENOMEM or VIV_EIO. */
int mem_image_new(const struct mem_region *region, struct mem_image **ret_image,
                  viv_error *err);

/* One more owner, one less.  NULL is passed through, and ignored. */
struct mem_image *mem_image_ref(struct mem_image *image);
void mem_image_unref(struct mem_image *image);

/* SHA-256 over the sizes and all bytes: two images with the same digest are
 * the same.  Borrowed.  Read from all stored pages when it is asked for the
 * first time: 1 ms for 2 MB. */
const uint8_t *mem_image_digest(struct mem_image *image);

/* ------------------------------------------------------------------------
 * Sizes and pages.
 */

static inline size_t mem_image_state_bytes(const struct mem_image *image)
{
    return image->state_bytes;
}

static inline size_t mem_image_linear_bytes(const struct mem_image *image)
{
    return image->linear_bytes;
}

/* All of it: address space in a region. */
static inline size_t mem_image_bytes(const struct mem_image *image)
{
    return image->state_bytes + image->linear_bytes;
}

/* What is not zeros: memory that it takes. */
static inline size_t mem_image_stored_bytes(const struct mem_image *image)
{
    return image->stored_pages * OS_PAGE_BYTES;
}

static inline size_t mem_image_pages(const struct mem_image *image)
{
    return mem_image_bytes(image) / OS_PAGE_BYTES;
}

/* Is page `page` something else than zeros?  Its bytes, if so. */
static inline bool mem_image_is_stored(const struct mem_image *image,
                                       size_t page)
{
    return (image->stored[page / 64] >> page % 64 & 1) != 0;
}

static inline const char *mem_image_page(const struct mem_image *image,
                                         size_t page)
{
    return image->view + page * OS_PAGE_BYTES;
}

/* The next stretch of stored pages in [*page, end): moves `*page` to its first
 * and returns how many there are; 0, and `*page` is `end`, when there is none.
 * Costs a word of `stored` for each 64 pages. */
size_t mem_image_run(const struct mem_image *image, size_t *page, size_t end);

#endif /* MEM_IMAGE_H */
