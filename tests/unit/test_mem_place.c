/* test_mem_place.c - images that are used where they lie, in a file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_place.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base_alloc.h"
#include "mem/mem_format.h"
#include "mem/mem_reset.h"
#include "mem_tools.h"
#include "os/os_fail.h"
#include "os/os_file.h"

#define NO_LIMIT UINT64_MAX

static const uint8_t IDENTITY[32] = "a module and its layout";
static const uint8_t OTHER[32] = "another";
static struct mem_image *image, *placed;
static struct base_buf buf;
static viv_error err;
static char path[64];

static void begin(void)
{
    base_buf_init(&buf, 64 << 20);
    image = tools_image(1);
    EXPECT_EQ_INT(mem_place_save(image, IDENTITY, &buf, &err), 0);
    snprintf(path, sizeof(path), "/tmp/test_mem_place.%d", (int)getpid());
}

static void end(void)
{
    unlink(path);
    base_buf_fini(&buf);
    mem_image_unref(image);
}

static void write_file(unsigned mode)
{
    EXPECT_EQ_INT(os_file_write(path, buf.at, buf.len, 0600, &err), 0);
    EXPECT_EQ_INT(chmod(path, mode), 0);
}

static int open_file(const uint8_t *identity, uint64_t limit)
{
    return mem_place_open(path, identity, limit, &placed, &err);
}

static int write_and_open(void)
{
    write_file(0600);
    return open_file(IDENTITY, NO_LIMIT);
}

/* Write `value` over the byte at `at`, open, and put it back. */
static int open_with(size_t at, char value)
{
    char was = buf.at[at];
    int code;

    buf.at[at] = value;
    code = write_and_open();
    buf.at[at] = was;
    return code;
}

/* ------------------------------------------------------------------------
 * There and back.
 */

TEST(a_placed_image_is_what_was_saved)
{
    begin();
    EXPECT_EQ_INT(write_and_open(), 0);
    EXPECT_EQ_INT(mem_image_state_bytes(placed), mem_image_state_bytes(image));
    EXPECT_EQ_INT(mem_image_bytes(placed), mem_image_bytes(image));
    EXPECT_EQ_INT(placed->stored_pages, image->stored_pages);
    EXPECT_EQ_MEM(placed->stored, image->stored,
                  (mem_image_pages(image) / 64 + 1) * sizeof(uint64_t));
    EXPECT_EQ_MEM(placed->view, image->view, mem_image_bytes(image));
    EXPECT_EQ_MEM(mem_image_digest(placed), mem_image_digest(image), 32);
    mem_image_unref(placed);
    end();
}

TEST(regions_of_a_placed_image_are_their_own_and_are_reset)
{
    struct mem_region region;
    struct mem_reset reset = {0};
    struct mem_reset_report report;

    begin();
    EXPECT_EQ_INT(write_and_open(), 0);
    tools_region(&region, placed);
    mem_reset_enter(&reset);
    memset(region.base, 0xaa, PAGE);
    EXPECT_EQ_INT(mem_reset_run(&reset, &region, &report, &err), 0);
    EXPECT_EQ_MEM(mem_region_state(&region), image->view,
                  mem_image_bytes(image));
    EXPECT_EQ_MEM(placed->view, image->view, mem_image_bytes(image));
    mem_reset_fini(&reset);
    mem_region_fini(&region);
    mem_image_unref(placed);
    end();
}

/* ------------------------------------------------------------------------
 * Refusals.
 */

TEST(a_file_that_others_may_write_to_is_refused)
{
    begin();
    write_file(0620);
    EXPECT_EQ_INT(open_file(IDENTITY, NO_LIMIT), VIV_EIO);
    EXPECT_HAS_STR(err.text, "others may write to");
    write_file(0602);
    EXPECT_EQ_INT(open_file(IDENTITY, NO_LIMIT), VIV_EIO);
    write_file(0644);
    EXPECT_EQ_INT(open_file(IDENTITY, NO_LIMIT), 0);
    mem_image_unref(placed);
    end();
}

