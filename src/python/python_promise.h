/* python_promise.h - the right to answer a question, once.
 *
 * Floor 8.  Between two owners that know nothing of each other's lives: the
 * host, which will answer from some thread, and the box of the sandbox.
 *
 *      python_promise_new        keep, break         collected, or read
 *            |------> OPEN --------------------> KEPT -------+
 *                       |                                    v
 *                       | python_promise_detach, _forget  DETACHED
 *                       '------------------------------------^
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PYTHON_PROMISE_H
#define PYTHON_PROMISE_H

#include <stdbool.h>
#include <stdint.h>

#include "python/python_answer.h"
#include "python/python_box.h"

/* A promise of an answer to question `id`.  Two own it: the caller, and the
 * box, as box->asked or in box->open.  NULL: no memory. */
struct python_promise *python_promise_new(struct python_box *box, int64_t id);

/* A promise of an answer to a question that was asked in another process.  The
 * answer goes to `deliver`, with the promise locked, on the thread that gives
 * it: as the guest gets it, without an id.  False: no memory, it was not given.
 * Two own it: the host, and the caller, until python_promise_detach(), after
 * which nothing is delivered.  NULL: no memory. */
typedef bool python_promise_func(void *cookie, const void *bytes, size_t len);
struct python_promise *python_promise_new_far(python_promise_func *deliver,
                                              void *cookie);

/* viv_promise_keep(), viv_promise_break(), viv_promise_free().  Any thread. */
int python_promise_keep(struct python_promise *promise, const void *bytes,
                        size_t len);
int python_promise_break(struct python_promise *promise, const char *type,
                         const char *message);
void python_promise_free(struct python_promise *promise);

int64_t python_promise_id(const struct python_promise *promise);

/* Of box->asked: the answer, as it goes to the guest, if there is one: borrowed
 * until it is detached. */
bool python_promise_look(struct python_promise *promise, const void **ret_bytes,
                         size_t *ret_len);

/* The box gives it up. */
void python_promise_detach(struct python_promise *promise);

/* The same for the one in box->open of this id, if there is one. */
void python_promise_forget(struct python_box *box, int64_t id);

#endif /* PYTHON_PROMISE_H */
