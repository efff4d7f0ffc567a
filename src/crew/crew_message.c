/* crew_message.c - what a process says to its worker, and the worker to it.
 *
 * SECURITY.  What is read may come from a worker whose guest broke out.  Every
 * length is held against the bytes that are there, by base_read.h, and nothing
 * is allocated here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crew/crew_message.h"

#include <string.h>

#include "base/base_utf8.h"

/* Instead of a length: there is nothing. */
#define NOTHING UINT64_MAX

static void store(uint8_t *to, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

struct crew_head crew_message_head(const void *bytes)
{
    struct base_read read;
    struct crew_head head;

    base_read_init(&read, bytes, CREW_HEAD_BYTES, 0);
    head.kind = base_read_u32le(&read);
    head.len = base_read_u32le(&read);
    head.id = base_read_u64le(&read);
    return head;
}

/* ------------------------------------------------------------------------
 * Writing.
 */

size_t crew_message_begin(struct base_buf *buf, enum crew_kind kind,
                          uint64_t id)
{
    size_t at = buf->len;

    crew_message_u32(buf, kind);
    crew_message_u32(buf, 0);
    crew_message_u64(buf, id);
    return at;
}

bool crew_message_end(struct base_buf *buf, size_t at)
{
    uint64_t len = buf->len - at - CREW_HEAD_BYTES;

    if (buf->failed || len > CREW_BODY_MAX) {
        base_buf_back(buf, at);
        return false;
    }
    store((uint8_t *)buf->at + at + 4, len, 4);
    return true;
}

void crew_message_u32(struct base_buf *buf, uint32_t value)
{
    uint8_t bytes[4];

    store(bytes, value, sizeof(bytes));
    base_buf_bytes(buf, bytes, sizeof(bytes));
}

void crew_message_u64(struct base_buf *buf, uint64_t value)
{
    uint8_t bytes[8];

    store(bytes, value, sizeof(bytes));
    base_buf_bytes(buf, bytes, sizeof(bytes));
}

void crew_message_bytes(struct base_buf *buf, const void *bytes, size_t len)
{
    crew_message_u64(buf, bytes != NULL ? len : NOTHING);
    if (bytes != NULL)
        base_buf_bytes(buf, bytes, len);
}

void crew_message_text(struct base_buf *buf, const char *text)
{
    crew_message_bytes(buf, text, text != NULL ? strlen(text) + 1 : 0);
}

/* ------------------------------------------------------------------------
 * Reading.
 */

const void *crew_message_get_bytes(struct base_read *read, size_t *ret_len)
{
    uint64_t len = base_read_u64le(read);

    *ret_len = 0;
    if (len == NOTHING || read->status != BASE_READ_OK)
        return NULL;
    if (len > base_read_left(read)) {
        base_read_fail(read, BASE_READ_END);
        return NULL;
    }
    *ret_len = (size_t)len;
    return base_read_bytes(read, (size_t)len);
}

/* It ends with a NUL, which is counted. */
static const char *get_ended(struct base_read *read, size_t *ret_len)
{
    const char *text = crew_message_get_bytes(read, ret_len);

    if (text == NULL || (*ret_len > 0 && text[*ret_len - 1] == '\0'))
        return text;
    base_read_fail(read, BASE_READ_END);
    return NULL;
}

const char *crew_message_get_string(struct base_read *read)
{
    size_t len;
    const char *text = get_ended(read, &len);

    if (text == NULL || strlen(text) == len - 1)
        return text;
    base_read_fail(read, BASE_READ_END);
    return NULL;
}

const char *crew_message_get_text(struct base_read *read, size_t *ret_len)
{
    size_t len;
    const char *text =
        ret_len != NULL ? get_ended(read, &len) : crew_message_get_string(read);

    if (text == NULL)
        return NULL;
    if (ret_len == NULL)
        len = strlen(text) + 1;
    else
        *ret_len = len - 1;
    if (base_utf8_is_valid((const uint8_t *)text, len - 1))
        return text;
    base_read_fail(read, BASE_READ_END);
    return NULL;
}

bool crew_message_is_done(const struct base_read *read)
{
    return read->status == BASE_READ_OK && base_read_left(read) == 0;
}
