/* data_read.h - bytes, item by item.
 *
 * Floor 1.  vivarium.h has the manual: these are viv_reader_init(), viv_read()
 * and viv_read_skip().  No recursion, no memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DATA_READ_H
#define DATA_READ_H

#include "data/data_format.h"

static inline void data_read_init(viv_reader *reader, const void *bytes,
                                  size_t len);
static inline int data_read(viv_reader *reader, viv_item *ret_item,
                            viv_error *err);
int data_read_skip(viv_reader *reader, viv_error *err);

/* How many values follow that belong to `item`.  Cannot overflow: the bytes
 * that were left were at least as many. */
static inline size_t data_read_children(const viv_item *item);

/* Refuse what is at `at`: VIV_EFORMAT, and a sentence that ends with the place.
 */
int data_read_refuse(const viv_reader *reader, const uint8_t *at,
                     viv_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5), cold));

/* Inline is what messages have most, small integers; this is the rest. */
int data_read_other(viv_reader *reader, viv_item *ret_item, viv_error *err);

static inline void data_read_init(viv_reader *reader, const void *bytes,
                                  size_t len)
{
    static const uint8_t nothing[1];

    reader->start = bytes != NULL ? (const uint8_t *)bytes : nothing;
    reader->at = reader->start;
    reader->end = reader->start + (bytes != NULL ? len : 0);
}

static inline int data_read(viv_reader *reader, viv_item *ret_item,
                            viv_error *err)
{
    if (reader->at < reader->end && *reader->at <= DATA_INFO_INLINE_MAX) {
        ret_item->kind = VIV_DATA_INT;
        ret_item->integer = *reader->at++;
        return 0;
    }
    return data_read_other(reader, ret_item, err);
}

static inline size_t data_read_children(const viv_item *item)
{
    if (item->kind < VIV_DATA_LIST || item->kind > VIV_DATA_DICT)
        return 0;
    return item->kind == VIV_DATA_DICT ? 2 * item->count : item->count;
}

#endif /* DATA_READ_H */
