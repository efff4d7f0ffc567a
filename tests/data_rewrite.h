/* data_rewrite.h - read a value and write it again, for unit tests and fuzzer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DATA_REWRITE_H
#define DATA_REWRITE_H

#include "data/data_read.h"
#include "data/data_write.h"

/* What has no other values in it. */
static inline void data_rewrite_plain(viv_writer *writer, const viv_item *item)
{
    switch (item->kind) {
    case VIV_DATA_NONE:
        data_write_none(writer);
        break;
    case VIV_DATA_BOOL:
        data_write_bool(writer, (int)item->integer);
        break;
    case VIV_DATA_INT:
        data_write_int(writer, item->integer);
        break;
    case VIV_DATA_BIG:
        data_write_big(writer, (int)item->negative, item->bytes, item->len);
        break;
    case VIV_DATA_FLOAT:
        data_write_float(writer, item->real);
        break;
    case VIV_DATA_TEXT:
        data_write_text(writer, item->bytes, item->len);
        break;
    case VIV_DATA_BYTES:
        data_write_bytes(writer, item->bytes, item->len);
        break;
    case VIV_DATA_DATETIME:
        data_write_datetime(writer, item->bytes, item->len);
        break;
    case VIV_DATA_DATE:
        data_write_date(writer, item->bytes, item->len);
        break;
    case VIV_DATA_TIME:
        data_write_time(writer, item->bytes, item->len);
        break;
    case VIV_DATA_TIMEDELTA:
        data_write_timedelta(writer, item->integer, item->seconds,
                             item->microseconds);
        break;
    }
}

static inline void data_rewrite_item(viv_writer *writer, const viv_item *item)
{
    switch (item->kind) {
    case VIV_DATA_LIST:
        data_write_list(writer, item->count);
        break;
    case VIV_DATA_TUPLE:
        data_write_tuple(writer, item->count);
        break;
    case VIV_DATA_SET:
        data_write_set(writer, item->count);
        break;
    case VIV_DATA_FROZENSET:
        data_write_frozenset(writer, item->count);
        break;
    case VIV_DATA_DICT:
        data_write_dict(writer, item->count);
        break;
    default:
        data_rewrite_plain(writer, item);
    }
}

/* All items up to the end of the bytes.  Returns what data_read() last did:
 * VIV_ENOTFOUND if all is well. */
static inline int data_rewrite(viv_writer *writer, const void *bytes,
                               size_t len)
{
    viv_reader reader;
    viv_item item;
    int code;

    data_read_init(&reader, bytes, len);
    while ((code = data_read(&reader, &item, NULL)) == 0)
        data_rewrite_item(writer, &item);
    return code;
}

#endif /* DATA_REWRITE_H */
