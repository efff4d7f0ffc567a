/* test_mem_seal.c - bytes become an image.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_seal.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/base_alloc.h"
#include "os/os_fail.h"
#include "test.h"

#define PAGE OS_PAGE_BYTES

static struct mem_image *image;
static viv_error err;

static void begin(size_t pages)
{
    EXPECT_EQ_INT(mem_seal_begin(PAGE, (pages - 1) * PAGE, &image, &err), 0);
}

/* Page `page` becomes all `byte`. */
static void put(size_t page, int byte)
{
    static char bytes[PAGE];

    memset(bytes, byte, sizeof(bytes));
    EXPECT_EQ_INT(mem_seal_put(image, page, bytes, 1, &err), 0);
}

/* Memory that the image's file takes. */
static size_t taken(void)
{
    struct stat st;

    EXPECT_EQ_INT(fstat(image->fd, &st), 0);
    return (size_t)st.st_blocks * 512;
}

TEST(what_was_put_can_be_seen)
{
    begin(100);
    put(0, 'a');
    put(63, 'b');
    put(99, 'c');
    EXPECT_EQ_INT(mem_seal_end(image, &err), 0);
    EXPECT_EQ_INT(mem_image_page(image, 0)[PAGE - 1], 'a');
    EXPECT_EQ_INT(mem_image_page(image, 63)[0], 'b');
    EXPECT_EQ_INT(mem_image_page(image, 99)[0], 'c');
    EXPECT_EQ_INT(mem_image_state_bytes(image), PAGE);
    EXPECT_EQ_INT(mem_image_linear_bytes(image), 99 * PAGE);
    EXPECT_EQ_INT(mem_image_stored_bytes(image), 3 * PAGE);
    EXPECT_EQ_INT(taken(), 3 * PAGE);
    mem_image_unref(image);
}

TEST(pages_of_zeros_stay_holes)
{
    char *bytes = calloc(200, PAGE);

    begin(200);
    for (size_t page = 0; page < 200; page++)
        bytes[page * PAGE + page * 20 % PAGE] = page % 7 < 2;
    EXPECT_EQ_INT(mem_seal_put(image, 0, bytes, 200, &err), 0);
    EXPECT_EQ_INT(mem_seal_end(image, &err), 0);
    for (size_t page = 0; page < 200; page++)
        EXPECT_EQ_INT(mem_image_is_stored(image, page), page % 7 < 2);
    EXPECT_EQ_INT(taken(), mem_image_stored_bytes(image));
    EXPECT_EQ_MEM(image->view, bytes, 200 * PAGE);
    mem_image_unref(image);
    free(bytes);
}

TEST(one_byte_anywhere_makes_a_page_worth_storing)
{
    for (size_t at = 0; at < PAGE; at += at < 32 || at > PAGE - 32 ? 1 : 509) {
        char bytes[PAGE] = {0};

        bytes[at] = 1;
        begin(1);
        EXPECT_EQ_INT(mem_seal_put(image, 0, bytes, 1, &err), 0);
        EXPECT(mem_image_is_stored(image, 0));
        mem_image_unref(image);
    }
}

TEST(runs_are_the_stored_pages_in_order)
{
    static const size_t pages[] = {0, 1, 2, 62, 63, 64, 65, 128, 191, 192, 299};
    size_t page = 0, count, seen = 0;

    begin(300);
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
        put(pages[i], 1);
    EXPECT_EQ_INT(mem_seal_end(image, &err), 0);
    while ((count = mem_image_run(image, &page, 300)) > 0) {
        for (; count > 0; count--)
            EXPECT_EQ_INT(page++, pages[seen++]);
        EXPECT(seen == 11 || pages[seen] > page);
    }
    EXPECT_EQ_INT(seen, 11);
    EXPECT_EQ_INT(page, 300);
    page = 63;
    EXPECT_EQ_INT(mem_image_run(image, &page, 65), 2);
    EXPECT_EQ_INT(page, 63);
    page = 66;
    EXPECT_EQ_INT(mem_image_run(image, &page, 128), 0);
    EXPECT_EQ_INT(page, 128);
    mem_image_unref(image);
}

TEST(an_image_without_content_is_holes)
{
    size_t page = 0;

    begin(64);
    EXPECT_EQ_INT(mem_seal_end(image, &err), 0);
    EXPECT_EQ_INT(mem_image_run(image, &page, 64), 0);
    EXPECT_EQ_INT(taken(), 0);
    mem_image_unref(image);
}

/* Returns the first code that is not 0. */
static int seal_two_pages(void)
{
    char bytes[2 * PAGE] = {1};
    int code = mem_seal_begin(PAGE, PAGE, &image, &err);

    if (code < 0)
        return code;
    code = mem_seal_put(image, 0, bytes, 2, &err);
    if (code == 0)
        code = mem_seal_end(image, &err);
    mem_image_unref(image);
    return code;
}

TEST(every_failure_on_the_way_is_survived)
{
    uint64_t n;
    int code;

    for (n = 1, code = -1; code < 0; n++) {
        os_fail_at(n);
        code = seal_two_pages();
        os_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM || code == VIV_EIO);
        EXPECT(code == 0 || err.text[0] != '\0');
    }
    EXPECT_EQ_INT(n, 7); /* five calls that can fail */
    for (n = 1, code = -1; code < 0; n++) {
        base_alloc_fail_at(n);
        code = seal_two_pages();
        base_alloc_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM);
    }
    EXPECT_EQ_INT(n, 4); /* two allocations */
}
