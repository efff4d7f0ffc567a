/* base_hmac.c - HMAC-SHA256 (RFC 2104): a digest that needs a key.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* explicit_bzero */
#include "base/base_hmac.h"

#include <string.h>

/* Bytes of a block of SHA-256. */
#define BLOCK 64

static void begin(struct base_sha256 *sha, const uint8_t key[BLOCK],
                  uint8_t pad)
{
    uint8_t padded[BLOCK];

    for (int i = 0; i < BLOCK; i++)
        padded[i] = key[i] ^ pad;
    base_sha256_init(sha);
    base_sha256_add(sha, padded, BLOCK);
    explicit_bzero(padded, sizeof(padded));
}

/* A key that is longer than a block is replaced by its digest. */
void base_hmac_init(struct base_hmac *hmac, const void *key, size_t key_len)
{
    uint8_t block[BLOCK] = {0};

    if (key_len > BLOCK)
        base_sha256(key, key_len, block);
    else if (key_len > 0)
        memcpy(block, key, key_len);
    begin(&hmac->inner, block, 0x36);
    begin(&hmac->outer, block, 0x5c);
    explicit_bzero(block, sizeof(block));
}

void base_hmac_add(struct base_hmac *hmac, const void *bytes, size_t len)
{
    base_sha256_add(&hmac->inner, bytes, len);
}

void base_hmac_end(struct base_hmac *hmac, uint8_t ret_digest[32])
{
    uint8_t digest[32];

    base_sha256_end(&hmac->inner, digest);
    base_sha256_add(&hmac->outer, digest, sizeof(digest));
    base_sha256_end(&hmac->outer, ret_digest);
    explicit_bzero(hmac, sizeof(*hmac));
}

bool base_hmac_is_same(const uint8_t a[32], const uint8_t b[32])
{
    volatile uint8_t differs = 0;

    for (int i = 0; i < 32; i++)
        differs = differs | (uint8_t)(a[i] ^ b[i]);
    return differs == 0;
}
