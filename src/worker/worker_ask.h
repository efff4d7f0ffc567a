/* worker_ask.h - functions of the host that are not in this process.
 *
 * Floor 11.  Each is a function of Python like any other, which asks the parent
 * and promises what that will answer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WORKER_ASK_H
#define WORKER_ASK_H

#include <stddef.h>
#include <stdint.h>

#include "vivarium.h"

/* Let these functions, `count` of them, ask the parent over the line `fd`.  The
 * caller owns the rows for good. */
void worker_ask_init(int fd, viv_python_function *functions, size_t count);

/* The guest that this thread runs is that of job `id`. */
void worker_ask_for(uint64_t id);

/* An answer has come to question `number`. */
void worker_ask_answer(uint64_t number, const uint8_t *body, size_t len);

#endif /* WORKER_ASK_H */
