/* base_sha256_x86.c - SHA-256 by the instructions that x86 has for it.
 *
 * sha256rnds2 does two rounds.  It wants the eight words of the state in two
 * registers, a b e f and c d g h from the highest word down, and the sums of
 * two words of the schedule and two constants in the low half of a third.
 * sha256msg1 and sha256msg2 make four words of the schedule of the sixteen
 * before them (Intel's manual, volume 2; FIPS 180-4, 6.2.2).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_sha256_x86.h"

#include <cpuid.h>
#include <immintrin.h>

#include "base/base_sha256.h"

#define WITH_SHA __attribute__((target("sha,sse4.1,ssse3")))

/* Bits of leaf 1 ecx, and of leaf 7 ebx. */
#define NEEDED_ECX1 (bit_SSSE3 | bit_SSE4_1)
#define NEEDED_EBX7 (1u << 29)

bool base_sha256_x86_is_there(void)
{
    unsigned a, b, c, d;

    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & NEEDED_ECX1) != NEEDED_ECX1)
        return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & NEEDED_EBX7) != 0;
}

/* The state as it is in memory, and as the instruction wants it. */
struct pair {
    __m128i abef, cdgh;
};

WITH_SHA static struct pair load(const uint32_t state[8])
{
    __m128i dcba = _mm_loadu_si128((const __m128i *)state);
    __m128i hgfe = _mm_loadu_si128((const __m128i *)(state + 4));
    __m128i cdab = _mm_shuffle_epi32(dcba, 0xb1);
    __m128i efgh = _mm_shuffle_epi32(hgfe, 0x1b);

    return (struct pair){_mm_alignr_epi8(cdab, efgh, 8),
                         _mm_blend_epi16(efgh, cdab, 0xf0)};
}

WITH_SHA static void store(uint32_t state[8], struct pair pair)
{
    __m128i feba = _mm_shuffle_epi32(pair.abef, 0x1b);
    __m128i dchg = _mm_shuffle_epi32(pair.cdgh, 0xb1);

    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

/* The next four words of the schedule; `words` has the last sixteen, the oldest
 * at `i` and on from there in a circle. */
WITH_SHA static inline __m128i next_words(const __m128i words[4], int i)
{
    __m128i latest = words[(i + 3) & 3];
    __m128i seventh = _mm_alignr_epi8(latest, words[(i + 2) & 3], 4);
    __m128i sum = _mm_add_epi32(
        _mm_sha256msg1_epu32(words[i & 3], words[(i + 1) & 3]), seventh);

    return _mm_sha256msg2_epu32(sum, latest);
}

WITH_SHA static inline struct pair add_block(struct pair before,
                                             const uint8_t *block)
{
    const __m128i swap =
        _mm_set_epi64x(0x0c0d0e0f08090a0bll, 0x0405060700010203ll);
    struct pair now = before;
    __m128i words[4];

#pragma GCC unroll 16
    for (int i = 0; i < 16; i++) {
        const __m128i *constants =
            (const __m128i *)(base_sha256_constants + 4 * (size_t)i);
        __m128i sum;

        if (i < 4)
            words[i] = _mm_shuffle_epi8(
                _mm_loadu_si128((const __m128i *)(block + 16 * (size_t)i)),
                swap);
        else
            words[i & 3] = next_words(words, i);
        sum = _mm_add_epi32(words[i & 3], _mm_loadu_si128(constants));
        now.cdgh = _mm_sha256rnds2_epu32(now.cdgh, now.abef, sum);
        sum = _mm_shuffle_epi32(sum, 0x0e);
        now.abef = _mm_sha256rnds2_epu32(now.abef, now.cdgh, sum);
    }
    now.abef = _mm_add_epi32(now.abef, before.abef);
    now.cdgh = _mm_add_epi32(now.cdgh, before.cdgh);
    return now;
}

WITH_SHA void base_sha256_x86_add(uint32_t state[8], const uint8_t *blocks,
                                  size_t count)
{
    struct pair pair = load(state);

    for (; count > 0; count--, blocks += 64)
        pair = add_block(pair, blocks);
    store(state, pair);
}
