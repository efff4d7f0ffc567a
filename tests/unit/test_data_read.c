/* test_data_read.c - the examples of RFC 8949, and what is refused.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "data_rewrite.h"
#include "data_tools.h"

static viv_reader reader;
static viv_item item;
static viv_error err;
static struct hex input;

static int read_first(const char *spelled)
{
    input = hex(spelled);
    data_read_init(&reader, input.bytes, input.len);
    return data_read(&reader, &item, &err);
}

static void expect_bytes(const char *text, size_t len)
{
    EXPECT_EQ_INT(item.len, len);
    EXPECT_EQ_MEM(item.bytes, text, len);
    EXPECT((const uint8_t *)item.bytes >= input.bytes);
    EXPECT((const uint8_t *)item.bytes + len <= input.bytes + input.len);
}

/* Appendix A, as far as it is of the profile: what each is in Python, and how
 * it is written again, unless the same. */
static const struct {
    const char *bytes, *text, *again;
} examples[] = {
    {"00", "0", NULL},
    {"01", "1", NULL},
    {"0a", "10", NULL},
    {"17", "23", NULL},
    {"1818", "24", NULL},
    {"1819", "25", NULL},
    {"1864", "100", NULL},
    {"1903e8", "1000", NULL},
    {"1a000f4240", "1000000", NULL},
    {"1b000000e8d4a51000", "1000000000000", NULL},
    {"1bffffffffffffffff", "18446744073709551615", NULL},
    {"c249010000000000000000", "18446744073709551616", NULL},
    {"3bffffffffffffffff", "-18446744073709551616", NULL},
    {"c349010000000000000000", "-18446744073709551617", NULL},
    {"20", "-1", NULL},
    {"29", "-10", NULL},
    {"3863", "-100", NULL},
    {"3903e7", "-1000", NULL},
    {"f90000", "0.0", "fb0000000000000000"},
    {"f98000", "-0.0", "fb8000000000000000"},
    {"f93c00", "1.0", "fb3ff0000000000000"},
    {"fb3ff199999999999a", "1.1", NULL},
    {"f93e00", "1.5", "fb3ff8000000000000"},
    {"f97bff", "65504.0", "fb40effc0000000000"},
    {"fa47c35000", "100000.0", "fb40f86a0000000000"},
    {"fa7f7fffff", "3.4028234663852886e+38", "fb47efffffe0000000"},
    {"fb7e37e43c8800759c", "1e+300", NULL},
    {"f90001", "5.960464477539063e-08", "fb3e70000000000000"},
    {"f90400", "6.103515625e-05", "fb3f10000000000000"},
    {"f9c400", "-4.0", "fbc010000000000000"},
    {"fbc010666666666666", "-4.1", NULL},
    {"f97c00", "inf", "fb7ff0000000000000"},
    {"f97e00", "nan", "fb7ff8000000000000"},
    {"f9fc00", "-inf", "fbfff0000000000000"},
    {"fa7f800000", "inf", "fb7ff0000000000000"},
    {"fa7fc00000", "nan", "fb7ff8000000000000"},
    {"faff800000", "-inf", "fbfff0000000000000"},
    {"fb7ff0000000000000", "inf", NULL},
    {"fb7ff8000000000000", "nan", NULL},
    {"fbfff0000000000000", "-inf", NULL},
    {"f4", "False", NULL},
    {"f5", "True", NULL},
    {"f6", "None", NULL},
    {"c074323031332d30332d32315432303a30343a30305a",
     "datetime.datetime(2013, 3, 21, 20, 4, tzinfo=datetime.timezone.utc)",
     NULL},
    {"40", "b''", NULL},
    {"4401020304", "b'\\x01\\x02\\x03\\x04'", NULL},
    {"60", "''", NULL},
    {"6161", "'a'", NULL},
    {"6449455446", "'IETF'", NULL},
    {"62225c", "'\"\\\\'", NULL},
    {"62c3bc", "'\xc3\xbc'", NULL},
    {"63e6b0b4", "'\xe6\xb0\xb4'", NULL},
    {"64f0908591", "'\xf0\x90\x85\x91'", NULL},
    {"80", "[]", NULL},
    {"83010203", "[1, 2, 3]", NULL},
    {"8301820203820405", "[1, [2, 3], [4, 5]]", NULL},
    {"98190102030405060708090a0b0c0d0e0f101112131415161718181819",
     "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, "
     "21, 22, 23, 24, 25]",
     NULL},
    {"a0", "{}", NULL},
    {"a201020304", "{1: 2, 3: 4}", NULL},
    {"a26161016162820203", "{'a': 1, 'b': [2, 3]}", NULL},
    {"826161a161626163", "['a', {'b': 'c'}]", NULL},
    {"a56161614161626142616361436164614461656145",
     "{'a': 'A', 'b': 'B', 'c': 'C', 'd': 'D', 'e': 'E'}", NULL},
    /* Not in the appendix: our tags. */
    {"d9010280", "set()", NULL},
    {"d901028101", "{1}", NULL},
    {"da7669760180", "()", NULL},
    {"da766976018101", "(1,)", NULL},
    {"da76697601820102", "(1, 2)", NULL},
    {"da7669760280", "frozenset()", NULL},
    {"da76697602820102", "frozenset({1, 2})", NULL},
    {"da7669760373323032362d31312d32365431303a30303a3031",
     "datetime.datetime(2026, 11, 26, 10, 0, 1)", NULL},
    {"d903ec6a323032362d31312d3236", "datetime.date(2026, 11, 26)", NULL},
    {"da766976046831303a30303a3031", "datetime.time(10, 0, 1)", NULL},
    {"da766976058320191c2001",
     "datetime.timedelta(days=-1, seconds=7200, "
     "microseconds=1)",
     NULL},
    /* Longer than it need be. */
    {"1b0000000000000001", "1", "01"},
    {"3800", "-1", "20"},
    {"5900014d", "b'M'", "414d"},
    {"9b000000000000000101", "[1]", "8101"},
    {"c240", "0", "00"},
    {"c2420000", "0", "00"},
    {"c34100", "-1", "20"},
    {"c2480000000000000005", "5", "05"},
    {"c248ffffffffffffffff", "18446744073709551615", "1bffffffffffffffff"},
    {"c34a0000ffffffffffffffff", "-18446744073709551616", "3bffffffffffffffff"},
    {"c24a00010000000000000000", "18446744073709551616",
     "c249010000000000000000"},
    {"db00000000000001028101", "{1}", "d901028101"},
};

