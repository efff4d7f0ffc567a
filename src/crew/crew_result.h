/* crew_result.h - how a job ended, on its way back from a worker.
 *
 * Floor 9.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CREW_RESULT_H
#define CREW_RESULT_H

#include <stdbool.h>

#include "crew/crew_message.h"
#include "engine/engine_module.h"
#include "vivarium.h"

/* ------------------------------------------------------------------------
 * In the worker.
 */

/* What a run of Python gave, for the message below: appended when it is there
 * to be taken. */
void crew_result_put_python(struct base_buf *buf,
                            const viv_python_result *result);

/* Append the message that job `id` ended with `end`; with the results of a call
 * that returned, or `python`, the bytes of the above.  False: no memory. */
bool crew_result_put(struct base_buf *buf, uint64_t id,
                     const viv_job_result *end, const viv_call_task *call,
                     const struct base_buf *python);

/* ------------------------------------------------------------------------
 * In the parent.
 */

struct crew_result {
    viv_job_result end;
    const void *values; /* of a call that returned; else NULL.  Borrowed */
    size_t value_count;
    bool has_python;
    viv_python_result python; /* borrowed from the body */
    viv_python_frame *frames; /* owned */
};

/* Read the body.  All that it says is possible then: outcomes are such as jobs
 * have, texts are UTF-8, the value is one.  Whether it is true is the worker's
 * secret.  Fails with VIV_EFORMAT, VIV_ENOMEM. */
int crew_result_read(const void *body, size_t len,
                     struct crew_result *ret_result);
void crew_result_fini(struct crew_result *result);

/* Give the call its results.  False: they are not those of the function. */
bool crew_result_take_values(const struct crew_result *result,
                             const struct engine_module *module,
                             viv_call_task *call);

#endif /* CREW_RESULT_H */
