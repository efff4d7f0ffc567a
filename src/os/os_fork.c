/* os_fork.c - is this still the same process?
 *
 * The number is kept in a page that the kernel hands to a child empty
 * (MADV_WIPEONFORK, Linux 4.14): so however the child was made, with or without
 * the C library's fork(), it finds 0 there and counts on.  The count itself is
 * in ordinary memory, which a child does inherit.
 *
 * Without such a page there is the process id, which costs a system call each
 * time, and which a child that begins a new PID namespace can have in common
 * with its parent.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* MADV_WIPEONFORK */
#include "os/os_fork.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "os/os_fail.h"
#include "os/os_map.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Atomic uint64_t *wiped; /* NULL: there is no such page */
static _Atomic uint64_t count;

static void make_page(void)
{
    void *page = os_map_take(OS_PAGE_BYTES);

    if (page == NULL)
        return;
    if (os_fail_now() || madvise(page, OS_PAGE_BYTES, MADV_WIPEONFORK) != 0)
        os_map_release(page, OS_PAGE_BYTES);
    else
        wiped = page;
}

/* The first to come in a new process; of several threads one wins. */
static uint64_t renew(void)
{
    uint64_t found = 0, next = atomic_fetch_add(&count, 1) + 1;

    if (atomic_compare_exchange_strong(wiped, &found, next))
        return next;
    return found;
}

uint64_t os_fork_id(void)
{
    uint64_t id;

    pthread_once(&once, make_page);
    if (wiped == NULL)
        return (uint64_t)getpid();
    id = atomic_load_explicit(wiped, memory_order_acquire);
    return id != 0 ? id : renew();
}
