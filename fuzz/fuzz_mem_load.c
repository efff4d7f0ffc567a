/* fuzz_mem_load.c - any bytes at all, as a saved image or sandbox.
 *
 * A fuzzer finds no check value and no digest, and pages are larger than its
 * inputs.  So an input is a recipe:
 *
 *     byte 0      what is made right: FIX_...
 *     192 bytes   the header
 *     the rest    as many bytes of runs as the header says, then a byte for
 *                 each page, which is filled with it
 *
 * What loads must be what was saved: saved again, it is the same bytes.  What
 * does not load must have changed nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_buf.h"
#include "mem/mem_dirty.h"
#include "mem/mem_format.h"
#include "mem/mem_image.h"
#include "mem/mem_load.h"
#include "mem/mem_region.h"
#include "mem/mem_reset.h"
#include "mem/mem_save.h"
#include "target.h"

#define PAGE OS_PAGE_BYTES

/* Of linear memory and of an input.  The state's size is the header's to say:
 * it costs a bit a page. */
#define LINEAR_MAX (64 * PAGE)
#define BYTES_MAX  ((size_t)1 << 24)

enum {
    FIX_CHECK = 1, /* the check value */
    FIX_BODY = 2,  /* the digest of the body */
    FIX_BASE = 4,  /* identity and digest of the image it is a delta over */
    WITH_KEY = 8,
};

static const struct mem_shape shape = {PAGE, PAGE, 2 * PAGE, LINEAR_MAX, PAGE};
static const uint8_t identity[32] = "identity";
static struct mem_image *image;

/* Eight pages of linear memory, every second of which is not zeros. */
static void make_image(void)
{
    struct mem_region region;

    CHECK(mem_region_init(&region, &shape, 8 * PAGE, NULL) == 0);
    for (size_t page = 0; page < 10; page += 2)
        *mem_dirty_page(&region, page) = 1;
    CHECK(mem_image_new(&region, &image, NULL) == 0);
    mem_region_fini(&region);
}

/* ------------------------------------------------------------------------
 * From the recipe to a file.
 */

static void expand(struct base_buf *file, const uint8_t *bytes, size_t len)
{
    size_t header =
        len < MEM_FORMAT_HEADER_BYTES ? len : MEM_FORMAT_HEADER_BYTES;
    uint64_t runs = 0, at = header;
    char *page;

    base_buf_bytes(file, bytes, header);
    if (header == MEM_FORMAT_HEADER_BYTES)
        memcpy(&runs, bytes + 40, sizeof(runs));
    runs = runs < len ? runs * MEM_FORMAT_RUN_BYTES : len;
    runs = runs < len - header ? runs : len - header;
    base_buf_bytes(file, bytes + header, runs);
    for (at = header + runs; at < len; at++) {
        page = base_buf_room(file, PAGE);
        if (page == NULL)
            return;
        memset(page, bytes[at], PAGE);
        file->len += PAGE;
    }
}

/* Read what is there, without believing it. */
static struct mem_format_header header_of(const uint8_t *bytes)
{
    struct mem_format_header header;

    memcpy(&header.kind, bytes + 12, 4);
    memcpy(&header.state_bytes, bytes + 24, 8);
    memcpy(&header.linear_bytes, bytes + 32, 8);
    memcpy(&header.run_count, bytes + 40, 8);
    memcpy(&header.page_count, bytes + 48, 8);
    memcpy(header.identity, bytes + 64, 32);
    memcpy(header.base, bytes + 96, 32);
    memcpy(header.body, bytes + 128, 32);
    return header;
}

static void fix(struct base_buf *file, unsigned what, struct mem_format_key key)
{
    uint8_t *bytes = (uint8_t *)file->at;
    struct mem_format_header header;

    if (file->len < MEM_FORMAT_HEADER_BYTES || file->failed)
        return;
    header = header_of(bytes);
    if (what & FIX_BASE) {
        memcpy(header.identity, identity, 32);
        memcpy(header.base, mem_image_digest(image), 32);
    }
    if ((what & FIX_BODY) && header.run_count < file->len &&
        header.page_count < file->len &&
        mem_format_body_bytes(&header) == file->len - MEM_FORMAT_HEADER_BYTES)
        mem_format_digest(&header, bytes + MEM_FORMAT_HEADER_BYTES,
                          header.body);
    if (what & FIX_CHECK)
        mem_format_write(&header, key, bytes);
}

/* ------------------------------------------------------------------------
 * Loading it.
 */

static void expect_refusal(int code, const viv_error *err)
{
    CHECK(code == err->code);
    CHECK(code == VIV_EFORMAT || code == VIV_EVERSION || code == VIV_EINVAL ||
          code == VIV_ENOMEM || code == VIV_EIO);
    CHECK(memchr(err->text, '\0', sizeof(err->text)) != NULL);
}

/* Pages that a delta holds may be what the image has; only a whole image, whose
 * base nobody reads, is always the same bytes again. */
static void expect_saved_again(struct mem_image *loaded, struct mem_image *over,
                               struct mem_format_key key,
                               const struct base_buf *file)
{
    struct base_buf again;
    struct mem_image *twice;

    base_buf_init(&again, SIZE_MAX);
    CHECK(mem_save_image(loaded, over, identity, key.bytes, key.len, &again,
                         NULL) == 0);
    CHECK(over != NULL || again.len == file->len);
    CHECK(over != NULL || memcmp(again.at + MEM_FORMAT_HEADER_BYTES,
                                 file->at + MEM_FORMAT_HEADER_BYTES,
                                 again.len - MEM_FORMAT_HEADER_BYTES) == 0);
    CHECK(mem_load_image((uint8_t *)again.at, again.len, over, identity,
                         key.bytes, key.len, LINEAR_MAX, &twice, NULL) == 0);
    CHECK(memcmp(mem_image_digest(twice), mem_image_digest(loaded), 32) == 0);
    mem_image_unref(twice);
    base_buf_fini(&again);
}

static void load_image(const struct base_buf *file, struct mem_image *over,
                       struct mem_format_key key)
{
    struct mem_image *loaded;
    viv_error err;
    int code = mem_load_image((uint8_t *)file->at, file->len, over, identity,
                              key.bytes, key.len, LINEAR_MAX, &loaded, &err);

    if (code < 0) {
        expect_refusal(code, &err);
        return;
    }
    CHECK(mem_image_linear_bytes(loaded) <= LINEAR_MAX);
    expect_saved_again(loaded, over, key, file);
    mem_image_unref(loaded);
}

static void load_region(const struct base_buf *file, struct mem_format_key key)
{
    struct mem_region region;
    viv_error err;
    int code;

    CHECK(mem_region_init_image(&region, &shape, image, NULL) == 0);
    code = mem_load_region(&region, (uint8_t *)file->at, file->len, identity,
                           key.bytes, key.len, LINEAR_MAX, &err);
    if (code < 0) {
        expect_refusal(code, &err);
        CHECK(mem_reset_is_exact(&region));
    }
    mem_region_check(&region);
    mem_region_fini(&region);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct mem_format_key key = {NULL, 0};
    struct base_buf file;

    if (len == 0)
        return 0;
    if (image == NULL)
        make_image();
    if (bytes[0] & WITH_KEY)
        key = (struct mem_format_key){"a key", 5};
    base_buf_init(&file, BYTES_MAX);
    expand(&file, bytes + 1, len - 1);
    fix(&file, bytes[0], key);
    if (!file.failed) {
        load_image(&file, NULL, key);
        load_image(&file, image, key);
        load_region(&file, key);
    }
    base_buf_fini(&file);
    return 0;
}
