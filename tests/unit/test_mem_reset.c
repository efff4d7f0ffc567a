/* test_mem_reset.c - back to the image, exactly what was dirtied.
 *
 * Whatever a test does, after each reset all bytes are compared with the image
 * by a function that trusts neither lists nor counts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* MADV_PAGEOUT, MADV_COLLAPSE, MADV_POPULATE_WRITE */
#include "mem/mem_reset.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base_alloc.h"
#include "mem/mem_dirty.h"
#include "mem/mem_image.h"
#include "os/os_fail.h"
#include "os/os_faults.h"
#include "os/os_map_limit.h"
#include "os/os_pages.h"
#include "test.h"

#define PAGE   OS_PAGE_BYTES
#define STATE  (4 * PAGE)
#define LINEAR (3000 * PAGE)
#define PAGES  ((size_t)3004)
#define STACK  (64 * PAGE)

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

static const struct mem_shape SHAPE = {16 * PAGE, STACK, STATE, 4000 * PAGE,
                                       16 * PAGE};
static struct mem_region region;
static struct mem_reset reset;
static struct mem_reset_report report;
static viv_error err;

/* Every second page of the image is not zeros: an odd number all over. */
static void begin(void)
{
    struct mem_image *image;

    EXPECT_EQ_INT(mem_region_init(&region, &SHAPE, LINEAR, &err), 0);
    for (size_t page = 0; page < PAGES; page += 2)
        memset(mem_dirty_page(&region, page), (int)page | 1, PAGE);
    EXPECT_EQ_INT(mem_image_new(&region, &image, &err), 0);
    mem_region_fini(&region);
    EXPECT_EQ_INT(mem_region_init_image(&region, &SHAPE, image, &err), 0);
    mem_image_unref(image);
}

static void end(void)
{
    mem_reset_fini(&reset);
    mem_region_fini(&region);
}

static void run_reset(void)
{
    EXPECT_EQ_INT(mem_reset_run(&reset, &region, &report, &err), 0);
    EXPECT(mem_reset_is_exact(&region));
}

static void write_to(size_t page)
{
    mem_reset_enter(&reset);
    mem_dirty_page(&region, page)[page % PAGE]++;
}

static void write_some(size_t first, size_t count, size_t step)
{
    for (size_t i = 0; i < count; i++)
        write_to(first + i * step);
}

static void expect_report(size_t dirtied, size_t copied, size_t dropped,
                          size_t kept)
{
    EXPECT_EQ_INT(report.pages_dirtied, dirtied);
    EXPECT_EQ_INT(report.pages_copied, copied);
    EXPECT_EQ_INT(report.pages_dropped, dropped);
    EXPECT_EQ_INT(report.pages_kept, kept);
    EXPECT(!report.is_guess);
}

static void need_count(void)
{
    uint64_t count;

    if (!os_faults_count(&count))
        SKIP("this kernel does not count page faults as it should");
}

/* The same pages, until there is nothing left to list. */
static void settle(size_t count)
{
    need_count();
    for (int round = 0; round < 10; round++) {
        write_some(1, count, 3);
        run_reset();
    }
    write_some(1, count, 3);
    /* Not run_reset(): to look at all bytes takes page faults. */
    EXPECT_EQ_INT(mem_reset_run(&reset, &region, &report, &err), 0);
    write_some(1, count, 3);
    EXPECT_EQ_INT(mem_reset_run(&reset, &region, &report, &err), 0);
    EXPECT(!report.was_scanned);
    expect_report(count, count, 0, count);
}

/* What settle() left, then `change`: is it undone, and was that listed? */
static void expect_undone(void (*change)(void), bool is_listed)
{
    settle(20);
    change();
    EXPECT_EQ_INT(mem_reset_run(&reset, &region, &report, &err), 0);
    EXPECT_EQ_INT(report.was_scanned, is_listed);
    EXPECT(mem_reset_is_exact(&region));
}

/* ------------------------------------------------------------------------
 * What comes back.
 */

TEST(a_region_that_nobody_wrote_to_stays_as_it_is)
{
    begin();
    run_reset();
    expect_report(0, 0, 0, 0);
    end();
}

