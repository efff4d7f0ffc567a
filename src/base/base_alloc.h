/* base_alloc.h - the one door to malloc.
 *
 * Floor 0.  Tests make the n-th allocation fail through it.  Any thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>
#include <stdint.h>

/* As malloc, calloc, realloc, free; NULL when memory ran out.  The array
 * forms refuse a product that does not fit. */
void *base_alloc(size_t bytes);
void *base_alloc_zero(size_t count, size_t each);
void *base_alloc_array(void *old, size_t count, size_t each);
void base_free(void *what);

/* Let allocation number `n` from now (1: the next) and all after it fail;
 * 0: none.  For tests; process-wide. */
void base_alloc_fail_at(uint64_t n);

#endif /* BASE_ALLOC_H */
