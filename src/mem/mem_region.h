/* mem_region.h - one reserved stretch of address space with guards.
 *
 * Floor 2.  Everything that a guest can change lives in one region:
 *
 *     low                                                           high
 *     [ guard | state ][ linear, up to linear_size ][ not yet | guard ]
 *                      ^ base
 *
 * State and the first linear_bytes of linear memory can be read and written;
 * the rest faults.  What the pages mean is the business of others.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MEM_REGION_H
#define MEM_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vivarium.h"

/* How large the parts are, each in whole pages. */
struct mem_shape {
    size_t guard_low_bytes;
    size_t state_bytes;
    size_t linear_max_bytes;
    size_t guard_high_bytes;
};

struct mem_region {
    char *base;          /* where linear memory begins */
    char *low;           /* where the reservation begins */
    size_t bytes;        /* of all of it */
    size_t linear_bytes; /* that can be used now */
    struct mem_shape shape;
};

/* Reserve a region of this shape, with state and the first `linear_bytes`
 * ready for use and all zeros.  Costs two system calls, and memory only as
 * pages are touched.  The caller owns it until mem_region_fini().
 *
 * Fails with VIV_ENOMEM.  One thread at a time, like all that follows. */
int mem_region_init(struct mem_region *region, const struct mem_shape *shape,
                    size_t linear_bytes, viv_error *err);

/* Give it back.  A region that is all zeros is ignored. */
void mem_region_fini(struct mem_region *region);

/* Make linear memory `linear_bytes` large; the new part is zeros.  Before: not
 * less than now, not more than shape.linear_max_bytes.  Fails with VIV_ENOMEM;
 * nothing has changed then. */
int mem_region_grow(struct mem_region *region, size_t linear_bytes);

/* Is `address` in linear memory or the guard above it? */
static inline bool mem_region_has(const struct mem_region *region,
                                  uintptr_t address)
{
    return address >= (uintptr_t)region->base &&
           address - (uintptr_t)region->low < region->bytes;
}

/* CHECK the invariants that mem_region.c numbers. */
void mem_region_check(const struct mem_region *region);

#endif /* MEM_REGION_H */
