/* test_aot_describe.c - tests of named values as lines and as JSON.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_describe.h"

#include <stdio.h>
#include <stdlib.h>

#include "test.h"

static struct base_buf out;
static struct aot_describe to;

static void begin(bool json)
{
    base_buf_fini(&out);
    base_buf_init(&out, 100000);
    aot_describe_begin(&to, &out, json);
}

static const char *end(void)
{
    aot_describe_end(&to);
    base_buf_char(&out, '\0');
    return out.at;
}

/* Ask another reader whether these are JSON: `len` bytes, each text with its
 * NUL. */
static void expect_json(const char *texts, size_t len)
{
    FILE *python = popen("python3 -c 'import json, sys\n"
                         "for text in sys.stdin.buffer.read().split(b\"\\0\")"
                         "[:-1]: json.loads(text.decode())'",
                         "w");

    EXPECT(python != NULL);
    EXPECT_EQ_INT(fwrite(texts, 1, len, python), len);
    EXPECT_EQ_INT(pclose(python), 0);
}

static const char *one_text(bool json, const char *text, size_t len)
{
    begin(json);
    aot_describe_text(&to, "name", text, len);
    return end();
}

static void write_all_kinds(void)
{
    aot_describe_word(&to, "a_word", "gs");
    aot_describe_number(&to, "a_number", UINT64_MAX);
    aot_describe_bool(&to, "yes", true);
    aot_describe_list(&to, "items", 2);
    aot_describe_item(&to);
    aot_describe_word(&to, "kind", "func");
    aot_describe_text(&to, "name", "add", 3);
    aot_describe_item_end(&to);
    aot_describe_item(&to);
    aot_describe_word(&to, "kind", "memory");
    aot_describe_item_end(&to);
    aot_describe_list_end(&to);
    aot_describe_list(&to, "none", 0);
    aot_describe_list_end(&to);
    aot_describe_bool(&to, "last", false);
}

TEST(lines_are_for_humans)
{
    begin(false);
    write_all_kinds();
    EXPECT_EQ_STR(end(), "a word: gs\n"
                         "a number: 18446744073709551615\n"
                         "yes: true\n"
                         "items: 2\n"
                         "  kind=func name=\"add\"\n"
                         "  kind=memory\n"
                         "none: 0\n"
                         "last: false\n");
}

TEST(json_is_json)
{
    const char *text;

    begin(true);
    write_all_kinds();
    text = end();
    expect_json(text, strlen(text) + 1);
    EXPECT_HAS_STR(text, "\"a_number\": 18446744073709551615");
    EXPECT_HAS_STR(text, "\"none\": []");
    EXPECT_HAS_STR(text, "{\"kind\": \"func\", \"name\": \"add\"}");
}

TEST(hostile_text_is_still_json)
{
    static const struct {
        const char *text;
        size_t len;
    } rows[] = {
        {"", 0},
        {"\"", 1},
        {"\\", 1},
        {"\\\"", 2},
        {"\0", 1},
        {"\x1b[2J\x7f\r\n", 7},
        {"gr\xc3\xbc\xc3\x9f\xe2\x80\xae", 9},
        {"\xff\xfe\x80 ok", 6},
        {"\xed\xa0\x80", 3}, /* half a surrogate pair */
        {"\xc3", 1},
        {"\", \"a\": \"", 8},
    };
    struct base_buf texts;

    base_buf_init(&texts, 100000);
    begin(true);
    (void)end(); /* nothing at all */
    base_buf_bytes(&texts, out.at, out.len);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        (void)one_text(true, rows[i].text, rows[i].len);
        base_buf_bytes(&texts, out.at, out.len);
    }
    expect_json(texts.at, texts.len);
    base_buf_fini(&texts);
}

TEST(quotes_and_backslashes_are_escaped)
{
    EXPECT_EQ_STR(one_text(false, "a\"b\\c", 5), "name: \"a\\\"b\\\\c\"\n");
}

TEST(control_characters_never_come_out)
{
    char all[128];
    const char *text;

    for (int i = 0; i < 128; i++)
        all[i] = (char)i;
    for (int json = 0; json < 2; json++) {
        text = one_text(json, all, 128);
        EXPECT_EQ_INT(strlen(text) + 1, out.len);
        for (const char *at = text; *at != '\0'; at++)
            EXPECT((*at >= 0x20 && *at < 0x7f) || *at == '\n');
        EXPECT_HAS_STR(text, "\\u001b");
        EXPECT_HAS_STR(text, "\\u0000");
    }
}

TEST(utf8_is_kept_in_json_and_spelled_out_for_terminals)
{
    static const char word[] = "gr\xc3\xbc\xc3\x9f";

    EXPECT_EQ_STR(one_text(false, word, 6),
                  "name: \"gr\\xc3\\xbc\\xc3\\x9f\"\n");
    EXPECT_HAS_STR(one_text(true, word, 6), word);
}

TEST(bytes_that_are_no_utf8_are_spelled_out_in_json)
{
    EXPECT_HAS_STR(one_text(true, "\xff\xfe\x80 ok", 6),
                   "\\u00ff\\u00fe\\u0080 ok");
}

TEST(a_digest_is_hexadecimal)
{
    uint8_t digest[32] = {0xab, 0x01};

    begin(false);
    aot_describe_digest(&to, "digest", digest);
    EXPECT_HAS_STR(end(), "digest: ab01000000");
}
