/* spec_json.c - reads the JSON that wast2json writes.
 *
 * A recursive descent over the bytes.  What it reads is made by our own tests,
 * so it is strict where that is simple and does not try to be a JSON library.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "spec_json.h"

#include <stdbool.h>
#include <string.h>

#include "base/base_arena.h"
#include "base/base_error.h"

#define DEPTH_MAX 32

struct reader {
    const char *start;
    const char *at;
    const char *end;
    struct base_arena *arena;
    viv_error *err;
};

static int read_value(struct reader *reader, int depth,
                      struct spec_json **ret_value);

static int wrong(struct reader *reader, const char *what)
{
    return base_error(reader->err, VIV_EFORMAT, "JSON: %s at byte %zu", what,
                      (size_t)(reader->at - reader->start));
}

static void skip_blanks(struct reader *reader)
{
    while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) &&
           *reader->at != '\0')
        reader->at++;
}

/* Is `c` next?  Then it is behind us. */
static bool take(struct reader *reader, char c)
{
    skip_blanks(reader);
    if (reader->at == reader->end || *reader->at != c)
        return false;
    reader->at++;
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits behind \u, as UTF-8.  wast2json escapes control characters
 * only, so there are no surrogates to join. */
static int read_unicode(struct reader *reader, char **to)
{
    uint32_t code = 0;
    char *out = *to;

    for (int i = 0; i < 4; i++) {
        int digit = reader->at < reader->end ? hex_digit(*reader->at++) : -1;
        if (digit < 0)
            return wrong(reader, "not a hexadecimal digit");
        code = code << 4 | (uint32_t)digit;
    }
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xc0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3f));
    } else {
        *out++ = (char)(0xe0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    }
    *to = out;
    return 0;
}

static int read_escape(struct reader *reader, char **to)
{
    static const char from[] = "\"\\/bfnrt";
    static const char into[] = "\"\\/\b\f\n\r\t";
    const char *found;
    char c;

    if (reader->at == reader->end)
        return wrong(reader, "text without an end");
    c = *reader->at++;
    if (c == 'u')
        return read_unicode(reader, to);
    found = c == '\0' ? NULL : strchr(from, c);
    if (found == NULL)
        return wrong(reader, "unknown escape");
    *(*to)++ = into[found - from];
    return 0;
}

/* The text behind an opening quote.  Decoding never makes it longer. */
static int read_text(struct reader *reader, const char **ret_text,
                     size_t *ret_len)
{
    const char *close = reader->at;
    char *text, *to;

    while (close < reader->end && *close != '"')
        close += *close == '\\' && close + 1 < reader->end ? 2 : 1;
    text = base_arena_alloc(reader->arena, (size_t)(close - reader->at) + 1, 1);
    if (text == NULL)
        return base_error_memory(reader->err);
    to = text;
    while (reader->at < reader->end && *reader->at != '"') {
        if (*reader->at != '\\') {
            *to++ = *reader->at++;
            continue;
        }
        reader->at++;
        int code = read_escape(reader, &to);
        if (code != 0)
            return code;
    }
    if (reader->at == reader->end)
        return wrong(reader, "text without an end");
    reader->at++;
    *ret_text = text;
    *ret_len = (size_t)(to - text);
    return 0;
}

/* null, true, false or a number: kept as it is spelt. */
static int read_word(struct reader *reader, struct spec_json *value)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzE0123456789+-.";
    const char *start = reader->at;
    char *text;

    while (reader->at < reader->end && *reader->at != '\0' &&
           strchr(letters, *reader->at))
        reader->at++;
    if (reader->at == start)
        return wrong(reader, "no value");
    value->len = (size_t)(reader->at - start);
    text = base_arena_alloc(reader->arena, value->len + 1, 1);
    if (text == NULL)
        return base_error_memory(reader->err);
    memcpy(text, start, value->len);
    value->kind = SPEC_JSON_WORD;
    value->text = text;
    return 0;
}

/* What follows `[` or `{`, up to `close`. */
static int read_inside(struct reader *reader, int depth, char close,
                       struct spec_json *value)
{
    const struct spec_json **link = &value->first;

    if (take(reader, close))
        return 0;
    do {
        const char *key = NULL;
        size_t key_len;
        struct spec_json *item;
        int code = 0;

        if (value->kind == SPEC_JSON_OBJECT) {
            if (!take(reader, '"'))
                return wrong(reader, "no key");
            code = read_text(reader, &key, &key_len);
            if (code == 0 && !take(reader, ':'))
                return wrong(reader, "no colon");
        }
        if (code == 0)
            code = read_value(reader, depth + 1, &item);
        if (code != 0)
            return code;
        item->key = key;
        *link = item;
        link = &item->next;
    } while (take(reader, ','));
    return take(reader, close) ? 0 : wrong(reader, "no comma and no end");
}

static int read_value(struct reader *reader, int depth,
                      struct spec_json **ret_value)
{
    struct spec_json *value =
        base_arena_alloc(reader->arena, 1, sizeof(*value));

    if (value == NULL)
        return base_error_memory(reader->err);
    if (depth > DEPTH_MAX)
        return wrong(reader, "nested too deep");
    *ret_value = value;
    if (take(reader, '"')) {
        value->kind = SPEC_JSON_TEXT;
        return read_text(reader, &value->text, &value->len);
    }
    if (take(reader, '[')) {
        value->kind = SPEC_JSON_LIST;
        return read_inside(reader, depth, ']', value);
    }
    if (take(reader, '{')) {
        value->kind = SPEC_JSON_OBJECT;
        return read_inside(reader, depth, '}', value);
    }
    return read_word(reader, value);
}

int spec_json_parse(const char *bytes, size_t len, struct base_arena *arena,
                    const struct spec_json **ret_root, viv_error *err)
{
    struct reader reader = {bytes, bytes, bytes + len, arena, err};
    struct spec_json *root;
    int code = read_value(&reader, 0, &root);

    if (code != 0)
        return code;
    skip_blanks(&reader);
    if (reader.at != reader.end)
        return wrong(&reader, "more than one value");
    *ret_root = root;
    return 0;
}

const struct spec_json *spec_json_get(const struct spec_json *object,
                                      const char *key)
{
    if (object == NULL || object->kind != SPEC_JSON_OBJECT)
        return NULL;
    for (const struct spec_json *item = object->first; item != NULL;
         item = item->next)
        if (strcmp(item->key, key) == 0)
            return item;
    return NULL;
}

const char *spec_json_text(const struct spec_json *object, const char *key,
                           const char *otherwise)
{
    const struct spec_json *item = spec_json_get(object, key);

    return item != NULL && item->text != NULL ? item->text : otherwise;
}

size_t spec_json_count(const struct spec_json *list)
{
    size_t count = 0;

    if (list != NULL)
        for (list = list->first; list != NULL; list = list->next)
            count++;
    return count;
}
