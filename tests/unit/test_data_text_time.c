/* test_data_text_time.c - dates and times as Python prints them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "data/data_text_parts.h"
#include "data_oracle.h"

static char text[300];

static const char *text_of_item(const viv_item *item)
{
    struct base_text out;

    base_text_init(&out, text, sizeof(text));
    data_text_time(&out, item);
    base_text_end(&out, sizeof(text));
    return text;
}

static const char *text_of_time(uint32_t kind, const char *iso)
{
    viv_item item = {.kind = kind, .bytes = iso, .len = strlen(iso)};

    return text_of_item(&item);
}

static const char *text_of_delta(int64_t days, uint32_t seconds,
                                 uint32_t microseconds)
{
    viv_item item = {.kind = VIV_DATA_TIMEDELTA,
                     .integer = days,
                     .seconds = seconds,
                     .microseconds = microseconds};

    return text_of_item(&item);
}

TEST(parts_at_the_end_that_are_zero_are_left_out)
{
    EXPECT_EQ_STR(text_of_time(VIV_DATA_DATE, "2026-01-02"),
                  "datetime.date(2026, 1, 2)");
    EXPECT_EQ_STR(text_of_time(VIV_DATA_TIME, "00:00:00"),
                  "datetime.time(0, 0)");
    EXPECT_EQ_STR(text_of_time(VIV_DATA_TIME, "01:02:03"),
                  "datetime.time(1, 2, 3)");
    EXPECT_EQ_STR(text_of_time(VIV_DATA_TIME, "01:02:00.5"),
                  "datetime.time(1, 2, 0, 500000)");
    EXPECT_EQ_STR(text_of_time(VIV_DATA_DATETIME, "2026-01-02T03:04:00"),
                  "datetime.datetime(2026, 1, 2, 3, 4)");
}

TEST(an_offset_is_a_zone)
{
    EXPECT_EQ_STR(text_of_time(VIV_DATA_TIME, "01:02:00-00:00"),
                  "datetime.time(1, 2, tzinfo=datetime.timezone.utc)");
    EXPECT_EQ_STR(text_of_time(VIV_DATA_TIME, "01:02:00+01:30"),
                  "datetime.time(1, 2, tzinfo=datetime.timezone("
                  "datetime.timedelta(seconds=5400)))");
    EXPECT_EQ_STR(text_of_time(VIV_DATA_TIME, "01:02:00-00:00:00.000001"),
                  "datetime.time(1, 2, tzinfo=datetime.timezone("
                  "datetime.timedelta(days=-1, seconds=86399, "
                  "microseconds=999999)))");
}

TEST(a_timedelta_has_the_parts_that_are_not_zero)
{
    EXPECT_EQ_STR(text_of_delta(0, 0, 0), "datetime.timedelta(0)");
    EXPECT_EQ_STR(text_of_delta(-3, 0, 0), "datetime.timedelta(days=-3)");
    EXPECT_EQ_STR(text_of_delta(0, 1, 0), "datetime.timedelta(seconds=1)");
    EXPECT_EQ_STR(text_of_delta(0, 0, 1), "datetime.timedelta(microseconds=1)");
    EXPECT_EQ_STR(text_of_delta(1, 2, 3),
                  "datetime.timedelta(days=1, seconds=2, microseconds=3)");
}

/* Not among them: offsets of less than a second, which Python's fromisoformat()
 * takes for none. */
TEST(python_prints_these_so)
{
    static const char *const times[] = {
        "0001-01-01T00:00:00",          "9999-12-31T23:59:59.999999",
        "2026-11-26T10:00:00Z",         "2026-11-26T10:00:00.5+00:00",
        "2026-11-26T10:00:00+23:59",    "2026-11-26T10:00:00-23:59:59.999999",
        "2026-11-26T10:00:00-00:01",    "2024-02-29T00:00:00.000001+14:00",
        "2026-11-26T10:00:00-00:00:30", "2026-11-26T10:00:00+00:00:01.000001",
    };
    viv_writer writer;

    data_write_init(&writer, NULL, 1000);
    oracle_begin();
    for (size_t i = 0; i < COUNT(times); i++) {
        data_write_datetime(&writer, times[i], strlen(times[i]));
        oracle_ask_writer(&writer);
        data_write_time(&writer, times[i] + 11, strlen(times[i]) - 11);
        oracle_ask_writer(&writer);
        data_write_date(&writer, times[i], 10);
        oracle_ask_writer(&writer);
    }
    for (int64_t days = -1; days <= 1; days++) {
        data_write_timedelta(&writer, days, days * 5, days * 7);
        oracle_ask_writer(&writer);
    }
    oracle_end();
    data_write_fini(&writer);
}
