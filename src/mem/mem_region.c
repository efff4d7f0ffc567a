/* mem_region.c - one reserved stretch of address space with guards.
 *
 * Invariants:
 *     1. every part is a whole number of pages
 *     2. base is 1 MiB beyond a multiple of 2 MiB
 *     3. below base there is room for state, stack and the low guard, above it
 *        for the most of linear memory and the high guard
 *     4. linear_bytes <= linear_max_bytes
 *     5. exactly [base - state_bytes - stack_bytes, base + linear_bytes) is
 *        readable and writable
 *     6. if there is an image, its state is as large as the region's, its
 *        linear memory not larger than the region's, and what lies beyond it
 *        was zeros when it was opened
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_region.h"

#include <stdatomic.h>
#include <string.h>

#include "base/base_check.h"
#include "base/base_error.h"
#include "mem/mem_image.h"
#include "os/os_map.h"
#include "os/os_map_limit.h"

/* What one page of page tables maps, and where in it the base lies. */
#define BLOCK_BYTES ((uintptr_t)1 << 21)
#define BASE_IN     ((uintptr_t)1 << 20)

/* Mappings that opening a region can add. */
#define MAPPINGS 4

static uint64_t next_mapping(void)
{
    static _Atomic uint64_t last;

    return atomic_fetch_add(&last, 1) + 1;
}

static size_t below(const struct mem_shape *shape)
{
    return shape->guard_low_bytes + shape->stack_bytes + shape->state_bytes;
}

static size_t above(const struct mem_shape *shape)
{
    return shape->linear_max_bytes + shape->guard_high_bytes;
}

/* The parts, and room to place the base.  More than an address can say becomes
 * SIZE_MAX, which no kernel has. */
static size_t bytes_of(const struct mem_shape *shape)
{
    const size_t parts[] = {shape->guard_low_bytes, shape->stack_bytes,
                            shape->state_bytes, shape->linear_max_bytes,
                            shape->guard_high_bytes};
    size_t sum = BLOCK_BYTES;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (__builtin_add_overflow(sum, parts[i], &sum))
            return SIZE_MAX & ~(OS_PAGE_BYTES - 1);
    return sum;
}

/* Why is there no room?  The number of mappings is a limit that nobody thinks
 * of, and that the system's own words do not name. */
static int no_room(const struct mem_shape *shape, viv_error *err)
{
    size_t mib = bytes_of(shape) >> 20;
    size_t used = os_map_limit_used(), max = os_map_limit_max();

    if (used > 0 && max > 0 && used + MAPPINGS > max)
        return base_error(err, VIV_ENOMEM,
                          "no room for another sandbox: its region takes %zu "
                          "MiB of address space in %d mappings, and this "
                          "process has %zu of the %zu mappings that "
                          "vm.max_map_count allows",
                          mib, MAPPINGS, used, max);
    return base_error(err, VIV_ENOMEM,
                      "no room for another sandbox: its region takes %zu MiB "
                      "of address space, more than is free or than limits "
                      "(ulimit -v, vm.overcommit_memory) allow",
                      mib);
}

/* All closed, base in its place. */
static int reserve(struct mem_region *region, viv_error *err)
{
    uintptr_t first;

    region->bytes = bytes_of(&region->shape);
    region->low = os_map_reserve(region->bytes);
    if (region->low == NULL)
        return no_room(&region->shape, err);
    os_map_small_pages(region->low, region->bytes);
    first = (uintptr_t)region->low + below(&region->shape);
    region->base = region->low + below(&region->shape) +
                   (BASE_IN - first % BLOCK_BYTES + BLOCK_BYTES) % BLOCK_BYTES;
    region->mapping = next_mapping();
    return 0;
}