TEST(what_was_written_comes_back)
{
    begin();
    write_some(0, 50, 7);
    EXPECT(!mem_reset_is_exact(&region));
    run_reset();
    expect_report(50, 50, 0, 50);
    end();
}

TEST(every_page_can_be_written_and_comes_back)
{
    begin();
    memset(mem_region_state(&region), 0x54, PAGES * PAGE);
    run_reset();
    EXPECT_EQ_INT(report.pages_dirtied, PAGES);
    EXPECT_EQ_INT(report.pages_copied, MEM_RESET_KEPT_MAX);
    EXPECT_EQ_INT(report.pages_dropped, PAGES - MEM_RESET_KEPT_MAX);
    end();
}

TEST(writing_what_is_there_already_dirties_nothing)
{
    begin();
    for (size_t page = 0; page < 10; page++)
        *(volatile char *)mem_dirty_page(&region, page) =
            *mem_dirty_page(&region, page);
    run_reset();
    expect_report(0, 0, 0, 10);
    end();
}

TEST(what_had_grown_is_closed_and_its_memory_given_back)
{
    size_t mappings;

    begin();
    run_reset();
    mappings = os_map_limit_used();
    for (int round = 0; round < 3; round++) {
        EXPECT_EQ_INT(mem_region_grow(&region, LINEAR + 500 * PAGE), 0);
        EXPECT_EQ_INT(mem_region_grow(&region, LINEAR + 900 * PAGE), 0);
        memset(region.base + LINEAR - PAGE, 1, 101 * PAGE);
        EXPECT(!mem_reset_is_exact(&region));
        run_reset();
        expect_report(101, 1, 100, 1);
        EXPECT_EQ_INT(region.linear_bytes, LINEAR);
        EXPECT_EQ_INT(os_map_limit_used(), mappings);
        EXPECT_EQ_INT(mem_region_grow(&region, LINEAR + PAGE), 0);
        EXPECT_EQ_INT(region.base[LINEAR], 0);
        run_reset();
    }
    end();
}

TEST(what_had_grown_and_was_not_touched_is_closed_without_a_list)
{
    begin();
    settle(5);
    EXPECT_EQ_INT(mem_region_grow(&region, LINEAR + PAGE), 0);
    run_reset();
    EXPECT_EQ_INT(region.linear_bytes, LINEAR);
    end();
}

static size_t stack_pages(void)
{
    unsigned char there[STACK / PAGE];
    size_t count = 0;

    EXPECT_EQ_INT(mincore(mem_region_stack_low(&region), STACK, there), 0);
    for (size_t i = 0; i < STACK / PAGE; i++)
        count += there[i] & 1;
    return count;
}

TEST(the_stack_keeps_sixteen_pages)
{
    size_t depths[] = {0, 1, 15, 16, 17, 40, 64};

    begin();
    for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
        size_t bytes = depths[i] * PAGE;

        memset(mem_region_stack_top(&region) - bytes, 1, bytes);
        run_reset();
        EXPECT_EQ_INT(stack_pages(), depths[i] < 16 ? depths[i] : 16);
    }
    expect_report(0, 0, 0, 0);
    end();
}

/* ------------------------------------------------------------------------
 * Which pages are kept.
 */

TEST(a_kept_page_that_cools_down_is_given_back)
{
    begin();
    write_to(5);
    run_reset();
    expect_report(1, 1, 0, 1);
    run_reset();
    expect_report(0, 0, 1, 0);
    end();
}

TEST(a_page_that_runs_change_stays_for_some_that_do_not)
{
    int runs;

    begin();
    for (runs = 0; runs < 10; runs++) {
        write_to(5);
        run_reset();
    }
    for (runs = 0; report.pages_kept == 1; runs++)
        run_reset();
    EXPECT_EQ_INT(runs, 16);
    EXPECT_EQ_INT(report.pages_dropped, 1);
    end();
}

/* As counts of references do, which go up and down again. */
static void write_and_undo(size_t count)
{
    for (size_t page = 0; page < count; page++) {
        volatile char *at = mem_dirty_page(&region, page);

        *at = (char)(*at + 1);
        *at = (char)(*at - 1);
    }
}

