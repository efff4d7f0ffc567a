/* os_map.c - address space and the pages behind it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_map.h"

#include <sys/mman.h>

#include "os/os_fail.h"
#include "vivarium.h"

void *os_map_reserve(size_t bytes)
{
    void *at;

    if (os_fail_now())
        return NULL;
    at = mmap(NULL, bytes, PROT_NONE,
              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return at == MAP_FAILED ? NULL : at;
}

int os_map_commit(void *at, size_t bytes)
{
    if (bytes == 0)
        return 0;
    if (os_fail_now() || mprotect(at, bytes, PROT_READ | PROT_WRITE) != 0)
        return VIV_ENOMEM;
    return 0;
}

void os_map_small_pages(void *at, size_t bytes)
{
    /* EINVAL from a kernel without huge pages is as good as success. */
    (void)madvise(at, bytes, MADV_NOHUGEPAGE);
}

int os_map_discard(void *at, size_t bytes)
{
    if (bytes == 0)
        return 0;
    if (os_fail_now() || madvise(at, bytes, MADV_DONTNEED) != 0)
        return VIV_EIO;
    return 0;
}

void os_map_release(void *at, size_t bytes)
{
    if (at == NULL)
        return;
    /* Unmapping a whole mapping of our own can fail only for arguments that
     * are wrong, or when neighbours were merged with it and the map count is
     * at its limit; then the address space stays taken, which harms less than
     * ending the program. */
    if (munmap(at, bytes) != 0)
        (void)madvise(at, bytes, MADV_DONTNEED);
}
