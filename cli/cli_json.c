/* cli_json.c - JSON, written piece by piece.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli_json.h"

#include <inttypes.h>
#include <string.h>

static void write_string(FILE *to, const char *bytes, size_t len);

/* What stands before a value. */
static void begin(struct cli_json *json, const char *name)
{
    if (json->is_after)
        fputs(", ", json->to);
    json->is_after = true;
    if (name != NULL) {
        write_string(json->to, name, strlen(name));
        fputs(": ", json->to);
    }
}

void cli_json_open(struct cli_json *json, const char *name, char bracket)
{
    begin(json, name);
    fputc(bracket, json->to);
    json->is_after = false;
}

void cli_json_close(struct cli_json *json, char bracket)
{
    fputc(bracket, json->to);
    json->is_after = true;
}

/* ------------------------------------------------------------------------
 * Text.
 */

/* How many bytes the character at `bytes` has; 0: it is none.  RFC 3629: the
 * second byte decides about what is too long, a surrogate, or too large. */
static size_t character(const unsigned char *bytes, size_t len)
{
    unsigned char c = bytes[0], low = 0x80, high = 0xbf;
    size_t need = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

    if (need == 0 || c > 0xf4 || need > len)
        return 0;
    if (c == 0xe0)
        low = 0xa0;
    else if (c == 0xed)
        high = 0x9f;
    else if (c == 0xf0)
        low = 0x90;
    else if (c == 0xf4)
        high = 0x8f;
    if (need > 1 && (bytes[1] < low || bytes[1] > high))
        return 0;
    for (size_t i = 2; i < need; i++)
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
    return need;
}

static void write_one(FILE *to, unsigned char c)
{
    static const char short_for[] = "\"\\\n\r\t";
    const char *found = c != 0 ? strchr(short_for, c) : NULL;

    if (found != NULL)
        fprintf(to, "\\%c", "\"\\nrt"[found - short_for]);
    else if (c < 0x20 || c == 0x7f)
        fprintf(to, "\\u%04x", c);
    else
        fputc(c, to);
}

static void write_string(FILE *to, const char *bytes, size_t len)
{
    const unsigned char *at = (const unsigned char *)bytes;

    fputc('"', to);
    while (len > 0) {
        size_t taken = character(at, len);

        if (taken == 0)
            fputs("\\ufffd", to);
        else if (taken == 1)
            write_one(to, *at);
        else
            fwrite(at, 1, taken, to);
        taken += taken == 0;
        at += taken;
        len -= taken;
    }
    fputc('"', to);
}

void cli_json_bytes(struct cli_json *json, const char *name, const char *bytes,
                    size_t len)
{
    begin(json, name);
    if (bytes == NULL)
        fputs("null", json->to);
    else
        write_string(json->to, bytes, len);
}

void cli_json_text(struct cli_json *json, const char *name, const char *text)
{
    cli_json_bytes(json, name, text, text != NULL ? strlen(text) : 0);
}

void cli_json_number(struct cli_json *json, const char *name, int64_t number)
{
    begin(json, name);
    fprintf(json->to, "%" PRId64, number);
}

void cli_json_bool(struct cli_json *json, const char *name, bool value)
{
    begin(json, name);
    fputs(value ? "true" : "false", json->to);
}
