/* test_base_sha256.c - the examples of NIST, and any way to cut the input.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include "base/base_sha256.h"

static void expect_digest(const char *bytes, size_t len, const char *digest)
{
    uint8_t found[32];
    char text[65];

    base_sha256(bytes, len, found);
    base_sha256_hex(found, text);
    EXPECT_EQ_STR(text, digest);
}

TEST(the_examples_of_the_standard)
{
    static const char two_blocks[] =
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    static char million[1000000];

    memset(million, 'a', sizeof(million));
    expect_digest(
        "", 0,
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect_digest(
        "abc", 3,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect_digest(
        two_blocks, strlen(two_blocks),
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    expect_digest(
        million, sizeof(million),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(it_does_not_matter_in_which_pieces_bytes_come)
{
    uint8_t bytes[300], whole[32], pieces[32];

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 7 + i / 64);
    for (size_t len = 0; len <= sizeof(bytes); len++) {
        base_sha256(bytes, len, whole);
        for (size_t step = 1; step < 140; step += 13) {
            struct base_sha256 sha;
            base_sha256_init(&sha);
            for (size_t at = 0; at < len; at += step)
                base_sha256_add(&sha, bytes + at,
                                len - at < step ? len - at : step);
            base_sha256_end(&sha, pieces);
            EXPECT_EQ_MEM(pieces, whole, 32);
        }
    }
}
