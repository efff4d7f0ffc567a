/* base_sha256.c - SHA-256 (FIPS 180-4).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_sha256.h"

#include <stdatomic.h>
#include <string.h>

#include "base/base_sha256_x86.h"

/* The first 32 bits of the fractional parts of the cube roots of the first 64
 * primes (FIPS 180-4, 4.2.2). */
const uint32_t base_sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t x, int by)
{
    return x >> by | x << (32 - by);
}

static void expand(uint32_t words[64], const uint8_t block[64])
{
    for (int i = 0; i < 16; i++) {
        const uint8_t *at = block + 4 * i;
        words[i] = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
                   (uint32_t)at[2] << 8 | at[3];
    }
    for (int i = 16; i < 64; i++) {
        uint32_t a = words[i - 15];
        uint32_t b = words[i - 2];
        words[i] = words[i - 16] + words[i - 7] +
                   (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) +
                   (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
}

/* One round, naming the eight words as they stand.  The next round names them
 * shifted by one, so that none of them has to move: after eight rounds each is
 * back in its place. */
#define ROUND(a, b, c, d, e, f, g, h, i)                                       \
    do {                                                                       \
        uint32_t one = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +    \
                       (g ^ (e & (f ^ g))) + base_sha256_constants[i] + w[i];  \
        uint32_t two = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +        \
                       ((a & b) | (c & (a | b)));                              \
        d += one;                                                              \
        h = one + two;                                                         \
    } while (0)

static void add_block(uint32_t state[8], const uint8_t block[64])
{
    uint32_t w[64];
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];

    expand(w, block);
    for (int i = 0; i < 64; i += 8) {
        ROUND(a, b, c, d, e, f, g, h, i);
        ROUND(h, a, b, c, d, e, f, g, i + 1);
        ROUND(g, h, a, b, c, d, e, f, i + 2);
        ROUND(f, g, h, a, b, c, d, e, i + 3);
        ROUND(e, f, g, h, a, b, c, d, i + 4);
        ROUND(d, e, f, g, h, a, b, c, i + 5);
        ROUND(c, d, e, f, g, h, a, b, i + 6);
        ROUND(b, c, d, e, f, g, h, a, i + 7);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
}

void base_sha256_plain_add(uint32_t state[8], const uint8_t *blocks,
                           size_t count)
{
    for (; count > 0; count--, blocks += 64)
        add_block(state, blocks);
}

/* The CPU is asked once; asking again does no harm. */
static void add_blocks(uint32_t state[8], const uint8_t *blocks, size_t count)
{
    enum { UNKNOWN, PLAIN, X86 };
    static atomic_int way = UNKNOWN;
    int now = atomic_load_explicit(&way, memory_order_relaxed);

    if (now == UNKNOWN) {
        now = base_sha256_x86_is_there() ? X86 : PLAIN;
        atomic_store_explicit(&way, now, memory_order_relaxed);
    }
    if (now == X86)
        base_sha256_x86_add(state, blocks, count);
    else
        base_sha256_plain_add(state, blocks, count);
}

void base_sha256_init(struct base_sha256 *sha)
{
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
                                      0xa54ff53a, 0x510e527f, 0x9b05688c,
                                      0x1f83d9ab, 0x5be0cd19};

    memcpy(sha->state, start, sizeof(start));
    sha->total = 0;
}

void base_sha256_add(struct base_sha256 *sha, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    size_t held = sha->total % 64;

    sha->total += len;
    if (held > 0) {
        size_t part = len < 64 - held ? len : 64 - held;
        memcpy(sha->block + held, at, part);
        if (held + part < 64)
            return;
        add_blocks(sha->state, sha->block, 1);
        at += part;
        len -= part;
    }
    add_blocks(sha->state, at, len / 64);
    if (len % 64 > 0)
        memcpy(sha->block, at + len / 64 * 64, len % 64);
}

/* A one bit, zeroes, and the length in bits fill the last block. */
void base_sha256_end(struct base_sha256 *sha, uint8_t ret_digest[32])
{
    uint8_t tail[72] = {0x80};
    uint64_t bits = sha->total * 8;
    size_t pad = 64 - (sha->total + 8) % 64;

    for (int i = 0; i < 8; i++)
        tail[pad + (size_t)i] = (uint8_t)(bits >> (56 - 8 * i));
    base_sha256_add(sha, tail, pad + 8);
    for (int i = 0; i < 32; i++)
        ret_digest[i] = (uint8_t)(sha->state[i / 4] >> (24 - 8 * (i % 4)));
}

void base_sha256(const void *bytes, size_t len, uint8_t ret_digest[32])
{
    struct base_sha256 sha;

    base_sha256_init(&sha);
    base_sha256_add(&sha, bytes, len);
    base_sha256_end(&sha, ret_digest);
}

void base_sha256_hex(const uint8_t digest[32], char ret_text[65])
{
    for (int i = 0; i < 32; i++) {
        ret_text[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        ret_text[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    ret_text[64] = '\0';
}
