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
    struct python_box *box; /* NULL: it was asked in another process */
    const struct python_host *host;
    const void *given; /* the arguments: a tuple, if the guest is honest */
    size_t given_len;
    viv_writer *answer;
    int64_t id; /* PYTHON_ANSWER_CALL, or what the guest calls it */
    bool is_again;
    bool is_raised;                 /* the answer is an exception */
    struct python_promise *promise; /* it will be answered later */
    python_promise_func *deliver;   /* asked elsewhere: how */
    void *cookie;
};

/* Let function number `index` answer `question`, of which host, arguments,
 * answer and how to deliver are set, and no box.  What it says is in the
 * answer, as the guest gets it, unless there is a promise then, which the
 * caller owns, too. */
void python_question_far(viv_question *question, uint32_t index);

/* The rows of the door. */
const viv_import *python_question_imports(size_t *ret_count);

/* viv_question_raise(), viv_question_later(). */
int python_question_raise(viv_question *question, const char *type,
                          const char *message);
int python_question_later(viv_question *question,
                          struct python_promise **ret_promise, viv_error *err);

#endif /* PYTHON_QUESTION_H */
