/* test_pool_list.c - slots, and how they are found.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_list.h"

#include <stdio.h>

#include "base/base_alloc.h"
#include "test.h"
#include "vivarium.h"

#define COUNT 300

static struct pool_slot slots[COUNT];

TEST(the_latest_is_the_first_and_any_can_be_removed)
{
    struct pool_list list = {0};

    for (int n = 0; n < 4; n++)
        pool_list_add(&list, &slots[n]);
    EXPECT_EQ_INT(list.count, 4);
    EXPECT(list.first == &slots[3] && list.last == &slots[0]);
    pool_list_remove(&list, &slots[1]);
    EXPECT(slots[2].next == &slots[0] && slots[0].prev == &slots[2]);
    pool_list_remove(&list, &slots[3]);
    EXPECT(list.first == &slots[2] && slots[2].prev == NULL);
    pool_list_remove(&list, &slots[0]);
    EXPECT(list.last == &slots[2] && slots[2].next == NULL);
    pool_list_remove(&list, &slots[2]);
    EXPECT(list.first == NULL && list.last == NULL && list.count == 0);
}

TEST(each_slot_is_found_by_its_key_until_it_is_removed)
{
    static char keys[COUNT][8];
    struct pool_map map;

    EXPECT_EQ_INT(pool_map_init(&map, 10), 0); /* crowded */
    for (int n = 0; n < COUNT; n++) {
        snprintf(keys[n], sizeof(keys[n]), "%d", n);
        slots[n].key = keys[n];
        pool_map_add(&map, &slots[n].by_key, pool_map_hash_key(keys[n]),
                     &slots[n]);
    }
    for (int n = 0; n < COUNT; n++)
        EXPECT(pool_map_key(&map, keys[n]) == &slots[n]);
    EXPECT(pool_map_key(&map, "") == NULL);
    EXPECT(pool_map_key(&map, "300") == NULL);
    for (int n = 0; n < COUNT; n += 2)
        pool_map_remove(&map, &slots[n].by_key);
    for (int n = 0; n < COUNT; n++)
        EXPECT(pool_map_key(&map, keys[n]) == (n % 2 ? &slots[n] : NULL));
    pool_map_fini(&map);
}

TEST(and_by_its_sandbox_which_is_not_looked_into)
{
    struct pool_map map;

    EXPECT_EQ_INT(pool_map_init(&map, COUNT), 0);
    for (int n = 0; n < COUNT; n++) {
        slots[n].sandbox = (struct sandbox *)(uintptr_t)(n * 64 + 1);
        pool_map_add(&map, &slots[n].by_sandbox,
                     pool_map_hash_sandbox(slots[n].sandbox), &slots[n]);
    }
    for (int n = 0; n < COUNT; n++)
        EXPECT(pool_map_sandbox(&map, slots[n].sandbox) == &slots[n]);
    EXPECT(pool_map_sandbox(&map, NULL) == NULL);
    pool_map_fini(&map);
}

TEST(a_map_needs_memory)
{
    struct pool_map map;

    base_alloc_fail_at(1);
    EXPECT_EQ_INT(pool_map_init(&map, 10), VIV_ENOMEM);
    base_alloc_fail_at(0);
    pool_map_fini(&map);
}
