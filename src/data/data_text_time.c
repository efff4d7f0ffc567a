/* data_text_time.c - dates and times as Python prints them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "base/base_check.h"
#include "data/data_text_parts.h"
#include "data/data_time.h"

#define DAY (INT64_C(1000000) * DATA_TIME_DAY)

/* ", NUMBER", or without the comma what comes first. */
static void argument(struct base_text *out, const char *before, int64_t value)
{
    base_text_string(out, before);
    data_text_int(out, value);
}

/* Parts that are 0 are left out, unless all are. */
static void timedelta(struct base_text *out, int64_t days, int64_t seconds,
                      int64_t microseconds)
{
    const char *comma = "";

    base_text_string(out, "datetime.timedelta(");
    if (days != 0) {
        argument(out, "days=", days);
        comma = ", ";
    }
    if (seconds != 0) {
        base_text_string(out, comma);
        argument(out, "seconds=", seconds);
        comma = ", ";
    }
    if (microseconds != 0) {
        base_text_string(out, comma);
        argument(out, "microseconds=", microseconds);
    }
    if (days == 0 && seconds == 0 && microseconds == 0)
        base_text_char(out, '0');
    base_text_char(out, ')');
}

static void zone(struct base_text *out, int64_t offset)
{
    int64_t days = offset < 0 ? -1 : 0;

    base_text_string(out, ", tzinfo=datetime.timezone");
    if (offset == 0) {
        base_text_string(out, ".utc");
        return;
    }
    offset -= days * DAY;
    base_text_char(out, '(');
    timedelta(out, days, offset / DATA_TIME_SECOND, offset % DATA_TIME_SECOND);
    base_text_char(out, ')');
}

static void date(struct base_text *out, const struct data_time *time)
{
    argument(out, "", time->year);
    argument(out, ", ", time->month);
    argument(out, ", ", time->day);
}

static void time_of_day(struct base_text *out, const struct data_time *time)
{
    argument(out, "", time->hour);
    argument(out, ", ", time->minute);
    if (time->second != 0 || time->microsecond != 0)
        argument(out, ", ", time->second);
    if (time->microsecond != 0)
        argument(out, ", ", time->microsecond);
    if (time->is_aware)
        zone(out, time->offset);
}

void data_text_time(struct base_text *out, const viv_item *item)
{
    struct data_time time;

    if (item->kind == VIV_DATA_TIMEDELTA) {
        timedelta(out, item->integer, item->seconds, item->microseconds);
        return;
    }
    CHECK(data_time_parse(item->kind, item->bytes, item->len, &time));
    base_text_string(out, item->kind == VIV_DATA_DATETIME ? "datetime.datetime("
                          : item->kind == VIV_DATA_DATE   ? "datetime.date("
                                                          : "datetime.time(");
    if (item->kind != VIV_DATA_TIME)
        date(out, &time);
    if (item->kind == VIV_DATA_DATETIME)
        base_text_string(out, ", ");
    if (item->kind != VIV_DATA_DATE)
        time_of_day(out, &time);
    base_text_char(out, ')');
}
