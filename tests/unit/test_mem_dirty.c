/* test_mem_dirty.c - where a region differs from its image.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_dirty.h"

#include <stdlib.h>

#include "mem/mem_image.h"
#include "test.h"

#define PAGE  OS_PAGE_BYTES
#define STATE (3 * PAGE)
#define PAGES 103 /* of the image */

static const struct mem_shape SHAPE = {PAGE, PAGE, STATE, 400 * PAGE, PAGE};
static struct mem_region region;
static viv_error err;

/* Every third page of the image is not zeros. */
static void begin(void)
{
    struct mem_image *image;

    EXPECT_EQ_INT(mem_region_init(&region, &SHAPE, 100 * PAGE, &err), 0);
    for (size_t page = 0; page < PAGES; page += 3)
        memset(mem_dirty_page(&region, page), (int)page + 1, PAGE);
    EXPECT_EQ_INT(mem_image_new(&region, &image, &err), 0);
    mem_region_fini(&region);
    EXPECT_EQ_INT(mem_region_init_image(&region, &SHAPE, image, &err), 0);
    mem_image_unref(image);
}

/* The list must be exactly the pages that `differs` marks. */
static void expect_list(const bool differs[400])
{
    struct mem_dirty dirty;
    size_t page, count, next = 0;

    mem_dirty_begin(&dirty, &region);
    while (mem_dirty_next(&dirty, &page, &count)) {
        EXPECT(count > 0);
        for (; next < page; next++)
            EXPECT(!differs[next]);
        for (; next < page + count; next++)
            EXPECT(differs[next]);
    }
    for (; next < 400; next++)
        EXPECT(!differs[next]);
}

static void expect_no_list(void)
{
    static const bool none[400];

    expect_list(none);
}

TEST(a_fresh_region_differs_nowhere)
{
    begin();
    expect_no_list();
    mem_region_fini(&region);
}

TEST(reading_and_writing_the_same_makes_no_difference)
{
    volatile char sum = 0;

    begin();
    for (size_t page = 0; page < PAGES; page++)
        sum += *mem_dirty_page(&region, page);
    expect_no_list();
    for (size_t page = 0; page < PAGES; page++)
        *(volatile char *)mem_dirty_page(&region, page) =
            *mem_dirty_page(&region, page);
    expect_no_list();
    mem_region_fini(&region);
}

TEST(one_byte_makes_a_difference_wherever_it_is)
{
    for (size_t page = 0; page < PAGES; page += 34)
        for (size_t at = 0; at < PAGE; at += PAGE - 1) {
            bool differs[400] = {false};

            begin();
            mem_dirty_page(&region, page)[at]++;
            differs[page] = true;
            EXPECT(mem_dirty_is(&region, page));
            expect_list(differs);
            mem_region_fini(&region);
        }
}

TEST(zeros_over_what_was_not_zeros_differ)
{
    bool differs[400] = {false};

    begin();
    memset(mem_dirty_page(&region, 0), 0, 3 * PAGE);
    differs[0] = true; /* the others were zeros before */
    expect_list(differs);
    mem_region_fini(&region);
}

TEST(beyond_the_image_what_is_not_zeros_differs)
{
    bool differs[400] = {false};

    begin();
    EXPECT_EQ_INT(mem_region_grow(&region, 300 * PAGE), 0);
    expect_no_list();
    memset(mem_dirty_page(&region, 101), 9, 4 * PAGE); /* two inside, two not */
    *mem_dirty_page(&region, 302) = 1;
    *mem_dirty_page(&region, 200) = 0;
    memset(differs + 101, true, 4);
    differs[302] = true;
    expect_list(differs);
    mem_region_fini(&region);
}

TEST(without_an_image_all_is_compared_with_zeros)
{
    bool differs[400] = {false};

    EXPECT_EQ_INT(mem_region_init(&region, &SHAPE, 100 * PAGE, &err), 0);
    expect_no_list();
    *mem_dirty_page(&region, 102) = 1;
    *mem_dirty_page(&region, 1) = 0;
    differs[102] = true;
    expect_list(differs);
    mem_region_fini(&region);
}

TEST(any_pattern_is_found_in_every_way_to_ask)
{
    srand(1);
    for (int round = 0; round < 60; round++) {
        bool differs[400] = {false};

        begin();
        EXPECT_EQ_INT(mem_region_grow(&region, 397 * PAGE), 0);
        for (int i = rand() % 200; i > 0; i--) {
            size_t page = (size_t)rand() % 400;

            mem_dirty_page(&region, page)[rand() % (int)PAGE] = (char)200;
            differs[page] = true;
        }
        os_pages_pretend(OS_PAGES_SCAN + round % 3);
        expect_list(differs);
        mem_region_fini(&region);
    }
}
