/* test_vfs_cell.c - small things in the arena.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vfs/vfs_cell.h"

#include "vfs_fixture.h"

static struct vfs_arena *arena = &fixture_arena;

static uint32_t block_of(uint32_t cell)
{
    return cell / VFS_BLOCK_CELLS;
}

TEST(a_block_holds_31_cells)
{
    uint32_t first;

    fixture_begin(2);
    first = vfs_cell_take(arena);
    for (int i = 1; i < 31; i++)
        EXPECT_EQ_INT(block_of(vfs_cell_take(arena)), block_of(first));
    EXPECT_EQ_INT(fixture_used(), 1);
    EXPECT_EQ_INT(block_of(vfs_cell_take(arena)), block_of(first) + 1);
    for (int i = 1; i < 31; i++)
        EXPECT(vfs_cell_take(arena) != 0);
    EXPECT_EQ_INT(vfs_cell_take(arena), 0);
}

TEST(a_cell_that_is_taken_again_is_zeros)
{
    static const char zeros[VFS_CELL_BYTES];
    uint32_t cell;

    fixture_begin(1);
    vfs_cell_take(arena);
    cell = vfs_cell_take(arena);
    memset(vfs_cell(arena, cell), 'x', VFS_CELL_BYTES);
    vfs_cell_give(arena, cell);
    EXPECT_EQ_INT(vfs_cell_take(arena), cell);
    EXPECT_EQ_MEM(vfs_cell(arena, cell), zeros, VFS_CELL_BYTES);
}

TEST(a_block_without_cells_goes_back)
{
    uint32_t cells[62];

    fixture_begin(2);
    for (int i = 0; i < 62; i++)
        cells[i] = vfs_cell_take(arena);
    EXPECT_EQ_INT(fixture_used(), 2);
    for (int i = 0; i < 62; i += 2)
        vfs_cell_give(arena, cells[i]);
    EXPECT_EQ_INT(fixture_used(), 2);
    for (int i = 1; i < 62; i += 2)
        vfs_cell_give(arena, cells[i]);
    EXPECT_EQ_INT(fixture_used(), 0);
    EXPECT_EQ_INT(vfs_arena_head(arena)->cells, 0);
}

/* Give and take at random; nobody ever gets a cell that another one has. */
TEST(no_cell_is_given_to_two)
{
    static bool is_taken[64 * VFS_BLOCK_CELLS];
    uint32_t cells[300], count = 0, random = 1;

    fixture_begin(20);
    for (int i = 0; i < 20000; i++) {
        random = random * 1664525 + 1013904223;
        if (count < 300 && random >> 30 != 0) {
            cells[count] = vfs_cell_take(arena);
            EXPECT(cells[count] != 0 && !is_taken[cells[count]]);
            is_taken[cells[count++]] = true;
        } else if (count > 0) {
            uint32_t at = (random >> 8) % count;

            is_taken[cells[at]] = false;
            vfs_cell_give(arena, cells[at]);
            cells[at] = cells[--count];
        }
    }
    while (count > 0)
        vfs_cell_give(arena, cells[--count]);
    EXPECT_EQ_INT(fixture_used(), 0);
}

TEST(what_is_given_back_twice_counts_once)
{
    uint32_t a, b;

    fixture_begin(1);
    a = vfs_cell_take(arena);
    b = vfs_cell_take(arena);
    vfs_cell_give(arena, a);
    vfs_cell_give(arena, a);
    EXPECT_EQ_INT(vfs_cell_take(arena), a);
    EXPECT(vfs_cell_take(arena) > b);
}

TEST(a_number_that_is_no_cell_is_none)
{
    uint32_t cell;

    fixture_begin(1);
    cell = vfs_cell_take(arena);
    EXPECT(vfs_cell(arena, 0) == NULL);
    EXPECT(vfs_cell(arena, block_of(cell) * VFS_BLOCK_CELLS) == NULL);
    EXPECT(vfs_cell(arena, cell + VFS_BLOCK_CELLS) == NULL);
    EXPECT(vfs_cell(arena, UINT32_MAX) == NULL);
    vfs_cell_give(arena, 0);
    vfs_cell_give(arena, UINT32_MAX);
    vfs_cell_give(arena, block_of(cell) * VFS_BLOCK_CELLS);
    EXPECT_EQ_INT(fixture_used(), 1);
}

TEST(a_forged_set_of_free_cells_does_not_give_out_itself)
{
    uint32_t cell, *set;

    fixture_begin(1);
    cell = vfs_cell_take(arena);
    set = vfs_arena_block(arena, block_of(cell));
    *set = 1;
    EXPECT_EQ_INT(vfs_cell_take(arena), 0);
    *set = UINT32_MAX;
    EXPECT(vfs_cell_take(arena) % VFS_BLOCK_CELLS != 0);
}

TEST(forged_lists_of_blocks_do_no_harm)
{
    uint32_t cell, *links;

    fixture_begin(3);
    cell = vfs_cell_take(arena);
    links = vfs_arena_block(arena, block_of(cell));
    links[1] = links[2] = UINT32_MAX;
    vfs_cell_give(arena, cell);
    vfs_arena_head(arena)->cells = 7777;
    EXPECT(vfs_cell_take(arena) != 0);
    links = vfs_arena_block(arena, block_of(cell));
    links[1] = links[2] = block_of(cell);
    for (int i = 0; i < 200; i++)
        vfs_cell_give(arena, vfs_cell_take(arena));
}
