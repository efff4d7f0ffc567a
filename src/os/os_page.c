/* os_page.c - pages that are all zeros, which are not written.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_page.h"

#include <errno.h>
#include <unistd.h>

#include "os/os_fail.h"

bool os_page_write(int fd, uint64_t at, const void *from, size_t len)
{
    const char *next = from;

    while (len > 0) {
        ssize_t put = os_fail_now() ? -1 : pwrite(fd, next, len, (off_t)at);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        next += put;
        at += (uint64_t)put;
        len -= (size_t)put;
    }
    return true;
}

bool os_page_write_sparse(int fd, const void *from, size_t len)
{
    const char *next = from;
    uint64_t at = 0;
    size_t some;
    bool is_zero;

    for (; len - at >= OS_PAGE_BYTES; at += some * OS_PAGE_BYTES) {
        some = os_page_alike(next + at, (len - at) / OS_PAGE_BYTES, &is_zero);
        if (!is_zero && !os_page_write(fd, at, next + at, some * OS_PAGE_BYTES))
            return false;
    }
    return at == len || os_page_write(fd, at, next + at, len - at);
}
