/* test_mem_load.c - bytes become images and regions again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_load.h"

#include <stdlib.h>

#include "base/base_alloc.h"
#include "mem/mem_format.h"
#include "mem/mem_reset.h"
#include "mem/mem_save.h"
#include "mem_tools.h"
#include "os/os_fail.h"

#define NO_LIMIT UINT64_MAX

static const uint8_t IDENTITY[32] = "a module and its layout";
static const struct mem_format_key NO_KEY = {NULL, 0};
static struct mem_image *image, *loaded;
static struct mem_region region, other;
static struct base_buf buf;
static viv_error err;

static uint8_t *bytes(void)
{
    return (uint8_t *)buf.at;
}

static void begin(void)
{
    base_buf_init(&buf, 64 << 20);
    image = tools_image(1);
    tools_region(&region, image);
}

static void end(void)
{
    base_buf_fini(&buf);
    mem_region_fini(&region);
    mem_image_unref(image);
}

static void save_image(struct mem_image *over)
{
    EXPECT_EQ_INT(mem_save_image(image, over, IDENTITY, NULL, 0, &buf, &err),
                  0);
}

static int load_image(struct mem_image *over)
{
    return mem_load_image(bytes(), buf.len, over, IDENTITY, NULL, 0, NO_LIMIT,
                          &loaded, &err);
}

static void save_region(void)
{
    EXPECT_EQ_INT(mem_save_region(&region, IDENTITY, NULL, 0, &buf, &err), 0);
}

static int load_region(void)
{
    return mem_load_region(&other, bytes(), buf.len, IDENTITY, NULL, 0,
                           NO_LIMIT, &err);
}

/* Both images hold the same, whatever they say of themselves. */
static void expect_equal(struct mem_image *a, struct mem_image *b)
{
    EXPECT_EQ_INT(mem_image_state_bytes(a), mem_image_state_bytes(b));
    EXPECT_EQ_INT(mem_image_bytes(a), mem_image_bytes(b));
    EXPECT_EQ_INT(a->stored_pages, b->stored_pages);
    EXPECT_EQ_MEM(a->view, b->view, mem_image_bytes(a));
    EXPECT_EQ_MEM(mem_image_digest(a), mem_image_digest(b), 32);
}

/* ------------------------------------------------------------------------
 * There and back.
 */

TEST(an_image_comes_back)
{
    begin();
    save_image(NULL);
    EXPECT_EQ_INT(load_image(NULL), 0);
    EXPECT(loaded->has_digest);
    expect_equal(loaded, image);
    mem_image_unref(loaded);
    end();
}

TEST(the_digest_of_a_loaded_image_is_what_would_be_computed)
{
    uint8_t digest[32];

    begin();
    save_image(NULL);
    EXPECT_EQ_INT(load_image(NULL), 0);
    memcpy(digest, mem_image_digest(loaded), 32);
    loaded->has_digest = false;
    EXPECT_EQ_MEM(mem_image_digest(loaded), digest, 32);
    mem_image_unref(loaded);
    end();
}

TEST(an_empty_image_comes_back)
{
    begin();
    mem_image_unref(image);
    mem_region_fini(&region);
    EXPECT_EQ_INT(mem_region_init(&region, &tools_shape, 5 * PAGE, &err), 0);
    EXPECT_EQ_INT(mem_image_new(&region, &image, &err), 0);
    save_image(NULL);
    EXPECT_EQ_INT(load_image(NULL), 0);
    expect_equal(loaded, image);
    mem_image_unref(loaded);
    end();
}

/* The region becomes something else, and its image. */
static void change_image(void)
{
    for (int i = 0; i < 20; i++)
        memset(mem_dirty_page(&region, (size_t)rand() % TOOLS_PAGES),
               rand() % 3, PAGE);
    mem_image_unref(image);
    EXPECT_EQ_INT(mem_image_new(&region, &image, &err), 0);
}

TEST(an_image_over_another_comes_back)
{
    struct mem_image *first;

    srand(1);
    for (int round = 0; round < 30; round++) {
        begin();
        first = mem_image_ref(image);
        if (round % 3 == 0)
            EXPECT_EQ_INT(mem_region_grow(&region, 300 * PAGE), 0);
        change_image();
        save_image(first);
        EXPECT_EQ_INT(load_image(first), 0);
        expect_equal(loaded, image);
        mem_image_unref(loaded);
        mem_image_unref(first);
        end();
    }
}

