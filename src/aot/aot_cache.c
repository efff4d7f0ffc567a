/* aot_cache.c - compiled modules that need not be compiled again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_cache.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "aot/aot_prelude_files.h"
#include "base/base_alloc.h"
#include "base/base_sha256.h"
#include "os/os_file.h"
#include "os/os_path.h"

#define DIGEST_BYTES   32
#define FILE_BYTES_MAX ((uint64_t)1 << 32)

/* Each part with its length before it, so that no two lists of parts look the
 * same. */
static void add(struct base_sha256 *sha, const void *bytes, size_t len)
{
    uint64_t count = len;

    base_sha256_add(sha, &count, sizeof(count));
    base_sha256_add(sha, bytes, len);
}

void aot_cache_key(const struct aot_cc *cc, const struct aot_source *source,
                   const struct engine_header *header,
                   char ret_key[AOT_CACHE_KEY_BYTES])
{
    uint8_t digest[DIGEST_BYTES];
    struct base_sha256 sha;

    base_sha256_init(&sha);
    aot_cc_digest(cc, &sha);
    add(&sha, header, sizeof(*header));
    for (size_t i = 0; aot_prelude_files[i].name != NULL; i++)
        add(&sha, aot_prelude_files[i].text, strlen(aot_prelude_files[i].text));
    for (uint32_t i = 0; i < source->unit_count; i++)
        add(&sha, source->units[i].at, source->units[i].len);
    base_sha256_end(&sha, digest);
    base_sha256_hex(digest, ret_key);
}

static bool name(const char *folder, const char *key, char *ret_path,
                 size_t size)
{
    int len = snprintf(ret_path, size, "%s/%s.viv", folder, key);

    return len > 0 && (size_t)len < size;
}

int aot_cache_get(const char *folder, const char *key, uint8_t **ret_bytes,
                  size_t *ret_len)
{
    uint8_t digest[DIGEST_BYTES], *bytes;
    char path[PATH_MAX];
    size_t len;

    if (!name(folder, key, path, sizeof(path)) ||
        os_file_read_all(path, FILE_BYTES_MAX, &bytes, &len, NULL) < 0)
        return VIV_ENOTFOUND;
    if (len > DIGEST_BYTES) {
        len -= DIGEST_BYTES;
        base_sha256(bytes, len, digest);
        if (memcmp(bytes + len, digest, DIGEST_BYTES) == 0) {
            *ret_bytes = bytes;
            *ret_len = len;
            return 0;
        }
    }
    base_free(bytes);
    return VIV_ENOTFOUND;
}

void aot_cache_put(const char *folder, const char *key, const uint8_t *bytes,
                   size_t len)
{
    char path[PATH_MAX];
    uint8_t *copy;

    if (!name(folder, key, path, sizeof(path)) ||
        os_path_make_folder(folder, NULL) < 0)
        return;
    copy = base_alloc(len + DIGEST_BYTES);
    if (copy == NULL)
        return;
    memcpy(copy, bytes, len);
    base_sha256(bytes, len, copy + len);
    (void)os_file_write(path, copy, len + DIGEST_BYTES, 0666, NULL);
    base_free(copy);
}
