/* data_write.c - values become bytes.
 *
 * Invariants
 *   1. len <= limit <= room <= max, and bytes[0..room) is there
 *   2. code != 0 implies limit == len: each later write meets the slow path,
 *      which does nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "data/data_write.h"

#include <stdbool.h>
#include <string.h>

#include "base/base_alloc.h"
#include "base/base_error.h"
#include "base/base_utf8.h"
#include "data/data_time.h"

/* Most messages are a few numbers and a short text. */
#define FIRST_BYTES 256

/* No value has a tag of this number. */
#define NO_TAG UINT64_MAX

/* The longest head: one byte, and eight. */
#define HEAD_BYTES_MAX 9

void data_write_init(viv_writer *writer, void *buffer, size_t max)
{
    *writer = (viv_writer){
        .bytes = buffer,
        .room = buffer != NULL ? max : 0,
        .max = max,
        .is_own = buffer == NULL,
    };
    data_write_clear(writer);
}

void data_write_clear(viv_writer *writer)
{
    writer->len = 0;
    writer->limit = writer->room;
    writer->owed = 1;
    writer->code = 0;
}

void data_write_fini(viv_writer *writer)
{
    if (writer->is_own)
        base_free(writer->bytes);
    data_write_init(writer, NULL, writer->max);
}

static void fail(viv_writer *writer, int code, const char *fault)
{
    if (writer->code == 0) {
        writer->code = code;
        writer->fault = fault;
    }
    writer->limit = writer->len;
}

/* Twice as much, or as much as is needed, but never above the maximum. */
static bool grow(viv_writer *writer, size_t needed)
{
    size_t room =
        writer->room <= writer->max / 2 ? writer->room * 2 : writer->max;
    void *bytes;

    if (room < FIRST_BYTES)
        room = FIRST_BYTES < writer->max ? FIRST_BYTES : writer->max;
    if (room < needed)
        room = needed;
    bytes = base_alloc_array(writer->bytes, room, 1);
    if (bytes == NULL)
        return false;
    writer->bytes = bytes;
    writer->room = writer->limit = room;
    return true;
}

/* Where a value of so many bytes goes, which the caller then fills; NULL if it
 * may not come, or finds no room. */
static uint8_t *begin(viv_writer *writer, size_t bytes)
{
    uint8_t *to;

    if (writer->code != 0)
        return NULL;
    if (writer->owed == 0) {
        fail(writer, VIV_EINVAL, "more values than were announced");
        return NULL;
    }
    if (bytes > writer->limit - writer->len) {
        if (bytes > writer->max - writer->len) {
            fail(writer, VIV_ENOMEM, "more bytes than the value may have");
            return NULL;
        }
        if (!grow(writer, writer->len + bytes)) {
            fail(writer, VIV_ENOMEM, "out of memory");
            return NULL;
        }
    }
    to = writer->bytes + writer->len;
    writer->len += bytes;
    writer->owed--;
    return to;
}

static unsigned head_bytes(uint64_t argument)
{
    return argument <= DATA_INFO_INLINE_MAX ? 1
           : argument <= UINT8_MAX          ? 2
           : argument <= UINT16_MAX         ? 3
           : argument <= UINT32_MAX         ? 5
                                            : HEAD_BYTES_MAX;
}

/* Writes the head, and returns where what follows it goes. */
static uint8_t *put_head(uint8_t *to, unsigned major, uint64_t argument)
{
    unsigned bytes = head_bytes(argument);

    if (bytes == 1) {
        *to = (uint8_t)(major << 5 | argument);
        return to + 1;
    }
    *to = (uint8_t)(major << 5 | (bytes == 2   ? DATA_INFO_1
                                  : bytes == 3 ? DATA_INFO_2
                                  : bytes == 5 ? DATA_INFO_4
                                               : DATA_INFO_8));
    for (unsigned i = bytes - 1; i > 0; i--, argument >>= 8)
        to[i] = (uint8_t)argument;
    return to + bytes;
}

