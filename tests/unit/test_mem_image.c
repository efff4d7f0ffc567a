/* test_mem_image.c - a region frozen at a quiet moment.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_image.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include "base/base_alloc.h"
#include "mem/mem_region.h"
#include "os/os_fail.h"
#include "os/os_pages.h"
#include "test.h"

#define PAGE  OS_PAGE_BYTES
#define STATE (4 * PAGE)

static const struct mem_shape SHAPE = {PAGE, 8 * PAGE, STATE, 300 * PAGE, PAGE};
static struct mem_region region;
static viv_error err;

static void begin(size_t linear_bytes)
{
    EXPECT_EQ_INT(mem_region_init(&region, &SHAPE, linear_bytes, &err), 0);
}

static struct mem_image *freeze(void)
{
    struct mem_image *image = NULL;

    EXPECT_EQ_INT(mem_image_new(&region, &image, &err), 0);
    return image;
}

/* Go on with a region that is made from `image`, and give the image away. */
static void go_on_from(struct mem_image *image)
{
    mem_region_fini(&region);
    EXPECT_EQ_INT(mem_region_init_image(&region, &SHAPE, image, &err), 0);
    mem_image_unref(image);
}

static void expect_same(const struct mem_image *image)
{
    EXPECT_EQ_INT(mem_image_state_bytes(image), STATE);
    EXPECT_EQ_INT(mem_image_linear_bytes(image), region.linear_bytes);
    EXPECT_EQ_MEM(image->view, mem_region_state(&region),
                  STATE + region.linear_bytes);
}

TEST(an_image_is_what_the_region_was)
{
    struct mem_image *image;

    begin(20 * PAGE);
    memset(region.base - STATE, 's', 100);
    memset(region.base - 1, 'b', 2);
    memset(region.base + 20 * PAGE - 1, 'e', 1);
    image = freeze();
    expect_same(image);
    EXPECT_EQ_INT(mem_image_stored_bytes(image), 4 * PAGE);
    region.base[0] = 'x';
    EXPECT_EQ_INT(image->view[STATE], 'b');
    mem_region_fini(&region);
    mem_image_unref(image);
}

TEST(the_stack_is_not_in_it)
{
    struct mem_image *image;

    begin(PAGE);
    memset(mem_region_stack_low(&region), 1, 8 * PAGE);
    image = freeze();
    EXPECT_EQ_INT(mem_image_stored_bytes(image), 0);
    mem_region_fini(&region);
    mem_image_unref(image);
}

/* Images of regions that were made from images, in each way that the kernel can
 * be asked, against what the region holds. */
static void freeze_often(void)
{
    begin(100 * PAGE);
    for (int round = 0; round < 100; round++) {
        struct mem_image *image;

        for (int i = 0; i < 10; i++) {
            size_t page = (size_t)rand() % (region.linear_bytes / PAGE);
            size_t bytes = (size_t)rand() % 3 * PAGE;

            if (page * PAGE + bytes <= region.linear_bytes)
                memset(region.base + page * PAGE, rand() % 3 - 1, bytes);
        }
        region.base[-1 - rand() % (int)STATE] = (char)rand();
        if (region.linear_bytes < 290 * PAGE && round % 10 == 0)
            EXPECT_EQ_INT(
                mem_region_grow(&region, region.linear_bytes + 3 * PAGE), 0);
        os_pages_pretend(OS_PAGES_SCAN + round % 3);
        image = freeze();
        expect_same(image);
        if (round % 2 == 0)
            go_on_from(image);
        else
            mem_image_unref(image);
    }
    mem_region_fini(&region);
}

TEST(images_of_what_was_made_from_images_are_exact)
{
    srand(1);
    freeze_often();
}

TEST(zeros_over_what_was_in_the_image_before_are_zeros)
{
    struct mem_image *image;

    begin(4 * PAGE);
    memset(region.base, 1, 4 * PAGE);
    go_on_from(freeze());
    memset(region.base + PAGE, 0, PAGE);
    image = freeze();
    expect_same(image);
    EXPECT_EQ_INT(mem_image_stored_bytes(image), 3 * PAGE);
    mem_region_fini(&region);
    mem_image_unref(image);
}

static size_t resident(const char *at, size_t bytes)
{
    unsigned char *there = malloc(bytes / PAGE);
    size_t count = 0;

    EXPECT_EQ_INT(mincore((void *)at, bytes, there), 0);
    for (size_t i = 0; i < bytes / PAGE; i++)
        count += there[i] & 1;
    free(there);
    return count;
}

