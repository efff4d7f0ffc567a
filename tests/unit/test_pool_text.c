/* test_pool_text.c - meters as text for Prometheus.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pool/pool_text.h"

#include "executor_tools.h"

static char text[32768];

TEST(a_row_is_three_lines_and_a_time_is_its_buckets)
{
    viv_pool_meters some = {.live = 3, .made = 12};

    some.reset = (viv_histogram){.count = 3, .sum_ns = 1500, .buckets = {2, 1}};
    pool_text("web", &some, text, sizeof(text));
    EXPECT_HAS_STR(text, "# HELP viv_pool_live sandboxes that there are\n"
                         "# TYPE viv_pool_live gauge\n"
                         "viv_pool_live{pool=\"web\"} 3\n");
    EXPECT_HAS_STR(text, "# TYPE viv_pool_made_total counter\n"
                         "viv_pool_made_total{pool=\"web\"} 12\n");
    EXPECT_HAS_STR(
        text,
        "# TYPE viv_pool_reset_seconds histogram\n"
        "viv_pool_reset_seconds_bucket{pool=\"web\",le=\"0.000001\"} 2\n"
        "viv_pool_reset_seconds_bucket{pool=\"web\",le=\"0.000004\"} 3\n");
    EXPECT_HAS_STR(text,
                   "viv_pool_reset_seconds_bucket{pool=\"web\",le=\"+Inf\"} 3\n"
                   "viv_pool_reset_seconds_sum{pool=\"web\"} 0.000001500\n"
                   "viv_pool_reset_seconds_count{pool=\"web\"} 3\n");
}

#define FIELD(field, meaning) EXPECT_HAS_STR(text, "viv_pool_" #field);

TEST(every_row_of_the_table_is_there)
{
    open_pool(1);
    EXPECT(viv_pool_text(pool, text, sizeof(text)) < sizeof(text));
    VIV_POOL_METER_ROWS(FIELD, FIELD, FIELD)
    close_pool();
}

#define JOB_FIELD(field, meaning) EXPECT_HAS_STR(text, "viv_executor_" #field);

TEST(an_executor_says_it_in_the_same_way)
{
    viv_executor_meters some = {.queued = 5, .lost = 2};

    some.run = (viv_histogram){.count = 1, .sum_ns = 900, .buckets = {1}};
    pool_text_executor("web", &some, text, sizeof(text));
    EXPECT_HAS_STR(text, "# HELP viv_executor_queued jobs that have not begun "
                         "to run\n"
                         "# TYPE viv_executor_queued gauge\n"
                         "viv_executor_queued{executor=\"web\"} 5\n");
    EXPECT_HAS_STR(text, "viv_executor_lost_total{executor=\"web\"} 2\n");
    EXPECT_HAS_STR(
        text,
        "viv_executor_run_seconds_bucket{executor=\"web\",le=\"+Inf\"} 1\n"
        "viv_executor_run_seconds_sum{executor=\"web\"} 0.000000900\n"
        "viv_executor_run_seconds_count{executor=\"web\"} 1\n");
}

TEST(every_row_of_an_executor_is_there_under_its_name)
{
    char name[] = "crawlers";

    viv_executor_config_default(&executor_config);
    executor_config.name = name;
    open_executor(1, 1);
    name[0] = 'd'; /* it was copied */
    EXPECT(viv_executor_text(executor, text, sizeof(text)) < sizeof(text));
    VIV_EXECUTOR_METER_ROWS(JOB_FIELD, JOB_FIELD, JOB_FIELD)
    EXPECT_HAS_STR(text, "viv_executor_running{executor=\"crawlers\"} 0\n");
    close_executor();
    EXPECT_EQ_INT(viv_executor_text(NULL, NULL, 0),
                  strlen(text) - strlen("crawlers") *
                                     (9 + 3 * (VIV_HISTOGRAM_BUCKETS + 2)));
}

TEST(a_name_cannot_break_out_of_its_quotes)
{
    viv_pool_meters none = {0};

    pool_text("a\"b\\c\nd", &none, text, sizeof(text));
    EXPECT_HAS_STR(text, "viv_pool_live{pool=\"a\\\"b\\\\c\\nd\"} 0\n");
}

TEST(it_is_cut_to_what_there_is_room_for)
{
    viv_pool_meters none = {0};
    size_t len = pool_text("p", &none, NULL, 0);

    EXPECT_EQ_INT(len, pool_text("p", &none, text, len + 1));
    EXPECT_EQ_INT(strlen(text), len);
    EXPECT_EQ_INT(pool_text("p", &none, text, 10), len);
    EXPECT_EQ_STR(text, "# HELP vi");
}
