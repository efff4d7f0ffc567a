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
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/base_alloc.h"
#include "os/os_fail.h"
#include "os/os_map_limit.h"
#include "os/os_pages.h"
#include "reset_tools.h"

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
    EXPECT_EQ_INT(report.pages_discarded, PAGES - MEM_RESET_KEPT_MAX);
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
    EXPECT_EQ_INT(report.pages_discarded, 1);
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
    if (mode_is("asan") || mlock(mem_region_state(&region), PAGES * PAGE) != 0)
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
