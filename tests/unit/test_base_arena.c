/* test_base_arena.c - memory that is given back all at once.
 *
 * That everything is given back is for the leak detector to say.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include "base/base_alloc.h"
#include "base/base_arena.h"

#include <stdbool.h>

static bool is_zeroed(const unsigned char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != 0)
            return false;
    }
    return true;
}

TEST(what_it_gives_is_zeroed_aligned_and_nobody_elses)
{
    struct base_arena arena;
    unsigned char *given[400];

    base_arena_init(&arena);
    for (size_t i = 0; i < 400; i++) {
        size_t len = i % 10 == 9 ? 30000 : i;
        given[i] = base_arena_alloc(&arena, len, 1);
        EXPECT(given[i] != NULL);
        EXPECT_EQ_INT((uintptr_t)given[i] % 16, 0);
        EXPECT(is_zeroed(given[i], len));
        memset(given[i], (int)(i % 251) + 1, len);
    }
    for (size_t i = 0; i < 400; i++) {
        size_t len = i % 10 == 9 ? 30000 : i;
        for (size_t k = 0; k < len; k++)
            EXPECT_EQ_INT(given[i][k], i % 251 + 1);
    }
    base_arena_fini(&arena);
}

TEST(nothing_costs_nothing_and_is_not_a_failure)
{
    struct base_arena arena;

    base_arena_init(&arena);
    EXPECT(base_arena_alloc(&arena, 0, 100) != NULL);
    base_arena_fini(&arena);
}

TEST(an_arena_that_was_emptied_can_be_used_again)
{
    struct base_arena arena;

    base_arena_init(&arena);
    memset(base_arena_alloc(&arena, 100, 1), 'x', 100);
    base_arena_fini(&arena);
    EXPECT(is_zeroed(base_arena_alloc(&arena, 100, 1), 100));
    base_arena_fini(&arena);
    base_arena_fini(&arena);
}

TEST(a_product_that_does_not_fit_is_refused)
{
    struct base_arena arena;

    base_arena_init(&arena);
    EXPECT(base_arena_alloc(&arena, SIZE_MAX / 2 + 1, 2) == NULL);
    EXPECT(base_arena_alloc(&arena, SIZE_MAX, 1) == NULL);
    EXPECT(base_arena_alloc(&arena, SIZE_MAX - 40, 1) == NULL);
    EXPECT(base_arena_alloc(&arena, 8, 1) != NULL);
    base_arena_fini(&arena);
}

TEST(when_memory_runs_out_what_was_given_stays)
{
    struct base_arena arena;
    char *first;

    base_arena_init(&arena);
    first = base_arena_alloc(&arena, 1, 4);
    EXPECT(first != NULL);
    memcpy(first, "abc", 4);
    base_alloc_fail_at(1);
    EXPECT(base_arena_alloc(&arena, 1, 1 << 20) == NULL);
    EXPECT(base_arena_alloc(&arena, 1, 4) != NULL); /* of the open chunk */
    base_alloc_fail_at(0);
    EXPECT_EQ_STR(first, "abc");
    base_arena_fini(&arena);
}
