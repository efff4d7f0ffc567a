/* mem_seal.c - bytes become an image.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_seal.h"

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"
#include "os/os_memfd.h"
#include "os/os_page.h"

int mem_seal_empty(size_t state_bytes, size_t linear_bytes,
                   struct mem_image **ret_image, viv_error *err)
{
    struct mem_image *image = base_alloc_zero(1, sizeof(*image));

    if (image == NULL)
        return base_error_memory(err);
    image->fd = -1;
    image->state_bytes = state_bytes;
    image->linear_bytes = linear_bytes;
    atomic_init(&image->refs, 1);
    pthread_mutex_init(&image->lock, NULL);
    CHECK(mem_image_bytes(image) >= linear_bytes && mem_image_bytes(image) > 0);
    CHECK(mem_image_bytes(image) % OS_PAGE_BYTES == 0);
    image->stored =
        base_alloc_zero(mem_image_pages(image) / 64 + 1, sizeof(uint64_t));
    if (image->stored == NULL) {
        mem_image_unref(image);
        return base_error_memory(err);
    }
    *ret_image = image;
    return 0;
}

int mem_seal_begin(size_t state_bytes, size_t linear_bytes,
                   struct mem_image **ret_image, viv_error *err)
{
    struct mem_image *image;
    int code = mem_seal_empty(state_bytes, linear_bytes, &image, err);

    if (code < 0)
        return code;
    code = os_memfd_open("vivarium image", mem_image_bytes(image), &image->fd,
                         err);
    if (code < 0)
        mem_image_unref(image);
    else
        *ret_image = image;
    return code;
}

int mem_seal_put(struct mem_image *image, size_t first, const char *bytes,
                 size_t count, viv_error *err)
{
    size_t some;

    CHECK(count <= mem_image_pages(image));
    CHECK(first <= mem_image_pages(image) - count);
    for (; count > 0; first += some, count -= some) {
        bool is_zero;
        int code = 0;

        some = os_page_alike(bytes, count, &is_zero);
        if (!is_zero)
            code = os_memfd_write(image->fd, (uint64_t)first * OS_PAGE_BYTES,
                                  bytes, some * OS_PAGE_BYTES, err);
        if (code < 0)
            return code;
        for (size_t page = first; !is_zero && page < first + some; page++)
            image->stored[page / 64] |= 1ull << page % 64;
        image->stored_pages += is_zero ? 0 : some;
        bytes += some * OS_PAGE_BYTES;
    }
    return 0;
}

int mem_seal_copy(struct mem_image *image, const struct mem_image *from,
                  size_t first, size_t end, viv_error *err)
{
    size_t count;

    if (from == NULL)
        return 0;
    if (end > mem_image_pages(from))
        end = mem_image_pages(from);
    while ((count = mem_image_run(from, &first, end)) > 0) {
        int code =
            mem_seal_put(image, first, mem_image_page(from, first), count, err);

        if (code < 0)
            return code;
        first += count;
    }
    return 0;
}

int mem_seal_end(struct mem_image *image, viv_error *err)
{
    int code = os_memfd_seal(image->fd, err);

    if (code < 0)
        return code;
    image->view = os_map_view(mem_image_bytes(image), image->fd, 0);
    if (image->view == NULL)
        return base_error(err, VIV_ENOMEM,
                          "no room for an image of %zu MiB of address space",
                          mem_image_bytes(image) >> 20);
    return 0;
}