TEST(the_examples_of_the_rfc_are_read_and_written_again)
{
    for (size_t i = 0; i < COUNT(examples); i++) {
        struct hex in = hex(examples[i].bytes);
        viv_writer writer;

        EXPECT_EQ_STR(text_of(in.bytes, in.len), examples[i].text);
        data_write_init(&writer, NULL, 1000);
        EXPECT_EQ_INT(data_rewrite(&writer, in.bytes, in.len), VIV_ENOTFOUND);
        expect_written(&writer, examples[i].again ? examples[i].again
                                                  : examples[i].bytes);
        data_write_fini(&writer);
    }
}

TEST(what_is_cut_off_is_refused_and_the_reader_stays)
{
    for (size_t i = 0; i < COUNT(examples); i++) {
        struct hex in = hex(examples[i].bytes);
        for (size_t len = 1; len < in.len; len++) {
            data_read_init(&reader, in.bytes, len);
            EXPECT_EQ_INT(data_read_skip(&reader, &err), VIV_EFORMAT);
            EXPECT_HAS_STR(err.text, " at byte ");
            EXPECT(reader.at == in.bytes);
        }
        data_read_init(&reader, in.bytes, in.len);
        EXPECT_EQ_INT(data_read_skip(&reader, &err), 0);
        EXPECT(reader.at == in.bytes + in.len);
    }
}