/* Over an image that is larger: its end is not there. */
TEST(an_image_over_a_larger_one_comes_back)
{
    struct mem_image *larger;

    begin();
    EXPECT_EQ_INT(mem_region_grow(&region, 300 * PAGE), 0);
    memset(mem_dirty_page(&region, 90), 'x', 100 * PAGE);
    EXPECT_EQ_INT(mem_image_new(&region, &larger, &err), 0);
    save_image(larger);
    EXPECT_EQ_INT(load_image(larger), 0);
    expect_equal(loaded, image);
    mem_image_unref(loaded);
    mem_image_unref(larger);
    end();
}

TEST(a_region_comes_back)
{
    srand(1);
    for (int round = 0; round < 30; round++) {
        begin();
        for (int i = 0; i < 50; i++)
            memset(mem_dirty_page(&region, (size_t)rand() % TOOLS_PAGES),
                   rand() % 3, PAGE);
        if (round % 2 == 0) {
            EXPECT_EQ_INT(mem_region_grow(&region, 300 * PAGE), 0);
            memset(mem_dirty_page(&region, 150), 'g', 20 * PAGE);
        }
        save_region();
        tools_region(&other, image);
        EXPECT_EQ_INT(load_region(), 0);
        tools_expect_same(&other, &region);
        mem_region_fini(&other);
        end();
    }
}

/* What it was made from is equal, and not the same: as in another process. */
TEST(a_region_comes_back_over_an_image_that_was_loaded)
{
    begin();
    save_image(NULL);
    EXPECT_EQ_INT(load_image(NULL), 0);
    *mem_dirty_page(&region, 50) = 'x';
    save_region();
    tools_region(&other, loaded);
    EXPECT_EQ_INT(load_region(), 0);
    tools_expect_same(&other, &region);
    mem_region_fini(&other);
    mem_image_unref(loaded);
    end();
}

TEST(what_was_loaded_can_be_reset)
{
    struct mem_reset reset = {0};
    struct mem_reset_report report;

    begin();
    tools_region(&other, image);
    EXPECT_EQ_INT(mem_reset_run(&reset, &other, &report, &err), 0);
    *mem_dirty_page(&region, 50) = 'x';
    EXPECT_EQ_INT(mem_region_grow(&region, 110 * PAGE), 0);
    save_region();
    mem_reset_enter(&reset);
    EXPECT_EQ_INT(load_region(), 0);
    EXPECT(!mem_reset_is_exact(&other));
    EXPECT_EQ_INT(mem_reset_run(&reset, &other, &report, &err), 0);
    EXPECT(mem_reset_is_exact(&other));
    mem_reset_fini(&reset);
    mem_region_fini(&other);
    end();
}

/* ------------------------------------------------------------------------
 * What is refused.
 */

static void expect_image_refused(int code, struct mem_image *over,
                                 const char *words)
{
    EXPECT_EQ_INT(load_image(over), code);
    EXPECT_HAS_STR(err.text, words);
}

/* And the region is as it was. */
static void expect_region_refused(int code, const char *words)
{
    EXPECT_EQ_INT(load_region(), code);
    EXPECT_HAS_STR(err.text, words);
    EXPECT(mem_reset_is_exact(&other));
}

TEST(files_of_another_kind_are_refused_by_name)
{
    begin();
    tools_region(&other, image);
    save_image(NULL);
    expect_image_refused(VIV_EFORMAT, image,
                         "this is a whole image, and not an image as a delta");
    expect_region_refused(VIV_EFORMAT, "this is a whole image, and not a "
                                       "sandbox as a delta over its image");
    save_image(image);
    expect_image_refused(VIV_EFORMAT, NULL, "and not a whole image");
    save_region();
    expect_image_refused(VIV_EFORMAT, NULL, "this is a sandbox");
    mem_region_fini(&other);
    end();
}

TEST(another_identity_is_named_with_ours)
{
    static const uint8_t mine[32] = {0xab, 0xcd, 0xef};

    begin();
    save_image(NULL);
    EXPECT_EQ_INT(mem_load_image(bytes(), buf.len, NULL, mine, NULL, 0,
                                 NO_LIMIT, &loaded, &err),
                  VIV_EVERSION);
    EXPECT_HAS_STR(err.text, "from module 61206d6f6475, here is abcdef000000");
    end();
}

