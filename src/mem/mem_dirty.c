/* mem_dirty.c - where a region differs from its image.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_dirty.h"

#include <string.h>

#include "mem/mem_image.h"
#include "os/os_page.h"

/* What the image has there; NULL: zeros. */
static const char *stored(const struct mem_region *region, size_t page)
{
    const struct mem_image *image = region->image;

    return image != NULL && page < mem_image_pages(image) &&
                   mem_image_is_stored(image, page)
               ? mem_image_page(image, page)
               : NULL;
}

bool mem_dirty_is(const struct mem_region *region, size_t page)
{
    const char *now = mem_dirty_page(region, page);
    const char *then = stored(region, page);

    return then != NULL ? memcmp(now, then, OS_PAGE_BYTES) != 0
                        : !os_page_is_zero(now);
}

/* Runs change a few bytes of most pages.  So what is written is less than what
 * is read, and a page that has much to be undone costs little more than one
 * that has nothing. */
#define PIECE_BYTES 256

bool mem_dirty_undo(const struct mem_region *region, size_t page)
{
    static const char zeros[PIECE_BYTES];
    char *now = mem_dirty_page(region, page);
    const char *image = stored(region, page);
    bool was_dirty = false;

    for (size_t at = 0; at < OS_PAGE_BYTES; at += PIECE_BYTES) {
        const char *then = image != NULL ? image + at : zeros;

        if (memcmp(now + at, then, PIECE_BYTES) != 0) {
            memcpy(now + at, then, PIECE_BYTES);
            was_dirty = true;
        }
    }
    return was_dirty;
}

void mem_dirty_begin(struct mem_dirty *dirty, const struct mem_region *region)
{
    dirty->region = region;
    dirty->at = dirty->end = 0;
    os_pages_begin(&dirty->pages, mem_region_state(region),
                   mem_region_end(region));
}

/* The first page from `at` on for which mem_dirty_is() says `value`. */
static size_t find(const struct mem_dirty *dirty, size_t at, bool value)
{
    while (at < dirty->end && mem_dirty_is(dirty->region, at) != value)
        at++;
    return at;
}

bool mem_dirty_next(struct mem_dirty *dirty, size_t *ret_page,
                    size_t *ret_count)
{
    struct os_pages_run run;

    for (;;) {
        dirty->at = find(dirty, dirty->at, true);
        if (dirty->at < dirty->end)
            break;
        if (!os_pages_next(&dirty->pages, &run))
            return false;
        dirty->at =
            (size_t)(run.at - mem_region_state(dirty->region)) / OS_PAGE_BYTES;
        dirty->end = dirty->at + run.bytes / OS_PAGE_BYTES;
    }
    *ret_page = dirty->at;
    dirty->at = find(dirty, dirty->at, false);
    *ret_count = dirty->at - *ret_page;
    return true;
}
