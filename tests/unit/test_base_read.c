/* test_base_read.c - the cursor over bytes that nobody trusts.
 *
 * LEB128 is tested against an encoder written from the definition, at the
 * borders of each type and at random, and by every byte string of length two.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include "base/base_read.h"

enum kind { U32, U64, S32, S33, S64, KINDS };

static const unsigned bits_of[KINDS] = {32, 64, 32, 33, 64};

static uint64_t read_kind(struct base_read *read, enum kind kind)
{
    switch (kind) {
    case U32:
        return base_read_leb_u32(read);
    case U64:
        return base_read_leb_u64(read);
    case S32:
        return (uint64_t)(int64_t)base_read_leb_s32(read);
    case S33:
        return (uint64_t)base_read_leb_s33(read);
    default:
        return (uint64_t)base_read_leb_s64(read);
    }
}

/* Encode in exactly `len` bytes. */
static void encode(uint64_t value, int is_signed, size_t len, uint8_t *to)
{
    for (size_t i = 0; i < len; i++) {
        to[i] = (uint8_t)((value & 0x7f) | (i + 1 < len ? 0x80 : 0));
        value = is_signed ? (uint64_t)((int64_t)value >> 7) : value >> 7;
    }
}

static int fits(uint64_t value, int is_signed, size_t len)
{
    if (len >= 10)
        return 1;
    if (is_signed) {
        int64_t rest = (int64_t)value >> (7 * len - 1);
        return rest == 0 || rest == -1;
    }
    return value >> (7 * len) == 0;
}

/* In all lengths that the type allows, and in one that it does not. */
static void round_trip(uint64_t value, enum kind kind)
{
    int is_signed = kind >= S32;
    size_t longest = (bits_of[kind] + 6) / 7;
    uint8_t bytes[16];
    struct base_read read;

    for (size_t len = 1; len <= longest + 1; len++) {
        if (!fits(value, is_signed, len))
            continue;
        encode(value, is_signed, len, bytes);
        base_read_init(&read, bytes, len, 0);
        if (len <= longest) {
            EXPECT_EQ_INT(read_kind(&read, kind), value);
            EXPECT_EQ_INT(read.status, BASE_READ_OK);
            EXPECT_EQ_INT(base_read_left(&read), 0);
        } else {
            EXPECT_EQ_INT(read_kind(&read, kind), 0);
            EXPECT_EQ_INT(read.status, BASE_READ_LONG);
        }
        for (size_t cut = 0; cut < len && len <= longest; cut++) {
            base_read_init(&read, bytes, cut, 0);
            EXPECT_EQ_INT(read_kind(&read, kind), 0);
            EXPECT_EQ_INT(read.status, BASE_READ_END);
            EXPECT_EQ_INT(base_read_offset(&read), 0);
        }
    }
}

/* `value` as the type holds it. */
static uint64_t wrap(uint64_t value, enum kind kind)
{
    unsigned unused = 64 - bits_of[kind];

    if (kind >= S32)
        return (uint64_t)((int64_t)(value << unused) >> unused);
    return value << unused >> unused;
}

TEST(leb128_comes_back_in_all_its_lengths)
{
    uint64_t random = 88172645463325252ull;

    for (int kind = 0; kind < KINDS; kind++) {
        for (int bit = 0; bit < 64; bit++) {
            for (int near = -2; near <= 2; near++)
                round_trip(wrap((1ull << bit) + (uint64_t)near, kind), kind);
        }
        for (int i = 0; i < 20000; i++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            round_trip(wrap(random >> (random & 63), kind), kind);
        }
    }
}

/* All last bytes of the longest form: those whose unused bits are no copy of
 * the sign, or not zero, are too large. */
TEST(unused_bits_of_the_last_byte_must_say_nothing)
{
    for (int kind = 0; kind < KINDS; kind++) {
        size_t longest = (bits_of[kind] + 6) / 7;
        unsigned room = bits_of[kind] % 7;
        int good = 0;
        for (unsigned last = 0; last < 0x80; last++) {
            uint8_t bytes[10];
            struct base_read read;
            memset(bytes, 0x80, sizeof(bytes));
            bytes[longest - 1] = (uint8_t)last;
            base_read_init(&read, bytes, longest, 0);
            read_kind(&read, kind);
            if (read.status == BASE_READ_OK)
                good++;
            else
                EXPECT_EQ_INT(read.status, BASE_READ_LARGE);
        }
        EXPECT_EQ_INT(good, 1 << room);
    }
}

