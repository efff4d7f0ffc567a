/* aot_cache.h - compiled modules that need not be compiled again.
 *
 * Top floor; internal to src/aot.  A folder of files named by the digest of
 * all that they are made from: the C, the prelude, the header (which has the
 * digest of the skeleton), the arguments, and the compiler's and linker's
 * files.  So an entry cannot be stale; a file that is damaged is noticed by
 * the digest of its contents, which it ends with, and made again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AOT_CACHE_H
#define AOT_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "aot/aot_cc.h"
#include "aot/aot_source.h"
#include "engine/engine_abi.h"

#define AOT_CACHE_KEY_BYTES 65

void aot_cache_key(const struct aot_cc *cc, const struct aot_source *source,
                   const struct engine_header *header,
                   char ret_key[AOT_CACHE_KEY_BYTES]);

/* The bytes kept under `key`, the caller's to base_free().  Negative if there
 * are none. */
int aot_cache_get(const char *folder, const char *key, uint8_t **ret_bytes,
                  size_t *ret_len);

/* Keep them.  A cache that cannot be written is no error. */
void aot_cache_put(const char *folder, const char *key, const uint8_t *bytes,
                   size_t len);

#endif /* AOT_CACHE_H */
