/* test_os_pages.c - which pages of a mapping are its own?
 *
 * Each question is asked in every way that the kernel has; a model, which pages
 * were written to, gives the answer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* MADV_PAGEOUT */
#include "os/os_pages.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/os_fail.h"
#include "os/os_map.h"
#include "os/os_memfd.h"
#include "test.h"
#include "vivarium.h"

#define PAGE  OS_PAGE_BYTES
#define COUNT ((size_t)2000)

static char *mapping;
static bool written[COUNT];
static struct os_pages pages;

/* A private mapping of a file of memory, all of it read, and anonymous pages
 * behind it. */
static void begin(void)
{
    static char bytes[COUNT / 2 * PAGE];
    volatile char sum = 0;
    int fd = -1;

    memset(bytes, 1, sizeof(bytes));
    mapping = os_map_take(COUNT * PAGE);
    os_map_small_pages(mapping, COUNT * PAGE);
    EXPECT_EQ_INT(os_memfd_open("test", COUNT / 2 * PAGE, &fd, NULL), 0);
    EXPECT_EQ_INT(os_memfd_write(fd, 0, bytes, sizeof(bytes), NULL), 0);
    EXPECT_EQ_INT(os_map_private(mapping, COUNT / 2 * PAGE, fd, 0), 0);
    os_memfd_close(fd);
    for (size_t page = 0; page < COUNT / 2; page++)
        sum += mapping[page * PAGE];
}

static void write_to(size_t page)
{
    mapping[page * PAGE + page % PAGE]++;
    written[page] = true;
}

/* Pages in [first, end) that are listed; each that was written to must be. */
static size_t listed(size_t first, size_t end, bool may_be_more)
{
    struct os_pages_run run;
    size_t next = first, count = 0;

    os_pages_begin(&pages, mapping + first * PAGE, mapping + end * PAGE);
    while (os_pages_next(&pages, &run)) {
        size_t from = (size_t)(run.at - mapping) / PAGE;
        size_t to = from + run.bytes / PAGE;

        EXPECT(run.bytes > 0 && from >= next && to <= end);
        for (; next < from; next++)
            EXPECT(!written[next]);
        for (; next < to; next++)
            EXPECT(written[next] || may_be_more);
        count += to - from;
    }
    for (; next < end; next++)
        EXPECT(!written[next]);
    return count;
}

static void expect_exact(void)
{
    size_t ranges[][2] = {{0, COUNT}, {0, 1}, {3, 900}, {999, 1001}, {5, 5}};

    for (int way = OS_PAGES_SCAN; way <= OS_PAGES_READ; way++) {
        os_pages_pretend(way);
        for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
            listed(ranges[i][0], ranges[i][1], false);
        EXPECT(!pages.is_guess);
    }
    os_pages_pretend(OS_PAGES_SCAN);
}

TEST(pages_that_were_only_read_are_not_its_own)
{
    begin();
    expect_exact();
    EXPECT_EQ_INT(listed(0, COUNT, false), 0);
}

TEST(pages_that_were_written_to_are)
{
    begin();
    write_to(0);
    write_to(999);
    write_to(1000);
    write_to(COUNT - 1);
    expect_exact();
    EXPECT_EQ_INT(listed(0, COUNT, false), 4);
}

TEST(more_runs_than_fit_a_batch_are_all_found)
{
    begin();
    for (size_t page = 0; page < COUNT; page += 2)
        write_to(page);
    expect_exact();
    EXPECT_EQ_INT(listed(0, COUNT, false), COUNT / 2);
}

TEST(any_pattern_is_found)
{
    begin();
    srand(1);
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 20; i++)
            write_to((size_t)rand() % COUNT);
        expect_exact();
    }
}

TEST(what_was_given_back_is_not_its_own_any_more)
{
    begin();
    for (size_t page = 10; page < 20; page++)
        write_to(page);
    EXPECT_EQ_INT(os_map_discard(mapping + 10 * PAGE, 9 * PAGE), 0);
    memset(written + 10, 0, 9);
    expect_exact();
    EXPECT_EQ_INT(listed(0, COUNT, false), 1);
}

/* With swap they are out, without they stay: listed they must be. */
TEST(pages_that_the_kernel_swapped_out_are_found)
{
    begin();
    for (size_t page = 100; page < 1500; page++)
        write_to(page);
    (void)madvise(mapping, COUNT * PAGE, MADV_PAGEOUT);
    expect_exact();
    EXPECT_EQ_INT(listed(0, COUNT, false), 1400);
}

static void expect_guess(void)
{
    EXPECT_EQ_INT(listed(0, COUNT, true), COUNT);
    EXPECT(pages.is_guess);
}

TEST(a_kernel_that_cannot_tell_gets_all_listed)
{
    begin();
    write_to(7);
    os_pages_pretend(OS_PAGES_GUESS);
    expect_guess();
}

TEST(failing_system_calls_become_a_guess_and_never_less)
{
    begin();
    for (size_t page = 0; page < COUNT; page += 3)
        write_to(page);
    for (uint64_t n = 1; n < 20; n++) {
        os_fail_at(n);
        listed(0, COUNT, true);
    }
    os_fail_at(1);
    expect_guess();
}

TEST(a_process_that_must_not_be_looked_into_is_guessed_about)
{
    begin();
    if (getuid() == 0 && setuid(65534) != 0)
        SKIP("cannot give up being root");
    EXPECT_EQ_INT(prctl(PR_SET_DUMPABLE, 0), 0);
    expect_guess();
}

TEST(a_child_sees_its_own_pages_and_not_its_parents)
{
    int status;
    pid_t pid;

    begin();
    write_to(5);
    expect_exact(); /* the parent's descriptor is open now */
    pid = fork();
    if (pid == 0) {
        write_to(6);
        expect_exact();
        _exit(listed(0, COUNT, false) == 2 ? 0 : 1);
    }
    write_to(7);
    EXPECT_EQ_INT(waitpid(pid, &status, 0), pid);
    EXPECT_EQ_INT(status, 0);
    expect_exact();
}