int mem_region_init(struct mem_region *region, const struct mem_shape *shape,
                    size_t linear_bytes, viv_error *err)
{
    struct mem_region made = {.shape = *shape, .linear_bytes = linear_bytes};
    char *open;
    int code;

    CHECK(linear_bytes <= shape->linear_max_bytes);
    code = reserve(&made, err);
    if (code < 0)
        return code;
    open = mem_region_stack_low(&made);
    if (os_map_commit(open, (size_t)(mem_region_end(&made) - open)) < 0) {
        code = no_room(shape, err);
        os_map_release(made.low, made.bytes);
        return code;
    }
    mem_region_check(&made);
    *region = made;
    return 0;
}

static int open_image(const struct mem_region *region,
                      const struct mem_image *image)
{
    if (os_map_commit(mem_region_stack_low(region), region->shape.stack_bytes) <
        0)
        return VIV_ENOMEM;
    return os_map_private(mem_region_state(region), mem_image_bytes(image),
                          image->fd, image->at);
}

int mem_region_init_image(struct mem_region *region,
                          const struct mem_shape *shape,
                          struct mem_image *image, viv_error *err)
{
    struct mem_region made = {.shape = *shape,
                              .linear_bytes = mem_image_linear_bytes(image)};
    int code;

    CHECK(mem_image_state_bytes(image) == shape->state_bytes);
    CHECK(mem_image_linear_bytes(image) <= shape->linear_max_bytes);
    code = reserve(&made, err);
    if (code < 0)
        return code;
    if (open_image(&made, image) < 0) {
        code = no_room(shape, err);
        os_map_release(made.low, made.bytes);
        return code;
    }
    made.image = mem_image_ref(image);
    mem_region_check(&made);
    *region = made;
    return 0;
}

void mem_region_fini(struct mem_region *region)
{
    os_map_release(region->low, region->bytes);
    mem_image_unref(region->image);
    memset(region, 0, sizeof(*region));
}

int mem_region_grow(struct mem_region *region, size_t linear_bytes)
{
    size_t more = linear_bytes - region->linear_bytes;

    CHECK(linear_bytes >= region->linear_bytes);
    CHECK(linear_bytes <= region->shape.linear_max_bytes);
    if (os_map_commit(mem_region_end(region), more) < 0)
        return VIV_ENOMEM;
    region->linear_bytes = linear_bytes;
    mem_region_check(region);
    return 0;
}

int mem_region_shrink(struct mem_region *region, size_t linear_bytes)
{
    size_t less = region->linear_bytes - linear_bytes;

    CHECK(linear_bytes <= region->linear_bytes);
    CHECK(region->image == NULL ||
          linear_bytes >= mem_image_linear_bytes(region->image));
    if (os_map_close(region->base + linear_bytes, less) < 0)
        return VIV_ENOMEM;
    os_map_small_pages(region->base + linear_bytes, less);
    region->linear_bytes = linear_bytes;
    mem_region_check(region);
    return 0;
}

int mem_region_adopt(struct mem_region *region, struct mem_image *image,
                     viv_error *err)
{
    CHECK(mem_image_state_bytes(image) == region->shape.state_bytes);
    CHECK(mem_image_linear_bytes(image) == region->linear_bytes);
    if (os_map_private(mem_region_state(region), mem_image_bytes(image),
                       image->fd, image->at) < 0)
        return no_room(&region->shape, err);
    mem_image_ref(image);
    mem_image_unref(region->image);
    region->image = image;
    region->mapping = next_mapping();
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
    const struct mem_image *image = region->image;

    CHECK(is_whole(shape->guard_low_bytes) && is_whole(shape->stack_bytes) &&
          is_whole(shape->state_bytes) && is_whole(shape->linear_max_bytes) &&
          is_whole(shape->guard_high_bytes) && is_whole(region->linear_bytes));
    CHECK((uintptr_t)region->base % BLOCK_BYTES == BASE_IN);
    CHECK((size_t)(region->base - region->low) >= below(shape));
    CHECK((size_t)(region->low + region->bytes - region->base) >= above(shape));
    CHECK(region->linear_bytes <= shape->linear_max_bytes);
    CHECK(image == NULL ||
          (mem_image_state_bytes(image) == shape->state_bytes &&
           mem_image_linear_bytes(image) <= region->linear_bytes));
}
