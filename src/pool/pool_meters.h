/* pool_meters.h - what a pool has done, and how it stands.
 *
 * Floor 8.  VIV_POOL_METER_ROWS in vivarium.h is the table.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef POOL_METERS_H
#define POOL_METERS_H

#include <stdint.h>

#include "pool/pool_slot.h"
#include "vivarium.h"

/* Copy the name of what has meters, which may be NULL and may be cut. */
void pool_meters_name(char to[POOL_NAME_SIZE], const char *name,
                      const char *otherwise);

/* Count `ns` in. */
void pool_meters_time(viv_histogram *histogram, uint64_t ns);

/* What bucket `n` goes up to, in ns; the last one's is UINT64_MAX. */
uint64_t pool_meters_bound(unsigned n);

/* Under the lock: a use or a session is over. */
void pool_meters_add(struct pool *pool, const struct pool_slot_report *report);

/* Without it: a sandbox was acquired, `ns` after it was asked for. */
void pool_meters_acquired(struct pool *pool, uint64_t ns);

/* Without it: a job ended in a worker process, whose sandboxes are none of this
 * pool.  `kind` is 0 if it has no outcome. */
void pool_meters_carried(struct pool *pool, uint32_t kind);

/* The pool is new: what filled it was nobody's use. */
void pool_meters_begin(struct pool *pool);

/* viv_pool_meters_of(). */
void pool_meters_read(struct pool *pool, viv_pool_meters *ret_meters);

#endif /* POOL_METERS_H */
