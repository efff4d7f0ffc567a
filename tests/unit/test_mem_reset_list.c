/* test_mem_reset_list.c - when may a list be left out?
 *
 * The points of mem_reset.h, one by one: whatever makes a page private must be
 * noticed, though the kernel is not asked for a list each time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* MADV_PAGEOUT, MADV_COLLAPSE, MADV_POPULATE_WRITE */
#include "mem/mem_reset.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/os_pages.h"
#include "reset_tools.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

TEST(the_same_pages_need_no_list)
{
    begin();
    settle(50);
    EXPECT(mem_reset_is_exact(&region));
    end();
}

TEST(a_page_fault_of_this_thread_is_noticed)
{
    begin();
    expect_undone(write_elsewhere, true);
    end();
}

static void write_by_kernel(void)
{
    int ends[2];

    EXPECT_EQ_INT(pipe(ends), 0);
    EXPECT_EQ_INT(write(ends[1], "12345678", 8), 8);
    mem_reset_enter(&reset);
    EXPECT_EQ_INT(read(ends[0], mem_dirty_page(&region, 2501), 8), 8);
}

TEST(what_the_kernel_writes_for_this_thread_is_noticed)
{
    begin();
    expect_undone(write_by_kernel, true);
    end();
}

static void populate(void)
{
    if (madvise(mem_dirty_page(&region, 2000), 100 * PAGE,
                MADV_POPULATE_WRITE) != 0)
        SKIP("this kernel has no MADV_POPULATE_WRITE");
    memset(mem_dirty_page(&region, 2000), 6, 100 * PAGE);
}

TEST(pages_that_the_kernel_was_asked_to_fill_in_are_noticed)
{
    begin();
    expect_undone(populate, true);
    EXPECT_EQ_INT(report.pages_dirtied, 100);
    end();
}

/* A thread that is there from the start: to make one, and to wait for it in the
 * kernel, might move this thread's count. */
static struct {
    pthread_t thread;
    void (*_Atomic work)(void); /* NULL: done */
    atomic_bool is_over;
} helper;

static void *help(void *cookie)
{
    void (*work)(void);

    while (!atomic_load(&helper.is_over)) {
        work = atomic_load(&helper.work);
        if (work != NULL) {
            work();
            atomic_store(&helper.work, NULL);
        }
        sched_yield();
    }
    return cookie;
}

static void begin_with_helper(void)
{
    need_count();
    begin();
    EXPECT_EQ_INT(pthread_create(&helper.thread, NULL, help, NULL), 0);
}

static void end_with_helper(void)
{
    atomic_store(&helper.is_over, true);
    EXPECT_EQ_INT(pthread_join(helper.thread, NULL), 0);
    end();
}

static void let_helper(void (*work)(void))
{
    atomic_store(&helper.work, work);
    while (atomic_load(&helper.work) != NULL)
        sched_yield();
}

static void write_by_helper(void)
{
    let_helper(write_elsewhere);
}

TEST(what_another_thread_wrote_is_noticed)
{
    begin_with_helper();
    expect_undone(write_by_helper, true);
    end_with_helper();
}

static void write_by_helper_then_enter(void)
{
    let_helper(write_elsewhere);
    mem_reset_enter(&reset);
}

TEST(coming_back_to_this_thread_does_not_undo_that)
{
    begin_with_helper();
    expect_undone(write_by_helper_then_enter, true);
    end_with_helper();
}

static void write_and_reset(void)
{
    write_to(2502);
    EXPECT_EQ_INT(mem_reset_run(&reset, &region, &report, &err), 0);
    EXPECT(report.was_scanned);
    mem_reset_enter(&reset);
}

static void reset_by_helper(void)
{
    let_helper(write_and_reset);
}

TEST(a_sandbox_that_changes_threads_is_listed_by_each)
{
    begin_with_helper();
    expect_undone(reset_by_helper, true);
    end_with_helper();
}

/* What a reset needs of this thread's stack is there afterwards. */
static void touch_stack(void)
{
    volatile char deep[65536];

    for (size_t at = 0; at < sizeof(deep); at += 1024)
        deep[at] = 1;
}

/* And then has taken as many page faults, by chance, as the thread that did the
 * last reset. */
static void write_with_the_same_count(void)
{
    uint64_t now = 0;
    char *pages = os_map_take(100000 * PAGE);

    os_map_small_pages(pages, 100000 * PAGE);
    write_to(2777);
    touch_stack();
    for (size_t page = 0; page < 100000; page++) {
        EXPECT(os_faults_count(&now));
        if (now >= reset.faults)
            break;
        pages[page * PAGE] = 1;
    }
    EXPECT_EQ_INT(now, reset.faults);
    EXPECT_EQ_INT(mem_reset_run(&reset, &region, &report, &err), 0);
    EXPECT(report.was_scanned);
    os_map_release(pages, 100000 * PAGE);
}

static void reset_by_helper_with_the_same_count(void)
{
    let_helper(write_with_the_same_count);
}

TEST(two_threads_with_the_same_count_are_still_two)
{
    begin_with_helper();
    expect_undone(reset_by_helper_with_the_same_count, true);
    end_with_helper();
}

