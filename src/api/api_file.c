/* api_file.c - vivarium.h: what a file with memory of guests says of itself.
 *
 * SECURITY.  The file may be anybody's.  mem_format_read() makes sure that its
 * numbers agree with each other and with its length, mem_format_check_runs()
 * that no run is outside; what is read here is where these say, and the file is
 * read piece by piece, so that nothing is allocated by a number of its own but
 * its runs, of which the file has as many bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "api/api.h"
#include "base/base_alloc.h"
#include "base/base_error.h"
#include "base/base_hmac.h"
#include "base/base_sha256.h"
#include "mem/mem_format.h"
#include "os/os_file.h"
#include "os/os_map.h"

_Static_assert(VIV_FILE_PLACED == (int)MEM_FORMAT_PLACED &&
                   VIV_FILE_SANDBOX == (int)MEM_FORMAT_REGION &&
                   VIV_FILE_DELTA == (int)MEM_FORMAT_DELTA &&
                   VIV_FILE_IMAGE == (int)MEM_FORMAT_IMAGE,
               "kinds are passed on as they are");

/* As much is read at a time. */
#define PIECE_BYTES 16384

/* A file that is open, whose header is true. */
struct look {
    const char *path;
    struct os_file file;
    struct mem_format_header header;
};

/* ------------------------------------------------------------------------
 * The header.
 */

static int read_header(struct look *look, const viv_key *key, viv_error *err)
{
    uint8_t bytes[MEM_FORMAT_HEADER_BYTES];
    struct mem_format_key proof = {0};
    size_t len = look->file.bytes < sizeof(bytes) ? (size_t)look->file.bytes
                                                  : sizeof(bytes);
    int code = os_file_read(&look->file, look->path, 0, bytes, len, err);

    if (key != NULL)
        proof = (struct mem_format_key){key->bytes, key->len};
    if (code == 0)
        code = mem_format_read(bytes, (size_t)look->file.bytes, proof,
                               &look->header, err);
    return code;
}

static int open_file(struct look *look, const char *path, const viv_key *key,
                     viv_error *err)
{
    int code = os_file_open(path, &look->file, err);

    if (code < 0)
        return code;
    look->path = path;
    code = read_header(look, key, err);
    if (code < 0)
        os_file_close(&look->file);
    return code;
}

int viv_image_look(const char *path, const viv_key *key,
                   viv_image_file *ret_file, viv_error *err)
{
    struct look look;
    int code;

    if (path == NULL || ret_file == NULL)
        return base_error(err, VIV_EINVAL,
                          "viv_image_look() needs a path and a place for what "
                          "it finds");
    code = open_file(&look, path, key, err);
    if (code < 0)
        return code;
    *ret_file = (viv_image_file){
        .kind = look.header.kind,
        .version = MEM_FORMAT_VERSION,
        .file_bytes = look.file.bytes,
        .memory_bytes = look.header.linear_bytes,
        .state_bytes = look.header.state_bytes,
        .stored_bytes = look.header.page_count * OS_PAGE_BYTES,
    };
    memcpy(ret_file->module, look.header.identity, 32);
    memcpy(ret_file->over, look.header.base, 32);
    memcpy(ret_file->digest, look.header.body, 32);
    os_file_close(&look.file);
    return 0;
}

/* ------------------------------------------------------------------------
 * The body.
 */

static int add(struct base_sha256 *sha, const struct look *look, uint64_t at,
               uint64_t len, viv_error *err)
{
    uint8_t piece[PIECE_BYTES];
    int code = 0;

    while (len > 0 && code == 0) {
        size_t part = len < PIECE_BYTES ? (size_t)len : PIECE_BYTES;

        code = os_file_read(&look->file, look->path, at, piece, part, err);
        if (code == 0)
            base_sha256_add(sha, piece, part);
        at += part;
        len -= part;
    }
    return code;
}

/* The pages of all runs: in a row, or each at its place. */
static int add_pages(struct base_sha256 *sha, const struct look *look,
                     const uint8_t *runs, viv_error *err)
{
    bool is_placed = look->header.kind == MEM_FORMAT_PLACED;
    uint64_t next =
        MEM_FORMAT_HEADER_BYTES + look->header.run_count * MEM_FORMAT_RUN_BYTES;
    int code = 0;

    for (uint64_t i = 0; i < look->header.run_count && code == 0; i++) {
        struct mem_format_run run =
            mem_format_read_run(runs + i * MEM_FORMAT_RUN_BYTES);
        uint64_t len = (uint64_t)run.count * OS_PAGE_BYTES;

        if (is_placed)
            next = mem_format_placed_at(&look->header) +
                   (uint64_t)run.first * OS_PAGE_BYTES;
        code = add(sha, look, next, len, err);
        next += len;
    }
    return code;
}

static int compare(const struct look *look, const uint8_t *runs, viv_error *err)
{
    struct base_sha256 sha;
    uint8_t sizes[16], digest[32];
    int code;

    mem_format_write_sizes(look->header.state_bytes, look->header.linear_bytes,
                           sizes);
    base_sha256_init(&sha);
    base_sha256_add(&sha, sizes, sizeof(sizes));
    base_sha256_add(&sha, runs, look->header.run_count * MEM_FORMAT_RUN_BYTES);
    code = add_pages(&sha, look, runs, err);
    base_sha256_end(&sha, digest);
    if (code == 0 && !base_hmac_is_same(digest, look->header.body))
        code = base_error(err, VIV_EFORMAT, "pages of '%s' have been changed",
                          look->path);
    return code;
}

static int verify(const struct look *look, viv_error *err)
{
    size_t len = (size_t)look->header.run_count * MEM_FORMAT_RUN_BYTES;
    uint8_t *runs = base_alloc(len + 1);
    int code;

    if (runs == NULL)
        return base_error_memory(err);
    code = os_file_read(&look->file, look->path, MEM_FORMAT_HEADER_BYTES, runs,
                        len, err);
    if (code == 0)
        code = mem_format_check_runs(&look->header, runs, err);
    if (code == 0)
        code = compare(look, runs, err);
    base_free(runs);
    return code;
}

int viv_image_verify(const char *path, const viv_key *key, viv_error *err)
{
    struct look look;
    int code;

    if (path == NULL)
        return base_error(err, VIV_EINVAL, "viv_image_verify() needs a path");
    code = open_file(&look, path, key, err);
    if (code < 0)
        return code;
    code = verify(&look, err);
    os_file_close(&look.file);
    return code;
}
