/* test_base_hmac.c - the examples of RFC 4231.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_hmac.h"

#include "test.h"

static void expect_hmac(const void *key, size_t key_len, const void *bytes,
                        size_t len, const char *digest)
{
    struct base_hmac hmac;
    uint8_t found[32];
    char text[65];

    for (size_t cut = 0; cut <= len; cut += len / 3 + 1) {
        base_hmac_init(&hmac, key, key_len);
        base_hmac_add(&hmac, bytes, cut);
        base_hmac_add(&hmac, (const char *)bytes + cut, len - cut);
        base_hmac_end(&hmac, found);
        base_sha256_hex(found, text);
        EXPECT_EQ_STR(text, digest);
    }
}

static const uint8_t *bytes_of(int value)
{
    static uint8_t bytes[131];

    memset(bytes, value, sizeof(bytes));
    return bytes;
}

TEST(keys_shorter_than_a_block)
{
    static const uint8_t counting[25] = {1,  2,  3,  4,  5,  6,  7,  8,  9,
                                         10, 11, 12, 13, 14, 15, 16, 17, 18,
                                         19, 20, 21, 22, 23, 24, 25};
    uint8_t data[50];

    expect_hmac(
        bytes_of(0x0b), 20, "Hi There", 8,
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    expect_hmac(
        "Jefe", 4, "what do ya want for nothing?", 28,
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(data, 0xdd, sizeof(data));
    expect_hmac(
        bytes_of(0xaa), 20, data, 50,
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    memset(data, 0xcd, sizeof(data));
    expect_hmac(
        counting, 25, data, 50,
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
}

TEST(keys_longer_than_a_block)
{
    static const char text[] =
        "This is a test using a larger than block-size key and a larger than "
        "block-size data. The key needs to be hashed before being used by the "
        "HMAC algorithm.";

    expect_hmac(
        bytes_of(0xaa), 131,
        "Test Using Larger Than Block-Size Key - Hash Key First", 54,
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    expect_hmac(
        bytes_of(0xaa), 131, text, strlen(text),
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST(a_key_of_exactly_a_block_is_not_replaced)
{
    uint8_t whole[32], digest[32];
    struct base_hmac hmac;

    base_hmac_init(&hmac, bytes_of(7), 64);
    base_hmac_end(&hmac, whole);
    base_sha256(bytes_of(7), 64, digest);
    base_hmac_init(&hmac, digest, 32);
    base_hmac_end(&hmac, digest);
    EXPECT(!base_hmac_is_same(whole, digest));
}

TEST(nothing_is_a_key_too)
{
    expect_hmac(
        NULL, 0, "", 0,
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(the_end_leaves_nothing_of_the_key)
{
    static const struct base_hmac zeros;
    struct base_hmac hmac;
    uint8_t digest[32];

    base_hmac_init(&hmac, "secret", 6);
    base_hmac_end(&hmac, digest);
    EXPECT_EQ_MEM(&hmac, &zeros, sizeof(hmac));
}

TEST(digests_are_the_same_only_if_every_bit_is)
{
    uint8_t a[32] = {1, 2, 3}, b[32] = {1, 2, 3};

    EXPECT(base_hmac_is_same(a, b));
    for (int bit = 0; bit < 256; bit++) {
        b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        EXPECT(!base_hmac_is_same(a, b));
        b[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}
