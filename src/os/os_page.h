/* os_page.h - pages that are all zeros, which take no memory and no disk if
 * nobody writes them.
 *
 * Floor 1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OS_PAGE_H
#define OS_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "os/os_map.h"

/* Is it all zeros?  If its first word is zero, and each word is what the one
 * before it is. */
static inline bool os_page_is_zero(const char *page)
{
    uint64_t first;

    memcpy(&first, page, sizeof(first));
    return first == 0 && memcmp(page, page + sizeof(first),
                                OS_PAGE_BYTES - sizeof(first)) == 0;
}

/* How many of the `count` pages from `page` on are alike in this: being all
 * zeros, or not.  At least one; `count` is not 0. */
static inline size_t os_page_alike(const char *page, size_t count,
                                   bool *ret_is_zero)
{
    size_t i = 1;

    *ret_is_zero = os_page_is_zero(page);
    while (i < count &&
           os_page_is_zero(page + i * OS_PAGE_BYTES) == *ret_is_zero)
        i++;
    return i;
}

/* Write all of it at offset `at`.  False: errno says why. */
bool os_page_write(int fd, uint64_t at, const void *from, size_t len);

/* The same, at the beginning of a file that has nothing but zeros yet: pages of
 * zeros are left out.  So the file may be shorter than `len` afterwards. */
bool os_page_write_sparse(int fd, const void *from, size_t len);

#endif /* OS_PAGE_H */
