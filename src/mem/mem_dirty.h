/* mem_dirty.h - where a region differs from its image.
 *
 * Floor 2.
 *
 *     struct mem_dirty dirty;
 *     size_t page, count;
 *
 *     mem_dirty_begin(&dirty, &region);
 *     while (mem_dirty_next(&dirty, &page, &count))
 *         ...                       `count` pages from page number `page` on
 *
 * Pages are numbered as in an image: page 0 is the lowest of the state.  Beyond
 * the image, and in a region that has none, all is compared with zeros.
 *
 * Before: nothing else writes to the region meanwhile.  Any thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MEM_DIRTY_H
#define MEM_DIRTY_H

#include <stdbool.h>
#include <stddef.h>

#include "mem/mem_region.h"
#include "os/os_map.h"
#include "os/os_pages.h"

struct mem_dirty {
    const struct mem_region *region;
    struct os_pages pages;
    size_t at, end; /* pages that may differ and were not looked at yet */
};

/* Begin the list.  Cannot fail. */
void mem_dirty_begin(struct mem_dirty *dirty, const struct mem_region *region);

/* The next stretch of pages that differ, from low to high; two that follow each
 * other may touch.  False when there is none.  Reads only pages that the region
 * has of its own. */
bool mem_dirty_next(struct mem_dirty *dirty, size_t *ret_page,
                    size_t *ret_count);

/* Page number `page` of the region. */
static inline char *mem_dirty_page(const struct mem_region *region, size_t page)
{
    return mem_region_state(region) + page * OS_PAGE_BYTES;
}

/* Does it differ?  Reads it, and what the image has there. */
bool mem_dirty_is(const struct mem_region *region, size_t page);

/* Make it what the image has there, writing no more than needs to be.  Did it
 * differ?  Takes about as long. */
bool mem_dirty_undo(const struct mem_region *region, size_t page);

#endif /* MEM_DIRTY_H */
