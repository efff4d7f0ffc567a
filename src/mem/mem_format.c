/* mem_format.c - how images and regions are saved: the header.
 *
 * SECURITY.  The bytes come from whoever wrote the file.  Of the header only
 * magic, version and the flag for the key are looked at before the check value
 * is found right.  Without a key that says nothing about the author, so every
 * number is bounded all the same: sums are of 64 bits and of terms below 2^41,
 * and the file is exactly as long as they say.  With a key the check value is
 * compared in constant time, and a file that was made with one is refused
 * without it, and the other way round: else the check could be taken off.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_format.h"

#include <string.h>

#include "base/base_error.h"
#include "base/base_hmac.h"
#include "base/base_read.h"
#include "base/base_sha256.h"
#include "os/os_map.h"

#define FLAG_KEY 1u

static const uint8_t magic[8] = {'v', 'i', 'v', 'i', 'm', 'a', 'g', 'e'};

/* ------------------------------------------------------------------------
 * Bytes.
 */

static uint8_t *put(uint8_t *at, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *at++ = (uint8_t)(value >> (8 * i));
    return at;
}

static void compute_check(const uint8_t *bytes, struct mem_format_key key,
                          uint8_t ret_check[32])
{
    struct base_hmac hmac;

    if (key.bytes == NULL) {
        base_sha256(bytes, MEM_FORMAT_CHECKED_BYTES, ret_check);
        return;
    }
    base_hmac_init(&hmac, key.bytes, key.len);
    base_hmac_add(&hmac, bytes, MEM_FORMAT_CHECKED_BYTES);
    base_hmac_end(&hmac, ret_check);
}

void mem_format_write(const struct mem_format_header *header,
                      struct mem_format_key key,
                      uint8_t ret_bytes[MEM_FORMAT_HEADER_BYTES])
{
    uint8_t *at = ret_bytes;

    memcpy(at, magic, sizeof(magic));
    at = put(at + sizeof(magic), MEM_FORMAT_VERSION, 4);
    at = put(at, header->kind, 4);
    at = put(at, key.bytes != NULL ? FLAG_KEY : 0, 4);
    at = put(at, OS_PAGE_BYTES, 4);
    at = put(at, header->state_bytes, 8);
    at = put(at, header->linear_bytes, 8);
    at = put(at, header->run_count, 8);
    at = put(at, header->page_count, 8);
    at = put(at, 0, 8);
    memcpy(at, header->identity, MEM_FORMAT_IDENTITY_BYTES);
    memcpy(at + 32, header->base, 32);
    memcpy(at + 64, header->body, 32);
    compute_check(ret_bytes, key, at + 96);
}

/* ------------------------------------------------------------------------
 * Reading.
 */

/* Is it ours, and is it sealed as it should be? */
static int check_seal(const uint8_t *bytes, size_t len,
                      struct mem_format_key key, viv_error *err)
{
    struct base_read read;
    uint32_t version, flags;
    uint8_t check[32];

    if (len < MEM_FORMAT_HEADER_BYTES ||
        memcmp(bytes, magic, sizeof(magic)) != 0)
        return base_error(err, VIV_EFORMAT,
                          "these %zu bytes are no saved image", len);
    base_read_init(&read, bytes + 8, MEM_FORMAT_HEADER_BYTES - 8, 8);
    version = base_read_u32le(&read);
    if (version != MEM_FORMAT_VERSION)
        return base_error(err, VIV_EVERSION,
                          "the saved image has format %u, this library reads "
                          "format %u",
                          version, MEM_FORMAT_VERSION);
    base_read_bytes(&read, 4); /* the kind */
    flags = base_read_u32le(&read);
    if ((flags & FLAG_KEY) != 0 && key.bytes == NULL)
        return base_error(err, VIV_EFORMAT,
                          "the saved image was made with a key, and none was "
                          "given to read it");
    if ((flags & FLAG_KEY) == 0 && key.bytes != NULL)
        return base_error(err, VIV_EFORMAT,
                          "the saved image was made without a key, and a key "
                          "was given to read it");
    compute_check(bytes, key, check);
    if (!base_hmac_is_same(check, bytes + MEM_FORMAT_CHECKED_BYTES))
        return base_error(err, VIV_EFORMAT,
                          "the saved image has been changed%s",
                          key.bytes != NULL ? ", or has another key" : "");
    return 0;
}

static struct mem_format_header parse(const uint8_t *bytes, uint32_t *ret_flags,
                                      uint32_t *ret_page, uint64_t *ret_zero)
{
    struct mem_format_header header;
    struct base_read read;

    base_read_init(&read, bytes + 12, MEM_FORMAT_HEADER_BYTES - 12, 12);
    header.kind = base_read_u32le(&read);
    *ret_flags = base_read_u32le(&read);
    *ret_page = base_read_u32le(&read);
    header.state_bytes = base_read_u64le(&read);
    header.linear_bytes = base_read_u64le(&read);
    header.run_count = base_read_u64le(&read);
    header.page_count = base_read_u64le(&read);
    *ret_zero = base_read_u64le(&read);
    memcpy(header.identity, base_read_bytes(&read, 32), 32);
    memcpy(header.base, base_read_bytes(&read, 32), 32);
    memcpy(header.body, base_read_bytes(&read, 32), 32);
    return header;
}

