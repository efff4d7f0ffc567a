/* base_sha256.h - SHA-256 (FIPS 180-4), for digests of files and images.
 *
 * Floor 0.  Uses the instructions for it where the CPU has them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

struct base_sha256 {
    uint32_t state[8];
    uint64_t total;
    uint8_t block[64];
};

void base_sha256_init(struct base_sha256 *sha);
void base_sha256_add(struct base_sha256 *sha, const void *bytes, size_t len);
void base_sha256_end(struct base_sha256 *sha, uint8_t ret_digest[32]);

/* All three at once. */
void base_sha256(const void *bytes, size_t len, uint8_t ret_digest[32]);

/* As 64 hexadecimal digits and a NUL. */
void base_sha256_hex(const uint8_t digest[32], char ret_text[65]);

/* ------------------------------------------------------------------------
 * For those who do the work, and their tests.
 */

/* The constants of the 64 rounds. */
extern const uint32_t base_sha256_constants[64];

/* Work `count` blocks of 64 bytes into `state`, in C. */
void base_sha256_plain_add(uint32_t state[8], const uint8_t *blocks,
                           size_t count);

#endif /* BASE_SHA256_H */
