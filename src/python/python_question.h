/* python_question.h - what Python asks the host: the imports of the door.
 *
 * Floor 8.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PYTHON_QUESTION_H
#define PYTHON_QUESTION_H

#include <stdbool.h>
#include <stddef.h>

#include "python/python_answer.h"
#include "python/python_box.h"
#include "python/python_promise.h"
#include "vivarium.h"

/* One that a function of the host is at. */
struct viv_question {
    struct python_box *box;
    int64_t id; /* PYTHON_ANSWER_CALL, or what the guest calls it */
    bool is_again;
    bool is_raised;                 /* the answer is an exception */
    struct python_promise *promise; /* it will be answered later */
};

/* The rows of the door. */
const viv_import *python_question_imports(size_t *ret_count);

/* viv_question_raise(), viv_question_later(). */
int python_question_raise(viv_question *question, const char *type,
                          const char *message);
int python_question_later(viv_question *question,
                          struct python_promise **ret_promise, viv_error *err);

#endif /* PYTHON_QUESTION_H */