/* With swap they are out, without they stay: back they must come. */
static void page_out(void)
{
    write_some(1, 20, 3);
    write_some(1500, 400, 1);
    (void)madvise(mem_region_state(&region), PAGES * PAGE, MADV_PAGEOUT);
}

TEST(pages_that_were_swapped_out_come_back)
{
    begin();
    expect_undone(page_out, true);
    EXPECT_EQ_INT(report.pages_dirtied, 420);
    end();
}

static void page_out_kept(void)
{
    write_some(1, 20, 3);
    (void)madvise(mem_region_state(&region), PAGES * PAGE, MADV_PAGEOUT);
}

TEST(kept_pages_that_were_swapped_out_come_back)
{
    begin();
    expect_undone(page_out_kept, false);
    EXPECT_EQ_INT(report.pages_dirtied, 20);
    end();
}

/* The kernel may refuse to; it must not do it behind our back. */
static void collapse(void)
{
    write_some(1, 20, 3);
    (void)madvise(mem_region_state(&region), PAGES * PAGE, MADV_COLLAPSE);
    for (size_t page = 0; page < PAGES; page++)
        EXPECT(page % 3 == 1 && page < 61 ? mem_dirty_is(&region, page)
                                          : !mem_dirty_is(&region, page));
}

TEST(asked_to_make_huge_pages_the_kernel_adds_none_unnoticed)
{
    begin();
    settle(20);
    collapse();
    run_reset();
    EXPECT_EQ_INT(report.pages_dirtied, 20);
    write_some(1, 20, 3);
    run_reset();
    EXPECT_EQ_INT(report.pages_kept, 20);
    end();
}

/* The body runs on both sides of a fork; the child's code is its result. */
static void on_both_sides(void (*body)(void))
{
    int status;
    pid_t pid;

    begin();
    settle(20);
    pid = fork();
    body();
    if (pid == 0)
        exit(0);
    EXPECT_EQ_INT(waitpid(pid, &status, 0), pid);
    EXPECT_EQ_INT(status, 0);
    body();
    end();
}

static void write_kept_and_others(void)
{
    write_some(1, 20, 3);
    write_some(2000, 30, 2);
    run_reset();
    EXPECT_EQ_INT(report.pages_dirtied, 50);
    write_some(1, 20, 3);
    run_reset();
    EXPECT_EQ_INT(report.pages_dirtied, 20);
}

TEST(after_a_fork_both_sides_reset_what_they_wrote)
{
    on_both_sides(write_kept_and_others);
}

static void write_kept(void)
{
    write_some(1, 20, 3);
    run_reset();
    EXPECT_EQ_INT(report.pages_dirtied, 20);
}

TEST(after_a_fork_kept_pages_are_copied_back_on_both_sides)
{
    on_both_sides(write_kept);
}

/* The child's thread begins to count at 0. */
TEST(a_child_whose_count_is_its_parents_by_chance_lists)
{
    int status;
    pid_t pid;

    begin();
    settle(20);
    pid = fork();
    if (pid == 0) {
        write_with_the_same_count();
        EXPECT(mem_reset_is_exact(&region));
        exit(0);
    }
    EXPECT_EQ_INT(waitpid(pid, &status, 0), pid);
    EXPECT_EQ_INT(status, 0);
    end();
}

TEST(without_a_count_every_reset_lists)
{
    begin();
    os_faults_pretend(true);
    for (int round = 0; round < 5; round++) {
        write_some(1, 20, 3);
        run_reset();
        EXPECT(report.was_scanned);
        expect_report(20, 20, 0, 20);
    }
    os_faults_pretend(false);
    end();
}

TEST(a_count_that_fails_once_leads_to_two_lists)
{
    begin();
    settle(20);
    os_faults_pretend(true);
    EXPECT_EQ_INT(mem_reset_run(&reset, &region, &report, &err), 0);
    EXPECT(report.was_scanned);
    os_faults_pretend(false);
    EXPECT_EQ_INT(mem_reset_run(&reset, &region, &report, &err), 0);
    EXPECT(report.was_scanned);
    EXPECT_EQ_INT(mem_reset_run(&reset, &region, &report, &err), 0);
    EXPECT(!report.was_scanned);
    end();
}

TEST(a_kernel_that_cannot_list_gets_everything_back)
{
    begin();
    os_pages_pretend(OS_PAGES_GUESS);
    for (int round = 0; round < 3; round++) {
        memset(mem_region_stack_low(&region), 1, STACK);
        write_some(1, 200, 3);
        EXPECT_EQ_INT(mem_region_grow(&region, LINEAR + 5 * PAGE), 0);
        memset(region.base + LINEAR, 1, 5 * PAGE);
        run_reset();
        EXPECT(report.is_guess && report.was_scanned);
        EXPECT_EQ_INT(report.pages_discarded, PAGES);
        EXPECT_EQ_INT(report.pages_kept, 0);
        EXPECT_EQ_INT(stack_pages(), 16);
    }
    end();
}

TEST(an_older_kernel_lists_as_well)
{
    begin();
    os_pages_pretend(OS_PAGES_READ);
    write_some(0, 300, 5);
    run_reset();
    expect_report(300, 300, 0, 300);
    end();
}