/* One value: a tag if there is one, the head, and `len` bytes after it. */
static void put(viv_writer *writer, uint64_t tag, unsigned major,
                uint64_t argument, const void *bytes, size_t len)
{
    size_t heads = head_bytes(argument) + (tag != NO_TAG ? head_bytes(tag) : 0);
    uint8_t *to = NULL;

    if (len > PTRDIFF_MAX - heads)
        fail(writer, VIV_ENOMEM, "more bytes than the value may have");
    else
        to = begin(writer, heads + len);
    if (to == NULL)
        return;
    if (tag != NO_TAG)
        to = put_head(to, DATA_MAJOR_TAG, tag);
    to = put_head(to, major, argument);
    if (len > 0)
        memcpy(to, bytes, len);
}

void data_write_none(viv_writer *writer)
{
    put(writer, NO_TAG, DATA_MAJOR_SIMPLE, DATA_NULL & 0x1f, NULL, 0);
}

void data_write_bool(viv_writer *writer, int value)
{
    put(writer, NO_TAG, DATA_MAJOR_SIMPLE,
        (value ? DATA_TRUE : DATA_FALSE) & 0x1f, NULL, 0);
}

void data_write_int_long(viv_writer *writer, int64_t value)
{
    if (value < 0)
        put(writer, NO_TAG, DATA_MAJOR_NEGATIVE, (uint64_t)(-1 - value), NULL,
            0);
    else
        put(writer, NO_TAG, DATA_MAJOR_UNSIGNED, (uint64_t)value, NULL, 0);
}

void data_write_big(viv_writer *writer, int negative, const void *magnitude,
                    size_t len)
{
    const uint8_t *bytes = magnitude;
    uint64_t value = 0;

    while (len > 0 && *bytes == 0)
        bytes++, len--;
    if (len > 8) {
        put(writer, negative ? DATA_TAG_NEGATIVE : DATA_TAG_POSITIVE,
            DATA_MAJOR_BYTES, len, bytes, len);
        return;
    }
    for (size_t i = 0; i < len; i++)
        value = value << 8 | bytes[i];
    put(writer, NO_TAG, negative ? DATA_MAJOR_NEGATIVE : DATA_MAJOR_UNSIGNED,
        value, NULL, 0);
}

/* Of all that is not a number only one goes out, lest it carry along bits that
 * nobody meant to send. */
void data_write_float(viv_writer *writer, double value)
{
    uint64_t bits = UINT64_C(0x7ff8000000000000);
    uint8_t *to = begin(writer, HEAD_BYTES_MAX);

    if (to == NULL)
        return;
    if (value == value)
        memcpy(&bits, &value, sizeof(bits));
    to[0] = DATA_FLOAT_8;
    for (unsigned i = 8; i > 0; i--, bits >>= 8)
        to[i] = (uint8_t)bits;
}

void data_write_text(viv_writer *writer, const char *text, size_t len)
{
    if (base_utf8_is_valid((const uint8_t *)text, len))
        put(writer, NO_TAG, DATA_MAJOR_TEXT, len, text, len);
    else
        fail(writer, VIV_EINVAL, "text that is not UTF-8");
}

void data_write_bytes(viv_writer *writer, const void *bytes, size_t len)
{
    put(writer, NO_TAG, DATA_MAJOR_BYTES, len, bytes, len);
}

/* A head, and `each` values for one of `count`: at least as many bytes. */
static void container(viv_writer *writer, uint64_t tag, unsigned major,
                      size_t count, size_t each)
{
    size_t left;

    put(writer, tag, major, count, NULL, 0);
    if (writer->code != 0)
        return;
    left = writer->max - writer->len;
    if (writer->owed > left || count > (left - writer->owed) / each)
        fail(writer, VIV_ENOMEM, "more bytes than the value may have");
    else
        writer->owed += count * each;
}

void data_write_list(viv_writer *writer, size_t count)
{
    container(writer, NO_TAG, DATA_MAJOR_ARRAY, count, 1);
}

void data_write_tuple(viv_writer *writer, size_t count)
{
    container(writer, DATA_TAG_TUPLE, DATA_MAJOR_ARRAY, count, 1);
}

