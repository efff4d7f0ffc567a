/* mem_page.h - what is asked of a single page.
 *
 * Floor 2.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MEM_PAGE_H
#define MEM_PAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "os/os_map.h"

/* Is it all zeros?  If its first word is zero, and each word is what the one
 * before it is. */
static inline bool mem_page_is_zero(const char *page)
{
    uint64_t first;

    memcpy(&first, page, sizeof(first));
    return first == 0 && memcmp(page, page + sizeof(first),
                                OS_PAGE_BYTES - sizeof(first)) == 0;
}

#endif /* MEM_PAGE_H */