TEST(a_gigabyte_with_three_pages_costs_three_pages)
{
    struct mem_shape shape = SHAPE;
    size_t bytes = (size_t)1 << 30;
    struct mem_image *image;
    struct stat st;
    clock_t start; /* of what was computed: others use the machine, too */

    shape.linear_max_bytes = bytes;
    EXPECT_EQ_INT(mem_region_init(&region, &shape, bytes, &err), 0);
    region.base[0] = region.base[bytes / 2] = region.base[bytes - 1] = 1;
    start = clock();
    image = freeze();
    EXPECT(clock() - start < CLOCKS_PER_SEC / 10);
    EXPECT_EQ_INT(mem_image_stored_bytes(image), 3 * PAGE);
    EXPECT_EQ_INT(fstat(image->fd, &st), 0);
    EXPECT_EQ_INT(st.st_blocks * 512, 3 * PAGE);
    EXPECT_EQ_INT(resident(region.base, bytes), 3);
    mem_image_digest(image);
    EXPECT_EQ_INT(resident(image->view + STATE, bytes), 3);
    mem_region_fini(&region);
    mem_image_unref(image);
}

TEST(the_digest_tells_images_apart)
{
    struct mem_image *images[5];

    begin(10 * PAGE);
    region.base[0] = 1;
    images[0] = freeze();
    region.base[PAGE] = 1; /* another page */
    images[1] = freeze();
    region.base[PAGE] = 0; /* as at first, by another way */
    images[2] = freeze();
    region.base[0] = 0;
    region.base[2 * PAGE] = 1; /* the same bytes, elsewhere */
    images[3] = freeze();
    EXPECT_EQ_INT(mem_region_grow(&region, 11 * PAGE), 0); /* zeros more */
    images[4] = freeze();
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < i; k++)
            EXPECT_EQ_INT(memcmp(mem_image_digest(images[i]),
                                 mem_image_digest(images[k]),
                                 MEM_IMAGE_DIGEST_BYTES) == 0,
                          i == 2 && k == 0);
    for (int i = 0; i < 5; i++)
        mem_image_unref(images[i]);
    mem_region_fini(&region);
}

static void *ask_digest(void *image)
{
    return (void *)mem_image_digest(image);
}

TEST(threads_may_ask_for_the_digest_at_once)
{
    struct mem_image *image, *same;
    pthread_t threads[8];
    void *digest;

    begin(200 * PAGE);
    memset(region.base, 3, 200 * PAGE);
    image = freeze();
    same = freeze();
    for (int i = 0; i < 8; i++)
        EXPECT_EQ_INT(pthread_create(&threads[i], NULL, ask_digest, image), 0);
    for (int i = 0; i < 8; i++) {
        EXPECT_EQ_INT(pthread_join(threads[i], &digest), 0);
        EXPECT_EQ_MEM(digest, mem_image_digest(same), MEM_IMAGE_DIGEST_BYTES);
    }
    mem_region_fini(&region);
    mem_image_unref(image);
    mem_image_unref(same);
}

TEST(the_last_owner_ends_it)
{
    struct mem_image *image;

    begin(PAGE);
    region.base[0] = 1;
    image = freeze();
    EXPECT(mem_image_ref(image) == image);
    mem_image_unref(image);
    EXPECT_EQ_INT(image->view[STATE], 1);
    mem_image_unref(image);
    mem_region_fini(&region);
    EXPECT(mem_image_ref(NULL) == NULL);
    mem_image_unref(NULL);
}

TEST(every_failure_on_the_way_is_survived)
{
    struct mem_image *image;
    uint64_t n;
    int code;

    begin(4 * PAGE);
    region.base[0] = region.base[2 * PAGE] = 1;
    go_on_from(freeze());
    region.base[3 * PAGE] = 1;
    for (n = 1, code = -1; code < 0; n++) {
        os_fail_at(n);
        code = mem_image_new(&region, &image, &err);
        os_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM || code == VIV_EIO);
    }
    EXPECT(n > 6);
    expect_same(image);
    mem_image_unref(image);
    for (n = 1, code = -1; code < 0; n++) {
        base_alloc_fail_at(n);
        code = mem_image_new(&region, &image, &err);
        base_alloc_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM);
    }
    EXPECT_EQ_INT(n, 4); /* two allocations */
    mem_image_unref(image);
    mem_region_fini(&region);
}
