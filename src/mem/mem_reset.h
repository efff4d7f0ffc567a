/* mem_reset.h - back to the image, exactly what was dirtied.
 *
 * Floor 2.  After a reset state and linear memory are the image again, to the
 * byte; linear memory is as large as the image's, what had grown is closed and
 * its memory given back; and of the stack at most MEM_RESET_STACK_BYTES keep
 * their memory.
 *
 * Only a page that the region has of its own - a PRIVATE page - can differ from
 * the image.  The kernel lists them.  A private page is copied back if it
 * differs, and KEPT: it stays in memory, so that the next run takes no page
 * fault on it.  A kept page that runs no longer write to is given back
 * (mem_heat.h).
 *
 * Listing takes longer than all the rest once the kept pages are those that
 * runs dirty.  It is left out when nothing can have become private since the
 * last reset: then the kept pages are all there are.  That holds if
 *
 *     (a) this thread did the last reset,
 *     (b) nobody let another thread write since (mem_reset_enter), and
 *     (c) this thread's count of page faults is what it was before that reset.
 *
 * Why that is enough:
 *
 *      1. After a reset, the private pages of the image's part are the kept
 *         ones: every other one was given back.
 *      2. A page becomes private by a page fault only, when it is written to.
 *      3. A fault is counted for the thread that takes it, also when the kernel
 *         takes it while it writes for that thread - read() into the region -
 *         or fills memory in when asked (MADV_POPULATE_WRITE).
 *      4. Threads that write to a region say so by mem_reset_enter().  What
 *         another thread wrote before it did not say so is not noticed.
 *      5. The count is read before a reset does anything: faults that the reset
 *         itself takes make the next one list, which is slower, never wrong.
 *      6. A kept page stays private whatever the kernel does to it: swapped
 *         out, moved, merged with equal ones, shared with a child by fork().
 *         It is compared and copied through the region, never assumed.
 *      7. The kernel makes no huge pages of these mappings: for what is
 *         anonymous it is told not to, and it never joins private pages of a
 *         mapping of a file.
 *      8. fork() gives the child all of it: the region, its kept pages, this
 *         struct.  Threads of the child have other numbers, so (a) is false
 *         there.  In the parent nothing has become private.
 *      9. Whether the kernel counts so is tried out (os_faults.h).  Where it
 *         does not, every reset lists.  Where the kernel cannot list either,
 *         everything is given back.
 *
 * Beyond the promise: writing to a region from outside of its process or by
 * devices on their own - debuggers, process_vm_writev(), asynchronous I/O that
 * is still under way.  Also changing its mappings behind our back.
 *
 * One thread at a time, and with the region at a quiet moment.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MEM_RESET_H
#define MEM_RESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mem/mem_heat.h"
#include "mem/mem_region.h"
#include "vivarium.h"

/* Pages that a sandbox keeps at most: 4 MiB. */
#define MEM_RESET_KEPT_MAX 1024

/* What of the stack keeps its memory: 16 pages, which short runs stay in. */
#define MEM_RESET_STACK_BYTES ((size_t)65536)

/* A page that is kept, and for how many resets if it does not change. */
struct mem_reset_kept {
    uint32_t page;
    uint32_t patience;
};

/* What is remembered from one reset to the next.  All zeros is fresh. */
struct mem_reset {
    uint64_t mapping; /* of the region, when it was reset last */
    uint64_t owner;   /* the thread that did it; 0: list again */
    uint64_t faults;  /* its count before */
    struct mem_heat heat;
    struct mem_reset_kept *kept;  /* ascending; owned, lazily */
    struct mem_reset_kept *spare; /* room for as many, for the next */
    size_t kept_count;
};

/* How much work a reset was, in pages. */
struct mem_reset_report {
    size_t pages_dirtied;   /* that differed from the image, or had grown */
    size_t pages_copied;    /* copied back */
    size_t pages_discarded; /* given back */
    size_t pages_kept;      /* private, clean, and in memory for the next run */
    bool was_scanned;       /* the kernel was asked for a list */
    bool is_guess;          /* and had none: all pages count as dirtied */
};

/* Make `region`, which is made from an image, what the image is.  Costs, when
 * no list is needed, one system call and 60 ns a kept page.
 *
 * Fails with VIV_EIO or VIV_ENOMEM when the system takes no memory back; some
 * pages may then be as before, and the next reset starts from the beginning. */
int mem_reset_run(struct mem_reset *reset, struct mem_region *region,
                  struct mem_reset_report *ret_report, viv_error *err);

/* The calling thread is about to write to the region, or to let a guest: to be
 * said each time, before.  Costs a few ns. */
void mem_reset_enter(struct mem_reset *reset);

/* Give back what it remembers.  One that is all zeros is ignored. */
void mem_reset_fini(struct mem_reset *reset);

/* Is the region what its image is?  Reads all of both: 20 MB take 5 ms.  Needs
 * no list and no count, and so finds what a mistake in them hides. */
bool mem_reset_is_exact(const struct mem_region *region);

#endif /* MEM_RESET_H */
