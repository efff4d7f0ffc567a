/* base_sort.c - put numbers in order, by merging.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_sort.h"

#include <string.h>

#include "base/base_alloc.h"
#include "vivarium.h"

struct sort {
    base_sort_order *order;
    const void *context;
};

/* Merge from[begin, middle) and from[middle, end) into to[begin, end). */
static void merge(const struct sort *sort, const uint32_t *from, uint32_t *to,
                  size_t begin, size_t middle, size_t end)
{
    size_t a = begin;
    size_t b = middle;

    for (size_t i = begin; i < end; i++) {
        if (a < middle &&
            (b == end || sort->order(sort->context, from[a], from[b]) <= 0))
            to[i] = from[a++];
        else
            to[i] = from[b++];
    }
}

int base_sort(uint32_t *numbers, size_t count, base_sort_order *order,
              const void *context)
{
    struct sort sort = {order, context};
    uint32_t *from = numbers;
    uint32_t *spare, *to;

    if (count < 2)
        return 0;
    spare = base_alloc_array(NULL, count, sizeof(*spare));
    if (spare == NULL)
        return VIV_ENOMEM;

    to = spare;
    for (size_t run = 1; run < count; run *= 2) {
        uint32_t *swapped = from;
        for (size_t i = 0; i < count; i += 2 * run) {
            size_t middle = count - i < run ? count : i + run;
            size_t end = count - middle < run ? count : middle + run;
            merge(&sort, from, to, i, middle, end);
        }
        from = to;
        to = swapped;
    }
    if (from != numbers)
        memcpy(numbers, from, count * sizeof(*numbers));
    base_free(spare);
    return 0;
}
