/* os_faults.c - how many page faults has this thread taken?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* RUSAGE_THREAD */
#include "os/os_faults.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/resource.h>

#include "os/os_fail.h"
#include "os/os_map.h"
#include "os/os_memfd.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool is_exact;
static atomic_bool is_hidden;

static bool read_count(uint64_t *ret_count)
{
    struct rusage usage;

    if (os_fail_now() || getrusage(RUSAGE_THREAD, &usage) != 0)
        return false;
    *ret_count = (uint64_t)usage.ru_minflt + (uint64_t)usage.ru_majflt;
    return true;
}

/* ------------------------------------------------------------------------
 * The trial: a private mapping of a file of memory, as regions are.
 */

enum { FRESH, READ_BEFORE, BY_KERNEL, TRIAL_PAGES };

static void write_to(char *page)
{
    *(volatile char *)page = 1;
}

static void read_from(char *page)
{
    (void)*(volatile char *)page;
}

/* The kernel writes its answer to a page that is not there yet. */
static void write_by_kernel(char *page)
{
    (void)getrusage(RUSAGE_THREAD, (struct rusage *)page);
}

/* Does `touch` of `page` move the count by `by`? */
static bool moves(bool (*read)(uint64_t *), void (*touch)(char *), char *page,
                  uint64_t by)
{
    uint64_t before, after;

    if (!read(&before))
        return false;
    touch(page);
    return read(&after) && after - before == by;
}

static bool try_out(bool (*read)(uint64_t *), char *pages)
{
    char *fresh = pages + FRESH * OS_PAGE_BYTES;
    char *shared = pages + READ_BEFORE * OS_PAGE_BYTES;
    char *kernels = pages + BY_KERNEL * OS_PAGE_BYTES;

    return moves(read, write_to, fresh, 1) && moves(read, write_to, fresh, 0) &&
           moves(read, read_from, shared, 1) &&
           moves(read, write_to, shared, 1) &&
           moves(read, write_by_kernel, kernels, 1) &&
           moves(read, write_by_kernel, kernels, 0);
}

/* The functions of the trial are called once before: the first call of a
 * function may bring in a page of code. */
bool os_faults_is_exact(bool (*read)(uint64_t *ret_count))
{
    size_t bytes = TRIAL_PAGES * OS_PAGE_BYTES;
    char *pages = os_map_reserve(bytes);
    bool result = false;
    int fd = -1;

    if (pages == NULL)
        return false;
    if (os_memfd_open("vivarium trial", bytes, &fd, NULL) == 0) {
        for (int round = 0; round < 2; round++)
            result = os_map_private(pages, bytes, fd, 0) == 0 &&
                     try_out(read, pages);
    }
    os_memfd_close(fd);
    os_map_release(pages, bytes);
    return result;
}

static void decide(void)
{
    is_exact = os_faults_is_exact(read_count);
}

void os_faults_pretend(bool is_absent)
{
    atomic_store(&is_hidden, is_absent);
}

bool os_faults_count(uint64_t *ret_count)
{
    pthread_once(&once, decide);
    return is_exact &&
           !atomic_load_explicit(&is_hidden, memory_order_relaxed) &&
           read_count(ret_count);
}
