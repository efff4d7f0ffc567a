/* base_hmac.h - HMAC-SHA256 (RFC 2104): a digest that needs a key.
 *
 * Floor 0.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_HMAC_H
#define BASE_HMAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base_sha256.h"

struct base_hmac {
    struct base_sha256 inner, outer;
};

/* Begin with a key of any length; it is not kept. */
void base_hmac_init(struct base_hmac *hmac, const void *key, size_t key_len);
void base_hmac_add(struct base_hmac *hmac, const void *bytes, size_t len);

/* The result; what `hmac` knew of the key is wiped. */
void base_hmac_end(struct base_hmac *hmac, uint8_t ret_digest[32]);

/* Are two digests the same?  Takes as long whether they are or not, wherever
 * they differ: who tries values learns nothing from the time. */
bool base_hmac_is_same(const uint8_t a[32], const uint8_t b[32]);

#endif /* BASE_HMAC_H */
