/* lz.c - kernel: LZ-style decompression.
 *
 * Stresses byte loads, copies that overlap themselves, and unaligned copies of
 * eight bytes, as real decompressors do them.  The format is that of LZ4: a
 * token of two lengths, literals, a distance of two bytes.  The input, English-
 * like words with runs and columns between them, is compressed on first use.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel.h"

#define PLAIN 200000
#define SLACK 32 /* copies of eight bytes may write this far past the end */

static u8 plain[PLAIN + SLACK];
static u8 packed[PLAIN + PLAIN / 64];
static u8 unpacked[PLAIN + SLACK];
static u32 heads[4096];
static u32 packed_len;

static u64 load64(const u8 *from)
{
    u64 value;

    __builtin_memcpy(&value, from, 8);
    return value;
}

static void copy64(u8 *to, const u8 *from)
{
    __builtin_memcpy(to, from, 8);
}

static void make_plain(void)
{
    u32 state = 99;
    u32 at = 0;

    while (at < PLAIN) {
        u32 dice = rnd(&state);
        u32 word = (dice & 31) * ((dice >> 5) & 15) + 1;
        u32 len = 2 + word % 9;
        u32 run = (dice >> 9) % 61 == 0 ? 80 : 0;

        while (len-- && at < PLAIN) {
            plain[at++] = (u8)('a' + word % 26);
            word = word * 5 + 11;
        }
        while (run-- && at < PLAIN)
            plain[at++] = "-=-"[run % 3];
        if (at < PLAIN)
            plain[at++] = ' ';
    }
}

static u8 *put_length(u8 *to, u32 len)
{
    for (; len >= 255; len -= 255)
        *to++ = 255;
    *to++ = (u8)len;
    return to;
}

/* One sequence: the literals from `from` on, then a match unless len is 0. */
static u8 *put(u8 *to, const u8 *from, u32 literals, u32 distance, u32 len)
{
    u32 extra = len ? len - 4 : 0;

    *to++ =
        (u8)((literals < 15 ? literals : 15) << 4 | (extra < 15 ? extra : 15));
    if (literals >= 15)
        to = put_length(to, literals - 15);
    while (literals--)
        *to++ = *from++;
    *to++ = (u8)distance;
    *to++ = (u8)(distance >> 8);
    if (extra >= 15)
        to = put_length(to, extra - 15);
    return to;
}

static void compress(void)
{
    u8 *to = packed;
    u32 at = 0;
    u32 anchor = 0;

    while (at + 12 < PLAIN) {
        u32 four = (u32)load64(plain + at);
        u32 *head = &heads[(four * 2654435761u) >> 20];
        u32 from = *head;
        u32 len = 0;

        *head = at;
        if (from < at && at - from < 65536)
            while (at + len < PLAIN && plain[from + len] == plain[at + len])
                len++;
        if (len < 4) {
            at++;
            continue;
        }
        to = put(to, plain + anchor, at - anchor, at - from, len);
        at += len;
        anchor = at;
    }
    to = put(to, plain + anchor, PLAIN - anchor, 0, 0);
    packed_len = (u32)(to - packed);
}

static u32 get_length(const u8 **from, u32 len)
{
    u32 more = len == 15 ? 255 : 0;

    while (more == 255) {
        more = *(*from)++;
        len += more;
    }
    return len;
}

static u8 *copy_match(u8 *to, u32 distance, u32 len)
{
    const u8 *from = to - distance;
    u8 *end = to + len;

    if (distance >= 8) {
        for (; to < end; to += 8, from += 8)
            copy64(to, from);
    } else {
        while (to < end)
            *to++ = *from++;
    }
    return end;
}

static u32 decompress(const u8 *from, const u8 *end, u8 *to)
{
    u8 *start = to;

    for (;;) {
        u32 token = *from++;
        u32 literals = get_length(&from, token >> 4);
        u32 distance;

        for (u32 i = 0; i < literals; i += 8)
            copy64(to + i, from + i);
        to += literals;
        from += literals;
        distance = from[0] | (u32)from[1] << 8;
        from += 2;
        if (from >= end)
            return (u32)(to - start);
        to = copy_match(to, distance, get_length(&from, token & 15) + 4);
    }
}

KERNEL(lz)
{
    u32 sum = 0;

    if (!packed_len) {
        make_plain();
        compress();
    }
    for (u32 round = 0; round < rounds; round++) {
        u32 len = decompress(packed, packed + packed_len, unpacked);

        sum = mix(sum, len);
        for (u32 i = 0; i < PLAIN; i += 61) {
            u32 is_wrong = unpacked[i] != plain[i];

            sum = mix(sum, is_wrong << 16 | unpacked[i]);
        }
    }
    return mix(sum, packed_len);
}
