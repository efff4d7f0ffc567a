/* base_arena.c - memory that is given back all at once.
 *
 * Chunks are zeroed when they are made and no byte is given out twice, so what
 * an arena gives is zeroed without further work; large chunks come fresh from
 * the kernel and cost nothing until they are touched.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_arena.h"

#include <stdalign.h>
#include <stdint.h>

#include "base/base_alloc.h"
#include "base/base_check.h"

#define ALIGNMENT   16
#define CHUNK_BYTES 65536

struct base_arena_chunk {
    alignas(ALIGNMENT) struct base_arena_chunk *next;
};

_Static_assert(sizeof(struct base_arena_chunk) == ALIGNMENT,
               "what follows the head of a chunk is aligned");

void base_arena_init(struct base_arena *arena)
{
    *arena = (struct base_arena){NULL, NULL, 0};
}

void base_arena_fini(struct base_arena *arena)
{
    struct base_arena_chunk *chunk = arena->chunks;

    while (chunk != NULL) {
        struct base_arena_chunk *next = chunk->next;
        base_free(chunk);
        chunk = next;
    }
    base_arena_init(arena);
}

/* A chunk with room for `bytes` bytes, and where its room begins. */
static char *new_chunk(struct base_arena *arena, size_t bytes)
{
    struct base_arena_chunk *chunk;

    chunk = base_alloc_zero(1, sizeof(*chunk) + bytes);
    if (chunk == NULL)
        return NULL;
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    return (char *)(chunk + 1);
}

/* What would waste much of a chunk gets one of its own, and the open chunk
 * stays open for small things. */
static void *alloc_slow(struct base_arena *arena, size_t bytes)
{
    char *at;

    if (bytes > CHUNK_BYTES / 4)
        return new_chunk(arena, bytes);
    at = new_chunk(arena, CHUNK_BYTES);
    if (at == NULL)
        return NULL;
    arena->at = at + bytes;
    arena->left = CHUNK_BYTES - bytes;
    return at;
}

void *base_arena_alloc(struct base_arena *arena, size_t count, size_t each)
{
    size_t bytes;
    char *at;

    if (__builtin_mul_overflow(count, each, &bytes) ||
        bytes > SIZE_MAX - 2 * ALIGNMENT)
        return NULL;
    bytes = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (bytes == 0)
        bytes = ALIGNMENT;
    if (bytes > arena->left)
        return alloc_slow(arena, bytes);

    at = arena->at;
    arena->at += bytes;
    arena->left -= bytes;
    DCHECK((uintptr_t)at % ALIGNMENT == 0);
    return at;
}
