/* engine_call.h - into the guest, out to the host, and back.
 *
 * Floor 3.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ENGINE_CALL_H
#define ENGINE_CALL_H

#include <stdint.h>

#include "engine/engine_instance.h"
#include "vivarium.h"

/* Run function `index`.  Before: `args` and `results` are as long as its type
 * says.  Returns 0 with the outcome; `results` is written only when that is
 * VIV_RETURNED.
 *
 * Fails with VIV_EBUSY, VIV_EINVAL for an argument that refers to no function
 * of the module, or when this thread cannot be prepared: VIV_ENOMEM, VIV_EIO.
 * No guest code has run then. */
int engine_call(struct engine_instance *instance, uint32_t index,
                const viv_value *args, viv_value *results,
                viv_outcome *ret_outcome, viv_error *err);

/* What generated code is given. */
extern const struct engine_helpers engine_call_helpers;

#endif /* ENGINE_CALL_H */
