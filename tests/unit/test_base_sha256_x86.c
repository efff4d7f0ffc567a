/* test_base_sha256_x86.c - the instructions against the same in C.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_sha256_x86.h"

#include <stdio.h>

#include "base/base_sha256.h"
#include "test.h"

static uint8_t blocks[64 * 100];

/* Numbers without a pattern, the same each time. */
static void fill(uint32_t seed)
{
    for (size_t i = 0; i < sizeof(blocks); i++) {
        seed = seed * 1664525 + 1013904223;
        blocks[i] = (uint8_t)(seed >> 24);
    }
}

static void need_instructions(void)
{
    if (!base_sha256_x86_is_there())
        SKIP("this CPU has no instructions for SHA-256");
}

/* Valgrind has CPUs of its own, without them. */
TEST(it_is_there_only_if_the_kernel_says_so)
{
    FILE *in = fopen("/proc/cpuinfo", "r");
    bool has = false;
    char line[8192];

    EXPECT(in != NULL);
    while (fgets(line, sizeof(line), in) != NULL)
        has |=
            strncmp(line, "flags", 5) == 0 && strstr(line, " sha_ni") != NULL;
    fclose(in);
    EXPECT(has || !base_sha256_x86_is_there());
}

TEST(both_ways_lead_to_the_same_state)
{
    need_instructions();
    for (uint32_t seed = 0; seed < 200; seed++) {
        uint32_t plain[8], x86[8];

        fill(seed);
        memcpy(plain, blocks + sizeof(blocks) - 32, 32);
        memcpy(x86, plain, 32);
        base_sha256_plain_add(plain, blocks, seed % 100);
        base_sha256_x86_add(x86, blocks, seed % 100);
        EXPECT_EQ_MEM(x86, plain, 32);
    }
}

TEST(blocks_may_lie_anywhere)
{
    need_instructions();
    fill(1);
    for (size_t at = 0; at < 64; at++) {
        uint32_t plain[8] = {1, 2, 3}, x86[8] = {1, 2, 3};

        base_sha256_plain_add(plain, blocks + at, 3);
        base_sha256_x86_add(x86, blocks + at, 3);
        EXPECT_EQ_MEM(x86, plain, 32);
    }
}

/* FIPS 180-4: "abc", padded by hand. */
TEST(an_example_of_the_standard)
{
    uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    static const uint32_t expected[8] = {0xba7816bf, 0x8f01cfea, 0x414140de,
                                         0x5dae2223, 0xb00361a3, 0x96177a9c,
                                         0xb410ff61, 0xf20015ad};
    uint8_t block[64] = {'a', 'b', 'c', 0x80};

    need_instructions();
    block[63] = 24;
    base_sha256_x86_add(state, block, 1);
    EXPECT_EQ_MEM(state, expected, 32);
}
