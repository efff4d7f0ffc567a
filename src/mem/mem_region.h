/* mem_region.h - one reserved stretch of address space with guards.
 *
 * Floor 2.  Everything that a guest can change lives in one region, and so does
 * the native stack that it runs on:
 *
 *     low                                                              high
 *     [ guard ][ stack ][ state ][ linear now ][ up to linear max ][ guard ]
 *                                ^ base
 *
 * Stack, state and the first linear_bytes of linear memory can be read and
 * written; the rest faults.  What the pages mean is the business of others.
 *
 * A region is made of zeros, or of an IMAGE: then state and linear memory are a
 * private mapping of the image's pages, shared until they are written to, and
 * linear memory beyond the image is zeros.  The stack belongs to no image: what
 * is on it means nothing between two runs.
 *
 * To the kernel a region is three mappings beside what merges with its
 * neighbours: stack, image and guard; one more once it has grown.  The base is
 * 1 MiB into a block of 2 MiB, for which the kernel has one page of page
 * tables: so what every run touches - top of the stack, state, the first of
 * linear memory - shares it, if it is not more than fits.
 *
 * One thread at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MEM_REGION_H
#define MEM_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vivarium.h"

struct mem_image;

/* How large the parts are, each in whole pages.  The guards become larger than
 * asked for, by 2 MiB together. */
struct mem_shape {
    size_t guard_low_bytes;
    size_t stack_bytes;
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
    struct mem_image *image; /* one reference; NULL: made of zeros */
    uint64_t mapping;        /* a number that only this mapping has */
};

/* Reserve a region of this shape, with stack, state and the first
 * `linear_bytes` ready for use and all zeros.  Costs three system calls, and
 * memory only as pages are touched.  The caller owns it until
 * mem_region_fini().  Fails with VIV_ENOMEM. */
int mem_region_init(struct mem_region *region, const struct mem_shape *shape,
                    size_t linear_bytes, viv_error *err);

/* The same from an image: state and linear memory hold, and linear memory is as
 * large as, what was frozen.  Before: the image's state is as large as the
 * shape's, its linear memory not larger than shape.linear_max_bytes.  Shares
 * the image.  Costs four system calls. */
int mem_region_init_image(struct mem_region *region,
                          const struct mem_shape *shape,
                          struct mem_image *image, viv_error *err);

/* Give it back.  A region that is all zeros is ignored. */
void mem_region_fini(struct mem_region *region);

/* Make linear memory `linear_bytes` large; the new part is zeros.  Before: not
 * less than now, not more than shape.linear_max_bytes.  Fails with VIV_ENOMEM;
 * nothing has changed then. */
int mem_region_grow(struct mem_region *region, size_t linear_bytes);

/* Make linear memory what it was before it grew: close what lies beyond the
 * first `linear_bytes`, and give its memory back.  Before: not more than now,
 * and not less than the image has.  Fails with VIV_ENOMEM; nothing has changed
 * then. */
int mem_region_shrink(struct mem_region *region, size_t linear_bytes);

/* `image` was made from this region, which has not changed since: map it over
 * what is there, so that the pages are shared.  Shares the image; what the
 * region was made of before is given back.  Fails with VIV_ENOMEM; nothing has
 * changed then. */
int mem_region_adopt(struct mem_region *region, struct mem_image *image,
                     viv_error *err);

/* ------------------------------------------------------------------------
 * Where things are.
 */

/* The lowest byte of the state pages, and the end of what an image holds:
 * that, and linear memory as it is now. */
static inline char *mem_region_state(const struct mem_region *region)
{
    return region->base - region->shape.state_bytes;
}

static inline char *mem_region_end(const struct mem_region *region)
{
    return region->base + region->linear_bytes;
}

/* The stack's lowest byte, and the first above it. */
static inline char *mem_region_stack_low(const struct mem_region *region)
{
    return mem_region_state(region) - region->shape.stack_bytes;
}

static inline char *mem_region_stack_top(const struct mem_region *region)
{
    return mem_region_state(region);
}

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
