/* mem_place.c - images that are used where they lie, in a file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_place.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "mem/mem_format.h"
#include "mem/mem_load.h"
#include "mem/mem_seal.h"
#include "os/os_fd.h"
#include "os/os_file.h"
#include "os/os_memfd.h"

/* ------------------------------------------------------------------------
 * Saving.
 */

static void count_runs(const struct mem_image *image,
                       struct mem_format_header *header)
{
    size_t page = 0, count, pages = mem_image_pages(image);

    while ((count = mem_image_run(image, &page, pages)) > 0) {
        header->run_count++;
        header->page_count += count;
        page += count;
    }
}

/* Zeros up to there. */
static void pad_to(struct base_buf *buf, uint64_t len)
{
    char *room = base_buf_room(buf, len - buf->len);

    if (room == NULL)
        return;
    memset(room, 0, len - buf->len);
    buf->len = len;
}

static void append_runs(struct base_buf *buf, const struct mem_image *image)
{
    size_t page = 0, count, pages = mem_image_pages(image);

    while ((count = mem_image_run(image, &page, pages)) > 0) {
        uint8_t bytes[MEM_FORMAT_RUN_BYTES];

        mem_format_write_run((struct mem_format_run){page, count}, bytes);
        base_buf_bytes(buf, bytes, sizeof(bytes));
        page += count;
    }
}

static void append_pages(struct base_buf *buf, const struct mem_image *image,
                         uint64_t at)
{
    size_t page = 0, count, pages = mem_image_pages(image);

    while ((count = mem_image_run(image, &page, pages)) > 0) {
        pad_to(buf, at + page * OS_PAGE_BYTES);
        base_buf_bytes(buf, mem_image_page(image, page), count * OS_PAGE_BYTES);
        page += count;
    }
    pad_to(buf, at + mem_image_bytes(image));
}

int mem_place_save(struct mem_image *image, const uint8_t identity[32],
                   struct base_buf *ret_bytes, viv_error *err)
{
    struct mem_format_header header = {
        .kind = MEM_FORMAT_PLACED,
        .state_bytes = mem_image_state_bytes(image),
        .linear_bytes = mem_image_linear_bytes(image),
    };
    uint8_t bytes[MEM_FORMAT_HEADER_BYTES];

    memcpy(header.identity, identity, sizeof(header.identity));
    memcpy(header.body, mem_image_digest(image), sizeof(header.body));
    count_runs(image, &header);
    mem_format_write(&header, (struct mem_format_key){0}, bytes);
    base_buf_clear(ret_bytes);
    base_buf_room(ret_bytes, mem_format_bytes(&header));
    base_buf_bytes(ret_bytes, bytes, sizeof(bytes));
    append_runs(ret_bytes, image);
    append_pages(ret_bytes, image, mem_format_placed_at(&header));
    if (!ret_bytes->failed)
        return 0;
    base_buf_clear(ret_bytes);
    return base_error_memory(err);
}

/* ------------------------------------------------------------------------
 * Sharing.
 */

/* The largest there is: header, runs, and all pages of a region. */
#define SHARED_BYTES_MAX (UINT64_C(6) << 30)

static int share_copy(struct mem_image *image, const uint8_t identity[32],
                      int *ret_fd, viv_error *err)
{
    struct base_buf bytes;
    int code;

    base_buf_init(&bytes, SHARED_BYTES_MAX);
    code = mem_place_save(image, identity, &bytes, err);
    if (code == 0)
        code =
            os_memfd_make("vivarium image", bytes.at, bytes.len, ret_fd, err);
    base_buf_fini(&bytes);
    return code;
}

int mem_place_share(struct mem_image *image, const uint8_t identity[32],
                    int *ret_fd, viv_error *err)
{
    int fd;

    if (image->at == 0) /* no header before it: it is not from a file */
        return share_copy(image, identity, ret_fd, err);
    fd = os_fd_copy(image->fd);
    if (fd < 0)
        return base_error(err, VIV_EIO, "no descriptor more for an image: %s",
                          strerror(-fd));
    *ret_fd = fd;
    return 0;
}

