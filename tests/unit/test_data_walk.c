/* test_data_walk.c - levels open and close, and some are refused.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "data/data_walk.h"
#include "data_tools.h"

static struct data_walk walk;
static struct hex input;
static viv_item item;
static viv_error err;

static void begin(const char *spelled)
{
    input = hex(spelled);
    data_walk_init(&walk, input.bytes, input.len);
}

TEST(a_list_opens_a_level_and_its_last_value_lets_it_close)
{
    begin("82 01 02");
    EXPECT(data_walk_top(&walk) == NULL);
    EXPECT(!data_walk_close(&walk));
    EXPECT_EQ_INT(data_walk_next(&walk, &item, &err), 0);
    EXPECT_EQ_INT(walk.depth, 1);
    EXPECT_EQ_INT(data_walk_top(&walk)->kind, VIV_DATA_LIST);
    EXPECT_EQ_INT(data_walk_top(&walk)->count, 2);
    EXPECT_EQ_INT(data_walk_top(&walk)->left, 2);
    EXPECT(!data_walk_close(&walk));
    EXPECT_EQ_INT(data_walk_next(&walk, &item, &err), 0);
    EXPECT_EQ_INT(data_walk_top(&walk)->left, 1);
    EXPECT(!data_walk_close(&walk));
    EXPECT_EQ_INT(data_walk_next(&walk, &item, &err), 0);
    EXPECT_EQ_INT(item.integer, 2);
    EXPECT(data_walk_close(&walk));
    EXPECT_EQ_INT(walk.depth, 0);
    EXPECT(!data_walk_close(&walk));
}

TEST(levels_that_end_together_close_one_by_one)
{
    begin("81 a1 01 da7669760180");
    for (int i = 0; i < 4; i++) {
        EXPECT(!data_walk_close(&walk));
        EXPECT_EQ_INT(data_walk_next(&walk, &item, &err), 0);
    }
    EXPECT_EQ_INT(walk.depth, 3);
    EXPECT_EQ_INT(data_walk_top(&walk)->kind, VIV_DATA_TUPLE);
    EXPECT(data_walk_close(&walk));
    EXPECT_EQ_INT(data_walk_top(&walk)->kind, VIV_DATA_DICT);
    EXPECT_EQ_INT(data_walk_top(&walk)->count, 2);
    EXPECT(data_walk_close(&walk));
    EXPECT(data_walk_close(&walk));
    EXPECT_EQ_INT(walk.depth, 0);
}

TEST(the_end_inside_a_value_is_no_end)
{
    begin("");
    EXPECT_EQ_INT(data_walk_next(&walk, &item, &err), VIV_EFORMAT);
    EXPECT_EQ_STR(err.text, "the value is cut off at byte 0");
    begin("81 81 01");
    input.len = 2;
    data_walk_init(&walk, input.bytes, 3);
    walk.reader.end--;
    EXPECT_EQ_INT(data_walk_next(&walk, &item, &err), 0);
    EXPECT_EQ_INT(data_walk_next(&walk, &item, &err), VIV_EFORMAT);
    EXPECT_EQ_STR(err.text, "a count of 1, and 0 bytes are left at byte 1");
}

TEST(as_many_levels_open_as_may_and_not_one_more)
{
    uint8_t bytes[VIV_DATA_DEPTH_MAX + 2];

    memset(bytes, 0x81, sizeof(bytes));
    data_walk_init(&walk, bytes, sizeof(bytes));
    for (int i = 0; i < VIV_DATA_DEPTH_MAX; i++)
        EXPECT_EQ_INT(data_walk_next(&walk, &item, &err), 0);
    EXPECT_EQ_INT(walk.depth, VIV_DATA_DEPTH_MAX);
    EXPECT_EQ_INT(data_walk_next(&walk, &item, &err), VIV_EFORMAT);
    EXPECT_EQ_STR(err.text, "more than 256 values within each other at byte "
                            "256");
    EXPECT_EQ_INT(walk.depth, VIV_DATA_DEPTH_MAX);
}
