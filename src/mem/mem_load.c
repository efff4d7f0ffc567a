/* mem_load.c - bytes become images and regions again.
 *
 * SECURITY.  The bytes come from whoever wrote the file.  mem_format_read()
 * makes sure that the header's numbers agree with each other and with the
 * length, so runs and pages are where they should be.  Here every run is
 * compared with the number of pages before it is used, in 64 bits, and runs
 * must ascend: no page is outside, none is written twice.  Nothing is allocated
 * by a number of the file but a bit for each page, of which there are at most
 * 2^28, and what the file itself has; linear memory is compared with the limit
 * first.  The digest is compared before any page is copied.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_load.h"

#include <stdio.h>
#include <string.h>

#include "base/base_check.h"
#include "base/base_error.h"
#include "base/base_hmac.h"
#include "mem/mem_dirty.h"
#include "mem/mem_format.h"
#include "mem/mem_seal.h"

/* Of digests and identities, as many digits as people compare. */
#define SHORT_BYTES 6

/* A file whose header is true. */
struct load {
    struct mem_format_header header;
    const uint8_t *body; /* runs, then pages */
    const char *pages;
};

/* ------------------------------------------------------------------------
 * Checks, in the order in which they are made.
 */

static const char *kind_text(uint32_t kind)
{
    static const char *const texts[] = {
        [MEM_FORMAT_IMAGE] = "a whole image",
        [MEM_FORMAT_DELTA] = "an image as a delta over another",
        [MEM_FORMAT_REGION] = "a sandbox as a delta over its image",
        [MEM_FORMAT_PLACED] = "an image to be used where it lies",
    };

    return texts[kind];
}

static int check_kind(const struct load *load, enum mem_format_kind kind,
                      viv_error *err)
{
    if (load->header.kind == kind)
        return 0;
    return base_error(err, VIV_EFORMAT, "this is %s, and not %s",
                      kind_text(load->header.kind), kind_text(kind));
}

static void shorten(const uint8_t *digest, char ret_text[2 * SHORT_BYTES + 1])
{
    for (int i = 0; i < SHORT_BYTES; i++)
        snprintf(ret_text + 2 * i, 3, "%02x", digest[i]);
}

int mem_load_check_same(const uint8_t *files, const uint8_t *ours,
                        const char *what, viv_error *err)
{
    char theirs[2 * SHORT_BYTES + 1], mine[2 * SHORT_BYTES + 1];

    if (memcmp(files, ours, 32) == 0)
        return 0;
    shorten(files, theirs);
    shorten(ours, mine);
    return base_error(err, VIV_EVERSION, "it was saved from %s %s, here is %s",
                      what, theirs, mine);
}

int mem_load_check_linear(uint64_t bytes, uint64_t limit, viv_error *err)
{
    if (bytes <= limit)
        return 0;
    return base_error(err, VIV_EINVAL,
                      "what was saved has %llu bytes of memory, the limit is "
                      "%llu",
                      (unsigned long long)bytes, (unsigned long long)limit);
}

static struct mem_format_run run_at(const struct load *load, uint64_t i)
{
    return mem_format_read_run(load->body + i * MEM_FORMAT_RUN_BYTES);
}

static int check_body(const struct load *load, viv_error *err)
{
    uint8_t digest[32];

    mem_format_digest(&load->header, load->body, digest);
    if (base_hmac_is_same(digest, load->header.body))
        return mem_format_check_runs(&load->header, load->body, err);
    return base_error(err, VIV_EFORMAT,
                      "the saved image's pages have been "
                      "changed");
}

/* The header, and that it is of this kind and identity. */
static int begin(struct load *load, const uint8_t *bytes, size_t len,
                 struct mem_format_key key, enum mem_format_kind kind,
                 const uint8_t *identity, viv_error *err)
{
    int code = mem_format_read(bytes, len, key, &load->header, err);

    if (code < 0)
        return code;
    load->body = bytes + MEM_FORMAT_HEADER_BYTES;
    load->pages = (const char *)load->body +
                  load->header.run_count * MEM_FORMAT_RUN_BYTES;
    code = check_kind(load, kind, err);
    if (code == 0)
        code =
            mem_load_check_same(load->header.identity, identity, "module", err);
    return code;
}

/* Is it a delta over `image`? */
static int check_base(const struct load *load, struct mem_image *image,
                      viv_error *err)
{
    int code = mem_load_check_same(load->header.base, mem_image_digest(image),
                                   "image", err);

    if (code == 0 && load->header.state_bytes != mem_image_state_bytes(image))
        code = base_error(err, VIV_EFORMAT,
                          "the saved image has other state pages than the one "
                          "it is a delta over");
    return code;
}

