/* mem_tools.h - regions and images that tests of src/mem begin with.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MEM_TOOLS_H
#define MEM_TOOLS_H

#include "mem/mem_dirty.h"
#include "mem/mem_image.h"
#include "mem/mem_region.h"
#include "mode_tools.h"
#include "test.h"

#define PAGE OS_PAGE_BYTES

/* A region of 3 pages of state and, at first, 100 of linear memory. */
#define TOOLS_STATE_PAGES 3
#define TOOLS_PAGES       103
#define TOOLS_PAGES_MAX   400

static const struct mem_shape tools_shape = {
    PAGE, PAGE, TOOLS_STATE_PAGES *PAGE,
    (TOOLS_PAGES_MAX - TOOLS_STATE_PAGES) * PAGE, PAGE};

/* An image of it in which every third page is not zeros, and depends on
 * `seed`. */
static inline struct mem_image *tools_image(int seed)
{
    struct mem_region region;
    struct mem_image *image;

    EXPECT_EQ_INT(mem_region_init(&region, &tools_shape,
                                  (TOOLS_PAGES - TOOLS_STATE_PAGES) * PAGE,
                                  NULL),
                  0);
    for (size_t page = 0; page < TOOLS_PAGES; page += 3)
        memset(mem_dirty_page(&region, page), (int)page + seed, PAGE);
    EXPECT_EQ_INT(mem_image_new(&region, &image, NULL), 0);
    mem_region_fini(&region);
    return image;
}

static inline void tools_region(struct mem_region *region,
                                struct mem_image *image)
{
    EXPECT_EQ_INT(mem_region_init_image(region, &tools_shape, image, NULL), 0);
}

/* Both hold the same. */
static inline void tools_expect_same(const struct mem_region *a,
                                     const struct mem_region *b)
{
    EXPECT_EQ_INT(a->linear_bytes, b->linear_bytes);
    EXPECT_EQ_MEM(mem_region_state(a), mem_region_state(b),
                  (size_t)(mem_region_end(a) - mem_region_state(a)));
}

#endif /* MEM_TOOLS_H */
