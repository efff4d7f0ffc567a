/* data_read.c - bytes, item by item.
 *
 * SECURITY.  The bytes are a guest's.  A length or count is compared with what
 * is left before anything is done with it; each value takes at least one byte,
 * so a count is never larger than the bytes that follow.  Of an item that is
 * refused nothing is written to the caller.
 *
 * Invariants
 *   1. start <= at <= end
 *   2. After a failure the reader is as it was.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "data/data_read.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/base_error.h"
#include "base/base_utf8.h"
#include "data/data_time.h"

/* One item that is being read: where it begins is the reader's `at`, which
 * moves when all of it was good. */
struct parse {
    const viv_reader *reader;
    const uint8_t *at;
    viv_item *item;
    viv_error *err;
};

struct head {
    unsigned major;
    unsigned info;
    uint64_t argument;
};

#define REFUSE(parse, ...)                                                     \
    data_read_refuse((parse)->reader, (parse)->reader->at, (parse)->err,       \
                     __VA_ARGS__)

int data_read_refuse(const viv_reader *reader, const uint8_t *at,
                     viv_error *err, const char *format, ...)
{
    char text[sizeof(err->text) / 2];
    va_list args;

    if (err == NULL)
        return VIV_EFORMAT;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return base_error(err, VIV_EFORMAT, "%s at byte %zu", text,
                      (size_t)(at - reader->start));
}

static size_t left(const struct parse *parse)
{
    return (size_t)(parse->reader->end - parse->at);
}

