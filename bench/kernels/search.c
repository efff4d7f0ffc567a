/* search.c - kernel: string search.
 *
 * Stresses byte loads at computed places and short inner loops: Horspool's
 * search for five patterns in 48 KiB of text, and a plain search, first byte
 * first, for a short one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel.h"

#define TEXT 49152

static u8 text[TEXT];
static u32 skip[256];

static const char *const patterns[] = {
    "the needle", "a stack of hay", "hay hay hay", "and the wind", "zebra",
};

static void make_text(void)
{
    static const char *const words[] = {
        "the ", "hay ", "stack ", "needle ", "a ", "of ", "and ", "wind ",
        "in ",  "was ", "grass ", "sheep ",  "o ", "ox ", "ant ", "zeal ",
    };
    u32 state = 5;
    u32 at = 0;

    while (at < TEXT) {
        const char *word = words[rnd(&state) & 15];

        while (*word && at < TEXT)
            text[at++] = (u8)*word++;
    }
}

static u32 length(const char *s)
{
    u32 len = 0;

    while (s[len])
        len++;
    return len;
}

/* Where `pattern` begins, from `at` on; TEXT when it does not. */
static u32 horspool(const u8 *pattern, u32 len, u32 at)
{
    while (at + len <= TEXT) {
        u32 i = len - 1;

        while (text[at + i] == pattern[i]) {
            if (i == 0)
                return at;
            i--;
        }
        at += skip[text[at + len - 1]];
    }
    return TEXT;
}

static u32 count_horspool(const char *pattern)
{
    u32 len = length(pattern);
    u32 sum = 0;

    for (u32 i = 0; i < 256; i++)
        skip[i] = len;
    for (u32 i = 0; i + 1 < len; i++)
        skip[(u8)pattern[i]] = len - 1 - i;
    for (u32 at = 0; at < TEXT; at++) {
        at = horspool((const u8 *)pattern, len, at);
        sum = mix(sum, at);
    }
    return sum;
}

static u32 count_plain(const char *pattern)
{
    u32 sum = 0;

    for (u32 at = 0; at + 2 < TEXT; at++) {
        if (text[at] == pattern[0] && text[at + 1] == pattern[1] &&
            text[at + 2] == pattern[2])
            sum = mix(sum, at);
    }
    return sum;
}

KERNEL(search)
{
    u32 sum = 0;

    if (!text[0])
        make_text();
    for (u32 round = 0; round < rounds; round++) {
        for (u32 i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
            sum = mix(sum, count_horspool(patterns[i]));
        sum = mix(sum, count_plain("ant"));
    }
    return sum;
}