TEST(another_image_is_named_with_ours)
{
    struct mem_image *second = tools_image(2);

    begin();
    tools_region(&other, second);
    save_image(image);
    expect_image_refused(VIV_EVERSION, second, "it was saved from image ");
    save_region();
    expect_region_refused(VIV_EVERSION, "it was saved from image ");
    mem_region_fini(&other);
    mem_image_unref(second);
    end();
}

TEST(memory_beyond_the_limit_is_refused)
{
    begin();
    save_image(NULL);
    EXPECT_EQ_INT(mem_load_image(bytes(), buf.len, NULL, IDENTITY, NULL, 0,
                                 100 * PAGE - 1, &loaded, &err),
                  VIV_EINVAL);
    EXPECT_HAS_STR(err.text, "has 409600 bytes of memory, the limit is 409599");
    EXPECT_EQ_INT(mem_load_image(bytes(), buf.len, NULL, IDENTITY, NULL, 0,
                                 100 * PAGE, &loaded, &err),
                  0);
    mem_image_unref(loaded);
    EXPECT_EQ_INT(mem_region_grow(&region, 101 * PAGE), 0);
    save_region();
    tools_region(&other, image);
    EXPECT_EQ_INT(mem_load_region(&other, bytes(), buf.len, IDENTITY, NULL, 0,
                                  101 * PAGE - 1, &err),
                  VIV_EINVAL);
    EXPECT_EQ_INT(other.linear_bytes, 100 * PAGE);
    EXPECT_EQ_INT(mem_load_region(&other, bytes(), buf.len, IDENTITY, NULL, 0,
                                  101 * PAGE, &err),
                  0);
    mem_region_fini(&other);
    end();
}

TEST(a_key_must_be_there_on_both_sides_and_the_same)
{
    begin();
    EXPECT_EQ_INT(
        mem_save_image(image, NULL, IDENTITY, "secret", 6, &buf, &err), 0);
    EXPECT_EQ_INT(mem_load_image(bytes(), buf.len, NULL, IDENTITY, "secret", 6,
                                 NO_LIMIT, &loaded, &err),
                  0);
    mem_image_unref(loaded);
    expect_image_refused(VIV_EFORMAT, NULL, "made with a key");
    EXPECT_EQ_INT(mem_load_image(bytes(), buf.len, NULL, IDENTITY, "other", 5,
                                 NO_LIMIT, &loaded, &err),
                  VIV_EFORMAT);
    save_image(NULL);
    EXPECT_EQ_INT(mem_load_image(bytes(), buf.len, NULL, IDENTITY, "secret", 6,
                                 NO_LIMIT, &loaded, &err),
                  VIV_EFORMAT);
    end();
}

TEST(no_byte_can_be_changed_left_out_or_added)
{
    begin();
    save_image(NULL);
    for (size_t at = 0; at < buf.len; at += at < 600 ? 1 : 997) {
        bytes()[at] ^= 0x10;
        EXPECT(load_image(NULL) < 0);
        bytes()[at] ^= 0x10;
        EXPECT_EQ_INT(mem_load_image(bytes(), at, NULL, IDENTITY, NULL, 0,
                                     NO_LIMIT, &loaded, &err),
                      VIV_EFORMAT);
    }
    base_buf_char(&buf, 0);
    expect_image_refused(VIV_EFORMAT, NULL, "bytes and should have");
    end();
}

/* A file by somebody who can make check values: `header` and body are sealed
 * anew. */
static void seal(struct mem_format_header *header)
{
    mem_format_digest(header, bytes() + MEM_FORMAT_HEADER_BYTES, header->body);
    mem_format_write(header, NO_KEY, bytes());
}

static struct mem_format_header header_of(void)
{
    struct mem_format_header header;

    EXPECT_EQ_INT(mem_format_read(bytes(), buf.len, NO_KEY, &header, &err), 0);
    return header;
}

static void put_run(size_t i, size_t first, size_t count)
{
    mem_format_write_run((struct mem_format_run){first, count},
                         bytes() + MEM_FORMAT_HEADER_BYTES +
                             i * MEM_FORMAT_RUN_BYTES);
}

