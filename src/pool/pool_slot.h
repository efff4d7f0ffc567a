/* pool_slot.h - what is done to the sandbox of a slot.
 *
 * Floor 8.  By who has the slot, without the lock.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef POOL_SLOT_H
#define POOL_SLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "pool/pool.h"
#include "pool/pool_list.h"

/* Why a sandbox is reset; POOL_WHY_BROKEN: it could not be, and is to be freed;
 * POOL_WHY_BUSY: somebody is running it. */
enum pool_why {
    POOL_WHY_NOT,
    POOL_WHY_USE,
    POOL_WHY_BAD,
    POOL_WHY_BYTES,
    POOL_WHY_CALLS,
    POOL_WHY_AGE,
    POOL_WHY_IDLE,
    POOL_WHY_BROKEN,
    POOL_WHY_BUSY
};

/* What came of it. */
struct pool_slot_report {
    enum pool_why why;
    uint32_t kind; /* how the latest call since it was acquired ended; or 0 */
    uint64_t resets, reset_ns, pages_dirtied;
    uint64_t private_bytes;
};

/* Give the slot a new sandbox that `prepare` has seen.  Fails as that. */
int pool_slot_make(const struct pool *pool, struct pool_slot *slot,
                   viv_error *err);

/* A use is over: drop the call, forget what the holder had set, and reset the
 * sandbox if the policy asks for it. */
void pool_slot_clean(const struct pool *pool, struct pool_slot *slot,
                     struct pool_slot_report *ret_report);

/* Reset it for `why`. */
void pool_slot_reset(struct pool_slot *slot, enum pool_why why,
                     struct pool_slot_report *ret_report);

#endif /* POOL_SLOT_H */
