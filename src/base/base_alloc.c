/* base_alloc.c - the one door to malloc.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_alloc.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

/* `armed` is false outside of tests, which makes the door a load and a branch.
 * While it is true, `granted` counts the allocations that still succeed. */
static atomic_bool armed;
static _Atomic uint64_t granted;

void base_alloc_fail_at(uint64_t n)
{
    atomic_store(&granted, n > 0 ? n - 1 : 0);
    atomic_store(&armed, n > 0);
}

/* No object may be larger than PTRDIFF_MAX, and the sanitizers take the mere
 * asking for a mistake. */
static bool is_refused(size_t bytes)
{
    uint64_t left;

    if (bytes > PTRDIFF_MAX)
        return true;
    if (!atomic_load_explicit(&armed, memory_order_relaxed))
        return false;
    left = atomic_load(&granted);
    while (left > 0) {
        if (atomic_compare_exchange_weak(&granted, &left, left - 1))
            return false;
    }
    return true;
}

/* A size of 0 becomes 1: NULL shall mean nothing but failure. */
void *base_alloc(size_t bytes)
{
    return is_refused(bytes) ? NULL : malloc(bytes > 0 ? bytes : 1);
}

void *base_alloc_zero(size_t count, size_t each)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, each, &bytes) || is_refused(bytes))
        return NULL;
    return calloc(bytes > 0 ? bytes : 1, 1);
}

void *base_alloc_array(void *old, size_t count, size_t each)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, each, &bytes) || is_refused(bytes))
        return NULL;
    return realloc(old, bytes > 0 ? bytes : 1);
}

void base_free(void *what)
{
    free(what);
}