TEST(all_strings_of_two_bytes_are_read_the_same_by_all_types)
{
    for (unsigned i = 0; i < 0x10000; i++) {
        uint8_t bytes[2] = {(uint8_t)i, (uint8_t)(i >> 8)};
        uint64_t plain = bytes[0] < 0x80
                             ? bytes[0]
                             : (bytes[0] & 0x7fu) | (uint64_t)bytes[1] << 7;
        unsigned len = bytes[0] < 0x80 ? 1 : 2;
        for (int kind = 0; kind < KINDS; kind++) {
            struct base_read read;
            uint64_t value;
            base_read_init(&read, bytes, 2, 100);
            value = read_kind(&read, kind);
            if ((i & 0x8080) == 0x8080) {
                EXPECT_EQ_INT(read.status, BASE_READ_END);
                continue;
            }
            EXPECT_EQ_INT(read.status, BASE_READ_OK);
            EXPECT_EQ_INT(base_read_offset(&read), 100 + len);
            EXPECT_EQ_INT(value & ((1u << (7 * len)) - 1), plain);
        }
    }
}

TEST(fixed_sizes_are_little_endian)
{
    const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 0xf8, 9, 10, 11, 0xfc, 13};
    struct base_read read;

    base_read_init(&read, bytes, sizeof(bytes), 0);
    EXPECT_EQ_INT(base_read_u64le(&read), 0xf807060504030201);
    EXPECT_EQ_INT(base_read_u32le(&read), 0xfc0b0a09);
    EXPECT_EQ_INT(base_read_left(&read), 1);
    EXPECT_EQ_INT(base_read_u32le(&read), 0);
    EXPECT_EQ_INT(read.status, BASE_READ_END);
}

TEST(bytes_are_borrowed_and_never_beyond_the_end)
{
    const uint8_t bytes[] = {1, 2, 3};
    struct base_read read;

    base_read_init(&read, bytes, 3, 0);
    EXPECT(base_read_bytes(&read, 0) == bytes);
    EXPECT(base_read_bytes(&read, 2) == bytes);
    EXPECT(base_read_bytes(&read, SIZE_MAX) == NULL);
    EXPECT_EQ_INT(base_read_offset(&read), 2);
    EXPECT(base_read_bytes(&read, 1) == NULL); /* it has failed */
    EXPECT(base_read_bytes(&read, 0) == NULL);
}

TEST(the_first_failure_sticks_and_the_cursor_stays)
{
    const uint8_t bytes[] = {7, 0xff, 0xff, 0xff, 0xff, 0x7f, 1, 2};
    struct base_read read;

    base_read_init(&read, bytes, sizeof(bytes), 1000);
    EXPECT_EQ_INT(base_read_u8(&read), 7);
    EXPECT_EQ_INT(base_read_leb_u32(&read), 0);
    EXPECT_EQ_INT(read.status, BASE_READ_LARGE);
    EXPECT_EQ_INT(base_read_offset(&read), 1001);
    EXPECT_EQ_INT(base_read_left(&read), 0);
    EXPECT_EQ_INT(base_read_u8(&read), 0);
    EXPECT_EQ_INT(base_read_leb_s32(&read), 0);
    EXPECT_EQ_INT(base_read_leb_s64(&read), 0);
    EXPECT_EQ_INT(read.status, BASE_READ_LARGE);
    EXPECT_EQ_INT(base_read_offset(&read), 1001);
}

TEST(a_caller_can_end_it)
{
    const uint8_t bytes[] = {1, 2};
    struct base_read read;

    base_read_init(&read, bytes, sizeof(bytes), 0);
    base_read_fail(&read, BASE_READ_LONG);
    base_read_fail(&read, BASE_READ_END);
    EXPECT_EQ_INT(read.status, BASE_READ_LONG);
    EXPECT_EQ_INT(base_read_u8(&read), 0);
}

TEST(nothing_at_all_can_be_read)
{
    struct base_read read;

    base_read_init(&read, NULL, 0, 5);
    EXPECT_EQ_INT(base_read_left(&read), 0);
    EXPECT(base_read_bytes(&read, 0) != NULL);
    EXPECT_EQ_INT(base_read_u8(&read), 0);
    EXPECT_EQ_INT(base_read_offset(&read), 5);
    EXPECT_EQ_STR(base_read_text(read.status), "unexpected end");
}
