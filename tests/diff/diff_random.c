/* diff_random.c - numbers from a seed: splitmix64, and tables of edges.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diff_random.h"

#include <string.h>

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

void diff_random_init(struct diff_random *random, uint64_t seed)
{
    random->state = seed;
}

uint64_t diff_random_u64(struct diff_random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint32_t diff_random_below(struct diff_random *random, uint32_t below)
{
    return below ? (uint32_t)(diff_random_u64(random) >> 32) % below : 0;
}

bool diff_random_chance(struct diff_random *random, uint32_t permille)
{
    return diff_random_below(random, 1000) < permille;
}

/* 2^n, or a neighbour, or the negative. */
static uint64_t near_power(struct diff_random *random, uint32_t bits)
{
    uint64_t value = 1ull << diff_random_below(random, bits);

    value += diff_random_below(random, 3) - 1ull;
    return diff_random_chance(random, 300) ? 0 - value : value;
}

uint64_t diff_random_i64(struct diff_random *random)
{
    static const uint64_t edges[] = {
        0,
        1,
        UINT64_MAX,
        INT64_MAX,
        1ull << 63,
        INT32_MAX,
        1ull << 31,
        UINT32_MAX,
        1ull << 32,
        (uint64_t)INT32_MIN,
        0x00ff00ff00ff00ff,
        0x8000000080000000,
        0x5555555555555555,
        0x0123456789abcdef,
        1ull << 53,
        (1ull << 53) + 1,
        0xfffffffffffff800,
        0x7ffffffffffffc00,
    };

    switch (diff_random_below(random, 8)) {
    case 0:
    case 1:
    case 2:
        return edges[diff_random_below(random, COUNT(edges))];
    case 3:
        return diff_random_u64(random);
    case 4:
    case 5:
        return near_power(random, 64);
    default:
        return diff_random_below(random, 300) - 20ull;
    }
}

uint32_t diff_random_i32(struct diff_random *random)
{
    static const uint32_t edges[] = {
        0,      1,          UINT32_MAX, INT32_MAX,  1u << 31,   0x7fff,
        0x8000, 0xffff,     0x10000,    0xff,       0x80,       0x7f,
        0xfff0, 0xfffffff0, 0x55555555, 0xaaaaaaaa, 0x01020304, 0x1ffff,
    };

    switch (diff_random_below(random, 8)) {
    case 0:
    case 1:
    case 2:
        return edges[diff_random_below(random, COUNT(edges))];
    case 3:
        return (uint32_t)diff_random_u64(random);
    case 4:
    case 5:
        return (uint32_t)near_power(random, 32);
    default:
        return diff_random_below(random, 300) - 20u;
    }
}

static double any_double(struct diff_random *random)
{
    static const double edges[] = {
        0,
        1,
        0.5,
        1.5,
        2.5,
        0.49999999999999994,
        0.1,
        2147483647,
        2147483648,
        2147483648.5,
        4294967295,
        4294967296,
        9223372036854775808.0,
        9223372036854774784.0,
        18446744073709551616.0,
        4503599627370496.5,
        9007199254740993.0,
        16777217.0,
        3.4028234663852886e38,
        3.4028235677973366e38,
        1.1754943508222875e-38,
        1.401298464324817e-45,
        7.006492321624085e-46,
        2.2250738585072014e-308,
        4.9406564584124654e-324,
        1.7976931348623157e308,
    };
    double value = edges[diff_random_below(random, COUNT(edges))];

    if (diff_random_chance(random, 200))
        value = diff_random_below(random, 2000) / 8.0;
    else if (diff_random_chance(random, 200))
        value = (double)diff_random_i64(random);
    return diff_random_chance(random, 400) ? -value : value;
}

uint32_t diff_random_f32(struct diff_random *random)
{
    static const uint32_t edges[] = {
        0x80000000, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000,
        0x7fa00000, 0xff800001, 0x7fffffff, 0x3f7fffff, 0x4b800000,
        0x4effffff, 0x4f7fffff, 0x5effffff, 0x5f7fffff, 0xcf000001,
    };
    float value;
    uint32_t bits;

    if (diff_random_chance(random, 350))
        return edges[diff_random_below(random, COUNT(edges))];
    if (diff_random_chance(random, 100))
        return (uint32_t)diff_random_u64(random);
    value = (float)any_double(random);
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

uint64_t diff_random_f64(struct diff_random *random)
{
    static const uint64_t edges[] = {
        0x8000000000000000, 0x7ff0000000000000, 0xfff0000000000000,
        0x7ff8000000000000, 0xfff8000000000000, 0x7ff4000000000000,
        0xfff0000000000001, 0x7fffffffffffffff, 0x41dfffffffc00000,
        0x41efffffffe00000, 0x43dfffffffffffff, 0x43efffffffffffff,
        0xc1e0000000200000, 0x3fefffffffffffff, 0x47efffffe0000000,
    };
    double value;
    uint64_t bits;

    if (diff_random_chance(random, 350))
        return edges[diff_random_below(random, COUNT(edges))];
    if (diff_random_chance(random, 100))
        return diff_random_u64(random);
    value = any_double(random);
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

void diff_random_v128(struct diff_random *random, uint8_t ret_bytes[16])
{
    uint32_t how = diff_random_below(random, 5), i;

    for (i = 0; i < 16; i += 8) {
        uint64_t bits = how == 0   ? diff_random_f64(random)
                        : how == 1 ? diff_random_u64(random)
                        : how == 2 ? diff_random_i64(random)
                        : how == 3 ? diff_random_i32(random)
                                   : diff_random_f32(random);

        if (how >= 3)
            bits |= (uint64_t)(how == 3 ? diff_random_i32(random)
                                        : diff_random_f32(random))
                    << 32;
        memcpy(ret_bytes + i, &bits, sizeof(bits));
    }
}
