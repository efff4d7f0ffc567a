/* base_buf.h - bytes that grow.
 *
 * Floor 0.  Made for writing much text fast.  The first failure (no memory,
 * over the maximum) sticks: later writes do nothing, and the writer asks
 * `failed` once at the end.  One thread at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct base_buf {
    char *at; /* owned; not NUL-terminated */
    size_t len;
    size_t capacity;
    size_t max;
    bool failed;
};

/* Empty, growing to at most `max` bytes.  Cannot fail. */
void base_buf_init(struct base_buf *buf, size_t max);
void base_buf_fini(struct base_buf *buf);

/* Forget the contents, keep the storage. */
void base_buf_clear(struct base_buf *buf);

/* Forget what was written since it had `len` bytes, a failure, too; before: it
 * has had as many, and had not failed. */
void base_buf_back(struct base_buf *buf, size_t len);

/* Make room for `len` more bytes and return where they go, for the caller to
 * fill and then add to `buf->len`; NULL once the buffer has failed. */
char *base_buf_room(struct base_buf *buf, size_t len);

static inline void base_buf_bytes(struct base_buf *buf, const void *bytes,
                                  size_t len);
static inline void base_buf_text(struct base_buf *buf, const char *text);
static inline void base_buf_char(struct base_buf *buf, char c);
void base_buf_u64(struct base_buf *buf, uint64_t value); /* decimal */
void base_buf_s64(struct base_buf *buf, int64_t value);
void base_buf_hex(struct base_buf *buf, uint64_t value); /* 0x1f */

/* As printf; slow, for what is written seldom. */
void base_buf_format(struct base_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Inline, so that a literal's length is known and its copy is a few moves.  A
 * buffer that has failed has no capacity: one comparison serves both. */
static inline void base_buf_bytes(struct base_buf *buf, const void *bytes,
                                  size_t len)
{
    if (__builtin_expect(len > buf->capacity - buf->len, 0) &&
        base_buf_room(buf, len) == NULL)
        return;
    if (len > 0)
        memcpy(buf->at + buf->len, bytes, len);
    buf->len += len;
}

static inline void base_buf_text(struct base_buf *buf, const char *text)
{
    base_buf_bytes(buf, text, strlen(text));
}

static inline void base_buf_char(struct base_buf *buf, char c)
{
    base_buf_bytes(buf, &c, 1);
}

#endif /* BASE_BUF_H */
