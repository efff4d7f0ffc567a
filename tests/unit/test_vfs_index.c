/* test_vfs_index.c - cells in the order of their keys.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_index.h"

#include "vfs/vfs_cell.h"
#include "vfs_fixture.h"

static struct vfs_arena *arena = &fixture_arena;
static uint32_t root;

static void begin(void)
{
    fixture_begin(64);
    root = 0;
}

static uint32_t add(uint32_t key)
{
    uint32_t cell = vfs_cell_take(arena);

    EXPECT(cell != 0);
    EXPECT(vfs_index_add(arena, &root, cell, key));
    return cell;
}

static uint32_t key_of(uint32_t cell)
{
    const struct vfs_index_node *node = vfs_cell(arena, cell);

    return node->key;
}

TEST(an_empty_set_has_nothing)
{
    begin();
    EXPECT_EQ_INT(vfs_index_find(arena, root, 0), 0);
    EXPECT_EQ_INT(vfs_index_next(arena, root, 0), 0);
    EXPECT_EQ_INT(vfs_index_remove(arena, &root, 0), 0);
}

TEST(one_cell_is_found_by_its_key)
{
    uint32_t cell;

    begin();
    cell = add(5);
    EXPECT_EQ_INT(vfs_index_find(arena, root, 5), cell);
    EXPECT_EQ_INT(vfs_index_find(arena, root, 4), 0);
    EXPECT_EQ_INT(vfs_index_next(arena, root, 0), cell);
    EXPECT_EQ_INT(vfs_index_next(arena, root, 5), cell);
    EXPECT_EQ_INT(vfs_index_next(arena, root, 6), 0);
    EXPECT_EQ_INT(vfs_index_remove(arena, &root, 5), cell);
    EXPECT_EQ_INT(root, 0);
}

TEST(a_key_is_in_the_set_once)
{
    uint32_t cell;

    begin();
    add(5);
    cell = vfs_cell_take(arena);
    EXPECT(!vfs_index_add(arena, &root, cell, 5));
}

TEST(the_lowest_and_the_highest_key_are_keys)
{
    uint32_t low, high;

    begin();
    low = add(0);
    high = add(VFS_KEY_MAX);
    EXPECT_EQ_INT(vfs_index_find(arena, root, 0), low);
    EXPECT_EQ_INT(vfs_index_next(arena, root, 1), high);
    EXPECT_EQ_INT(vfs_index_next(arena, root, VFS_KEY_MAX), high);
    EXPECT_EQ_INT(vfs_index_next(arena, root, VFS_KEY_MAX + 1), 0);
    EXPECT_EQ_INT(vfs_index_next(arena, root, UINT32_MAX), 0);
}

/* The same set as an array of 4,096 places. */
#define PLACES 4096
static uint32_t plain[PLACES];

static uint32_t spread(uint32_t place)
{
    return place * 524287 % VFS_KEY_MAX; /* far apart, in no order */
}

static uint32_t next_plain(uint32_t key)
{
    uint32_t best = 0;

    for (uint32_t i = 0; i < PLACES; i++)
        if (plain[i] != 0 && spread(i) >= key &&
            (best == 0 || spread(i) < key_of(best)))
            best = plain[i];
    return best;
}

TEST(whatever_comes_and_goes_the_order_is_that_of_the_keys)
{
    uint32_t random = 1, count = 0;

    begin();
    for (int i = 0; i < 30000; i++) {
        uint32_t place, key;

        random = random * 1664525 + 1013904223;
        place = (random >> 10) % PLACES;
        key = spread(place);
        EXPECT_EQ_INT(vfs_index_find(arena, root, key), plain[place]);
        if (plain[place] != 0) {
            EXPECT_EQ_INT(vfs_index_remove(arena, &root, key), plain[place]);
            vfs_cell_give(arena, plain[place]);
            plain[place] = 0;
            count--;
        } else if (count < 1500) {
            plain[place] = add(key);
            count++;
        }
        if (i % 100 == 0)
            EXPECT_EQ_INT(vfs_index_next(arena, root, key + 1),
                          next_plain(key + 1));
    }
}

TEST(going_through_meets_each_cell_once_and_ends)
{
    uint32_t count = 0, key = 0, cell;

    begin();
    for (uint32_t i = 0; i < 1000; i++)
        add(spread(i + 1));
    while ((cell = vfs_index_next(arena, root, key)) != 0) {
        EXPECT(key_of(cell) >= key);
        key = key_of(cell) + 1;
        count++;
    }
    EXPECT_EQ_INT(count, 1000);
}

/* Every way down ends, whatever the links say. */
TEST(a_tree_that_comes_round_does_not_hold_us)
{
    struct vfs_index_node *node;
    uint32_t cell;

    begin();
    add(1);
    cell = add(2);
    add(4);
    node = vfs_cell(arena, cell);
    node->halves[0] = node->halves[1] = cell | 0x80000000u;
    root = cell | 0x80000000u;
    EXPECT_EQ_INT(vfs_index_find(arena, root, 1), 0);
    EXPECT_EQ_INT(vfs_index_next(arena, root, 0), 0);
    EXPECT_EQ_INT(vfs_index_remove(arena, &root, 1), 0);
    EXPECT(!vfs_index_add(arena, &root, vfs_cell_take(arena), 9));
}

TEST(bits_that_are_none_and_links_that_lead_nowhere_end_the_way)
{
    struct vfs_index_node *node;
    uint32_t cell;

    begin();
    add(1);
    cell = add(2);
    node = vfs_cell(arena, cell);
    node->bit = 200;
    EXPECT_EQ_INT(vfs_index_find(arena, root, 1), 0);
    EXPECT_EQ_INT(vfs_index_next(arena, root, 0), 0);
    root = 0x7fffffffu;
    EXPECT_EQ_INT(vfs_index_find(arena, root, 1), 0);
    EXPECT(!vfs_index_add(arena, &root, cell, 9));
    root = 0xffffffffu;
    EXPECT_EQ_INT(vfs_index_next(arena, root, 0), 0);
}
