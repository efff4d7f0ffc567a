/* test_pool_turn.c - whose turn it is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_turn.h"

#include "test.h"

static struct pool_turn turn;
static struct pool_turn_item items[POOL_TURN_RANKS][2];

static void add(int rank, int n)
{
    pool_turn_add(&turn, &items[rank][n], (enum pool_turn_rank)rank);
}

/* Take the next, which must be of this rank, and put it back. */
static void expect(int rank)
{
    struct pool_turn_item *item = pool_turn_take(&turn);

    EXPECT(item == &items[rank][0] || item == &items[rank][1]);
    pool_turn_add(&turn, item, (enum pool_turn_rank)rank);
}

TEST(nobody_is_next_when_nobody_is_there)
{
    EXPECT(pool_turn_take(&turn) == NULL);
}

TEST(within_a_rank_it_is_first_in_first_out)
{
    add(POOL_TURN_LONG, 0);
    add(POOL_TURN_LONG, 1);
    EXPECT(pool_turn_take(&turn) == &items[POOL_TURN_LONG][0]);
    add(POOL_TURN_LONG, 0);
    EXPECT(pool_turn_take(&turn) == &items[POOL_TURN_LONG][1]);
    EXPECT(pool_turn_take(&turn) == &items[POOL_TURN_LONG][0]);
    EXPECT(pool_turn_take(&turn) == NULL);
}

TEST(short_ones_come_first_then_long_ones_then_batch)
{
    for (int rank = POOL_TURN_RANKS; rank-- > 0;)
        add(rank, 0);
    EXPECT(pool_turn_take(&turn) == &items[POOL_TURN_SHORT][0]);
    EXPECT(pool_turn_take(&turn) == &items[POOL_TURN_LONG][0]);
    EXPECT(pool_turn_take(&turn) == &items[POOL_TURN_BATCH][0]);
}

TEST(who_was_passed_over_eight_times_in_a_row_is_next)
{
    add(POOL_TURN_SHORT, 0);
    add(POOL_TURN_BATCH, 0);
    for (int round = 0; round < 3; round++) {
        for (int n = 0; n < POOL_TURN_PATIENCE; n++)
            expect(POOL_TURN_SHORT);
        expect(POOL_TURN_BATCH);
    }
}

TEST(with_all_ranks_at_work_none_starves)
{
    int count[POOL_TURN_RANKS] = {0};

    for (int rank = 0; rank < POOL_TURN_RANKS; rank++)
        add(rank, 0);
    for (int n = 0; n < 1000; n++) {
        struct pool_turn_item *item = pool_turn_take(&turn);
        int rank = (int)(((char *)item - (char *)items) / sizeof(items[0]));

        count[rank]++;
        add(rank, 0);
    }
    EXPECT(count[POOL_TURN_SHORT] >= 750);
    EXPECT(count[POOL_TURN_LONG] >= 100);
    EXPECT(count[POOL_TURN_BATCH] >= 100);
}

static const struct pool_turn_item *wanted;

static bool is_wanted(const struct pool_turn_item *item)
{
    return item == wanted;
}

TEST(one_is_taken_out_of_the_middle)
{
    for (int n = 0; n < 2; n++) {
        add(POOL_TURN_LONG, n);
        add(POOL_TURN_BATCH, n);
    }
    wanted = &items[POOL_TURN_SHORT][0];
    EXPECT(pool_turn_sift(&turn, is_wanted) == NULL);
    wanted = &items[POOL_TURN_BATCH][1];
    EXPECT(pool_turn_sift(&turn, is_wanted) == wanted);
    EXPECT(pool_turn_sift(&turn, is_wanted) == NULL);
    wanted = &items[POOL_TURN_LONG][0];
    EXPECT(pool_turn_sift(&turn, is_wanted) == wanted);
    add(POOL_TURN_BATCH, 1);
    EXPECT(pool_turn_take(&turn) == &items[POOL_TURN_LONG][1]);
    EXPECT(pool_turn_take(&turn) == &items[POOL_TURN_BATCH][0]);
    EXPECT(pool_turn_take(&turn) == &items[POOL_TURN_BATCH][1]);
    EXPECT(pool_turn_take(&turn) == NULL);
}
