/* data_text_parts.h - how Python prints each kind of value that has no others
 * in it.
 *
 * Floor 1.  For data_text.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DATA_TEXT_PARTS_H
#define DATA_TEXT_PARTS_H

#include "base/base_text.h"
#include "data/data_format.h"

/* The longest magnitude that is printed in decimal: such have at most 4,300
 * digits, which is where Python itself stops, because the time that it takes
 * grows with the square. */
#define DATA_TEXT_DECIMAL_BYTES_MAX 1785

/* The digits of the shortest text that reads back as the same number. */
void data_text_float(struct base_text *out, double value);

/* The fields of a viv_item. */
void data_text_int(struct base_text *out, int64_t value);
void data_text_big(struct base_text *out, int negative, const char *bytes,
                   size_t len);

/* With quotes, and escaped: what would move the cursor, change the direction or
 * look like a space; of the text, what Unicode has no character for, too. */
void data_text_string(struct base_text *out, const char *text, size_t len);
void data_text_bytes(struct base_text *out, const char *bytes, size_t len);

/* As constructors: the item is one of DATETIME, DATE, TIME, TIMEDELTA. */
void data_text_time(struct base_text *out, const viv_item *item);

#endif /* DATA_TEXT_PARTS_H */
