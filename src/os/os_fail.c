/* os_fail.c - system calls that fail on demand.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_fail.h"

#include <errno.h>
#include <stdatomic.h>

/* 0: never; n: the n-th call from now and all after it, counted down to 1. */
static _Atomic uint64_t calls_left;

void os_fail_at(uint64_t n)
{
    atomic_store(&calls_left, n);
}

bool os_fail_now(void)
{
    uint64_t left = atomic_load_explicit(&calls_left, memory_order_relaxed);

    if (__builtin_expect(left == 0, 1))
        return false;
    if (left > 1) {
        atomic_fetch_sub(&calls_left, 1);
        return false;
    }
    errno = ENOMEM;
    return true;
}
