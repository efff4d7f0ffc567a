/* test_mem_save.c - images and regions become bytes.
 *
 * What is saved is looked at here by the format's own words; that it comes back
 * is test_mem_load.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_save.h"

#include <signal.h>

#include "base/base_alloc.h"
#include "mem/mem_format.h"
#include "mem_tools.h"

static const uint8_t IDENTITY[32] = "a module and its layout";
static const struct mem_format_key NO_KEY = {NULL, 0};
static struct mem_region region;
static struct mem_format_header header;
static struct base_buf buf;
static viv_error err;

/* The header of what was saved. */
static void expect_saved(int code, struct mem_format_key key)
{
    EXPECT_EQ_INT(code, 0);
    EXPECT_EQ_INT(
        mem_format_read((uint8_t *)buf.at, buf.len, key, &header, &err), 0);
    EXPECT_EQ_MEM(header.identity, IDENTITY, 32);
}

static struct mem_format_run run_at(size_t i)
{
    return mem_format_read_run((uint8_t *)buf.at + MEM_FORMAT_HEADER_BYTES +
                               i * MEM_FORMAT_RUN_BYTES);
}

static const char *page_at(size_t i)
{
    return buf.at + MEM_FORMAT_HEADER_BYTES +
           header.run_count * MEM_FORMAT_RUN_BYTES + i * PAGE;
}

static void expect_run(size_t i, size_t first, size_t count)
{
    EXPECT_EQ_INT(run_at(i).first, first);
    EXPECT_EQ_INT(run_at(i).count, count);
}

static int save_region(void)
{
    return mem_save_region(&region, IDENTITY, NULL, 0, &buf, &err);
}

TEST(a_whole_image_is_its_stored_pages)
{
    struct mem_image *image = tools_image(1);

    base_buf_init(&buf, 1 << 20);
    expect_saved(mem_save_image(image, NULL, IDENTITY, NULL, 0, &buf, &err),
                 NO_KEY);
    EXPECT_EQ_INT(header.kind, MEM_FORMAT_IMAGE);
    EXPECT_EQ_INT(header.state_bytes, 3 * PAGE);
    EXPECT_EQ_INT(header.linear_bytes, 100 * PAGE);
    EXPECT_EQ_INT(header.page_count, 35);
    EXPECT_EQ_MEM(header.body, mem_image_digest(image), 32);
    EXPECT_EQ_MEM(header.base, (uint8_t[32]){0}, 32);
    for (size_t i = 0; i < 35; i++) {
        expect_run(i, 3 * i, 1);
        EXPECT_EQ_MEM(page_at(i), mem_image_page(image, 3 * i), PAGE);
    }
    base_buf_fini(&buf);
    mem_image_unref(image);
}

TEST(a_delta_is_what_differs)
{
    struct mem_image *first = tools_image(1), *second;

    base_buf_init(&buf, 1 << 20);
    tools_region(&region, first);
    memset(mem_dirty_page(&region, 3), 0, PAGE);  /* becomes a hole */
    memset(mem_dirty_page(&region, 4), 9, PAGE);  /* was one */
    memset(mem_dirty_page(&region, 60), 9, PAGE); /* other bytes */
    EXPECT_EQ_INT(mem_region_grow(&region, 120 * PAGE), 0);
    mem_dirty_page(&region, 122)[PAGE - 1] = 9; /* beyond */
    EXPECT_EQ_INT(mem_image_new(&region, &second, &err), 0);
    expect_saved(mem_save_image(second, first, IDENTITY, NULL, 0, &buf, &err),
                 NO_KEY);
    EXPECT_EQ_INT(header.kind, MEM_FORMAT_DELTA);
    EXPECT_EQ_INT(header.linear_bytes, 120 * PAGE);
    EXPECT_EQ_MEM(header.base, mem_image_digest(first), 32);
    EXPECT_EQ_INT(header.run_count, 3);
    EXPECT_EQ_INT(header.page_count, 4);
    expect_run(0, 3, 2);
    expect_run(1, 60, 1);
    expect_run(2, 122, 1);
    EXPECT_EQ_INT(*page_at(0), 0);
    EXPECT_EQ_INT(*page_at(1), 9);
    base_buf_fini(&buf);
    mem_region_fini(&region);
    mem_image_unref(first);
    mem_image_unref(second);
}

TEST(a_delta_over_itself_is_nothing)
{
    struct mem_image *image = tools_image(1);

    base_buf_init(&buf, 1 << 20);
    expect_saved(mem_save_image(image, image, IDENTITY, NULL, 0, &buf, &err),
                 NO_KEY);
    EXPECT_EQ_INT(buf.len, MEM_FORMAT_HEADER_BYTES);
    base_buf_fini(&buf);
    mem_image_unref(image);
}

