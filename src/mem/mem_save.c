/* mem_save.c - images and regions become bytes.
 *
 * Runs come before pages and are counted in the header, so the bytes are made
 * in three steps: find the runs, append what they hold, write the header.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_save.h"

#include <string.h>

#include "base/base_check.h"
#include "base/base_error.h"
#include "mem/mem_dirty.h"
#include "mem/mem_format.h"

struct save {
    struct base_buf *buf;
    struct mem_format_header header;
    struct mem_format_key key;
    struct mem_format_run last; /* the run that was added last */
};

/* Empty, but for room for the header. */
static struct save begin(struct base_buf *buf, enum mem_format_kind kind,
                         const uint8_t *identity, struct mem_format_key key)
{
    struct save save = {.buf = buf, .key = key, .header = {.kind = kind}};

    memcpy(save.header.identity, identity, MEM_FORMAT_IDENTITY_BYTES);
    base_buf_clear(buf);
    if (base_buf_room(buf, MEM_FORMAT_HEADER_BYTES) != NULL)
        buf->len = MEM_FORMAT_HEADER_BYTES;
    return save;
}

/* In ascending order.  A run that continues the one before becomes part of it.
 */
static void add_run(struct save *save, size_t first, size_t count)
{
    uint8_t bytes[MEM_FORMAT_RUN_BYTES];
    struct base_buf *buf = save->buf;

    save->header.page_count += count;
    if (save->header.run_count > 0 && !buf->failed &&
        save->last.first + save->last.count == first) {
        save->last.count += count;
        buf->len -= MEM_FORMAT_RUN_BYTES;
    } else {
        save->last = (struct mem_format_run){first, count};
        save->header.run_count++;
    }
    mem_format_write_run(save->last, bytes);
    base_buf_bytes(buf, bytes, sizeof(bytes));
}

/* Run number `i` of those that were added. */
static struct mem_format_run run_at(const struct save *save, size_t i)
{
    return mem_format_read_run((const uint8_t *)save->buf->at +
                               MEM_FORMAT_HEADER_BYTES +
                               i * MEM_FORMAT_RUN_BYTES);
}

/* Room for all pages at once: they are most of it. */
static bool reserve_pages(struct save *save)
{
    return base_buf_room(save->buf, save->header.page_count * OS_PAGE_BYTES) !=
           NULL;
}

static int end(struct save *save, viv_error *err)
{
    struct base_buf *buf = save->buf;
    uint8_t *bytes = (uint8_t *)buf->at;

    if (buf->failed) {
        base_buf_clear(buf);
        return base_error(err, VIV_ENOMEM,
                          "no memory to save %llu pages, %zu bytes are the "
                          "most",
                          (unsigned long long)save->header.page_count,
                          buf->max);
    }
    mem_format_digest(&save->header, bytes + MEM_FORMAT_HEADER_BYTES,
                      save->header.body);
    mem_format_write(&save->header, save->key, bytes);
    return 0;
}

/* ------------------------------------------------------------------------
 * Images.
 */

static bool has(const struct mem_image *image, size_t page)
{
    return page < mem_image_pages(image) && mem_image_is_stored(image, page);
}

static bool differs(const struct mem_image *image, const struct mem_image *over,
                    size_t page)
{
    if (has(image, page) != has(over, page))
        return true;
    return has(image, page) &&
           memcmp(mem_image_page(image, page), mem_image_page(over, page),
                  OS_PAGE_BYTES) != 0;
}

/* Sixty-four pages that both have as zeros are passed over at once. */
static void find_differing(struct save *save, const struct mem_image *image,
                           const struct mem_image *over)
{
    size_t pages = mem_image_pages(image), in_over = mem_image_pages(over);

    for (size_t page = 0; page < pages; page++) {
        if (page % 64 == 0 && image->stored[page / 64] == 0 &&
            (page >= in_over || over->stored[page / 64] == 0))
            page += 63;
        else if (differs(image, over, page))
            add_run(save, page, 1);
    }
}

static void find_stored(struct save *save, const struct mem_image *image)
{
    size_t page = 0, count, pages = mem_image_pages(image);

    while ((count = mem_image_run(image, &page, pages)) > 0) {
        add_run(save, page, count);
        page += count;
    }
}

static void append_image(struct save *save, const struct mem_image *image)
{
    static const char zeros[OS_PAGE_BYTES];

    if (!reserve_pages(save))
        return;
    for (size_t i = 0; i < save->header.run_count; i++) {
        struct mem_format_run run = run_at(save, i);

        for (size_t page = run.first; page < run.first + run.count; page++)
            base_buf_bytes(save->buf,
                           has(image, page) ? mem_image_page(image, page)
                                            : zeros,
                           OS_PAGE_BYTES);
    }
}

int mem_save_image(struct mem_image *image, struct mem_image *over,
                   const uint8_t identity[32], const void *key, size_t key_len,
                   struct base_buf *ret_bytes, viv_error *err)
{
    struct mem_format_key sealed = {key, key_len};
    struct save save =
        begin(ret_bytes, over == NULL ? MEM_FORMAT_IMAGE : MEM_FORMAT_DELTA,
              identity, sealed);

    CHECK(over == NULL ||
          mem_image_state_bytes(over) == mem_image_state_bytes(image));
    save.header.state_bytes = mem_image_state_bytes(image);
    save.header.linear_bytes = mem_image_linear_bytes(image);
    if (over == NULL) {
        find_stored(&save, image);
    } else {
        memcpy(save.header.base, mem_image_digest(over), 32);
        find_differing(&save, image, over);
    }
    append_image(&save, image);
    return end(&save, err);
}

/* ------------------------------------------------------------------------
 * Regions.
 */

static void append_region(struct save *save, const struct mem_region *region)
{
    if (!reserve_pages(save))
        return;
    for (size_t i = 0; i < save->header.run_count; i++) {
        struct mem_format_run run = run_at(save, i);

        base_buf_bytes(save->buf, mem_dirty_page(region, run.first),
                       run.count * OS_PAGE_BYTES);
    }
}

int mem_save_region(const struct mem_region *region, const uint8_t identity[32],
                    const void *key, size_t key_len, struct base_buf *ret_bytes,
                    viv_error *err)
{
    struct mem_format_key sealed = {key, key_len};
    struct save save = begin(ret_bytes, MEM_FORMAT_REGION, identity, sealed);
    struct mem_dirty dirty;
    size_t page, count;

    CHECK(region->image != NULL);
    save.header.state_bytes = region->shape.state_bytes;
    save.header.linear_bytes = region->linear_bytes;
    memcpy(save.header.base, mem_image_digest(region->image), 32);
    mem_dirty_begin(&dirty, region);
    while (mem_dirty_next(&dirty, &page, &count))
        add_run(&save, page, count);
    append_region(&save, region);
    return end(&save, err);
}
