/* aot_describe.c - named values, as lines for humans or as JSON.
 *
 * Text, where a list's item is one line:      JSON:
 *
 *     source bytes: 5500000                   {"source_bytes": 5500000,
 *     exports: 2                               "exports": [
 *       kind=func name="add" type=...             {"kind": "func", ...},
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aot/aot_describe.h"

#include <string.h>

#include "base/base_sha256.h"
#include "base/base_utf8.h"

/* Text of untrusted origin between quotes: printable ASCII, and what both JSON
 * and eyes understand for the rest.  UTF-8 is passed on in JSON; bytes that
 * are none are not, for they would make it no JSON. */
static void write_quoted(struct aot_describe *to, const char *text, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    bool is_utf8 = base_utf8_is_valid((const uint8_t *)text, len);

    base_buf_char(to->out, '"');
    for (size_t i = 0; i < len; i++) {
        uint8_t c = (uint8_t)text[i];

        if (c == '"' || c == '\\') {
            base_buf_char(to->out, '\\');
            base_buf_char(to->out, (char)c);
        } else if (c < 0x20 || c == 0x7f ||
                   (c >= 0x80 && to->json && !is_utf8)) {
            base_buf_text(to->out, "\\u00");
            base_buf_char(to->out, digits[c >> 4]);
            base_buf_char(to->out, digits[c & 15]);
        } else if (c >= 0x80 && !to->json) {
            base_buf_text(to->out, "\\x");
            base_buf_char(to->out, digits[c >> 4]);
            base_buf_char(to->out, digits[c & 15]);
        } else {
            base_buf_char(to->out, (char)c);
        }
    }
    base_buf_char(to->out, '"');
}

/* What stands before a value: separators and the name. */
static void write_name(struct aot_describe *to, const char *name)
{
    if (to->json) {
        if (!to->first)
            base_buf_text(to->out, to->depth > 1 ? ", " : ",\n");
        base_buf_format(to->out, "\"%s\": ", name);
    } else if (to->depth > 1) {
        base_buf_format(to->out, "%s%s=", to->first ? "  " : " ", name);
    } else {
        for (const char *at = name; *at != '\0'; at++)
            base_buf_char(to->out, *at == '_' ? ' ' : *at);
        base_buf_text(to->out, ": ");
    }
    to->first = false;
}

static void end_value(struct aot_describe *to)
{
    if (!to->json && to->depth <= 1)
        base_buf_char(to->out, '\n');
}

void aot_describe_begin(struct aot_describe *to, struct base_buf *out,
                        bool json)
{
    *to = (struct aot_describe){.out = out, .json = json, .first = true};
    to->depth = 1;
    if (json)
        base_buf_text(out, "{\n");
}

void aot_describe_end(struct aot_describe *to)
{
    if (to->json)
        base_buf_text(to->out, "\n}\n");
}

void aot_describe_text(struct aot_describe *to, const char *name,
                       const char *text, size_t len)
{
    write_name(to, name);
    write_quoted(to, text, len);
    end_value(to);
}

void aot_describe_word(struct aot_describe *to, const char *name,
                       const char *word)
{
    write_name(to, name);
    if (to->json)
        write_quoted(to, word, strlen(word));
    else
        base_buf_text(to->out, word);
    end_value(to);
}

void aot_describe_number(struct aot_describe *to, const char *name,
                         uint64_t number)
{
    write_name(to, name);
    base_buf_u64(to->out, number);
    end_value(to);
}

void aot_describe_bool(struct aot_describe *to, const char *name, bool value)
{
    write_name(to, name);
    base_buf_text(to->out, value ? "true" : "false");
    end_value(to);
}

void aot_describe_digest(struct aot_describe *to, const char *name,
                         const uint8_t digest[32])
{
    char text[65];

    base_sha256_hex(digest, text);
    aot_describe_word(to, name, text);
}

void aot_describe_list(struct aot_describe *to, const char *name,
                       uint32_t count)
{
    write_name(to, name);
    if (to->json)
        base_buf_char(to->out, '[');
    else
        base_buf_format(to->out, "%u\n", count);
    to->depth++;
    to->first = true;
}

void aot_describe_item(struct aot_describe *to)
{
    if (to->json)
        base_buf_text(to->out, to->first ? "\n  {" : ",\n  {");
    to->depth++;
    to->first = true;
}

void aot_describe_item_end(struct aot_describe *to)
{
    base_buf_char(to->out, to->json ? '}' : '\n');
    to->depth--;
    to->first = false;
}

void aot_describe_list_end(struct aot_describe *to)
{
    if (to->json)
        base_buf_char(to->out, ']');
    to->depth--;
    to->first = false;
}