TEST(pages_that_are_written_and_not_changed_are_soon_kept)
{
    int lists = 0;

    need_count();
    begin();
    for (int runs = 0; runs < 1000; runs++) {
        write_and_undo(50);
        EXPECT_EQ_INT(mem_reset_run(&reset, &region, &report, &err), 0);
        lists += report.was_scanned;
    }
    expect_report(0, 0, 0, 50);
    EXPECT(lists < 20); /* two each time that they come back, and the first */
    EXPECT(mem_reset_is_exact(&region));
    end();
}

TEST(kept_pages_take_no_page_fault)
{
    uint64_t before, after;

    begin();
    settle(100);
    EXPECT(os_faults_count(&before));
    write_some(1, 100, 3);
    EXPECT_EQ_INT(mem_reset_run(&reset, &region, &report, &err), 0);
    EXPECT(os_faults_count(&after));
    EXPECT_EQ_INT(after - before, 0);
    end();
}

TEST(as_many_pages_are_kept_as_there_is_room_for)
{
    begin();
    write_some(0, MEM_RESET_KEPT_MAX, 2);
    run_reset();
    expect_report(MEM_RESET_KEPT_MAX, MEM_RESET_KEPT_MAX, 0,
                  MEM_RESET_KEPT_MAX);
    write_some(0, MEM_RESET_KEPT_MAX + 1, 2);
    run_reset();
    expect_report(MEM_RESET_KEPT_MAX + 1, MEM_RESET_KEPT_MAX, 1,
                  MEM_RESET_KEPT_MAX);
    end();
}

TEST(newcomers_do_not_take_the_room_of_those_who_were_here)
{
    begin();
    write_some(2000, 1000, 1);
    run_reset();
    write_some(0, 1000, 1); /* lower, so they are looked at first */
    write_some(2000, 1000, 1);
    run_reset();
    expect_report(2000, MEM_RESET_KEPT_MAX, 2000 - MEM_RESET_KEPT_MAX,
                  MEM_RESET_KEPT_MAX);
    write_some(2000, 1000, 1);
    run_reset();
    expect_report(1000, 1000, MEM_RESET_KEPT_MAX - 1000, 1000);
    end();
}

/* ------------------------------------------------------------------------
 * When a list can be left out: the points of the header, one by one.
 */

TEST(the_same_pages_need_no_list)
{
    begin();
    settle(50);
    EXPECT(mem_reset_is_exact(&region));
    end();
}