TEST(a_region_is_what_differs_from_its_image)
{
    struct mem_image *image = tools_image(1);

    base_buf_init(&buf, 1 << 20);
    tools_region(&region, image);
    expect_saved(save_region(), NO_KEY);
    EXPECT_EQ_INT(header.page_count, 0);
    *mem_dirty_page(&region, 0) = 0;
    *mem_dirty_page(&region, 7) = 'x';
    *mem_dirty_page(&region, 8) = 'y';
    *mem_dirty_page(&region, 10) = 0; /* was zeros */
    EXPECT_EQ_INT(mem_region_grow(&region, 105 * PAGE), 0);
    *mem_dirty_page(&region, 107) = 'z';
    expect_saved(save_region(), NO_KEY);
    EXPECT_EQ_INT(header.kind, MEM_FORMAT_REGION);
    EXPECT_EQ_INT(header.linear_bytes, 105 * PAGE);
    EXPECT_EQ_MEM(header.base, mem_image_digest(image), 32);
    EXPECT_EQ_INT(header.run_count, 3);
    expect_run(0, 0, 1);
    expect_run(1, 7, 2);
    expect_run(2, 107, 1);
    EXPECT_EQ_INT(*page_at(2), 'y');
    EXPECT_EQ_INT(*page_at(3), 'z');
    base_buf_fini(&buf);
    mem_region_fini(&region);
    mem_image_unref(image);
}

/* The kernel lists grown pages and the image's as two runs that touch. */
TEST(runs_that_touch_become_one)
{
    struct mem_image *image = tools_image(1);

    base_buf_init(&buf, 4 << 20);
    tools_region(&region, image);
    EXPECT_EQ_INT(mem_region_grow(&region, 397 * PAGE), 0);
    memset(mem_dirty_page(&region, 0), 'x', 400 * PAGE);
    expect_saved(save_region(), NO_KEY);
    EXPECT_EQ_INT(header.run_count, 1);
    expect_run(0, 0, 400);
    base_buf_fini(&buf);
    mem_region_fini(&region);
    mem_image_unref(image);
}

TEST(a_key_seals_it)
{
    struct mem_image *image = tools_image(1);
    struct mem_format_key key = {"secret", 6};

    base_buf_init(&buf, 1 << 20);
    tools_region(&region, image);
    expect_saved(
        mem_save_region(&region, IDENTITY, key.bytes, key.len, &buf, &err),
        key);
    EXPECT_EQ_INT(
        mem_format_read((uint8_t *)buf.at, buf.len, NO_KEY, &header, &err),
        VIV_EFORMAT);
    base_buf_fini(&buf);
    mem_region_fini(&region);
    mem_image_unref(image);
}

TEST(the_same_bytes_come_out_each_time)
{
    struct mem_image *image = tools_image(1);
    struct base_buf other;

    base_buf_init(&buf, 1 << 20);
    base_buf_init(&other, 1 << 20);
    base_buf_text(&buf, "what was here is replaced");
    tools_region(&region, image);
    *mem_dirty_page(&region, 7) = 'x';
    expect_saved(save_region(), NO_KEY);
    EXPECT_EQ_INT(mem_save_region(&region, IDENTITY, NULL, 0, &other, &err), 0);
    EXPECT_EQ_INT(other.len, buf.len);
    EXPECT_EQ_MEM(other.at, buf.at, buf.len);
    base_buf_fini(&buf);
    base_buf_fini(&other);
    mem_region_fini(&region);
    mem_image_unref(image);
}

TEST(what_does_not_fit_is_refused_and_leaves_nothing)
{
    struct mem_image *image = tools_image(1);
    size_t needed;

    base_buf_init(&buf, 1 << 20);
    expect_saved(mem_save_image(image, NULL, IDENTITY, NULL, 0, &buf, &err),
                 NO_KEY);
    needed = buf.len;
    base_buf_fini(&buf);
    for (size_t i = 0; i < 6; i++) {
        size_t maxima[] = {0, 191, 192, 500, needed - 1, needed};
        bool fits = maxima[i] == needed;

        base_buf_init(&buf, maxima[i]);
        EXPECT_EQ_INT(
            mem_save_image(image, NULL, IDENTITY, NULL, 0, &buf, &err),
            fits ? 0 : VIV_ENOMEM);
        EXPECT_EQ_INT(buf.len, fits ? needed : 0);
        base_buf_fini(&buf);
    }
    mem_image_unref(image);
}

TEST(every_failing_allocation_is_survived)
{
    struct mem_image *image = tools_image(1);
    int code = -1;
    uint64_t n;

    tools_region(&region, image);
    memset(mem_dirty_page(&region, 0), 'x', 100 * PAGE);
    for (n = 1; code < 0; n++) {
        base_buf_init(&buf, 1 << 20);
        base_alloc_fail_at(n);
        code = save_region();
        base_alloc_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM);
        EXPECT_EQ_INT(buf.len == 0, code < 0);
        base_buf_fini(&buf);
    }
    EXPECT(n > 2);
    mem_region_fini(&region);
    mem_image_unref(image);
}

static void save_without_image(void)
{
    (void)save_region();
}

TEST(a_region_without_an_image_cannot_be_saved)
{
    EXPECT_EQ_INT(mem_region_init(&region, &tools_shape, PAGE, NULL), 0);
    EXPECT_DIES(SIGABRT, save_without_image);
    mem_region_fini(&region);
}
