/* soak_press.c - somebody else takes all the memory.
 *
 * A thread takes a large piece, writes to all of it, and gives it back, in one
 * go or bit by bit, so that the kernel has to find pages while guests fault
 * theirs in, and mappings come and go between those of the guests.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _DEFAULT_SOURCE
#include <sys/mman.h>

#include "soak.h"

#define PIECE_MAX_MIB 192

static struct {
    pthread_t thread;
    _Atomic bool is_over;
    struct soak_random random;
} press;

static void squeeze(void)
{
    size_t bytes = (16 + soak_below(&press.random, PIECE_MAX_MIB)) * SOAK_MIB;
    char *piece = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (piece == MAP_FAILED)
        return;
    for (size_t at = 0; at < bytes; at += 4096)
        piece[at] = 1;
    soak_sleep(soak_below(&press.random, 50) * SOAK_MS);
    for (size_t at = 0; at < bytes / 2; at += SOAK_MIB)
        madvise(piece + at, SOAK_MIB, MADV_DONTNEED);
    munmap(piece, bytes);
}

static void *press_on(void *unused)
{
    while (!atomic_load(&press.is_over)) {
        squeeze();
        soak_sleep((50 + soak_below(&press.random, 400)) * SOAK_MS);
    }
    return unused;
}

void soak_press_begin(void)
{
    atomic_store(&press.is_over, false);
    press.random.state += soak_options.seed;
    if (pthread_create(&press.thread, NULL, press_on, NULL) != 0)
        bench_die("no thread");
}

void soak_press_end(void)
{
    atomic_store(&press.is_over, true);
    pthread_join(press.thread, NULL);
}