/* A file of two runs, 0 to 19 and 21 to 102, says it has others. */
static void forge(size_t first0, size_t count0, size_t first1, size_t count1)
{
    struct mem_format_header header;

    begin();
    mem_image_unref(image);
    memset(mem_dirty_page(&region, 0), 1, TOOLS_PAGES * PAGE);
    memset(mem_dirty_page(&region, 20), 0, PAGE);
    EXPECT_EQ_INT(mem_image_new(&region, &image, &err), 0);
    save_image(NULL);
    header = header_of();
    EXPECT_EQ_INT(header.run_count, 2);
    EXPECT_EQ_INT(header.page_count, 102);
    put_run(0, first0, count0);
    put_run(1, first1, count1);
    seal(&header);
}

TEST(runs_that_are_sealed_and_wrong_are_refused)
{
    static const size_t wrong[][4] = {
        {0, 20, 19, 82},          /* one page twice */
        {0, 20, 20, 82},          /* touching */
        {21, 82, 0, 20},          /* descending */
        {0, 0, 1, 102},           /* empty */
        {0, 20, 22, 82},          /* one page beyond the end */
        {0, 20, 103, 82},         /* all beyond */
        {0, 20, 21, 81},          /* a page too few */
        {0, 21, 22, 81 + 1},      /* a page too many, and outside */
        {0, 20, 0xffffffff, 82},  /* as far as can be */
        {0, 0xffffffff, 21, 103}, /* as many as can be */
        {1, 0xffffffff, 21, 103}, /* around to zero in 32 bits */
    };

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        forge(wrong[i][0], wrong[i][1], wrong[i][2], wrong[i][3]);
        EXPECT_EQ_INT(load_image(NULL), VIV_EFORMAT);
        EXPECT(strstr(err.text, "out of order or outside") ||
               strstr(err.text, "pages and its runs"));
        end();
    }
    forge(0, 20, 21, 82);
    EXPECT_EQ_INT(load_image(NULL), 0);
    mem_image_unref(loaded);
    end();
    forge(0, 3, 4, 99); /* others, and right */
    EXPECT_EQ_INT(load_image(NULL), 0);
    mem_image_unref(loaded);
    end();
}

TEST(a_page_of_zeros_in_a_whole_image_is_refused)
{
    struct mem_format_header header;

    begin();
    save_image(NULL);
    header = header_of();
    memset(bytes() + buf.len - PAGE, 0, PAGE);
    seal(&header);
    expect_image_refused(VIV_EFORMAT, NULL, "pages of zeros");
    end();
}

TEST(state_pages_of_another_size_are_refused)
{
    struct mem_format_header header;

    begin();
    tools_region(&other, image);
    for (int kind = 0; kind < 2; kind++) {
        if (kind == 0)
            save_image(image);
        else
            save_region();
        header = header_of();
        header.state_bytes += PAGE;
        header.linear_bytes -= PAGE;
        seal(&header);
        if (kind == 0)
            expect_image_refused(VIV_EFORMAT, image, "other state pages");
        else
            expect_region_refused(VIV_EFORMAT, "other state pages");
    }
    mem_region_fini(&other);
    end();
}

TEST(a_region_smaller_than_its_image_is_refused)
{
    struct mem_format_header header;

    begin();
    save_region();
    header = header_of();
    header.linear_bytes -= PAGE;
    seal(&header);
    tools_region(&other, image);
    expect_region_refused(VIV_EFORMAT, "less memory than its image");
    mem_region_fini(&other);
    end();
}

/* ------------------------------------------------------------------------
 * Failure.
 */

TEST(failing_system_calls_leave_nothing)
{
    int code = -1;
    uint64_t n;

    begin();
    save_image(NULL);
    for (n = 1; code < 0; n++) {
        os_fail_at(n);
        code = load_image(NULL);
        os_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM || code == VIV_EIO);
    }
    EXPECT(n > 30); /* a write for each of 35 runs among them */
    mem_image_unref(loaded);
    EXPECT_EQ_INT(mem_region_grow(&region, 101 * PAGE), 0);
    save_region();
    tools_region(&other, image);
    os_fail_at(1);
    EXPECT_EQ_INT(load_region(), VIV_ENOMEM);
    os_fail_at(0);
    EXPECT(mem_reset_is_exact(&other));
    mem_region_fini(&other);
    end();
}

TEST(failing_allocations_leave_nothing)
{
    int code = -1;
    uint64_t n;

    begin();
    save_image(NULL);
    for (n = 1; code < 0; n++) {
        base_alloc_fail_at(n);
        code = load_image(NULL);
        base_alloc_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM);
    }
    EXPECT_EQ_INT(n, 4); /* two allocations */
    mem_image_unref(loaded);
    end();
}
