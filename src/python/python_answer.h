/* python_answer.h - what the host answers, as it is written.
 *
 * Floor 8.  python_door.h has the form: with its id, or of the question that
 * the whole call waits for, without.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PYTHON_ANSWER_H
#define PYTHON_ANSWER_H

#include <stdint.h>

#include "vivarium.h"

/* The id of the question that the whole call waits for. */
#define PYTHON_ANSWER_CALL (-1)

/* Begin a good answer in `writer`, anew: one value is to follow. */
void python_answer_begin(viv_writer *writer, int64_t id);

/* Write the whole of a bad one. */
void python_answer_raise(viv_writer *writer, int64_t id, const char *type,
                         const char *message);

#endif /* PYTHON_ANSWER_H */
