/* data_time.c - dates and times, as ISO 8601 writes them and Python prints.
 *
 * SECURITY.  The text is a guest's.  It is read from left to right, each byte
 * compared with the end first; the first thing that is not as it should be
 * sticks, and no number has more digits than its type holds.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "data/data_time.h"

struct scan {
    const char *at;
    const char *end;
    bool is_bad;
};

static bool is_digit_next(const struct scan *scan)
{
    return scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9';
}

static bool take_if(struct scan *scan, char c)
{
    if (scan->at == scan->end || *scan->at != c)
        return false;
    scan->at++;
    return true;
}

static void take(struct scan *scan, char c)
{
    if (!take_if(scan, c))
        scan->is_bad = true;
}

/* Exactly `count` digits, and a number from `low` to `high`. */
static int32_t number(struct scan *scan, int count, int32_t low, int32_t high)
{
    int32_t value = 0;

    for (int i = 0; i < count; i++) {
        if (!is_digit_next(scan)) {
            scan->is_bad = true;
            return 0;
        }
        value = 10 * value + (*scan->at++ - '0');
    }
    if (value < low || value > high)
        scan->is_bad = true;
    return value;
}

/* Microseconds: one to six digits after a point, or nothing at all. */
static int32_t fraction(struct scan *scan)
{
    int32_t value = 0;
    int32_t unit = DATA_TIME_SECOND;

    if (!take_if(scan, '.'))
        return 0;
    if (!is_digit_next(scan))
        scan->is_bad = true;
    while (unit > 1 && is_digit_next(scan)) {
        unit /= 10;
        value += unit * (*scan->at++ - '0');
    }
    return value;
}

static int32_t days_of(int32_t year, int32_t month)
{
    static const uint8_t days[] = {0,  31, 28, 31, 30, 31, 30,
                                   31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month == 2 && is_leap ? 29 : days[month];
}

static void date(struct scan *scan, struct data_time *time)
{
    time->year = number(scan, 4, 1, 9999);
    take(scan, '-');
    time->month = number(scan, 2, 1, 12);
    take(scan, '-');
    if (!scan->is_bad)
        time->day = number(scan, 2, 1, days_of(time->year, time->month));
}

static void offset(struct scan *scan, struct data_time *time)
{
    bool is_west = take_if(scan, '-');
    int64_t seconds;

    time->is_aware = true;
    if (!is_west && take_if(scan, 'Z'))
        return;
    if (!is_west)
        take(scan, '+');
    seconds = INT64_C(3600) * number(scan, 2, 0, 23);
    take(scan, ':');
    seconds += INT64_C(60) * number(scan, 2, 0, 59);
    time->offset = seconds * DATA_TIME_SECOND;
    time->has_fine_offset = take_if(scan, ':');
    if (time->has_fine_offset) {
        time->offset += INT64_C(1000000) * number(scan, 2, 0, 59);
        time->offset += fraction(scan);
    }
    if (is_west)
        time->offset = -time->offset;
}

static void time_of_day(struct scan *scan, struct data_time *time)
{
    time->hour = number(scan, 2, 0, 23);
    take(scan, ':');
    time->minute = number(scan, 2, 0, 59);
    take(scan, ':');
    time->second = number(scan, 2, 0, 59);
    time->microsecond = fraction(scan);
    if (scan->at < scan->end)
        offset(scan, time);
}

bool data_time_parse(uint32_t kind, const char *text, size_t len,
                     struct data_time *ret_time)
{
    struct scan scan = {text, text + len, false};
    struct data_time time = {0};

    if (kind != VIV_DATA_TIME)
        date(&scan, &time);
    if (kind == VIV_DATA_DATETIME)
        take(&scan, 'T');
    if (kind != VIV_DATA_DATE)
        time_of_day(&scan, &time);
    if (scan.is_bad || scan.at != scan.end)
        return false;
    *ret_time = time;
    return true;
}

bool data_time_is_rfc3339(const struct data_time *time)
{
    return time->is_aware && !time->has_fine_offset;
}

bool data_time_is_delta(int64_t days, int64_t seconds, int64_t microseconds)
{
    return days >= -DATA_TIME_DAYS_MAX && days <= DATA_TIME_DAYS_MAX &&
           seconds >= 0 && seconds < DATA_TIME_DAY && microseconds >= 0 &&
           microseconds < DATA_TIME_SECOND;
}
