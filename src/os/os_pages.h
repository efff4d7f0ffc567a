/* os_pages.h - which pages of a mapping are its own?
 *
 * Floor 1.  A private mapping of a file shares the file's pages until it is
 * written to; anonymous memory has no pages until it is touched.  The kernel
 * knows which pages a mapping has of its own, in memory or swapped out:
 *
 *     struct os_pages pages;
 *     struct os_pages_run run;
 *
 *     os_pages_begin(&pages, from, end);
 *     while (os_pages_next(&pages, &run))
 *         ...                              [run.at, run.at + run.bytes)
 *
 * Every page that is the mapping's own is in a run.  A page that is not is in
 * one only if the kernel cannot tell (is_guess).  Pages may be changed or given
 * back between two calls, behind the last run.
 *
 * The list is that of this moment, of this process.  Any thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_PAGES_H
#define OS_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whole pages, next to each other. */
struct os_pages_run {
    char *at;
    size_t bytes;
};

/* Runs that are fetched at a time. */
#define OS_PAGES_BATCH 128

struct os_pages {
    char *at, *end; /* what the kernel has not been asked about yet */
    bool is_guess;  /* some of what was listed may not be of its own */
    unsigned next, count;
    struct os_pages_run runs[OS_PAGES_BATCH];
};

/* Begin a list of the pages in [from, end), whole pages.  Cannot fail. */
void os_pages_begin(struct os_pages *pages, void *from, void *end);

/* The next run, from low to high; false when there is none.  Two runs that
 * follow each other may touch.  Walks what page tables there are: on the
 * machine this was written on, 1.5 ns a page, and 25 more for one that is there
 * and is the file's. */
bool os_pages_next(struct os_pages *pages, struct os_pages_run *ret_run);

/* How the kernel is asked, the best that it knows unless a test says less. */
enum os_pages_way {
    OS_PAGES_SCAN = 1, /* PAGEMAP_SCAN, Linux 6.7 */
    OS_PAGES_READ = 2, /* /proc/self/pagemap, a word a page */
    OS_PAGES_GUESS = 3 /* not at all: any page may be of its own */
};

/* Ask in no better way than this.  For tests; process-wide. */
void os_pages_pretend(enum os_pages_way way);

#endif /* OS_PAGES_H */
