/* test_base_sort.c - order, stability, and what a full merge costs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include "base/base_alloc.h"
#include "base/base_sort.h"
#include "vivarium.h"

#define COUNT 3000

static uint32_t keys[COUNT];
static uint64_t compared;

static int by_key(const void *context, uint32_t a, uint32_t b)
{
    const uint32_t *all = context;

    compared++;
    return all[a] < all[b] ? -1 : all[a] > all[b];
}

static void expect_sorted(size_t count, uint32_t range)
{
    uint32_t numbers[COUNT];
    uint8_t seen[COUNT] = {0};
    uint32_t random = 12345;

    for (uint32_t i = 0; i < count; i++) {
        random = random * 1664525 + 1013904223;
        keys[i] = (random >> 8) % range;
        numbers[i] = i;
    }
    compared = 0;
    EXPECT_EQ_INT(base_sort(numbers, count, by_key, keys), 0);
    EXPECT(compared <= count * 12); /* log2 of COUNT, rounded up */
    for (size_t i = 0; i < count; i++) {
        EXPECT(numbers[i] < count && !seen[numbers[i]]);
        seen[numbers[i]] = 1;
        if (i == 0)
            continue;
        EXPECT(keys[numbers[i - 1]] <= keys[numbers[i]]);
        if (keys[numbers[i - 1]] == keys[numbers[i]])
            EXPECT(numbers[i - 1] < numbers[i]);
    }
}

TEST(numbers_come_out_in_order_and_equal_ones_as_they_were)
{
    for (size_t count = 0; count < 140; count++) {
        expect_sorted(count, 1);
        expect_sorted(count, 5);
        expect_sorted(count, 1u << 20);
    }
    expect_sorted(COUNT, 1u << 20);
    expect_sorted(COUNT, 10);
}

TEST(without_memory_all_numbers_are_still_there)
{
    uint32_t numbers[] = {2, 1, 0};

    base_alloc_fail_at(1);
    EXPECT_EQ_INT(base_sort(numbers, 3, by_key, keys), VIV_ENOMEM);
    EXPECT_EQ_INT(numbers[0] + numbers[1] + numbers[2], 3);
    EXPECT_EQ_INT(base_sort(numbers, 1, by_key, keys), 0);
}
