/* mem_image.c - a region frozen at a quiet moment.
 *
 * Invariants of a finished image:
 *     1. refs > 0
 *     2. the file is sealed, or placed, and mem_image_bytes() long from `at`
 *        on; view maps that
 *     3. bit p of stored is set exactly if page p is not all zeros, and there
 *        are stored_pages of them
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_image.h"

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_sha256.h"
#include "mem/mem_format.h"
#include "mem/mem_region.h"
#include "mem/mem_seal.h"
#include "os/os_memfd.h"
#include "os/os_pages.h"

/* ------------------------------------------------------------------------
 * Freezing.
 */

/* What the region has of its own, and between that, what it shares. */
static int put_region(struct mem_image *image, const struct mem_region *region,
                      viv_error *err)
{
    char *state = mem_region_state(region);
    struct os_pages pages;
    struct os_pages_run run;
    size_t done = 0;
    int code = 0;

    os_pages_begin(&pages, state, mem_region_end(region));
    while (code == 0 && os_pages_next(&pages, &run)) {
        size_t first = (size_t)(run.at - state) / OS_PAGE_BYTES;
        size_t count = run.bytes / OS_PAGE_BYTES;

        code = mem_seal_copy(image, region->image, done, first, err);
        if (code == 0)
            code = mem_seal_put(image, first, run.at, count, err);
        done = first + count;
    }
    if (code == 0)
        code = mem_seal_copy(image, region->image, done, mem_image_pages(image),
                             err);
    return code;
}

int mem_image_new(const struct mem_region *region, struct mem_image **ret_image,
                  viv_error *err)
{
    struct mem_image *image;
    int code;

    code = mem_seal_begin(region->shape.state_bytes, region->linear_bytes,
                          &image, err);
    if (code < 0)
        return code;
    code = put_region(image, region, err);
    if (code == 0)
        code = mem_seal_end(image, err);
    if (code < 0) {
        mem_image_unref(image);
        return code;
    }
    *ret_image = image;
    return 0;
}

/* ------------------------------------------------------------------------
 * Owners.
 */

struct mem_image *mem_image_ref(struct mem_image *image)
{
    uint32_t before;

    if (image == NULL)
        return NULL;
    before = atomic_fetch_add(&image->refs, 1);
    CHECK(before > 0 && before < UINT32_MAX);
    return image;
}

void mem_image_unref(struct mem_image *image)
{
    uint32_t before;

    if (image == NULL)
        return;
    before = atomic_fetch_sub(&image->refs, 1);
    CHECK(before > 0);
    if (before > 1)
        return;
    if (image->view != NULL)
        os_map_release((void *)image->view, mem_image_bytes(image));
    os_memfd_close(image->fd);
    pthread_mutex_destroy(&image->lock);
    base_free(image->stored);
    base_free(image);
}

/* ------------------------------------------------------------------------
 * Pages.
 */

/* The first page in [page, end) whose bit is `value`; `end` if none is. */
static size_t find(const struct mem_image *image, size_t page, size_t end,
                   bool value)
{
    uint64_t flip = value ? 0 : ~0ull;

    while (page < end) {
        uint64_t word = (image->stored[page / 64] ^ flip) >> page % 64;

        if (word != 0) {
            page += (size_t)__builtin_ctzll(word);
            return page < end ? page : end;
        }
        page += 64 - page % 64;
    }
    return end;
}

size_t mem_image_run(const struct mem_image *image, size_t *page, size_t end)
{
    *page = find(image, *page, end, true);
    return find(image, *page, end, false) - *page;
}

/* ------------------------------------------------------------------------
 * The digest.
 */

/* The digest of the image's body in a file (mem_format.h): of both sizes, of
 * all runs of stored pages, and of what they hold. */
static void compute_digest(struct mem_image *image)
{
    size_t page, count, end = mem_image_pages(image);
    struct base_sha256 sha;
    uint8_t bytes[16];

    base_sha256_init(&sha);
    mem_format_write_sizes(image->state_bytes, image->linear_bytes, bytes);
    base_sha256_add(&sha, bytes, sizeof(bytes));
    for (page = 0; (count = mem_image_run(image, &page, end)) > 0;
         page += count) {
        mem_format_write_run((struct mem_format_run){page, count}, bytes);
        base_sha256_add(&sha, bytes, MEM_FORMAT_RUN_BYTES);
    }
    for (page = 0; (count = mem_image_run(image, &page, end)) > 0;
         page += count)
        base_sha256_add(&sha, mem_image_page(image, page),
                        count * OS_PAGE_BYTES);
    base_sha256_end(&sha, image->digest);
}

const uint8_t *mem_image_digest(struct mem_image *image)
{
    pthread_mutex_lock(&image->lock);
    if (!image->has_digest) {
        compute_digest(image);
        image->has_digest = true;
    }
    pthread_mutex_unlock(&image->lock);
    return image->digest;
}
