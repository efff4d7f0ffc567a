/* test_data_check.c - exactly one value.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "data/data_check.h"
#include "data_random.h"
#include "data_rewrite.h"

static viv_error err;

static int check(const char *spelled)
{
    struct hex in = hex(spelled);

    return data_check(in.bytes, in.len, &err);
}

static void expect_refused(const char *spelled, const char *sentence)
{
    EXPECT_EQ_INT(check(spelled), VIV_EFORMAT);
    EXPECT_EQ_STR(err.text, sentence);
}

TEST(one_value_is_taken_and_neither_none_nor_two)
{
    EXPECT_EQ_INT(check("05"), 0);
    EXPECT_EQ_INT(check("80"), 0);
    EXPECT_EQ_INT(check("82 01 a1 02 80"), 0);
    expect_refused("", "the value is cut off at byte 0");
    expect_refused("05 06", "something after the value at byte 1");
    expect_refused("81 80 80", "something after the value at byte 2");
    expect_refused("82 80 f7", "the value 'undefined' at byte 2");
    EXPECT_EQ_INT(data_check(NULL, 0, NULL), VIV_EFORMAT);
}

TEST(depth_ends_where_the_header_says)
{
    static const char *const heads[] = {"81", "a100", "da7669760181"};

    for (size_t i = 0; i < COUNT(heads); i++) {
        struct hex head = hex(heads[i]);
        static uint8_t bytes[6 * VIV_DATA_DEPTH_MAX + 2];
        size_t len = 0;
        for (int depth = 0; depth < VIV_DATA_DEPTH_MAX; depth++) {
            memcpy(bytes + len, head.bytes, head.len);
            len += head.len;
        }
        bytes[len] = 0x05;
        EXPECT_EQ_INT(data_check(bytes, len + 1, &err), 0);
        bytes[len] = 0x80;
        EXPECT_EQ_INT(data_check(bytes, len + 1, &err), VIV_EFORMAT);
        EXPECT_HAS_STR(err.text, "more than 256 values within each other");
    }
}

TEST(after_deep_values_come_others)
{
    viv_writer writer;
    const void *bytes;
    size_t len;

    data_write_init(&writer, NULL, 1 << 20);
    data_write_list(&writer, 50);
    for (int i = 0; i < 50; i++) {
        for (int depth = 1; depth < VIV_DATA_DEPTH_MAX; depth++)
            data_write_list(&writer, 1);
        data_write_none(&writer);
    }
    EXPECT_EQ_INT(data_write_end(&writer, &bytes, &len, NULL), 0);
    EXPECT_EQ_INT(data_check(bytes, len, &err), 0);
    data_write_fini(&writer);
}

TEST(keys_and_members_are_what_python_can_hash)
{
    static const char words[] = "a value that Python cannot hash, in a set or "
                                "as a key, at byte ";
    static const struct {
        const char *bytes;
        int at; /* -1: it is fine */
    } rows[] = {
        {"a1 01 80", -1},
        {"a1 80 01", 1},
        {"a1 a0 01", 1},
        {"a1 d9010280 01", 1},
        {"a2 01 80 80 01", 3},
        {"a1 da7669760180 01", -1},
        {"a1 da7669760280 01", -1},
        {"a1 da766976018180 01", 7},
        {"a1 01 da766976018180", -1},
        {"d90102 81 80", 4},
        {"d90102 81 a0", 4},
        {"d90102 81 d9010280", 4},
        {"d90102 81 da7669760180", -1},
        {"d90102 81 da7669760281 da7669760180", -1},
        {"d90102 81 da7669760281 da7669760181 80", 16},
        {"da7669760281 80", 6},
        {"81 a1 01 81 80", -1},
        {"82 d9010281 01 80", -1},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        char sentence[100];
        if (rows[i].at < 0) {
            EXPECT_EQ_INT(check(rows[i].bytes), 0);
        } else {
            snprintf(sentence, sizeof(sentence), "%s%d", words, rows[i].at);
            expect_refused(rows[i].bytes, sentence);
        }
    }
}

/* What is written is a value; read and written again it is the same bytes; and
 * each shorter stretch of it is no value. */
TEST(any_value_is_there_and_back_the_same)
{
    uint64_t state = 1;
    viv_writer one, two;
    const void *bytes, *again;
    size_t len, len_again;

    data_write_init(&one, NULL, 1 << 20);
    data_write_init(&two, NULL, 1 << 20);
    for (int i = 0; i < 20000; i++) {
        random_value(&one, &state, 6);
        EXPECT_EQ_INT(data_write_end(&one, &bytes, &len, &err), 0);
        EXPECT_EQ_INT(data_check(bytes, len, &err), 0);
        EXPECT_EQ_INT(data_rewrite(&two, bytes, len), VIV_ENOTFOUND);
        EXPECT_EQ_INT(data_write_end(&two, &again, &len_again, &err), 0);
        EXPECT_EQ_INT(len_again, len);
        EXPECT_EQ_MEM(again, bytes, len);
        if (len > 1)
            EXPECT_EQ_INT(
                data_check(bytes, random_below(&state, (uint32_t)len), &err),
                VIV_EFORMAT);
        data_write_clear(&one);
        data_write_clear(&two);
    }
    data_write_fini(&one);
    data_write_fini(&two);
}
