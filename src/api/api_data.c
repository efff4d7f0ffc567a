/* api_data.c - values in bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "data/data_check.h"
#include "data/data_read.h"
#include "data/data_text.h"
#include "data/data_write.h"

void viv_reader_init(viv_reader *reader, const void *bytes, size_t len)
{
    data_read_init(reader, bytes, len);
}

int viv_read(viv_reader *reader, viv_item *ret_item, viv_error *err)
{
    return data_read(reader, ret_item, err);
}

int viv_read_skip(viv_reader *reader, viv_error *err)
{
    return data_read_skip(reader, err);
}

int viv_data_check(const void *bytes, size_t len, viv_error *err)
{
    return data_check(bytes, len, err);
}

size_t viv_data_text(const void *bytes, size_t len, char *to, size_t size)
{
    return data_text(bytes, len, to, size);
}

void viv_writer_init(viv_writer *writer, void *buffer, size_t max)
{
    data_write_init(writer, buffer, max);
}

void viv_writer_clear(viv_writer *writer)
{
    data_write_clear(writer);
}

void viv_writer_fini(viv_writer *writer)
{
    data_write_fini(writer);
}

void viv_write_none(viv_writer *writer)
{
    data_write_none(writer);
}

void viv_write_bool(viv_writer *writer, int value)
{
    data_write_bool(writer, value);
}

void viv_write_int(viv_writer *writer, int64_t value)
{
    data_write_int(writer, value);
}

void viv_write_float(viv_writer *writer, double value)
{
    data_write_float(writer, value);
}

void viv_write_text(viv_writer *writer, const char *text, size_t len)
{
    data_write_text(writer, text, len);
}

void viv_write_bytes(viv_writer *writer, const void *bytes, size_t len)
{
    data_write_bytes(writer, bytes, len);
}

void viv_write_list(viv_writer *writer, size_t count)
{
    data_write_list(writer, count);
}

void viv_write_tuple(viv_writer *writer, size_t count)
{
    data_write_tuple(writer, count);
}

void viv_write_set(viv_writer *writer, size_t count)
{
    data_write_set(writer, count);
}

void viv_write_frozenset(viv_writer *writer, size_t count)
{
    data_write_frozenset(writer, count);
}

void viv_write_dict(viv_writer *writer, size_t pair_count)
{
    data_write_dict(writer, pair_count);
}

void viv_write_big(viv_writer *writer, int negative, const void *magnitude,
                   size_t len)
{
    data_write_big(writer, negative, magnitude, len);
}

void viv_write_datetime(viv_writer *writer, const char *text, size_t len)
{
    data_write_datetime(writer, text, len);
}

void viv_write_date(viv_writer *writer, const char *text, size_t len)
{
    data_write_date(writer, text, len);
}

void viv_write_time(viv_writer *writer, const char *text, size_t len)
{
    data_write_time(writer, text, len);
}

void viv_write_timedelta(viv_writer *writer, int64_t days, int64_t seconds,
                         int64_t microseconds)
{
    data_write_timedelta(writer, days, seconds, microseconds);
}

void viv_write_value(viv_writer *writer, const void *bytes, size_t len)
{
    data_write_value(writer, bytes, len);
}

int viv_writer_end(viv_writer *writer, const void **ret_bytes, size_t *ret_len,
                   viv_error *err)
{
    return data_write_end(writer, ret_bytes, ret_len, err);
}
