/* crew_task.h - a job on its way to a worker.
 *
 * Floor 9.  What is to be done, as bytes: a call, or a run of Python.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CREW_TASK_H
#define CREW_TASK_H

#include "crew/crew_message.h"
#include "pool/pool_job.h"
#include "vivarium.h"

/* No function of a module has more arguments or results than this: the limit
 * of those who make them is 1,000. */
#define CREW_VALUES_MAX 1000

/* Append the message that asks for the job, under the number `id`.  False: no
 * memory, or it is too long; nothing was appended then. */
bool crew_task_put(struct base_buf *buf, const struct pool_job *job,
                   uint64_t id);

/* What was asked for.  Texts are borrowed from the body, values are copies. */
struct crew_task {
    uint32_t priority;
    const char *key;
    viv_call_task call;     /* CREW_CALL */
    viv_python_task python; /* CREW_PYTHON */
    viv_value *values;      /* owned: arguments, then results */
};

/* Read the body of a message of this kind.  Fails with VIV_EFORMAT,
 * VIV_ENOMEM. */
int crew_task_read(enum crew_kind kind, const void *body, size_t len,
                   struct crew_task *ret_task);
void crew_task_fini(struct crew_task *task);

#endif /* CREW_TASK_H */
