/* fuzz_data.c - any bytes at all, to the readers of values.
 *
 * What is one value of the profile is read item by item and written again, and
 * must then be a value with the same text, which written once more is the same
 * bytes.  What is none is refused with a sentence and a place, and its text
 * says so.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>

#include "data/data_check.h"
#include "data/data_text.h"
#include "data_rewrite.h"
#include "target.h"

/* Keeps the compiler from leaving out reads whose result nobody needs. */
static volatile uint8_t sink;

static bool has_bytes(const viv_item *item)
{
    return item->kind == VIV_DATA_BIG || item->kind == VIV_DATA_TEXT ||
           item->kind == VIV_DATA_BYTES ||
           (item->kind >= VIV_DATA_DATETIME && item->kind <= VIV_DATA_TIME);
}

static void expect_item(const viv_reader *reader, const viv_item *item)
{
    size_t left = (size_t)(reader->end - reader->at);

    CHECK(item->kind <= VIV_DATA_TIMEDELTA);
    CHECK(data_read_children(item) <= left);
    if (!has_bytes(item))
        return;
    CHECK((const uint8_t *)item->bytes >= reader->start);
    CHECK((const uint8_t *)item->bytes + item->len == reader->at);
    for (size_t i = 0; i < item->len; i++)
        sink += (uint8_t)item->bytes[i];
    if (item->kind == VIV_DATA_BIG)
        CHECK(item->len >= 8 && item->bytes[0] != 0);
}

/* Item after item, whether or not they are one value. */
static void read_items(const uint8_t *bytes, size_t len)
{
    const uint8_t *before = bytes;
    viv_reader reader;
    viv_item item;
    viv_error err;
    int code;

    data_read_init(&reader, bytes, len);
    while ((code = data_read(&reader, &item, &err)) == 0) {
        CHECK(reader.at > before && reader.at <= reader.end);
        expect_item(&reader, &item);
        before = reader.at;
    }
    CHECK(reader.at == before || len == 0);
    if (code == VIV_ENOTFOUND)
        CHECK(reader.at == reader.end);
    else
        target_expect_refusal(code, &err, len);
}

static bool is_whole(const uint8_t *bytes, size_t len)
{
    viv_reader reader;

    data_read_init(&reader, bytes, len);
    return data_read_skip(&reader, NULL) == 0 && reader.at == reader.end;
}

/* The text, which the caller frees. */
static char *text_of(const void *bytes, size_t len)
{
    size_t size = data_text(bytes, len, NULL, 0) + 1;
    char *text = malloc(size);
    char start[20];

    CHECK(text != NULL);
    CHECK(data_text(bytes, len, text, size) == size - 1);
    CHECK(strlen(text) == size - 1);
    CHECK(data_text(bytes, len, start, sizeof(start)) == size - 1);
    CHECK(strncmp(text, start, strlen(start)) == 0);
    CHECK(strlen(start) + 4 >= (size < sizeof(start) ? size : sizeof(start)));
    return text;
}

static void expect_value(const uint8_t *bytes, size_t len)
{
    viv_writer one, two;
    const void *again, *same;
    size_t again_len, same_len;
    char *text = text_of(bytes, len), *text_again;

    data_write_init(&one, NULL, SIZE_MAX);
    data_write_init(&two, NULL, SIZE_MAX);
    CHECK(data_rewrite(&one, bytes, len) == VIV_ENOTFOUND);
    CHECK(data_write_end(&one, &again, &again_len, NULL) == 0);
    CHECK(data_check(again, again_len, NULL) == 0);
    text_again = text_of(again, again_len);
    CHECK(strcmp(text, text_again) == 0);
    CHECK(data_rewrite(&two, again, again_len) == VIV_ENOTFOUND);
    CHECK(data_write_end(&two, &same, &same_len, NULL) == 0);
    CHECK(same_len == again_len && memcmp(same, again, same_len) == 0);
    data_write_fini(&one);
    data_write_fini(&two);
    free(text);
    free(text_again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    viv_error err;
    int code = data_check(bytes, len, &err);
    char *text;

    CHECK(code == data_check(bytes, len, NULL));
    read_items(bytes, len);
    if (code == 0) {
        CHECK(is_whole(bytes, len));
        expect_value(bytes, len);
        return 0;
    }
    target_expect_refusal(code, &err, len);
    text = text_of(bytes, len);
    CHECK(strcmp(text + strlen(text) - 3, "<?>") == 0);
    free(text);
    return 0;
}
