/* os_thread.c - which thread is this?
 *
 * The kernel's numbers for threads come back when threads end, and addresses
 * of their variables too, so threads are counted here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_thread.h"

#include <stdatomic.h>

#include "os/os_fork.h"

static _Atomic uint64_t count;

uint64_t os_thread_id(void)
{
    static _Thread_local uint64_t id, process;
    uint64_t now = os_fork_id();

    if (process != now) {
        process = now;
        id = atomic_fetch_add(&count, 1) + 1;
    }
    return id;
}