void data_write_set(viv_writer *writer, size_t count)
{
    container(writer, DATA_TAG_SET, DATA_MAJOR_ARRAY, count, 1);
}

void data_write_frozenset(viv_writer *writer, size_t count)
{
    container(writer, DATA_TAG_FROZENSET, DATA_MAJOR_ARRAY, count, 1);
}

void data_write_dict(viv_writer *writer, size_t pair_count)
{
    container(writer, NO_TAG, DATA_MAJOR_MAP, pair_count, 2);
}

void data_write_datetime(viv_writer *writer, const char *text, size_t len)
{
    struct data_time time;

    if (data_time_parse(VIV_DATA_DATETIME, text, len, &time))
        put(writer,
            data_time_is_rfc3339(&time) ? DATA_TAG_DATETIME : DATA_TAG_PLAIN,
            DATA_MAJOR_TEXT, len, text, len);
    else
        fail(writer, VIV_EINVAL, "text that is no datetime");
}

void data_write_date(viv_writer *writer, const char *text, size_t len)
{
    struct data_time time;

    if (data_time_parse(VIV_DATA_DATE, text, len, &time))
        put(writer, DATA_TAG_DATE, DATA_MAJOR_TEXT, len, text, len);
    else
        fail(writer, VIV_EINVAL, "text that is no date");
}

void data_write_time(viv_writer *writer, const char *text, size_t len)
{
    struct data_time time;

    if (data_time_parse(VIV_DATA_TIME, text, len, &time))
        put(writer, DATA_TAG_TIME, DATA_MAJOR_TEXT, len, text, len);
    else
        fail(writer, VIV_EINVAL, "text that is no time");
}

/* Make `*low` less than `unit` and not negative, by what goes to `*high`; false
 * if that does not fit. */
static bool carry(int64_t *high, int64_t *low, int64_t unit)
{
    int64_t whole = *low / unit;

    *low %= unit;
    if (*low < 0) {
        *low += unit;
        whole--;
    }
    return !__builtin_add_overflow(*high, whole, high);
}

static uint8_t *put_integer(uint8_t *to, int64_t value)
{
    return value < 0 ? put_head(to, DATA_MAJOR_NEGATIVE, (uint64_t)(-1 - value))
                     : put_head(to, DATA_MAJOR_UNSIGNED, (uint64_t)value);
}

void data_write_timedelta(viv_writer *writer, int64_t days, int64_t seconds,
                          int64_t microseconds)
{
    uint8_t bytes[5 * HEAD_BYTES_MAX];
    uint8_t *to = bytes;

    if (!carry(&seconds, &microseconds, DATA_TIME_SECOND) ||
        !carry(&days, &seconds, DATA_TIME_DAY) ||
        !data_time_is_delta(days, seconds, microseconds)) {
        fail(writer, VIV_EINVAL, "a timedelta that Python does not have");
        return;
    }
    to = put_head(to, DATA_MAJOR_TAG, DATA_TAG_TIMEDELTA);
    to = put_head(to, DATA_MAJOR_ARRAY, 3);
    to = put_integer(to, days);
    to = put_integer(to, seconds);
    to = put_integer(to, microseconds);
    data_write_value(writer, bytes, (size_t)(to - bytes));
}

void data_write_value(viv_writer *writer, const void *bytes, size_t len)
{
    uint8_t *to;

    if (len == 0)
        fail(writer, VIV_EINVAL, "nothing where a value should be");
    to = begin(writer, len);
    if (to != NULL)
        memcpy(to, bytes, len);
}

int data_write_end(viv_writer *writer, const void **ret_bytes, size_t *ret_len,
                   viv_error *err)
{
    if (writer->code != 0)
        return base_error(err, writer->code, "%s at byte %zu", writer->fault,
                          writer->len);
    if (writer->owed > 0)
        return base_error(err, VIV_EINVAL,
                          "too few values (%zu missing) at byte %zu",
                          writer->owed, writer->len);
    *ret_bytes = writer->bytes;
    *ret_len = writer->len;
    return 0;
}
