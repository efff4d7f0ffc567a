/* bench_reset.c - a sandbox made fresh again; see BENCHMARKS.md.
 *
 * Three regions are made from one image.  A RUN writes to k of their pages;
 * then the region is restored: by mem_reset_run(), by mapping the image anew,
 * or by MADV_DONTNEED for all of it.  What is restored without memory takes
 * page faults in the next run, so the time of run and restoring together is
 * what counts; that of restoring alone is beside it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_check.h"
#include "bench.h"
#include "mem/mem_dirty.h"
#include "mem/mem_image.h"
#include "mem/mem_region.h"
#include "mem/mem_reset.h"
#include "os/os_map.h"

#define PAGE OS_PAGE_BYTES

/* An image like that of an interpreter after its start: 20 MB, 4.7 MB of it not
 * zeros, the beginning dense and the rest sparse. */
#define STATE_PAGES 4
#define PAGES       5120
#define STORED      1200
#define DIRTY_MAX   1000

enum way { RESET, MAP, DROP, WAYS };

static const char *const peers[WAYS] = {"", "mmap fresh", "MADV_DONTNEED"};

static const struct mem_shape shape = {(size_t)1 << 20, (size_t)1 << 20,
                                       STATE_PAGES *PAGE, (size_t)1 << 32,
                                       (size_t)1 << 31};

static struct mem_image *image;
static struct mem_region regions[WAYS];
static struct mem_reset reset;
static size_t dirty[DIRTY_MAX]; /* the pages that a run writes to */
static bool half_is_undone;

/* ------------------------------------------------------------------------
 * The image, and pages of it.
 */

/* The same numbers on every machine. */
static uint32_t random_below(uint32_t end)
{
    static uint64_t state = 1;

    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)((state >> 33) % end);
}

static void make_image(void)
{
    struct mem_region region;

    CHECK(mem_region_init(&region, &shape, (PAGES - STATE_PAGES) * PAGE,
                          NULL) == 0);
    for (size_t i = 0; i < STORED; i++) {
        size_t page = i < STORED / 2 ? i : random_below(PAGES);

        for (size_t at = 0; at < PAGE; at++)
            mem_dirty_page(&region, page)[at] = (char)random_below(256);
    }
    CHECK(mem_image_new(&region, &image, NULL) == 0);
    mem_region_fini(&region);
}

/* `count` different pages anywhere: there is no order that would be kinder to
 * one way than to another. */
static void choose_pages(size_t count)
{
    static bool taken[PAGES];

    memset(taken, 0, sizeof(taken));
    for (size_t i = 0; i < count;) {
        size_t page = random_below(PAGES);

        if (!taken[page])
            dirty[i++] = page;
        taken[page] = true;
    }
}

/* Write 64 bytes to each of the first `count` chosen pages; for every second
 * page, if so asked, those that are there already, as who counts references up
 * and down again does. */
static void run(struct mem_region *region, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *at = mem_dirty_page(region, dirty[i]) + i * 64 % PAGE;

        if (half_is_undone && i % 2 == 0)
            *(volatile char *)at = *at;
        else
            memset(at, (int)i | 1, 64);
    }
}

/* ------------------------------------------------------------------------
 * Ways to restore.
 */

static void begin_regions(void)
{
    for (int way = 0; way < WAYS; way++)
        CHECK(mem_region_init_image(&regions[way], &shape, image, NULL) == 0);
}

static void end_regions(void)
{
    mem_reset_fini(&reset);
    for (int way = 0; way < WAYS; way++)
        mem_region_fini(&regions[way]);
}

static void restore(enum way way)
{
    struct mem_region *region = &regions[way];
    char *state = mem_region_state(region);
    struct mem_reset_report report;

    if (way == RESET)
        CHECK(mem_reset_run(&reset, region, &report, NULL) == 0);
    else if (way == MAP)
        CHECK(os_map_private(state, PAGES * PAGE, image->fd, 0) == 0);
    else
        CHECK(os_map_discard(state, PAGES * PAGE) == 0);
}

/* ------------------------------------------------------------------------
 * Cycles: what comes before a run, the run, restoring.
 */

/* The least time of one cycle, as the mean of a block. */
struct best {
    double whole, alone;
};

/* What happens in a cycle besides; untimed. */
typedef void prepare(size_t count);

static void nothing(size_t count)
{
    (void)count;
}

/* Another page fault of this thread, so that the reset must ask for a list. */
static void fault_elsewhere(size_t count)
{
    char *page = os_map_take(PAGE);

    (void)count;
    CHECK(page != NULL);
    *(volatile char *)page = 1;
    os_map_release(page, PAGE);
}

/* At most so many cycles, and no longer than this: a block that fits a slice of
 * the scheduler is, now and then, not interrupted. */
