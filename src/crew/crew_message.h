/* crew_message.h - what a process says to its worker, and the worker to it.
 *
 * Floor 9.  Over a stream: a HEAD of 16 bytes, and as many more as it says.
 * Numbers are little endian; a text is a number of bytes, and the bytes.
 *
 *     to the worker                      from the worker
 *     CHARTER  what it is to be          HELLO    its version
 *                                        READY    it is locked down
 *                                        FAILED   it cannot be that: why
 *     CALL     a job                     RESULT   how it ended
 *     PYTHON   a job                     LONG     it takes more than a slice
 *     CANCEL   of a job                  ASK      a function of the host
 *     ANSWER   to what was asked
 *
 * `id` is the job's, and a worker is told of no two jobs by the same one; of a
 * question and its answer it is the question's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CREW_MESSAGE_H
#define CREW_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base_buf.h"
#include "base/base_read.h"

/* The number of this agreement. */
#define CREW_MESSAGE_VERSION 1

#define CREW_HEAD_BYTES 16

/* No message is longer. */
#define CREW_BODY_MAX (UINT32_C(3) << 30)

enum crew_kind {
    CREW_CHARTER = 1,
    CREW_CALL,
    CREW_PYTHON,
    CREW_CANCEL,
    CREW_ANSWER,
    CREW_HELLO = 16,
    CREW_READY,
    CREW_FAILED,
    CREW_RESULT,
    CREW_LONG,
    CREW_ASK
};

struct crew_head {
    uint32_t kind;
    uint32_t len; /* of what follows */
    uint64_t id;
};

/* What is at `bytes`, CREW_HEAD_BYTES of them; nothing is checked. */
struct crew_head crew_message_head(const void *bytes);

/* ------------------------------------------------------------------------
 * Writing.  A buffer that fails is seen to fail at the end.
 */

/* Begin a message in a buffer that has not failed; returns where it does, for
 * the end.  False: there was no memory for it, or it is too long; the buffer is
 * as it was before. */
size_t crew_message_begin(struct base_buf *buf, enum crew_kind kind,
                          uint64_t id);
bool crew_message_end(struct base_buf *buf, size_t at);

void crew_message_u32(struct base_buf *buf, uint32_t value);
void crew_message_u64(struct base_buf *buf, uint64_t value);

/* Bytes, or a C string with its NUL; NULL is told apart from nothing. */
void crew_message_bytes(struct base_buf *buf, const void *bytes, size_t len);
void crew_message_text(struct base_buf *buf, const char *text);

/* ------------------------------------------------------------------------
 * Reading, from a body that nobody trusts.  Numbers by base_read.h.
 */

/* The bytes that follow, borrowed from the body; NULL, too, after a failure. */
const void *crew_message_get_bytes(struct base_read *read, size_t *ret_len);

/* The C string that follows, with its NUL; NULL: there is none.  A text is
 * UTF-8, and if `ret_len` is not NULL it may have NULs in it. */
const char *crew_message_get_string(struct base_read *read);
const char *crew_message_get_text(struct base_read *read, size_t *ret_len);

/* All of it was read, and nothing failed. */
bool crew_message_is_done(const struct base_read *read);

#endif /* CREW_MESSAGE_H */
