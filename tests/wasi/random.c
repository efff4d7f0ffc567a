/* random.c - chance fills all that was asked for, and nothing else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <unistd.h>

#include "check.h"

static unsigned char bytes[(1 << 20) + 100];

int main(void)
{
    unsigned char one[32] = {0}, other[32] = {0};
    uint32_t memory_end = (uint32_t)__builtin_wasm_memory_size(0) * 65536;

    bytes[0] = 7, bytes[sizeof(bytes) - 1] = 9;
    EXPECT_EQ(raw_random_get(bytes + 1, sizeof(bytes) - 2), ER_OK);
    EXPECT_EQ(bytes[0], 7);
    EXPECT_EQ(bytes[sizeof(bytes) - 1], 9);
    /* A stretch of 16 zeros would be a stretch that was forgotten. */
    for (size_t i = 1; i + 17 < sizeof(bytes); i += 16)
        EXPECT(memcmp(bytes + i, other, 16) != 0);
    EXPECT_EQ(raw_random_get(one, sizeof(one)), ER_OK);
    EXPECT_EQ(raw_random_get(other, sizeof(other)), ER_OK);
    EXPECT(memcmp(one, other, sizeof(one)) != 0);

    EXPECT_EQ(raw_random_get(NULL, 0), ER_OK);
    EXPECT_EQ(raw_random_get(NOWHERE(void *), 0), ER_OK);
    EXPECT_EQ(raw_random_get(NOWHERE(void *), 1), ER_FAULT);
    EXPECT_EQ(raw_random_get((void *)(memory_end - 4), 5), ER_FAULT);
    EXPECT_EQ(raw_random_get((void *)1, UINT32_MAX), ER_FAULT);
    EXPECT_EQ(raw_random_get((void *)(memory_end - 4), 4), ER_OK);
    return 0;
}
