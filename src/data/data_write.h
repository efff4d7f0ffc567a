/* data_write.h - values become bytes.
 *
 * Floor 1.  vivarium.h has the manual: these are viv_writer_...() and
 * viv_write_...(), under other names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DATA_WRITE_H
#define DATA_WRITE_H

#include "data/data_format.h"

void data_write_init(viv_writer *writer, void *buffer, size_t max);
void data_write_clear(viv_writer *writer);
void data_write_fini(viv_writer *writer);

void data_write_none(viv_writer *writer);
void data_write_bool(viv_writer *writer, int value);
static inline void data_write_int(viv_writer *writer, int64_t value);
void data_write_float(viv_writer *writer, double value);
void data_write_text(viv_writer *writer, const char *text, size_t len);
void data_write_bytes(viv_writer *writer, const void *bytes, size_t len);
void data_write_list(viv_writer *writer, size_t count);
void data_write_tuple(viv_writer *writer, size_t count);
void data_write_set(viv_writer *writer, size_t count);
void data_write_frozenset(viv_writer *writer, size_t count);
void data_write_dict(viv_writer *writer, size_t pair_count);
void data_write_big(viv_writer *writer, int negative, const void *magnitude,
                    size_t len);
void data_write_datetime(viv_writer *writer, const char *text, size_t len);
void data_write_date(viv_writer *writer, const char *text, size_t len);
void data_write_time(viv_writer *writer, const char *text, size_t len);
void data_write_timedelta(viv_writer *writer, int64_t days, int64_t seconds,
                          int64_t microseconds);
void data_write_value(viv_writer *writer, const void *bytes, size_t len);

int data_write_end(viv_writer *writer, const void **ret_bytes, size_t *ret_len,
                   viv_error *err);

/* The integers that are not one byte, or find no room at once. */
void data_write_int_long(viv_writer *writer, int64_t value);

static inline void data_write_int(viv_writer *writer, int64_t value)
{
    if (value >= 0 && value <= DATA_INFO_INLINE_MAX && writer->owed > 0 &&
        writer->len < writer->limit) {
        writer->bytes[writer->len++] = (uint8_t)value;
        writer->owed--;
    } else {
        data_write_int_long(writer, value);
    }
}

#endif /* DATA_WRITE_H */
