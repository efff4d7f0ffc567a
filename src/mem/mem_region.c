/* mem_region.c - one reserved stretch of address space with guards.
 *
 * Invariants:
 *     1. every part is a whole number of pages
 *     2. low + guard_low_bytes + state_bytes == base
 *     3. the parts of the shape add up to `bytes`
 *     4. linear_bytes <= linear_max_bytes
 *     5. exactly [base - state_bytes, base + linear_bytes) is readable and
 *        writable
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_region.h"

#include <string.h>

#include "base/base_check.h"
#include "base/base_error.h"
#include "os/os_map.h"

static size_t bytes_of(const struct mem_shape *shape)
{
    return shape->guard_low_bytes + shape->state_bytes +
           shape->linear_max_bytes + shape->guard_high_bytes;
}

int mem_region_init(struct mem_region *region, const struct mem_shape *shape,
                    size_t linear_bytes, viv_error *err)
{
    struct mem_region made = {.shape = *shape, .bytes = bytes_of(shape)};

    CHECK(linear_bytes <= shape->linear_max_bytes);
    made.low = os_map_reserve(made.bytes);
    if (made.low == NULL)
        return base_error(err, VIV_ENOMEM,
                          "no room for a sandbox of %zu MiB of address space",
                          made.bytes >> 20);
    made.base = made.low + shape->guard_low_bytes + shape->state_bytes;
    made.linear_bytes = linear_bytes;
    if (os_map_commit(made.base - shape->state_bytes,
                      shape->state_bytes + linear_bytes) < 0) {
        os_map_release(made.low, made.bytes);
        return base_error(err, VIV_ENOMEM,
                          "no memory for the %zu bytes a sandbox begins with",
                          shape->state_bytes + linear_bytes);
    }
    mem_region_check(&made);
    *region = made;
    return 0;
}

void mem_region_fini(struct mem_region *region)
{
    os_map_release(region->low, region->bytes);
    memset(region, 0, sizeof(*region));
}

int mem_region_grow(struct mem_region *region, size_t linear_bytes)
{
    size_t more = linear_bytes - region->linear_bytes;

    CHECK(linear_bytes >= region->linear_bytes);
    CHECK(linear_bytes <= region->shape.linear_max_bytes);
    if (os_map_commit(region->base + region->linear_bytes, more) < 0)
        return VIV_ENOMEM;
    region->linear_bytes = linear_bytes;
    mem_region_check(region);
    return 0;
}

static bool is_whole(size_t bytes)
{
    return bytes % OS_PAGE_BYTES == 0;
}

void mem_region_check(const struct mem_region *region)
{
    const struct mem_shape *shape = &region->shape;

    CHECK(is_whole(shape->guard_low_bytes) && is_whole(shape->state_bytes) &&
          is_whole(shape->linear_max_bytes) &&
          is_whole(shape->guard_high_bytes) && is_whole(region->linear_bytes));
    CHECK(region->low + shape->guard_low_bytes + shape->state_bytes ==
          region->base);
    CHECK(bytes_of(shape) == region->bytes);
    CHECK(region->linear_bytes <= shape->linear_max_bytes);
}
