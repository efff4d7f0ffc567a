/* wasi_random.c - what a guest gets when it asks for chance.
 *
 * The row is SHA-256 of the seed and a number, for the numbers 0, 1, 2 ...: 32
 * bytes each.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_random.h"

#include <string.h>

#include "base/base_sha256.h"

#define BLOCK_BYTES 32

static void block(uint64_t seed, uint64_t number, uint8_t to[BLOCK_BYTES])
{
    struct base_sha256 sha;

    base_sha256_init(&sha);
    base_sha256_add(&sha, "vivarium random", 16);
    base_sha256_add(&sha, &seed, sizeof(seed));
    base_sha256_add(&sha, &number, sizeof(number));
    base_sha256_end(&sha, to);
}

void wasi_random_row(uint64_t seed, uint64_t at, char *to, size_t len)
{
    uint8_t bytes[BLOCK_BYTES];

    while (len > 0) {
        size_t from = at % BLOCK_BYTES, count = BLOCK_BYTES - from;

        if (count > len)
            count = len;
        block(seed, at / BLOCK_BYTES, bytes);
        memcpy(to, bytes + from, count);
        at += count;
        to += count;
        len -= count;
    }
}
