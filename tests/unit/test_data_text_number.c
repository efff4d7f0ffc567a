/* test_data_text_number.c - numbers as text, and Python's word on them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "data/data_text_parts.h"
#include "data_oracle.h"

static char text[20000];

static const char *text_of_float(double value)
{
    struct base_text out;

    base_text_init(&out, text, sizeof(text));
    data_text_float(&out, value);
    base_text_end(&out, sizeof(text));
    return text;
}

static const char *text_of_big(int negative, const void *bytes, size_t len)
{
    struct base_text out;

    base_text_init(&out, text, sizeof(text));
    data_text_big(&out, negative, bytes, len);
    base_text_end(&out, sizeof(text));
    return text;
}

TEST(floats_are_as_short_as_can_be)
{
    EXPECT_EQ_STR(text_of_float(0), "0.0");
    EXPECT_EQ_STR(text_of_float(-0.0), "-0.0");
    EXPECT_EQ_STR(text_of_float(1), "1.0");
    EXPECT_EQ_STR(text_of_float(0.1), "0.1");
    EXPECT_EQ_STR(text_of_float(0.1 + 0.2), "0.30000000000000004");
    EXPECT_EQ_STR(text_of_float(-1.5), "-1.5");
    EXPECT_EQ_STR(text_of_float(100), "100.0");
    EXPECT_EQ_STR(text_of_float(123.456), "123.456");
    EXPECT_EQ_STR(text_of_float(5e-324), "5e-324");
    EXPECT_EQ_STR(text_of_float(2.2250738585072014e-308),
                  "2.2250738585072014e-308");
    EXPECT_EQ_STR(text_of_float(1.7976931348623157e308),
                  "1.7976931348623157e+308");
    EXPECT_EQ_STR(text_of_float(0x1p-24), "5.960464477539063e-08");
    EXPECT_EQ_STR(text_of_float(9.5), "9.5");
    EXPECT_EQ_STR(text_of_float(__builtin_nan("")), "nan");
    EXPECT_EQ_STR(text_of_float(-__builtin_nan("")), "nan");
    EXPECT_EQ_STR(text_of_float(__builtin_inf()), "inf");
    EXPECT_EQ_STR(text_of_float(-__builtin_inf()), "-inf");
}

TEST(an_exponent_is_written_from_where_python_does)
{
    EXPECT_EQ_STR(text_of_float(9999999999999998), "9999999999999998.0");
    EXPECT_EQ_STR(text_of_float(1e15), "1000000000000000.0");
    EXPECT_EQ_STR(text_of_float(1e16), "1e+16");
    EXPECT_EQ_STR(text_of_float(12345678901234567890.0),
                  "1.2345678901234567e+19");
    EXPECT_EQ_STR(text_of_float(0.0001), "0.0001");
    EXPECT_EQ_STR(text_of_float(0.00012345), "0.00012345");
    EXPECT_EQ_STR(text_of_float(0.00001), "1e-05");
    EXPECT_EQ_STR(text_of_float(1e100), "1e+100");
}

static void ask_bits(viv_writer *writer, uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof(value));
    data_write_float(writer, value);
    oracle_ask_writer(writer);
}

/* Powers of two, where the distance to the next double changes, and those to
 * both sides; then any. */
TEST(python_prints_any_float_so)
{
    uint64_t state = 3;
    viv_writer writer;

    data_write_init(&writer, NULL, 100);
    oracle_begin();
    for (int exponent = -1074; exponent <= 1023; exponent++) {
        double power = __builtin_ldexp(1, exponent);
        uint64_t bits;
        memcpy(&bits, &power, sizeof(bits));
        for (uint64_t near = bits - 1; near <= bits + 1; near++)
            ask_bits(&writer, near);
    }
    for (int i = 0; i < 50000; i++) {
        uint64_t bits = random_u64(&state);
        if (i % 4 == 0) /* the smallest that there are */
            bits &= ~(UINT64_C(0x7ff) << 52) | (uint64_t)(i % 3) << 52;
        ask_bits(&writer, bits);
    }
    oracle_end();
    data_write_fini(&writer);
}

TEST(integers_are_decimal)
{
    static const uint8_t ones[] = {255, 255, 255, 255, 255, 255, 255, 255, 255};
    static const uint8_t power[] = {1, 0, 0, 0, 0, 0, 0, 0, 0};
    struct base_text out;

    EXPECT_EQ_STR(text_of_big(0, ones, 8), "18446744073709551615");
    EXPECT_EQ_STR(text_of_big(1, ones, 8), "-18446744073709551616");
    EXPECT_EQ_STR(text_of_big(0, power, 9), "18446744073709551616");
    EXPECT_EQ_STR(text_of_big(1, power, 9), "-18446744073709551617");
    /* 10 ** 18 - 1 and its like: the carry goes through all words, and one
     * further. */
    EXPECT_EQ_STR(text_of_big(1, "\x0d\xe0\xb6\xb3\xa7\x63\xff\xff", 8),
                  "-1000000000000000000");
    base_text_init(&out, text, sizeof(text));
    data_text_int(&out, INT64_MIN);
    base_text_end(&out, sizeof(text));
    EXPECT_EQ_STR(text, "-9223372036854775808");
}

/* Where Python stops: 10 ** 4300 is the first that it does not print. */
TEST(python_prints_integers_so_as_far_as_it_does)
{
    uint8_t bytes[DATA_TEXT_DECIMAL_BYTES_MAX];
    uint64_t state = 4;
    viv_writer writer;

    data_write_init(&writer, NULL, 10000);
    oracle_begin();
    for (size_t len = 9; len <= sizeof(bytes); len += 1 + len / 20) {
        for (size_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)random_u64(&state);
        bytes[0] |= 1;
        data_write_big(&writer, len % 2, bytes, len);
        oracle_ask_writer(&writer);
    }
    memset(bytes, 0xff, sizeof(bytes));
    for (int negative = 0; negative < 2; negative++) {
        data_write_big(&writer, negative, bytes, sizeof(bytes));
        oracle_ask_writer(&writer);
    }
    oracle_end();
    data_write_fini(&writer);
}

TEST(longer_integers_are_hexadecimal)
{
    uint8_t bytes[DATA_TEXT_DECIMAL_BYTES_MAX + 1] = {0x0a};
    size_t len = sizeof(bytes);

    text_of_big(0, bytes, len);
    EXPECT_EQ_INT(strlen(text), 2 + 2 * len - 1);
    EXPECT_EQ_MEM(text, "0xa000", 6);
    text_of_big(1, bytes, len);
    EXPECT_EQ_INT(strlen(text), 3 + 2 * len - 1);
    EXPECT_EQ_MEM(text, "-0xa000", 7);
    EXPECT_EQ_STR(text + strlen(text) - 4, "0001");
    memset(bytes + 1, 0xff, len - 1);
    text_of_big(1, bytes, len);
    EXPECT_EQ_MEM(text, "-0xb000", 7);
    EXPECT_EQ_STR(text + strlen(text) - 4, "0000");
    bytes[0] = 0xff;
    text_of_big(1, bytes, len);
    EXPECT_EQ_INT(strlen(text), 3 + 2 * len + 1);
    EXPECT_EQ_MEM(text, "-0x10000", 8);
    EXPECT_EQ_INT(text[strlen(text) - 1], '0');
}
