/* test_data_time.c - dates and times: what Python prints, and nothing else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "data_tools.h"

#include "data/data_time.h"

static struct data_time parsed;

static bool parse(uint32_t kind, const char *text)
{
    return data_time_parse(kind, text, strlen(text), &parsed);
}

TEST(a_date_is_three_numbers)
{
    EXPECT(parse(VIV_DATA_DATE, "2026-11-30"));
    EXPECT_EQ_INT(parsed.year, 2026);
    EXPECT_EQ_INT(parsed.month, 11);
    EXPECT_EQ_INT(parsed.day, 30);
    EXPECT(!parsed.is_aware);
}

TEST(a_datetime_has_all_parts_and_an_offset)
{
    EXPECT(parse(VIV_DATA_DATETIME, "0001-02-03T04:05:06.000789-01:30"));
    EXPECT_EQ_INT(parsed.year, 1);
    EXPECT_EQ_INT(parsed.month, 2);
    EXPECT_EQ_INT(parsed.day, 3);
    EXPECT_EQ_INT(parsed.hour, 4);
    EXPECT_EQ_INT(parsed.minute, 5);
    EXPECT_EQ_INT(parsed.second, 6);
    EXPECT_EQ_INT(parsed.microsecond, 789);
    EXPECT(parsed.is_aware);
    EXPECT_EQ_INT(parsed.offset, -5400000000);
}

TEST(a_fraction_has_one_to_six_digits)
{
    static const int32_t wanted[] = {100000, 120000, 123000,
                                     123400, 123450, 123456};

    for (int digits = 1; digits <= 6; digits++) {
        EXPECT(data_time_parse(VIV_DATA_TIME, "10:11:12.123456",
                               9 + (size_t)digits, &parsed));
        EXPECT_EQ_INT(parsed.microsecond, wanted[digits - 1]);
    }
    EXPECT(!parse(VIV_DATA_TIME, "10:11:12."));
    EXPECT(!parse(VIV_DATA_TIME, "10:11:12.1234567"));
}

TEST(only_offsets_of_hours_and_minutes_are_rfc_3339)
{
    static const struct {
        const char *text;
        bool is_rfc3339;
        int64_t offset;
    } rows[] = {
        {"10:00:00", false, 0},
        {"10:00:00Z", true, 0},
        {"10:00:00+00:00", true, 0},
        {"10:00:00-00:00", true, 0},
        {"10:00:00+23:59", true, 86340000000},
        {"10:00:00-23:59", true, -86340000000},
        {"10:00:00+00:00:00", false, 0},
        {"10:00:00+00:00:01", false, 1000000},
        {"10:00:00-23:59:59.999999", false, -86399999999},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        EXPECT(parse(VIV_DATA_TIME, rows[i].text));
        EXPECT_EQ_INT(data_time_is_rfc3339(&parsed), rows[i].is_rfc3339);
        EXPECT_EQ_INT(parsed.offset, rows[i].offset);
    }
}

TEST(each_number_has_its_range)
{
    static const char *const good[] = {
        "0001-01-01T00:00:00", "9999-12-31T23:59:59", "2024-02-29T00:00:00",
        "2000-02-29T00:00:00", "2023-02-28T00:00:00", "2023-04-30T00:00:00",
    };
    static const char *const bad[] = {
        "0000-01-01T00:00:00",          "2023-00-01T00:00:00",
        "2023-13-01T00:00:00",          "2023-01-00T00:00:00",
        "2023-01-32T00:00:00",          "2023-02-29T00:00:00",
        "2024-02-30T00:00:00",          "1900-02-29T00:00:00",
        "2023-04-31T00:00:00",          "2023-01-01T24:00:00",
        "2023-01-01T00:60:00",          "2023-01-01T00:00:60",
        "2023-01-01T00:00:00+24:00",    "2023-01-01T00:00:00+00:60",
        "2023-01-01T00:00:00+00:00:60",
    };

    for (size_t i = 0; i < COUNT(good); i++)
        EXPECT(parse(VIV_DATA_DATETIME, good[i]));
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (parse(VIV_DATA_DATETIME, bad[i]))
            test_fail(TEST_AT, "%s was taken", bad[i]);
    }
}

TEST(other_ways_to_write_it_are_refused)
{
    static const char *const bad[] = {
        "",
        "2023-01-01",
        "2023-01-01 00:00:00",
        "2023-01-01t00:00:00",
        "2023-01-01T00:00",
        "2023-01-01T00:00:00 ",
        " 2023-01-01T00:00:00",
        "2023-01-01T00:00:00z",
        "2023-01-01T00:00:00-Z",
        "2023-01-01T00:00:00ZZ",
        "2023-01-01T00:00:00,5",
        "2023-01-01T00:00:00+0100",
        "2023-01-01T00:00:00+01",
        "2023-01-01T00:00:00+01:00.5",
        "2023-01-01T00:00:00+-1:00",
        "+2023-01-01T00:00:00",
        "12023-01-01T00:00:00",
        "20230101T000000",
        "2023-1-01T00:00:00",
    };

    for (size_t i = 0; i < COUNT(bad); i++) {
        if (parse(VIV_DATA_DATETIME, bad[i]))
            test_fail(TEST_AT, "%s was taken", bad[i]);
    }
    EXPECT(!parse(VIV_DATA_DATE, "2023-01-01T00:00:00"));
    EXPECT(!parse(VIV_DATA_TIME, "2023-01-01T00:00:00"));
    EXPECT(!data_time_parse(VIV_DATA_TIME, "10:00:00\0", 9, &parsed));
}

/* Cut anywhere, it is either refused or one that was meant to be possible; and
 * what was refused has changed nothing. */
TEST(a_text_that_is_cut_is_refused)
{
    static const char text[] = "2026-11-26T10:00:00.123456+01:00:30";

    for (size_t len = 0; len < strlen(text); len++) {
        bool may_be = len == 19 || (len > 20 && len <= 26) || len == 32;
        parsed.year = 7;
        EXPECT_EQ_INT(data_time_parse(VIV_DATA_DATETIME, text, len, &parsed),
                      may_be);
        EXPECT_EQ_INT(parsed.year, may_be ? 2026 : 7);
    }
}

TEST(a_timedelta_is_normal_or_none)
{
    EXPECT(data_time_is_delta(0, 0, 0));
    EXPECT(data_time_is_delta(999999999, 86399, 999999));
    EXPECT(data_time_is_delta(-999999999, 0, 0));
    EXPECT(!data_time_is_delta(1000000000, 0, 0));
    EXPECT(!data_time_is_delta(-1000000000, 0, 0));
    EXPECT(!data_time_is_delta(0, 86400, 0));
    EXPECT(!data_time_is_delta(0, -1, 0));
    EXPECT(!data_time_is_delta(0, 0, 1000000));
    EXPECT(!data_time_is_delta(0, 0, -1));
}
