/* base_read.c - a cursor over bytes that nobody trusts.
 *
 * SECURITY.  The bytes come from whoever wrote the file.  Each read compares
 * with `end` first; lengths are compared with what is left and never added to
 * a pointer before that.  What a read returns is any number of its type: the
 * caller checks it before use.
 *
 * Invariants
 *   1. start <= at <= end
 *   2. status != BASE_READ_OK implies at == end
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_read.h"

#include "base/base_check.h"

void base_read_init(struct base_read *read, const uint8_t *bytes, size_t len,
                    uint64_t origin)
{
    static const uint8_t nothing[1];

    CHECK(bytes != NULL || len == 0);
    if (bytes == NULL)
        bytes = nothing;
    read->at = bytes;
    read->end = bytes + len;
    read->start = bytes;
    read->origin = origin;
    read->status = BASE_READ_OK;
}

void base_read_fail(struct base_read *read, enum base_read_status status)
{
    CHECK(status != BASE_READ_OK);
    if (read->status == BASE_READ_OK)
        read->status = status;
    read->end = read->at;
}

const uint8_t *base_read_bytes(struct base_read *read, size_t len)
{
    const uint8_t *bytes = read->at;

    if (read->status != BASE_READ_OK || len > base_read_left(read)) {
        base_read_fail(read, BASE_READ_END);
        return NULL;
    }
    read->at += len;
    return bytes;
}

static uint64_t little_endian(struct base_read *read, unsigned len)
{
    const uint8_t *bytes = base_read_bytes(read, len);
    uint64_t value = 0;

    if (bytes == NULL)
        return 0;
    for (unsigned i = 0; i < len; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

uint32_t base_read_u32le(struct base_read *read)
{
    return (uint32_t)little_endian(read, 4);
}

uint64_t base_read_u64le(struct base_read *read)
{
    return little_endian(read, 8);
}

/* Do the bits of the last byte that the type has no room for say nothing?
 * `room` is how many of its seven the type has left, 1 to 6. */
static bool is_padding(uint8_t byte, unsigned room, bool is_signed)
{
    unsigned payload = byte & 0x7f;
    unsigned ones = 0x7fu >> (is_signed ? room - 1 : room);
    unsigned rest = is_signed ? payload >> (room - 1) : payload >> room;

    return rest == 0 || (is_signed && rest == ones);
}

uint64_t base_read_leb_slow(struct base_read *read, unsigned bits,
                            bool is_signed)
{
    const uint8_t *at = read->at;
    uint64_t value = 0;
    unsigned shift = 0;
    uint8_t byte;

    do {
        if (at == read->end) {
            base_read_fail(read, BASE_READ_END);
            return 0;
        }
        byte = *at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (bits - shift < 7) {
            if (byte & 0x80) {
                base_read_fail(read, BASE_READ_LONG);
                return 0;
            }
            if (!is_padding(byte, bits - shift, is_signed)) {
                base_read_fail(read, BASE_READ_LARGE);
                return 0;
            }
        }
        shift += 7;
    } while (byte & 0x80);

    read->at = at;
    if (is_signed && (byte & 0x40) && shift < 64)
        value |= ~0ull << shift;
    return value;
}

uint64_t base_read_leb_u64(struct base_read *read)
{
    return base_read_leb_slow(read, 64, false);
}

int64_t base_read_leb_s33(struct base_read *read)
{
    return (int64_t)base_read_leb_slow(read, 33, true);
}

int64_t base_read_leb_s64(struct base_read *read)
{
    return (int64_t)base_read_leb_slow(read, 64, true);
}

const char *base_read_text(enum base_read_status status)
{
    switch (status) {
    case BASE_READ_OK:
        return "no error";
    case BASE_READ_END:
        return "unexpected end";
    case BASE_READ_LONG:
        return "integer representation too long";
    case BASE_READ_LARGE:
        return "integer too large";
    }
    UNREACHABLE("an unknown status");
}
