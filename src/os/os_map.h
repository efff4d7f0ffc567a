/* os_map.h - address space and the pages behind it.
 *
 * Floor 1.  All addresses and sizes are whole pages of OS_PAGE_BYTES.  Any
 * thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_MAP_H
#define OS_MAP_H

#include <stddef.h>
#include <stdint.h>

/* x86-64 has no other; the layout of compiled modules counts on it. */
#define OS_PAGE_BYTES ((size_t)4096)

/* Reserve `bytes` of address space that nothing can be read from or written
 * to, and that costs no memory.  The caller owns it until os_map_release().
 * NULL, with errno, when there is no room. */
void *os_map_reserve(size_t bytes);

/* The same, readable and writable from the start: for what is a stack but for
 * its end. */
void *os_map_take(size_t bytes);

/* Make a part of what os_map_take() gave inaccessible for good.  Returns 0 or
 * VIV_ENOMEM. */
int os_map_guard(void *at, size_t bytes);

/* Make a part of a reservation readable and writable; what was never written
 * reads as zeros.  Memory is taken page by page, on first touch.  Returns 0,
 * or VIV_ENOMEM with nothing changed. */
int os_map_commit(void *at, size_t bytes);

/* Never back this part by huge pages: for what is reserved generously and used
 * a little.  Advice; does not fail. */
void os_map_small_pages(void *at, size_t bytes);

/* Forget what a committed part holds and give its memory back; it reads as
 * zeros again.  Returns 0 or VIV_EIO. */
int os_map_discard(void *at, size_t bytes);

/* A stretch of a mapping, in whole pages. */
struct os_map_part {
    void *at;
    size_t bytes;
};

/* The most parts that can be discarded at once. */
#define OS_MAP_PARTS_MAX 128

/* The same for several parts: from Linux 6.13 on one call, which makes it twice
 * as fast when they are many.  Returns 0 or VIV_EIO; then some may be as they
 * were. */
int os_map_discard_all(const struct os_map_part *parts, size_t count);

/* Map the file `fd` from the offset `from`, a whole page, over a part of a
 * reservation, readable and writable: what is written is this mapping's alone,
 * what is not is shared with all who map the file.  What was there is gone.
 * The descriptor may be closed afterwards.  Returns 0, or VIV_ENOMEM with
 * nothing changed. */
int os_map_private(void *at, size_t bytes, int fd, uint64_t from);

/* Map the file `fd` from there, to be read only, wherever there is room.
 * The caller owns it until os_map_release().  NULL, with errno, when there is
 * no room. */
const void *os_map_view(size_t bytes, int fd, uint64_t from);

/* Make a part of a reservation what it was at first: closed, empty, without
 * memory.  Returns 0, or VIV_ENOMEM with nothing changed. */
int os_map_close(void *at, size_t bytes);

/* Give all of a mapping back.  NULL is ignored. */
void os_map_release(void *at, size_t bytes);

/* `bytes` rounded up to whole pages; 0 if that does not fit. */
static inline size_t os_map_round(size_t bytes)
{
    return (bytes + OS_PAGE_BYTES - 1) & ~(OS_PAGE_BYTES - 1);
}

#endif /* OS_MAP_H */
