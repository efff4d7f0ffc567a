/* base_sort.h - put numbers in order.
 *
 * Floor 0.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_SORT_H
#define BASE_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Negative, 0 or positive: does `a` come before `b`? */
typedef int base_sort_order(const void *context, uint32_t a, uint32_t b);

/* Sort `count` numbers, mostly indices into something that `order` finds
 * through `context`.  Stable.  n log n comparisons whatever the input, which
 * is why untrusted names are sorted here and not hashed.
 *
 * Returns 0, or VIV_ENOMEM and leaves the numbers in some order. */
int base_sort(uint32_t *numbers, size_t count, base_sort_order *order,
              const void *context);

#endif /* BASE_SORT_H */
