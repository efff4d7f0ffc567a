/* base_arena.h - memory that is given back all at once.
 *
 * Floor 0.  One thread at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct base_arena_chunk;

struct base_arena {
    struct base_arena_chunk *chunks;
    char *at;
    size_t left;
};

/* An empty arena; allocates nothing yet.  Cannot fail. */
void base_arena_init(struct base_arena *arena);

/* Everything that came from it is gone; the arena is empty again. */
void base_arena_fini(struct base_arena *arena);

/* `count` times `each` bytes, zeroed, aligned to 16.  A count of 0 gives a
 * pointer that must not be read.  NULL when memory ran out or the product does
 * not fit. */
void *base_arena_alloc(struct base_arena *arena, size_t count, size_t each);

#endif /* BASE_ARENA_H */
