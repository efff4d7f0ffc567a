/* data_out.h - text that is counted, and kept as far as there is room.
 *
 * Floor 1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DATA_OUT_H
#define DATA_OUT_H

#include <stddef.h>
#include <string.h>

struct data_out {
    char *to;
    size_t room; /* bytes that may still be kept, without the NUL */
    size_t kept;
    size_t len; /* of all the text */
};

/* `size` is with the NUL; at 0 `to` may be NULL. */
static inline void data_out_init(struct data_out *out, char *to, size_t size)
{
    *out = (struct data_out){.to = to, .room = size > 0 ? size - 1 : 0};
}

/* A part that begins with a byte of a long character is that character: kept
 * whole or not at all, and nothing after it. */
static inline void data_out_bytes(struct data_out *out, const char *bytes,
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

static inline void data_out_text(struct data_out *out, const char *text)
{
    data_out_bytes(out, text, strlen(text));
}

static inline void data_out_char(struct data_out *out, char c)
{
    data_out_bytes(out, &c, 1);
}

/* End it, if it was to be kept.  Returns how long it would be. */
static inline size_t data_out_end(struct data_out *out, size_t size)
{
    if (size > 0)
        out->to[out->kept] = '\0';
    return out->len;
}

#endif /* DATA_OUT_H */
