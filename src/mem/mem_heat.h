/* mem_heat.h - how long shall a page stay in memory?
 *
 * Floor 2.  A page that is written to comes at the price of a page fault.  Kept
 * after a reset, it costs a comparison each time, whether runs write to it or
 * not; given back, it costs a page fault if they do.  Whether a run wrote to a
 * kept page cannot be seen when it left the bytes as they were, and many do:
 * counts of references go up and down again.
 *
 * So a page that comes is given PATIENCE: a number of resets for which it stays
 * without being seen to change.  It is short at first and four times as long
 * each time that the page comes back soon after it had to go:
 *
 *     comes                1   unless it comes back soon: the next
 *     comes back soon      4, 16, 64, 256, 1024
 *     is seen to change    at least 4, then 16, again from now
 *
 * A page that no run needs is soon gone, one that every run needs comes back
 * five times and then once in a thousand runs.
 *
 * One thread at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MEM_HEAT_H
#define MEM_HEAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mem_heat {
    uint8_t *of_page; /* owned; what is remembered of each page */
    size_t pages;
    uint32_t now; /* resets so far */
};

/* Begin for pages 0 to `pages` - 1.  Takes a byte each, and memory as they are
 * touched.  False when there is none: then nothing changes. */
bool mem_heat_init(struct mem_heat *heat, size_t pages);

/* One that is all zeros is ignored. */
void mem_heat_fini(struct mem_heat *heat);

/* One more reset. */
void mem_heat_tick(struct mem_heat *heat);

/* `page` came by a page fault, was seen to change while it was kept: returns
 * its patience. */
uint32_t mem_heat_come(struct mem_heat *heat, size_t page);
uint32_t mem_heat_change(struct mem_heat *heat, size_t page);

/* `page` is given back. */
void mem_heat_go(struct mem_heat *heat, size_t page);

#endif /* MEM_HEAT_H */
