/* data_text_string.c - text and bytes as Python prints them.
 *
 * SECURITY.  The text is a guest's, and goes to a terminal or a log.  It is
 * UTF-8: the reader saw to that.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <stdio.h>

#include "data/data_text_parts.h"

/* What is escaped besides ASCII's controls: Unicode's control and formatting
 * characters, separators, private use, surrogates, and stretches where nothing
 * is and little will be.  Single places where Unicode has no character yet are
 * printed: which ones these are changes every year. */
static const struct {
    uint32_t first, last;
} hidden[] = {{0x80, 0xa0},       {0xad, 0xad},       {0x600, 0x605},
              {0x61c, 0x61c},     {0x6dd, 0x6dd},     {0x70f, 0x70f},
              {0x890, 0x891},     {0x8e2, 0x8e2},     {0x1680, 0x1680},
              {0x180e, 0x180e},   {0x2000, 0x200f},   {0x2028, 0x202f},
              {0x205f, 0x206f},   {0x3000, 0x3000},   {0xd800, 0xf8ff},
              {0xfdd0, 0xfdef},   {0xfeff, 0xfeff},   {0xfff9, 0xfffb},
              {0xfffe, 0xffff},   {0x110bd, 0x110bd}, {0x110cd, 0x110cd},
              {0x13430, 0x1343f}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
              {0x1fffe, 0x1ffff}, {0x2fffe, 0x2ffff}, {0x3fffe, 0xe00ff},
              {0xe01f0, 0x10ffff}};

static bool is_hidden(uint32_t c)
{
    for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++) {
        if (c <= hidden[i].last)
            return c >= hidden[i].first;
    }
    return false;
}

/* Python prefers single quotes, unless these are in it and double ones not. */
static char quote_for(const char *text, size_t len)
{
    bool has_single = len > 0 && memchr(text, '\'', len) != NULL;
    bool has_double = len > 0 && memchr(text, '"', len) != NULL;

    return has_single && !has_double ? '"' : '\'';
}

static void escape(struct base_text *out, uint32_t c)
{
    const char *format = c <= 0xff     ? "\\x%02x"
                         : c <= 0xffff ? "\\u%04x"
                                       : "\\U%08x";
    char text[16];

    snprintf(text, sizeof(text), format, (unsigned)c);
    base_text_string(out, text);
}

static void ascii(struct base_text *out, char c, char quote)
{
    switch (c) {
    case '\n':
        base_text_string(out, "\\n");
        break;
    case '\r':
        base_text_string(out, "\\r");
        break;
    case '\t':
        base_text_string(out, "\\t");
        break;
    default:
        if (c == quote || c == '\\')
            base_text_char(out, '\\');
        if (c >= ' ' && c <= '~')
            base_text_char(out, c);
        else
            escape(out, (uint8_t)c);
    }
}

/* The character that begins at `text`, which is two to four bytes.  Returns how
 * many. */
static size_t decode(const char *text, uint32_t *ret_c)
{
    uint8_t lead = (uint8_t)*text;
    size_t len = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

    *ret_c = lead & (0x7fu >> len);
    for (size_t i = 1; i < len; i++)
        *ret_c = *ret_c << 6 | (text[i] & 0x3f);
    return len;
}

void data_text_string(struct base_text *out, const char *text, size_t len)
{
    char quote = quote_for(text, len);
    size_t at = 0;

    base_text_char(out, quote);
    while (at < len) {
        uint32_t c;
        size_t bytes = 1;
        if ((text[at] & 0x80) == 0) {
            ascii(out, text[at], quote);
        } else {
            bytes = decode(text + at, &c);
            if (is_hidden(c))
                escape(out, c);
            else
                base_text_bytes(out, text + at, bytes);
        }
        at += bytes;
    }
    base_text_char(out, quote);
}

void data_text_bytes(struct base_text *out, const char *bytes, size_t len)
{
    char quote = quote_for(bytes, len);

    base_text_char(out, 'b');
    base_text_char(out, quote);
    for (size_t i = 0; i < len; i++)
        ascii(out, bytes[i], quote);
    base_text_char(out, quote);
}
