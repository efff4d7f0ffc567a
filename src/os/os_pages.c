/* os_pages.c - which pages of a mapping are its own?
 *
 * Linux 6.7 answers for a stretch in one call.  Before, /proc/self/pagemap has
 * eight bytes for each page.  Where neither can be had - no /proc, a process
 * that must not be looked into (PR_SET_DUMPABLE), another kernel - every page
 * is listed, which is true to the promise and slow for whoever asks.
 *
 * A descriptor of pagemap shows the memory of the process that opened it, also
 * after fork().  So it is kept together with the number of that process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* pread */
#include "os/os_pages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "os/os_fail.h"
#include "os/os_fork.h"
#include "os/os_map.h"
#include "os/os_valgrind.h"

/* ------------------------------------------------------------------------
 * From linux/fs.h of Linux 6.7, which is newer than many a build machine's.
 */

struct scan_region {
    uint64_t start, end, categories;
};

struct scan {
    uint64_t size, flags;
    uint64_t start, end, walk_end;
    uint64_t vec, vec_len, max_pages;
    uint64_t category_inverted, category_mask, category_anyof_mask;
    uint64_t return_mask;
};

#define SCAN         _IOWR('f', 16, struct scan)
#define SCAN_FILE    (1u << 2)
#define SCAN_PRESENT (1u << 3)
#define SCAN_SWAPPED (1u << 4)

/* Bits of a word of pagemap: Documentation/admin-guide/mm/pagemap.rst. */
#define WORD_FILE    (1ull << 61)
#define WORD_SWAPPED (1ull << 62)
#define WORD_PRESENT (1ull << 63)

/* Words that are read at a time: half a page of stack. */
#define WORDS 256

/* ------------------------------------------------------------------------
 * The descriptor.
 */

static atomic_int best_way = OS_PAGES_SCAN;

/* In the upper half the process's number, in the lower the descriptor. */
static _Atomic uint64_t opened;

void os_pages_pretend(enum os_pages_way way)
{
    atomic_store(&best_way, (int)way);
}

static uint64_t tag_of(uint64_t process)
{
    return process << 32;
}

/* Of several threads that open it at once one keeps it.  What an ancestor had
 * opened is closed: it would keep that process's memory alive. */
static int open_pagemap(uint64_t before, uint64_t process)
{
    int fd =
        os_fail_now() ? -1 : open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return -1;
    if (!atomic_compare_exchange_strong(&opened, &before,
                                        tag_of(process) | (uint32_t)fd)) {
        close(fd);
        return (int)(uint32_t)before;
    }
    if (before != 0)
        close((int)(uint32_t)before);
    return fd;
}

static int pagemap(void)
{
    uint64_t process = os_fork_id();
    uint64_t now = atomic_load(&opened);

    if (now != 0 && now >> 32 == (uint32_t)process)
        return (int)(uint32_t)now;
    return open_pagemap(now, process);
}

/* ------------------------------------------------------------------------
 * Three ways to fetch a batch.  Each moves pages->at; false: not this way.
 */

static void add(struct os_pages *pages, char *at, size_t bytes)
{
    pages->runs[pages->count++] = (struct os_pages_run){at, bytes};
}

static bool fetch_by_scan(struct os_pages *pages, int fd)
{
    struct scan_region found[OS_PAGES_BATCH];
    struct scan scan = {
        .size = sizeof(scan),
        .start = (uintptr_t)pages->at,
        .end = (uintptr_t)pages->end,
        .vec = (uintptr_t)found,
        .vec_len = OS_PAGES_BATCH,
        .category_inverted = SCAN_FILE,
        .category_mask = SCAN_FILE,
        .category_anyof_mask = SCAN_PRESENT | SCAN_SWAPPED,
    };
    int count;

    do {
        count = os_fail_now() ? -1 : ioctl(fd, SCAN, &scan);
    } while (count < 0 && errno == EINTR);
    if (count < 0)
        return false;
    VALGRIND_MAKE_MEM_DEFINED(found, (size_t)count * sizeof(found[0]));
    for (int i = 0; i < count; i++)
        add(pages, pages->at + (found[i].start - scan.start),
            found[i].end - found[i].start);
    pages->at += scan.walk_end - scan.start;
    return true;
}

static bool is_own(uint64_t word)
{
    return (word & (WORD_PRESENT | WORD_SWAPPED)) != 0 &&
           (word & WORD_FILE) == 0;
}

/* As many pages as words are read, unless the batch is full before. */
static size_t add_words(struct os_pages *pages, const uint64_t *words,
                        size_t count)
{
    size_t page = 0, first;

    while (page < count && pages->count < OS_PAGES_BATCH) {
        for (first = page; first < count && !is_own(words[first]);)
            first++;
        for (page = first; page < count && is_own(words[page]);)
            page++;
        if (page > first)
            add(pages, pages->at + first * OS_PAGE_BYTES,
                (page - first) * OS_PAGE_BYTES);
    }
    return page;
}

static bool fetch_by_read(struct os_pages *pages, int fd)
{
    size_t left = (size_t)(pages->end - pages->at) / OS_PAGE_BYTES;
    size_t count = left < WORDS ? left : WORDS;
    off_t from = (off_t)((uintptr_t)pages->at / OS_PAGE_BYTES * 8);
    uint64_t words[WORDS];
    ssize_t got;

    do {
        got = os_fail_now() ? -1 : pread(fd, words, count * 8, from);
    } while (got < 0 && errno == EINTR);
    if (got < 8)
        return false;
    pages->at += add_words(pages, words, (size_t)got / 8) * OS_PAGE_BYTES;
    return true;
}

static void guess(struct os_pages *pages)
{
    pages->is_guess = true;
    add(pages, pages->at, (size_t)(pages->end - pages->at));
    pages->at = pages->end;
}

static void fetch(struct os_pages *pages)
{
    int way = atomic_load(&best_way);
    int fd = way < OS_PAGES_GUESS ? pagemap() : -1;

    pages->next = pages->count = 0;
    if (fd >= 0 && way <= OS_PAGES_SCAN && fetch_by_scan(pages, fd))
        return;
    if (fd >= 0 && fetch_by_read(pages, fd))
        return;
    guess(pages);
}

void os_pages_begin(struct os_pages *pages, void *from, void *end)
{
    pages->at = from;
    pages->end = end;
    pages->is_guess = false;
    pages->next = pages->count = 0;
}

bool os_pages_next(struct os_pages *pages, struct os_pages_run *ret_run)
{
    while (pages->next == pages->count) {
        if (pages->at >= pages->end)
            return false;
        fetch(pages);
    }
    *ret_run = pages->runs[pages->next++];
    return true;
}