/* Without a sentence: what is one byte on this side of a limit. */
static const struct {
    const char *bytes, *sentence;
} refusals[] = {
    {"f7", "the value 'undefined' at byte 0"},
    {"e0", "the simple value 0 at byte 0"},
    {"f0", "the simple value 16 at byte 0"},
    {"f8ff", "the simple value 255 at byte 0"},
    {"f814", "the simple value 20 at byte 0"},
    {"1c", "the byte 0x1c begins no value at byte 0"},
    {"fe", "the byte 0xfe begins no value at byte 0"},
    {"5f42010243030405ff", "an indefinite length at byte 0"},
    {"7f657374726561646d696e67ff", "an indefinite length at byte 0"},
    {"9fff", "an indefinite length at byte 0"},
    {"bfff", "an indefinite length at byte 0"},
    {"1f", "an indefinite length at byte 0"},
    {"ff", "the end of an indefinite length at byte 0"},
    {"c11a514b67b0", "the unknown tag 1 at byte 0"},
    {"d818456449455446", "the unknown tag 24 at byte 0"},
    {"da7669760080", "the unknown tag 1986622976 at byte 0"},
    {"da7669760680", "the unknown tag 1986622982 at byte 0"},
    {"dbffffffffffffffff80", "the unknown tag 18446744073709551615 at "
                             "byte 0"},
    {"c280", "a tag that is not on bytes at byte 0"},
    {"c3c240", "a tag that is not on bytes at byte 0"},
    {"d9010200", "a tag that is not on an array at byte 0"},
    {"da76697601a0", "a tag that is not on an array at byte 0"},
    {"da7669760500", "a tag that is not on an array at byte 0"},
    {"c040", "a tag that is not on text at byte 0"},
    {"c0", "the value is cut off at byte 0"},
    {"18", "the value is cut off at byte 0"},
    {"fb00000000000000", "the value is cut off at byte 0"},
    {"c06161", "text that is no datetime at byte 0"},
    {"d903ec60", "text that is no date at byte 0"},
    {"da7669760460", "text that is no time at byte 0"},
    {"c073323032362d31312d32365431303a30303a3031",
     "a datetime under the wrong tag at byte 0"},
    {"da7669760374323031332d30332d32315432303a30343a30305a",
     "a datetime under the wrong tag at byte 0"},
    {"da76697605820000", "a timedelta of other than three numbers at byte "
                         "0"},
    {"da7669760583000060", "a timedelta that Python does not have at byte "
                           "0"},
    {"da76697605831a3b9aca000000",
     "a timedelta that Python does not have at byte 0"},
    {"da76697605831bffffffffffffffff0000",
     "a timedelta that Python does not have at byte 0"},
    {"da7669760583001a0001518000",
     "a timedelta that Python does not have at byte 0"},
    {"da766976058300001a000f4240",
     "a timedelta that Python does not have at byte 0"},
    {"61ff", "text that is not UTF-8 at byte 0"},
    {"63eda080", "text that is not UTF-8 at byte 0"},
    {"4100", NULL},
    {"4200", "2 bytes are announced and 1 are left at byte 0"},
    {"7bffffffffffffffff61",
     "18446744073709551615 bytes are announced and 1 are left at byte 0"},
    {"8100", NULL},
    {"8200", "a count of 2, and 1 bytes are left at byte 0"},
    {"a10000", NULL},
    {"a100", "a count of 1, and 1 bytes are left at byte 0"},
    {"a2000000", "a count of 2, and 3 bytes are left at byte 0"},
    {"9bffffffffffffffff00",
     "a count of 18446744073709551615, and 1 bytes are left at byte 0"},
    {"bb800000000000000100",
     "a count of 9223372036854775809, and 1 bytes are left at byte 0"},
    {"d901028200", "a count of 2, and 1 bytes are left at byte 0"},
};

TEST(what_is_not_of_the_profile_is_refused_by_name)
{
    for (size_t i = 0; i < COUNT(refusals); i++) {
        bool is_good = refusals[i].sentence == NULL;

        item.kind = 77;
        EXPECT_EQ_INT(read_first(refusals[i].bytes), is_good ? 0 : VIV_EFORMAT);
        if (is_good)
            continue;
        EXPECT_EQ_STR(err.text, refusals[i].sentence);
        EXPECT_EQ_INT(err.code, VIV_EFORMAT);
        EXPECT(reader.at == input.bytes);
        EXPECT_EQ_INT(item.kind, 77);
        EXPECT_EQ_INT(data_read(&reader, &item, NULL), VIV_EFORMAT);
    }
}

TEST(the_place_of_a_refusal_is_where_its_item_begins)
{
    EXPECT_EQ_INT(read_first("82 6161 c16161"), 0);
    EXPECT_EQ_INT(data_read(&reader, &item, &err), 0);
    EXPECT_EQ_INT(data_read(&reader, &item, &err), VIV_EFORMAT);
    EXPECT_EQ_STR(err.text, "the unknown tag 1 at byte 3");
    EXPECT(reader.at == input.bytes + 3);
}

