/* test_vfs_table.c - the guest's descriptors.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_table.h"

#include "vfs_fixture.h"

static struct vfs_arena *arena = &fixture_arena;

static uint32_t add(uint64_t node)
{
    struct vfs_slot slot = {.node = node, .mount = 3, .state = VFS_SLOT_OPEN};
    uint32_t descriptor = UINT32_MAX;

    EXPECT_EQ_INT(vfs_table_add(arena, &slot, &descriptor), 0);
    return descriptor;
}

TEST(the_lowest_descriptor_that_is_free_is_used)
{
    fixture_begin(0);
    for (uint32_t i = 0; i < 5; i++)
        EXPECT_EQ_INT(add(i), i);
    vfs_table_remove(arena, 3);
    vfs_table_remove(arena, 1);
    EXPECT_EQ_INT(add(7), 1);
    EXPECT_EQ_INT(add(7), 3);
    EXPECT_EQ_INT(add(7), 5);
}

TEST(what_is_not_used_is_not_found)
{
    fixture_begin(0);
    EXPECT(vfs_table_get(arena, 0) == NULL);
    add(9);
    EXPECT_EQ_INT(vfs_table_get(arena, 0)->node, 9);
    EXPECT(vfs_table_get(arena, 1) == NULL);
    vfs_table_remove(arena, 0);
    EXPECT(vfs_table_get(arena, 0) == NULL);
}

TEST(the_last_descriptor_is_one_and_the_next_is_none)
{
    struct vfs_slot slot = {.state = VFS_SLOT_OPEN};
    uint32_t descriptor = 77;

    fixture_begin(0);
    for (uint32_t i = 0; i < arena->descriptors; i++)
        EXPECT_EQ_INT(add(i), i);
    EXPECT(!vfs_table_has_room(arena));
    EXPECT_EQ_INT(vfs_table_add(arena, &slot, &descriptor), VFS_EMFILE);
    EXPECT_EQ_INT(descriptor, 77);
    EXPECT(vfs_table_get(arena, arena->descriptors - 1) != NULL);
    EXPECT(vfs_table_get(arena, arena->descriptors) == NULL);
    EXPECT(vfs_table_get(arena, UINT32_MAX) == NULL);
}

TEST(descriptors_follow_a_node_that_became_another)
{
    fixture_begin(0);
    add(5);
    add(6);
    add(5);
    vfs_table_get(arena, add(5))->mount = 4;
    EXPECT_EQ_INT(vfs_table_replace(arena, 3, 5, 8), 2);
    EXPECT_EQ_INT(vfs_table_get(arena, 0)->node, 8);
    EXPECT_EQ_INT(vfs_table_get(arena, 1)->node, 6);
    EXPECT_EQ_INT(vfs_table_get(arena, 2)->node, 8);
    EXPECT_EQ_INT(vfs_table_get(arena, 3)->node, 5);
}

TEST(a_forged_table_has_no_other_descriptors)
{
    struct vfs_slot *slots;

    fixture_begin(0);
    slots = vfs_arena_table(arena);
    slots[2].state = 200;
    EXPECT(vfs_table_get(arena, 2) == NULL);
    vfs_arena_head(arena)->lowest = UINT32_MAX;
    EXPECT(!vfs_table_has_room(arena));
}
