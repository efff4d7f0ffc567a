/* mem_reset.c - back to the image, exactly what was dirtied.
 *
 * A page is in one of three states:
 *
 *                   written to: comes by a page fault
 *       SHARED ------------------------------------> PRIVATE
 *         ^                                            |  ^
 *         | reset: no room                             |  |
 *         +--------------------------------------------+  |
 *         |                                     reset: |  |
 *         |                                copied back v  | written to:
 *         +------------------------------------------- KEPT  no page fault
 *           reset: not changed for longer than its patience
 *
 * Invariants between two resets:
 *     1. kept is ascending, without doubles, and each patience is not 0
 *     2. if owner is not 0, every private page of the image's part of the
 *        region is kept, or was written to since
 *     3. there are both lists and heat, or none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_reset.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_check.h"
#include "base/base_error.h"
#include "mem/mem_dirty.h"
#include "mem/mem_image.h"
#include "os/os_faults.h"
#include "os/os_map.h"
#include "os/os_thread.h"

/* One reset in progress. */
struct work {
    struct mem_reset *reset;
    struct mem_region *region;
    struct mem_reset_report *report;
    size_t image_pages;
    size_t old;  /* of reset->kept, those already passed */
    size_t kept; /* in reset->spare */
    size_t part_count;
    struct os_map_part parts[OS_MAP_PARTS_MAX]; /* to be given back */
    bool has_failed;
};

/* ------------------------------------------------------------------------
 * Giving back: neighbours as one part, many parts in one call.
 */

static void flush(struct work *work)
{
    if (os_map_discard_all(work->parts, work->part_count) < 0)
        work->has_failed = true;
    work->part_count = 0;
}

/* Does `at` continue the part that was added last? */
static bool continues(const struct work *work, const char *at)
{
    const struct os_map_part *last;

    if (work->part_count == 0)
        return false;
    last = &work->parts[work->part_count - 1];
    return (char *)last->at + last->bytes == at;
}

static void drop(struct work *work, char *at, size_t bytes)
{
    work->report->pages_discarded += bytes / OS_PAGE_BYTES;
    if (continues(work, at)) {
        work->parts[work->part_count - 1].bytes += bytes;
        return;
    }
    if (work->part_count == OS_MAP_PARTS_MAX)
        flush(work);
    work->parts[work->part_count++] = (struct os_map_part){at, bytes};
}

/* ------------------------------------------------------------------------
 * One private page.
 */

/* Is there room for one more, all that were kept before having theirs? */
static bool has_room(const struct work *work)
{
    size_t promised = work->reset->kept_count - work->old;

    return work->reset->kept != NULL &&
           work->kept + promised < MEM_RESET_KEPT_MAX;
}

/* Make it what it was, if it is not. */
static bool copy_back(struct work *work, size_t page)
{
    bool was_dirty = mem_dirty_undo(work->region, page);

    work->report->pages_dirtied += was_dirty;
    work->report->pages_copied += was_dirty;
    return was_dirty;
}

static void keep(struct work *work, size_t page, uint32_t patience)
{
    work->reset->spare[work->kept++] =
        (struct mem_reset_kept){(uint32_t)page, patience};
}

/* A page that was not kept: it came by a page fault in this run. */
static void visit_newcomer(struct work *work, size_t page)
{
    if (!has_room(work)) {
        work->report->pages_dirtied += mem_dirty_is(work->region, page);
        drop(work, mem_dirty_page(work->region, page), OS_PAGE_BYTES);
        return;
    }
    copy_back(work, page);
    keep(work, page, mem_heat_come(&work->reset->heat, page));
}

static void visit_kept(struct work *work, struct mem_reset_kept kept)
{
    if (copy_back(work, kept.page)) {
        keep(work, kept.page, mem_heat_change(&work->reset->heat, kept.page));
    } else if (kept.patience > 1) {
        keep(work, kept.page, kept.patience - 1);
    } else {
        mem_heat_go(&work->reset->heat, kept.page);
        drop(work, mem_dirty_page(work->region, kept.page), OS_PAGE_BYTES);
    }
}

/* ------------------------------------------------------------------------
 * All of them: the kept ones, or those that the kernel lists.
 */

static void visit_all_kept(struct work *work)
{
    const struct mem_reset *reset = work->reset;

    while (work->old < reset->kept_count)
        visit_kept(work, reset->kept[work->old++]);
}

/* A private page, of which it is not known whether it was kept.  In ascending
 * order. */
static void visit(struct work *work, size_t page)
{
    const struct mem_reset *reset = work->reset;

    while (work->old < reset->kept_count && reset->kept[work->old].page < page)
        work->old++;
    if (work->old < reset->kept_count && reset->kept[work->old].page == page)
        visit_kept(work, reset->kept[work->old++]);
    else
        visit_newcomer(work, page);
}

/* Pages [first, end) are private; some may be beyond the image. */
static void visit_pages(struct work *work, size_t first, size_t end)
{
    size_t beyond = end > work->image_pages ? end - work->image_pages : 0;

    if (beyond > end - first)
        beyond = end - first;
    work->report->pages_dirtied += beyond;
    work->report->pages_discarded += beyond;
    for (; first < end - beyond; first++)
        visit(work, first);
}

