/* test_api_data.c - vivarium.h: values in bytes, all of them through the door.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"
#include "vivarium.h"

static const char wanted[] =
    "[None, True, -3, 18446744073709551616, 0.5, 'a', b'b', (1,), {2}, "
    "frozenset({3}), {4: 5}, datetime.datetime(2026, 11, 26, 10, 0), "
    "datetime.date(2026, 11, 26), datetime.time(10, 0), "
    "datetime.timedelta(days=1, seconds=2, microseconds=3), [6]]";

static void write_all(viv_writer *writer)
{
    viv_write_list(writer, 16);
    viv_write_none(writer);
    viv_write_bool(writer, 1);
    viv_write_int(writer, -3);
    viv_write_big(writer, 0, "\1\0\0\0\0\0\0\0\0", 9);
    viv_write_float(writer, 0.5);
    viv_write_text(writer, "a", 1);
    viv_write_bytes(writer, "b", 1);
    viv_write_tuple(writer, 1);
    viv_write_int(writer, 1);
    viv_write_set(writer, 1);
    viv_write_int(writer, 2);
    viv_write_frozenset(writer, 1);
    viv_write_int(writer, 3);
    viv_write_dict(writer, 1);
    viv_write_int(writer, 4);
    viv_write_int(writer, 5);
    viv_write_datetime(writer, "2026-11-26T10:00:00", 19);
    viv_write_date(writer, "2026-11-26", 10);
    viv_write_time(writer, "10:00:00", 8);
    viv_write_timedelta(writer, 1, 2, 3);
    viv_write_value(writer, "\x81\6", 2);
}

TEST(what_is_written_is_a_value_with_a_text)
{
    viv_writer writer;
    viv_error err;
    const void *bytes;
    size_t len;
    char text[400];

    viv_writer_init(&writer, NULL, 1000);
    for (int round = 0; round < 2; round++) {
        viv_writer_clear(&writer);
        write_all(&writer);
        EXPECT_EQ_INT(viv_writer_end(&writer, &bytes, &len, &err), 0);
        EXPECT_EQ_INT(viv_data_check(bytes, len, &err), 0);
        EXPECT_EQ_INT(viv_data_text(bytes, len, text, sizeof(text)),
                      strlen(wanted));
        EXPECT_EQ_STR(text, wanted);
        viv_write_none(&writer);
        EXPECT_EQ_INT(viv_writer_end(&writer, &bytes, &len, &err), VIV_EINVAL);
    }
    viv_writer_fini(&writer);
}

TEST(it_is_read_item_by_item)
{
    uint8_t buffer[200];
    viv_writer writer;
    viv_reader reader;
    viv_item item;
    const void *bytes;
    size_t len;

    viv_writer_init(&writer, buffer, sizeof(buffer));
    write_all(&writer);
    EXPECT_EQ_INT(viv_writer_end(&writer, &bytes, &len, NULL), 0);
    viv_reader_init(&reader, bytes, len);
    EXPECT_EQ_INT(viv_read(&reader, &item, NULL), 0);
    EXPECT_EQ_INT(item.kind, VIV_DATA_LIST);
    EXPECT_EQ_INT(item.count, 16);
    for (int i = 0; i < 15; i++)
        EXPECT_EQ_INT(viv_read_skip(&reader, NULL), 0);
    EXPECT_EQ_MEM(reader.at, "\x81\6", 2);
    EXPECT_EQ_INT(viv_read(&reader, &item, NULL), 0);
    EXPECT_EQ_INT(viv_read(&reader, &item, NULL), 0);
    EXPECT_EQ_INT(item.integer, 6);
    EXPECT_EQ_INT(viv_read(&reader, &item, NULL), VIV_ENOTFOUND);
    EXPECT_EQ_INT(viv_read_skip(&reader, NULL), VIV_ENOTFOUND);
    viv_writer_fini(&writer);
}

TEST(what_is_no_value_is_told_by_a_sentence)
{
    viv_error err;

    EXPECT_EQ_INT(viv_data_check("\x82\1\xf7", 3, &err), VIV_EFORMAT);
    EXPECT_EQ_STR(err.text, "the value 'undefined' at byte 2");
}
