/* escape_swap.c - the attack: be changed and not there.
 *
 * A page that a guest has changed and that the kernel has written to swap since
 * is not present, and must be found by a reset all the same, whichever way it
 * finds pages: as one of those that runs usually change, or by the kernel's
 * list.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* MADV_PAGEOUT */
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>

#include "host.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

#define PAGE 4096u

/* A mapping of which pages can be swapped out: bit 62 of a word of pagemap. */
#define IS_SWAPPED (UINT64_C(1) << 62)

static const char WAT[] =
    "(module (memory (export \"memory\") 16)"
    " (func (export \"fill\") (param i32) (result i32)"
    "  (memory.fill (i32.const 0) (local.get 0) (i32.const 1048576))"
    "  (i32.const 0))"
    /* the first word that is not 0, or -1 */
    " (func (export \"scan\") (param i32) (result i32)"
    "  (loop $l (if (i32.load (local.get 0)) (then (return (local.get 0))))"
    "   (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0)"
    "    (i32.const 4))) (i32.const 1048576)))) (i32.const -1)))";

/* ------------------------------------------------------------------------
 * Regions are private mappings of files of memory: all of them are meant.
 */

static uint64_t count_swapped(int pagemap, uint64_t from, uint64_t end)
{
    uint64_t count = 0, word;

    for (; from < end; from += PAGE)
        if (pread(pagemap, &word, 8, (off_t)(from / PAGE * 8)) == 8)
            count += (word & IS_SWAPPED) != 0;
    return count;
}

/* Returns how many pages are in swap now. */
static uint64_t swap_out_regions(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    int pagemap = open("/proc/self/pagemap", O_RDONLY);
    uint64_t from, end, count = 0;
    bool is_found = false;
    char line[4500];

    EXPECT(maps != NULL && pagemap >= 0);
    while (fgets(line, sizeof(line), maps) != NULL) {
        if (strstr(line, " rw-p ") == NULL || strstr(line, "memfd:") == NULL ||
            sscanf(line, "%" SCNx64 "-%" SCNx64, &from, &end) != 2)
            continue;
        is_found = true;
        madvise((void *)from, end - from, MADV_PAGEOUT);
        count += count_swapped(pagemap, from, end);
    }
    fclose(maps);
    close(pagemap);
    EXPECT(is_found);
    return count;
}

static bool has_swap(void)
{
    FILE *file = fopen("/proc/meminfo", "r");
    unsigned long long kib = 0;
    char line[256];

    while (file != NULL && fgets(line, sizeof(line), file) != NULL)
        sscanf(line, "SwapFree: %llu", &kib);
    if (file != NULL)
        fclose(file);
    return kib > 8192;
}

/* ------------------------------------------------------------------------
 * Nothing is left of what was swapped out.
 */

static void *reset_here(void *sandbox)
{
    host_reset(sandbox);
    return NULL;
}

TEST(pages_that_are_in_swap_are_found_by_a_reset)
{
    viv_module *module = host_module(WAT);
    viv_sandbox *first = host_sandbox(module, NULL, 0, NULL);
    viv_sandbox *sandbox = host_from(host_image(first), NULL);
    uint64_t swapped = 0;
    int round;

    host_free(first);
    for (round = 0; round < 12; round++) {
        EXPECT_EQ_INT(host_ask(sandbox, "fill", 0xee), 0);
        swapped += swap_out_regions();
        if (round % 3 == 2)
            host_elsewhere(reset_here, sandbox);
        else
            host_reset(sandbox);
        EXPECT_EQ_INT((int32_t)host_ask(sandbox, "scan", 0), -1);
        if (round % 2 == 0)
            host_reset(sandbox);
    }
    if (swapped == 0 && !has_swap())
        SKIP("this machine has no swap to write pages to");
    EXPECT(swapped > 0);
}
