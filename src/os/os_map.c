/* os_map.c - address space and the pages behind it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* syscall */
#include "os/os_map.h"

#include <stdbool.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/base_check.h"
#include "os/os_fail.h"
#include "os/os_valgrind.h"
#include "vivarium.h"

/* Linux 6.14: this process, without a descriptor for it. */
#define PIDFD_OURSELVES (-10000)

/* Everything here is private and not counted against what the machine has:
 * most of it is never touched. */
#define ALWAYS (MAP_PRIVATE | MAP_NORESERVE)

static void *map_file(void *where, size_t bytes, int access, int flags, int fd,
                      uint64_t from)
{
    void *at;

    if (os_fail_now())
        return NULL;
    at = mmap(where, bytes, access, ALWAYS | flags, fd, (off_t)from);
    if (at == MAP_FAILED)
        return NULL;
    /* Guests' bad addresses are found by the CPU. */
    (void)VALGRIND_MAKE_MEM_DEFINED(at, bytes);
    return at;
}

static void *map(void *where, size_t bytes, int access, int flags, int fd)
{
    return map_file(where, bytes, access, flags, fd, 0);
}

void *os_map_reserve(size_t bytes)
{
    return map(NULL, bytes, PROT_NONE, MAP_ANONYMOUS, -1);
}

void *os_map_take(size_t bytes)
{
    return map(NULL, bytes, PROT_READ | PROT_WRITE, MAP_ANONYMOUS, -1);
}

/* The kernel replaces what is there in one step. */
int os_map_private(void *at, size_t bytes, int fd, uint64_t from)
{
    if (bytes == 0)
        return 0;
    if (map_file(at, bytes, PROT_READ | PROT_WRITE, MAP_FIXED, fd, from) ==
        NULL)
        return VIV_ENOMEM;
    return 0;
}

/* Private as well: before Linux 6.7 a sealed file cannot be mapped shared, not
 * even to be read. */
const void *os_map_view(size_t bytes, int fd, uint64_t from)
{
    return map_file(NULL, bytes, PROT_READ, 0, fd, from);
}

/* By a new mapping and not by mprotect(): it brings no memory with it, and
 * merges with the closed neighbours. */
int os_map_close(void *at, size_t bytes)
{
    if (bytes == 0)
        return 0;
    if (map(at, bytes, PROT_NONE, MAP_FIXED | MAP_ANONYMOUS, -1) == NULL)
        return VIV_ENOMEM;
    return 0;
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

/* By process_madvise(), which few kernels allow to do this, and of which
 * valgrind has not heard.  An answer that is not all of it is as good as none:
 * discarding again what is discarded already does no harm. */
static bool discard_in_one_call(const struct os_map_part *parts, size_t count)
{
    struct iovec list[OS_MAP_PARTS_MAX];
    size_t bytes = 0;

    for (size_t i = 0; i < count; i++) {
        list[i] = (struct iovec){parts[i].at, parts[i].bytes};
        bytes += parts[i].bytes;
    }
    return !os_fail_now() && !RUNNING_ON_VALGRIND &&
           syscall(SYS_process_madvise, PIDFD_OURSELVES, list, count,
                   MADV_DONTNEED, 0) == (long)bytes;
}

int os_map_discard_all(const struct os_map_part *parts, size_t count)
{
    CHECK(count <= OS_MAP_PARTS_MAX);
    if (count > 1 && discard_in_one_call(parts, count))
        return 0;
    for (size_t i = 0; i < count; i++)
        if (os_map_discard(parts[i].at, parts[i].bytes) < 0)
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