TEST(the_end_is_told_each_time)
{
    EXPECT_EQ_INT(read_first(""), VIV_ENOTFOUND);
    EXPECT_EQ_STR(err.text, "there is nothing at byte 0");
    EXPECT_EQ_INT(read_first("05 06"), 0);
    EXPECT_EQ_INT(data_read(&reader, &item, &err), 0);
    EXPECT_EQ_INT(item.integer, 6);
    EXPECT_EQ_INT(data_read(&reader, &item, &err), VIV_ENOTFOUND);
    EXPECT_EQ_INT(data_read(&reader, &item, &err), VIV_ENOTFOUND);
    EXPECT_EQ_INT(data_read_skip(&reader, &err), VIV_ENOTFOUND);
    EXPECT_EQ_STR(err.text, "there is nothing at byte 2");
    data_read_init(&reader, NULL, 0);
    EXPECT_EQ_INT(data_read(&reader, &item, NULL), VIV_ENOTFOUND);
}

TEST(integers_are_int_as_far_as_64_bits_go)
{
    EXPECT_EQ_INT(read_first("1b7fffffffffffffff"), 0);
    EXPECT_EQ_INT(item.kind, VIV_DATA_INT);
    EXPECT_EQ_INT(item.integer, INT64_MAX);
    EXPECT_EQ_INT(read_first("3b7fffffffffffffff"), 0);
    EXPECT_EQ_INT(item.kind, VIV_DATA_INT);
    EXPECT_EQ_INT(item.integer, INT64_MIN);
    EXPECT_EQ_INT(read_first("c3487fffffffffffffff"), 0);
    EXPECT_EQ_INT(item.kind, VIV_DATA_INT);
    EXPECT_EQ_INT(item.integer, INT64_MIN);

    EXPECT_EQ_INT(read_first("1b8000000000000000"), 0);
    EXPECT_EQ_INT(item.kind, VIV_DATA_BIG);
    EXPECT_EQ_INT(item.negative, 0);
    expect_bytes("\x80\0\0\0\0\0\0", 8);
    EXPECT_EQ_INT(read_first("3b8000000000000001"), 0);
    EXPECT_EQ_INT(item.kind, VIV_DATA_BIG);
    EXPECT_EQ_INT(item.negative, 1);
    expect_bytes("\x80\0\0\0\0\0\0\1", 8);
    EXPECT_EQ_INT(read_first("c24a00008000000000000002"), 0);
    EXPECT_EQ_INT(item.kind, VIV_DATA_BIG);
    expect_bytes("\x80\0\0\0\0\0\0\2", 8);
    EXPECT_EQ_INT(read_first("c34b0000010000000000000003"), 0);
    EXPECT_EQ_INT(item.kind, VIV_DATA_BIG);
    EXPECT_EQ_INT(item.negative, 1);
    expect_bytes("\1\0\0\0\0\0\0\0\3", 9);
}

TEST(an_item_has_the_fields_of_its_kind)
{
    EXPECT_EQ_INT(read_first("62c3bc"), 0);
    EXPECT_EQ_INT(item.kind, VIV_DATA_TEXT);
    expect_bytes("\xc3\xbc", 2);
    EXPECT_EQ_INT(read_first("42ff00"), 0);
    EXPECT_EQ_INT(item.kind, VIV_DATA_BYTES);
    expect_bytes("\xff", 2);
    EXPECT_EQ_INT(read_first("fb3ff8000000000000"), 0);
    EXPECT_EQ_INT(item.kind, VIV_DATA_FLOAT);
    EXPECT(item.real == 1.5);
    EXPECT_EQ_INT(read_first("f5"), 0);
    EXPECT_EQ_INT(item.kind, VIV_DATA_BOOL);
    EXPECT_EQ_INT(item.integer, 1);
    EXPECT_EQ_INT(read_first("f4"), 0);
    EXPECT_EQ_INT(item.integer, 0);
    EXPECT_EQ_INT(read_first("f6"), 0);
    EXPECT_EQ_INT(item.kind, VIV_DATA_NONE);
    EXPECT_EQ_INT(read_first("d903ec6a323032362d31312d3236"), 0);
    EXPECT_EQ_INT(item.kind, VIV_DATA_DATE);
    expect_bytes("2026-11-26", 10);
    EXPECT_EQ_INT(read_first("da766976058320191c2001"), 0);
    EXPECT_EQ_INT(item.kind, VIV_DATA_TIMEDELTA);
    EXPECT_EQ_INT(item.integer, -1);
    EXPECT_EQ_INT(item.seconds, 7200);
    EXPECT_EQ_INT(item.microseconds, 1);
}

