/* pool_release.h - what is released goes back, or goes.
 *
 * Floor 8.  What pool.c and pool_release.c know of each other.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef POOL_RELEASE_H
#define POOL_RELEASE_H

#include "pool/pool.h"

/* Under the lock: the slot is empty, and its sandbox, or NULL, is to be given
 * to pool_free_sandbox() without it. */
struct sandbox *pool_empty(struct pool *pool, struct pool_slot *slot);

/* Under the lock: the same of one that was idle too long; NULL: there is none,
 * or no more than config.min. */
struct sandbox *pool_trim_one(struct pool *pool, uint64_t now);

/* One reference less, of those that slots have. */
void pool_let_go(struct pool *pool);

#endif /* POOL_RELEASE_H */
