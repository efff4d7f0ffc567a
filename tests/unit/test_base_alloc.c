/* test_base_alloc.c - the door to malloc, and how tests close it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include "base/base_alloc.h"

#include <stdbool.h>

static bool succeeds(void)
{
    void *what = base_alloc(8);

    base_free(what);
    return what != NULL;
}

TEST(memory_is_given_and_taken_back)
{
    char *what = base_alloc(100);

    EXPECT(what != NULL);
    memset(what, 'a', 100);
    what = base_alloc_array(what, 1000, 2);
    EXPECT(what != NULL);
    EXPECT_EQ_INT(what[99], 'a');
    base_free(what);
    base_free(NULL);
}

TEST(zeroed_memory_is_zeroed)
{
    static const char zeroes[4096];
    char *what = base_alloc_zero(64, 64);

    EXPECT(what != NULL);
    EXPECT_EQ_MEM(what, zeroes, sizeof(zeroes));
    base_free(what);
}

TEST(nothing_is_something_that_can_be_freed)
{
    void *a = base_alloc(0);
    void *b = base_alloc_zero(0, 8);
    void *c = base_alloc_array(NULL, 0, 8);

    EXPECT(a != NULL && b != NULL && c != NULL);
    base_free(a);
    base_free(b);
    base_free(c);
}

TEST(a_product_that_does_not_fit_is_refused)
{
    size_t half = SIZE_MAX / 2 + 1;
    void *old = base_alloc(16);

    EXPECT(base_alloc_array(NULL, half, 2) == NULL);
    EXPECT(base_alloc_array(NULL, 3, half) == NULL);
    EXPECT(base_alloc_zero(half, 2) == NULL);
    EXPECT(base_alloc_array(old, half, 4) == NULL);
    base_free(old);
}

TEST(the_nth_allocation_fails_and_all_after_it)
{
    base_alloc_fail_at(3);
    EXPECT(succeeds());
    EXPECT(succeeds());
    EXPECT(!succeeds());
    EXPECT(!succeeds());
    EXPECT(base_alloc_zero(1, 1) == NULL);
    EXPECT(base_alloc_array(NULL, 1, 1) == NULL);
    base_alloc_fail_at(1);
    EXPECT(!succeeds());
    base_alloc_fail_at(0);
    EXPECT(succeeds());
}

TEST(what_fails_to_grow_is_still_there)
{
    char *what = base_alloc_array(NULL, 4, 1);

    EXPECT(what != NULL);
    memcpy(what, "abc", 4);
    base_alloc_fail_at(1);
    EXPECT(base_alloc_array(what, 8, 1) == NULL);
    EXPECT_EQ_STR(what, "abc");
    base_alloc_fail_at(0);
    base_free(what);
}
