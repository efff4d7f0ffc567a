/* data_time.h - dates and times, as ISO 8601 writes them and Python prints.
 *
 * Floor 1.  The texts are those that isoformat() gives, and a little more: the
 * fraction of a second may have one to six digits, and an offset may be "Z".
 *
 *     2026-11-26                      a date
 *     10:00:00.000001+01:00           a time: fraction and offset may be absent
 *     2026-11-26T10:00:00Z            a datetime: both
 *
 * Each number must be in the range that Python gives it: years from 1 on, no
 * second 60, offsets below 24 hours.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DATA_TIME_H
#define DATA_TIME_H

#include <stdbool.h>

#include "data/data_format.h"

/* A timedelta as Python makes it normal: 0 <= seconds < 86400, 0 <=
 * microseconds < 1000000, days at most so many to either side. */
#define DATA_TIME_DAYS_MAX 999999999
#define DATA_TIME_DAY      86400
#define DATA_TIME_SECOND   1000000

struct data_time {
    int32_t year, month, day;
    int32_t hour, minute, second, microsecond;
    bool is_aware;        /* it has an offset, */
    bool has_fine_offset; /* which is written with seconds */
    int64_t offset;       /* from UTC, eastward, in microseconds */
};

/* Read the text of an item of `kind`, VIV_DATA_DATETIME, DATE or TIME; false if
 * it is not exactly that.  Parts that it does not have are 0. */
bool data_time_parse(uint32_t kind, const char *text, size_t len,
                     struct data_time *ret_time);

/* Is its text one of RFC 3339: aware, with an offset of hours and minutes? */
bool data_time_is_rfc3339(const struct data_time *time);

/* Is this a timedelta in normal form? */
bool data_time_is_delta(int64_t days, int64_t seconds, int64_t microseconds);

#endif /* DATA_TIME_H */
