/* base_read.h - a cursor over bytes that nobody trusts.
 *
 * Floor 0.  Never reads past the end.  The first failure sticks: every later
 * read gives 0 and the cursor stays where the thing that failed begins, with
 * nothing left; so a caller may read a few things and ask once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_READ_H
#define BASE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum base_read_status {
    BASE_READ_OK = 0,
    BASE_READ_END,  /* the bytes ended */
    BASE_READ_LONG, /* a LEB128 with more bytes than its type allows */
    BASE_READ_LARGE /* a LEB128 whose value does not fit its type */
};

struct base_read {
    const uint8_t *at;
    const uint8_t *end;
    const uint8_t *start;
    uint64_t origin; /* offset of `start` in the file, for messages */
    enum base_read_status status;
};

void base_read_init(struct base_read *read, const uint8_t *bytes, size_t len,
                    uint64_t origin);

/* Bytes left; the offset in the file of the next one. */
static inline size_t base_read_left(const struct base_read *read);
static inline uint64_t base_read_offset(const struct base_read *read);

static inline uint8_t base_read_u8(struct base_read *read);
uint32_t base_read_u32le(struct base_read *read);
uint64_t base_read_u64le(struct base_read *read);

/* LEB128, as WebAssembly restricts it: at most ceil(bits / 7) bytes, unused
 * bits of the last byte zero or a copy of the sign. */
static inline uint32_t base_read_leb_u32(struct base_read *read);
static inline int32_t base_read_leb_s32(struct base_read *read);
uint64_t base_read_leb_u64(struct base_read *read);
int64_t base_read_leb_s33(struct base_read *read);
int64_t base_read_leb_s64(struct base_read *read);

/* `len` bytes, borrowed; NULL if there are fewer. */
const uint8_t *base_read_bytes(struct base_read *read, size_t len);

/* End it for a reason of the caller's: as if the next read had failed. */
void base_read_fail(struct base_read *read, enum base_read_status status);

/* In one phrase, such as "unexpected end". */
const char *base_read_text(enum base_read_status status);

/* What follows is inline because decoders live on it: nearly all numbers in
 * code fit one byte.  A cursor that has failed has nothing left, so one
 * comparison serves both. */

uint64_t base_read_leb_slow(struct base_read *read, unsigned bits,
                            bool is_signed);

static inline size_t base_read_left(const struct base_read *read)
{
    return (size_t)(read->end - read->at);
}

static inline uint64_t base_read_offset(const struct base_read *read)
{
    return read->origin + (uint64_t)(read->at - read->start);
}

static inline uint8_t base_read_u8(struct base_read *read)
{
    if (__builtin_expect(read->at < read->end, 1))
        return *read->at++;
    base_read_fail(read, BASE_READ_END);
    return 0;
}

static inline uint32_t base_read_leb_u32(struct base_read *read)
{
    if (__builtin_expect(read->at < read->end && *read->at < 0x80, 1))
        return *read->at++;
    return (uint32_t)base_read_leb_slow(read, 32, false);
}

static inline int32_t base_read_leb_s32(struct base_read *read)
{
    if (__builtin_expect(read->at < read->end && *read->at < 0x80, 1))
        return (int32_t)((uint32_t)*read->at++ << 25) >> 25;
    return (int32_t)base_read_leb_slow(read, 32, true);
}

#endif /* BASE_READ_H */