static void write_elsewhere(void)
{
    write_to(2500);
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
        EXPECT_EQ_INT(report.pages_dropped, PAGES);
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

/* ------------------------------------------------------------------------
 * Regions that change under what is remembered.
 */

TEST(what_is_remembered_is_of_one_mapping)
{
    struct mem_image *image;

    begin();
    settle(20);
    mem_region_fini(&region);
    begin();
    EXPECT_EQ_INT(mem_reset_run(&reset, &region, &report, &err), 0);
    EXPECT(report.was_scanned);
    expect_report(0, 0, 0, 0);

    settle(20);
    write_some(1, 20, 3);
    write_to(2100);
    EXPECT_EQ_INT(mem_image_new(&region, &image, &err), 0);
    EXPECT_EQ_INT(mem_region_adopt(&region, image, &err), 0);
    mem_image_unref(image);
    write_to(2101);
    run_reset();
    EXPECT(report.was_scanned);
    expect_report(1, 1, 0, 1);
    end();
}

TEST(a_region_whose_image_has_become_larger_is_reset_to_that)
{
    struct mem_image *image;

    begin();
    settle(20);
    EXPECT_EQ_INT(mem_region_grow(&region, LINEAR + 500 * PAGE), 0);
    EXPECT_EQ_INT(mem_image_new(&region, &image, &err), 0);
    EXPECT_EQ_INT(mem_region_adopt(&region, image, &err), 0);
    mem_image_unref(image);
    write_some(PAGES, 500, 1);
    run_reset();
    expect_report(500, 500, 0, 500);
    end();
}

/* ------------------------------------------------------------------------
 * Chance.
 */

static void *enter_and_write(void *cookie)
{
    write_elsewhere();
    return cookie;
}

static void write_by_thread(void)
{
    pthread_t thread;

    EXPECT_EQ_INT(pthread_create(&thread, NULL, enter_and_write, NULL), 0);
    EXPECT_EQ_INT(pthread_join(thread, NULL), 0);
}

static void write_by_chance(void)
{
    size_t page = (size_t)rand() % PAGES;

    switch (rand() % 8) {
    case 0:
        write_by_thread();
        break;
    case 1:
        write_some(page < PAGES - 300 ? page : 0, 100, 3);
        break;
    case 2:
        memset(mem_region_stack_low(&region), 1, STACK);
        break;
    case 3:
        if (region.linear_bytes < 3500 * PAGE) {
            EXPECT_EQ_INT(
                mem_region_grow(&region, region.linear_bytes + 50 * PAGE), 0);
            region.base[region.linear_bytes - 1] = 1;
        }
        break;
    case 4:
        (void)madvise(mem_region_state(&region), PAGES * PAGE, MADV_PAGEOUT);
        break;
    case 5:
        memset(mem_dirty_page(&region, page), 0, PAGE);
        break;
    default:
        write_some(1, 20, 3);
    }
}

TEST(whatever_happens_every_reset_is_exact)
{
    begin();
    srand(1);
    for (int round = 0; round < 300; round++) {
        os_pages_pretend(OS_PAGES_SCAN + rand() % 10 / 4);
        for (int i = rand() % 4; i > 0; i--)
            write_by_chance();
        EXPECT_EQ_INT(mem_reset_run(&reset, &region, &report, &err), 0);
        if (rand() % 2 == 0)
            EXPECT(mem_reset_is_exact(&region));
    }
    end();
}

/* ------------------------------------------------------------------------
 * Failure.
 */

static void dirty_everything(void)
{
    memset(mem_region_stack_low(&region), 1, STACK);
    write_some(0, 1500, 2);
    EXPECT_EQ_INT(mem_region_grow(&region, LINEAR + 10 * PAGE), 0);
    memset(region.base + LINEAR, 1, 10 * PAGE);
}

/* The first call counts, then there are lists, madvise and mmap. */
TEST(after_any_failure_the_next_reset_is_exact)
{
    uint64_t n;
    int code;

    begin();
    for (n = 1, code = -1; code < 0 || report.is_guess; n++) {
        dirty_everything();
        os_fail_at(n);
        code = mem_reset_run(&reset, &region, &report, &err);
        os_fail_at(0);
        EXPECT(code == 0 || code == VIV_EIO || code == VIV_ENOMEM);
        EXPECT(code == 0 || err.text[0] != '\0');
        if (code == 0)
            EXPECT(mem_reset_is_exact(&region));
        run_reset();
    }
    EXPECT(n > 15);
    end();
}

TEST(without_memory_nothing_is_kept)
{
    for (uint64_t n = 1; n <= 3; n++) {
        begin();
        base_alloc_fail_at(n);
        write_some(0, 30, 4);
        run_reset();
        base_alloc_fail_at(0);
        expect_report(30, 0, 30, 0);
        write_some(0, 30, 4);
        run_reset();
        expect_report(30, 30, 0, 30);
        end();
    }
}

TEST(memory_that_is_locked_is_a_failure_with_words)
{
    begin();
    write_some(0, 1100, 2);
    if (mlock(mem_region_state(&region), PAGES * PAGE) != 0)
        SKIP("no memory may be locked here");
    EXPECT_EQ_INT(mem_reset_run(&reset, &region, &report, &err), VIV_EIO);
    EXPECT_HAS_STR(err.text, "mlockall");
    munlock(mem_region_state(&region), PAGES * PAGE);
    run_reset();
    end();
}

static void reset_without_image(void)
{
    (void)mem_reset_run(&reset, &region, &report, &err);
}

TEST(a_region_without_an_image_cannot_be_reset)
{
    EXPECT_EQ_INT(mem_region_init(&region, &SHAPE, LINEAR, &err), 0);
    EXPECT_DIES(SIGABRT, reset_without_image);
    end();
}

TEST(all_zeros_needs_no_end)
{
    mem_reset_fini(&reset);
    mem_reset_enter(&reset);
    mem_reset_fini(&reset);
}
