/* os_map.c - address space and the pages behind it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "os/os_map.h"

#include <sys/mman.h>

#include "os/os_fail.h"
#include "vivarium.h"

/* Memcheck reports an access to a page that cannot be accessed, and then the
 * CPU refuses it.  Here that is how guests' bad addresses are found, and no
 * mistake of ours: for memcheck, everything in a mapping is good. */
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#else
#define VALGRIND_MAKE_MEM_DEFINED(at, bytes) ((void)(at), (void)(bytes))
#endif

static void *map(size_t bytes, int access)
{
    void *at;

    if (os_fail_now())
        return NULL;
    at = mmap(NULL, bytes, access, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
              -1, 0);
    if (at == MAP_FAILED)
        return NULL;
    (void)VALGRIND_MAKE_MEM_DEFINED(at, bytes);
    return at;
}

void *os_map_reserve(size_t bytes)
{
    return map(bytes, PROT_NONE);
}

void *os_map_take(size_t bytes)
{
    return map(bytes, PROT_READ | PROT_WRITE);
}

int os_map_guard(void *at, size_t bytes)
{
    if (os_fail_now() || mprotect(at, bytes, PROT_NONE) != 0)
        return VIV_ENOMEM;
    return 0;
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