TEST(what_is_of_another_module_or_too_large_is_refused)
{
    uint64_t linear;

    begin();
    linear = mem_image_linear_bytes(image);
    write_file(0600);
    EXPECT_EQ_INT(open_file(OTHER, NO_LIMIT), VIV_EVERSION);
    EXPECT_EQ_INT(open_file(IDENTITY, linear - 1), VIV_EINVAL);
    EXPECT_EQ_INT(open_file(IDENTITY, linear), 0);
    mem_image_unref(placed);
    end();
}

TEST(a_header_with_any_byte_changed_is_refused)
{
    begin();
    for (size_t at = 0; at < MEM_FORMAT_HEADER_BYTES; at++)
        EXPECT(open_with(at, (char)(buf.at[at] ^ 1)) < 0);
    end();
}

TEST(runs_that_are_out_of_order_are_refused)
{
    begin();
    EXPECT_EQ_INT(open_with(MEM_FORMAT_HEADER_BYTES + 3, 0x7f), VIV_EFORMAT);
    EXPECT_EQ_INT(open_with(MEM_FORMAT_HEADER_BYTES + 7, 0x7f), VIV_EFORMAT);
    end();
}

TEST(a_file_that_is_longer_or_shorter_is_refused)
{
    begin();
    for (size_t len = 0; len < buf.len; len += len < 300 ? 1 : 4093) {
        size_t was = buf.len;

        buf.len = len;
        EXPECT_EQ_INT(write_and_open(), VIV_EFORMAT);
        buf.len = was;
    }
    base_buf_char(&buf, 0);
    EXPECT_EQ_INT(write_and_open(), VIV_EFORMAT);
    end();
}

TEST(what_is_no_file_is_refused)
{
    begin();
    EXPECT_EQ_INT(open_file(IDENTITY, NO_LIMIT), VIV_EIO);
    EXPECT_EQ_INT(mem_place_open("/tmp", IDENTITY, NO_LIMIT, &placed, &err),
                  VIV_EIO);
    end();
}

TEST(every_failing_allocation_and_system_call_is_survived)
{
    int code = -1;

    begin();
    write_file(0600);
    for (uint64_t n = 1; code < 0; n++) {
        base_alloc_fail_at(n);
        code = open_file(IDENTITY, NO_LIMIT);
        base_alloc_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM);
    }
    mem_image_unref(placed);
    code = -1;
    for (uint64_t n = 1; code < 0; n++) {
        os_fail_at(n);
        code = open_file(IDENTITY, NO_LIMIT);
        os_fail_at(0);
        EXPECT(code == 0 || code == VIV_ENOMEM || code == VIV_EIO);
    }
    mem_image_unref(placed);
    end();
}

TEST(no_room_to_save_leaves_nothing)
{
    struct base_buf small;

    begin();
    base_buf_init(&small, 4096);
    EXPECT_EQ_INT(mem_place_save(image, IDENTITY, &small, &err), VIV_ENOMEM);
    EXPECT_EQ_INT(small.len, 0);
    base_buf_fini(&small);
    end();
}

/* Open what was shared, by the name that the kernel has for it. */
static int open_shared(struct mem_image *from)
{
    char name[40];
    int fd, code = mem_place_share(from, IDENTITY, &fd, &err);

    if (code < 0)
        return code;
    snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
    code = mem_place_open(name, IDENTITY, NO_LIMIT, &placed, &err);
    close(fd);
    return code;
}

TEST(an_image_is_shared_by_descriptor_wherever_it_lies)
{
    struct mem_image *first;

    begin();
    EXPECT_EQ_INT(open_shared(image), 0);
    EXPECT_EQ_MEM(mem_image_digest(placed), mem_image_digest(image), 32);
    EXPECT_EQ_INT(mem_image_bytes(placed), mem_image_bytes(image));
    mem_image_unref(placed);
    EXPECT_EQ_INT(write_and_open(), 0);
    first = placed;
    EXPECT_EQ_INT(open_shared(first), 0);
    EXPECT_EQ_MEM(mem_image_digest(placed), mem_image_digest(image), 32);
    mem_image_unref(placed);
    os_fail_at(1);
    EXPECT_EQ_INT(open_shared(first), VIV_EIO);
    EXPECT(open_shared(image) < 0);
    os_fail_at(0);
    mem_image_unref(first);
    end();
}
