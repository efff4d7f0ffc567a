/* test_wasi_random.c - what a guest gets when it asks for chance.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wasi/wasi_random.h"

#include "base/base_sha256.h"
#include "test.h"

TEST(a_row_is_what_it_was_ever)
{
    static const uint8_t first[] = "vivarium random\0\7\0\0\0\0\0\0\0"
                                   "\0\0\0\0\0\0\0\0";
    uint8_t digest[32];
    char row[32];

    base_sha256(first, sizeof(first) - 1, digest);
    wasi_random_row(7, 0, row, sizeof(row));
    EXPECT_EQ_MEM(row, digest, 32);
}

TEST(a_row_is_the_same_however_it_is_cut)
{
    char whole[200], parts[200];
    size_t at = 0, step = 1;

    wasi_random_row(5, 1000, whole, sizeof(whole));
    for (; at < sizeof(parts); at += step, step = step * 2 + 1) {
        if (step > sizeof(parts) - at)
            step = sizeof(parts) - at;
        wasi_random_row(5, 1000 + at, parts + at, step);
    }
    EXPECT_EQ_MEM(whole, parts, sizeof(whole));
}

TEST(seeds_and_places_give_other_bytes)
{
    char one[32], other[32];

    wasi_random_row(1, 0, one, sizeof(one));
    wasi_random_row(2, 0, other, sizeof(other));
    EXPECT(memcmp(one, other, sizeof(one)) != 0);
    wasi_random_row(1, 32, other, sizeof(other));
    EXPECT(memcmp(one, other, sizeof(one)) != 0);
}

TEST(a_row_goes_on_where_numbers_end)
{
    char bytes[64];

    wasi_random_row(1, UINT64_MAX - 31, bytes, sizeof(bytes));
    EXPECT(memcmp(bytes, bytes + 32, 32) != 0);
}