/* ------------------------------------------------------------------------
 * Images.
 */

/* All runs, and between them what `over` has. */
static int put_pages(const struct load *load, const struct mem_image *over,
                     struct mem_image *image, viv_error *err)
{
    const char *pages = load->pages;
    size_t done = 0;
    int code = 0;

    for (uint64_t i = 0; i < load->header.run_count && code == 0; i++) {
        struct mem_format_run run = run_at(load, i);

        code = mem_seal_copy(image, over, done, run.first, err);
        if (code == 0)
            code = mem_seal_put(image, run.first, pages, run.count, err);
        done = run.first + run.count;
        pages += run.count * OS_PAGE_BYTES;
    }
    if (code == 0)
        code = mem_seal_copy(image, over, done, mem_image_pages(image), err);
    return code;
}

/* The digest of a whole image's body is the image's, if no page is zeros. */
static int take_digest(const struct load *load, struct mem_image *image,
                       viv_error *err)
{
    if (image->stored_pages != load->header.page_count)
        return base_error(err, VIV_EFORMAT,
                          "the saved image has pages of zeros, which are not "
                          "saved");
    memcpy(image->digest, load->header.body, MEM_IMAGE_DIGEST_BYTES);
    image->has_digest = true;
    return 0;
}

static int build(const struct load *load, const struct mem_image *over,
                 struct mem_image **ret_image, viv_error *err)
{
    struct mem_image *image;
    int code = mem_seal_begin(load->header.state_bytes,
                              load->header.linear_bytes, &image, err);

    if (code < 0)
        return code;
    code = put_pages(load, over, image, err);
    if (code == 0 && over == NULL)
        code = take_digest(load, image, err);
    if (code == 0)
        code = mem_seal_end(image, err);
    if (code < 0)
        mem_image_unref(image);
    else
        *ret_image = image;
    return code;
}

int mem_load_image(const uint8_t *bytes, size_t len, struct mem_image *over,
                   const uint8_t identity[32], const void *key, size_t key_len,
                   uint64_t limit_linear_bytes, struct mem_image **ret_image,
                   viv_error *err)
{
    struct mem_format_key sealed = {key, key_len};
    struct load load;
    int code = begin(&load, bytes, len, sealed,
                     over == NULL ? MEM_FORMAT_IMAGE : MEM_FORMAT_DELTA,
                     identity, err);

    if (code == 0 && over != NULL)
        code = check_base(&load, over, err);
    if (code == 0)
        code = mem_load_check_linear(load.header.linear_bytes,
                                     limit_linear_bytes, err);
    if (code == 0)
        code = check_body(&load, err);
    if (code == 0)
        code = build(&load, over, ret_image, err);
    return code;
}

/* ------------------------------------------------------------------------
 * Regions.
 */

static void copy_pages(const struct load *load, struct mem_region *region)
{
    const char *pages = load->pages;

    for (uint64_t i = 0; i < load->header.run_count; i++) {
        struct mem_format_run run = run_at(load, i);

        memcpy(mem_dirty_page(region, run.first), pages,
               run.count * OS_PAGE_BYTES);
        pages += run.count * OS_PAGE_BYTES;
    }
}

/* Linear memory cannot become smaller than that of its image. */
static int grow(const struct load *load, struct mem_region *region,
                viv_error *err)
{
    if (load->header.linear_bytes < region->linear_bytes)
        return base_error(err, VIV_EFORMAT,
                          "the saved sandbox has less memory than its image");
    if (mem_region_grow(region, load->header.linear_bytes) < 0)
        return base_error(err, VIV_ENOMEM,
                          "no room for the %llu bytes of memory of the saved "
                          "sandbox",
                          (unsigned long long)load->header.linear_bytes);
    return 0;
}

int mem_load_region(struct mem_region *region, const uint8_t *bytes, size_t len,
                    const uint8_t identity[32], const void *key, size_t key_len,
                    uint64_t limit_linear_bytes, viv_error *err)
{
    struct mem_format_key sealed = {key, key_len};
    uint64_t limit = region->shape.linear_max_bytes;
    struct load load;
    int code;

    CHECK(region->image != NULL);
    CHECK(region->linear_bytes == mem_image_linear_bytes(region->image));
    if (limit > limit_linear_bytes)
        limit = limit_linear_bytes;
    code = begin(&load, bytes, len, sealed, MEM_FORMAT_REGION, identity, err);
    if (code == 0)
        code = check_base(&load, region->image, err);
    if (code == 0)
        code = mem_load_check_linear(load.header.linear_bytes, limit, err);
    if (code == 0)
        code = check_body(&load, err);
    if (code == 0)
        code = grow(&load, region, err);
    if (code == 0)
        copy_pages(&load, region);
    return code;
}
