/* data_format.h - the numbers of CBOR, and our tags.
 *
 * Floor 1.  Everything in src/data is plain C11 on top of libc: it is compiled
 * into the library, and into the guest.  docs/internals/data.md has the table
 * of what is written how.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DATA_FORMAT_H
#define DATA_FORMAT_H

#include "vivarium.h"

/* The three upper bits of the byte that an item begins with. */
enum {
    DATA_MAJOR_UNSIGNED = 0,
    DATA_MAJOR_NEGATIVE = 1, /* -1 - what it says */
    DATA_MAJOR_BYTES = 2,
    DATA_MAJOR_TEXT = 3,
    DATA_MAJOR_ARRAY = 4,
    DATA_MAJOR_MAP = 5,
    DATA_MAJOR_TAG = 6,
    DATA_MAJOR_SIMPLE = 7
};

/* The five lower bits: a number up to 23, or how many bytes it follows in. */
enum {
    DATA_INFO_INLINE_MAX = 23,
    DATA_INFO_1 = 24,
    DATA_INFO_2 = 25,
    DATA_INFO_4 = 26,
    DATA_INFO_8 = 27,
    DATA_INFO_INDEFINITE = 31
};

/* Whole first bytes of the major type 7. */
enum {
    DATA_FALSE = 0xf4,
    DATA_TRUE = 0xf5,
    DATA_NULL = 0xf6,
    DATA_UNDEFINED = 0xf7,
    DATA_FLOAT_2 = 0xf9,
    DATA_FLOAT_4 = 0xfa,
    DATA_FLOAT_8 = 0xfb,
    DATA_BREAK = 0xff
};

/* Tags: the first five are registered with IANA, the others are ours, from the
 * range where whoever comes first is served.  They spell "viv", and a number.
 */
#define DATA_TAG_DATETIME  UINT64_C(0) /* text of RFC 3339, as of RFC 8949 */
#define DATA_TAG_POSITIVE  UINT64_C(2)
#define DATA_TAG_NEGATIVE  UINT64_C(3)
#define DATA_TAG_SET       UINT64_C(258)
#define DATA_TAG_DATE      UINT64_C(1004)
#define DATA_TAG_TUPLE     UINT64_C(0x76697601)
#define DATA_TAG_FROZENSET UINT64_C(0x76697602)
#define DATA_TAG_PLAIN     UINT64_C(0x76697603) /* datetime, not of RFC 3339 */
#define DATA_TAG_TIME      UINT64_C(0x76697604)
#define DATA_TAG_TIMEDELTA UINT64_C(0x76697605)

#endif /* DATA_FORMAT_H */
