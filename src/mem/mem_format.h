/* mem_format.h - how images and regions are saved: the header.
 *
 * Floor 2.  One format for four kinds of file.  All numbers are little-endian:
 *
 *     at   bytes
 *       0      8  magic
 *       8      4  version of the format
 *      12      4  kind
 *      16      4  flags: 1, the check value was made with a key
 *      20      4  bytes of a page
 *      24      8  bytes of state pages
 *      32      8  bytes of linear memory
 *      40      8  how many runs
 *      48      8  how many pages they have together
 *      56      8  0
 *      64     32  identity: of what this is the memory, as its owner knows it
 *      96     32  digest of the image that it is a delta over; zeros if none
 *     128     32  digest of the body
 *     160     32  check value: SHA-256 of the 160 bytes before it; with a key,
 *                 HMAC-SHA256
 *     192   8*n   the body: runs, each its first page and how many pages
 *         4096*n  and then the pages, in the same order
 *
 * In a file of the last kind the runs are followed by zeros up to the end of a
 * page, and then by all pages.
 *
 * Runs are ascending and do not touch.  The digest of the body is that of both
 * sizes, the runs and the pages; the body of a whole image has no page of
 * zeros, and so its digest is the image's (mem_image_digest).
 *
 * The check value binds the digest of the body, and so binds all.  It is looked
 * at before anything else is believed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MEM_FORMAT_H
#define MEM_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vivarium.h"

#define MEM_FORMAT_VERSION        1u
#define MEM_FORMAT_HEADER_BYTES   192
#define MEM_FORMAT_CHECKED_BYTES  160
#define MEM_FORMAT_RUN_BYTES      8
#define MEM_FORMAT_IDENTITY_BYTES 32

/* A page has a number below this: a terabyte. */
#define MEM_FORMAT_PAGES_MAX ((uint64_t)1 << 28)

enum mem_format_kind {
    MEM_FORMAT_IMAGE = 1,  /* a whole image */
    MEM_FORMAT_DELTA = 2,  /* an image, as what differs from another */
    MEM_FORMAT_REGION = 3, /* a region, as what differs from its image */
    MEM_FORMAT_PLACED = 4  /* a whole image, each page at its place */
};

struct mem_format_header {
    uint32_t kind;
    uint64_t state_bytes;
    uint64_t linear_bytes;
    uint64_t run_count;
    uint64_t page_count;
    uint8_t identity[MEM_FORMAT_IDENTITY_BYTES];
    uint8_t base[32];
    uint8_t body[32];
};

/* Who may read it: whoever has the key.  NULL: everybody. */
struct mem_format_key {
    const void *bytes;
    size_t len;
};

/* Write a header with its check value. */
void mem_format_write(const struct mem_format_header *header,
                      struct mem_format_key key,
                      uint8_t ret_bytes[MEM_FORMAT_HEADER_BYTES]);

/* Read and check the header of a file of `len` bytes, of which the first are at
 * `bytes`: afterwards its numbers are true to each other and to `len`, and
 * whoever wrote them had the key.  What the body holds is not looked at.
 *
 * Fails with VIV_EFORMAT; with VIV_EVERSION when the file is of another version
 * of the format. */
int mem_format_read(const uint8_t *bytes, size_t len, struct mem_format_key key,
                    struct mem_format_header *ret_header, viv_error *err);

/* The digest of a body, whose runs and pages lie one after the other. */
void mem_format_digest(const struct mem_format_header *header,
                       const uint8_t *body, uint8_t ret_digest[32]);

/* Where the pages of a placed image begin. */
uint64_t mem_format_placed_at(const struct mem_format_header *header);

/* All bytes of a file with this header. */
uint64_t mem_format_bytes(const struct mem_format_header *header);

/* Ascending, not touching, inside, and as many pages as there are?  Fails with
 * VIV_EFORMAT. */
int mem_format_check_runs(const struct mem_format_header *header,
                          const uint8_t *runs, viv_error *err);

/* The bytes of a body, runs and pages.  Before: the numbers are in bounds. */
size_t mem_format_body_bytes(const struct mem_format_header *header);

/* Both sizes, as the digest has them. */
void mem_format_write_sizes(uint64_t state_bytes, uint64_t linear_bytes,
                            uint8_t ret_bytes[16]);

/* One run of a body. */
struct mem_format_run {
    size_t first;
    size_t count;
};

void mem_format_write_run(struct mem_format_run run,
                          uint8_t ret_bytes[MEM_FORMAT_RUN_BYTES]);
struct mem_format_run
mem_format_read_run(const uint8_t bytes[MEM_FORMAT_RUN_BYTES]);

#endif /* MEM_FORMAT_H */
