/* base_buf.c - bytes that grow.
 *
 * Invariants
 *   1. len <= capacity <= max
 *   2. failed implies len == capacity: every later write meets the slow path,
 *      which does nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/base_buf.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/base_alloc.h"
#include "base/base_check.h"

#define FIRST_BYTES 256

void base_buf_init(struct base_buf *buf, size_t max)
{
    *buf = (struct base_buf){.max = max};
}

void base_buf_fini(struct base_buf *buf)
{
    base_free(buf->at);
    base_buf_init(buf, buf->max);
}

/* After a failure the true capacity is forgotten (invariant 2), so the storage
 * is given back; the next write starts anew. */
void base_buf_clear(struct base_buf *buf)
{
    if (buf->failed)
        base_buf_fini(buf);
    buf->len = 0;
}

void base_buf_back(struct base_buf *buf, size_t len)
{
    CHECK(len <= buf->len);
    buf->len = len;
    buf->failed = false;
}

static char *fail(struct base_buf *buf)
{
    buf->failed = true;
    buf->capacity = buf->len;
    return NULL;
}

/* Twice as much, or as much as is needed, but never above the maximum. */
static bool grow(struct base_buf *buf, size_t needed)
{
    size_t capacity = buf->capacity;
    char *at;

    if (capacity > buf->max / 2)
        capacity = buf->max;
    else
        capacity *= 2;
    if (capacity < FIRST_BYTES)
        capacity = FIRST_BYTES < buf->max ? FIRST_BYTES : buf->max;
    if (capacity < needed)
        capacity = needed;

    at = base_alloc_array(buf->at, capacity, 1);
    if (at == NULL)
        return false;
    buf->at = at;
    buf->capacity = capacity;
    return true;
}

char *base_buf_room(struct base_buf *buf, size_t len)
{
    CHECK(buf->len <= buf->capacity);
    if (buf->failed || len > buf->max - buf->len)
        return fail(buf);
    if ((buf->at == NULL || len > buf->capacity - buf->len) &&
        !grow(buf, buf->len + len))
        return fail(buf);
    return buf->at + buf->len;
}

void base_buf_u64(struct base_buf *buf, uint64_t value)
{
    char digits[20];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    base_buf_bytes(buf, digits + at, sizeof(digits) - at);
}

void base_buf_s64(struct base_buf *buf, int64_t value)
{
    if (value < 0)
        base_buf_char(buf, '-');
    base_buf_u64(buf, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void base_buf_hex(struct base_buf *buf, uint64_t value)
{
    char digits[18];
    size_t at = sizeof(digits);

    do {
        digits[--at] = "0123456789abcdef"[value % 16];
        value /= 16;
    } while (value > 0);
    digits[--at] = 'x';
    digits[--at] = '0';
    base_buf_bytes(buf, digits + at, sizeof(digits) - at);
}

void base_buf_format(struct base_buf *buf, const char *format, ...)
{
    va_list args;
    char *at;
    int len;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0) {
        fail(buf);
        return;
    }

    at = base_buf_room(buf, (size_t)len + 1); /* vsnprintf writes a NUL too */
    if (at == NULL)
        return;
    va_start(args, format);
    vsnprintf(at, (size_t)len + 1, format, args);
    va_end(args);
    buf->len += (size_t)len;
}
