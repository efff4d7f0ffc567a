/* pool_ceiling.h - at most so many sandboxes in all pools of the process.
 *
 * Floor 8.  Any thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef POOL_CEILING_H
#define POOL_CEILING_H

#include <stdbool.h>
#include <stdint.h>

struct pool;

/* viv_pool_ceiling(). */
void pool_ceiling_set(uint64_t count);

/* Count one sandbox more, unless that is too many; one less.  The former under
 * the lock of a pool, the latter under none: pools that wait are served. */
bool pool_ceiling_take(void);
void pool_ceiling_give(void);

/* A pool begins, ends.  Without its lock. */
void pool_ceiling_join(struct pool *pool);
void pool_ceiling_leave(struct pool *pool);

/* Another pool than `pool` shall free a sandbox that it does not need.  Without
 * locks. */
void pool_ceiling_squeeze(struct pool *pool);

#endif /* POOL_CEILING_H */