/* Both sizes in whole pages, of which there are some and not too many. */
static bool has_good_sizes(const struct mem_format_header *header)
{
    uint64_t most = MEM_FORMAT_PAGES_MAX * OS_PAGE_BYTES;
    uint64_t state = header->state_bytes, linear = header->linear_bytes;

    return state <= most && linear <= most && state + linear > 0 &&
           state + linear <= most && state % OS_PAGE_BYTES == 0 &&
           linear % OS_PAGE_BYTES == 0;
}

/* Each run has a page, and no page is there twice. */
static bool has_good_counts(const struct mem_format_header *header)
{
    uint64_t pages =
        (header->state_bytes + header->linear_bytes) / OS_PAGE_BYTES;

    return header->run_count <= header->page_count &&
           header->page_count <= pages;
}

int mem_format_read(const uint8_t *bytes, size_t len, struct mem_format_key key,
                    struct mem_format_header *ret_header, viv_error *err)
{
    struct mem_format_header header;
    uint32_t flags, page_bytes;
    uint64_t zero;
    int code = check_seal(bytes, len, key, err);

    if (code < 0)
        return code;
    header = parse(bytes, &flags, &page_bytes, &zero);
    if (header.kind < MEM_FORMAT_IMAGE || header.kind > MEM_FORMAT_PLACED ||
        (flags & ~FLAG_KEY) != 0 || page_bytes != OS_PAGE_BYTES || zero != 0 ||
        !has_good_sizes(&header) || !has_good_counts(&header))
        return base_error(err, VIV_EFORMAT,
                          "the saved image's header says what cannot be");
    if (len != mem_format_bytes(&header))
        return base_error(err, VIV_EFORMAT,
                          "the saved image has %zu bytes and should have %llu",
                          len, (unsigned long long)mem_format_bytes(&header));
    *ret_header = header;
    return 0;
}

/* ------------------------------------------------------------------------
 * The body.
 */

size_t mem_format_body_bytes(const struct mem_format_header *header)
{
    return header->run_count * MEM_FORMAT_RUN_BYTES +
           header->page_count * OS_PAGE_BYTES;
}

uint64_t mem_format_placed_at(const struct mem_format_header *header)
{
    return os_map_round(MEM_FORMAT_HEADER_BYTES +
                        header->run_count * MEM_FORMAT_RUN_BYTES);
}

uint64_t mem_format_bytes(const struct mem_format_header *header)
{
    if (header->kind == MEM_FORMAT_PLACED)
        return mem_format_placed_at(header) + header->state_bytes +
               header->linear_bytes;
    return MEM_FORMAT_HEADER_BYTES + mem_format_body_bytes(header);
}

void mem_format_write_sizes(uint64_t state_bytes, uint64_t linear_bytes,
                            uint8_t ret_bytes[16])
{
    put(put(ret_bytes, state_bytes, 8), linear_bytes, 8);
}

void mem_format_digest(const struct mem_format_header *header,
                       const uint8_t *body, uint8_t ret_digest[32])
{
    struct base_sha256 sha;
    uint8_t sizes[16];

    mem_format_write_sizes(header->state_bytes, header->linear_bytes, sizes);
    base_sha256_init(&sha);
    base_sha256_add(&sha, sizes, sizeof(sizes));
    base_sha256_add(&sha, body, mem_format_body_bytes(header));
    base_sha256_end(&sha, ret_digest);
}

void mem_format_write_run(struct mem_format_run run,
                          uint8_t ret_bytes[MEM_FORMAT_RUN_BYTES])
{
    put(put(ret_bytes, run.first, 4), run.count, 4);
}

struct mem_format_run
mem_format_read_run(const uint8_t bytes[MEM_FORMAT_RUN_BYTES])
{
    struct mem_format_run run;
    struct base_read read;

    base_read_init(&read, bytes, MEM_FORMAT_RUN_BYTES, 0);
    run.first = base_read_u32le(&read);
    run.count = base_read_u32le(&read);
    return run;
}

int mem_format_check_runs(const struct mem_format_header *header,
                          const uint8_t *runs, viv_error *err)
{
    uint64_t pages =
        (header->state_bytes + header->linear_bytes) / OS_PAGE_BYTES;
    uint64_t next = 0, sum = 0;

    for (uint64_t i = 0; i < header->run_count; i++) {
        struct mem_format_run run =
            mem_format_read_run(runs + i * MEM_FORMAT_RUN_BYTES);

        if (run.first < next || run.count == 0 || run.first >= pages ||
            run.count > pages - run.first)
            return base_error(err, VIV_EFORMAT,
                              "run %llu of the saved image, %zu pages from %zu "
                              "on, is out of order or outside",
                              (unsigned long long)i, run.count, run.first);
        next = (uint64_t)run.first + run.count + 1;
        sum += run.count;
    }
    if (sum != header->page_count)
        return base_error(err, VIV_EFORMAT,
                          "the saved image has %llu pages and its runs %llu",
                          (unsigned long long)header->page_count,
                          (unsigned long long)sum);
    return 0;
}
