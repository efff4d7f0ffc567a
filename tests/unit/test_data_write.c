/* test_data_write.c - how each thing is written, and what is not.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_alloc.h"
#include "data_tools.h"

static viv_writer writer;

/* Write one thing, compare, and begin anew. */
#define EXPECT_WRITTEN(spelled, ...)                                           \
    do {                                                                       \
        data_write_init(&writer, NULL, 100000);                                \
        __VA_ARGS__;                                                           \
        expect_written(&writer, spelled);                                      \
        data_write_fini(&writer);                                              \
    } while (0)

#define EXPECT_FAULT(code, sentence, ...)                                      \
    do {                                                                       \
        data_write_init(&writer, NULL, 100000);                                \
        __VA_ARGS__;                                                           \
        expect_fault(&writer, code, sentence);                                 \
        data_write_fini(&writer);                                              \
    } while (0)

TEST(integers_take_as_few_bytes_as_can_be)
{
    static const struct {
        int64_t value;
        const char *spelled;
    } rows[] = {
        {0, "00"},
        {23, "17"},
        {24, "1818"},
        {255, "18ff"},
        {256, "190100"},
        {65535, "19ffff"},
        {65536, "1a00010000"},
        {4294967295, "1affffffff"},
        {4294967296, "1b0000000100000000"},
        {INT64_MAX, "1b7fffffffffffffff"},
        {-1, "20"},
        {-24, "37"},
        {-25, "3818"},
        {-256, "38ff"},
        {-257, "390100"},
        {-65537, "3a00010000"},
        {-4294967297, "3b0000000100000000"},
        {INT64_MIN, "3b7fffffffffffffff"},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        EXPECT_WRITTEN(rows[i].spelled, data_write_int(&writer, rows[i].value));
}

TEST(integers_with_a_magnitude_are_normal)
{
    EXPECT_WRITTEN("00", data_write_big(&writer, 0, NULL, 0));
    EXPECT_WRITTEN("20", data_write_big(&writer, 1, "\0\0", 2));
    EXPECT_WRITTEN("05", data_write_big(&writer, 0, "\0\5", 2));
    EXPECT_WRITTEN("1bff00000000000000",
                   data_write_big(&writer, 0, "\xff\0\0\0\0\0\0\0", 8));
    EXPECT_WRITTEN("3bff00000000000000",
                   data_write_big(&writer, 1, "\0\xff\0\0\0\0\0\0\0", 9));
    EXPECT_WRITTEN("c249010000000000000000",
                   data_write_big(&writer, 0, "\0\1\0\0\0\0\0\0\0\0", 10));
    EXPECT_WRITTEN("c349010000000000000000",
                   data_write_big(&writer, 1, "\1\0\0\0\0\0\0\0\0", 9));
}

TEST(plain_values_are_written_so)
{
    double negative_nan = -__builtin_nan("0x1234");

    EXPECT_WRITTEN("f6", data_write_none(&writer));
    EXPECT_WRITTEN("f4", data_write_bool(&writer, 0));
    EXPECT_WRITTEN("f5", data_write_bool(&writer, 7));
    EXPECT_WRITTEN("fb3ff8000000000000", data_write_float(&writer, 1.5));
    EXPECT_WRITTEN("fb8000000000000000", data_write_float(&writer, -0.0));
    EXPECT_WRITTEN("fb7ff8000000000000",
                   data_write_float(&writer, negative_nan));
    EXPECT_WRITTEN("60", data_write_text(&writer, NULL, 0));
    EXPECT_WRITTEN("62c3a9", data_write_text(&writer, "\xc3\xa9", 2));
    EXPECT_WRITTEN("40", data_write_bytes(&writer, NULL, 0));
    EXPECT_WRITTEN("4200ff", data_write_bytes(&writer, "\0\xff", 2));
}

TEST(containers_are_written_so)
{
    EXPECT_WRITTEN("80", data_write_list(&writer, 0));
    EXPECT_WRITTEN("da7669760180", data_write_tuple(&writer, 0));
    EXPECT_WRITTEN("d9010280", data_write_set(&writer, 0));
    EXPECT_WRITTEN("da7669760280", data_write_frozenset(&writer, 0));
    EXPECT_WRITTEN("a0", data_write_dict(&writer, 0));
    EXPECT_WRITTEN("a10102", data_write_dict(&writer, 1);
                   data_write_int(&writer, 1); data_write_int(&writer, 2));
    EXPECT_WRITTEN("8182f601", data_write_list(&writer, 1);
                   data_write_list(&writer, 2); data_write_none(&writer);
                   data_write_int(&writer, 1));
}

TEST(times_are_written_under_the_tag_of_their_kind)
{
    EXPECT_WRITTEN("c074323031332d30332d32315432303a30343a30305a",
                   data_write_datetime(&writer, "2013-03-21T20:04:00Z", 20));
    EXPECT_WRITTEN("da7669760373323031332d30332d32315432303a30343a3030",
                   data_write_datetime(&writer, "2013-03-21T20:04:00", 19));
    EXPECT_WRITTEN(
        "da76697603781c323031332d30332d32315432303a30343a30302b30303a"
        "30303a3031",
        data_write_datetime(&writer, "2013-03-21T20:04:00+00:00:01", 28));
    EXPECT_WRITTEN("d903ec6a323031332d30332d3231",
                   data_write_date(&writer, "2013-03-21", 10));
    EXPECT_WRITTEN("da766976046832303a30343a3030",
                   data_write_time(&writer, "20:04:00", 8));
    EXPECT_FAULT(VIV_EINVAL, "text that is no datetime at byte 0",
                 data_write_datetime(&writer, "2013-03-21", 10));
    EXPECT_FAULT(VIV_EINVAL, "text that is no date at byte 0",
                 data_write_date(&writer, "2013-02-29", 10));
    EXPECT_FAULT(VIV_EINVAL, "text that is no time at byte 0",
                 data_write_time(&writer, "24:00:00", 8));
}

TEST(a_timedelta_is_made_normal)
{
    static const char sentence[] = "a timedelta that Python does not have at "
                                   "byte 0";

    EXPECT_WRITTEN("da7669760583000000",
                   data_write_timedelta(&writer, 0, 0, 0));
    EXPECT_WRITTEN("da7669760583201a0001517f1a000f423f",
                   data_write_timedelta(&writer, 0, 0, -1));
    EXPECT_WRITTEN("da7669760583010203",
                   data_write_timedelta(&writer, 0, 86402, 3));
    EXPECT_WRITTEN("da7669760583010203",
                   data_write_timedelta(&writer, 2, -86399, 1000003));
    EXPECT_WRITTEN("da76697605831a3b9ac9ff1a0001517f1a000f423f",
                   data_write_timedelta(&writer, 999999999, 86399, 999999));
    EXPECT_WRITTEN("da76697605833a3b9ac9fe0000",
                   data_write_timedelta(&writer, -999999999, 0, 0));
    EXPECT_FAULT(VIV_EINVAL, sentence,
                 data_write_timedelta(&writer, 999999999, 86399, 1000000));
    EXPECT_FAULT(VIV_EINVAL, sentence,
                 data_write_timedelta(&writer, -999999999, 0, -1));
    EXPECT_FAULT(VIV_EINVAL, sentence,
                 data_write_timedelta(&writer, 0, INT64_MAX, INT64_MAX));
    EXPECT_FAULT(
        VIV_EINVAL, sentence,
        data_write_timedelta(&writer, INT64_MIN, INT64_MIN, INT64_MIN));
}

TEST(counts_and_values_must_agree)
{
    EXPECT_FAULT(VIV_EINVAL, "too few values (1 missing) at byte 0", (void)0);
    EXPECT_FAULT(VIV_EINVAL, "too few values (2 missing) at byte 2",
                 data_write_list(&writer, 3);
                 data_write_int(&writer, 1));
    EXPECT_FAULT(VIV_EINVAL, "too few values (1 missing) at byte 2",
                 data_write_dict(&writer, 1);
                 data_write_int(&writer, 1));
    EXPECT_FAULT(VIV_EINVAL, "more values than were announced at byte 1",
                 data_write_int(&writer, 1);
                 data_write_int(&writer, 1));
    EXPECT_FAULT(VIV_EINVAL, "more values than were announced at byte 1",
                 data_write_list(&writer, 0);
                 data_write_float(&writer, 1));
}

TEST(text_that_is_not_utf_8_is_refused)
{
    EXPECT_FAULT(VIV_EINVAL, "text that is not UTF-8 at byte 1",
                 data_write_list(&writer, 1);
                 data_write_text(&writer, "\xed\xa0\x80", 3));
}

TEST(a_value_that_was_written_before_is_one_value)
{
    EXPECT_WRITTEN("8282010203", data_write_list(&writer, 2);
                   data_write_value(&writer, "\x82\1\2", 3);
                   data_write_int(&writer, 3));
    EXPECT_FAULT(VIV_EINVAL, "nothing where a value should be at byte 0",
                 data_write_value(&writer, "", 0));
}

TEST(the_first_failure_stays_and_clearing_forgets_it)
{
    uint8_t buffer[8];

    data_write_init(&writer, buffer, sizeof(buffer));
    data_write_list(&writer, 2);
    data_write_date(&writer, "", 0);
    data_write_text(&writer, "\xff", 1);
    data_write_int(&writer, 1);
    data_write_none(&writer);
    data_write_value(&writer, "\1", 1);
    expect_fault(&writer, VIV_EINVAL, "text that is no date at byte 1");
    expect_fault(&writer, VIV_EINVAL, "text that is no date at byte 1");
    data_write_clear(&writer);
    data_write_bytes(&writer, "1234567", 7);
    expect_written(&writer, "4731323334353637");
    data_write_fini(&writer);
}

/* A row of everything, as long as it is said to be. */
static void write_all(void)
{
    data_write_list(&writer, 9);
    data_write_int(&writer, 1);
    data_write_int(&writer, 1000);
    data_write_float(&writer, 1);
    data_write_text(&writer, "text", 4);
    data_write_tuple(&writer, 1);
    data_write_big(&writer, 0, "123456789", 9);
    data_write_timedelta(&writer, 1, 2, 3);
    data_write_dict(&writer, 1);
    data_write_none(&writer);
    data_write_bool(&writer, 1);
    data_write_date(&writer, "2026-11-26", 10);
    data_write_value(&writer, "\x81\x80", 2);
}

TEST(the_ceiling_is_kept_to_the_byte)
{
    const void *bytes;
    uint8_t buffer[200];
    size_t len;
    viv_error err;

    data_write_init(&writer, NULL, 1000);
    write_all();
    EXPECT_EQ_INT(data_write_end(&writer, &bytes, &len, NULL), 0);
    data_write_fini(&writer);

    for (int is_own = 0; is_own < 2; is_own++) {
        for (size_t max = 0; max <= len; max++) {
            memset(buffer, 'x', sizeof(buffer));
            data_write_init(&writer, is_own ? NULL : buffer, max);
            write_all();
            EXPECT_EQ_INT(data_write_end(&writer, &bytes, &(size_t){0}, &err),
                          max == len ? 0 : VIV_ENOMEM);
            if (max < len)
                EXPECT_HAS_STR(err.text, "more bytes than the value may have "
                                         "at byte ");
            EXPECT_EQ_INT(buffer[max], 'x');
            EXPECT(writer.len <= max);
            data_write_fini(&writer);
        }
    }
}

TEST(a_count_that_cannot_be_is_refused_at_once)
{
    static const char sentence[] =
        "more bytes than the value may have at byte ";
    uint8_t buffer[10];
    viv_error err;

    data_write_init(&writer, buffer, sizeof(buffer));
    data_write_list(&writer, 9);
    EXPECT_EQ_INT(writer.code, 0);
    data_write_clear(&writer);
    data_write_list(&writer, 10);
    EXPECT_EQ_INT(
        data_write_end(&writer, &(const void *){0}, &(size_t){0}, &err),
        VIV_ENOMEM);
    EXPECT_HAS_STR(err.text, sentence);

    data_write_clear(&writer);
    data_write_dict(&writer, 4);
    EXPECT_EQ_INT(writer.code, 0);
    data_write_clear(&writer);
    data_write_dict(&writer, 5);
    EXPECT_EQ_INT(writer.code, VIV_ENOMEM);
    data_write_clear(&writer);
    data_write_dict(&writer, SIZE_MAX / 2 + 2);
    EXPECT_EQ_INT(writer.code, VIV_ENOMEM);
    data_write_clear(&writer);
    data_write_list(&writer, 4);
    data_write_bytes(&writer, "1234567", 7);
    EXPECT_EQ_INT(writer.code, 0);
    data_write_list(&writer, 1);
    EXPECT_EQ_INT(writer.code, VIV_ENOMEM);

    data_write_clear(&writer);
    data_write_bytes(&writer, buffer, SIZE_MAX);
    EXPECT_EQ_INT(writer.code, VIV_ENOMEM);
    data_write_fini(&writer);
}

TEST(memory_that_runs_out_is_a_failure_that_stays)
{
    viv_error err;
    int code = -1;

    for (uint64_t n = 1; code != 0; n++) {
        const void *bytes;
        size_t len;
        data_write_init(&writer, NULL, 100000);
        base_alloc_fail_at(n);
        data_write_list(&writer, 5000);
        for (int i = 0; i < 5000; i++)
            data_write_int(&writer, i);
        base_alloc_fail_at(0);
        code = data_write_end(&writer, &bytes, &len, &err);
        if (code != 0) {
            EXPECT_EQ_INT(code, VIV_ENOMEM);
            EXPECT_HAS_STR(err.text, "out of memory at byte ");
            EXPECT(n < 20);
        } else {
            EXPECT(n > 3);
        }
        data_write_fini(&writer);
    }
}

TEST(a_buffer_and_a_cleared_writer_need_no_memory)
{
    uint8_t buffer[200];
    const void *bytes;
    size_t len;

    base_alloc_fail_at(1);
    data_write_init(&writer, buffer, sizeof(buffer));
    write_all();
    EXPECT_EQ_INT(data_write_end(&writer, &bytes, &len, NULL), 0);
    EXPECT(bytes == buffer);
    data_write_fini(&writer);
    base_alloc_fail_at(0);

    data_write_init(&writer, NULL, 1000);
    write_all();
    base_alloc_fail_at(1);
    for (int i = 0; i < 3; i++) {
        data_write_clear(&writer);
        write_all();
        EXPECT_EQ_INT(data_write_end(&writer, &bytes, &len, NULL), 0);
    }
    base_alloc_fail_at(0);
    data_write_fini(&writer);
}

TEST(a_text_may_be_longer_than_what_there_was_before)
{
    static char text[100000];
    const void *bytes;
    size_t len;

    memset(text, 'a', sizeof(text));
    data_write_init(&writer, NULL, 2 * sizeof(text));
    data_write_list(&writer, 2);
    data_write_text(&writer, text, 1000);
    data_write_text(&writer, text, sizeof(text));
    EXPECT_EQ_INT(data_write_end(&writer, &bytes, &len, NULL), 0);
    EXPECT_EQ_INT(len, 1 + 3 + 1000 + 5 + sizeof(text));
    EXPECT_EQ_MEM((const char *)bytes + len - sizeof(text), text, sizeof(text));
    data_write_fini(&writer);
}

TEST(there_is_no_ceiling_that_is_too_high)
{
    data_write_init(&writer, NULL, SIZE_MAX);
    data_write_list(&writer, 1);
    data_write_int(&writer, 24);
    expect_written(&writer, "811818");
    data_write_clear(&writer);
    data_write_bytes(&writer, "", SIZE_MAX / 2);
    EXPECT_EQ_INT(writer.code, VIV_ENOMEM);
    data_write_fini(&writer);
    data_write_fini(&writer);
}