#define BLOCK_CYCLES 30
#define BLOCK_NS     1000000u

/* Cycles that come first and do not count: after the others' page faults ours
 * must ask for a list. */
#define WARM_CYCLES 2

static double least(double best, uint64_t sum, int cycles)
{
    double mean = (double)sum / cycles;

    return best == 0 || mean < best ? mean : best;
}

static void measure_block(enum way way, size_t count, prepare *before,
                          struct best *best)
{
    uint64_t whole = 0, alone = 0;
    int cycle = -WARM_CYCLES;

    while (cycle < BLOCK_CYCLES && whole < BLOCK_NS) {
        uint64_t start, middle, end;

        before(count);
        start = bench_now();
        run(&regions[way], count);
        middle = bench_now();
        restore(way);
        end = bench_now();
        whole += cycle < 0 ? 0 : end - start;
        alone += cycle < 0 ? 0 : end - middle;
        cycle++;
    }
    best->whole = least(best->whole, whole, cycle);
    best->alone = least(best->alone, alone, cycle);
}

static void print_rows(const char *name, const double ns[WAYS])
{
    for (int way = MAP; way < WAYS; way++)
        bench_row_peer(name, ns[RESET] / 1000, "us", peers[way],
                       ns[way] / 1000);
}

/* Rows of the whole cycle, and if `with_alone`, of restoring alone. */
static void measure(const char *words, size_t count, prepare *before,
                    bool with_alone)
{
    struct best best[WAYS] = {{0, 0}};
    double whole[WAYS], alone[WAYS];
    char name[80];

    begin_regions();
    choose_pages(count);
    for (int round = 0; round < (int)bench_rounds(100, 1); round++)
        for (int way = 0; way < WAYS; way++)
            measure_block(way, count, before, &best[way]);
    CHECK(mem_reset_is_exact(&regions[RESET]));
    end_regions();
    for (int way = 0; way < WAYS; way++) {
        whole[way] = best[way].whole;
        alone[way] = best[way].alone;
    }
    snprintf(name, sizeof(name), "run+reset, k=%zu%s", count, words);
    print_rows(name, whole);
    snprintf(name, sizeof(name), "reset, k=%zu%s", count, words);
    if (with_alone)
        print_rows(name, alone);
}

/* ------------------------------------------------------------------------
 * A long time.
 */

/* Mostly what most runs do, sometimes something else, sometimes growing. */
static void run_by_chance(struct mem_region *region)
{
    run(region, random_below(100));
    if (random_below(100) == 0)
        memset(mem_dirty_page(region, random_below(PAGES - 50)), 7, 50 * PAGE);
    if (random_below(100) == 0) {
        CHECK(mem_region_grow(region, region->linear_bytes + 64 * PAGE) == 0);
        memset(mem_region_end(region) - 20 * PAGE, 1, 20 * PAGE);
    }
    if (random_below(1000) == 0)
        memset(mem_region_stack_low(region), 1, shape.stack_bytes);
}

static void soak_for(uint64_t resets, uint64_t *compared)
{
    for (uint64_t i = 0; i < resets; i++) {
        run_by_chance(&regions[RESET]);
        restore(RESET);
        if (random_below(2000) != 0)
            continue;
        CHECK(mem_reset_is_exact(&regions[RESET]));
        ++*compared;
    }
}

/* The first part shows every page once; memory must not grow after it. */
static void soak(void)
{
    uint64_t resets = bench_rounds(1000000, 2000), compared = 0, start, before;

    begin_regions();
    choose_pages(100);
    soak_for(resets / 10, &compared);
    CHECK(mem_reset_is_exact(&regions[RESET]));
    before = bench_status("VmRSS");
    start = bench_now();
    soak_for(resets, &compared);
    bench_row("soak, run+reset, mean",
              (double)(bench_now() - start) / (double)resets / 1000, "us");
    bench_row("soak, resets", (double)resets, "resets");
    bench_row("soak, all bytes compared", (double)compared, "times");
    bench_row_peer("soak, memory after", (double)bench_status("VmRSS") / 1024,
                   "KB", "before", (double)before / 1024);
    end_regions();
}

int main(int argc, char **argv)
{
    static const size_t counts[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};

    bench_begin(argc, argv,
                "a sandbox made fresh: copying back, mmap, MADV_DONTNEED");
    make_image();
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        measure("", counts[i], nothing, true);
    half_is_undone = true;
    measure(", half undone", 50, nothing, true);
    half_is_undone = false;
    measure(", listed", 50, fault_elsewhere, true);
    for (size_t i = 3; i < sizeof(counts) / sizeof(counts[0]); i += 2)
        measure(", other pages", counts[i], choose_pages, false);
    soak();
    mem_image_unref(image);
    return 0;
}
