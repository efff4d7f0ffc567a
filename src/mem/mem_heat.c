/* mem_heat.c - how long shall a page stay in memory?
 *
 * What is remembered of a page is a byte:
 *
 *     7     5 4             0
 *     [ rank ][ when it went ]      in steps of 16 resets, modulo 512
 *
 * Its patience is 4 to the power of rank - 1; rank 0 has never come.  What went
 * long ago may look as if it had gone just now, because the clock has come
 * round: it stays a little longer then.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mem/mem_heat.h"

#include <string.h>

#include "base/base_alloc.h"
#include "base/base_check.h"

#define TIME_BITS 5
#define TIME_MASK ((1u << TIME_BITS) - 1)
#define STEP      16u

/* A page fault and giving back, 3 us, pay for some 50 comparisons: who comes
 * back within that time should have been kept. */
#define SOON_STEPS 4u

#define RANK_MAX         6u /* 1024 resets: the faults are then 3 ns a reset */
#define RANK_MAX_CHANGED 3u /* what changes needs no long patience */

bool mem_heat_init(struct mem_heat *heat, size_t pages)
{
    uint8_t *of_page = base_alloc_zero(pages, 1);

    if (of_page == NULL)
        return false;
    *heat = (struct mem_heat){.of_page = of_page, .pages = pages};
    return true;
}

void mem_heat_fini(struct mem_heat *heat)
{
    base_free(heat->of_page);
    memset(heat, 0, sizeof(*heat));
}

void mem_heat_tick(struct mem_heat *heat)
{
    heat->now++;
}

static uint8_t steps(const struct mem_heat *heat)
{
    return heat->now / STEP & TIME_MASK;
}

static uint32_t rank_of(const struct mem_heat *heat, size_t page)
{
    CHECK(page < heat->pages);
    return heat->of_page[page] >> TIME_BITS;
}

static uint32_t set_rank(struct mem_heat *heat, size_t page, uint32_t rank)
{
    heat->of_page[page] = (uint8_t)(rank << TIME_BITS);
    return 1u << 2 * (rank - 1);
}

uint32_t mem_heat_come(struct mem_heat *heat, size_t page)
{
    uint32_t rank = rank_of(heat, page);
    uint32_t away = (steps(heat) - heat->of_page[page]) & TIME_MASK;

    if (away > SOON_STEPS)
        rank = 0;
    return set_rank(heat, page, rank < RANK_MAX ? rank + 1 : rank);
}

uint32_t mem_heat_change(struct mem_heat *heat, size_t page)
{
    uint32_t rank = rank_of(heat, page);

    return set_rank(heat, page, rank < RANK_MAX_CHANGED ? rank + 1 : rank);
}

void mem_heat_go(struct mem_heat *heat, size_t page)
{
    heat->of_page[page] =
        (uint8_t)(rank_of(heat, page) << TIME_BITS | steps(heat));
}