TEST(containers_say_how_many_values_follow)
{
    static const struct {
        const char *bytes;
        uint32_t kind;
        size_t count, children;
    } rows[] = {
        {"83010203", VIV_DATA_LIST, 3, 3},
        {"da76697601820102", VIV_DATA_TUPLE, 2, 2},
        {"d901028101", VIV_DATA_SET, 1, 1},
        {"da76697602820102", VIV_DATA_FROZENSET, 2, 2},
        {"a201020304", VIV_DATA_DICT, 2, 4},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        EXPECT_EQ_INT(read_first(rows[i].bytes), 0);
        EXPECT_EQ_INT(item.kind, rows[i].kind);
        EXPECT_EQ_INT(item.count, rows[i].count);
        EXPECT_EQ_INT(data_read_children(&item), rows[i].children);
    }
    EXPECT_EQ_INT(read_first("05"), 0);
    EXPECT_EQ_INT(data_read_children(&item), 0);
    EXPECT_EQ_INT(read_first("c06161"), VIV_EFORMAT);
}

/* All 65,536 of them, against the definition. */
TEST(half_floats_are_what_they_are)
{
    for (uint32_t bits = 0; bits < 0x10000; bits++) {
        uint8_t bytes[] = {0xf9, (uint8_t)(bits >> 8), (uint8_t)bits};
        int exponent = bits >> 10 & 0x1f;
        double fraction = bits & 0x3ff;
        double wanted = exponent == 0
                            ? __builtin_ldexp(fraction, -24)
                            : __builtin_ldexp(1024 + fraction, exponent - 25);

        if (bits >> 15)
            wanted = -wanted;
        data_read_init(&reader, bytes, sizeof(bytes));
        EXPECT_EQ_INT(data_read(&reader, &item, NULL), 0);
        if (exponent < 31)
            EXPECT_EQ_MEM(&item.real, &wanted, sizeof(wanted));
        else if (fraction == 0)
            EXPECT(item.real ==
                   (bits >> 15 ? -__builtin_inf() : __builtin_inf()));
        else
            EXPECT(item.real != item.real);
    }
}

TEST(a_value_is_skipped_with_all_that_belongs_to_it)
{
    input = hex("8401 a1 6161 8202 d9010281 20  f6");
    data_read_init(&reader, input.bytes, input.len);
    EXPECT_EQ_INT(data_read_skip(&reader, &err), VIV_EFORMAT);
    EXPECT(reader.at == input.bytes);

    input = hex("8201 a1 6161 8202 d9010281 20  f6");
    data_read_init(&reader, input.bytes, input.len);
    EXPECT_EQ_INT(data_read_skip(&reader, &err), 0);
    EXPECT_EQ_INT(reader.end - reader.at, 1);
    EXPECT_EQ_INT(data_read(&reader, &item, &err), 0);
    EXPECT_EQ_INT(item.kind, VIV_DATA_NONE);
}

/* Each list believes the bytes after it, and all of them together owe as many
 * as the square: it is seen at the second. */
TEST(more_values_than_bytes_are_seen_before_they_are_read)
{
    enum { LISTS = 100000 };
    uint8_t *bytes = malloc(5 * LISTS);
    size_t left = 5 * LISTS;

    EXPECT(bytes != NULL);
    for (uint8_t *at = bytes; left > 0; at += 5) {
        left -= 5;
        at[0] = 0x9a;
        at[1] = (uint8_t)(left >> 24);
        at[2] = (uint8_t)(left >> 16);
        at[3] = (uint8_t)(left >> 8);
        at[4] = (uint8_t)left;
    }
    data_read_init(&reader, bytes, 5 * LISTS);
    EXPECT_EQ_INT(data_read_skip(&reader, &err), VIV_EFORMAT);
    EXPECT_EQ_STR(err.text, "the value is cut off at byte 0");
    free(bytes);
}

TEST(skipping_has_no_depth)
{
    static uint8_t bytes[1000000];

    memset(bytes, 0x81, sizeof(bytes));
    bytes[sizeof(bytes) - 1] = 0x80;
    data_read_init(&reader, bytes, sizeof(bytes));
    EXPECT_EQ_INT(data_read_skip(&reader, &err), 0);
    EXPECT(reader.at == bytes + sizeof(bytes));
}
