/* reset_tools.h - what the tests of resets begin with.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RESET_TOOLS_H
#define RESET_TOOLS_H

#include <sys/mman.h>

#include "mem/mem_dirty.h"
#include "mem/mem_image.h"
#include "mem/mem_region.h"
#include "mem/mem_reset.h"
#include "mem_tools.h"
#include "os/os_faults.h"
#include "test.h"

#define STATE  (4 * PAGE)
#define LINEAR (3000 * PAGE)
#define PAGES  ((size_t)3004)
#define STACK  (64 * PAGE)

static const struct mem_shape SHAPE = {16 * PAGE, STACK, STATE, 4000 * PAGE,
                                       16 * PAGE};
static struct mem_region region;
static struct mem_reset reset;
static struct mem_reset_report report;
static viv_error err;

/* Every second page of the image is not zeros: an odd number all over. */
static inline void begin(void)
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

static inline void end(void)
{
    mem_reset_fini(&reset);
    mem_region_fini(&region);
}

static inline void run_reset(void)
{
    EXPECT_EQ_INT(mem_reset_run(&reset, &region, &report, &err), 0);
    EXPECT(mem_reset_is_exact(&region));
}

/* Pages of the stack that have memory. */
static inline size_t stack_pages(void)
{
    unsigned char there[STACK / PAGE];
    size_t count = 0;

    EXPECT_EQ_INT(mincore(mem_region_stack_low(&region), STACK, there), 0);
    for (size_t i = 0; i < STACK / PAGE; i++)
        count += there[i] & 1;
    return count;
}

static inline void write_to(size_t page)
{
    mem_reset_enter(&reset);
    mem_dirty_page(&region, page)[page % PAGE]++;
}

static inline void write_some(size_t first, size_t count, size_t step)
{
    for (size_t i = 0; i < count; i++)
        write_to(first + i * step);
}

static inline void expect_report(size_t dirtied, size_t copied, size_t dropped,
                                 size_t kept)
{
    EXPECT_EQ_INT(report.pages_dirtied, dirtied);
    EXPECT_EQ_INT(report.pages_copied, copied);
    EXPECT_EQ_INT(report.pages_discarded, dropped);
    EXPECT_EQ_INT(report.pages_kept, kept);
    EXPECT(!report.is_guess);
}

static inline void need_count(void)
{
    uint64_t count;

    if (!os_faults_count(&count))
        SKIP("this kernel does not count page faults as it should");
}

/* The same pages, until there is nothing left to list.  That is soon, but
 * where a tool takes page faults of its own for what it remembers of memory. */
static inline void settle(size_t count)
{
    need_count();
    for (int round = 0; round < 10; round++) {
        write_some(1, count, 3);
        run_reset();
    }
    /* Not run_reset(): to look at all bytes takes page faults. */
    for (int round = 0; round < (mode_is("plain") ? 2 : 5000); round++) {
        write_some(1, count, 3);
        EXPECT_EQ_INT(mem_reset_run(&reset, &region, &report, &err), 0);
        if (!report.was_scanned)
            break;
    }
    if (report.was_scanned && !mode_is("plain"))
        SKIP("the tool takes page faults all the time");
    EXPECT(!report.was_scanned);
    expect_report(count, count, 0, count);
}

/* What settle() left, then `change`: is it undone, and was that listed? */
static inline void expect_undone(void (*change)(void), bool is_listed)
{
    settle(20);
    change();
    EXPECT_EQ_INT(mem_reset_run(&reset, &region, &report, &err), 0);
    EXPECT_EQ_INT(report.was_scanned, is_listed);
    EXPECT(mem_reset_is_exact(&region));
}

/* A page that settle() did not write to. */
static inline void write_elsewhere(void)
{
    write_to(2500);
}

#endif /* RESET_TOOLS_H */
