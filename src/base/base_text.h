/* base_text.h - text that is counted, and kept as far as there is room.
 *
 * Floor 0.  What snprintf() does, in parts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>
#include <string.h>

struct base_text {
    char *to;
    size_t room; /* bytes that may still be kept, without the NUL */
    size_t kept;
    size_t len; /* of all the text */
};

/* `size` is with the NUL; at 0 `to` may be NULL. */
static inline void base_text_init(struct base_text *out, char *to, size_t size)
{
    *out = (struct base_text){.to = to, .room = size > 0 ? size - 1 : 0};
}

/* A part that begins with a byte of a long character is that character: kept
 * whole or not at all, and nothing after it. */
static inline void base_text_bytes(struct base_text *out, const char *bytes,
                                   size_t len)
{
    size_t keep = len < out->room ? len : out->room;

    out->len += len;
    if (keep < len && (bytes[0] & 0x80) != 0)
        keep = out->room = 0;
    if (keep == 0)
        return;
    memcpy(out->to + out->kept, bytes, keep);
    out->kept += keep;
    out->room -= keep;
}

static inline void base_text_string(struct base_text *out, const char *text)
{
    base_text_bytes(out, text, strlen(text));
}

static inline void base_text_char(struct base_text *out, char c)
{
    base_text_bytes(out, &c, 1);
}

/* As printf; short things only: 200 bytes. */
void base_text_format(struct base_text *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* End it, if it was to be kept.  Returns how long it would be. */
static inline size_t base_text_end(struct base_text *out, size_t size)
{
    if (size > 0)
        out->to[out->kept] = '\0';
    return out->len;
}

/* A copy, with its NUL, that base_free() gives back; NULL when memory ran out.
 */
char *base_text_copy(const char *text);

#endif /* BASE_TEXT_H */