/* The kernel cannot tell: all of it goes. */
static void drop_all(struct work *work)
{
    size_t bytes = work->image_pages * OS_PAGE_BYTES;

    *work->report = (struct mem_reset_report){
        .pages_dirtied = work->image_pages,
        .was_scanned = true,
        .is_guess = true,
    };
    work->kept = 0;
    drop(work, mem_region_state(work->region), bytes);
}

/* What of the stack shall not keep its memory. */
static size_t deep_bytes(const struct mem_region *region)
{
    size_t bytes = region->shape.stack_bytes;

    return bytes > MEM_RESET_STACK_BYTES ? bytes - MEM_RESET_STACK_BYTES : 0;
}

static void trim_stack(struct work *work)
{
    if (os_map_discard(mem_region_stack_low(work->region),
                       deep_bytes(work->region)) < 0)
        work->has_failed = true;
}

static void visit_listed(struct work *work)
{
    char *state = mem_region_state(work->region);
    char *low = mem_region_stack_low(work->region);
    char *shallow = low + deep_bytes(work->region);
    struct os_pages pages;
    struct os_pages_run run;
    bool is_deep = false;

    os_pages_begin(&pages, low, mem_region_end(work->region));
    while (os_pages_next(&pages, &run) && !pages.is_guess) {
        char *end = run.at + run.bytes;
        char *first = run.at > state ? run.at : state;

        is_deep |= run.at < shallow;
        if (first < end)
            visit_pages(work, (size_t)(first - state) / OS_PAGE_BYTES,
                        (size_t)(end - state) / OS_PAGE_BYTES);
    }
    if (pages.is_guess)
        drop_all(work);
    if (pages.is_guess || is_deep)
        trim_stack(work);
}

/* ------------------------------------------------------------------------
 * The reset.
 */

/* Lists and heat, or nothing. */
static void allocate(struct mem_reset *reset, size_t pages)
{
    if (!mem_heat_init(&reset->heat, pages))
        return;
    reset->kept =
        base_alloc_array(NULL, MEM_RESET_KEPT_MAX, sizeof(*reset->kept));
    reset->spare =
        base_alloc_array(NULL, MEM_RESET_KEPT_MAX, sizeof(*reset->spare));
    if (reset->kept == NULL || reset->spare == NULL)
        mem_reset_fini(reset);
}

/* What was remembered counts for one mapping only.  Without memory to remember
 * anything nothing is kept. */
static void prepare(struct mem_reset *reset, const struct mem_region *region)
{
    size_t pages = mem_image_pages(region->image);

    CHECK(pages <= UINT32_MAX);
    if (reset->mapping != region->mapping)
        mem_reset_fini(reset);
    if (reset->kept == NULL)
        allocate(reset, pages);
    reset->mapping = region->mapping;
    mem_heat_tick(&reset->heat);
}

static void take_over_kept(struct work *work)
{
    struct mem_reset *reset = work->reset;
    struct mem_reset_kept *spare = reset->kept;

    reset->kept = reset->spare;
    reset->spare = spare;
    reset->kept_count = work->kept;
    work->report->pages_kept = work->kept;
}

static int finish(struct work *work, viv_error *err)
{
    struct mem_region *region = work->region;
    size_t linear_bytes = mem_image_linear_bytes(region->image);

    flush(work);
    take_over_kept(work);
    if (work->has_failed)
        return base_error(err, VIV_EIO,
                          "a sandbox's memory cannot be given back: it may be "
                          "locked (mlockall)");
    if (region->linear_bytes > linear_bytes &&
        mem_region_shrink(region, linear_bytes) < 0)
        return base_error(err, VIV_ENOMEM,
                          "a sandbox that grew from %zu to %zu bytes cannot be "
                          "made smaller again",
                          linear_bytes, region->linear_bytes);
    return 0;
}

int mem_reset_run(struct mem_reset *reset, struct mem_region *region,
                  struct mem_reset_report *ret_report, viv_error *err)
{
    struct mem_reset_report report = {0};
    struct work work = {.reset = reset, .region = region, .report = &report};
    uint64_t faults = 0, owner = os_thread_id();
    int code;

    if (!os_faults_count(&faults))
        owner = 0;
    CHECK(region->image != NULL);
    work.image_pages = mem_image_pages(region->image);
    prepare(reset, region);
    report.was_scanned =
        owner == 0 || reset->owner != owner || reset->faults != faults;
    reset->owner = 0;
    if (report.was_scanned)
        visit_listed(&work);
    else
        visit_all_kept(&work);
    code = finish(&work, err);
    if (code < 0)
        return code;
    reset->owner = owner;
    reset->faults = faults;
    DCHECK(mem_reset_is_exact(region));
    *ret_report = report;
    return 0;
}

void mem_reset_enter(struct mem_reset *reset)
{
    if (reset->owner != os_thread_id())
        reset->owner = 0;
}

void mem_reset_fini(struct mem_reset *reset)
{
    mem_heat_fini(&reset->heat);
    base_free(reset->kept);
    base_free(reset->spare);
    memset(reset, 0, sizeof(*reset));
}

bool mem_reset_is_exact(const struct mem_region *region)
{
    size_t page;

    if (region->linear_bytes != mem_image_linear_bytes(region->image))
        return false;
    for (page = 0; page < mem_image_pages(region->image); page++)
        if (mem_dirty_is(region, page))
            return false;
    return true;
}