static uint64_t big_endian(const uint8_t *bytes, size_t len)
{
    uint64_t value = 0;

    for (size_t i = 0; i < len; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* The first byte, and the number in it or in the bytes after it. */
static int read_head(struct parse *parse, struct head *ret_head)
{
    unsigned first, info;
    size_t len;

    if (left(parse) == 0)
        return REFUSE(parse, "the value is cut off");
    first = *parse->at++;
    info = first & 0x1f;
    *ret_head = (struct head){first >> 5, info, info};
    if (info <= DATA_INFO_INLINE_MAX)
        return 0;
    if (info == DATA_INFO_INDEFINITE)
        return first == DATA_BREAK
                   ? REFUSE(parse, "the end of an indefinite length")
                   : REFUSE(parse, "an indefinite length");
    if (info > DATA_INFO_8)
        return REFUSE(parse, "the byte 0x%02x begins no value", first);

    len = (size_t)1 << (info - DATA_INFO_1);
    if (len > left(parse))
        return REFUSE(parse, "the value is cut off");
    ret_head->argument = big_endian(parse->at, len);
    parse->at += len;
    return 0;
}

/* The integer whose magnitude `n` are the eight bytes before `end`, if it needs
 * that many. */
static int take_integer(struct parse *parse, bool negative, uint64_t n,
                        const uint8_t *end)
{
    if (n <= INT64_MAX) {
        parse->item->kind = VIV_DATA_INT;
        parse->item->integer = negative ? -1 - (int64_t)n : (int64_t)n;
        return 0;
    }
    parse->item->kind = VIV_DATA_BIG;
    parse->item->negative = negative;
    parse->item->bytes = (const char *)end - 8;
    parse->item->len = 8;
    return 0;
}

/* Borrow the bytes that `head` announces. */
static int take_string(struct parse *parse, const struct head *head,
                       const uint8_t **ret_bytes)
{
    if (head->argument > left(parse))
        return REFUSE(parse, "%llu bytes are announced and %zu are left",
                      (unsigned long long)head->argument, left(parse));
    *ret_bytes = parse->at;
    parse->at += head->argument;
    return 0;
}

static int take_bytes(struct parse *parse, const struct head *head)
{
    const uint8_t *bytes = NULL;
    bool is_text = head->major == DATA_MAJOR_TEXT;
    int code = take_string(parse, head, &bytes);

    if (code < 0)
        return code;
    if (is_text && !base_utf8_is_valid(bytes, (size_t)head->argument))
        return REFUSE(parse, "text that is not UTF-8");
    parse->item->kind = is_text ? VIV_DATA_TEXT : VIV_DATA_BYTES;
    parse->item->bytes = (const char *)bytes;
    parse->item->len = (size_t)head->argument;
    return 0;
}

static int take_container(struct parse *parse, const struct head *head,
                          uint32_t kind)
{
    uint64_t count = head->argument;
    size_t max = kind == VIV_DATA_DICT ? left(parse) / 2 : left(parse);

    if (count > max)
        return REFUSE(parse, "a count of %llu, and %zu bytes are left",
                      (unsigned long long)count, left(parse));
    parse->item->kind = kind;
    parse->item->count = (size_t)count;
    return 0;
}

/* What follows a tag, which must be of this major type. */
static int read_tagged(struct parse *parse, unsigned major,
                       struct head *ret_head)
{
    static const char *const names[] = {"", "", "bytes", "text", "an array"};
    int code = read_head(parse, ret_head);

    if (code < 0)
        return code;
    return ret_head->major == major
               ? 0
               : REFUSE(parse, "a tag that is not on %s", names[major]);
}

/* Zeros at the front are allowed by the RFC, and so is the tag on a number that
 * would do without. */
static int take_big(struct parse *parse, bool negative)
{
    struct head head;
    const uint8_t *bytes = NULL;
    size_t len;
    int code = read_tagged(parse, DATA_MAJOR_BYTES, &head);

    if (code == 0)
        code = take_string(parse, &head, &bytes);
    if (code < 0)
        return code;
    len = (size_t)head.argument;
    while (len > 0 && *bytes == 0)
        bytes++, len--;
    if (len <= 8)
        return take_integer(parse, negative, big_endian(bytes, len), parse->at);
    parse->item->kind = VIV_DATA_BIG;
    parse->item->negative = negative;
    parse->item->bytes = (const char *)bytes;
    parse->item->len = len;
    return 0;
}

static int take_time(struct parse *parse, uint32_t kind, bool is_plain)
{
    static const char *const names[] = {"datetime", "date", "time"};
    struct head head;
    struct data_time time;
    const uint8_t *bytes = NULL;
    int code = read_tagged(parse, DATA_MAJOR_TEXT, &head);

    if (code == 0)
        code = take_string(parse, &head, &bytes);
    if (code < 0)
        return code;
    if (!data_time_parse(kind, (const char *)bytes, (size_t)head.argument,
                         &time))
        return REFUSE(parse, "text that is no %s",
                      names[kind - VIV_DATA_DATETIME]);
    if (kind == VIV_DATA_DATETIME && data_time_is_rfc3339(&time) == is_plain)
        return REFUSE(parse, "a datetime under the wrong tag");
    parse->item->kind = kind;
    parse->item->bytes = (const char *)bytes;
    parse->item->len = (size_t)head.argument;
    return 0;
}

static int read_small(struct parse *parse, int64_t *ret_value)
{
    struct head head;
    int code = read_head(parse, &head);

    if (code < 0)
        return code;
    if (head.major > DATA_MAJOR_NEGATIVE || head.argument > INT32_MAX)
        return REFUSE(parse, "a timedelta that Python does not have");
    *ret_value = head.major == DATA_MAJOR_NEGATIVE ? -1 - (int64_t)head.argument
                                                   : (int64_t)head.argument;
    return 0;
}

static int take_timedelta(struct parse *parse)
{
    struct head head;
    int64_t parts[3] = {0};
    int code = read_tagged(parse, DATA_MAJOR_ARRAY, &head);

    if (code == 0 && head.argument != 3)
        return REFUSE(parse, "a timedelta of other than three numbers");
    for (int i = 0; i < 3 && code == 0; i++)
        code = read_small(parse, &parts[i]);
    if (code < 0)
        return code;
    if (!data_time_is_delta(parts[0], parts[1], parts[2]))
        return REFUSE(parse, "a timedelta that Python does not have");
    parse->item->kind = VIV_DATA_TIMEDELTA;
    parse->item->integer = parts[0];
    parse->item->seconds = (uint32_t)parts[1];
    parse->item->microseconds = (uint32_t)parts[2];
    return 0;
}

static int take_tagged_array(struct parse *parse, uint32_t kind)
{
    struct head head;
    int code = read_tagged(parse, DATA_MAJOR_ARRAY, &head);

    return code < 0 ? code : take_container(parse, &head, kind);
}

static int take_tag(struct parse *parse, uint64_t tag)
{
    switch (tag) {
    case DATA_TAG_POSITIVE:
    case DATA_TAG_NEGATIVE:
        return take_big(parse, tag == DATA_TAG_NEGATIVE);
    case DATA_TAG_TUPLE:
        return take_tagged_array(parse, VIV_DATA_TUPLE);
    case DATA_TAG_SET:
        return take_tagged_array(parse, VIV_DATA_SET);
    case DATA_TAG_FROZENSET:
        return take_tagged_array(parse, VIV_DATA_FROZENSET);
    case DATA_TAG_DATETIME:
    case DATA_TAG_PLAIN:
        return take_time(parse, VIV_DATA_DATETIME, tag == DATA_TAG_PLAIN);
    case DATA_TAG_DATE:
        return take_time(parse, VIV_DATA_DATE, false);
    case DATA_TAG_TIME:
        return take_time(parse, VIV_DATA_TIME, false);
    case DATA_TAG_TIMEDELTA:
        return take_timedelta(parse);
    default:
        return REFUSE(parse, "the unknown tag %llu", (unsigned long long)tag);
    }
}

/* IEEE 754: five bits of exponent, ten of fraction. */
static double from_half(uint64_t bits)
{
    unsigned exponent = bits >> 10 & 0x1f;
    double fraction = (double)(bits & 0x3ff) / 1024;
    double value;

    if (exponent == 0)
        value = fraction / 16384;
    else if (exponent < 31)
        value = (1 + fraction) * (double)(UINT64_C(1) << exponent) / 32768;
    else
        value = fraction > 0 ? __builtin_nan("") : __builtin_inf();
    return bits >> 15 ? -value : value;
}

static double from_single(uint64_t bits)
{
    uint32_t word = (uint32_t)bits;
    float value;

    memcpy(&value, &word, sizeof(value));
    return value;
}

static double from_double(uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

static int take_simple(struct parse *parse, const struct head *head)
{
    viv_item *item = parse->item;

    switch (DATA_MAJOR_SIMPLE << 5 | head->info) {
    case DATA_FALSE:
    case DATA_TRUE:
        item->kind = VIV_DATA_BOOL;
        item->integer = head->info == (DATA_TRUE & 0x1f);
        return 0;
    case DATA_NULL:
        item->kind = VIV_DATA_NONE;
        return 0;
    case DATA_FLOAT_2:
        item->real = from_half(head->argument);
        break;
    case DATA_FLOAT_4:
        item->real = from_single(head->argument);
        break;
    case DATA_FLOAT_8:
        item->real = from_double(head->argument);
        break;
    case DATA_UNDEFINED:
        return REFUSE(parse, "the value 'undefined'");
    default:
        return REFUSE(parse, "the simple value %llu",
                      (unsigned long long)head->argument);
    }
    item->kind = VIV_DATA_FLOAT;
    return 0;
}

static int take_item(struct parse *parse, const struct head *head)
{
    switch (head->major) {
    case DATA_MAJOR_UNSIGNED:
    case DATA_MAJOR_NEGATIVE:
        return take_integer(parse, head->major == DATA_MAJOR_NEGATIVE,
                            head->argument, parse->at);
    case DATA_MAJOR_BYTES:
    case DATA_MAJOR_TEXT:
        return take_bytes(parse, head);
    case DATA_MAJOR_ARRAY:
        return take_container(parse, head, VIV_DATA_LIST);
    case DATA_MAJOR_MAP:
        return take_container(parse, head, VIV_DATA_DICT);
    case DATA_MAJOR_TAG:
        return take_tag(parse, head->argument);
    default:
        return take_simple(parse, head);
    }
}

int data_read_other(viv_reader *reader, viv_item *ret_item, viv_error *err)
{
    struct parse parse = {reader, reader->at, ret_item, err};
    struct head head;
    int code;

    if (reader->at == reader->end)
        return base_error(err, VIV_ENOTFOUND, "there is nothing at byte %zu",
                          (size_t)(reader->at - reader->start));
    code = read_head(&parse, &head);
    if (code == 0)
        code = take_item(&parse, &head);
    if (code == 0)
        reader->at = parse.at;
    return code;
}

/* Each value that is owed takes at least a byte: a count that cannot be is seen
 * before its values are, and the sum cannot overflow. */
int data_read_skip(viv_reader *reader, viv_error *err)
{
    viv_reader inside = *reader;
    size_t owed = 1;
    viv_item item;

    while (owed > 0) {
        int code = data_read(&inside, &item, err);
        if (code < 0)
            return code;
        owed += data_read_children(&item);
        owed--;
        if (owed > (size_t)(inside.end - inside.at))
            return data_read_refuse(reader, reader->at, err,
                                    "the value is cut off");
    }
    reader->at = inside.at;
    return 0;
}
