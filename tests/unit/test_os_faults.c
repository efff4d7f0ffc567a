/* test_os_faults.c - how many page faults has this thread taken?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* MADV_POPULATE_WRITE, RUSAGE_THREAD */
#include "os/os_faults.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "os/os_fail.h"
#include "os/os_map.h"
#include "test.h"

#define PAGE OS_PAGE_BYTES

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static char *pages;

static uint64_t count(void)
{
    uint64_t count = 0;

    if (!os_faults_count(&count))
        SKIP("this kernel does not count page faults as it should");
    return count;
}

static void begin(void)
{
    count();
    pages = os_map_take(100 * PAGE);
    os_map_small_pages(pages, 100 * PAGE);
}

static void touch(size_t first, size_t end)
{
    for (size_t page = first; page < end; page++)
        *(volatile char *)(pages + page * PAGE) = 1;
}

TEST(each_fresh_page_is_one_fault)
{
    uint64_t before;

    begin();
    touch(0, 1);
    before = count();
    touch(1, 100);
    EXPECT_EQ_INT(count() - before, 99);
    touch(0, 100);
    EXPECT_EQ_INT(count() - before, 99);
}

TEST(what_the_kernel_writes_for_us_is_ours)
{
    int ends[2];
    uint64_t before;

    begin();
    touch(0, 1);
    EXPECT_EQ_INT(pipe(ends), 0);
    EXPECT_EQ_INT(write(ends[1], pages, 1), 1);
    before = count();
    EXPECT_EQ_INT(read(ends[0], pages + PAGE, 1), 1);
    EXPECT_EQ_INT(count() - before, 1);
}

TEST(what_the_kernel_fills_in_for_us_is_ours)
{
    uint64_t before;

    begin();
    before = count();
    if (madvise(pages, 50 * PAGE, MADV_POPULATE_WRITE) != 0)
        SKIP("this kernel has no MADV_POPULATE_WRITE");
    EXPECT_EQ_INT(count() - before, 50);
}

static void *touch_all(void *cookie)
{
    (void)cookie;
    touch(0, 100);
    return NULL;
}

TEST(what_another_thread_does_is_not_ours)
{
    pthread_t thread;
    uint64_t before, after;

    begin();
    /* Once for what the library touches for the first time. */
    EXPECT_EQ_INT(pthread_create(&thread, NULL, touch_all, NULL), 0);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    EXPECT_EQ_INT(os_map_discard(pages, 100 * PAGE), 0);
    before = count();
    EXPECT_EQ_INT(pthread_create(&thread, NULL, touch_all, NULL), 0);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
    after = count();
    EXPECT(after - before < 100);
}

/* ------------------------------------------------------------------------
 * Kernels that are not as they should be.
 */

static uint64_t lie;
static bool reads = true;

static bool honest(uint64_t *ret_count)
{
    struct rusage usage;

    if (!reads || getrusage(RUSAGE_THREAD, &usage) != 0)
        return false;
    *ret_count = (uint64_t)usage.ru_minflt + (uint64_t)usage.ru_majflt;
    return true;
}

static bool always_the_same(uint64_t *ret_count)
{
    *ret_count = 7;
    return true;
}

static bool counts_calls(uint64_t *ret_count)
{
    *ret_count = lie++;
    return true;
}

static bool counts_half(uint64_t *ret_count)
{
    bool result = honest(ret_count);

    *ret_count /= 2;
    return result;
}

TEST(a_count_that_does_not_count_is_found_out)
{
    begin();
    EXPECT(os_faults_is_exact(honest));
    EXPECT(!os_faults_is_exact(always_the_same));
    EXPECT(!os_faults_is_exact(counts_calls));
    EXPECT(!os_faults_is_exact(counts_half));
    reads = false;
    EXPECT(!os_faults_is_exact(honest));
}

TEST(a_trial_that_cannot_be_held_is_failed)
{
    begin();
    for (uint64_t n = 1; n <= 5; n++) {
        os_fail_at(n);
        EXPECT(!os_faults_is_exact(honest));
    }
    os_fail_at(6); /* the second round is complete by then */
    EXPECT(os_faults_is_exact(honest));
}

TEST(it_can_be_hidden)
{
    uint64_t number;

    begin();
    os_faults_pretend(true);
    EXPECT(!os_faults_count(&number));
    os_faults_pretend(false);
    EXPECT(os_faults_count(&number));
    os_fail_at(1);
    EXPECT(!os_faults_count(&number));
}