/* ------------------------------------------------------------------------
 * Opening.
 */

static int check_trust(const struct os_file *file, const char *path,
                       viv_error *err)
{
    return file->is_ours
               ? 0
               : base_error(err, VIV_EIO,
                            "others may write to '%s', which would be used "
                            "where it lies",
                            path);
}

static int read_header(const struct os_file *file, const char *path,
                       struct mem_format_header *ret_header, viv_error *err)
{
    uint8_t bytes[MEM_FORMAT_HEADER_BYTES];
    int code = os_file_read(file, path, 0, bytes, sizeof(bytes), err);

    if (code == 0)
        code = mem_format_read(bytes, file->bytes, (struct mem_format_key){0},
                               ret_header, err);
    if (code == 0 && ret_header->kind != MEM_FORMAT_PLACED)
        code =
            base_error(err, VIV_EFORMAT,
                       "'%s' is not an image to be used where it lies", path);
    return code;
}

static int check_header(const struct mem_format_header *header,
                        const uint8_t *identity, uint64_t limit, viv_error *err)
{
    int code = mem_load_check_same(header->identity, identity, "module", err);

    if (code == 0)
        code = mem_load_check_linear(header->linear_bytes, limit, err);
    return code;
}

static void mark_stored(struct mem_image *image,
                        const struct mem_format_header *header,
                        const uint8_t *runs)
{
    for (uint64_t i = 0; i < header->run_count; i++) {
        struct mem_format_run run =
            mem_format_read_run(runs + i * MEM_FORMAT_RUN_BYTES);

        for (size_t page = run.first; page < run.first + run.count; page++)
            image->stored[page / 64] |= 1ull << page % 64;
    }
    image->stored_pages = header->page_count;
}

static int read_runs(const struct os_file *file, const char *path,
                     const struct mem_format_header *header,
                     struct mem_image *image, viv_error *err)
{
    size_t len = header->run_count * MEM_FORMAT_RUN_BYTES;
    uint8_t *runs = base_alloc(len + 1);
    int code;

    if (runs == NULL)
        return base_error_memory(err);
    code = os_file_read(file, path, MEM_FORMAT_HEADER_BYTES, runs, len, err);
    if (code == 0)
        code = mem_format_check_runs(header, runs, err);
    if (code == 0)
        mark_stored(image, header, runs);
    base_free(runs);
    return code;
}

/* The image takes the descriptor. */
static int map(struct mem_image *image, struct os_file *file,
               const struct mem_format_header *header, viv_error *err)
{
    image->at = mem_format_placed_at(header);
    image->view = os_map_view(mem_image_bytes(image), file->fd, image->at);
    if (image->view == NULL)
        return base_error(err, VIV_ENOMEM,
                          "no room for an image of %zu MiB of address space",
                          mem_image_bytes(image) >> 20);
    image->fd = file->fd;
    file->fd = -1;
    memcpy(image->digest, header->body, MEM_IMAGE_DIGEST_BYTES);
    image->has_digest = true;
    return 0;
}

static int make(struct os_file *file, const char *path,
                const struct mem_format_header *header,
                struct mem_image **ret_image, viv_error *err)
{
    struct mem_image *image;
    int code =
        mem_seal_empty(header->state_bytes, header->linear_bytes, &image, err);

    if (code < 0)
        return code;
    code = read_runs(file, path, header, image, err);
    if (code == 0)
        code = map(image, file, header, err);
    if (code < 0)
        mem_image_unref(image);
    else
        *ret_image = image;
    return code;
}

int mem_place_open(const char *path, const uint8_t identity[32],
                   uint64_t limit_linear_bytes, struct mem_image **ret_image,
                   viv_error *err)
{
    struct mem_format_header header;
    struct os_file file;
    int code = os_file_open(path, &file, err);

    if (code < 0)
        return code;
    code = check_trust(&file, path, err);
    if (code == 0)
        code = read_header(&file, path, &header, err);
    if (code == 0)
        code = check_header(&header, identity, limit_linear_bytes, err);
    if (code == 0)
        code = make(&file, path, &header, ret_image, err);
    os_file_close(&file);
    return code;
}
